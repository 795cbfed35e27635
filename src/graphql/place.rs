//! Regions, states, countries, provinces and cities.

use std::sync::LazyLock;

use futures_util::FutureExt;
use sea_orm::sea_query::Condition;

use super::{
    connection::{Orders, Paged, everything, pointing},
    edge::{Stored, first, items, list, one, records},
    figure, filter, id, partnership,
};
use crate::{
    db::{Column, Constant, ListKey, Listed, Parent, Total, TotalQuery},
    engine::{Field, Graph, Interface, Object, Output},
    entity::{
        alternate_name, community, country, partnership as ties, published_statistic, region,
        respondent_aggregate,
    },
    vocabulary::{CityKind, ProvinceKind, RegionName, Script, StateKind, Subregion},
};

pub(super) const US: &str = "US";

pub(super) fn region() -> Stored {
    Stored::new("Region", region::Column::Id)
}

pub(super) fn country() -> Stored {
    Stored::new("Country", country::Column::Id)
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
                ("NAME", BY_NAME, Column::of(country::Column::SortName)),
                (
                    "CODE",
                    "ISO 3166-1 alpha-2.",
                    Column::of(country::Column::Id),
                ),
                (
                    "POPULATION",
                    "Inhabitants.",
                    Column::of(country::Column::Population),
                ),
                (
                    "PARTNERSHIP_COUNT",
                    BY_COUNT,
                    Column::of(country::Column::PartnershipCount),
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

fn region_type() -> Object {
    Object::new(
        "Region",
        "A region of the United States as the survey and the published totals use it.",
    )
    .implements("Node")
    .field(id::field("Region", Column::of(region::Column::Id)))
    .field(Field::column(
        "name",
        "RegionName!",
        "Its name.",
        region::Column::Id,
    ))
    .field(list(
        "states",
        "[State!]!",
        "Its states, in the order of their codes. The District of Columbia and the territories are in no region.",
        region::Column::Id,
        state(),
        state().pointing(community::Column::RegionId, &[*COMMUNITY_ID]),
    ).usually(15))
    .field(region_population())
    .field(partnership::connection().of(
        "partnerships",
        "Partnerships of its states and of every community in them.",
        region::Column::Id,
        ties::Column::RegionId,
    ))
    .field(figure::respondent_aggregates().of(
        "respondentAggregates",
        "Figures about the respondents of this region.",
        region::Column::Id,
        respondent_aggregate::Column::RegionId,
    ))
    .field(figure::published_statistics().of(
        "publishedStatistics",
        "Published numbers about this region, such as its partnership total.",
        region::Column::Id,
        published_statistic::Column::RegionId,
    ))
}

/// The sum of the populations of the states, from SQL: no region has a row of its own for it.
fn region_population() -> Field {
    let key = Column::of(region::Column::Id);
    Field::batch(
        "population",
        "Int!",
        "Inhabitants of its states at the 2020 census.",
        &[key],
        move |call| {
            async move {
                let query = std::sync::Arc::new(TotalQuery {
                    listed: Listed {
                        id: *COMMUNITY_ID,
                        filter: Condition::all(),
                    },
                    total: Total::Sum(Column::of(community::Column::Population)),
                });
                let keys: Vec<_> = records(&call)?
                    .into_iter()
                    .map(|record| ListKey {
                        query: query.clone(),
                        parent: pointing(record, key, Column::of(community::Column::RegionId)),
                    })
                    .collect();
                let sums = call.context.load(&keys).await?;
                Ok(keys
                    .iter()
                    .map(|key| Output::maybe(sums.get(key).copied()))
                    .collect())
            }
            .boxed()
        },
    )
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

fn state_type() -> Object {
    community_type(Object::new(
        "State",
        "A US state, the District of Columbia, or a territory.",
    ))
    .field(Field::column(
        "code",
        "String!",
        "USPS code, such as `CA`.",
        community::Column::Code,
    ))
    .field(Field::column(
        "kind",
        "StateKind!",
        "State, district or territory.",
        community::Column::Kind,
    ))
    .field(one(
        "region",
        "Region",
        "Null for the District of Columbia and the territories, which the published regional totals leave out.",
        region(),
        community::Column::RegionId,
    ))
    .field(Field::column(
        "censusDivision",
        "String",
        "The Census Bureau's division, such as `Pacific`; null for the territories.",
        community::Column::CensusDivision,
    ))
    .field(first(
        "capital",
        "City",
        "Its capital.",
        community::Column::Id,
        city(),
        city()
            .pointing(community::Column::StateId, &[*COMMUNITY_ID])
            .only(&[(Column::of(community::Column::IsCapital), Constant::Bool(true))]),
    ))
    .field(cities().of(
        "cities",
        "Its municipalities and counties that this data set knows.",
        community::Column::Id,
        community::Column::StateId,
    ))
    .field(partnership::connection().of(
        "partnerships",
        "Partnerships of the state itself and of every community in it; filter by `level` to part them. `Province` and `Country` likewise include what lies in them.",
        community::Column::Id,
        ties::Column::StateId,
    ))
    .field(figure::published_statistics().of(
        "publishedStatistics",
        "Published numbers about this state.",
        community::Column::Id,
        published_statistic::Column::StateId,
    ))
}

fn country_type() -> Object {
    let key = Column::of(country::Column::Id);
    Object::new(
        "Country",
        "A country; the partner countries are those of Asia and the Pacific.",
    )
    .implements("Node")
    .field(id::field("Country", key))
    .field(Field::column(
        "code",
        "String!",
        "ISO 3166-1 alpha-2.",
        country::Column::Id,
    ))
    .field(Field::column(
        "code3",
        "String!",
        "ISO 3166-1 alpha-3.",
        country::Column::Code3,
    ))
    .field(Field::column(
        "name",
        "String!",
        "English name.",
        country::Column::Name,
    ))
    .field(Field::column(
        "subregion",
        "Subregion!",
        "The subregion that it lies in.",
        country::Column::Subregion,
    ))
    .field(Field::column(
        "isPartner",
        "Boolean!",
        "False for the United States.",
        country::Column::IsPartner,
    ))
    .field(location(
        country::Column::Latitude,
        country::Column::Longitude,
    ))
    .field(Field::column(
        "population",
        "Int",
        "Inhabitants, where known.",
        country::Column::Population,
    ))
    .field(cities().of(
        "cities",
        "Its municipalities and counties that this data set knows.",
        country::Column::Id,
        community::Column::CountryId,
    ))
    .field(
        list(
            "provinces",
            "[Province!]!",
            "Its provinces that hold a partnership or that a partner city lies in, in the order of their slugs.",
            country::Column::Id,
            province(),
            province().pointing(community::Column::CountryId, &[*COMMUNITY_ID]),
        )
        .usually(20),
    )
    .field(partnership::connection().field(
        "partnerships",
        "Its partnerships with the United States; of the United States: all.",
        &[key],
        everything,
        move |record| match record.text(key) {
            Some(code) if code.as_ref() != US => {
                Parent::Of(Column::of(ties::Column::CountryId), code.clone())
            }
            _ => Parent::All,
        },
    ))
    .field(figure::published_statistics().of(
        "publishedStatistics",
        "Published numbers about this country.",
        country::Column::Id,
        published_statistic::Column::CountryId,
    ))
}

fn province_type() -> Object {
    community_type(Object::new(
        "Province",
        "A division of a partner country: a province, prefecture, state, region or special municipality.",
    ))
    .field(Field::column(
        "kind",
        "ProvinceKind!",
        "What it is called in its country.",
        community::Column::Kind,
    ))
    .field(cities().of(
        "cities",
        "Its municipalities that this data set knows.",
        community::Column::Id,
        community::Column::ProvinceId,
    ))
    .field(partnership::connection().of(
        "partnerships",
        "Partnerships of the province itself and of every city in it.",
        community::Column::Id,
        ties::Column::ProvinceId,
    ))
}

fn city_type() -> Object {
    let country_id = Column::of(community::Column::CountryId);
    let name = Column::of(alternate_name::Column::Name);
    let script = Column::of(alternate_name::Column::Script);
    let of_community = Column::of(alternate_name::Column::CommunityId);
    community_type(Object::new(
        "City",
        "A municipality or county, on either side of the Pacific.",
    ))
    .field(Field::column(
        "kind",
        "CityKind!",
        "What it is in law or in its own name.",
        community::Column::Kind,
    ))
    .field(one(
        "state",
        "State",
        "Set for US cities only.",
        state(),
        community::Column::StateId,
    ))
    .field(one(
        "province",
        "Province",
        "Set for partner cities only, where known.",
        province(),
        community::Column::ProvinceId,
    ))
    .field(Field::column(
        "isCapital",
        "Boolean!",
        "Capital of its country, state or province.",
        community::Column::IsCapital,
    ))
    .field(
        items(
            "alternateNames",
            "[AlternateName!]!",
            "Other spellings and names in other scripts, as search knows them.",
            community::Column::Id,
            crate::db::Lookup::pointing(of_community, of_community, &[name]),
            &[name, script],
            move |record| {
                let text = |column| {
                    record
                        .text(column)
                        .map_or(String::new(), ToString::to_string)
                };
                Output::object(
                    "AlternateName",
                    AlternateName {
                        name: text(name),
                        script: text(script),
                    },
                )
            },
        )
        .usually(8),
    )
    .field(partnership::connection().field(
        "partnerships",
        "Its partnerships.",
        &[*COMMUNITY_ID, country_id],
        everything,
        move |record| {
            // A US city is only ever the US side, a partner city only ever the other.
            let is_us = record
                .text(country_id)
                .is_some_and(|code| code.as_ref() == US);
            let side = if is_us {
                Column::of(ties::Column::UsId)
            } else {
                Column::of(ties::Column::PartnerId)
            };
            pointing(record, *COMMUNITY_ID, side)
        },
    ))
}

struct AlternateName {
    name: String,
    script: String,
}

fn alternate_name_type() -> Object {
    Object::new(
        "AlternateName",
        "Another spelling of a name, or the name in another script.",
    )
    .field(Field::of(
        "name",
        "String!",
        "The name.",
        |other: &AlternateName| other.name.clone(),
    ))
    .field(Field::of(
        "script",
        "Script!",
        "The script that it is written in.",
        |other: &AlternateName| other.script.clone(),
    ))
}
