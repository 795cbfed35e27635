//! Filters on states, countries, cities, and communities.

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
        description: "Selects states. All fields that are set must match; an empty filter matches everything.",
        has_logical_operators: true,
        unique_field: Some("code"),
        fields: || {
            vec![
                filter_field(
                    "code",
                    STRING_FILTER,
                    "The USPS code, such as `CA`.",
                    |value, context| ascii_condition(Community::Code, value, context),
                ),
                filter_field(
                    "name",
                    STRING_FILTER,
                    "The English name.",
                    community_name_condition,
                ),
                filter_field(
                    "kind",
                    "[StateKind!]",
                    "One of these kinds. An empty list matches nothing.",
                    |value, context| enum_condition(Community::Kind, value, context),
                ),
                filter_field(
                    "region",
                    "[RegionName!]",
                    "In one of these regions. An empty list matches nothing.",
                    |value, context| enum_condition(Community::RegionId, value, context),
                ),
                filter_field(
                    "population",
                    INT_FILTER,
                    "The number of inhabitants.",
                    population_condition,
                ),
                filter_field(
                    "partnershipCount",
                    INT_FILTER,
                    "The number of partnerships of the state and of all communities in it, of every status.",
                    partnership_count_condition,
                ),
            ]
        },
    }
}

pub(in crate::schema) fn country_filter() -> FilterDefinition {
    FilterDefinition {
        name: "CountryFilter",
        description: "Selects countries. All fields that are set must match; an empty filter matches everything.",
        has_logical_operators: true,
        unique_field: None,
        fields: || {
            vec![
                filter_field(
                    "code",
                    STRING_FILTER,
                    "The ISO 3166-1 alpha-2 code, such as `JP`.",
                    |value, context| ascii_condition(Country::Id, value, context),
                ),
                filter_field(
                    "name",
                    STRING_FILTER,
                    "The English name.",
                    |value, context| {
                        name_condition(Country::Name, Country::SortName, value, context)
                    },
                ),
                filter_field(
                    "subregion",
                    "[Subregion!]",
                    "In one of these subregions. An empty list matches nothing.",
                    |value, context| enum_condition(Country::Subregion, value, context),
                ),
                filter_field(
                    "isPartner",
                    "Boolean",
                    "If true, selects partner countries; if false, the United States.",
                    |value, context| bool_condition(Country::IsPartner, value, context),
                ),
                filter_field(
                    "partnershipCount",
                    INT_FILTER,
                    "The number of partnerships with the country, of every status.",
                    |value, context| int_condition(Country::PartnershipCount, value, context),
                ),
            ]
        },
    }
}

pub(in crate::schema) fn city_filter() -> FilterDefinition {
    FilterDefinition {
        name: "CityFilter",
        description: "Selects cities and counties. All fields that are set must match; an empty filter matches everything.",
        has_logical_operators: true,
        unique_field: None,
        fields: || {
            vec![
                filter_field(
                    "slug",
                    STRING_FILTER,
                    "The slug, such as `jp-nagoya`.",
                    slug_condition,
                ),
                filter_field(
                    "name",
                    STRING_FILTER,
                    "The English name.",
                    community_name_condition,
                ),
                filter_field(
                    "kind",
                    "[CityKind!]",
                    "One of these kinds. An empty list matches nothing.",
                    |value, context| enum_condition(Community::Kind, value, context),
                ),
                filter_field(
                    "state",
                    "StateFilter",
                    "The US state. A city outside the United States matches only an empty filter.",
                    |value, context| {
                        relation_condition(
                            &FilterRelation::new(Community::StateId, Community::Id),
                            &state_filter(),
                            value,
                            context,
                        )
                    },
                ),
                filter_field(
                    "country",
                    "CountryFilter",
                    "The country that the city is in.",
                    |value, context| {
                        let relation = FilterRelation::new(Community::CountryId, Country::Id)
                            .with_denormalized(|column| {
                                (column == ColumnRef::new(Country::Id))
                                    .then(|| ColumnRef::new(Community::CountryId))
                            });
                        relation_condition(&relation, &country_filter(), value, context)
                    },
                ),
                filter_field(
                    "isCapital",
                    "Boolean",
                    "Whether the city is the capital of its country, state, or province.",
                    |value, context| bool_condition(Community::IsCapital, value, context),
                ),
                filter_field(
                    "population",
                    INT_FILTER,
                    "The number of inhabitants.",
                    population_condition,
                ),
                filter_field(
                    "partnershipCount",
                    INT_FILTER,
                    "The number of partnerships of the city, of every status.",
                    partnership_count_condition,
                ),
                filter_field(
                    "near",
                    "Near",
                    "Within a distance from a point.",
                    near_condition,
                ),
                filter_field(
                    "within",
                    "BoundingBox",
                    "Within a range of latitudes and longitudes.",
                    within_condition,
                ),
            ]
        },
    }
}

pub(super) fn community_filter() -> FilterDefinition {
    FilterDefinition {
        name: "CommunityFilter",
        description: "Selects communities of any type: cities, counties, states, and provinces. All fields that are set must match; an empty filter matches everything.",
        has_logical_operators: true,
        unique_field: None,
        fields: || {
            vec![
                filter_field(
                    "slug",
                    STRING_FILTER,
                    "The slug, such as `jp-nagoya`.",
                    slug_condition,
                ),
                filter_field(
                    "name",
                    STRING_FILTER,
                    "The English name.",
                    community_name_condition,
                ),
                filter_field(
                    "population",
                    INT_FILTER,
                    "The number of inhabitants.",
                    population_condition,
                ),
                filter_field(
                    "near",
                    "Near",
                    "Within a distance from a point.",
                    near_condition,
                ),
                filter_field(
                    "within",
                    "BoundingBox",
                    "Within a range of latitudes and longitudes.",
                    within_condition,
                ),
            ]
        },
    }
}

pub(super) fn filter_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    build: ConditionBuilder,
) -> (Argument, ConditionBuilder) {
    (Argument::new(name, ty, description), build)
}

fn slug_condition(value: &Value, context: &mut FilterContext) -> Result<Condition, GraphqlError> {
    ascii_condition(Community::Id, value, context)
}

fn community_name_condition(
    value: &Value,
    context: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    name_condition(Community::Name, Community::SortName, value, context)
}

fn population_condition(
    value: &Value,
    context: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    int_condition(Community::Population, value, context)
}

fn partnership_count_condition(
    value: &Value,
    context: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    int_condition(Community::PartnershipCount, value, context)
}

/// Adds the input types `Near` and `BoundingBox`.
pub(in crate::schema) fn define(graph: Graph) -> Graph {
    graph
        .input_object(InputObject {
            name: "Near",
            description: "Matches places within a great-circle distance from a point. A place without a known location does not match.",
            fields: vec![
                Argument::new(
                    "latitude",
                    "Float!",
                    "Degrees north of the equator, -90 to 90; south is negative.",
                ),
                Argument::new(
                    "longitude",
                    "Float!",
                    "Degrees east of Greenwich, -180 to 180; west is negative.",
                ),
                Argument::new("km", "Float!", "The maximum distance in kilometers, 0 or more."),
            ],
        })
        .input_object(InputObject {
            name: "BoundingBox",
            description: "Matches places within a box, including its edges. If `west` is greater than `east`, the box crosses the antimeridian. A place without a known location does not match.",
            fields: vec![
                Argument::new(
                    "south",
                    "Float!",
                    "The southern edge in degrees north of the equator, -90 to 90.",
                ),
                Argument::new(
                    "west",
                    "Float!",
                    "The western edge in degrees east of Greenwich, -180 to 180.",
                ),
                Argument::new(
                    "north",
                    "Float!",
                    "The northern edge in degrees north of the equator, -90 to 90.",
                ),
                Argument::new(
                    "east",
                    "Float!",
                    "The eastern edge in degrees east of Greenwich, -180 to 180.",
                ),
            ],
        })
}

/// Reads a number from a field of an input object and checks that it is within a range.
fn number_in_range(
    value: &Value,
    input: &str,
    name: &str,
    low: f64,
    high: f64,
) -> Result<f64, GraphqlError> {
    let number = match value {
        Value::Object(fields) => match fields.get(name) {
            Some(Value::Number(number)) => number.as_f64(),
            _ => None,
        },
        _ => None,
    };
    match number {
        Some(number) if (low..=high).contains(&number) => Ok(number),
        number => {
            let actual = number.map_or("missing".to_owned(), |number| number.to_string());
            let expected = if high == f64::MAX {
                format!("{low} or more")
            } else {
                format!("between {low} and {high}")
            };
            Err(GraphqlError::bad_user_input(format!(
                "{input}.{name} is {actual}; it must be {expected}"
            )))
        }
    }
}

/// Combines a bounding box, for which there is an index, with the exact great-circle distance.
fn near_condition(value: &Value, context: &mut FilterContext) -> Result<Condition, GraphqlError> {
    // Two comparisons of the box and one of the distance.
    context.count_comparisons(3)?;
    let latitude = number_in_range(value, "near", "latitude", -90.0, 90.0)?;
    let longitude = number_in_range(value, "near", "longitude", -180.0, 180.0)?;
    let km = number_in_range(value, "near", "km", 0.0, f64::MAX)?;
    // Slightly larger than the circle, so that rounding does not exclude places in the circle.
    let angle = km_to_degrees(km) * (1.0 + 1e-9) + 1e-9;
    let (south, north) = (latitude - angle, latitude + angle);
    let contains_pole = south <= -90.0 || north >= 90.0;
    let (west, east) = if contains_pole {
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
    let chord_squared = [
        (Community::UnitX, x),
        (Community::UnitY, y),
        (Community::UnitZ, z),
    ]
    .map(|(column, coordinate)| {
        let difference = || ColumnRef::new(column).expr().sub(Expr::val(coordinate));
        difference().mul(difference())
    })
    .into_iter()
    .reduce(ExprTrait::add)
    .unwrap_or(Expr::val(0.0));
    Ok(bounding_box_condition(south, west, north, east)
        .add(chord_squared.lte(Expr::val(squared_chord(km)))))
}

/// Brings a longitude into the range -180 to 180.
fn wrap_longitude(longitude: f64) -> f64 {
    if longitude < -180.0 {
        longitude + 360.0
    } else if longitude > 180.0 {
        longitude - 360.0
    } else {
        longitude
    }
}

fn within_condition(value: &Value, context: &mut FilterContext) -> Result<Condition, GraphqlError> {
    context.count_comparisons(2)?;
    let south = number_in_range(value, "within", "south", -90.0, 90.0)?;
    let west = number_in_range(value, "within", "west", -180.0, 180.0)?;
    let north = number_in_range(value, "within", "north", -90.0, 90.0)?;
    let east = number_in_range(value, "within", "east", -180.0, 180.0)?;
    if south > north {
        return Err(GraphqlError::bad_user_input(format!(
            "within.south is {south}, which is greater than within.north, {north}; swap the two"
        )));
    }
    Ok(bounding_box_condition(south, west, north, east))
}

/// Matches places in a box, which crosses the antimeridian if `west` is greater than `east`. Places
/// without a known location do not match.
///
/// The antimeridian has two longitudes, 180° west and east, and a pole has every longitude. A place
/// there matches whichever of its longitudes is stored.
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
