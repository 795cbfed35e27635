//! `Province`.

use super::{city_connection, province, with_community_fields};
use crate::{
    engine::{Field, Object},
    entity::{community, partnership as partnership_entity},
    schema::partnership,
    vocabulary::ProvinceKind,
};

pub(super) fn province_type() -> Object {
    with_community_fields(
        &province(),
        "A division of a partner country, such as a province, prefecture, state, or region.",
    )
    .field(
        Field::column(
            "kind",
            "The kind of division, such as `PREFECTURE`.",
            community::Column::Kind,
        )
        .of_enum::<ProvinceKind>(),
    )
    .field(city_connection().has_many_field(
        "cities",
        "Municipalities and counties of this province that are in this dataset.",
        community::Column::Id,
        community::Column::ProvinceId,
    ))
    .field(partnership::connection().has_many_field(
        "partnerships",
        "Partnerships of the province itself and of every city in it, of every status.",
        community::Column::Id,
        partnership_entity::Column::ProvinceId,
    ))
}
