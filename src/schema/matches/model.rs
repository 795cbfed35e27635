//! The model behind `matches`: its coefficients and its accuracy.

use std::sync::Arc;

use futures_util::FutureExt;

use crate::{
    db::{DerivedKey, MatchData, MatchMetric, MatchMetrics, MatchModel},
    engine::{Field, Graph, Object, ResolvedValue, no_plan},
    vocabulary::{MatchFeature, Vocabulary},
};

const MODEL_TYPE_NAME: &str = "MatchModel";
const COEFFICIENT_TYPE_NAME: &str = "MatchCoefficient";
const METRIC_TYPE_NAME: &str = "MatchMetric";

#[derive(Clone, Copy, Debug)]
struct Coefficient {
    feature: MatchFeature,
    coefficient: f64,
    standard_error: f64,
}

pub(super) fn define(graph: Graph) -> Graph {
    graph
        .object(model_type())
        .object(coefficient_type())
        .object(metric_type())
}

/// Defines the root field `matchModel`.
pub(in crate::schema) fn field() -> Field {
    Field::new(
        "matchModel",
        MODEL_TYPE_NAME,
        "The model behind `matches`: its coefficients, the data it was fitted to, and its accuracy on held-out partnerships. Null if no model is loaded.",
    )
    .once(no_plan::<()>, |call| {
        async move {
            let data = call.context.load_one(DerivedKey::<MatchData>::default()).await?;
            let model = data.model.clone();
            let model = model.map(|model| ResolvedValue::object(MODEL_TYPE_NAME, model));
            Ok(ResolvedValue::from_option(model))
        }
        .boxed()
    })
}

fn model_type() -> Object {
    Object::new::<MatchModel>(
        MODEL_TYPE_NAME,
        "The model behind `matches`: a conditional logit among candidates with the same number of partnerships (McFadden 1974).",
    )
    .field(
        Field::new(
            "fittedRevision",
            "String!",
            "Hash of the five files it was fitted to: partnerships, cities, provinces, states, and countries.",
        )
        .compute(|model: &MatchModel| model.revision.clone()),
    )
    .field(
        Field::new(
            "isCurrent",
            "Boolean!",
            "Whether the loaded files have that hash.",
        )
        .compute(|model: &MatchModel| model.is_current),
    )
    .field(
        Field::new(
            "partnerships",
            "Int!",
            "Number of partnerships it was fitted to.",
        )
        .compute(|model: &MatchModel| model.partnerships),
    )
    .field(
        Field::new(
            "coefficients",
            "[MatchCoefficient!]!",
            "Coefficients, one row per feature.",
        )
        .compute(|model: &MatchModel| {
            let features = MatchFeature::VALUES.iter().enumerate();
            let rows = features.map(|(n, &(feature, ..))| Coefficient {
                feature,
                coefficient: model.coefficients[n],
                standard_error: model.standard_errors[n],
            });
            let rows = rows.map(|row| ResolvedValue::object(COEFFICIENT_TYPE_NAME, row));
            ResolvedValue::List(rows.collect())
        })
        .assumed_list_size(MatchFeature::VALUES.len() as u64),
    )
    .field(metrics_field())
}

fn metrics_field() -> Field {
    Field::new(
        "metrics",
        "[MatchMetric!]!",
        "Accuracy of the model and of simpler rankings on held-out partnerships.",
    )
    .batch::<MatchModel, (), ()>(no_plan, |call| {
        async move {
            let metrics = call
                .context
                .load_one(DerivedKey::<MatchMetrics>::default())
                .await?;
            let rows = || {
                let rows = metrics.0.iter();
                rows.map(|row| ResolvedValue::object(METRIC_TYPE_NAME, row.clone()))
            };
            Ok(call
                .rows
                .iter()
                .map(|_| ResolvedValue::List(rows().collect()))
                .collect())
        }
        .boxed()
    })
    .assumed_list_size(200)
}

fn coefficient_type() -> Object {
    Object::new::<Coefficient>(COEFFICIENT_TYPE_NAME, "The coefficient of a feature.")
        .field(
            Field::new("feature", "MatchFeature!", "The feature.")
                .compute(|row: &Coefficient| row.feature.as_str()),
        )
        .field(
            Field::new(
                "coefficient",
                "Float!",
                "Log-odds per unit of the feature, rounded to three decimals.",
            )
            .compute(|row: &Coefficient| row.coefficient),
        )
        .field(
            Field::new(
                "standardError",
                "Float!",
                "Standard error of the coefficient.",
            )
            .compute(|row: &Coefficient| row.standard_error),
        )
}

fn metric_type() -> Object {
    let text = |name, description| Field::new(name, "String!", description);
    let number = |name, description| Field::new(name, "Float!", description);
    Object::new::<Arc<MatchMetric>>(
        METRIC_TYPE_NAME,
        "How well a ranking recovers held-out partnerships among candidates with as many partnerships as the true partner.",
    )
    .field(
        text(
            "split",
            "Held-out partnerships, such as `random` or `signed 1990 or later`.",
        )
        .compute(|row: &Arc<MatchMetric>| row.split.clone()),
    )
    .field(
        text(
            "method",
            "Ranking method, such as `model` or `population only`.",
        )
        .compute(|row: &Arc<MatchMetric>| row.method.clone()),
    )
    .field(
        text("measure", "Accuracy measure, such as `hits@10 of 100`.")
            .compute(|row: &Arc<MatchMetric>| row.measure.clone()),
    )
    .field(number("value", "Value of the measure.").compute(|row: &Arc<MatchMetric>| row.value))
    .field(
        number(
            "low",
            "Lower bound of the 95% interval, from a bootstrap over US places.",
        )
        .compute(|row: &Arc<MatchMetric>| row.low),
    )
    .field(
        number("high", "Upper bound of the 95% interval.")
            .compute(|row: &Arc<MatchMetric>| row.high),
    )
}
