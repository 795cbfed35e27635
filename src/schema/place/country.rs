//! `Country`.

use super::{
    COMMUNITY_ID, US_COUNTRY_CODE, city_connection, common_names_field, location_field, province,
};
use crate::{
    db::{ColumnRef, Parent},
    engine::{Field, Object},
    entity::{
        common_name, community, country, partnership as partnership_entity, published_statistic,
        respondent_aggregate,
    },
    schema::{figure, global_id, partnership, relation::list_field},
    vocabulary::Subregion,
};

pub(super) fn country_type() -> Object {
    let id = ColumnRef::new(country::Column::Id);
    super::country().object(
        "The United States, or a partner country in Asia or the Pacific.",
    )
    .implements("Node")
    .field(global_id::id_field("Country", id))
    .field(Field::column(
        "code",
        "The ISO 3166-1 alpha-2 code, such as `JP`.",
        country::Column::Id,
    ))
    .field(Field::column(
        "code3",
        "The ISO 3166-1 alpha-3 code, such as `JPN`.",
        country::Column::Code3,
    ))
    .field(Field::column(
        "name",
        "The English name.",
        country::Column::Name,
    ))
    .field(common_names_field(
        country::Column::Id,
        common_name::Column::CountryId,
    ))
    .field(Field::column(
        "subregion",
        "The part of the world that the country is in, such as `EAST_ASIA`.",
        country::Column::Subregion,
    ).of_enum::<Subregion>())
    .field(Field::column(
        "isPartner",
        "True for partner countries, false for the United States.",
        country::Column::IsPartner,
    ))
    .field(location_field(
        country::Column::Latitude,
        country::Column::Longitude,
    ))
    .field(Field::column(
        "population",
        "The number of inhabitants: of the United States, in the 2020 census; of other countries, according to GeoNames. Null if unknown.",
        country::Column::Population,
    ))
    .field(city_connection().has_many_field(
        "cities",
        "Municipalities and counties of this country that are in this dataset.",
        country::Column::Id,
        community::Column::CountryId,
    ))
    .field(
        list_field(
            "provinces",
            "[Province!]!",
            "Provinces that have a partnership or contain a partner city, sorted by slug.",
            country::Column::Id,
            province(),
            province().lookup_by_foreign_key(community::Column::CountryId, &[*COMMUNITY_ID]),
        )
        .assumed_list_size(20),
    )
    .field(partnership::connection().field_with_parent(
        "partnerships",
        "Partnerships between communities of this country and the United States; for the United States, all partnerships.",
        [id],
        |[id]| match id.text() {
            Some(code) if code.as_ref() != US_COUNTRY_CODE => {
                Parent::Key(ColumnRef::new(partnership_entity::Column::CountryId), code.clone())
            }
            _ => Parent::All,
        },
    ))
    .field(figure::respondent_aggregate_connection().has_many_field(
        "respondentAggregates",
        "Percentages of respondents on questions about this country.",
        country::Column::Id,
        respondent_aggregate::Column::CountryId,
    ))
    .field(figure::published_statistic_connection().has_many_field(
        "publishedStatistics",
        "Published numbers about this country, other than percentages of respondents.",
        country::Column::Id,
        published_statistic::Column::CountryId,
    ))
}
