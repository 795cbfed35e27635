//! `states.csv`, `provinces.csv` and `cities.csv`, which go into one table and share one set of ids.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::countries::{CountryInfo, US};
use crate::{
    collation::fold,
    entity::community,
    import::{key_index::KeyIndex, problem::Dependency, row::CsvRow, sheets::Sheets},
    stats::great_circle::unit_vector,
    vocabulary::{CityKind, ProvinceKind, RegionName, StateKind, Vocabulary},
};

/// The type of a community, which is also the file that lists it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) enum CommunityType {
    State,
    Province,
    City,
}

impl CommunityType {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::State => "STATE",
            Self::Province => "PROVINCE",
            Self::City => "CITY",
        }
    }
}

/// The properties of a community that are used to check the rows that refer to it, or that these rows repeat.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct CommunityInfo {
    pub(super) community_type: CommunityType,
    pub(super) kind: Box<str>,
    pub(super) country: Box<str>,
    /// The USPS code of the state: its own, or that of the state it is in. Blank outside the US.
    pub(super) state_code: Box<str>,
    /// The id of the province: its own, or that of the province it is in. Blank if unknown.
    pub(super) province: Box<str>,
    pub(super) sort_name: Box<str>,
    /// Latitude and longitude in degrees.
    pub(super) point: Option<(f64, f64)>,
    pub(super) population: Option<i32>,
}

/// The state that a USPS code stands for.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct StateInfo {
    pub(super) id: Box<str>,
    pub(super) region: Option<Box<str>>,
}

/// Indexes all communities by id.
pub(super) fn index_by_id(sheets: &Sheets) -> KeyIndex<CommunityInfo> {
    let complete = ["states.csv", "provinces.csv", "cities.csv"]
        .iter()
        .all(|file| sheets.is_complete(file));
    let mut communities = KeyIndex::new(
        sheets,
        "community",
        "enter the id of a city, state, or province",
        complete,
    );
    let mut insert =
        |row: &CsvRow<'_>, community_type, [country, state_code, province]: [&str; 3]| {
            let info = CommunityInfo {
                community_type,
                kind: row.cell("kind").into(),
                country: country.into(),
                state_code: state_code.into(),
                province: province.into(),
                sort_name: fold(row.cell("name")).into(),
                point: row.point(),
                population: row.population(match community_type {
                    CommunityType::State => "population_2020",
                    CommunityType::Province | CommunityType::City => "population",
                }),
            };
            communities.insert(row, "id", row.cell("id"), info);
        };
    for row in sheets.rows("states.csv") {
        insert(&row, CommunityType::State, [US, row.cell("code"), ""]);
    }
    for row in sheets.rows("provinces.csv") {
        let location = [row.cell("country_iso2"), "", row.cell("id")];
        insert(&row, CommunityType::Province, location);
    }
    for row in sheets.rows("cities.csv") {
        let location = ["country_iso2", "us_state_code", "province_id"];
        insert(
            &row,
            CommunityType::City,
            location.map(|column| row.cell(column)),
        );
    }
    communities
}

/// Indexes the states by USPS code.
pub(super) fn states_by_code(sheets: &Sheets) -> KeyIndex<StateInfo> {
    let mut states = KeyIndex::new(
        sheets,
        "state",
        "enter a code from states.csv",
        sheets.is_complete("states.csv"),
    );
    for row in sheets.rows("states.csv") {
        let state = StateInfo {
            id: row.cell("id").into(),
            region: read_region(&row).map(Into::into),
        };
        states.insert(&row, "code", row.cell("code"), state);
    }
    states
}

/// Reads the Census Bureau's region of a state. `None` for the District of Columbia and the
/// territories, which the survey and the published totals leave out of every region.
fn read_region(row: &CsvRow<'_>) -> Option<&'static str> {
    (row.cell("kind") == StateKind::State.as_str())
        .then(|| RegionName::parse(row.cell("census_region")).map(RegionName::as_str))
        .flatten()
}

/// Reads the states, then the provinces, then the cities, so that each row follows the rows it
/// refers to.
pub(super) fn read(
    sheets: &Sheets,
    country_index: &KeyIndex<CountryInfo>,
    state_index: &KeyIndex<StateInfo>,
) -> impl Iterator<Item = community::Model> {
    let capitals: HashSet<(String, String)> = sheets
        .rows("cities.csv")
        .filter(|row| row.cell("is_capital") == "true")
        .map(|row| {
            (
                row.cell("us_state_code").to_owned(),
                row.cell("name").to_owned(),
            )
        })
        .collect();
    let province_index = provinces_by_id(sheets);
    let states = sheets.rows("states.csv").map(move |row| {
        check_capital(&row, sheets.is_complete("cities.csv").then_some(&capitals));
        read_state(&row)
    });
    let provinces = sheets.rows("provinces.csv").map(|row| {
        country_index.check(&row, "country_iso2", row.cell("country_iso2"));
        read_province(&row)
    });
    let cities = sheets.rows("cities.csv").map(move |row| {
        // A missing row for the US is reported once, by `countries::read`.
        if row.cell("country_iso2") != US {
            country_index.check(&row, "country_iso2", row.cell("country_iso2"));
        }
        check_province(&row, &province_index);
        read_city(&row, state_index)
    });
    states.chain(provinces).chain(cities)
}

/// Reads the columns that all three files share.
fn community_base(
    row: &CsvRow<'_>,
    community_type: CommunityType,
    kind: &str,
    country_id: &str,
) -> community::Model {
    let point = row.point();
    let unit = point.map(unit_vector);
    let name = row.required("name", "the English name");
    community::Model {
        id: row.slug("id").to_owned(),
        community_type: community_type.as_str().to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        sort_name: fold(name),
        country_id: country_id.to_owned(),
        // `define_rows!` fills this in.
        country_sort_name: String::new(),
        region_id: None,
        state_id: None,
        province_id: None,
        is_capital: false,
        latitude: point.map(|(latitude, _)| latitude),
        longitude: point.map(|(_, longitude)| longitude),
        unit_x: unit.map(|[x, _, _]| x),
        unit_y: unit.map(|[_, y, _]| y),
        unit_z: unit.map(|[_, _, z]| z),
        population: None,
        coast_km: None,
        partnership_count: 0,
        code: None,
        fips: None,
        census_division: None,
        wikidata_qid: None,
        geonames_id: None,
    }
}

fn read_state(row: &CsvRow<'_>) -> community::Model {
    let code = row.code("code", 2, "two capital letters, the USPS code");
    let kind = row.enum_value::<StateKind>("kind");
    let census_region = row.optional_enum_value::<RegionName>("census_region");
    if kind == StateKind::State.as_str() && row.cell("census_region").is_empty() {
        let regions = RegionName::spellings().join(", ");
        row.report_problem(
            "census_region",
            format!("blank for a STATE; enter one of {regions}"),
        );
    }
    if census_region.is_some() == row.cell("census_division").is_empty() {
        row.report_follow_up(
            "census_division",
            row.dependencies(&["census_region"]),
            "only one of census_region and census_division is set; enter both or neither",
        );
    }
    check_prefix(row, &format!("us-{}", code.to_lowercase()), true);
    let fips = row.required("fips", "two digits, the FIPS 5-2 code");
    if !fips.is_empty() && (fips.len() != 2 || !fips.bytes().all(|byte| byte.is_ascii_digit())) {
        // Spreadsheets read the code as a number.
        let advice = match fips.len() {
            1 => format!(
                "two digits, such as \"0{fips}\" (in a spreadsheet, the column must be text)"
            ),
            _ => "two digits".to_owned(),
        };
        row.report_problem("fips", format!("malformed code \"{fips}\"; enter {advice}"));
    }
    community::Model {
        region_id: read_region(row).map(str::to_owned),
        population: row.population("population_2020"),
        code: Some(code.to_owned()),
        fips: Some(fips.to_owned()),
        census_division: row.text("census_division").map(str::to_owned),
        ..community_base(row, CommunityType::State, kind, US)
    }
}

fn read_province(row: &CsvRow<'_>) -> community::Model {
    let country = row.required("country_iso2", "an iso2 code from countries.csv");
    if country == US {
        row.report_problem(
            "country_iso2",
            "a province cannot be in the US; list US states in states.csv",
        );
    }
    check_prefix(row, &format!("{}-", country.to_lowercase()), false);
    let kind = row.enum_value::<ProvinceKind>("kind");
    community::Model {
        population: row.population("population"),
        wikidata_qid: wikidata_qid(row),
        geonames_id: geonames_id(row),
        ..community_base(row, CommunityType::Province, kind, country)
    }
}

fn read_city(row: &CsvRow<'_>, states: &KeyIndex<StateInfo>) -> community::Model {
    let country = row.required("country_iso2", "an iso2 code from countries.csv");
    let code = row.cell("us_state_code");
    if (country == US) == code.is_empty() && !country.is_empty() {
        row.report_problem(
            "us_state_code",
            match country {
                US => "blank for a US city; enter the code of its state".to_owned(),
                _ => format!("\"{code}\" for a city in {country}; leave it blank outside the US"),
            },
        );
    }
    let state = states.resolve(row, "us_state_code", code);
    match &state {
        Some(state) if country == US => check_prefix(row, &format!("{}-", state.value.id), false),
        _ => check_prefix(row, &format!("{}-", country.to_lowercase()), false),
    }
    let kind = row.enum_value::<CityKind>("kind");
    community::Model {
        state_id: state.map(|state| state.value.id.to_string()),
        province_id: row.text("province_id").map(str::to_owned),
        is_capital: row.boolean("is_capital"),
        population: row.population("population"),
        coast_km: read_coast_km(row),
        wikidata_qid: wikidata_qid(row),
        geonames_id: geonames_id(row),
        ..community_base(row, CommunityType::City, kind, country)
    }
}

/// Reads the distance from the sea; `None` without a location.
fn read_coast_km(row: &CsvRow<'_>) -> Option<f64> {
    row.number(
        "coast_km",
        0.0..=5_000.0,
        "kilometers from the nearest coast",
    )
    .filter(|_| !row.cell("latitude").is_empty())
}

/// Checks that an id starts with the location, which keeps communities of the same name apart. If
/// `is_exact`, the id has nothing after the prefix.
fn check_prefix(row: &CsvRow<'_>, prefix: &str, is_exact: bool) {
    let id = row.cell("id");
    if id.is_empty()
        || id == prefix
        || (!is_exact && id.starts_with(prefix) && id.len() > prefix.len())
    {
        return;
    }
    let verb = if is_exact { "be" } else { "start with" };
    let location = row.dependencies(&["country_iso2", "us_state_code", "code"]);
    row.report_follow_up(
        "id",
        location,
        format!("\"{id}\" does not match the location; it must {verb} \"{prefix}\""),
    );
}

/// Checks that the capital of a state is a city of that state.
fn check_capital(row: &CsvRow<'_>, capitals: Option<&HashSet<(String, String)>>) {
    let capital = row.required("capital", "the name of a city of the state");
    let code = row.cell("code");
    if let Some(capitals) = capitals
        && !capital.is_empty()
        && !capitals.contains(&(code.to_owned(), capital.to_owned()))
    {
        let cities = Dependency::columns("cities.csv", &["name", "us_state_code", "is_capital"]);
        row.report_follow_up("capital", cities, format!(
            "\"{capital}\" is not the capital of {code} in cities.csv; enter the name of a city that has us_state_code {code} and is_capital true"
        ));
    }
}

/// Checks that the province of a city is in the same country as the city.
fn check_province(row: &CsvRow<'_>, provinces: &KeyIndex<String>) {
    let (id, country) = (row.cell("province_id"), row.cell("country_iso2"));
    if let Some(other) = provinces.resolve(row, "province_id", id)
        && other.value != country
    {
        row.report_problem(
            "province_id",
            format!(
                "\"{id}\" is in {}, but the city is in {country}; enter a province of {country}",
                other.value
            ),
        );
    }
}

/// Indexes the country of each province by the id of the province.
fn provinces_by_id(sheets: &Sheets) -> KeyIndex<String> {
    let mut provinces = KeyIndex::new(
        sheets,
        "province",
        "enter an id from provinces.csv",
        sheets.is_complete("provinces.csv"),
    );
    for row in sheets.rows("provinces.csv") {
        // `index_by_id` reports duplicate ids.
        if provinces.get(row.cell("id")).is_none() {
            let country = row.cell("country_iso2").to_owned();
            provinces.insert(&row, "id", row.cell("id"), country);
        }
    }
    provinces
}

fn wikidata_qid(row: &CsvRow<'_>) -> Option<String> {
    let id = row.text("wikidata_qid")?;
    let digits = id.strip_prefix('Q').unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        row.report_problem(
            "wikidata_qid",
            format!("malformed Wikidata item \"{id}\"; enter one such as Q17"),
        );
    }
    Some(id.to_owned())
}

fn geonames_id(row: &CsvRow<'_>) -> Option<i32> {
    row.number("geonames_id", 1..=i32::MAX, "a GeoNames id")
}
