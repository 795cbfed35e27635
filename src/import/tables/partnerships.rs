//! `partnerships.csv`: the two communities of each partnership, its level, years, and sources.

use chrono::{Datelike, Utc};

use super::{
    communities::{CommunityInfo, CommunityType, StateInfo},
    countries::{CountryInfo, US},
    sources::SourceInfo,
};
use crate::{
    entity::{partnership, partnership_source},
    import::{
        key_index::{KeyIndex, UniqueKeys},
        problem::Dependency,
        row::CsvRow,
        sheets::Sheets,
    },
    stats::great_circle::distance_km,
    vocabulary::{CityKind, PartnershipLevel, PartnershipStatus, Vocabulary},
};

/// The indexes that partnerships are checked against.
pub(super) struct PartnershipIndexes<'a> {
    pub(super) countries: &'a KeyIndex<CountryInfo>,
    pub(super) communities: &'a KeyIndex<CommunityInfo>,
    pub(super) states: &'a KeyIndex<StateInfo>,
}

/// Indexes the `established_year` of each partnership, which may be blank, by the partnership's id.
pub(super) fn index_by_id(sheets: &Sheets) -> KeyIndex<Box<str>> {
    let mut partnerships = KeyIndex::new(
        sheets,
        "partnership",
        "enter an id from partnerships.csv",
        sheets.is_complete("partnerships.csv"),
    );
    for row in sheets.rows("partnerships.csv") {
        let established_year = row.cell("established_year").into();
        partnerships.insert(&row, "id", row.cell("id"), established_year);
    }
    partnerships
}

/// Reads each partnership without what follows from its claims, with its line.
pub(super) fn read<'a>(
    sheets: &'a Sheets,
    indexes: PartnershipIndexes<'a>,
) -> impl Iterator<Item = (u64, partnership::Model)> {
    let mut pairs = UniqueKeys::new(sheets);
    sheets.rows("partnerships.csv").map(move |row| {
        let pair = ["us_community_id", "partner_community_id"].map(|column| row.cell(column));
        pairs.add(&row, "partner_community_id", &pair, "pair of communities");
        row.slug("id");
        (row.line, read_partnership(&row, &indexes))
    })
}

/// Reads the sources of all partnerships.
pub(super) fn read_sources(
    sheets: &Sheets,
    sources: &KeyIndex<SourceInfo>,
) -> impl Iterator<Item = partnership_source::Model> {
    let rows = sheets.rows("partnerships.csv");
    rows.flat_map(|row| read_sources_of_row(&row, sources))
}

fn read_partnership(row: &CsvRow<'_>, indexes: &PartnershipIndexes<'_>) -> partnership::Model {
    let us_id = row.required("us_community_id", "the id of a US city or state");
    let partner_id = row.required(
        "partner_community_id",
        "the id of a partner city or province",
    );
    let communities = indexes.communities;
    let us = communities.resolve(row, "us_community_id", us_id);
    let us = us.as_deref().map(|us| &us.value);
    let partner = communities.resolve(row, "partner_community_id", partner_id);
    let partner = partner.as_deref().map(|partner| &partner.value);
    let state = us.and_then(|us| indexes.states.get(&us.state_code));
    let state = state.as_deref().map(|state| &state.value);
    let level = row.enum_value::<PartnershipLevel>("level");
    if let Some(us) = us {
        if *us.country != *US {
            row.report_problem(
                "us_community_id",
                format!(
                    "\"{us_id}\" is in {}; enter the id of a US city or state",
                    us.country
                ),
            );
        } else {
            check_level(row, level, us);
        }
    }
    if partner.is_some_and(|partner| *partner.country == *US) {
        row.report_problem("partner_community_id", format!(
            "\"{partner_id}\" is in the US; enter the id of a city or province in another country"
        ));
    }
    if us.is_some() && partner.is_some() {
        check_id(row, us_id, partner_id);
    }
    let (established_year, ended_year) = read_years(row);
    let points = us
        .and_then(|us| us.point)
        .zip(partner.and_then(|partner| partner.point));
    let country_id = partner.map_or("", |partner| &*partner.country);
    let sort_name =
        |community: Option<&CommunityInfo>| community.map_or("", |one| &*one.sort_name).to_owned();
    let country = indexes.countries.get(country_id);
    partnership::Model {
        id: row.cell("id").to_owned(),
        level: level.to_owned(),
        us_id: us_id.to_owned(),
        us_type: us.map_or("", |us| us.community_type.as_str()).to_owned(),
        partner_id: partner_id.to_owned(),
        partner_type: partner
            .map_or("", |partner| partner.community_type.as_str())
            .to_owned(),
        state_id: state.map_or("", |state| &*state.id).to_owned(),
        region_id: state
            .and_then(|state| state.region.as_deref())
            .map(str::to_owned),
        country_id: country_id.to_owned(),
        province_id: partner
            .map(|partner| partner.province.to_string())
            .filter(|id| !id.is_empty()),
        us_sort_name: sort_name(us),
        partner_sort_name: sort_name(partner),
        country_sort_name: country
            .map_or_else(String::new, |country| country.value.sort_name.to_string()),
        us_population: us.and_then(|us| us.population),
        partner_population: partner.and_then(|partner| partner.population),
        established_year,
        status: row.enum_value::<PartnershipStatus>("status").to_owned(),
        ended_year,
        // Rounded to the meter, which is finer than the coordinates, so that all machines get the
        // same value.
        distance_km: points
            .map(|(us, partner)| (distance_km(us, partner) * 1000.0).round() / 1000.0),
        // `PartnershipEvidence::apply` fills these in.
        established_date: None,
        corroboration: String::new(),
        corroborated: false,
        has_disagreement: false,
    }
}

/// Checks that the level matches the US community: a state, a county, or any other kind of city.
fn check_level(row: &CsvRow<'_>, level: &str, us: &CommunityInfo) {
    let expected = match us.community_type {
        CommunityType::State => PartnershipLevel::State,
        _ if *us.kind == *CityKind::County.as_str() => PartnershipLevel::County,
        _ => PartnershipLevel::City,
    };
    if PartnershipLevel::parse(level).is_some_and(|level| level != expected) {
        row.report_follow_up(
            "level",
            Dependency::columns("cities.csv", &["kind"]),
            format!(
                "\"{level}\" does not match \"{}\", which is a {}; enter {}",
                row.cell("us_community_id"),
                us.kind,
                expected.as_str()
            ),
        );
    }
}

/// Checks that an id consists of the ids of the two communities.
fn check_id(row: &CsvRow<'_>, us_id: &str, partner_id: &str) {
    let expected = format!(
        "{}--{partner_id}",
        us_id.strip_prefix("us-").unwrap_or(us_id)
    );
    let id = row.cell("id");
    if !id.is_empty() && id != expected {
        row.report_problem(
            "id",
            format!("\"{id}\" does not match the two communities; it must be \"{expected}\""),
        );
    }
}

/// Reads the year of the agreement and the year in which the partnership ended.
fn read_years(row: &CsvRow<'_>) -> (Option<i32>, Option<i32>) {
    let this_year = Utc::now().year();
    let established = row.year("established_year", this_year);
    let ended = row.year("ended_year", this_year);
    if let Some(ended) = ended {
        if row.cell("status") != PartnershipStatus::Ended.as_str() {
            row.report_follow_up(
                "ended_year",
                row.dependencies(&["status"]),
                format!(
                    "\"{ended}\" does not match the status {}; enter the status ENDED, or leave the year blank",
                    row.cell("status")
                ),
            );
        }
        if let Some(established) = established.filter(|established| *established > ended) {
            row.report_problem("ended_year", format!(
                "\"{ended}\" is before established_year {established}; enter {established} or a later year"
            ));
        }
    }
    (established, ended)
}

fn read_sources_of_row(
    row: &CsvRow<'_>,
    source_index: &KeyIndex<SourceInfo>,
) -> Vec<partnership_source::Model> {
    row.required("sources", "the id of at least one source");
    if row.cell("status_sources").is_empty()
        && PartnershipStatus::parse(row.cell("status"))
            .is_some_and(|status| status != PartnershipStatus::Listed)
    {
        row.report_problem("status_sources", format!(
            "blank for the status {}; enter the id of the source that reports it, or the status LISTED",
            row.cell("status")
        ));
    }
    let mut sources = Vec::new();
    for (role, column) in [("RECORD", "sources"), ("STATUS", "status_sources")] {
        for source_id in row.list(column) {
            source_index.check(row, column, source_id);
            sources.push(partnership_source::Model {
                partnership_id: row.cell("id").to_owned(),
                role: role.to_owned(),
                source_id: source_id.to_owned(),
            });
        }
    }
    sources
}
