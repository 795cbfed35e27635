//! `countries.csv`, and the regions of the United States.

use serde::{Deserialize, Serialize};

use crate::{
    collation::fold,
    entity::{country, region},
    import::{key_index::KeyIndex, row::CsvRow, sheets::Sheets},
    vocabulary::{RegionName, Subregion, Vocabulary},
};

/// The id of the United States.
pub(super) const US: &str = "US";

/// The properties of a country that other rows repeat.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct CountryInfo {
    pub(super) sort_name: Box<str>,
}

/// Returns the regions in the order in which the API lists them, that of `RegionName`.
pub(super) fn regions() -> impl Iterator<Item = region::Model> {
    let regions = (0..).zip(RegionName::spellings());
    regions.map(|(position, name)| region::Model {
        id: name.to_owned(),
        position,
    })
}

/// Indexes the countries by ISO 3166-1 alpha-2 code.
pub(super) fn index_by_code(sheets: &Sheets) -> KeyIndex<CountryInfo> {
    let mut countries = KeyIndex::new(
        sheets,
        "country",
        "enter an iso2 code from countries.csv",
        sheets.is_complete("countries.csv"),
    );
    for row in sheets.rows("countries.csv") {
        let sort_name = fold(row.cell("name")).into();
        countries.insert(&row, "iso2", row.cell("iso2"), CountryInfo { sort_name });
    }
    countries
}

pub(super) fn read(
    sheets: &Sheets,
    countries: &KeyIndex<CountryInfo>,
) -> impl Iterator<Item = country::Model> {
    if sheets.is_complete("countries.csv") && countries.get(US).is_none() {
        sheets.report_problem(
            "countries.csv",
            "iso2",
            "no row has the code US; add a row for the United States",
        );
    }
    let mut iso3_codes = KeyIndex::new(sheets, "", "", true);
    sheets.rows("countries.csv").map(move |row| {
        iso3_codes.insert(&row, "iso3", row.cell("iso3"), ());
        read_country(&row)
    })
}

fn read_country(row: &CsvRow<'_>) -> country::Model {
    let point = row.point();
    let name = row.required("name", "the English name");
    let id = row.code(
        "iso2",
        2,
        "the two-letter ISO 3166-1 code in capital letters",
    );
    country::Model {
        id: id.to_owned(),
        code3: row
            .code(
                "iso3",
                3,
                "the three-letter ISO 3166-1 code in capital letters",
            )
            .to_owned(),
        name: name.to_owned(),
        sort_name: fold(name),
        subregion: row.enum_value::<Subregion>("subregion").to_owned(),
        is_partner: id != US,
        latitude: point.map(|(latitude, _)| latitude),
        longitude: point.map(|(_, longitude)| longitude),
        population: row.population("population"),
        partnership_count: 0,
    }
}
