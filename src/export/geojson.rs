//! `partnerships.geojson`: places as points and partnerships as great circles (RFC 7946).

use serde_json::{Map, Value, json};

use super::{
    Export, PAGE_SIZE,
    column::cell_to_json,
    filter::ExportFilter,
    json::JsonListWriter,
    options::FeatureType,
    output::FileWriter,
    partnerships::{COLUMNS, PartnershipExportReader, PartnershipExportRow},
};
use crate::{
    db::{ColumnRef, Filter, FilterRelation, Record, RowSet, Scan},
    engine::InternalError,
    entity::{community, partnership},
    stats::great_circle_line::{Position, great_circle_line},
};

/// The columns that are left out of the properties because the geometry contains them.
const GEOMETRY_COLUMNS: [&str; 4] = [
    "us_latitude",
    "us_longitude",
    "partner_latitude",
    "partner_longitude",
];

/// The properties of a place with their columns.
const PLACE_PROPERTIES: [(&str, community::Column); 8] = [
    ("slug", community::Column::Id),
    ("name", community::Column::Name),
    ("type", community::Column::CommunityType),
    ("kind", community::Column::Kind),
    ("country_code", community::Column::CountryId),
    ("state_slug", community::Column::StateId),
    ("province_slug", community::Column::ProvinceId),
    ("population", community::Column::Population),
];

pub(super) async fn write(export: &Export, output: &mut FileWriter) -> Result<(), InternalError> {
    let members = [
        ("type", "FeatureCollection".into()),
        ("dataset", export.metadata.to_json(&export.filter)),
    ];
    let mut list = JsonListWriter::open(output, &members, "features");
    if export.options.includes(FeatureType::Place) {
        let mut places = scan_places(&export.filter);
        while let Some(page) = places.next_rows(&export.snapshot).await? {
            for record in &page {
                list.push(output, &place_feature(record));
            }
            output.flush_buffer()?;
        }
    }
    if export.options.includes(FeatureType::Partnership) {
        let mut partnerships = PartnershipExportReader::new(export);
        while let Some(page) = partnerships.next_page(&export.snapshot).await? {
            for partnership in &page {
                list.push(output, &partnership_feature(partnership));
                output.flush_buffer()?;
            }
        }
    }
    list.close(output)
}

/// Scans the places that are a side of a partnership in the file.
fn scan_places(filter: &ExportFilter) -> Scan {
    let id = ColumnRef::new(community::Column::Id);
    let is_side = |column| {
        let relation = FilterRelation::new(community::Column::Id, column);
        Filter::related(relation, filter.partnership_condition())
    };
    let sides = [partnership::Column::UsId, partnership::Column::PartnerId];
    let row_set = RowSet {
        id,
        filter: Filter::Any(sides.map(is_side).to_vec()),
    };
    let mut columns: Vec<ColumnRef> = PLACE_PROPERTIES
        .map(|(_, column)| ColumnRef::new(column))
        .to_vec();
    columns.extend([community::Column::Latitude, community::Column::Longitude].map(ColumnRef::new));
    Scan::new(row_set, &[id], columns, PAGE_SIZE)
}

fn feature(id: &Value, geometry: Value, properties: Map<String, Value>) -> Value {
    json!({ "type": "Feature", "id": id, "geometry": geometry, "properties": properties })
}

fn place_feature(record: &Record) -> Value {
    let degrees = |column| record.get(ColumnRef::new(column)).float();
    let point = degrees(community::Column::Latitude).zip(degrees(community::Column::Longitude));
    let geometry = point_geometry(point);
    let mut properties = Map::from_iter([("feature".to_owned(), "place".into())]);
    for (name, column) in PLACE_PROPERTIES {
        properties.insert(
            name.to_owned(),
            cell_to_json(record.get(ColumnRef::new(column))),
        );
    }
    feature(&properties["slug"].clone(), geometry, properties)
}

fn partnership_feature(row: &PartnershipExportRow) -> Value {
    let geometry = line_geometry(row.endpoints().map(|[us, partner]| (us, partner)));
    let mut properties = Map::from_iter([("feature".to_owned(), "partnership".into())]);
    for column in COLUMNS {
        if !GEOMETRY_COLUMNS.contains(&column.name) {
            properties.insert(column.name.to_owned(), (column.value)(row).to_json());
        }
    }
    feature(&properties["slug"].clone(), geometry, properties)
}

/// Returns a point in degrees north and east as a geometry.
pub(super) fn point_geometry(point: Option<(f64, f64)>) -> Value {
    match point {
        Some((latitude, longitude)) => {
            json!({ "type": "Point", "coordinates": [longitude, latitude] })
        }
        None => Value::Null,
    }
}

/// Returns the great circle between two points in degrees north and east as a geometry.
pub(super) fn line_geometry(ends: Option<((f64, f64), (f64, f64))>) -> Value {
    match ends {
        // A line that is not cut is a MultiLineString too, because many programs accept only one kind of
        // geometry in a file.
        Some((from, to)) => {
            let parts = great_circle_line(from, to);
            let coordinates: Value = parts.iter().map(|part| positions(part)).collect();
            json!({ "type": "MultiLineString", "coordinates": coordinates })
        }
        None => Value::Null,
    }
}

fn positions(part: &[Position]) -> Value {
    part.iter()
        .map(|(longitude, latitude)| json!([longitude, latitude]))
        .collect()
}
