//! The types of places: a file each for regions, states, countries, provinces, and cities, and
//! here the fields and connections that they share.

mod city;
mod country;
mod province;
mod region;
mod state;

use std::sync::LazyLock;

use async_graphql::dynamic::Interface;

use self::{
    city::{alternate_name_type, city_type},
    country::country_type,
    province::province_type,
    region::region_type,
    state::state_type,
};
use super::{
    connection::{ConnectionDefinition, OrderInput, no_default_filter},
    filter, global_id, partnership,
    relation::{StoredType, computed_list_field, reference_field},
};
use crate::{
    db::{ColumnRef, Constant, Lookup},
    engine::{Field, Graph, Object, ResolvedValue, interface_type},
    entity::{self, common_name, community},
    vocabulary::{CityKind, ProvinceKind, RegionName, Script, StateKind, Subregion},
};

pub(super) const US_COUNTRY_CODE: &str = "US";

pub(super) fn region() -> StoredType {
    StoredType::new("Region", entity::region::Column::Id)
}

pub(super) fn country() -> StoredType {
    StoredType::new("Country", entity::country::Column::Id)
}

pub(super) fn state() -> StoredType {
    stored_community_type("State", "STATE")
}

pub(super) fn province() -> StoredType {
    stored_community_type("Province", "PROVINCE")
}

pub(super) fn city() -> StoredType {
    stored_community_type("City", "CITY")
}

/// Returns the object type for a value of the column `community_type`.
pub(super) fn community_object_name(community_type: &str) -> Option<&'static str> {
    match community_type {
        "STATE" => Some("State"),
        "PROVINCE" => Some("Province"),
        "CITY" => Some("City"),
        _ => None,
    }
}

fn stored_community_type(object: &'static str, community_type: &'static str) -> StoredType {
    let mut stored = StoredType::new(object, community::Column::Id);
    let column = ColumnRef::new(community::Column::CommunityType);
    stored
        .constraints
        .push((column, Constant::Text(community_type)));
    stored
}

pub(super) fn state_connection() -> ConnectionDefinition {
    use community::Column as Col;
    ConnectionDefinition {
        stored_type: state(),
        connection_name: "StateConnection",
        edge_name: "StateEdge",
        default_order: Vec::new(),
        filter: &filter::STATE_FILTER,
        order_input: Some(OrderInput::new(
            "StateOrder",
            "StateOrderField",
            [
                ("NAME", NAME_ORDER_DESCRIPTION, Col::SortName),
                ("CODE", "By USPS code.", Col::Id),
                ("POPULATION", "By number of inhabitants.", Col::Population),
                (
                    "PARTNERSHIP_COUNT",
                    COUNT_ORDER_DESCRIPTION,
                    Col::PartnershipCount,
                ),
            ],
        )),
    }
}

pub(super) fn country_connection() -> ConnectionDefinition {
    use entity::country::Column as Col;
    ConnectionDefinition {
        stored_type: country(),
        connection_name: "CountryConnection",
        edge_name: "CountryEdge",
        default_order: Vec::new(),
        filter: &filter::COUNTRY_FILTER,
        order_input: Some(OrderInput::new(
            "CountryOrder",
            "CountryOrderField",
            [
                ("NAME", NAME_ORDER_DESCRIPTION, Col::SortName),
                ("CODE", "By ISO 3166-1 alpha-2 code.", Col::Id),
                ("POPULATION", "By number of inhabitants.", Col::Population),
                (
                    "PARTNERSHIP_COUNT",
                    COUNT_ORDER_DESCRIPTION,
                    Col::PartnershipCount,
                ),
            ],
        )),
    }
}

pub(super) fn city_connection() -> ConnectionDefinition {
    use community::Column as Col;
    ConnectionDefinition {
        stored_type: city(),
        connection_name: "CityConnection",
        edge_name: "CityEdge",
        default_order: Vec::new(),
        filter: &filter::CITY_FILTER,
        order_input: Some(OrderInput::new(
            "CityOrder",
            "CityOrderField",
            [
                ("NAME", NAME_ORDER_DESCRIPTION, Col::SortName),
                ("POPULATION", "By number of inhabitants.", Col::Population),
                (
                    "PARTNERSHIP_COUNT",
                    COUNT_ORDER_DESCRIPTION,
                    Col::PartnershipCount,
                ),
                ("KIND", "By the name of the kind.", Col::Kind),
                (
                    "IS_CAPITAL",
                    "Capitals last, or first in descending order.",
                    Col::IsCapital,
                ),
                // The id of a state is `us-` and its code in lowercase: the import checks this.
                (
                    "STATE_CODE",
                    "By the USPS code of the state of a US city.",
                    Col::StateId,
                ),
                (
                    "PROVINCE_SLUG",
                    "By the slug of the province of a partner city, which starts with the code of the country.",
                    Col::ProvinceId,
                ),
                (
                    "COUNTRY_NAME",
                    "By the name of the country, ignoring case and accents.",
                    Col::CountrySortName,
                ),
                ("SLUG", "By the slug, as without `orderBy`.", Col::Id),
            ],
        )),
    }
}

const NAME_ORDER_DESCRIPTION: &str = "By English name, ignoring case and accents.";
const COUNT_ORDER_DESCRIPTION: &str = "By number of partnerships, of every status, including those of all communities in a state or country. The filter does not affect the number.";

static COMMUNITY_ID: LazyLock<ColumnRef> = LazyLock::new(|| ColumnRef::new(community::Column::Id));

/// Adds the types and vocabularies of places.
pub(super) fn define(graph: Graph) -> Graph {
    let graph = graph
        .add_type(community_interface())
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
    [state_connection(), country_connection(), city_connection()]
        .iter()
        .fold(graph, |graph, connection| connection.define(graph))
}

/// Defines the field with the names of a place from `common_names.csv`. `foreign_key` refers to the
/// column `key` of the place.
fn common_names_field(
    key: impl sea_orm::ColumnTrait,
    foreign_key: impl sea_orm::ColumnTrait,
) -> Field {
    let name = ColumnRef::new(common_name::Column::Name);
    let lookup = Lookup::by_foreign_key(name, ColumnRef::new(foreign_key), &[name]);
    computed_list_field(
        "commonNames",
        "[String!]!",
        COMMON_NAMES_DESCRIPTION,
        key,
        lookup,
        &[name],
        move |record| record.get(name).into(),
    )
    .assumed_list_size(2)
}

const COMMON_NAMES_DESCRIPTION: &str = "Abbreviations, nicknames, and former names that people use, such as `NYC`, `Philly`, or `Burma`, sorted by name; `search` covers them. They are curated, so they can be displayed.";

fn location_field(
    latitude: impl sea_orm::ColumnTrait,
    longitude: impl sea_orm::ColumnTrait,
) -> Field {
    let (latitude, longitude) = (ColumnRef::new(latitude), ColumnRef::new(longitude));
    Field::new("location", "Coordinates", LOCATION_DESCRIPTION).compute_from_columns(
        [latitude, longitude],
        |[latitude, longitude]| match (latitude.float(), longitude.float()) {
            (Some(latitude), Some(longitude)) => ResolvedValue::object(
                "Coordinates",
                Coordinates {
                    latitude,
                    longitude,
                },
            ),
            _ => ResolvedValue::NULL,
        },
    )
}

struct Coordinates {
    latitude: f64,
    longitude: f64,
}

fn coordinates_type() -> Object {
    Object::new::<Coordinates>("Coordinates", "A point in WGS 84 coordinates, in degrees.")
        .field(
            Field::new(
                "latitude",
                "Float!",
                "Degrees north of the equator, -90 to 90; south is negative.",
            )
            .compute(|point: &Coordinates| point.latitude),
        )
        .field(
            Field::new(
                "longitude",
                "Float!",
                "Degrees east of Greenwich, -180 to 180; west is negative.",
            )
            .compute(|point: &Coordinates| point.longitude),
        )
}

fn community_interface() -> Interface {
    let described = Field::new;
    interface_type(
        "Community",
        "A city, county, state, or province that has, or could have, sister partnerships.",
        [
            described("id", "ID!", global_id::ID_DESCRIPTION),
            described("slug", "String!", SLUG_DESCRIPTION),
            described("name", "String!", "The English name."),
            described("commonNames", "[String!]!", COMMON_NAMES_DESCRIPTION),
            described("country", "Country!", "The country of this community."),
            described("location", "Coordinates", LOCATION_DESCRIPTION),
            described(
                "population",
                "Int",
                "The number of inhabitants; null if unknown.",
            ),
            partnership::connection().add_arguments(
                described(
                    "partnerships",
                    "PartnershipConnection!",
                    "Partnerships of this community and of the communities in it, of every status.",
                ),
                no_default_filter,
            ),
        ],
    )
}

const SLUG_DESCRIPTION: &str = "Stable, readable identifier, such as `us-ca-los-angeles`, `jp-nagoya`, or `us-ca` for a state.";
const LOCATION_DESCRIPTION: &str = "A point that represents the place: for a municipality, the point at which a map would label it; for a US county, a state, or a province, the population-weighted center of its communities; for a country, an approximate center. Null if unknown.";

/// Adds the fields that states, provinces, and cities share, except `partnerships`.
fn with_community_fields(stored_type: &StoredType, description: &'static str) -> Object {
    stored_type
        .object(description)
        .implements("Node")
        .implements("Community")
        .field(global_id::id_field(stored_type.type_name, *COMMUNITY_ID))
        .field(Field::column(
            "slug",
            SLUG_DESCRIPTION,
            community::Column::Id,
        ))
        .field(Field::column(
            "name",
            "The English name.",
            community::Column::Name,
        ))
        .field(common_names_field(
            community::Column::Id,
            common_name::Column::CommunityId,
        ))
        .field(reference_field(
            "country",
            "Country!",
            "The country of this community.",
            country(),
            community::Column::CountryId,
        ))
        .field(location_field(
            community::Column::Latitude,
            community::Column::Longitude,
        ))
        .field(Field::column(
            "population",
            "The number of inhabitants: of a US state, in the 2020 census; of a city or county, according to GeoNames. Null if unknown, as for provinces.",
            community::Column::Population,
        ))
}
