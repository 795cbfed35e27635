//! The columns of a partnership in the flat files.

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

/// The columns of a partnership, in the order of the files.
pub(in crate::export) const COLUMNS: &[FileColumn<PartnershipExportRow>] = &[
    FileColumn {
        name: "slug",
        column_type: FileColumnType::Text,
        description: "The stable, readable identifier of the partnership, such as or-portland--jp-sapporo.",
        value: |row| row.cell(Col::Id).into(),
    },
    FileColumn {
        name: "level",
        column_type: FileColumnType::Text,
        description: "The level of government of the US side: CITY, COUNTY, or STATE.",
        value: |row| row.cell(Col::Level).into(),
    },
    FileColumn {
        name: "established_year",
        column_type: FileColumnType::Integer,
        description: "The year of the agreement; empty if unknown.",
        value: |row| row.cell(Col::EstablishedYear).into(),
    },
    FileColumn {
        name: "status",
        column_type: FileColumnType::Text,
        description: "LISTED, DORMANT, SUSPENDED, or ENDED. LISTED means that a source records the partnership and none says that it has ended or paused. It may be inactive.",
        value: |row| row.cell(Col::Status).into(),
    },
    FileColumn {
        name: "ended_year",
        column_type: FileColumnType::Integer,
        description: "The year of the end, if the status is ENDED and the year is known.",
        value: |row| row.cell(Col::EndedYear).into(),
    },
    FileColumn {
        name: "us_slug",
        column_type: FileColumnType::Text,
        description: "The slug of the US side.",
        value: |row| row.cell(Col::UsId).into(),
    },
    FileColumn {
        name: "us_name",
        column_type: FileColumnType::Text,
        description: "The English name of the US side.",
        value: |row| row.community_value(Col::UsId, community::Column::Name),
    },
    FileColumn {
        name: "us_kind",
        column_type: FileColumnType::Text,
        description: "The kind of community of the US side, such as CITY, COUNTY, or STATE.",
        value: |row| row.community_value(Col::UsId, community::Column::Kind),
    },
    FileColumn {
        name: "us_latitude",
        column_type: FileColumnType::Number,
        description: "The latitude of the US side, in degrees north (WGS 84): a label point for a city; for a county, state, or province, the population-weighted center of its communities in the data.",
        value: |row| row.community_value(Col::UsId, community::Column::Latitude),
    },
    FileColumn {
        name: "us_longitude",
        column_type: FileColumnType::Number,
        description: "The longitude of the US side, in degrees east.",
        value: |row| row.community_value(Col::UsId, community::Column::Longitude),
    },
    FileColumn {
        name: "state_code",
        column_type: FileColumnType::Text,
        description: "The USPS code of the state of the US side.",
        value: |row| row.community_value(Col::StateId, community::Column::Code),
    },
    FileColumn {
        name: "state",
        column_type: FileColumnType::Text,
        description: "The name of the state of the US side.",
        value: |row| row.community_value(Col::StateId, community::Column::Name),
    },
    FileColumn {
        name: "region",
        column_type: FileColumnType::Text,
        description: "The region of the US side: WEST, MIDWEST, SOUTH, or NORTHEAST; empty for the District of Columbia and the territories.",
        value: |row| row.cell(Col::RegionId).into(),
    },
    FileColumn {
        name: "partner_slug",
        column_type: FileColumnType::Text,
        description: "The slug of the partner side.",
        value: |row| row.cell(Col::PartnerId).into(),
    },
    FileColumn {
        name: "partner_name",
        column_type: FileColumnType::Text,
        description: "The English name of the partner side.",
        value: |row| row.community_value(Col::PartnerId, community::Column::Name),
    },
    FileColumn {
        name: "partner_kind",
        column_type: FileColumnType::Text,
        description: "The kind of community of the partner side, such as CITY, DISTRICT, or PROVINCE.",
        value: |row| row.community_value(Col::PartnerId, community::Column::Kind),
    },
    FileColumn {
        name: "partner_latitude",
        column_type: FileColumnType::Number,
        description: "The latitude of the partner side, in degrees north (WGS 84); see us_latitude.",
        value: |row| row.community_value(Col::PartnerId, community::Column::Latitude),
    },
    FileColumn {
        name: "partner_longitude",
        column_type: FileColumnType::Number,
        description: "The longitude of the partner side, in degrees east.",
        value: |row| row.community_value(Col::PartnerId, community::Column::Longitude),
    },
    FileColumn {
        name: "province",
        column_type: FileColumnType::Text,
        description: "The name of the province of the partner side, if known.",
        value: |row| row.community_value(Col::ProvinceId, community::Column::Name),
    },
    FileColumn {
        name: "country_code",
        column_type: FileColumnType::Text,
        description: "The ISO 3166-1 alpha-2 code of the partner country.",
        value: |row| row.cell(Col::CountryId).into(),
    },
    FileColumn {
        name: "country",
        column_type: FileColumnType::Text,
        description: "The English name of the partner country.",
        value: |row| row.country_value(country::Column::Name),
    },
    FileColumn {
        name: "subregion",
        column_type: FileColumnType::Text,
        description: "The subregion of the world that the partner country is in, such as EAST_ASIA.",
        value: |row| row.country_value(country::Column::Subregion),
    },
    FileColumn {
        name: "distance_km",
        column_type: FileColumnType::Number,
        description: "The great-circle distance between the sides in kilometers, on a sphere with the mean radius of the earth; empty if a location is unknown.",
        value: |row| row.cell(Col::DistanceKm).into(),
    },
    FileColumn {
        name: "corroborated",
        column_type: FileColumnType::Boolean,
        description: "Whether a source that is not derived from Wikipedia or Wikidata records the partnership.",
        value: |row| row.cell(Col::Corroborated).into(),
    },
    FileColumn {
        name: "sources",
        column_type: FileColumnType::List(";"),
        description: "The slugs of the sources that record the partnership; source.csv in dataset.zip describes them.",
        value: |row| text_list(&row.sources, source::Column::Id),
    },
    FileColumn {
        name: "source_urls",
        column_type: FileColumnType::List(" "),
        description: "The URLs of these sources, if they have one.",
        value: |row| text_list(&row.sources, source::Column::Url),
    },
    FileColumn {
        name: "status_sources",
        column_type: FileColumnType::List(";"),
        description: "The slugs of the sources that say that the partnership has ended or paused; empty if the status is LISTED.",
        value: |row| text_list(&row.status_sources, source::Column::Id),
    },
    FileColumn {
        name: "notes",
        column_type: FileColumnType::List(" | "),
        description: "Additional information from sources and doubts about the partnership. Each note starts with its kind: SOURCE_NOTE, STATUS_NOTE, DOUBT, or YEAR_CONFLICT.",
        value: format_notes,
    },
];

fn format_notes(row: &PartnershipExportRow) -> FileValue {
    let [kind, text] = [
        partnership_note::Column::Kind,
        partnership_note::Column::Text,
    ]
    .map(ColumnRef::new);
    let notes = row.notes.iter().filter_map(|note| {
        let (kind, text) = (note.text(kind)?, note.text(text)?);
        Some(format!("{kind}: {text}").into())
    });
    FileValue::List(notes.collect())
}
