//! The partnerships, each with what it refers to: their columns, and the files that are tables of
//! them.

use std::{collections::HashMap, sync::Arc};

use sea_orm::DbErr;

use super::{
    Export, PAGE,
    column::{Column as FileColumn, Kind, Value, described},
    json::List,
    output::{Output, Stop},
    references::{found, named},
    spreadsheet,
};
use crate::{
    db::{Cell, Column, Listed, Lookup, Record, Rows, Selected, Snapshot, Walk},
    entity::{community, country, partnership, partnership_note, source},
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

fn texts(rows: &Rows, column: source::Column) -> Value {
    let column = Column::of(column);
    Value::Many(
        rows.iter()
            .filter_map(|row| row.text(column).cloned())
            .collect(),
    )
}

use partnership::Column as Of;

/// The columns of the files, in their order.
pub(super) const COLUMNS: &[FileColumn<Tie>] = &[
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
