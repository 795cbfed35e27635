//! The loaded rows in memory. Relations are computed from the ids in the files, not from the derived
//! columns that the server uses.

use std::{
    cell::Cell,
    collections::{HashMap, HashSet},
};

use sistergraph::entity::{
    claim, community, country, partnership, published_statistic, respondent_aggregate, source,
};

use crate::support::{data_set::DataSet, table_rows::TableRows};

/// A list of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    States,
    Countries,
    Cities,
    Partnerships,
    Aggregates,
    Statistics,
    Sources,
}

/// A row of a list, or a related row that a filter checks.
#[derive(Clone, Copy)]
pub(super) enum Row<'a> {
    Community(&'a community::Model),
    Country(&'a country::Model),
    Partnership(&'a partnership::Model),
    Claim(&'a claim::Model),
    Aggregate(&'a respondent_aggregate::Model),
    Statistic(&'a published_statistic::Model),
    Source(&'a source::Model),
}

impl<'a> Row<'a> {
    /// The slug, or the code of a country.
    pub(super) fn slug(self) -> &'a str {
        match self {
            Row::Community(row) => &row.id,
            Row::Country(row) => &row.id,
            Row::Partnership(row) => &row.id,
            Row::Claim(row) => &row.source_id,
            Row::Aggregate(row) => &row.id,
            Row::Statistic(row) => &row.id,
            Row::Source(row) => &row.id,
        }
    }
}

pub(super) struct ReferenceModel {
    pub(super) tables: TableRows,
    /// The index of each community in `tables.community`.
    community_indexes: HashMap<String, usize>,
    /// The number of partnerships of each community, region, and country.
    counts: HashMap<String, i64>,
    /// The sources that record each partnership.
    sources: HashMap<String, Vec<String>>,
    independent_sources: HashSet<String>,
    /// The claims about each partnership.
    claims: HashMap<String, Vec<claim::Model>>,
    partnerships_with_notes: HashSet<String>,
    /// Whether a community is so close to the edge of a circle that rounding decides.
    pub(super) is_ambiguous: Cell<bool>,
}

impl ReferenceModel {
    pub(super) fn new() -> Self {
        let tables = data().table_rows();
        let ids = tables.community.iter().enumerate();
        let mut model = Self {
            community_indexes: ids.map(|(n, row)| (row.id.clone(), n)).collect(),
            sources: sources(&tables),
            independent_sources: independent_sources(&tables),
            claims: claims(&tables),
            partnerships_with_notes: partnerships_with_notes(&tables),
            counts: HashMap::new(),
            is_ambiguous: Cell::new(false),
            tables,
        };
        let mut counts: HashMap<String, i64> = HashMap::new();
        for partnership in &model.tables.partnership {
            let parents = model.parents_of(partnership);
            let keys: HashSet<&str> = parents.into_iter().flatten().collect();
            for key in keys {
                *counts.entry(key.to_owned()).or_default() += 1;
            }
        }
        model.counts = counts;
        model
    }

    pub(super) fn community(&self, id: &str) -> &community::Model {
        &self.tables.community[self.community_indexes[id]]
    }

    pub(super) fn country(&self, id: &str) -> &country::Model {
        let mut countries = self.tables.country.iter();
        countries.find(|country| country.id == id).unwrap()
    }

    /// The state that the US community is or belongs to.
    pub(super) fn state_of(&self, partnership: &partnership::Model) -> &community::Model {
        let us = self.community(&partnership.us_id);
        us.state_id
            .as_deref()
            .map_or(us, |state| self.community(state))
    }

    pub(super) fn count(&self, id: &str) -> i64 {
        self.counts.get(id).copied().unwrap_or(0)
    }

    /// Whether a source records the partnership that is not derived from Wikipedia or Wikidata.
    pub(super) fn is_corroborated(&self, partnership: &partnership::Model) -> bool {
        self.sources(partnership)
            .iter()
            .any(|id| self.independent_sources.contains(id))
    }

    pub(super) fn claims(&self, partnership: &partnership::Model) -> &[claim::Model] {
        self.claims.get(&partnership.id).map_or(&[], Vec::as_slice)
    }

    /// The sides of the claims that are not doubts, in words of the API.
    pub(super) fn corroboration(&self, partnership: &partnership::Model) -> &'static str {
        let claims = self.claims(partnership).iter();
        let sides: HashSet<&str> = claims
            .filter(|claim| claim.kind != "DOUBTED")
            .map(|claim| claim.side.as_str())
            .collect();
        match (sides.contains("US"), sides.contains("PARTNER")) {
            (true, true) => "BOTH_SIDES",
            (true, false) => "US_SIDE",
            (false, true) => "PARTNER_SIDE",
            (false, false) if sides.contains("THIRD") => "THIRD_PARTY",
            (false, false) => "DERIVED_ONLY",
        }
    }

    /// Whether two claims state different years of the agreement, or one a renewal in or after the
    /// year that another one states for an end or a pause.
    pub(super) fn has_disagreement(&self, partnership: &partnership::Model) -> bool {
        let years = |kinds: &[&str]| -> Vec<i32> {
            let claims = self.claims(partnership).iter();
            let of_kind = claims.filter(|claim| kinds.contains(&claim.kind.as_str()));
            of_kind.filter_map(|claim| claim.year).collect()
        };
        let established: HashSet<i32> = years(&["ESTABLISHED"]).into_iter().collect();
        let first_break = years(&["ENDED", "DORMANT"]).into_iter().min();
        let last_renewal = years(&["RENEWED"]).into_iter().max();
        established.len() > 1
            || first_break
                .zip(last_renewal)
                .is_some_and(|(first, last)| last >= first)
    }

    pub(super) fn has_notes(&self, partnership: &partnership::Model) -> bool {
        self.partnerships_with_notes.contains(&partnership.id)
    }

    /// The sources that record the partnership.
    pub(super) fn sources(&self, partnership: &partnership::Model) -> &[String] {
        &self.sources[&partnership.id]
    }

    /// The ids of all objects whose lists contain the partnership.
    fn parents_of<'a>(&'a self, partnership: &'a partnership::Model) -> [Option<&'a str>; 7] {
        let (state, partner) = (
            self.state_of(partnership),
            self.community(&partnership.partner_id),
        );
        let province = match partner.community_type.as_str() {
            "PROVINCE" => Some(partner.id.as_str()),
            _ => partner.province_id.as_deref(),
        };
        [
            Some(&partnership.us_id),
            Some(&partnership.partner_id),
            Some(&state.id),
            state.region_id.as_deref(),
            Some(&partner.country_id),
            Some("US"),
            province,
        ]
    }

    /// All rows of a list, in the order of the tables.
    pub(super) fn rows(&self, kind: Kind) -> Vec<Row<'_>> {
        let communities = |community_type: &'static str| {
            let communities = self.tables.community.iter();
            communities
                .filter(move |community| community.community_type == community_type)
                .map(Row::Community)
        };
        match kind {
            Kind::States => communities("STATE").collect(),
            Kind::Cities => communities("CITY").collect(),
            Kind::Countries => self.tables.country.iter().map(Row::Country).collect(),
            Kind::Partnerships => self
                .tables
                .partnership
                .iter()
                .map(Row::Partnership)
                .collect(),
            Kind::Aggregates => {
                let aggregates = self.tables.respondent_aggregate.iter();
                aggregates.map(Row::Aggregate).collect()
            }
            Kind::Statistics => {
                let statistics = self.tables.published_statistic.iter();
                statistics.map(Row::Statistic).collect()
            }
            Kind::Sources => self.tables.source.iter().map(Row::Source).collect(),
        }
    }

    /// Whether a row is in the list of a parent, given by its slug, its code, or the name of a region.
    pub(super) fn belongs_to(&self, row: Row<'_>, parent: &str) -> bool {
        let is_parent = |id: &Option<String>| id.as_deref() == Some(parent);
        match row {
            Row::Community(community) => {
                is_parent(&community.state_id)
                    || is_parent(&community.province_id)
                    || community.country_id == parent
            }
            Row::Partnership(partnership) => self.parents_of(partnership).contains(&Some(parent)),
            Row::Aggregate(row) => {
                let mut questions = self.tables.question.iter();
                let question = questions.find(|question| question.id == row.question_id);
                row.question_id == parent
                    || question.is_some_and(|question| is_parent(&question.country_id))
                    || self.categories(&row.id, "GIVEN").any(|(dimension, value)| {
                        dimension == "REGION" && value.eq_ignore_ascii_case(parent)
                    })
            }
            Row::Statistic(row) => {
                is_parent(&row.region_id) || is_parent(&row.state_id) || is_parent(&row.country_id)
            }
            Row::Country(_) | Row::Claim(_) | Row::Source(_) => false,
        }
    }

    /// The categories of a percentage in a role, each as a dimension and a value.
    pub(super) fn categories<'a>(
        &'a self,
        id: &'a str,
        role: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let all = self.tables.respondent_aggregate_category.iter();
        all.filter(move |row| row.respondent_aggregate_id == id && row.role == role)
            .map(|row| (row.dimension.as_str(), row.value.as_str()))
    }

    /// The flags of a percentage or a statistic.
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

/// The built-in data with invented communities: some have names with special characters of `LIKE`,
/// some are at the poles or on the antimeridian.
pub(super) fn data() -> DataSet {
    let mut data = DataSet::real();
    data.set("cities.csv", "jp-aisho", "name", "100%_Aishō")
        .set("cities.csv", "jp-bando", "name", r"Ban\dō_%")
        .set("cities.csv", "jp-otsu", "name", "İẞ Ǆtsu ﬁ")
        .add("cities.csv", "nz-date-line,Date Line,CITY,NZ,,,-44,180,0,false,,,")
        .add("cities.csv", "ws-date-line,date line,TOWN,WS,,,-14,-180,,false,,,")
        .add("cities.csv", "au-south-pole,South_Pole,VILLAGE,AU,,,-90,12.5,7,false,,,")
        .add("cities.csv", "us-ak-north-pole,North%Pole,CITY,US,AK,,90,-100,7,false,,,")
        .add("partnerships.csv", "ak-north-pole--au-south-pole,us-ak-north-pole,au-south-pole,CITY,,SUSPENDED,,kompot2023,kompot2023")
        .add("partnerships.csv", "ak-north-pole--nz-date-line,us-ak-north-pole,nz-date-line,CITY,1700,ENDED,1700,kompot2023,p-amfa")
        .add("partnerships.csv", "ak--ws-date-line,us-ak,ws-date-line,STATE,1700,LISTED,,,kompot2023");
    for claim in [
        "ak-north-pole--au-south-pole,kompot2023,RECORDED,,,false,DERIVED,",
        "ak-north-pole--au-south-pole,kompot2023,DORMANT,1990,,false,DERIVED,",
        "ak-north-pole--au-south-pole,kompot2023,RENEWED,1990,,false,DERIVED,",
        "ak-north-pole--au-south-pole,p-amfa,DOUBTED,,,false,THIRD,",
        "ak-north-pole--nz-date-line,p-amfa,RECORDED,,,false,THIRD,",
        "ak--ws-date-line,kompot2023,RECORDED,,,false,DERIVED,",
    ] {
        data.add("claims.csv", claim);
    }
    data
}

fn independent_sources(tables: &TableRows) -> HashSet<String> {
    let sources = tables.source.iter().filter(|source| source.independent);
    sources.map(|source| source.id.clone()).collect()
}

fn sources(tables: &TableRows) -> HashMap<String, Vec<String>> {
    let mut sources: HashMap<String, Vec<String>> = HashMap::new();
    for link in tables
        .partnership_source
        .iter()
        .filter(|link| link.role == "RECORD")
    {
        let list = sources.entry(link.partnership_id.clone()).or_default();
        list.push(link.source_id.clone());
    }
    sources
}

fn claims(tables: &TableRows) -> HashMap<String, Vec<claim::Model>> {
    let mut claims: HashMap<String, Vec<claim::Model>> = HashMap::new();
    for claim in &tables.claim {
        let list = claims.entry(claim.partnership_id.clone()).or_default();
        list.push(claim.clone());
    }
    claims
}

fn partnerships_with_notes(tables: &TableRows) -> HashSet<String> {
    let notes = tables.partnership_note.iter();
    notes.map(|note| note.partnership_id.clone()).collect()
}
