//! Concentration: how unevenly partnerships are spread over the groups of a dimension.

use std::sync::Arc;

use async_graphql::Value;
use futures_util::FutureExt;
use sea_orm::{
    ColumnTrait,
    sea_query::{Condition, ExprTrait},
};

use super::{filter, partnership, place, relation::StoredType};
use crate::{
    db::{AggregateCount, AggregateCountKey, AggregateCountQuery, ColumnRef, CountBy, RowSet},
    engine::{
        Argument, BatchCall, Field, Graph, GraphqlError, InternalError, Object, ResolvedValue,
    },
    entity::{community, country, partnership as partnership_entity},
    stats::concentration::{capital_share, gini, herfindahl_hirschman, top_share},
    vocabulary::{ConcentrationDimension, Vocabulary},
};

const CONCENTRATION_TYPE_NAME: &str = "Concentration";

/// Adds the types of this file.
pub(super) fn define(graph: Graph) -> Graph {
    graph
        .object(concentration_type())
        .vocabulary::<ConcentrationDimension>()
}

/// The counts of the groups.
struct Concentration {
    counts: Vec<u64>,
    /// What the groups that are capitals hold; `None` where no group can be one.
    capital_total: Option<u64>,
}

/// The root field `concentration`.
pub(super) fn field() -> Field {
    Field::batch(
        "concentration",
        "Concentration!",
        "How unevenly partnerships are spread over the groups of a dimension, groups without any included. Partnerships of every status count.",
        &[],
        |call| {
            async move {
                let (dimension, filter) = call.args::<(ConcentrationDimension, Condition)>()?;
                let concentration = load_concentration(&call, *dimension, filter.clone()).await?;
                let output = ResolvedValue::object(CONCENTRATION_TYPE_NAME, concentration);
                Ok(call.rows.iter().map(|_| output.clone()).collect())
            }
            .boxed()
        },
    )
    .argument(Argument::new(
        "by",
        "ConcentrationDimension!",
        "Over which groups.",
    ))
    .argument(Argument::new(
        "filter",
        "PartnershipFilter",
        "Only partnerships that satisfy this; all without it.",
    ))
    .prepare_with(|arguments, _| {
        let dimension = ConcentrationDimension::parse(arguments.get_str("by").unwrap_or_default())
            .ok_or_else(|| GraphqlError::bad_user_input("by names no dimension"))?;
        let filter = filter::partnership_filter().condition(arguments.get("filter"))?;
        Ok((dimension, filter))
    })
}

/// Counts the partnerships that `filter` leaves, group by group, in one statement.
///
/// # Errors
/// What the database refuses.
async fn load_concentration(
    call: &BatchCall<'_>,
    dimension: ConcentrationDimension,
    filter: Condition,
) -> Result<Concentration, InternalError> {
    let is_capital = ColumnRef::new(community::Column::IsCapital);
    let (column, groups) = grouping(dimension);
    let by_community = matches!(
        dimension,
        ConcentrationDimension::UsCommunity | ConcentrationDimension::PartnerCommunity
    );
    let columns: &[ColumnRef] = if by_community { &[is_capital] } else { &[] };
    let tally = AggregateCountQuery {
        row_set: RowSet {
            id: partnership::stored_type().id_column,
            filter,
        },
        by: CountBy::Row {
            foreign_key: column,
            groups,
            columns: columns.into(),
        },
        conditions: Vec::new(),
    };
    let key = AggregateCountKey(Arc::new(tally));
    let counted = call.context.load(std::slice::from_ref(&key)).await?;
    let counted = counted.get(&key).map_or(&[][..], AsRef::as_ref);
    let count = |group: &AggregateCount| u64::try_from(group.count).unwrap_or(0);
    let capitals = counted.iter().filter(|group| {
        let row = group.row.as_ref();
        row.and_then(|row| row.get(is_capital).bool()) == Some(true)
    });
    Ok(Concentration {
        counts: counted.iter().map(count).collect(),
        capital_total: by_community.then(|| capitals.map(count).sum()),
    })
}

/// The column of partnerships that names the group, and all groups that there are.
fn grouping(dimension: ConcentrationDimension) -> (ColumnRef, RowSet) {
    let every = |StoredType { id_column: id, .. }: StoredType, filter| RowSet { id, filter };
    let communities = |types: [&str; 2], of_us: bool| {
        let country = community::Column::CountryId.into_expr();
        RowSet {
            id: ColumnRef::new(community::Column::Id),
            filter: Condition::all()
                .add(community::Column::CommunityType.into_expr().is_in(types))
                .add(if of_us {
                    country.eq(place::US_COUNTRY_CODE)
                } else {
                    country.ne(place::US_COUNTRY_CODE)
                }),
        }
    };
    match dimension {
        ConcentrationDimension::Region => (
            ColumnRef::new(partnership_entity::Column::RegionId),
            every(place::region(), Condition::all()),
        ),
        ConcentrationDimension::State => (
            ColumnRef::new(partnership_entity::Column::StateId),
            place::state_connection().row_set(Condition::all()),
        ),
        ConcentrationDimension::Country => (
            ColumnRef::new(partnership_entity::Column::CountryId),
            every(
                place::country(),
                Condition::all().add(country::Column::IsPartner.into_expr().eq(true)),
            ),
        ),
        ConcentrationDimension::UsCommunity => (
            ColumnRef::new(partnership_entity::Column::UsId),
            communities(["CITY", "STATE"], true),
        ),
        ConcentrationDimension::PartnerCommunity => (
            ColumnRef::new(partnership_entity::Column::PartnerId),
            communities(["CITY", "PROVINCE"], false),
        ),
    }
}

fn int_output(number: usize) -> ResolvedValue {
    ResolvedValue::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn concentration_type() -> Object {
    Object::new(
        CONCENTRATION_TYPE_NAME,
        "How unevenly a number of partnerships is spread over groups. Every measure is computed over all groups of the dimension, those that hold none included, and is null where there is nothing to spread.",
    )
    .field(Field::compute(
        "groups",
        "Int!",
        "Groups counted, those without a partnership included: every region, state or partner country, or every community of the side, that this data set knows, whatever the filter.",
        |of: &Concentration| int_output(of.counts.len()),
    ))
    .field(Field::compute(
        "total",
        "Int!",
        "Partnerships of all groups. By `REGION`, those of the District of Columbia and the territories are in no group and not counted.",
        |of: &Concentration| {
            ResolvedValue::Int(i64::try_from(of.counts.iter().sum::<u64>()).unwrap_or(i64::MAX))
        },
    ))
    .field(Field::compute(
        "hhi",
        "Float",
        "Herfindahl-Hirschman index: the sum of squared shares, `sum((x_i / total)^2)`, from 1/groups (even) to 1 (all in one group). Null when there are none. Hirschman 1945; Herfindahl 1950.",
        |of: &Concentration| ResolvedValue::from_option(herfindahl_hirschman(&of.counts)),
    ))
    .field(Field::compute(
        "gini",
        "Float",
        "Gini coefficient over all groups, from 0 (even) to (groups - 1)/groups (all in one group): with the counts `x_i` in ascending order, `sum((2 i - groups - 1) x_i) / (groups * total)`. Not corrected for a sample: the groups are all there are. Null when there are none. Gini 1912; Dixon et al., Ecology 68, 1987.",
        |of: &Concentration| ResolvedValue::from_option(gini(&of.counts)),
    ))
    .field(
        Field::compute_with_arguments(
            "topShare",
            "Float",
            "Share of the `n` largest groups, from 0 to 1: the concentration ratio, `(x_1 + ... + x_n) / total` with the largest first. Null when there are none. Hall and Tideman, Journal of the American Statistical Association 62, 1967.",
            |of: &Concentration, n: &usize| ResolvedValue::from_option(top_share(&of.counts, *n)),
        )
        .argument(
            Argument::new("n", "Int", "How many of the largest groups; 1 or more.")
                .with_default(Value::from(1)),
        )
        .prepare_with(|arguments, _| {
            let n = arguments.get_int("n").unwrap_or(1);
            match usize::try_from(n) {
                Ok(n) if n > 0 => Ok(n),
                _ => Err(GraphqlError::bad_user_input(format!("n is {n}; give 1 or more groups"))),
            }
        }),
    )
    .field(Field::compute(
        "capitalShare",
        "Float",
        "Share held by capitals, from 0 to 1: of the total, what cities hold that are the capital of their country, state or province (`City.isCapital`). Null for dimensions without capitals, and when there are none.",
        |of: &Concentration| {
            let held = of.capital_total;
            ResolvedValue::from_option(held.and_then(|held| capital_share(held, &of.counts)))
        },
    ))
}
