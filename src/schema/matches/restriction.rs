//! Laws that limit new partnerships.

use std::sync::Arc;

use crate::{
    db::Restriction,
    engine::{Field, Graph, Object, ResolvedValue},
    vocabulary::{RestrictionCertainty, RestrictionEffect, Vocabulary},
};

const TYPE_NAME: &str = "Restriction";

/// Returns the object of a restriction.
pub(in crate::schema) fn output(restriction: &Arc<Restriction>) -> ResolvedValue {
    ResolvedValue::object(TYPE_NAME, restriction.clone())
}

pub(super) fn define(graph: Graph) -> Graph {
    graph
        .vocabulary::<RestrictionEffect>()
        .vocabulary::<RestrictionCertainty>()
        .object(object())
}

fn object() -> Object {
    Object::new::<Arc<Restriction>>(TYPE_NAME, "A law that limits new partnerships.")
        .field(
            Field::new("slug", "String!", "Stable, readable identifier.")
                .compute(|law: &Arc<Restriction>| law.id.clone()),
        )
        .field(
            Field::new(
                "effect",
                "RestrictionEffect!",
                "Effect on new partnerships.",
            )
            .compute(|law: &Arc<Restriction>| law.effect.as_str()),
        )
        .field(
            Field::new("law", "String!", "Citation of the law.")
                .compute(|law: &Arc<Restriction>| law.law.clone()),
        )
        .field(
            Field::new(
                "text",
                "String!",
                "Summary of the law and of what could not be verified. Not legal advice.",
            )
            .compute(|law: &Arc<Restriction>| law.text.clone()),
        )
        .field(
            Field::new(
                "from",
                "String",
                "Start of the restriction as a year or a date, if known.",
            )
            .compute(|law: &Arc<Restriction>| ResolvedValue::from_option(law.starts.clone())),
        )
        .field(
            Field::new(
                "until",
                "String",
                "End of the restriction as a year or a date. Null if no end is known.",
            )
            .compute(|law: &Arc<Restriction>| ResolvedValue::from_option(law.ends.clone())),
        )
        .field(
            Field::new(
                "url",
                "String!",
                "Where to read the law or the report about it.",
            )
            .compute(|law: &Arc<Restriction>| law.url.clone()),
        )
        .field(
            Field::new(
                "certainty",
                "RestrictionCertainty!",
                "How well the restriction is documented.",
            )
            .compute(|law: &Arc<Restriction>| law.certainty.as_str()),
        )
}
