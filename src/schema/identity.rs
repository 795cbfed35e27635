//! Identities: statements that published figures should satisfy, such as parts that add up to a
//! total. They are not stored, but computed from the figures in the snapshot of the request.

use std::{collections::HashMap, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};

use super::global_id;
use crate::{
    audit::IdentityOutcome,
    db::{Cell, ColumnRef, FigureKind, FigureSet, FigureSetKey, PublishedFigure},
    engine::{
        Argument, Context, Field, Graph, InternalError, Object, ObjectRow, ResolvedValue, no_plan,
        value_as_str,
    },
    vocabulary::{Verdict, Vocabulary},
};

pub(super) const IDENTITY_TYPE_NAME: &str = "Identity";
pub(super) const IDENTITIES_DESCRIPTION: &str =
    "The statements that check this figure against other figures, sorted by slug.";

pub(super) fn define(graph: Graph) -> Graph {
    graph.object(identity_type()).vocabulary::<Verdict>()
}

/// Loads every published figure; a request reads them from the database only once.
///
/// # Errors
/// Returns [`InternalError::Database`] if a query fails.
pub(super) async fn load_figures(context: &Context) -> Result<Arc<FigureSet>, InternalError> {
    context.load_one(FigureSetKey).await
}

pub(super) fn figure_output(figure: &PublishedFigure) -> ResolvedValue {
    let object = match figure.kind {
        FigureKind::RespondentAggregate => "RespondentAggregate",
        FigureKind::PublishedStatistic => "PublishedStatistic",
    };
    ResolvedValue::Object(object, figure.record.clone())
}

fn identity_output(identity: &Arc<IdentityOutcome>) -> ResolvedValue {
    ResolvedValue::Object(IDENTITY_TYPE_NAME, identity.clone())
}

pub(super) fn identity_field() -> Field {
    Field::new(
        "identity",
        IDENTITY_TYPE_NAME,
        "Returns an identity by its slug, or null if there is none.",
    )
    .once(no_plan, |call| {
        async move {
            let slug: &String = call.args;
            let figures = load_figures(call.context).await?;
            let mut identities = figures.identities().iter();
            let identity = identities.find(|identity| identity.slug == slug);
            Ok(ResolvedValue::from_option(identity.map(identity_output)))
        }
        .boxed()
    })
    .with_arguments(
        [Argument::new(
            "slug",
            "String!",
            "The `slug` of the object.",
        )],
        |[slug], _| Ok(slug.str().unwrap_or_default().to_owned()),
    )
}

pub(super) fn reconciliation_field() -> Field {
    Field::new(
        "reconciliation",
        "[Identity!]!",
        "Statements that published figures should satisfy, and whether they do, sorted by slug. They are computed from the loaded figures; a statement about a figure that is not loaded is left out.",
    )
    .once(no_plan, |call| {
        async move {
            let verdicts: &Option<Vec<Verdict>> = call.args;
            let figures = load_figures(call.context).await?;
            let identities = figures
                .identities()
                .iter()
                .filter(|identity| {
                    verdicts
                        .as_ref()
                        .is_none_or(|verdicts| verdicts.contains(&identity.verdict))
                })
                .map(identity_output);
            Ok(ResolvedValue::List(identities.collect()))
        }
        .boxed()
    })
    .with_arguments(
        [Argument::new(
            "verdict",
            "[Verdict!]",
            "Returns only identities with one of these verdicts: all identities if omitted, none if the list is empty.",
        )],
        |[verdict], _| {
            Ok(verdict.list().map(|verdicts| {
                let verdicts = verdicts.iter().filter_map(value_as_str);
                verdicts.filter_map(Verdict::parse).collect::<Vec<_>>()
            }))
        },
    )
    .assumed_list_size(35)
}

/// Defines the field `identities` of a type of figures whose slug is in the column `slug`.
pub(super) fn identities_field(slug: ColumnRef) -> Field {
    Field::new("identities", "[Identity!]!", IDENTITIES_DESCRIPTION)
        .batch_from_columns([slug], no_plan::<()>, |call| {
            async move {
                let figures = load_figures(call.context).await?;
                let identities_of = |[slug]: &[&Cell; 1]| {
                    let slug = slug.text().map_or("", AsRef::as_ref);
                    let identities = figures.identities().iter();
                    let identities = identities.filter(|identity| identity.figures.contains(&slug));
                    ResolvedValue::List(identities.map(identity_output).collect())
                };
                Ok(call.rows.iter().map(identities_of).collect())
            }
            .boxed()
        })
        .assumed_list_size(4)
}

/// Loads the identities with the given slugs, for `node` and `nodes`.
pub(super) fn load_by_slug<'a>(
    context: &'a Context,
    slugs: &'a [&'a Arc<str>],
) -> BoxFuture<'a, Result<HashMap<Arc<str>, ObjectRow>, InternalError>> {
    async move {
        let figures = load_figures(context).await?;
        Ok(slugs
            .iter()
            .filter_map(|slug| {
                let mut identities = figures.identities().iter();
                let identity = identities.find(|identity| identity.slug == slug.as_ref())?;
                Some(((*slug).clone(), identity.clone() as ObjectRow))
            })
            .collect())
    }
    .boxed()
}

fn identity_type() -> Object {
    let field = |name, ty: &str, description, read: fn(&IdentityOutcome) -> ResolvedValue| {
        Field::new(name, ty, description).compute(read)
    };
    Object::new::<IdentityOutcome>(
        IDENTITY_TYPE_NAME,
        "A statement that published figures should satisfy, such as parts that add up to a total, and whether they do. Each figure is taken both as printed and as the range that its rounding or wording allows. Sampling error is ignored.",
    )
    .implements("Node")
    .field(field(
        "id",
        "ID!",
        global_id::ID_DESCRIPTION,
        |identity| global_id::encode(IDENTITY_TYPE_NAME, identity.slug).into(),
    ))
    .field(field("slug", "String!", "Stable, readable identifier, such as `i01`.", |identity| {
        identity.slug.into()
    }))
    .field(field(
        "statement",
        "String!",
        "The statement, as a sentence.",
        |identity| identity.statement.into(),
    ))
    .field(field(
        "verdict",
        "Verdict!",
        "Whether the figures satisfy the statement.",
        |identity| identity.verdict.as_str().into(),
    ))
    .field(field(
        "finding",
        "String!",
        "What the check found, as a sentence: both sides with their unit, and the explanation.",
        |identity| identity.finding.as_str().into(),
    ))
    .field(field(
        "assumption",
        "String",
        "The reading of the source that the check assumes if the source allows several; null if it allows only one.",
        |identity| ResolvedValue::from_option(identity.assumption),
    ))
    .field(field(
        "left",
        "String!",
        "The left side of the comparison, computed from the figures, in the unit of the figures, such as `101 (93.5 to 108.5)`: the value as printed, followed by its range in parentheses if it is not exact.",
        |identity| identity.left.as_str().into(),
    ))
    .field(field(
        "right",
        "String!",
        "The right side of the comparison, in the same format.",
        |identity| identity.right.as_str().into(),
    ))
    .field(field(
        "unit",
        "String",
        "The unit of both sides, such as `partnerships` or `percent`; null if a side is not a number or names its unit.",
        |identity| ResolvedValue::from_option(identity.unit.as_deref()),
    ))
    .field(field(
        "note",
        "String",
        "An explanation, such as the difference between the two sides; null if there is nothing to add.",
        |identity| ResolvedValue::from_option(identity.note.as_deref()),
    ))
    .field(
        Field::new(
            "figures",
            "[Figure!]!",
            "The figures that the statement is about.",
        )
        .batch::<IdentityOutcome, _, _>(no_plan::<()>, |call| {
            async move {
                let figures = load_figures(call.context).await?;
                let figures_of = |identity: &&IdentityOutcome| {
                    let slugs = identity.figures.iter();
                    let figures = slugs.filter_map(|slug| figures.get(slug));
                    ResolvedValue::List(figures.map(figure_output).collect())
                };
                Ok(call.rows.iter().map(figures_of).collect())
            }
            .boxed()
        })
        .assumed_list_size(4),
    )
}
