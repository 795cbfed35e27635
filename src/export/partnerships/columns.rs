//! The columns of a partnership in every flat file.

use super::PartnershipExportRow;
use crate::{
    db::{ColumnRef, Records},
    entity::{community, country, partnership::Column as Col, partnership_note, source},
    export::column::{FileColumn, FileColumnType, FileValue},
};

fn text_list(rows: &Records, column: source::Column) -> FileValue {
    let column = ColumnRef::new(column);
    FileValue::List(
        rows.iter()
            .filter_map(|row| row.text(column).cloned())
            .collect(),
    )
}

/// The columns of the files, in their order.
pub(in crate::export) const COLUMNS: &[FileColumn<PartnershipExportRow>] = &[
    FileColumn {
        name: "slug",
        column_type: FileColumnType::Text,
        description: "Stable and readable name of the partnership, such as or-portland--jp-sapporo.",
        value: |tie| tie.cell(Col::Id).into(),
    },
    FileColumn {
        name: "level",
        column_type: FileColumnType::Text,
        description: "The level of government, CITY, COUNTY or STATE; it follows the US side.",
        value: |tie| tie.cell(Col::Level).into(),
    },
    FileColumn {
        name: "established_year",
        column_type: FileColumnType::Integer,
        description: "The year of the agreement; nothing where it is not known.",
        value: |tie| tie.cell(Col::EstablishedYear).into(),
    },
    FileColumn {
        name: "status",
        column_type: FileColumnType::Text,
        description: "LISTED, DORMANT, SUSPENDED or ENDED. LISTED means recorded, and no source saying otherwise; not that it is lively.",
        value: |tie| tie.cell(Col::Status).into(),
    },
    FileColumn {
        name: "ended_year",
        column_type: FileColumnType::Integer,
        description: "The year of the end, where the status is ENDED and the year is known.",
        value: |tie| tie.cell(Col::EndedYear).into(),
    },
    FileColumn {
        name: "us_slug",
        column_type: FileColumnType::Text,
        description: "The slug of the US side.",
        value: |tie| tie.cell(Col::UsId).into(),
    },
    FileColumn {
        name: "us_name",
        column_type: FileColumnType::Text,
        description: "The English name of the US side.",
        value: |tie| tie.community_value(Col::UsId, community::Column::Name),
    },
    FileColumn {
        name: "us_kind",
        column_type: FileColumnType::Text,
        description: "What the US side is, such as CITY, COUNTY or STATE.",
        value: |tie| tie.community_value(Col::UsId, community::Column::Kind),
    },
    FileColumn {
        name: "us_latitude",
        column_type: FileColumnType::Number,
        description: "Where the US side is, in degrees north (WGS 84): a label point of a city, the population-weighted centre of the known places of anything larger.",
        value: |tie| tie.community_value(Col::UsId, community::Column::Latitude),
    },
    FileColumn {
        name: "us_longitude",
        column_type: FileColumnType::Number,
        description: "The same, in degrees east.",
        value: |tie| tie.community_value(Col::UsId, community::Column::Longitude),
    },
    FileColumn {
        name: "state_code",
        column_type: FileColumnType::Text,
        description: "The USPS code of the state that the US side is, or lies in.",
        value: |tie| tie.community_value(Col::StateId, community::Column::Code),
    },
    FileColumn {
        name: "state",
        column_type: FileColumnType::Text,
        description: "The name of that state.",
        value: |tie| tie.community_value(Col::StateId, community::Column::Name),
    },
    FileColumn {
        name: "region",
        column_type: FileColumnType::Text,
        description: "The region of that state, WEST, MIDWEST, SOUTH or NORTHEAST; nothing for the District of Columbia and the territories.",
        value: |tie| tie.cell(Col::RegionId).into(),
    },
    FileColumn {
        name: "partner_slug",
        column_type: FileColumnType::Text,
        description: "The slug of the other side.",
        value: |tie| tie.cell(Col::PartnerId).into(),
    },
    FileColumn {
        name: "partner_name",
        column_type: FileColumnType::Text,
        description: "The English name of the other side.",
        value: |tie| tie.community_value(Col::PartnerId, community::Column::Name),
    },
    FileColumn {
        name: "partner_kind",
        column_type: FileColumnType::Text,
        description: "What the other side is, such as CITY, DISTRICT or PROVINCE.",
        value: |tie| tie.community_value(Col::PartnerId, community::Column::Kind),
    },
    FileColumn {
        name: "partner_latitude",
        column_type: FileColumnType::Number,
        description: "Where the other side is, in degrees north (WGS 84), as us_latitude.",
        value: |tie| tie.community_value(Col::PartnerId, community::Column::Latitude),
    },
    FileColumn {
        name: "partner_longitude",
        column_type: FileColumnType::Number,
        description: "The same, in degrees east.",
        value: |tie| tie.community_value(Col::PartnerId, community::Column::Longitude),
    },
    FileColumn {
        name: "province",
        column_type: FileColumnType::Text,
        description: "The name of the province that the other side is, or lies in, where known.",
        value: |tie| tie.community_value(Col::ProvinceId, community::Column::Name),
    },
    FileColumn {
        name: "country_code",
        column_type: FileColumnType::Text,
        description: "The ISO 3166-1 alpha-2 code of the partner country.",
        value: |tie| tie.cell(Col::CountryId).into(),
    },
    FileColumn {
        name: "country",
        column_type: FileColumnType::Text,
        description: "The English name of the partner country.",
        value: |tie| tie.country_value(country::Column::Name),
    },
    FileColumn {
        name: "subregion",
        column_type: FileColumnType::Text,
        description: "The subregion of the world that the partner country lies in, such as EAST_ASIA.",
        value: |tie| tie.country_value(country::Column::Subregion),
    },
    FileColumn {
        name: "distance_km",
        column_type: FileColumnType::Number,
        description: "The great-circle distance between the sides, in kilometres on a sphere of the mean radius of the earth.",
        value: |tie| tie.cell(Col::DistanceKm).into(),
    },
    FileColumn {
        name: "corroborated",
        column_type: FileColumnType::Boolean,
        description: "Whether a source other than the lists derived from Wikipedia and Wikidata records it.",
        value: |tie| tie.cell(Col::Corroborated).into(),
    },
    FileColumn {
        name: "sources",
        column_type: FileColumnType::List(";"),
        description: "The slugs of the sources that record it; source.csv of dataset.zip says what they are.",
        value: |tie| text_list(&tie.sources, source::Column::Id),
    },
    FileColumn {
        name: "source_urls",
        column_type: FileColumnType::List(" "),
        description: "The addresses of those sources that have one.",
        value: |tie| text_list(&tie.sources, source::Column::Url),
    },
    FileColumn {
        name: "status_sources",
        column_type: FileColumnType::List(";"),
        description: "The slugs of the sources that say that it has ended or paused; none where the status is LISTED.",
        value: |tie| text_list(&tie.status_sources, source::Column::Id),
    },
    FileColumn {
        name: "notes",
        column_type: FileColumnType::List(" | "),
        description: "What sources add, and what is in doubt about the record, each after its kind: SOURCE_NOTE, STATUS_NOTE, DOUBT or YEAR_CONFLICT.",
        value: format_notes,
    },
];

fn format_notes(tie: &PartnershipExportRow) -> FileValue {
    let [kind, text] = [
        partnership_note::Column::Kind,
        partnership_note::Column::Text,
    ]
    .map(ColumnRef::new);
    let notes = tie.notes.iter().filter_map(|note| {
        let (kind, text) = (note.text(kind)?, note.text(text)?);
        Some(format!("{kind}: {text}").into())
    });
    FileValue::List(notes.collect())
}
