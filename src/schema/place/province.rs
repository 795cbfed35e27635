//! `Province`.

use super::{city_connection, with_community_fields};
use crate::{
    engine::{Field, Object},
    entity::{community, partnership as partnership_entity},
    schema::partnership,
};

pub(super) fn province_type() -> Object {
    with_community_fields(Object::new(
        "Province",
        "A division of a partner country: a province, prefecture, state, region or special municipality.",
    ))
    .field(Field::column(
        "kind",
        "ProvinceKind!",
        "What it is called in its country.",
        community::Column::Kind,
    ))
    .field(city_connection().has_many_field(
        "cities",
        "Its municipalities that this data set knows.",
        community::Column::Id,
        community::Column::ProvinceId,
    ))
    .field(partnership::connection().has_many_field(
        "partnerships",
        "Partnerships of the province itself and of every city in it.",
        community::Column::Id,
        partnership_entity::Column::ProvinceId,
    ))
}
