//! The geometry of a row: a point, or the great circle between two.

use serde_json::{Map, Value as Json};

use super::columns::{AnswerType, TableColumn};
use crate::{
    export::geojson::{line_geometry, point_geometry},
    graphql_error::GraphqlError,
};

/// The columns of a location.
pub(super) struct Location<'a> {
    latitude: &'a TableColumn,
    longitude: &'a TableColumn,
}

impl Location<'_> {
    /// Whether this is one of the two columns.
    pub(super) fn has(&self, column: &TableColumn) -> bool {
        [self.latitude, self.longitude]
            .iter()
            .any(|own| own.name == column.name)
    }

    /// Degrees north and east; `None` if the location is unknown.
    fn degrees(&self, row: &Json) -> Option<(f64, f64)> {
        let degrees = |column: &TableColumn| column.value(row).as_f64();
        degrees(self.latitude).zip(degrees(self.longitude))
    }
}

/// Returns the locations among the columns, one or two.
///
/// # Errors
/// If there are none, or more than two.
pub(super) fn locations(columns: &[TableColumn]) -> Result<Vec<Location<'_>>, GraphqlError> {
    let coordinate = |name: &str| {
        let mut numbers = columns
            .iter()
            .filter(|column| column.column_type == AnswerType::Number);
        numbers.find(|column| column.name == name)
    };
    let locations = columns.iter().filter_map(|latitude| {
        let parent = latitude.name.strip_suffix("latitude")?;
        Some(Location {
            latitude: coordinate(&latitude.name)?,
            longitude: coordinate(&format!("{parent}longitude"))?,
        })
    });
    let locations: Vec<_> = locations.collect();
    match locations.len() {
        1 | 2 => Ok(locations),
        count => Err(GraphqlError::bad_user_input(format!(
            "the rows have {count} locations, but GeoJSON needs one for a point or two for a line; select \
             location {{ latitude longitude }}"
        ))),
    }
}

/// Returns the feature of a row.
pub(super) fn feature(
    locations: &[Location<'_>],
    row: &Json,
    properties: Map<String, Json>,
) -> Json {
    let geometry = match locations {
        [from, to] => line_geometry(from.degrees(row).zip(to.degrees(row))),
        _ => point_geometry(locations.first().and_then(|location| location.degrees(row))),
    };
    serde_json::json!({ "type": "Feature", "geometry": geometry, "properties": properties })
}
