//! Regions, states, countries, provinces and cities: a file for each, and here what they share.

mod city;
mod country;
mod province;
mod region;
mod state;

use std::sync::LazyLock;

use self::{
    city::{alternate_name_type, city_type},
    country::country_type,
    province::province_type,
    region::region_type,
    state::state_type,
};
use super::{
    connection::{Orders, Paged},
    edge::{Stored, one},
    filter, id, partnership,
};
use crate::{
    db::{Column, Constant},
    engine::{Field, Graph, Interface, Object, Output},
    entity::{self, community},
    vocabulary::{CityKind, ProvinceKind, RegionName, Script, StateKind, Subregion},
};

pub(super) const US: &str = "US";

pub(super) fn region() -> Stored {
    Stored::new("Region", entity::region::Column::Id)
}

pub(super) fn country() -> Stored {
    Stored::new("Country", entity::country::Column::Id)
}

pub(super) fn state() -> Stored {
    of_type("State", "STATE")
}

pub(super) fn province() -> Stored {
    of_type("Province", "PROVINCE")
}

pub(super) fn city() -> Stored {
    of_type("City", "CITY")
}

/// The object type of the communities of a type of the data.
pub(super) fn object_of(of_type: &str) -> Option<&'static str> {
    match of_type {
        "STATE" => Some("State"),
        "PROVINCE" => Some("Province"),
        "CITY" => Some("City"),
        _ => None,
    }
}

fn of_type(object: &'static str, of_type: &'static str) -> Stored {
    let mut stored = Stored::new(object, community::Column::Id);
    let column = Column::of(community::Column::CommunityType);
    stored.only.push((column, Constant::Text(of_type)));
    stored
}

pub(super) fn states() -> Paged {
    Paged {
        target: state(),
        connection: "StateConnection",
        edge: "StateEdge",
        order: Vec::new(),
        filter: filter::state(),
        orders: Some(Orders {
            input: "StateOrder",
            field: "StateOrderField",
            values: vec![
                ("NAME", BY_NAME, Column::of(community::Column::SortName)),
                ("CODE", "USPS code.", *COMMUNITY_ID),
                (
                    "POPULATION",
                    "Inhabitants.",
                    Column::of(community::Column::Population),
                ),
                (
                    "PARTNERSHIP_COUNT",
                    BY_COUNT,
                    Column::of(community::Column::PartnershipCount),
                ),
            ],
        }),
    }
}

pub(super) fn countries() -> Paged {
    Paged {
        target: country(),
        connection: "CountryConnection",
        edge: "CountryEdge",
        order: Vec::new(),
        filter: filter::country(),
        orders: Some(Orders {
            input: "CountryOrder",
            field: "CountryOrderField",
            values: vec![
                (
                    "NAME",
                    BY_NAME,
                    Column::of(entity::country::Column::SortName),
                ),
                (
                    "CODE",
                    "ISO 3166-1 alpha-2.",
                    Column::of(entity::country::Column::Id),
                ),
                (
                    "POPULATION",
                    "Inhabitants.",
                    Column::of(entity::country::Column::Population),
                ),
                (
                    "PARTNERSHIP_COUNT",
                    BY_COUNT,
                    Column::of(entity::country::Column::PartnershipCount),
                ),
            ],
        }),
    }
}

pub(super) fn cities() -> Paged {
    Paged {
        target: city(),
        connection: "CityConnection",
        edge: "CityEdge",
        order: Vec::new(),
        filter: filter::city(),
        orders: Some(Orders {
            input: "CityOrder",
            field: "CityOrderField",
            values: vec![
                ("NAME", BY_NAME, Column::of(community::Column::SortName)),
                (
                    "POPULATION",
                    "Inhabitants.",
                    Column::of(community::Column::Population),
                ),
                (
                    "PARTNERSHIP_COUNT",
                    BY_COUNT,
                    Column::of(community::Column::PartnershipCount),
                ),
            ],
        }),
    }
}

const BY_NAME: &str = "English name, compared without case and accents.";
const BY_COUNT: &str =
    "Partnerships of the place and of what lies in it, of every status and whatever the filter.";

static COMMUNITY_ID: LazyLock<Column> = LazyLock::new(|| Column::of(community::Column::Id));

/// Adds the types of this file.
pub(super) fn define(graph: Graph) -> Graph {
    let graph = graph
        .interface(community_interface())
        .object(region_type())
        .object(state_type())
        .object(country_type())
        .object(province_type())
        .object(city_type())
        .object(alternate_name_type())
        .object(coordinates_type())
        .vocabulary::<RegionName>()
        .vocabulary::<StateKind>()
        .vocabulary::<Subregion>()
        .vocabulary::<ProvinceKind>()
        .vocabulary::<CityKind>()
        .vocabulary::<Script>();
    [states(), countries(), cities()]
        .iter()
        .fold(graph, |graph, paged| paged.define(graph))
}

fn location(latitude: impl sea_orm::ColumnTrait, longitude: impl sea_orm::ColumnTrait) -> Field {
    let (latitude, longitude) = (Column::of(latitude), Column::of(longitude));
    Field::computed(
        "location",
        "Coordinates",
        "A point that stands for the place: a label point of a city, the population-weighted centre of the known places of anything larger. Null where it is not known.",
        &[latitude, longitude],
        move |record| {
            let degrees = |column| record.get(column).float();
            match (degrees(latitude), degrees(longitude)) {
                (Some(latitude), Some(longitude)) => Output::object(
                    "Coordinates",
                    Coordinates {
                        latitude,
                        longitude,
                    },
                ),
                _ => Output::Null,
            }
        },
    )
}

struct Coordinates {
    latitude: f64,
    longitude: f64,
}

fn coordinates_type() -> Object {
    Object::new("Coordinates", "WGS 84, in degrees.")
        .field(Field::of(
            "latitude",
            "Float!",
            "Degrees north; south is negative.",
            |at: &Coordinates| at.latitude,
        ))
        .field(Field::of(
            "longitude",
            "Float!",
            "Degrees east; west is negative.",
            |at: &Coordinates| at.longitude,
        ))
}

fn community_interface() -> Interface {
    let described =
        |name, ty: &str, description| Field::of(name, ty, description, |(): &()| Output::Null);
    Interface {
        name: "Community",
        description: "A place that holds, or could hold, sister partnerships.",
        fields: vec![
            described(
                "id",
                "ID!",
                "Globally unique and opaque; `node(id:)` finds the object again.",
            ),
            described("slug", "String!", SLUG),
            described("name", "String!", "English name."),
            described("country", "Country!", "The country that it lies in."),
            described(
                "location",
                "Coordinates",
                "A point that stands for the place; null where it is not known.",
            ),
            described("population", "Int", "Inhabitants, where known."),
            partnership::connection().arguments_of(described(
                "partnerships",
                "PartnershipConnection!",
                "Its partnerships, and those of what lies in it.",
            )),
        ],
    }
}

const SLUG: &str = "Stable and readable, such as `us-ca-los-angeles` or `jp-nagoya`.";

/// What states, provinces and cities have alike, besides their partnerships.
fn community_type(object: Object) -> Object {
    let name = object.name;
    object
        .implements("Node")
        .implements("Community")
        .field(id::field(name, *COMMUNITY_ID))
        .field(Field::column(
            "slug",
            "String!",
            SLUG,
            community::Column::Id,
        ))
        .field(Field::column(
            "name",
            "String!",
            "English name.",
            community::Column::Name,
        ))
        .field(one(
            "country",
            "Country!",
            "The country that it lies in.",
            country(),
            community::Column::CountryId,
        ))
        .field(location(
            community::Column::Latitude,
            community::Column::Longitude,
        ))
        .field(Field::column(
            "population",
            "Int",
            "Inhabitants, where known: of states at the 2020 census, of cities from GeoNames.",
            community::Column::Population,
        ))
}
