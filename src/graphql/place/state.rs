//! `State`.

use super::{COMMUNITY_ID, cities, city, community_type, region};
use crate::{
    db::{Column, Constant},
    engine::{Field, Object},
    entity::{community, partnership as ties, published_statistic},
    graphql::{
        edge::{first, one},
        figure, partnership,
    },
};

pub(super) fn state_type() -> Object {
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
