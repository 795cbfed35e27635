//! The partnerships, each with what it refers to: their columns, and the files that are tables of
//! them.

mod columns;

pub(super) use columns::COLUMNS;

use std::{collections::HashMap, sync::Arc};

use super::{
    Export, PAGE_SIZE,
    column::{FileValue, describe_columns},
    json::JsonListWriter,
    output::{ChunkWriter, ExportError},
    references::{referenced_keys, rows_for_key},
    spreadsheet,
};
use crate::{
    db::{
        Cell, ColumnRef, DatabaseError, Lookup, LookupQuery, Record, Records, RowSet, Scan,
        Snapshot,
    },
    entity::{
        community, country,
        partnership::{self, Column as Col},
        partnership_note, source,
    },
    schema::sources_of_partnership,
};

/// A partnership and what it refers to.
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

    /// The place that a column of the partnership names.
    fn community(&self, by: partnership::Column) -> Option<&Record> {
        let id = self.cell(by).text()?;
        Some(self.communities.get(id)?.first()?)
    }

    fn community_value(&self, by: partnership::Column, column: community::Column) -> FileValue {
        let place = self.community(by);
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

    /// Where the sides are, in degrees north and east; `None` where it is not known of either.
    pub(super) fn endpoints(&self) -> Option<[(f64, f64); 2]> {
        let point = |by| {
            let place = self.community(by)?;
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

/// Reads the partnerships page by page, in the order of their slugs.
pub(super) struct PartnershipExportReader {
    scan: Scan,
    communities: LookupQuery,
    countries: LookupQuery,
    sources: [LookupQuery; 2],
    notes: LookupQuery,
}

impl PartnershipExportReader {
    /// Those of a file.
    pub(super) fn new(export: &Export) -> Self {
        let id = ColumnRef::new(Col::Id);
        let listed = RowSet {
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
        let of_places = [
            community::Column::Name,
            community::Column::Kind,
            community::Column::Code,
            community::Column::Latitude,
            community::Column::Longitude,
        ];
        let of_countries = [country::Column::Name, country::Column::Subregion];
        let of_sources = [source::Column::Id, source::Column::Url];
        let of_notes = [
            partnership_note::Column::Kind,
            partnership_note::Column::Text,
        ];
        let noted = ColumnRef::new(partnership_note::Column::PartnershipId);
        let position = ColumnRef::new(partnership_note::Column::Position);
        Self {
            scan: Scan::new(
                listed,
                &[id],
                columns.map(ColumnRef::new).to_vec(),
                PAGE_SIZE,
            ),
            communities: LookupQuery::new(
                Lookup::by_id(ColumnRef::new(community::Column::Id)),
                of_places.map(ColumnRef::new).to_vec(),
            ),
            countries: LookupQuery::new(
                Lookup::by_id(ColumnRef::new(country::Column::Id)),
                of_countries.map(ColumnRef::new).to_vec(),
            ),
            sources: ["RECORD", "STATUS"].map(|role| {
                LookupQuery::new(
                    sources_of_partnership(role),
                    of_sources.map(ColumnRef::new).to_vec(),
                )
            }),
            notes: LookupQuery::new(
                Lookup::by_foreign_key(noted, noted, &[position]),
                of_notes.map(ColumnRef::new).to_vec(),
            ),
        }
    }

    /// The next partnerships, in one statement for them and one for each kind of thing that they
    /// refer to; `None` after the last.
    pub(super) async fn next_page(
        &mut self,
        snapshot: &Snapshot,
    ) -> Result<Option<Vec<PartnershipExportRow>>, DatabaseError> {
        let Some(records) = self.scan.next_rows(snapshot).await? else {
            return Ok(None);
        };
        let named = |columns: &[Col]| {
            let columns: Vec<_> = columns.iter().copied().map(ColumnRef::new).collect();
            referenced_keys(&records, &columns)
        };
        let ids = named(&[Col::Id]);
        let places = named(&[Col::UsId, Col::PartnerId, Col::StateId, Col::ProvinceId]);
        let places = Arc::new(snapshot.look_up(&self.communities, &places).await?);
        let countries = named(&[Col::CountryId]);
        let countries = snapshot.look_up(&self.countries, &countries).await?;
        let [sources, status_sources] = &self.sources;
        let sources = snapshot.look_up(sources, &ids).await?;
        let status_sources = snapshot.look_up(status_sources, &ids).await?;
        let notes = snapshot.look_up(&self.notes, &ids).await?;
        let ties = records.into_iter().map(|record| {
            let found = |rows, by| rows_for_key(rows, &record, ColumnRef::new(by));
            PartnershipExportRow {
                country: found(&countries, Col::CountryId).first().cloned(),
                sources: found(&sources, Col::Id),
                status_sources: found(&status_sources, Col::Id),
                notes: found(&notes, Col::Id),
                communities: places.clone(),
                record,
            }
        });
        Ok(Some(ties.collect()))
    }
}

/// Writes `partnerships.csv`.
pub(super) async fn write_csv(
    export: &Export,
    output: &mut ChunkWriter,
) -> Result<(), ExportError> {
    spreadsheet::write_header(output.buffer(), COLUMNS.iter().map(|column| column.name))?;
    let mut ties = PartnershipExportReader::new(export);
    while let Some(page) = ties.next_page(&export.snapshot).await? {
        for tie in &page {
            spreadsheet::write_row(output.buffer(), COLUMNS, tie)?;
        }
        output.flush_full_chunks().await?;
    }
    Ok(())
}

/// Writes `partnerships.json`.
pub(super) async fn write_json(
    export: &Export,
    output: &mut ChunkWriter,
) -> Result<(), ExportError> {
    let head = [
        ("dataset", export.metadata.to_json(&export.filter)),
        ("fields", describe_columns(COLUMNS)),
    ];
    let mut list = JsonListWriter::open(output, &head, "partnerships");
    let mut ties = PartnershipExportReader::new(export);
    while let Some(page) = ties.next_page(&export.snapshot).await? {
        for tie in &page {
            let object = COLUMNS
                .iter()
                .map(|column| (column.name.to_owned(), (column.value)(tie).to_json()));
            list.push(output, &serde_json::Value::Object(object.collect()));
        }
        output.flush_full_chunks().await?;
    }
    list.close(output).await
}
