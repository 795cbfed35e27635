//! Concentration: how unevenly partnerships are distributed over the groups of a dimension.

use std::sync::Arc;

use async_graphql::Value;
use futures_util::FutureExt;

use super::{filter, partnership, place};
use crate::{
    db::{
        AggregateCount, AggregateCountKey, AggregateCountQuery, Cell, ColumnRef, Comparison,
        CountBy, Filter, RowSet,
    },
    engine::{Argument, Field, Graph, Object, ResolvedValue, no_plan},
    entity::{community, country, partnership as partnership_entity},
    graphql_error::GraphqlError,
    stats::concentration::Distribution,
    vocabulary::{ConcentrationDimension, Vocabulary},
};

const CONCENTRATION_TYPE_NAME: &str = "Concentration";

pub(super) fn define(graph: Graph) -> Graph {
    graph
        .object(concentration_type())
        .vocabulary::<ConcentrationDimension>()
}

#[derive(Clone)]
pub(super) struct Concentration {
    pub(super) distribution: Distribution,
    /// The partnerships of all capitals; `None` if the groups are not communities.
    pub(super) capital_total: Option<u64>,
}

pub(super) fn field() -> Field {
    Field::new(
        "concentration",
        "Concentration!",
        "How unevenly partnerships are distributed over the groups of a dimension, including groups that have none. Partnerships of every status are counted unless `filter` restricts them.",
    )
    .once(
        |(dimension, filter): &(ConcentrationDimension, Filter), _| {
            AggregateCountKey(Arc::new(count_query(*dimension, filter.clone())))
        },
        |call| {
            async move {
                let groups = call.context.load_one(call.plan.clone()).await?;
                let (dimension, _) = call.args;
                let concentration = Concentration::new(*dimension, &groups);
                Ok(output(concentration))
            }
            .boxed()
        },
    )
    .with_arguments(
        [
            Argument::new(
                "by",
                "ConcentrationDimension!",
                "The groups over which the partnerships are distributed.",
            ),
            Argument::new(
                "filter",
                "PartnershipFilter",
                "Counts only partnerships that match this filter; all are counted if it is omitted or null.",
            ),
        ],
        |[by, filter], _| {
            let dimension = ConcentrationDimension::parse(by.str().unwrap_or_default())
                .ok_or_else(|| {
                    GraphqlError::bad_user_input("by is not a value of ConcentrationDimension")
                })?;
            let filter = filter::PARTNERSHIP_FILTER.parse(filter.get())?;
            Ok((dimension, filter))
        },
    )
}

/// Whether the groups of a dimension are communities.
pub(super) fn is_by_community(dimension: ConcentrationDimension) -> bool {
    matches!(
        dimension,
        ConcentrationDimension::UsCommunity | ConcentrationDimension::PartnerCommunity
    )
}

/// Returns a query that counts the groups by the number of their partnerships that match `filter`.
fn count_query(dimension: ConcentrationDimension, filter: Filter) -> AggregateCountQuery {
    let (foreign_key, groups) = grouping(dimension);
    let columns: &[ColumnRef] = match is_by_community(dimension) {
        true => &[ColumnRef::new(community::Column::IsCapital)],
        false => &[],
    };
    AggregateCountQuery {
        row_set: RowSet {
            id: partnership::stored_type().id_column,
            filter,
        },
        by: CountBy::Distribution {
            foreign_key,
            groups,
            columns: columns.into(),
        },
        filters: Vec::new(),
    }
}

impl Concentration {
    fn new(dimension: ConcentrationDimension, rows: &[AggregateCount]) -> Self {
        let is_capital = ColumnRef::new(community::Column::IsCapital);
        let number = |number: i64| u64::try_from(number).unwrap_or(0);
        let entry =
            |row: &AggregateCount| (number(row.value.int().unwrap_or(0)), number(row.count));
        let is_in_capital = |row: &&AggregateCount| {
            let row = row.row.as_ref();
            row.and_then(|row| row.get(is_capital).bool()) == Some(true)
        };
        let capital_total = || {
            let capitals = rows.iter().filter(is_in_capital).map(entry);
            capitals.collect::<Distribution>().total()
        };
        Self {
            distribution: rows.iter().map(entry).collect(),
            capital_total: is_by_community(dimension).then(capital_total),
        }
    }
}

/// Returns the column of partnerships that refers to the group, and the rows that are groups.
fn grouping(dimension: ConcentrationDimension) -> (ColumnRef, RowSet) {
    let communities = |types: [&str; 2], country: Comparison| RowSet {
        id: ColumnRef::new(community::Column::Id),
        filter: Filter::All(vec![
            Filter::compare(
                ColumnRef::new(community::Column::CommunityType),
                Comparison::In(types.map(Cell::from).to_vec()),
            ),
            Filter::compare(ColumnRef::new(community::Column::CountryId), country),
        ]),
    };
    let us = Cell::from(place::US_COUNTRY_CODE);
    match dimension {
        ConcentrationDimension::Region => (
            ColumnRef::new(partnership_entity::Column::RegionId),
            place::region().row_set(Filter::default()),
        ),
        ConcentrationDimension::State => (
            ColumnRef::new(partnership_entity::Column::StateId),
            place::state().row_set(Filter::default()),
        ),
        ConcentrationDimension::Country => (
            ColumnRef::new(partnership_entity::Column::CountryId),
            place::country().row_set(Filter::equals(country::Column::IsPartner, true)),
        ),
        ConcentrationDimension::UsCommunity => (
            ColumnRef::new(partnership_entity::Column::UsId),
            communities(["CITY", "STATE"], Comparison::Eq(us)),
        ),
        ConcentrationDimension::PartnerCommunity => (
            ColumnRef::new(partnership_entity::Column::PartnerId),
            communities(["CITY", "PROVINCE"], Comparison::Ne(us)),
        ),
    }
}

pub(super) fn output(concentration: Concentration) -> ResolvedValue {
    ResolvedValue::object(CONCENTRATION_TYPE_NAME, concentration)
}

fn int_output(number: u64) -> ResolvedValue {
    ResolvedValue::from(i64::try_from(number).unwrap_or(i64::MAX))
}

fn concentration_type() -> Object {
    Object::new::<Concentration>(
        CONCENTRATION_TYPE_NAME,
        "How unevenly partnerships are distributed over groups. Every measure is computed over all groups of the dimension, including those without a partnership, and is null if no partnership is counted.",
    )
    .field(Field::new(
        "groups",
        "Int!",
        "The number of groups in this dataset, including those without a partnership. It does not depend on the filter.",
    )
    .compute(|concentration: &Concentration| int_output(concentration.distribution.groups())))
    .field(Field::new(
        "total",
        "Int!",
        "The number of partnerships in all groups together. With `REGION`, this leaves out those of the District of Columbia and the territories, which are in no group.",
    )
    .compute(|concentration: &Concentration| int_output(concentration.distribution.total())))
    .field(Field::new(
        "hhi",
        "Float",
        "Herfindahl-Hirschman index: the sum of squared shares, `sum((x_i / total)^2)`, where `x_i` is the count of group `i`. It ranges from 1 / `groups` (evenly distributed) to 1 (all in one group). Null if `total` is 0. Sources: Hirschman 1945; Herfindahl 1950.",
    )
    .compute(|concentration: &Concentration| {
        ResolvedValue::from_option(concentration.distribution.herfindahl_hirschman())
    }))
    .field(Field::new(
        "gini",
        "Float",
        "Gini coefficient: `sum((2 * i - groups - 1) * x_i) / (groups * total)`, where `x_i` are the counts of all groups in ascending order and `i` runs from 1 to `groups`. It ranges from 0 (evenly distributed) to (`groups` - 1) / `groups` (all in one group). There is no small-sample correction, since these are all groups and not a sample. Null if `total` is 0. Sources: Gini 1912; Dixon et al., Ecology 68, 1987.",
    )
    .compute(
        |concentration: &Concentration| ResolvedValue::from_option(concentration.distribution.gini()),
    ))
    .field(
        Field::new(
            "topShare",
            "Float",
            "The fraction of the partnerships, from 0 to 1, that belong to the `n` largest groups, also called the concentration ratio: `(x_1 + ... + x_n) / total`, where `x_i` are the counts in descending order. Null if `total` is 0. Source: Hall and Tideman, Journal of the American Statistical Association 62, 1967.",
        )
        .batch::<Concentration, u64, ()>(no_plan, |call| {
            let shares = call.rows.iter().map(|concentration| {
                ResolvedValue::from_option(concentration.distribution.top_share(*call.args))
            });
            let shares = shares.collect();
            async move { Ok(shares) }.boxed()
        })
        .with_arguments(
            [Argument::new("n", "Int", "How many of the largest groups to include, at least 1.")
                .with_default(Value::from(1))],
            |[n], _| {
                let n = n.int().unwrap_or(1);
                match u64::try_from(n) {
                    Ok(n) if n > 0 => Ok(n),
                    _ => Err(GraphqlError::bad_user_input(format!("n is {n}; it must be at least 1"))),
                }
            },
        ),
    )
    .field(Field::new(
        "capitalShare",
        "Float",
        "The fraction of the partnerships, from 0 to 1, that belong to capitals of a country, state, or province (`City.isCapital`). Null for dimensions other than `US_COMMUNITY` and `PARTNER_COMMUNITY`, and if `total` is 0.",
    )
    .compute(|concentration: &Concentration| {
        let capital_total = concentration.capital_total;
        ResolvedValue::from_option(
            capital_total.and_then(|total| concentration.distribution.capital_share(total)),
        )
    }))
}
