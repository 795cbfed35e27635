//! `partnerships.geojson`: places as points, partnerships as great circles (RFC 7946).

use sea_orm::sea_query::{Condition, ExprTrait};
use serde_json::{Map, Value, json};

use super::{
    Export, PAGE,
    column::json_of,
    json::List,
    narrowing::Narrowing,
    output::{Output, Stop},
    partnerships::{COLUMNS, Tie, Ties},
};
use crate::{
    db::{Column, Listed, Record, Walk},
    entity::{community, partnership},
    stats::great_circle_line::{Position, line},
};

/// Columns of the partnerships that the geometry says already.
const SAID_BY_GEOMETRY: [&str; 4] = [
    "us_latitude",
    "us_longitude",
    "partner_latitude",
    "partner_longitude",
];

/// The properties of a place, and where they stand.
const OF_PLACES: [(&str, community::Column); 8] = [
    ("slug", community::Column::Id),
    ("name", community::Column::Name),
    ("type", community::Column::CommunityType),
    ("kind", community::Column::Kind),
    ("country_code", community::Column::CountryId),
    ("state_slug", community::Column::StateId),
    ("province_slug", community::Column::ProvinceId),
    ("population", community::Column::Population),
];

pub(super) async fn write(export: &Export, output: &mut Output) -> Result<(), Stop> {
    let head = [
        ("type", "FeatureCollection".into()),
        ("dataset", export.about.json(&export.narrowing)),
    ];
    let mut list = List::open(output, &head, "features");
    let mut places = places(&export.narrowing);
    while let Some(page) = places.next(&export.snapshot).await? {
        for record in &page {
            list.add(output, &feature_of_place(record));
        }
        output.flow().await?;
    }
    let mut ties = Ties::of(export);
    while let Some(page) = ties.next(&export.snapshot).await? {
        for tie in &page {
            list.add(output, &feature_of_tie(tie));
            output.flow().await?;
        }
    }
    list.close(output).await
}

/// The places that are a side of a partnership of the file.
fn places(narrowing: &Narrowing) -> Walk {
    let id = Column::of(community::Column::Id);
    let side = |column| id.is_among(Column::of(column), narrowing.partnerships());
    let sides = side(partnership::Column::UsId).or(side(partnership::Column::PartnerId));
    let listed = Listed {
        id,
        filter: Condition::all().add(sides),
    };
    let mut columns: Vec<Column> = OF_PLACES.map(|(_, column)| Column::of(column)).to_vec();
    columns.extend([community::Column::Latitude, community::Column::Longitude].map(Column::of));
    Walk::new(listed, &[id], columns, PAGE)
}

fn feature(id: &Value, geometry: Value, properties: Map<String, Value>) -> Value {
    json!({ "type": "Feature", "id": id, "geometry": geometry, "properties": properties })
}

fn feature_of_place(record: &Record) -> Value {
    let degrees = |column| record.get(Column::of(column)).float();
    let point = degrees(community::Column::Longitude).zip(degrees(community::Column::Latitude));
    let geometry = match point {
        Some((longitude, latitude)) => {
            json!({ "type": "Point", "coordinates": [longitude, latitude] })
        }
        None => Value::Null,
    };
    let mut properties = Map::from_iter([("feature".to_owned(), "place".into())]);
    for (name, column) in OF_PLACES {
        properties.insert(name.to_owned(), json_of(record.get(Column::of(column))));
    }
    feature(&properties["slug"].clone(), geometry, properties)
}

fn feature_of_tie(tie: &Tie) -> Value {
    let geometry = match tie.ends() {
        Some([us, partner]) => {
            let parts = line(us, partner);
            match parts.as_slice() {
                [part] => json!({ "type": "LineString", "coordinates": positions(part) }),
                parts => json!({
                    "type": "MultiLineString",
                    "coordinates": parts.iter().map(|part| positions(part)).collect::<Value>(),
                }),
            }
        }
        None => Value::Null,
    };
    let mut properties = Map::from_iter([("feature".to_owned(), "partnership".into())]);
    for column in COLUMNS {
        if !SAID_BY_GEOMETRY.contains(&column.name) {
            properties.insert(column.name.to_owned(), (column.value)(tie).json());
        }
    }
    feature(&properties["slug"].clone(), geometry, properties)
}

fn positions(part: &[Position]) -> Value {
    part.iter()
        .map(|(longitude, latitude)| json!([longitude, latitude]))
        .collect()
}
