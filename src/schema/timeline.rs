//! `timeline` of a connection of partnerships: how many there were over time.

use futures_util::FutureExt;

use super::connection::{ConnectionGroupQuery, RelayConnection};
use crate::{
    db::{AggregateGroup, AggregateGroupQuery, Cell, ColumnRef, GroupBy},
    engine::{Argument, Call, ExecutionError, Field, Graph, Object, ResolvedValue},
    entity::{claim::Column as Claim, partnership::Column as Col},
    stats::timeline::{PartnershipEnd, PartnershipYears, TimelineRow, timeline},
    vocabulary::{PartnershipStatus, TimelineUnit, Vocabulary},
};

const ROW_TYPE_NAME: &str = "TimelineRow";

/// Adds the types of this file, and the field `timeline` to `PartnershipConnection`.
pub(super) fn define(graph: Graph) -> Graph {
    graph
        .add_field("PartnershipConnection", field())
        .object(row_type())
        .vocabulary::<TimelineUnit>()
}

fn field() -> Field {
    let by = Argument::new("by", "TimelineUnit!", "The period that each row covers.")
        .with_default(async_graphql::Value::Enum(async_graphql::Name::new("YEAR")));
    Field::new(
        "timeline",
        "[TimelineRow!]!",
        "All partnerships of the connection over time, not only those of the page: one row for each year or decade, from the first known year of an agreement to the latest year that any claim in the data names, including periods in which nothing changed. Empty if no year of an agreement is known.",
    )
    .batch(
        |_: &TimelineUnit, _| ConnectionGroupQuery::default(),
        |call| resolve(call).boxed(),
    )
    .with_arguments([by], |[by], _| {
        Ok(by
            .str()
            .and_then(TimelineUnit::parse)
            .unwrap_or(TimelineUnit::Year))
    })
    .list_size_from(|unit: &TimelineUnit| match unit {
        TimelineUnit::Year => 100,
        TimelineUnit::Decade => 10,
    })
    .page_level()
}

/// One statement counts the partnerships of all connections of the level by their years.
async fn resolve(
    call: Call<'_, Vec<&RelayConnection>, TimelineUnit, ConnectionGroupQuery>,
) -> Result<Vec<ResolvedValue>, ExecutionError> {
    let keys = call.plan.list_keys(&call.rows, |row_set| {
        let group_by = [
            GroupBy::Value(ColumnRef::new(Col::EstablishedYear)),
            GroupBy::Value(ColumnRef::new(Col::EndedYear)),
            GroupBy::Value(ColumnRef::new(Col::Status)),
            GroupBy::Maximum(ColumnRef::new(Claim::Year)),
            // Without claims.csv, no claim names a year.
            GroupBy::Maximum(ColumnRef::new(Col::EstablishedYear)),
        ];
        AggregateGroupQuery::new(row_set, group_by.into(), None, None)
    });
    let period_years = match call.args {
        TimelineUnit::Year => 1,
        TimelineUnit::Decade => 10,
    };
    let lists = call.context.load(&keys).await?;
    let lists = lists.iter().map(|groups| {
        let years: Vec<_> = groups.iter().map(partnership_years).collect();
        let latest = groups.first().map_or(0, |group| {
            let maxima = group.values.iter().skip(3).filter_map(year);
            maxima.max().unwrap_or(0)
        });
        let rows = timeline(&years, latest, period_years).into_iter();
        ResolvedValue::List(
            rows.map(|row| ResolvedValue::object(ROW_TYPE_NAME, row))
                .collect(),
        )
    });
    Ok(lists.collect())
}

fn year(cell: &Cell) -> Option<i32> {
    cell.int().and_then(|year| i32::try_from(year).ok())
}

fn partnership_years(group: &AggregateGroup) -> PartnershipYears {
    let mut values = group.values.iter();
    let [established, ended, status] =
        std::array::from_fn(|_| values.next().unwrap_or(&Cell::Null));
    let is_ended = status.text().map(AsRef::as_ref) == Some(PartnershipStatus::Ended.as_str());
    PartnershipYears {
        established: year(established),
        end: match (is_ended, year(ended)) {
            (false, _) => PartnershipEnd::None,
            (true, Some(year)) => PartnershipEnd::In(year),
            (true, None) => PartnershipEnd::UnknownYear,
        },
        count: group.count,
    }
}

fn row_type() -> Object {
    Object::new::<TimelineRow>(
        ROW_TYPE_NAME,
        "The partnerships of a connection in a year or decade.",
    )
    .field(Field::new(
        "year",
        "Int!",
        "The year, or the first year of the decade.",
    )
    .compute(|row: &TimelineRow| i64::from(row.year)))
    .field(Field::new(
        "established",
        "Int!",
        "The number of partnerships established in the period.",
    )
    .compute(|row: &TimelineRow| row.established))
    .field(Field::new(
        "ended",
        "Int!",
        "The number of partnerships known to have ended in the period.",
    )
    .compute(|row: &TimelineRow| row.ended))
    .field(Field::new(
        "existing",
        "Int!",
        "The number of partnerships established by the end of the period and not known to have ended by then, including dormant ones. Those that ended in an unknown year count as existing in no row.",
    )
    .compute(|row: &TimelineRow| row.existing))
    .field(Field::new(
        "unknown",
        "Int!",
        "The number of partnerships in the whole connection whose year of the agreement is unknown. It is the same in each row, and they are not counted above.",
    )
    .compute(|row: &TimelineRow| row.unknown))
}
