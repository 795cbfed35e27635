//! `Province`.

use super::{cities, community_type};
use crate::{
    engine::{Field, Object},
    entity::{community, partnership as ties},
    graphql::partnership,
};

pub(super) fn province_type() -> Object {
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
