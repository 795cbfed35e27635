//! `Region`.

use futures_util::FutureExt;
use sea_orm::sea_query::Condition;

use super::{COMMUNITY_ID, state};
use crate::{
    db::{Column, ListKey, Listed, Total, TotalQuery},
    engine::{Field, Object, Output},
    entity::{community, partnership as ties, published_statistic, region, respondent_aggregate},
    graphql::{
        connection::pointing,
        edge::{list, records},
        figure, id, partnership,
    },
};

pub(super) fn region_type() -> Object {
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
                let query = call.once(|| {
                    let listed = Listed {
                        id: *COMMUNITY_ID,
                        filter: Condition::all(),
                    };
                    let population = Column::of(community::Column::Population);
                    TotalQuery::new(listed, Total::Sum(population))
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
