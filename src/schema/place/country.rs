//! `Country`.

use super::{COMMUNITY_ID, US_COUNTRY_CODE, city_connection, location_field, province};
use crate::{
    db::{ColumnRef, Parent},
    engine::{Field, Object},
    entity::{community, country, partnership as partnership_entity, published_statistic},
    schema::{connection::no_default_filter, figure, global_id, partnership, relation::list_field},
};

pub(super) fn country_type() -> Object {
    let key = ColumnRef::new(country::Column::Id);
    Object::new(
        "Country",
        "A country; the partner countries are those of Asia and the Pacific.",
    )
    .implements("Node")
    .field(global_id::id_field("Country", key))
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
    .field(location_field(
        country::Column::Latitude,
        country::Column::Longitude,
    ))
    .field(Field::column(
        "population",
        "Int",
        "Inhabitants, where known.",
        country::Column::Population,
    ))
    .field(city_connection().has_many_field(
        "cities",
        "Its municipalities and counties that this data set knows.",
        country::Column::Id,
        community::Column::CountryId,
    ))
    .field(
        list_field(
            "provinces",
            "[Province!]!",
            "Its provinces that hold a partnership or that a partner city lies in, in the order of their slugs.",
            country::Column::Id,
            province(),
            province().lookup_by_foreign_key(community::Column::CountryId, &[*COMMUNITY_ID]),
        )
        .assumed_list_size(20),
    )
    .field(partnership::connection().field_with_parent(
        "partnerships",
        "Its partnerships with the United States; of the United States: all.",
        &[key],
        no_default_filter,
        move |record| match record.text(key) {
            Some(code) if code.as_ref() != US_COUNTRY_CODE => {
                Parent::Key(ColumnRef::new(partnership_entity::Column::CountryId), code.clone())
            }
            _ => Parent::All,
        },
    ))
    .field(figure::published_statistic_connection().has_many_field(
        "publishedStatistics",
        "Published numbers about this country.",
        country::Column::Id,
        published_statistic::Column::CountryId,
    ))
}
