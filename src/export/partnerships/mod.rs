//! The partnerships, each with what it refers to: their columns, and the files that are tables of
//! them.

mod columns;

pub(super) use columns::COLUMNS;

use std::{collections::HashMap, sync::Arc};

use sea_orm::DbErr;

use super::{
    Export, PAGE,
    column::{Value, described},
    json::List,
    output::{Output, Stop},
    references::{found, named},
    spreadsheet,
};
use crate::{
    db::{Cell, Column, Listed, Lookup, Record, Rows, Selected, Snapshot, Walk},
    entity::{
        community, country,
        partnership::{self, Column as Of},
        partnership_note, source,
    },
    graphql::sources_of_partnership,
};

/// A partnership and what it refers to.
pub(super) struct Tie {
    record: Arc<Record>,
    places: Arc<HashMap<Arc<str>, Rows>>,
    country: Option<Arc<Record>>,
    sources: Rows,
    status_sources: Rows,
    notes: Rows,
}

impl Tie {
    fn own(&self, column: partnership::Column) -> &Cell {
        self.record.get(Column::of(column))
    }

    /// The place that a column of the partnership names.
    fn place(&self, by: partnership::Column) -> Option<&Record> {
        let id = self.own(by).text()?;
        Some(self.places.get(id)?.first()?)
    }

    fn of_place(&self, by: partnership::Column, column: community::Column) -> Value {
        let place = self.place(by);
        Value::One(place.map_or(Cell::Null, |place| place.get(Column::of(column)).clone()))
    }

    fn of_country(&self, column: country::Column) -> Value {
        let country = self.country.as_ref();
        Value::One(country.map_or(Cell::Null, |country| {
            country.get(Column::of(column)).clone()
        }))
    }

    /// Where the sides are, in degrees north and east; `None` where it is not known of either.
    pub(super) fn ends(&self) -> Option<[(f64, f64); 2]> {
        let point = |by| {
            let place = self.place(by)?;
            Some((
                place.get(Column::of(community::Column::Latitude)).float()?,
                place
                    .get(Column::of(community::Column::Longitude))
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
pub(super) struct Ties {
    walk: Walk,
    places: Selected,
    countries: Selected,
    sources: [Selected; 2],
    notes: Selected,
}

impl Ties {
    /// Those of a file.
    pub(super) fn of(export: &Export) -> Self {
        let id = Column::of(Of::Id);
        let listed = Listed {
            id,
            filter: export.narrowing.partnerships(),
        };
        let columns = [
            Of::Level,
            Of::UsId,
            Of::PartnerId,
            Of::StateId,
            Of::RegionId,
            Of::CountryId,
            Of::ProvinceId,
            Of::EstablishedYear,
            Of::Status,
            Of::EndedYear,
            Of::DistanceKm,
            Of::Corroborated,
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
        let noted = Column::of(partnership_note::Column::PartnershipId);
        let position = Column::of(partnership_note::Column::Position);
        Self {
            walk: Walk::new(listed, &[id], columns.map(Column::of).to_vec(), PAGE),
            places: Selected::new(
                Lookup::by_id(Column::of(community::Column::Id)),
                of_places.map(Column::of).to_vec(),
            ),
            countries: Selected::new(
                Lookup::by_id(Column::of(country::Column::Id)),
                of_countries.map(Column::of).to_vec(),
            ),
            sources: ["RECORD", "STATUS"].map(|role| {
                Selected::new(
                    sources_of_partnership(role),
                    of_sources.map(Column::of).to_vec(),
                )
            }),
            notes: Selected::new(
                Lookup::pointing(noted, noted, &[position]),
                of_notes.map(Column::of).to_vec(),
            ),
        }
    }

    /// The next partnerships, in one statement for them and one for each kind of thing that they
    /// refer to; `None` after the last.
    pub(super) async fn next(&mut self, snapshot: &Snapshot) -> Result<Option<Vec<Tie>>, DbErr> {
        let Some(records) = self.walk.next(snapshot).await? else {
            return Ok(None);
        };
        let named = |columns: &[Of]| {
            let columns: Vec<_> = columns.iter().copied().map(Column::of).collect();
            named(&records, &columns)
        };
        let ids = named(&[Of::Id]);
        let places = named(&[Of::UsId, Of::PartnerId, Of::StateId, Of::ProvinceId]);
        let places = Arc::new(snapshot.look_up(&self.places, &places).await?);
        let countries = named(&[Of::CountryId]);
        let countries = snapshot.look_up(&self.countries, &countries).await?;
        let [sources, status_sources] = &self.sources;
        let sources = snapshot.look_up(sources, &ids).await?;
        let status_sources = snapshot.look_up(status_sources, &ids).await?;
        let notes = snapshot.look_up(&self.notes, &ids).await?;
        let ties = records.into_iter().map(|record| {
            let found = |rows, by| found(rows, &record, Column::of(by));
            Tie {
                country: found(&countries, Of::CountryId).first().cloned(),
                sources: found(&sources, Of::Id),
                status_sources: found(&status_sources, Of::Id),
                notes: found(&notes, Of::Id),
                places: places.clone(),
                record,
            }
        });
        Ok(Some(ties.collect()))
    }
}

/// Writes `partnerships.csv`.
pub(super) async fn write_csv(export: &Export, output: &mut Output) -> Result<(), Stop> {
    spreadsheet::write_header(output.bytes(), COLUMNS.iter().map(|column| column.name))?;
    let mut ties = Ties::of(export);
    while let Some(page) = ties.next(&export.snapshot).await? {
        for tie in &page {
            spreadsheet::write_row(output.bytes(), COLUMNS, tie)?;
        }
        output.flow().await?;
    }
    Ok(())
}

/// Writes `partnerships.json`.
pub(super) async fn write_json(export: &Export, output: &mut Output) -> Result<(), Stop> {
    let head = [
        ("dataset", export.about.json(&export.narrowing)),
        ("fields", described(COLUMNS)),
    ];
    let mut list = List::open(output, &head, "partnerships");
    let mut ties = Ties::of(export);
    while let Some(page) = ties.next(&export.snapshot).await? {
        for tie in &page {
            let object = COLUMNS
                .iter()
                .map(|column| (column.name.to_owned(), (column.value)(tie).json()));
            list.add(output, &serde_json::Value::Object(object.collect()));
        }
        output.flow().await?;
    }
    list.close(output).await
}
