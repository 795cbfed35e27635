//! `common_names.csv`: abbreviations, nicknames, and former names. Without the file, there are none.

use crate::{
    collation::fold,
    entity::common_name,
    import::{
        key_index::{KeyIndex, UniqueKeys},
        sheets::Sheets,
    },
};

/// The files that list the places, each with the column of their ids.
const PLACES: [(&str, &str); 4] = [
    ("countries.csv", "iso2"),
    ("states.csv", "id"),
    ("provinces.csv", "id"),
    ("cities.csv", "id"),
];

pub(super) fn read(sheets: &Sheets) -> impl Iterator<Item = common_name::Model> {
    let mut places = KeyIndex::new(
        "place",
        "enter the id of a city, state, or province, or the iso2 code of a country",
        PLACES.iter().all(|(file, _)| sheets.is_complete(file)),
    );
    for (file, column) in PLACES {
        for row in sheets.rows(file) {
            // Duplicate ids are reported elsewhere.
            if places.get(row.cell(column)).is_none() {
                places.insert(&row, column, row.cell(column), file == "countries.csv");
            }
        }
    }
    let mut unique_names = UniqueKeys::default();
    sheets.rows("common_names.csv").map(move |row| {
        let row = &row;
        let name = row.required("name", "an abbreviation, nickname, or former name");
        let place = row.required("place", "the id of a community, or the code of a country");
        let is_country = places.resolve(row, "place", place) == Some(&true);
        unique_names.check(row, "name", fold(name), "name");
        common_name::Model {
            name: name.to_owned(),
            country_id: is_country.then(|| place.to_owned()),
            community_id: (!is_country).then(|| place.to_owned()),
            note: row.required("note", "what kind of name it is").to_owned(),
        }
    })
}
