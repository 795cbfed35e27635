//! Identities: arithmetic that ties published figures together. They are computed from the
//! figures of the request's snapshot; nothing of them is stored.

use std::{collections::HashMap, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};

use super::{global_id, relation::parent_records};
use crate::{
    audit::IdentityOutcome,
    db::{ColumnRef, FigureKind, FigureSet, FigureSetKey, PublishedFigure},
    engine::{
        Argument, Context, Field, Graph, InternalError, Object, ObjectRow, ResolvedValue,
        value_as_str,
    },
    vocabulary::{Verdict, Vocabulary},
};

/// The name of the type.
pub(super) const IDENTITY_TYPE_NAME: &str = "Identity";
/// What `Figure.identities` is.
pub(super) const IDENTITIES_DESCRIPTION: &str =
    "The arithmetic that this figure takes part in, in the order of the slugs.";

/// Adds the types of this file.
pub(super) fn define(graph: Graph) -> Graph {
    graph.object(identity_type()).vocabulary::<Verdict>()
}

/// Every figure, read once a request.
///
/// # Errors
/// What the database refuses.
pub(super) async fn load_figures(context: &Context) -> Result<Arc<FigureSet>, InternalError> {
    let mut loaded = context.load(&[FigureSetKey]).await?;
    Ok(loaded.remove(&FigureSetKey).unwrap_or_default())
}

/// A figure as an object of the graph.
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

/// The root field `reconciliation`.
pub(super) fn reconciliation_field() -> Field {
    Field::batch(
        "reconciliation",
        "[Identity!]!",
        "Arithmetic that ties published figures together, and whether it holds; in the order of the slugs. Computed from the figures that are loaded: an identity is here when all figures that it names are.",
        &[],
        |call| {
            async move {
                let verdicts = call.args::<Option<Vec<Verdict>>>()?;
                let figures = load_figures(call.context).await?;
                let identities = figures
                    .identities()
                    .iter()
                    .filter(|identity| {
                        let wanted = |verdicts: &Vec<_>| verdicts.contains(&identity.verdict);
                        verdicts.as_ref().is_none_or(wanted)
                    })
                    .map(identity_output);
                let identities = ResolvedValue::List(identities.collect());
                Ok(call.rows.iter().map(|_| identities.clone()).collect())
            }
            .boxed()
        },
    )
    .argument(Argument::new(
        "verdict",
        "[Verdict!]",
        "Only identities with one of these verdicts; all where it is not given, none where it is empty.",
    ))
    .prepare_with(|arguments, _| {
        Ok(arguments.get_list("verdict").map(|verdicts| {
            let verdicts = verdicts.iter().filter_map(value_as_str);
            verdicts.filter_map(Verdict::parse).collect::<Vec<_>>()
        }))
    })
    .assumed_list_size(35)
}

/// The field `identities` of a type of figure, whose slug is in column `slug`.
pub(super) fn identities_field(slug: ColumnRef) -> Field {
    Field::batch(
        "identities",
        "[Identity!]!",
        IDENTITIES_DESCRIPTION,
        &[slug],
        move |call| {
            async move {
                let figures = load_figures(call.context).await?;
                Ok(parent_records(&call)?
                    .into_iter()
                    .map(|record| {
                        let slug = record.text(slug).map_or("", AsRef::as_ref);
                        let identities = figures
                            .identities()
                            .iter()
                            .filter(|identity| identity.figures.contains(&slug));
                        ResolvedValue::List(identities.map(identity_output).collect())
                    })
                    .collect())
            }
            .boxed()
        },
    )
    .assumed_list_size(4)
}

/// The identities with these slugs, for `node`.
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
                let found = identities.find(|identity| identity.slug == slug.as_ref())?;
                Some(((*slug).clone(), found.clone() as ObjectRow))
            })
            .collect())
    }
    .boxed()
}

fn identity_type() -> Object {
    let of = |name, ty: &str, description, read: fn(&IdentityOutcome) -> ResolvedValue| {
        Field::compute(name, ty, description, read)
    };
    Object::new(
        IDENTITY_TYPE_NAME,
        "A statement that the published figures should satisfy, and whether they do. Each figure counts as printed and as the interval that its rounding or wording allows; sampling error is not considered.",
    )
    .implements("Node")
    .field(of(
        "id",
        "ID!",
        "Globally unique and opaque; `node(id:)` finds the object again.",
        |identity| global_id::encode(IDENTITY_TYPE_NAME, identity.slug).into(),
    ))
    .field(of("slug", "String!", "Stable and readable.", |identity| {
        identity.slug.into()
    }))
    .field(of(
        "statement",
        "String!",
        "What should hold.",
        |identity| identity.statement.into(),
    ))
    .field(of(
        "verdict",
        "Verdict!",
        "Whether it holds.",
        |identity| identity.verdict.as_str().into(),
    ))
    .field(of(
        "assumption",
        "String",
        "What has to be assumed for this reading, where the source leaves several open.",
        |identity| ResolvedValue::from_option(identity.assumption),
    ))
    .field(of(
        "left",
        "String!",
        "The one side, computed: the number as printed, then in brackets the interval where it is not exact.",
        |identity| identity.left.as_str().into(),
    ))
    .field(of(
        "right",
        "String!",
        "The other side, likewise.",
        |identity| identity.right.as_str().into(),
    ))
    .field(of(
        "note",
        "String",
        "What the computation adds, such as by how much the sides differ.",
        |identity| ResolvedValue::from_option(identity.note.as_deref()),
    ))
    .field(
        Field::batch(
            "figures",
            "[Figure!]!",
            "The figures that take part.",
            &[],
            |call| {
                async move {
                    let figures = load_figures(call.context).await?;
                    call.rows
                        .iter()
                        .map(|row| {
                            let identity = row.downcast_ref::<IdentityOutcome>().ok_or_else(|| {
                                InternalError::Schema("a field of an identity starts elsewhere".into())
                            })?;
                            let slugs = identity.figures.iter();
                            let named = slugs.filter_map(|slug| figures.get(slug)).map(figure_output);
                            Ok(ResolvedValue::List(named.collect()))
                        })
                        .collect()
                }
                .boxed()
            },
        )
        .assumed_list_size(4),
    )
}
