//! The columns of a partnership in every flat file.

use super::Tie;
use crate::{
    db::{Column, Rows},
    entity::{community, country, partnership::Column as Of, partnership_note, source},
    export::column::{Column as FileColumn, Kind, Value},
};

fn texts(rows: &Rows, column: source::Column) -> Value {
    let column = Column::of(column);
    Value::Many(
        rows.iter()
            .filter_map(|row| row.text(column).cloned())
            .collect(),
    )
}

/// The columns of the files, in their order.
pub(in crate::export) const COLUMNS: &[FileColumn<Tie>] = &[
    FileColumn {
        name: "slug",
        kind: Kind::Text,
        meaning: "Stable and readable name of the partnership, such as or-portland--jp-sapporo.",
        value: |tie| tie.own(Of::Id).into(),
    },
    FileColumn {
        name: "level",
        kind: Kind::Text,
        meaning: "The level of government, CITY, COUNTY or STATE; it follows the US side.",
        value: |tie| tie.own(Of::Level).into(),
    },
    FileColumn {
        name: "established_year",
        kind: Kind::Integer,
        meaning: "The year of the agreement; nothing where it is not known.",
        value: |tie| tie.own(Of::EstablishedYear).into(),
    },
    FileColumn {
        name: "status",
        kind: Kind::Text,
        meaning: "LISTED, DORMANT, SUSPENDED or ENDED. LISTED means recorded, and no source saying otherwise; not that it is lively.",
        value: |tie| tie.own(Of::Status).into(),
    },
    FileColumn {
        name: "ended_year",
        kind: Kind::Integer,
        meaning: "The year of the end, where the status is ENDED and the year is known.",
        value: |tie| tie.own(Of::EndedYear).into(),
    },
    FileColumn {
        name: "us_slug",
        kind: Kind::Text,
        meaning: "The slug of the US side.",
        value: |tie| tie.own(Of::UsId).into(),
    },
    FileColumn {
        name: "us_name",
        kind: Kind::Text,
        meaning: "The English name of the US side.",
        value: |tie| tie.of_place(Of::UsId, community::Column::Name),
    },
    FileColumn {
        name: "us_kind",
        kind: Kind::Text,
        meaning: "What the US side is, such as CITY, COUNTY or STATE.",
        value: |tie| tie.of_place(Of::UsId, community::Column::Kind),
    },
    FileColumn {
        name: "us_latitude",
        kind: Kind::Number,
        meaning: "Where the US side is, in degrees north (WGS 84): a label point of a city, the population-weighted centre of the known places of anything larger.",
        value: |tie| tie.of_place(Of::UsId, community::Column::Latitude),
    },
    FileColumn {
        name: "us_longitude",
        kind: Kind::Number,
        meaning: "The same, in degrees east.",
        value: |tie| tie.of_place(Of::UsId, community::Column::Longitude),
    },
    FileColumn {
        name: "state_code",
        kind: Kind::Text,
        meaning: "The USPS code of the state that the US side is, or lies in.",
        value: |tie| tie.of_place(Of::StateId, community::Column::Code),
    },
    FileColumn {
        name: "state",
        kind: Kind::Text,
        meaning: "The name of that state.",
        value: |tie| tie.of_place(Of::StateId, community::Column::Name),
    },
    FileColumn {
        name: "region",
        kind: Kind::Text,
        meaning: "The region of that state, WEST, MIDWEST, SOUTH or NORTHEAST; nothing for the District of Columbia and the territories.",
        value: |tie| tie.own(Of::RegionId).into(),
    },
    FileColumn {
        name: "partner_slug",
        kind: Kind::Text,
        meaning: "The slug of the other side.",
        value: |tie| tie.own(Of::PartnerId).into(),
    },
    FileColumn {
        name: "partner_name",
        kind: Kind::Text,
        meaning: "The English name of the other side.",
        value: |tie| tie.of_place(Of::PartnerId, community::Column::Name),
    },
    FileColumn {
        name: "partner_kind",
        kind: Kind::Text,
        meaning: "What the other side is, such as CITY, DISTRICT or PROVINCE.",
        value: |tie| tie.of_place(Of::PartnerId, community::Column::Kind),
    },
    FileColumn {
        name: "partner_latitude",
        kind: Kind::Number,
        meaning: "Where the other side is, in degrees north (WGS 84), as us_latitude.",
        value: |tie| tie.of_place(Of::PartnerId, community::Column::Latitude),
    },
    FileColumn {
        name: "partner_longitude",
        kind: Kind::Number,
        meaning: "The same, in degrees east.",
        value: |tie| tie.of_place(Of::PartnerId, community::Column::Longitude),
    },
    FileColumn {
        name: "province",
        kind: Kind::Text,
        meaning: "The name of the province that the other side is, or lies in, where known.",
        value: |tie| tie.of_place(Of::ProvinceId, community::Column::Name),
    },
    FileColumn {
        name: "country_code",
        kind: Kind::Text,
        meaning: "The ISO 3166-1 alpha-2 code of the partner country.",
        value: |tie| tie.own(Of::CountryId).into(),
    },
    FileColumn {
        name: "country",
        kind: Kind::Text,
        meaning: "The English name of the partner country.",
        value: |tie| tie.of_country(country::Column::Name),
    },
    FileColumn {
        name: "subregion",
        kind: Kind::Text,
        meaning: "The subregion of the world that the partner country lies in, such as EAST_ASIA.",
        value: |tie| tie.of_country(country::Column::Subregion),
    },
    FileColumn {
        name: "distance_km",
        kind: Kind::Number,
        meaning: "The great-circle distance between the sides, in kilometres on a sphere of the mean radius of the earth.",
        value: |tie| tie.own(Of::DistanceKm).into(),
    },
    FileColumn {
        name: "corroborated",
        kind: Kind::Boolean,
        meaning: "Whether a source other than the lists derived from Wikipedia and Wikidata records it.",
        value: |tie| tie.own(Of::Corroborated).into(),
    },
    FileColumn {
        name: "sources",
        kind: Kind::List(";"),
        meaning: "The slugs of the sources that record it; source.csv of dataset.zip says what they are.",
        value: |tie| texts(&tie.sources, source::Column::Id),
    },
    FileColumn {
        name: "source_urls",
        kind: Kind::List(" "),
        meaning: "The addresses of those sources that have one.",
        value: |tie| texts(&tie.sources, source::Column::Url),
    },
    FileColumn {
        name: "status_sources",
        kind: Kind::List(";"),
        meaning: "The slugs of the sources that say that it has ended or paused; none where the status is LISTED.",
        value: |tie| texts(&tie.status_sources, source::Column::Id),
    },
    FileColumn {
        name: "notes",
        kind: Kind::List(" | "),
        meaning: "What sources add, and what is in doubt about the record, each after its kind: SOURCE_NOTE, STATUS_NOTE, DOUBT or YEAR_CONFLICT.",
        value: notes,
    },
];

fn notes(tie: &Tie) -> Value {
    let [kind, text] = [
        partnership_note::Column::Kind,
        partnership_note::Column::Text,
    ]
    .map(Column::of);
    let notes = tie.notes.iter().filter_map(|note| {
        let (kind, text) = (note.text(kind)?, note.text(text)?);
        Some(format!("{kind}: {text}").into())
    });
    Value::Many(notes.collect())
}
