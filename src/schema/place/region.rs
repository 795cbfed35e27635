//! `Region`.

use std::sync::Arc;

use futures_util::FutureExt;

use super::{COMMUNITY_ID, state};
use crate::{
    db::{AggregateKind, AggregateQuery, ColumnRef, ListKey, RowSet},
    engine::{Field, Object, ResolvedValue},
    entity::{
        community, partnership as partnership_entity, published_statistic, region,
        respondent_aggregate,
    },
    schema::{connection::parent_from_key, figure, global_id, partnership, relation::list_field},
    vocabulary::RegionName,
};

pub(super) fn region_type() -> Object {
    super::region().object(
        "One of the four regions of the United States that the survey and the published totals use.",
    )
    .implements("Node")
    .field(global_id::id_field("Region", ColumnRef::new(region::Column::Id)))
    .field(Field::column(
        "name",
        "The name of the region, such as `WEST`.",
        region::Column::Id,
    ).of_enum::<RegionName>())
    .field(list_field(
        "states",
        "[State!]!",
        "The states of this region, sorted by code. The District of Columbia and the territories are in no region.",
        region::Column::Id,
        state(),
        state().lookup_by_foreign_key(community::Column::RegionId, &[*COMMUNITY_ID]),
    ).assumed_list_size(15))
    .field(population_field())
    .field(partnership::connection().has_many_field(
        "partnerships",
        "Partnerships of the states of this region and of every community in them, of every status.",
        region::Column::Id,
        partnership_entity::Column::RegionId,
    ))
    .field(figure::respondent_aggregate_connection().has_many_field(
        "respondentAggregates",
        "Published percentages of survey respondents in this region.",
        region::Column::Id,
        respondent_aggregate::Column::RegionId,
    ))
    .field(figure::published_statistic_connection().has_many_field(
        "publishedStatistics",
        "Published numbers about this region, such as its partnership total.",
        region::Column::Id,
        published_statistic::Column::RegionId,
    ))
}

/// Defines the sum of the populations of a region's states, which SQL computes because the table
/// of regions has no such column.
fn population_field() -> Field {
    Field::new(
        "population",
        "Int!",
        "The number of inhabitants of its states in the 2020 census.",
    )
    .batch_from_columns(
        [ColumnRef::new(region::Column::Id)],
        |(): &(), _| {
            let population = ColumnRef::new(community::Column::Population);
            let sum = AggregateKind::Sum(population);
            Arc::new(AggregateQuery::new(RowSet::all(*COMMUNITY_ID), sum))
        },
        |call| {
            async move {
                let foreign_key = ColumnRef::new(community::Column::RegionId);
                let regions = call.rows.iter();
                let keys: Vec<_> = regions
                    .map(|[key]| ListKey {
                        query: call.plan.clone(),
                        parent: parent_from_key(key, foreign_key),
                    })
                    .collect();
                let sums = call.context.load(&keys).await?;
                Ok(sums.into_iter().map(ResolvedValue::from).collect())
            }
            .boxed()
        },
    )
}
