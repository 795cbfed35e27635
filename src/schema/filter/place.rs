//! Filters on states, countries, cities, and communities.

use std::sync::LazyLock;

use async_graphql::Value;

use super::{FilterDefinition, FilterField, LazyFilter, Meaning, field_value};
use crate::{
    db::{BoundingBox, ColumnRef, Filter, FilterRelation, LocationColumns},
    engine::{Argument, Graph, input_object_type},
    entity::{community::Column as Community, country::Column as Country},
    graphql_error::GraphqlError,
    vocabulary::{CityKind, RegionName, StateKind, Subregion},
};

pub(in crate::schema) static STATE_FILTER: LazyFilter = LazyLock::new(|| {
    FilterDefinition::new(
        "StateFilter",
        "Selects states. All fields that are set must match; an empty filter matches everything.",
        vec![
            FilterField::new(
                "code",
                "The USPS code, such as `CA`.",
                Meaning::ascii(Community::Code),
            ),
            name_field(),
            FilterField::new(
                "kind",
                "One of these kinds. An empty list matches nothing.",
                Meaning::one_of::<StateKind>(Community::Kind),
            ),
            FilterField::new(
                "region",
                "In one of these regions. An empty list matches nothing.",
                Meaning::one_of::<RegionName>(Community::RegionId),
            ),
            population_field(),
            FilterField::new(
                "partnershipCount",
                "The number of partnerships of the state and of all communities in it, of every status.",
                Meaning::int(Community::PartnershipCount),
            ),
        ],
    )
    .with_logical_operators()
});

pub(in crate::schema) static COUNTRY_FILTER: LazyFilter = LazyLock::new(|| {
    FilterDefinition::new(
        "CountryFilter",
        "Selects countries. All fields that are set must match; an empty filter matches everything.",
        vec![
            FilterField::new(
                "code",
                "The ISO 3166-1 alpha-2 code, such as `JP`.",
                Meaning::ascii(Country::Id),
            ),
            FilterField::new(
                "name",
                "The English name.",
                Meaning::name(Country::Name, Country::SortName),
            ),
            FilterField::new(
                "subregion",
                "In one of these subregions. An empty list matches nothing.",
                Meaning::one_of::<Subregion>(Country::Subregion),
            ),
            FilterField::new(
                "isPartner",
                "If true, selects partner countries; if false, the United States.",
                Meaning::equals(Country::IsPartner),
            ),
            FilterField::new(
                "partnershipCount",
                "The number of partnerships with the country, of every status.",
                Meaning::int(Country::PartnershipCount),
            ),
        ],
    )
    .with_logical_operators()
});

pub(in crate::schema) static CITY_FILTER: LazyFilter = LazyLock::new(|| {
    FilterDefinition::new(
        "CityFilter",
        "Selects cities and counties. All fields that are set must match; an empty filter matches everything.",
        vec![
            slug_field(),
            name_field(),
            FilterField::new(
                "kind",
                "One of these kinds. An empty list matches nothing.",
                Meaning::one_of::<CityKind>(Community::Kind),
            ),
            FilterField::new(
                "state",
                "The US state. A city outside the United States matches only an empty filter.",
                Meaning::reference(
                    FilterRelation::new(Community::StateId, Community::Id)
                        .with_unique(Community::Code),
                    &STATE_FILTER,
                ),
            ),
            FilterField::new(
                "country",
                "The country that the city is in.",
                Meaning::reference(
                    FilterRelation::new(Community::CountryId, Country::Id)
                        .with_denormalized(&[(Country::Id, Community::CountryId)]),
                    &COUNTRY_FILTER,
                ),
            ),
            FilterField::new(
                "isCapital",
                "Whether the city is the capital of its country, state, or province.",
                Meaning::equals(Community::IsCapital),
            ),
            population_field(),
            FilterField::new(
                "partnershipCount",
                "The number of partnerships of the city, of every status.",
                Meaning::int(Community::PartnershipCount),
            ),
            near_field(),
            within_field(),
        ],
    )
    .with_logical_operators()
});

pub(super) static COMMUNITY_FILTER: LazyFilter = LazyLock::new(|| {
    FilterDefinition::new(
        "CommunityFilter",
        "Selects communities of any type: cities, counties, states, and provinces. All fields that are set must match; an empty filter matches everything.",
        vec![
            slug_field(),
            name_field(),
            population_field(),
            near_field(),
            within_field(),
        ],
    )
    .with_logical_operators()
});

fn slug_field() -> FilterField {
    FilterField::new(
        "slug",
        "The slug, such as `jp-nagoya`.",
        Meaning::ascii(Community::Id),
    )
}

fn name_field() -> FilterField {
    FilterField::new(
        "name",
        "The English name.",
        Meaning::name(Community::Name, Community::SortName),
    )
}

fn population_field() -> FilterField {
    FilterField::new(
        "population",
        "The number of inhabitants.",
        Meaning::int(Community::Population),
    )
}

fn near_field() -> FilterField {
    FilterField::new(
        "near",
        "Within a distance from a point.",
        Meaning::Custom("Near", parse_near),
    )
}

fn within_field() -> FilterField {
    FilterField::new(
        "within",
        "Within a range of latitudes and longitudes.",
        Meaning::Custom("BoundingBox", parse_bounding_box),
    )
}

/// Adds the input types `Near` and `BoundingBox`.
pub(in crate::schema) fn define(graph: Graph) -> Graph {
    graph
        .add_type(input_object_type("Near", "Matches places within a great-circle distance from a point. A place without a known location does not match.", [
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
            ]))
        .add_type(input_object_type("BoundingBox", "Matches places within a box, including its edges. If `west` is greater than `east`, the box crosses the antimeridian. A place without a known location does not match.", [
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
            ]))
}

/// Reads a number from a field of an input object and checks that it is within a range.
fn number_in_range(
    value: &Value,
    input: &str,
    name: &str,
    low: f64,
    high: f64,
) -> Result<f64, GraphqlError> {
    let number = match field_value(value, name) {
        Some(Value::Number(number)) => number.as_f64(),
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

fn parse_near(value: &Value) -> Result<Filter, GraphqlError> {
    Ok(Filter::Near {
        location: &LOCATION,
        point: (
            number_in_range(value, "near", "latitude", -90.0, 90.0)?,
            number_in_range(value, "near", "longitude", -180.0, 180.0)?,
        ),
        km: number_in_range(value, "near", "km", 0.0, f64::MAX)?,
    })
}

fn parse_bounding_box(value: &Value) -> Result<Filter, GraphqlError> {
    let south = number_in_range(value, "within", "south", -90.0, 90.0)?;
    let west = number_in_range(value, "within", "west", -180.0, 180.0)?;
    let north = number_in_range(value, "within", "north", -90.0, 90.0)?;
    let east = number_in_range(value, "within", "east", -180.0, 180.0)?;
    if south > north {
        return Err(GraphqlError::bad_user_input(format!(
            "within.south is {south}, which is greater than within.north, {north}; swap the two"
        )));
    }
    let bounding_box = BoundingBox {
        south,
        west,
        north,
        east,
    };
    Ok(Filter::Within(&LOCATION, bounding_box))
}

static LOCATION: LazyLock<LocationColumns> = LazyLock::new(|| LocationColumns {
    latitude: ColumnRef::new(Community::Latitude),
    longitude: ColumnRef::new(Community::Longitude),
    unit_vector: [Community::UnitX, Community::UnitY, Community::UnitZ].map(ColumnRef::new),
});
