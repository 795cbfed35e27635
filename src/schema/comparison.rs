//! Comparisons: whether two figures may be compared, and whether their difference is significant.

mod difference_tests;

use std::{
    iter::zip,
    sync::{Arc, LazyLock},
};

use futures_util::FutureExt;
use moka::future::Cache;

use self::difference_tests::{AssumedTest, Survey, difference_tests};
use super::{
    figure::quantity_output,
    identity::{figure_output, load_figures},
    percentage::{Percentage, load_percentages, load_sample_size, load_survey_ids},
};
use crate::{
    db::{ColumnRef, FigureKind, PublishedFigure},
    engine::{Argument, Context, Field, Graph, InternalError, Object, ResolvedValue, no_plan},
    entity::published_statistic,
    graphql_error::GraphqlError,
    stats::{
        comparability::{
            ComparedFigure, ComparedPercentage, FigureSubject, are_comparable, comparison_reasons,
        },
        feasible::{DifferenceTest, TestResult},
        quantity::{BoundedQuantity, difference},
    },
    vocabulary::{
        ComparisonReason, DifferenceHolds, DifferenceTestKind, Direction, Measure, Vocabulary,
    },
};

const COMPARISON_TYPE_NAME: &str = "Comparison";
const TEST_TYPE_NAME: &str = "DifferenceTest";
const COUNT_RANGE_TYPE_NAME: &str = "CountRange";

pub(super) fn define(graph: Graph) -> Graph {
    graph
        .object(comparison_type())
        .object(test_type())
        .object(count_range_type())
        .vocabulary::<ComparisonReason>()
        .vocabulary::<DifferenceTestKind>()
        .vocabulary::<DifferenceHolds>()
}

struct FigureComparison {
    a: PublishedFigure,
    b: PublishedFigure,
    reasons: Vec<ComparisonReason>,
    difference: Option<BoundedQuantity>,
    tests: Vec<AssumedTest>,
}

/// The result of a test.
struct TestRow {
    kind: DifferenceTestKind,
    assumption: Option<&'static str>,
    result: Arc<TestResult>,
}

/// The results of tests, which take up to 0.1 s. A test contains all that its result depends on, so the results
/// are valid for any data. At once, the data allow far fewer tests than this.
static RESULTS: LazyLock<Cache<DifferenceTest, Arc<TestResult>>> =
    LazyLock::new(|| Cache::new(1_024));

/// Runs a test outside of the threads that serve requests. Concurrent calls with the same test share one
/// computation.
async fn result_of(test: &DifferenceTest) -> Result<Arc<TestResult>, InternalError> {
    let result = RESULTS.try_get_with_by_ref(test, async {
        let test = test.clone();
        let result = tokio::task::spawn_blocking(move || Arc::new(test.run())).await;
        result.map_err(|_| InternalError::Shutdown)
    });
    result.await.map_err(|_| InternalError::Shutdown)
}

pub(super) fn field() -> Field {
    Field::new(
        "compare",
        "Comparison",
        "Whether two published figures can be compared, and whether their difference survives rounding and unpublished sample sizes. Null if either figure does not exist.",
    )
    .once(no_plan, |call| {
        async move {
            let [a, b]: &[Arc<str>; 2] = call.args;
            let comparison = compare(call.context, a, b).await?;
            Ok(ResolvedValue::from_option(comparison.map(|comparison| {
                ResolvedValue::object(COMPARISON_TYPE_NAME, comparison)
            })))
        }
        .boxed()
    })
    .with_arguments(
        [
            Argument::new("a", "String!", "The slug of the first figure."),
            Argument::new("b", "String!", "The slug of the second figure."),
        ],
        |[a, b], _| {
            let slugs = [a, b].map(|slug| Arc::<str>::from(slug.str().unwrap_or_default()));
            match slugs[0] == slugs[1] {
                true => Err(GraphqlError::bad_user_input(format!(
                    "a and b are both \"{}\"; a figure cannot be compared with itself",
                    slugs[0]
                ))),
                false => Ok(slugs),
            }
        },
    )
}

async fn compare(
    context: &Context,
    a: &str,
    b: &str,
) -> Result<Option<FigureComparison>, InternalError> {
    let figures = load_figures(context).await?;
    let (Some(a), Some(b)) = (figures.get(a), figures.get(b)) else {
        return Ok(None);
    };
    let percentages = load_percentages(context, &figures).await?;
    let surveys = load_survey_ids(context, &percentages).await?;
    let percentages: Vec<_> = zip(&percentages, &surveys)
        .filter_map(|(percentage, survey)| Some((percentage, survey.as_ref()?)))
        .collect();
    let percentage_of = |figure: &PublishedFigure| {
        let mut rows = percentages.iter().copied();
        rows.find(|(row, _)| figure.kind == row.figure.kind && row.figure.slug == figure.slug)
    };
    let (percentage_a, percentage_b) = (percentage_of(a), percentage_of(b));
    let (Some(compared_a), Some(compared_b)) =
        (compared(a, percentage_a), compared(b, percentage_b))
    else {
        return Err(InternalError::Data(format!(
            "{} or {} has no question or no valid measure",
            a.slug, b.slug
        )));
    };
    let reasons = comparison_reasons(&compared_a, &compared_b);
    let comparable = are_comparable(&reasons);
    let tests = match (percentage_a, percentage_b) {
        (Some((row_a, survey)), Some((row_b, _))) if comparable => {
            let of_survey = percentages.iter().filter(|(_, of_row)| *of_row == survey);
            let of_survey = of_survey.map(|(row, _)| *row);
            let survey = Survey {
                percentages: of_survey
                    .filter(|row| row.direction != Direction::Ambiguous)
                    .collect(),
                size: load_sample_size(context, survey).await?,
            };
            difference_tests([row_a, row_b], &survey)
        }
        _ => Vec::new(),
    };
    Ok(Some(FigureComparison {
        a: a.clone(),
        b: b.clone(),
        reasons,
        difference: comparable.then(|| difference(a.quantity(), b.quantity())),
        tests,
    }))
}

/// Returns what the comparability of a figure depends on; `None` if its row is not valid, which the
/// constraints of the database rule out.
fn compared<'a>(
    figure: &'a PublishedFigure,
    percentage: Option<(&'a Percentage, &'a Arc<str>)>,
) -> Option<ComparedFigure<'a>> {
    let subject = match figure.kind {
        FigureKind::PublishedStatistic => {
            let measure = ColumnRef::new(published_statistic::Column::Measure);
            FigureSubject::Statistic(Measure::parse(figure.record.text(measure)?)?)
        }
        FigureKind::RespondentAggregate => {
            let (row, survey) = percentage?;
            FigureSubject::Percentage(ComparedPercentage {
                survey,
                question: &row.question,
                outcome: &row.outcome,
                given: &row.given,
                direction: row.direction,
                base_n: figure.base_n(),
            })
        }
    };
    Some(ComparedFigure {
        quantity: figure.quantity(),
        flags: figure.flags(),
        subject,
    })
}

fn comparison_type() -> Object {
    let field = |name, ty: &str, description, read: fn(&FigureComparison) -> ResolvedValue| {
        Field::new(name, ty, description).compute(read)
    };
    Object::new::<FigureComparison>(COMPARISON_TYPE_NAME, "Two published figures side by side.")
        .field(field("a", "Figure!", "The first figure.", |row| figure_output(&row.a)))
        .field(field("b", "Figure!", "The second figure.", |row| figure_output(&row.b)))
        .field(field(
            "comparable",
            "Boolean!",
            "Whether their difference is meaningful.",
            |row| are_comparable(&row.reasons).into(),
        ))
        .field(field(
            "reasons",
            "[ComparisonReason!]!",
            "Why the figures are not comparable, or what to keep in mind if they are; in the order of the enum.",
            |row| {
                let reasons = row.reasons.iter().map(|reason| reason.as_str().into());
                ResolvedValue::List(reasons.collect())
            },
        ))
        .field(field(
            "difference",
            "Quantity",
            "`a` - `b` as printed, with the range that rounding and wording allow. The difference of two percentages is in percentage points. Null if the figures are not comparable.",
            |row| ResolvedValue::from_option(row.difference.clone().map(quantity_output)),
        ))
        .field(
            Field::new(
                "tests",
                "[DifferenceTest!]!",
                "Significance tests of the difference, one per assumption, weakest assumption first. Empty if the figures are not comparable, do not come from a sample, or are about groups whose sizes the published figures do not restrict.",
            )
            .batch::<FigureComparison, _, _>(no_plan::<()>, |call| {
                async move {
                    let mut rows = Vec::with_capacity(call.rows.len());
                    for comparison in call.rows {
                        let mut tests = Vec::with_capacity(comparison.tests.len());
                        for AssumedTest { assumption, test } in &comparison.tests {
                            let row = TestRow {
                                kind: test.kind(),
                                assumption: *assumption,
                                result: result_of(test).await?,
                            };
                            tests.push(ResolvedValue::object(TEST_TYPE_NAME, row));
                        }
                        rows.push(ResolvedValue::List(tests));
                    }
                    Ok(rows)
                }
                .boxed()
            })
            .assumed_list_size(2),
        )
}

fn test_type() -> Object {
    let field = |name, ty: &str, description, read: fn(&TestRow) -> ResolvedValue| {
        Field::new(name, ty, description).compute(read)
    };
    let base =
        |row: &TestRow, n: usize| ResolvedValue::object(COUNT_RANGE_TYPE_NAME, row.result.bases[n]);
    Object::new::<TestRow>(
        TEST_TYPE_NAME,
        "A two-sided z-test at the 95% level, evaluated for every sample size and every count that the published figures allow. It treats the survey as an unweighted simple random sample. The actual design and weights are not disclosed, so the true uncertainty is probably larger.",
    )
    .field(field("kind", "DifferenceTestKind!", "The test.", |row| {
        row.kind.as_str().into()
    }))
    .field(field(
        "assumption",
        "String",
        "What the test assumes about the groups; null if it assumes nothing.",
        |row| ResolvedValue::from_option(row.assumption),
    ))
    .field(field(
        "holds",
        "DifferenceHolds!",
        "Whether the difference is significant for all, some, or none of the feasible sample sizes.",
        |row| row.result.holds.as_str().into(),
    ))
    .field(field("zLow", "Float!", "The smallest feasible z of `a` - `b`.", |row| {
        row.result.z_low.into()
    }))
    .field(field("zHigh", "Float!", "The largest feasible z of `a` - `b`.", |row| {
        row.result.z_high.into()
    }))
    .field(
        Field::new(
            "baseA",
            "CountRange!",
            "The feasible numbers of respondents behind `a`, or behind the rest of `a` if `b` is a part of it.",
        )
        .compute(move |row: &TestRow| base(row, 0)),
    )
    .field(
        Field::new(
            "baseB",
            "CountRange!",
            "The feasible numbers of respondents behind `b`, or behind the rest of `b` if `a` is a part of it.",
        )
        .compute(move |row: &TestRow| base(row, 1)),
    )
    .field(field(
        "holdsFrom",
        "Int",
        "If the result depends on the sample sizes: the number of respondents in the smaller group from which the difference is always significant. Null if that is more than half of the sample, and for tests other than `SEPARATE_GROUPS`.",
        |row| ResolvedValue::from_option(row.result.holds_from.map(i64::from)),
    ))
    .field(field(
        "designEffectLimit",
        "Float",
        "If the difference is always significant: the largest design effect for which it remains so.",
        |row| ResolvedValue::from_option(row.result.design_effect_limit),
    ))
}

fn count_range_type() -> Object {
    Object::new::<(u32, u32)>(
        COUNT_RANGE_TYPE_NAME,
        "The range of a whole number. Not every number in between need be feasible.",
    )
    .field(
        Field::new("low", "Int!", "The smallest value.")
            .compute(|range: &(u32, u32)| i64::from(range.0)),
    )
    .field(
        Field::new("high", "Int!", "The largest value.")
            .compute(|range: &(u32, u32)| i64::from(range.1)),
    )
}
