//! Concentration: how unevenly partnerships are spread over the groups of a dimension.

use std::sync::Arc;

use async_graphql::Value;
use futures_util::FutureExt;
use sea_orm::{
    ColumnTrait,
    sea_query::{Condition, ExprTrait},
};

use super::{edge::Stored, filter, partnership, place};
use crate::{
    db::{By, Column, Counted, Listed, Tally, TallyKey},
    engine::{Argument, Call, Fault, Field, Graph, Object, Output, Refusal},
    entity::{community, country, partnership as ties},
    stats::concentration::{capital_share, gini, herfindahl_hirschman, top_share},
    vocabulary::{ConcentrationDimension, Vocabulary},
};

const CONCENTRATION: &str = "Concentration";

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
    held_by_capitals: Option<u64>,
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
                let concentration = measured(&call, *dimension, filter.clone()).await?;
                let output = Output::object(CONCENTRATION, concentration);
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
    .prepared(|arguments, _| {
        let dimension = ConcentrationDimension::parse(arguments.text("by").unwrap_or_default())
            .ok_or_else(|| Refusal::input("by names no dimension"))?;
        let filter = filter::partnership().condition(arguments.get("filter"))?;
        Ok((dimension, filter))
    })
}

/// Counts the partnerships that `filter` leaves, group by group, in one statement.
///
/// # Errors
/// What the database refuses.
async fn measured(
    call: &Call<'_>,
    dimension: ConcentrationDimension,
    filter: Condition,
) -> Result<Concentration, Fault> {
    let is_capital = Column::of(community::Column::IsCapital);
    let (column, groups) = groups(dimension);
    let by_community = matches!(
        dimension,
        ConcentrationDimension::UsCommunity | ConcentrationDimension::PartnerCommunity
    );
    let columns: &[Column] = if by_community { &[is_capital] } else { &[] };
    let tally = Tally {
        rows: Listed {
            id: partnership::stored().id,
            filter,
        },
        by: By::Row {
            column,
            groups,
            columns: columns.into(),
        },
        of_which: Vec::new(),
    };
    let key = TallyKey(Arc::new(tally));
    let counted = call.context.load(std::slice::from_ref(&key)).await?;
    let counted = counted.get(&key).map_or(&[][..], AsRef::as_ref);
    let count = |group: &Counted| u64::try_from(group.count).unwrap_or(0);
    let capitals = counted.iter().filter(|group| {
        let row = group.row.as_ref();
        row.and_then(|row| row.get(is_capital).bool()) == Some(true)
    });
    Ok(Concentration {
        counts: counted.iter().map(count).collect(),
        held_by_capitals: by_community.then(|| capitals.map(count).sum()),
    })
}

/// The column of partnerships that names the group, and all groups that there are.
fn groups(dimension: ConcentrationDimension) -> (Column, Listed) {
    let every = |Stored { id, .. }: Stored, filter| Listed { id, filter };
    let communities = |types: [&str; 2], of_us: bool| {
        let country = community::Column::CountryId.into_expr();
        Listed {
            id: Column::of(community::Column::Id),
            filter: Condition::all()
                .add(community::Column::CommunityType.into_expr().is_in(types))
                .add(if of_us {
                    country.eq(place::US)
                } else {
                    country.ne(place::US)
                }),
        }
    };
    match dimension {
        ConcentrationDimension::Region => (
            Column::of(ties::Column::RegionId),
            every(place::region(), Condition::all()),
        ),
        ConcentrationDimension::State => (
            Column::of(ties::Column::StateId),
            place::states().listed(Condition::all()),
        ),
        ConcentrationDimension::Country => (
            Column::of(ties::Column::CountryId),
            every(
                place::country(),
                Condition::all().add(country::Column::IsPartner.into_expr().eq(true)),
            ),
        ),
        ConcentrationDimension::UsCommunity => (
            Column::of(ties::Column::UsId),
            communities(["CITY", "STATE"], true),
        ),
        ConcentrationDimension::PartnerCommunity => (
            Column::of(ties::Column::PartnerId),
            communities(["CITY", "PROVINCE"], false),
        ),
    }
}

fn whole(number: usize) -> Output {
    Output::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn concentration_type() -> Object {
    Object::new(
        CONCENTRATION,
        "How unevenly a number of partnerships is spread over groups. Every measure is computed over all groups of the dimension, those that hold none included, and is null where there is nothing to spread.",
    )
    .field(Field::of(
        "groups",
        "Int!",
        "Groups counted, those without a partnership included: every region, state or partner country, or every community of the side, that this data set knows, whatever the filter.",
        |of: &Concentration| whole(of.counts.len()),
    ))
    .field(Field::of(
        "total",
        "Int!",
        "Partnerships of all groups. By `REGION`, those of the District of Columbia and the territories are in no group and not counted.",
        |of: &Concentration| {
            Output::Int(i64::try_from(of.counts.iter().sum::<u64>()).unwrap_or(i64::MAX))
        },
    ))
    .field(Field::of(
        "hhi",
        "Float",
        "Herfindahl-Hirschman index: the sum of squared shares, `sum((x_i / total)^2)`, from 1/groups (even) to 1 (all in one group). Null when there are none. Hirschman 1945; Herfindahl 1950.",
        |of: &Concentration| Output::maybe(herfindahl_hirschman(&of.counts)),
    ))
    .field(Field::of(
        "gini",
        "Float",
        "Gini coefficient over all groups, from 0 (even) to (groups - 1)/groups (all in one group): with the counts `x_i` in ascending order, `sum((2 i - groups - 1) x_i) / (groups * total)`. Not corrected for a sample: the groups are all there are. Null when there are none. Gini 1912; Dixon et al., Ecology 68, 1987.",
        |of: &Concentration| Output::maybe(gini(&of.counts)),
    ))
    .field(
        Field::with_arguments_of(
            "topShare",
            "Float",
            "Share of the `n` largest groups, from 0 to 1: the concentration ratio, `(x_1 + ... + x_n) / total` with the largest first. Null when there are none. Hall and Tideman, Journal of the American Statistical Association 62, 1967.",
            |of: &Concentration, n: &usize| Output::maybe(top_share(&of.counts, *n)),
        )
        .argument(
            Argument::new("n", "Int", "How many of the largest groups; 1 or more.")
                .default(Value::from(1)),
        )
        .prepared(|arguments, _| {
            let n = arguments.int("n").unwrap_or(1);
            match usize::try_from(n) {
                Ok(n) if n > 0 => Ok(n),
                _ => Err(Refusal::input(format!("n is {n}; give 1 or more groups"))),
            }
        }),
    )
    .field(Field::of(
        "capitalShare",
        "Float",
        "Share held by capitals, from 0 to 1: of the total, what cities hold that are the capital of their country, state or province (`City.isCapital`). Null for dimensions without capitals, and when there are none.",
        |of: &Concentration| {
            let held = of.held_by_capitals;
            Output::maybe(held.and_then(|held| capital_share(held, &of.counts)))
        },
    ))
}
