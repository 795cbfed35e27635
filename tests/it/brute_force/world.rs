//! The loaded rows in memory, and what belongs to what, worked out afresh from the ids that the
//! files hold: none of the columns by which the server finds it is used.

use std::{
    cell::Cell,
    collections::{HashMap, HashSet},
};

use sistergraph::{
    entity::{community, country, partnership, published_statistic, respondent_aggregate},
    import::Tables,
};

use crate::support::data_set::DataSet;

/// A list of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    States,
    Countries,
    Cities,
    Partnerships,
    Aggregates,
    Statistics,
}

/// A row of a list, or a place that a filter looks at.
#[derive(Clone, Copy)]
pub(super) enum Row<'a> {
    Place(&'a community::Model),
    Country(&'a country::Model),
    Tie(&'a partnership::Model),
    Aggregate(&'a respondent_aggregate::Model),
    Statistic(&'a published_statistic::Model),
}

impl<'a> Row<'a> {
    /// The slug, or the code of a country.
    pub(super) fn slug(self) -> &'a str {
        match self {
            Row::Place(row) => &row.id,
            Row::Country(row) => &row.id,
            Row::Tie(row) => &row.id,
            Row::Aggregate(row) => &row.id,
            Row::Statistic(row) => &row.id,
        }
    }
}

pub(super) struct World {
    pub(super) tables: Tables,
    places: HashMap<String, usize>,
    /// Partnerships of each place and country.
    counts: HashMap<String, i64>,
    /// The sources that record each partnership.
    sources: HashMap<String, Vec<String>>,
    independent: HashSet<String>,
    noted: HashSet<String>,
    /// Set where a place lies so near to the edge of a circle that rounding decides.
    pub(super) doubtful: Cell<bool>,
}

impl World {
    pub(super) fn new() -> Self {
        let tables = data().tables();
        let ids = tables.community.iter().enumerate();
        let mut world = Self {
            places: ids.map(|(n, place)| (place.id.clone(), n)).collect(),
            sources: sources(&tables),
            independent: independent(&tables),
            noted: noted(&tables),
            counts: HashMap::new(),
            doubtful: Cell::new(false),
            tables,
        };
        let mut counts: HashMap<String, i64> = HashMap::new();
        for tie in &world.tables.partnership {
            let keys: HashSet<&str> = world.heads_of(tie).into_iter().flatten().collect();
            for key in keys {
                *counts.entry(key.to_owned()).or_default() += 1;
            }
        }
        world.counts = counts;
        world
    }

    pub(super) fn place(&self, id: &str) -> &community::Model {
        &self.tables.community[self.places[id]]
    }

    pub(super) fn country(&self, id: &str) -> &country::Model {
        let found = self.tables.country.iter().find(|country| country.id == id);
        found.unwrap()
    }

    /// The state that the US side is, or lies in.
    pub(super) fn state_of(&self, tie: &partnership::Model) -> &community::Model {
        let us = self.place(&tie.us_id);
        us.state_id.as_deref().map_or(us, |state| self.place(state))
    }

    pub(super) fn count(&self, id: &str) -> i64 {
        self.counts.get(id).copied().unwrap_or(0)
    }

    /// Whether a source that is not derived from Wikipedia or Wikidata records it.
    pub(super) fn is_corroborated(&self, tie: &partnership::Model) -> bool {
        self.sources(tie)
            .iter()
            .any(|id| self.independent.contains(id))
    }

    pub(super) fn has_notes(&self, tie: &partnership::Model) -> bool {
        self.noted.contains(&tie.id)
    }

    /// The sources that record it.
    pub(super) fn sources(&self, tie: &partnership::Model) -> &[String] {
        &self.sources[&tie.id]
    }

    /// Everything whose lists hold the partnership.
    fn heads_of<'a>(&'a self, tie: &'a partnership::Model) -> [Option<&'a str>; 7] {
        let (state, partner) = (self.state_of(tie), self.place(&tie.partner_id));
        let province = match partner.community_type.as_str() {
            "PROVINCE" => Some(partner.id.as_str()),
            _ => partner.province_id.as_deref(),
        };
        [
            Some(&tie.us_id),
            Some(&tie.partner_id),
            Some(&state.id),
            state.region_id.as_deref(),
            Some(&partner.country_id),
            Some("US"),
            province,
        ]
    }

    /// The rows of a list, in the order of the tables.
    pub(super) fn rows(&self, kind: Kind) -> Vec<Row<'_>> {
        let places = |of_type: &'static str| {
            let places = self.tables.community.iter();
            places
                .filter(move |place| place.community_type == of_type)
                .map(Row::Place)
        };
        match kind {
            Kind::States => places("STATE").collect(),
            Kind::Cities => places("CITY").collect(),
            Kind::Countries => self.tables.country.iter().map(Row::Country).collect(),
            Kind::Partnerships => self.tables.partnership.iter().map(Row::Tie).collect(),
            Kind::Aggregates => {
                let aggregates = self.tables.respondent_aggregate.iter();
                aggregates.map(Row::Aggregate).collect()
            }
            Kind::Statistics => {
                let statistics = self.tables.published_statistic.iter();
                statistics.map(Row::Statistic).collect()
            }
        }
    }

    /// Whether a row is in the list of a parent, which a slug, a code or a name of a region names.
    pub(super) fn belongs(&self, row: Row<'_>, parent: &str) -> bool {
        let is_parent = |id: &Option<String>| id.as_deref() == Some(parent);
        match row {
            Row::Place(place) => {
                is_parent(&place.state_id)
                    || is_parent(&place.province_id)
                    || place.country_id == parent
            }
            Row::Tie(tie) => self.heads_of(tie).contains(&Some(parent)),
            Row::Aggregate(row) => {
                row.question_id == parent
                    || self.categories(&row.id, "GIVEN").any(|(dimension, value)| {
                        dimension == "REGION" && value.eq_ignore_ascii_case(parent)
                    })
            }
            Row::Statistic(row) => {
                is_parent(&row.region_id) || is_parent(&row.state_id) || is_parent(&row.country_id)
            }
            Row::Country(_) => false,
        }
    }

    /// Dimensions and values of a percentage.
    pub(super) fn categories<'a>(
        &'a self,
        id: &'a str,
        role: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let all = self.tables.respondent_aggregate_category.iter();
        all.filter(move |row| row.respondent_aggregate_id == id && row.role == role)
            .map(|row| (row.dimension.as_str(), row.value.as_str()))
    }

    /// The flags of a figure of either kind.
    pub(super) fn flags(&self, id: &str) -> Vec<&str> {
        let of_aggregates = self.tables.respondent_aggregate_flag.iter();
        let of_statistics = self.tables.published_statistic_flag.iter();
        of_aggregates
            .filter(|row| row.respondent_aggregate_id == id)
            .map(|row| row.flag.as_str())
            .chain(
                of_statistics
                    .filter(|row| row.published_statistic_id == id)
                    .map(|row| row.flag.as_str()),
            )
            .collect()
    }
}

/// The project's own data, and places such as there are none: with names of letters that mean
/// something to `LIKE`, at the poles and on the antimeridian.
pub(super) fn data() -> DataSet {
    let mut data = DataSet::real();
    data.set("cities.csv", "jp-aisho", "name", "100%_Aishō")
        .set("cities.csv", "jp-bando", "name", r"Ban\dō_%")
        .set("cities.csv", "jp-otsu", "name", "İẞ Ǆtsu ﬁ")
        .add("cities.csv", "nz-date-line,Date Line,CITY,NZ,,,-44,180,0,false,,")
        .add("cities.csv", "ws-date-line,date line,TOWN,WS,,,-14,-180,,false,,")
        .add("cities.csv", "au-south-pole,South_Pole,VILLAGE,AU,,,-90,12.5,7,false,,")
        .add("cities.csv", "us-ak-north-pole,North%Pole,CITY,US,AK,,90,-100,7,false,,")
        .add("partnerships.csv", "ak-north-pole--au-south-pole,us-ak-north-pole,au-south-pole,CITY,,SUSPENDED,,kompot2023,kompot2023")
        .add("partnerships.csv", "ak-north-pole--nz-date-line,us-ak-north-pole,nz-date-line,CITY,1700,ENDED,1700,kompot2023,p-amfa")
        .add("partnerships.csv", "ak--ws-date-line,us-ak,ws-date-line,STATE,1700,LISTED,,,kompot2023");
    data
}

fn independent(tables: &Tables) -> HashSet<String> {
    let sources = tables.source.iter().filter(|source| source.independent);
    sources.map(|source| source.id.clone()).collect()
}

fn sources(tables: &Tables) -> HashMap<String, Vec<String>> {
    let mut sources: HashMap<String, Vec<String>> = HashMap::new();
    for link in tables
        .partnership_source
        .iter()
        .filter(|link| link.role == "RECORD")
    {
        let of_tie = sources.entry(link.partnership_id.clone()).or_default();
        of_tie.push(link.source_id.clone());
    }
    sources
}

fn noted(tables: &Tables) -> HashSet<String> {
    let notes = tables.partnership_note.iter();
    notes.map(|note| note.partnership_id.clone()).collect()
}
