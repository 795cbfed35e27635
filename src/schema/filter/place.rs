//! Filters on states, countries, cities and communities.

use async_graphql::Value;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};

use super::{
    ConditionBuilder, FilterContext, FilterDefinition,
    operators::{
        FilterRelation, INT_FILTER, STRING_FILTER, ascii_condition, bool_condition, enum_condition,
        int_condition, name_condition, relation_condition,
    },
};
use crate::{
    db::ColumnRef,
    engine::{Argument, Graph, GraphqlError, InputObject},
    entity::{community::Column as Community, country::Column as Country},
    stats::great_circle::{km_to_degrees, squared_chord, unit_vector},
};

pub(in crate::schema) fn state_filter() -> FilterDefinition {
    FilterDefinition {
        name: "StateFilter",
        description: "Which states. Fields that are given must all hold; an empty filter holds of all.",
        has_logical_operators: true,
        unique_field: Some("code"),
        fields: || {
            vec![
                filter_field(
                    "code",
                    STRING_FILTER,
                    "USPS code, such as `CA`.",
                    |value, terms| ascii_condition(Community::Code, value, terms),
                ),
                filter_field(
                    "name",
                    STRING_FILTER,
                    "English name.",
                    community_name_condition,
                ),
                filter_field("kind", "[StateKind!]", "Any of these.", |value, terms| {
                    enum_condition(Community::Kind, value, terms)
                }),
                filter_field(
                    "region",
                    "[RegionName!]",
                    "In any of these regions.",
                    |value, terms| enum_condition(Community::RegionId, value, terms),
                ),
                filter_field(
                    "population",
                    INT_FILTER,
                    "Inhabitants.",
                    population_condition,
                ),
                filter_field(
                    "partnershipCount",
                    INT_FILTER,
                    "Partnerships of the state and of what lies in it, of every status.",
                    partnership_count_condition,
                ),
            ]
        },
    }
}

pub(in crate::schema) fn country_filter() -> FilterDefinition {
    FilterDefinition {
        name: "CountryFilter",
        description: "Which countries. Fields that are given must all hold; an empty filter holds of all.",
        has_logical_operators: true,
        unique_field: None,
        fields: || {
            vec![
                filter_field(
                    "code",
                    STRING_FILTER,
                    "ISO 3166-1 alpha-2, such as `JP`.",
                    |value, terms| ascii_condition(Country::Id, value, terms),
                ),
                filter_field("name", STRING_FILTER, "English name.", |value, terms| {
                    name_condition(Country::Name, Country::SortName, value, terms)
                }),
                filter_field(
                    "subregion",
                    "[Subregion!]",
                    "In any of these.",
                    |value, terms| enum_condition(Country::Subregion, value, terms),
                ),
                filter_field(
                    "isPartner",
                    "Boolean",
                    "False: the United States.",
                    |value, terms| bool_condition(Country::IsPartner, value, terms),
                ),
                filter_field(
                    "partnershipCount",
                    INT_FILTER,
                    "Partnerships with the country, of every status.",
                    |value, terms| int_condition(Country::PartnershipCount, value, terms),
                ),
            ]
        },
    }
}

pub(in crate::schema) fn city_filter() -> FilterDefinition {
    FilterDefinition {
        name: "CityFilter",
        description: "Which cities. Fields that are given must all hold; an empty filter holds of all.",
        has_logical_operators: true,
        unique_field: None,
        fields: || {
            vec![
                filter_field("slug", STRING_FILTER, "Slug.", slug_condition),
                filter_field(
                    "name",
                    STRING_FILTER,
                    "English name.",
                    community_name_condition,
                ),
                filter_field("kind", "[CityKind!]", "Any of these.", |value, terms| {
                    enum_condition(Community::Kind, value, terms)
                }),
                filter_field(
                    "state",
                    "StateFilter",
                    "The state of a US city.",
                    |value, terms| {
                        relation_condition(
                            &FilterRelation::new(Community::StateId, Community::Id),
                            &state_filter(),
                            value,
                            terms,
                        )
                    },
                ),
                filter_field(
                    "country",
                    "CountryFilter",
                    "The country.",
                    |value, terms| {
                        let reference = FilterRelation::new(Community::CountryId, Country::Id)
                            .with_denormalized(|column| {
                                (column == ColumnRef::new(Country::Id))
                                    .then(|| ColumnRef::new(Community::CountryId))
                            });
                        relation_condition(&reference, &country_filter(), value, terms)
                    },
                ),
                filter_field(
                    "isCapital",
                    "Boolean",
                    "Capital of its country, state or province.",
                    |value, terms| bool_condition(Community::IsCapital, value, terms),
                ),
                filter_field(
                    "population",
                    INT_FILTER,
                    "Inhabitants.",
                    population_condition,
                ),
                filter_field(
                    "partnershipCount",
                    INT_FILTER,
                    "Its partnerships, of every status.",
                    partnership_count_condition,
                ),
                filter_field("near", "Near", "Near a point.", near_condition),
                filter_field("within", "BoundingBox", "Within a box.", within_condition),
            ]
        },
    }
}

pub(super) fn community_filter() -> FilterDefinition {
    FilterDefinition {
        name: "CommunityFilter",
        description: "Applies to either kind of community: a city, a state or a province.",
        has_logical_operators: true,
        unique_field: None,
        fields: || {
            vec![
                filter_field("slug", STRING_FILTER, "Slug.", slug_condition),
                filter_field(
                    "name",
                    STRING_FILTER,
                    "English name.",
                    community_name_condition,
                ),
                filter_field(
                    "population",
                    INT_FILTER,
                    "Inhabitants.",
                    population_condition,
                ),
                filter_field("near", "Near", "Near a point.", near_condition),
                filter_field("within", "BoundingBox", "Within a box.", within_condition),
            ]
        },
    }
}

pub(super) fn filter_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    meaning: ConditionBuilder,
) -> (Argument, ConditionBuilder) {
    (Argument::new(name, ty, description), meaning)
}

fn slug_condition(value: &Value, terms: &mut FilterContext) -> Result<Condition, GraphqlError> {
    ascii_condition(Community::Id, value, terms)
}

fn community_name_condition(
    value: &Value,
    terms: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    name_condition(Community::Name, Community::SortName, value, terms)
}

fn population_condition(
    value: &Value,
    terms: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    int_condition(Community::Population, value, terms)
}

fn partnership_count_condition(
    value: &Value,
    terms: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    int_condition(Community::PartnershipCount, value, terms)
}

/// Adds the inputs of this file.
pub(in crate::schema) fn define(graph: Graph) -> Graph {
    graph
        .input_object(InputObject {
            name: "Near",
            description: "Within `km` kilometres of a point, along a great circle. A place whose location is not known is not near.",
            fields: vec![
                Argument::new("latitude", "Float!", "Degrees north, -90 to 90."),
                Argument::new("longitude", "Float!", "Degrees east, -180 to 180."),
                Argument::new("km", "Float!", "Kilometres, 0 or more."),
            ],
        })
        .input_object(InputObject {
            name: "BoundingBox",
            description: "May cross the antimeridian: then `west` is greater than `east`. The edges belong to it.",
            fields: vec![
                Argument::new("south", "Float!", "Degrees north, -90 to 90."),
                Argument::new("west", "Float!", "Degrees east, -180 to 180."),
                Argument::new("north", "Float!", "Degrees north, -90 to 90."),
                Argument::new("east", "Float!", "Degrees east, -180 to 180."),
            ],
        })
}

/// A number of an object, within a range.
fn number_in_range(
    value: &Value,
    of: &str,
    name: &str,
    low: f64,
    high: f64,
) -> Result<f64, GraphqlError> {
    let given = match value {
        Value::Object(fields) => match fields.get(name) {
            Some(Value::Number(number)) => number.as_f64(),
            _ => None,
        },
        _ => None,
    };
    match given {
        Some(number) if (low..=high).contains(&number) => Ok(number),
        given => {
            let given = given.map_or("missing".to_owned(), |number| number.to_string());
            let right = if high == f64::MAX {
                format!("{low} or more")
            } else {
                format!("{low} to {high}")
            };
            Err(GraphqlError::bad_user_input(format!(
                "{of}.{name} is {given}; give {right}"
            )))
        }
    }
}

/// A box first, which the index on points answers, then the great circle.
fn near_condition(value: &Value, terms: &mut FilterContext) -> Result<Condition, GraphqlError> {
    // A box and a distance.
    terms.count_comparisons(3)?;
    let latitude = number_in_range(value, "near", "latitude", -90.0, 90.0)?;
    let longitude = number_in_range(value, "near", "longitude", -180.0, 180.0)?;
    let km = number_in_range(value, "near", "km", 0.0, f64::MAX)?;
    // A hair wider than the circle, so that no rounding cuts what the circle holds.
    let angle = km_to_degrees(km) * (1.0 + 1e-9) + 1e-9;
    let (south, north) = (latitude - angle, latitude + angle);
    let holds_a_pole = south <= -90.0 || north >= 90.0;
    let (west, east) = if holds_a_pole {
        (-180.0, 180.0)
    } else {
        // The meridians that touch the circle: sin Δλ = sin d / cos φ.
        let sine = (angle.to_radians().sin() / latitude.to_radians().cos()).min(1.0);
        let half_width = sine.asin().to_degrees() * (1.0 + 1e-9) + 1e-9;
        (
            wrap_longitude(longitude - half_width),
            wrap_longitude(longitude + half_width),
        )
    };
    let [x, y, z] = unit_vector((latitude, longitude));
    let chord = [
        (Community::UnitX, x),
        (Community::UnitY, y),
        (Community::UnitZ, z),
    ]
    .map(|(column, at)| {
        let side = || ColumnRef::new(column).expr().sub(Expr::val(at));
        side().mul(side())
    })
    .into_iter()
    .reduce(ExprTrait::add)
    .unwrap_or(Expr::val(0.0));
    Ok(bounding_box_condition(south, west, north, east)
        .add(chord.lte(Expr::val(squared_chord(km)))))
}

/// The longitude in -180 to 180.
fn wrap_longitude(longitude: f64) -> f64 {
    if longitude < -180.0 {
        longitude + 360.0
    } else if longitude > 180.0 {
        longitude - 360.0
    } else {
        longitude
    }
}

fn within_condition(value: &Value, terms: &mut FilterContext) -> Result<Condition, GraphqlError> {
    terms.count_comparisons(2)?;
    let south = number_in_range(value, "within", "south", -90.0, 90.0)?;
    let west = number_in_range(value, "within", "west", -180.0, 180.0)?;
    let north = number_in_range(value, "within", "north", -90.0, 90.0)?;
    let east = number_in_range(value, "within", "east", -180.0, 180.0)?;
    if south > north {
        return Err(GraphqlError::bad_user_input(format!(
            "within.south is {south}, north of within.north, which is {north}; give them the other way round"
        )));
    }
    Ok(bounding_box_condition(south, west, north, east))
}

/// Inside a box that crosses the antimeridian where `west` is greater than `east`. A place whose
/// location is not known is outside.
///
/// The antimeridian has two longitudes, 180° west and east, and a pole has every longitude: a
/// place there is inside whichever of them it was written down with.
fn bounding_box_condition(south: f64, west: f64, north: f64, east: f64) -> Condition {
    let latitude = || ColumnRef::new(Community::Latitude).expr();
    let longitude = || ColumnRef::new(Community::Longitude).expr();
    let (from_west, to_east) = (longitude().gte(west), longitude().lte(east));
    let mut between = if west <= east {
        Condition::any().add(from_west.and(to_east))
    } else {
        Condition::any().add(from_west).add(to_east)
    };
    if west <= -180.0 {
        between = between.add(longitude().gte(180.0));
    }
    if east >= 180.0 {
        between = between.add(longitude().lte(-180.0));
    }
    if south <= -90.0 {
        between = between.add(latitude().lte(-90.0));
    }
    if north >= 90.0 {
        between = between.add(latitude().gte(90.0));
    }
    Condition::all()
        .add(latitude().is_not_null())
        .add(latitude().between(south, north))
        .add(between)
}
