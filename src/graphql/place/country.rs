//! `Country`.

use super::{COMMUNITY_ID, US, cities, location, province};
use crate::{
    db::{Column, Parent},
    engine::{Field, Object},
    entity::{community, country, partnership as ties, published_statistic},
    graphql::{connection::everything, edge::list, figure, id, partnership},
};

pub(super) fn country_type() -> Object {
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
