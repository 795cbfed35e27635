//! Filters on states, countries, cities and communities.

use async_graphql::Value;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};

use super::{
    Filter, Meaning, Terms,
    operators::{INT, Reference, STRING, any_of, ascii, flag, int, name, refers_to},
};
use crate::{
    db::Column,
    engine::{Argument, Graph, Input, Refusal},
    entity::{community::Column as Of, country::Column as Country},
    stats::great_circle::{degrees_of, squared_chord, unit_vector},
};

pub(in crate::graphql) fn state() -> Filter {
    Filter {
        name: "StateFilter",
        description: "Which states. Fields that are given must all hold; an empty filter holds of all.",
        combines: true,
        unique: Some("code"),
        fields: || {
            vec![
                field(
                    "code",
                    STRING,
                    "USPS code, such as `CA`.",
                    |value, terms| ascii(Of::Code, value, terms),
                ),
                field("name", STRING, "English name.", community_name),
                field("kind", "[StateKind!]", "Any of these.", |value, terms| {
                    any_of(Of::Kind, value, terms)
                }),
                field(
                    "region",
                    "[RegionName!]",
                    "In any of these regions.",
                    |value, terms| any_of(Of::RegionId, value, terms),
                ),
                field("population", INT, "Inhabitants.", population),
                field(
                    "partnershipCount",
                    INT,
                    "Partnerships of the state and of what lies in it, of every status.",
                    partnership_count,
                ),
            ]
        },
    }
}

pub(in crate::graphql) fn country() -> Filter {
    Filter {
        name: "CountryFilter",
        description: "Which countries. Fields that are given must all hold; an empty filter holds of all.",
        combines: true,
        unique: None,
        fields: || {
            vec![
                field(
                    "code",
                    STRING,
                    "ISO 3166-1 alpha-2, such as `JP`.",
                    |value, terms| ascii(Country::Id, value, terms),
                ),
                field("name", STRING, "English name.", |value, terms| {
                    name(Country::Name, Country::SortName, value, terms)
                }),
                field(
                    "subregion",
                    "[Subregion!]",
                    "In any of these.",
                    |value, terms| any_of(Country::Subregion, value, terms),
                ),
                field(
                    "isPartner",
                    "Boolean",
                    "False: the United States.",
                    |value, terms| flag(Country::IsPartner, value, terms),
                ),
                field(
                    "partnershipCount",
                    INT,
                    "Partnerships with the country, of every status.",
                    |value, terms| int(Country::PartnershipCount, value, terms),
                ),
            ]
        },
    }
}

pub(in crate::graphql) fn city() -> Filter {
    Filter {
        name: "CityFilter",
        description: "Which cities. Fields that are given must all hold; an empty filter holds of all.",
        combines: true,
        unique: None,
        fields: || {
            vec![
                field("slug", STRING, "Slug.", slug),
                field("name", STRING, "English name.", community_name),
                field("kind", "[CityKind!]", "Any of these.", |value, terms| {
                    any_of(Of::Kind, value, terms)
                }),
                field(
                    "state",
                    "StateFilter",
                    "The state of a US city.",
                    |value, terms| {
                        refers_to(&Reference::new(Of::StateId, Of::Id), &state(), value, terms)
                    },
                ),
                field(
                    "country",
                    "CountryFilter",
                    "The country.",
                    |value, terms| {
                        let reference =
                            Reference::new(Of::CountryId, Country::Id).repeating(|column| {
                                (column == Column::of(Country::Id))
                                    .then(|| Column::of(Of::CountryId))
                            });
                        refers_to(&reference, &country(), value, terms)
                    },
                ),
                field(
                    "isCapital",
                    "Boolean",
                    "Capital of its country, state or province.",
                    |value, terms| flag(Of::IsCapital, value, terms),
                ),
                field("population", INT, "Inhabitants.", population),
                field(
                    "partnershipCount",
                    INT,
                    "Its partnerships, of every status.",
                    partnership_count,
                ),
                field("near", "Near", "Near a point.", near),
                field("within", "BoundingBox", "Within a box.", within),
            ]
        },
    }
}

pub(super) fn community() -> Filter {
    Filter {
        name: "CommunityFilter",
        description: "Applies to either kind of community: a city, a state or a province.",
        combines: true,
        unique: None,
        fields: || {
            vec![
                field("slug", STRING, "Slug.", slug),
                field("name", STRING, "English name.", community_name),
                field("population", INT, "Inhabitants.", population),
                field("near", "Near", "Near a point.", near),
                field("within", "BoundingBox", "Within a box.", within),
            ]
        },
    }
}

pub(super) fn field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    meaning: Meaning,
) -> (Argument, Meaning) {
    (Argument::new(name, ty, description), meaning)
}

fn slug(value: &Value, terms: &mut Terms) -> Result<Condition, Refusal> {
    ascii(Of::Id, value, terms)
}

fn community_name(value: &Value, terms: &mut Terms) -> Result<Condition, Refusal> {
    name(Of::Name, Of::SortName, value, terms)
}

fn population(value: &Value, terms: &mut Terms) -> Result<Condition, Refusal> {
    int(Of::Population, value, terms)
}

fn partnership_count(value: &Value, terms: &mut Terms) -> Result<Condition, Refusal> {
    int(Of::PartnershipCount, value, terms)
}

/// Adds the inputs of this file.
pub(in crate::graphql) fn define(graph: Graph) -> Graph {
    graph
        .input(Input {
            name: "Near",
            description: "Within `km` kilometres of a point, along a great circle. A place whose location is not known is not near.",
            fields: vec![
                Argument::new("latitude", "Float!", "Degrees north, -90 to 90."),
                Argument::new("longitude", "Float!", "Degrees east, -180 to 180."),
                Argument::new("km", "Float!", "Kilometres, 0 or more."),
            ],
        })
        .input(Input {
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
fn degrees(value: &Value, of: &str, name: &str, low: f64, high: f64) -> Result<f64, Refusal> {
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
            Err(Refusal::input(format!(
                "{of}.{name} is {given}; give {right}"
            )))
        }
    }
}

/// A box first, which the index on points answers, then the great circle.
fn near(value: &Value, terms: &mut Terms) -> Result<Condition, Refusal> {
    // A box and a distance.
    terms.add_many(3)?;
    let latitude = degrees(value, "near", "latitude", -90.0, 90.0)?;
    let longitude = degrees(value, "near", "longitude", -180.0, 180.0)?;
    let km = degrees(value, "near", "km", 0.0, f64::MAX)?;
    // A hair wider than the circle, so that no rounding cuts what the circle holds.
    let angle = degrees_of(km) * (1.0 + 1e-9) + 1e-9;
    let (south, north) = (latitude - angle, latitude + angle);
    let holds_a_pole = south <= -90.0 || north >= 90.0;
    let (west, east) = if holds_a_pole {
        (-180.0, 180.0)
    } else {
        // The meridians that touch the circle: sin Δλ = sin d / cos φ.
        let sine = (angle.to_radians().sin() / latitude.to_radians().cos()).min(1.0);
        let half_width = sine.asin().to_degrees() * (1.0 + 1e-9) + 1e-9;
        (
            wrapped(longitude - half_width),
            wrapped(longitude + half_width),
        )
    };
    let [x, y, z] = unit_vector((latitude, longitude));
    let chord = [(Of::UnitX, x), (Of::UnitY, y), (Of::UnitZ, z)]
        .map(|(column, at)| {
            let side = || Column::of(column).expr().sub(Expr::val(at));
            side().mul(side())
        })
        .into_iter()
        .reduce(ExprTrait::add)
        .unwrap_or(Expr::val(0.0));
    Ok(inside(south, west, north, east).add(chord.lte(Expr::val(squared_chord(km)))))
}

/// The longitude in -180 to 180.
fn wrapped(longitude: f64) -> f64 {
    if longitude < -180.0 {
        longitude + 360.0
    } else if longitude > 180.0 {
        longitude - 360.0
    } else {
        longitude
    }
}

fn within(value: &Value, terms: &mut Terms) -> Result<Condition, Refusal> {
    terms.add_many(2)?;
    let south = degrees(value, "within", "south", -90.0, 90.0)?;
    let west = degrees(value, "within", "west", -180.0, 180.0)?;
    let north = degrees(value, "within", "north", -90.0, 90.0)?;
    let east = degrees(value, "within", "east", -180.0, 180.0)?;
    if south > north {
        return Err(Refusal::input(format!(
            "within.south is {south}, north of within.north, which is {north}; give them the other way round"
        )));
    }
    Ok(inside(south, west, north, east))
}

/// Inside a box that crosses the antimeridian where `west` is greater than `east`. A place whose
/// location is not known is outside.
///
/// The antimeridian has two longitudes, 180° west and east, and a pole has every longitude: a
/// place there is inside whichever of them it was written down with.
fn inside(south: f64, west: f64, north: f64, east: f64) -> Condition {
    let latitude = || Column::of(Of::Latitude).expr();
    let longitude = || Column::of(Of::Longitude).expr();
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
