//! `common_names.csv`: abbreviations, nicknames, and former names. Without the file, there are none.

use super::{communities::CommunityInfo, countries::CountryInfo};
use crate::{
    collation::fold,
    entity::common_name,
    import::{
        key_index::{KeyIndex, UniqueKeys},
        row::{CsvRow, did_you_mean},
        sheets::Sheets,
    },
};

pub(super) fn read<'a>(
    sheets: &'a Sheets,
    countries: &'a KeyIndex<CountryInfo>,
    communities: &'a KeyIndex<CommunityInfo>,
) -> impl Iterator<Item = common_name::Model> + use<'a> {
    let mut unique_names = UniqueKeys::new(sheets);
    sheets.rows("common_names.csv").map(move |row| {
        let row = &row;
        let name = row.required("name", "an abbreviation, nickname, or former name");
        let place = row.required("place", "the id of a community, or the code of a country");
        let is_country = countries.get(place).is_some();
        if !is_country && communities.get(place).is_none() {
            report_unknown_place(row, place, countries, communities);
        }
        unique_names.add(row, "name", &[&fold(name)], "name");
        common_name::Model {
            name: name.to_owned(),
            country_id: is_country.then(|| place.to_owned()),
            community_id: (!is_country).then(|| place.to_owned()),
            note: row.required("note", "what kind of name it is").to_owned(),
        }
    })
}

fn report_unknown_place(
    row: &CsvRow<'_>,
    place: &str,
    countries: &KeyIndex<CountryInfo>,
    communities: &KeyIndex<CommunityInfo>,
) {
    if place.is_empty() || !countries.is_complete() || !communities.is_complete() {
        return;
    }
    let hint = did_you_mean(
        place,
        countries.suggestions().chain(communities.suggestions()),
    );
    row.report_follow_up(
        "place",
        [countries.columns(), communities.columns()].concat(),
        format!("unknown place \"{place}\"; enter the id of a city, state, or province, or the iso2 code of a country{hint}"),
    );
}
