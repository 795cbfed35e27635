//! The partnerships with the rows that they refer to, and the files `partnerships.csv` and
//! `partnerships.json`.

mod columns;

pub(super) use columns::COLUMNS;

use std::{collections::HashMap, sync::Arc};

use super::{
    Export, PAGE_SIZE,
    column::{FileValue, describe_columns},
    json::JsonListWriter,
    output::FileWriter,
    references::{referenced_keys, rows_for_key},
    spreadsheet,
};
use crate::{
    db::{
        Cell, ColumnRef, DatabaseError, Lookup, LookupQuery, Record, Records, RowSet, Scan,
        Snapshot,
    },
    engine::InternalError,
    entity::{
        community, country,
        partnership::{self, Column as Col},
        partnership_note, source,
    },
};

/// A partnership with the rows that it refers to.
pub(super) struct PartnershipExportRow {
    record: Arc<Record>,
    communities: Arc<HashMap<Arc<str>, Records>>,
    country: Option<Arc<Record>>,
    sources: Records,
    status_sources: Records,
    notes: Records,
}

impl PartnershipExportRow {
    fn cell(&self, column: partnership::Column) -> &Cell {
        self.record.get(ColumnRef::new(column))
    }

    /// Returns the community that a column of the partnership refers to.
    fn community(&self, id_column: partnership::Column) -> Option<&Record> {
        let id = self.cell(id_column).text()?;
        Some(self.communities.get(id)?.first()?)
    }

    fn community_value(
        &self,
        id_column: partnership::Column,
        column: community::Column,
    ) -> FileValue {
        let place = self.community(id_column);
        FileValue::Scalar(place.map_or(Cell::Null, |place| {
            place.get(ColumnRef::new(column)).clone()
        }))
    }

    fn country_value(&self, column: country::Column) -> FileValue {
        let country = self.country.as_ref();
        FileValue::Scalar(country.map_or(Cell::Null, |country| {
            country.get(ColumnRef::new(column)).clone()
        }))
    }

    /// Returns the coordinates of the sides in degrees north and east; `None` unless both are known.
    pub(super) fn endpoints(&self) -> Option<[(f64, f64); 2]> {
        let point = |id_column| {
            let place = self.community(id_column)?;
            Some((
                place
                    .get(ColumnRef::new(community::Column::Latitude))
                    .float()?,
                place
                    .get(ColumnRef::new(community::Column::Longitude))
                    .float()?,
            ))
        };
        Some([
            point(partnership::Column::UsId)?,
            point(partnership::Column::PartnerId)?,
        ])
    }
}

/// Reads the partnerships page by page, sorted by slug.
pub(super) struct PartnershipExportReader {
    scan: Scan,
    communities: LookupQuery,
    countries: LookupQuery,
    sources: [LookupQuery; 2],
    notes: LookupQuery,
}

impl PartnershipExportReader {
    /// Creates a reader of the partnerships of a file.
    pub(super) fn new(export: &Export) -> Self {
        let id = ColumnRef::new(Col::Id);
        let row_set = RowSet {
            id,
            filter: export.filter.partnership_condition(),
        };
        let columns = [
            Col::Level,
            Col::UsId,
            Col::PartnerId,
            Col::StateId,
            Col::RegionId,
            Col::CountryId,
            Col::ProvinceId,
            Col::EstablishedYear,
            Col::Status,
            Col::EndedYear,
            Col::DistanceKm,
            Col::Corroborated,
        ];
        let community_columns = [
            community::Column::Name,
            community::Column::Kind,
            community::Column::Code,
            community::Column::Latitude,
            community::Column::Longitude,
        ];
        let country_columns = [country::Column::Name, country::Column::Subregion];
        let source_columns = [source::Column::Id, source::Column::Url];
        let note_columns = [
            partnership_note::Column::Kind,
            partnership_note::Column::Text,
        ];
        let owner = ColumnRef::new(partnership_note::Column::PartnershipId);
        let position = ColumnRef::new(partnership_note::Column::Position);
        Self {
            scan: Scan::new(
                row_set,
                &[id],
                columns.map(ColumnRef::new).to_vec(),
                PAGE_SIZE,
            ),
            communities: LookupQuery::new(
                Lookup::by_id(ColumnRef::new(community::Column::Id)),
                community_columns.map(ColumnRef::new).to_vec(),
            ),
            countries: LookupQuery::new(
                Lookup::by_id(ColumnRef::new(country::Column::Id)),
                country_columns.map(ColumnRef::new).to_vec(),
            ),
            sources: ["RECORD", "STATUS"].map(|role| {
                LookupQuery::new(
                    Lookup::partnership_sources(role),
                    source_columns.map(ColumnRef::new).to_vec(),
                )
            }),
            notes: LookupQuery::new(
                Lookup::by_foreign_key(owner, owner, &[position]),
                note_columns.map(ColumnRef::new).to_vec(),
            ),
        }
    }

    /// Reads the next page with one statement for the partnerships and one for each kind of row that they
    /// refer to; returns `None` after the last page.
    pub(super) async fn next_page(
        &mut self,
        snapshot: &Snapshot,
    ) -> Result<Option<Vec<PartnershipExportRow>>, DatabaseError> {
        let Some(records) = self.scan.next_rows(snapshot).await? else {
            return Ok(None);
        };
        let keys = |columns: &[Col]| {
            let columns: Vec<_> = columns.iter().copied().map(ColumnRef::new).collect();
            referenced_keys(&records, &columns)
        };
        let ids = keys(&[Col::Id]);
        let places = keys(&[Col::UsId, Col::PartnerId, Col::StateId, Col::ProvinceId]);
        let places = Arc::new(snapshot.look_up(&self.communities, &places).await?);
        let countries = keys(&[Col::CountryId]);
        let countries = snapshot.look_up(&self.countries, &countries).await?;
        let [sources, status_sources] = &self.sources;
        let sources = snapshot.look_up(sources, &ids).await?;
        let status_sources = snapshot.look_up(status_sources, &ids).await?;
        let notes = snapshot.look_up(&self.notes, &ids).await?;
        let rows = records.into_iter().map(|record| {
            let referenced = |rows, column| rows_for_key(rows, &record, ColumnRef::new(column));
            PartnershipExportRow {
                country: referenced(&countries, Col::CountryId).first().cloned(),
                sources: referenced(&sources, Col::Id),
                status_sources: referenced(&status_sources, Col::Id),
                notes: referenced(&notes, Col::Id),
                communities: places.clone(),
                record,
            }
        });
        Ok(Some(rows.collect()))
    }
}

/// Writes `partnerships.csv`.
pub(super) async fn write_csv(
    export: &Export,
    output: &mut FileWriter,
) -> Result<(), InternalError> {
    let names = COLUMNS.iter().map(|column| column.name);
    spreadsheet::write_header(output.buffer(), export.options.byte_order_mark, names)?;
    let mut partnerships = PartnershipExportReader::new(export);
    while let Some(page) = partnerships.next_page(&export.snapshot).await? {
        for row in &page {
            spreadsheet::write_row(output.buffer(), COLUMNS, row)?;
        }
        output.flush_buffer()?;
    }
    Ok(())
}

/// Writes `partnerships.json`.
pub(super) async fn write_json(
    export: &Export,
    output: &mut FileWriter,
) -> Result<(), InternalError> {
    let members = [
        ("dataset", export.metadata.to_json(&export.filter)),
        ("fields", describe_columns(COLUMNS)),
    ];
    let mut list = JsonListWriter::open(output, &members, "partnerships");
    let mut partnerships = PartnershipExportReader::new(export);
    while let Some(page) = partnerships.next_page(&export.snapshot).await? {
        for row in &page {
            let object = COLUMNS
                .iter()
                .map(|column| (column.name.to_owned(), (column.value)(row).to_json()));
            list.push(output, &serde_json::Value::Object(object.collect()));
        }
        output.flush_buffer()?;
    }
    list.close(output)
}
