//! `State`.

use super::{COMMUNITY_ID, city, city_connection, region, state, with_community_fields};
use crate::{
    db::{ColumnRef, Constant},
    engine::{Field, Object},
    entity::{community, partnership as partnership_entity, published_statistic},
    schema::{
        figure, partnership,
        relation::{first_match_field, reference_field},
    },
    vocabulary::StateKind,
};

pub(super) fn state_type() -> Object {
    with_community_fields(
        &state(),
        "A US state, the District of Columbia, or a US territory.",
    )
    .field(Field::column(
        "code",
        "The USPS code, such as `CA`.",
        community::Column::Code,
    ).non_null())
    .field(Field::column(
        "kind",
        "Whether it is a state, the federal district, or a territory.",
        community::Column::Kind,
    ).of_enum::<StateKind>())
    .field(reference_field(
        "region",
        "Region",
        "The region of the state in the survey and the published totals; null for the District of Columbia and the territories, which are in no region.",
        region(),
        community::Column::RegionId,
    ))
    .field(Field::column(
        "censusDivision",
        "The Census Bureau's division, such as `Pacific`; null for the territories.",
        community::Column::CensusDivision,
    ))
    .field(first_match_field(
        "capital",
        "City",
        "The capital; for the District of Columbia, Washington. Null if it is not in this dataset.",
        community::Column::Id,
        city(),
        city()
            .lookup_by_foreign_key(community::Column::StateId, &[*COMMUNITY_ID])
            .with_constraints(&[(ColumnRef::new(community::Column::IsCapital), Constant::Bool(true))]),
    ))
    .field(city_connection().has_many_field(
        "cities",
        "Municipalities and counties of this state that are in this dataset.",
        community::Column::Id,
        community::Column::StateId,
    ))
    .field(partnership::connection().has_many_field(
        "partnerships",
        "Partnerships of the state itself and of every community in it, of every status. To separate the two, filter by `level`.",
        community::Column::Id,
        partnership_entity::Column::StateId,
    ))
    .field(figure::published_statistic_connection().has_many_field(
        "publishedStatistics",
        "Published numbers about this state, other than percentages of respondents.",
        community::Column::Id,
        published_statistic::Column::StateId,
    ))
}
