//! Tables of weighted percentages, computed from respondent-level data. The rows of the data are never served.

use std::sync::Arc;

use async_graphql::{Number, Value};
use futures_util::FutureExt;

use super::{figure::Category, filter::field_value, relation::resolve_references, survey};
use crate::{
    db::{
        AnswerCodes, LookupQuery, RespondentAnswersKey, RespondentCodebook, RespondentCodebookKey,
    },
    engine::{
        Argument, ArgumentValue, Call, ExecutionError, Field, Graph, Object, ResolvedValue,
        no_plan, value_as_str,
    },
    graphql_error::GraphqlError,
    stats::{
        independence::Independence,
        tabulation::{
            AnswerVariable, GivenCodes, TabulatedCell, TabulatedRow, TabulatedRows,
            TabulationInput, tabulate,
        },
        weighted::WeightedShare,
    },
    vocabulary::{SegmentDimension, TabulationFlag, Vocabulary},
};

const TABULATION: &str = "Tabulation";
const ROW: &str = "TabulationRow";
const CELL: &str = "TabulationCell";
const TEST: &str = "IndependenceTest";

/// The levels that an interval can have.
const LEVELS: std::ops::RangeInclusive<f64> = 0.5..=0.999;

pub(super) fn define(graph: Graph) -> Graph {
    graph
        .object(tabulation_type())
        .object(row_type())
        .object(cell_type())
        .object(independence_type())
        .vocabulary::<TabulationFlag>()
}

struct TabulationArguments {
    survey: Arc<str>,
    outcome: SegmentDimension,
    by: Option<SegmentDimension>,
    given: Option<(SegmentDimension, Arc<str>)>,
    level: f64,
}

struct Tabulation {
    survey: Arc<str>,
    is_synthetic: bool,
    rows: Vec<Arc<OutputRow>>,
    n: usize,
    independence: Option<Independence>,
}

struct OutputRow {
    outcome: Arc<AnswerCodes>,
    group: Option<(SegmentDimension, Arc<str>)>,
    row: TabulatedRow,
}

struct OutputCell {
    dimension: SegmentDimension,
    value: Arc<str>,
    cell: TabulatedCell,
}

pub(super) fn field() -> Field {
    let dimension = Argument::new(
        "outcome",
        "SegmentDimension!",
        "Dimension whose values are the columns.",
    );
    Field::new(
        "tabulate",
        TABULATION,
        "Weighted percentages computed from respondent-level data: P(outcome | given), overall and for each group of `by`. Null if no such data is loaded for the survey, as is the case for the survey behind the article.\n\nSmall cells are suppressed, together with enough others that they cannot be recovered from the rest of the table.",
    )
    .once(
        no_plan::<TabulationArguments>,
        |call| run(call).boxed(),
    )
    .with_arguments(
        [
            Argument::new("survey", "String!", "Slug of the survey."),
            dimension,
            Argument::new(
                "by",
                "SegmentDimension",
                "Dimension whose values are the rows. Without it, the table has one row for all respondents.",
            ),
            Argument::new(
                "given",
                "CategoryFilter",
                "Only respondents in this category.",
            ),
            Argument::new(
                "level",
                "Float!",
                "Confidence level of intervals and margins of error, from 0.5 to 0.999.",
            )
            .with_default(Value::Number(Number::from_f64(0.95).unwrap_or(1.into()))),
        ],
        |arguments, _| parse_arguments(arguments),
    )
}

fn parse_arguments(
    [survey, outcome, by, given, level]: [ArgumentValue<'_>; 5],
) -> Result<TabulationArguments, GraphqlError> {
    let dimension = |text: Option<&str>| SegmentDimension::parse(text?);
    let outcome = dimension(outcome.str()).ok_or_else(|| {
        GraphqlError::bad_user_input("outcome is not a value of SegmentDimension")
    })?;
    let by = dimension(by.str());
    if by == Some(outcome) {
        return Err(GraphqlError::bad_user_input(format!(
            "by is the same dimension as outcome, {}; give another one",
            outcome.as_str()
        )));
    }
    let given = match given.get() {
        None | Some(Value::Null) => None,
        Some(category) => {
            let text = |name| field_value(category, name).and_then(value_as_str);
            let given = dimension(text("dimension")).ok_or_else(|| {
                GraphqlError::bad_user_input("given.dimension is not a value of SegmentDimension")
            })?;
            if given == outcome || Some(given) == by {
                let other = if given == outcome { "outcome" } else { "by" };
                return Err(GraphqlError::bad_user_input(format!(
                    "given.dimension is the same dimension as {other}, {}; give another one",
                    given.as_str()
                )));
            }
            let value = text("value").ok_or_else(|| {
                GraphqlError::bad_user_input(
                    "given has no value; give the value that respondents have, such as \"YES\"",
                )
            })?;
            Some((given, value.into()))
        }
    };
    let level = level.float().unwrap_or(f64::NAN);
    if !LEVELS.contains(&level) {
        return Err(GraphqlError::bad_user_input(format!(
            "level is {level}; it must be from {} to {}",
            LEVELS.start(),
            LEVELS.end()
        )));
    }
    Ok(TabulationArguments {
        survey: survey.str().unwrap_or_default().into(),
        outcome,
        by,
        given,
        level,
    })
}

async fn run(call: Call<'_, (), TabulationArguments>) -> Result<ResolvedValue, ExecutionError> {
    let arguments = call.args;
    let codebook = RespondentCodebookKey(arguments.survey.clone());
    let Some(codebook) = call.context.load_one(codebook).await? else {
        return Ok(ResolvedValue::NULL);
    };
    let outcome = find_dimension(&codebook, "outcome", arguments.outcome)?;
    let by = match arguments.by {
        Some(by) => Some(find_dimension(&codebook, "by", by)?),
        None => None,
    };
    let given = match &arguments.given {
        Some((dimension, value)) => {
            let given = find_dimension(&codebook, "given.dimension", *dimension)?;
            Some((given, find_codes(given.1, value)?))
        }
        None => None,
    };
    let dimensions = [Some(outcome), by, given.as_ref().map(|(given, _)| *given)];
    let key = RespondentAnswersKey {
        survey: arguments.survey.clone(),
        dimensions: dimensions
            .into_iter()
            .flatten()
            .map(|(_, codes)| codes.clone())
            .collect(),
    };
    let answers = call.context.load_one(key).await?;
    let mut columns = answers.answers.iter();
    let mut variable = |(rank, codes): (usize, &Arc<AnswerCodes>)| AnswerVariable {
        rank,
        n_codes: codes.codes.len(),
        answers: columns.next().cloned().unwrap_or_default(),
    };
    let input = TabulationInput {
        sample: &answers.sample,
        outcome: variable(outcome),
        outcome_groups: outcome
            .1
            .groups
            .iter()
            .map(|(_, codes)| codes.clone())
            .collect(),
        by: by.map(&mut variable),
        given: given.map(|((rank, dimension), codes)| GivenCodes {
            is_implied_by_outcome: is_implied(outcome.1, dimension, &codes),
            is_implied_by_groups: by.is_some_and(|by| is_implied(by.1, dimension, &codes)),
            variable: variable((rank, dimension)),
            codes,
        }),
        minimum: codebook.min_cell,
        level: arguments.level,
    };
    let table = tabulate(input);
    let by = by.map(|(_, codes)| codes);
    Ok(ResolvedValue::object(
        TABULATION,
        Tabulation::new(
            arguments.survey.clone(),
            codebook.is_synthetic,
            outcome.1,
            by,
            table,
        ),
    ))
}

/// Returns the codes of a dimension, and its position in the codebook.
fn find_dimension<'a>(
    codebook: &'a RespondentCodebook,
    argument: &str,
    dimension: SegmentDimension,
) -> Result<(usize, &'a Arc<AnswerCodes>), GraphqlError> {
    let mut dimensions = codebook.dimensions.iter().enumerate();
    let known = dimensions.find(|(_, codes)| codes.dimension == dimension);
    known.ok_or_else(|| {
        let known = codebook.dimensions.iter();
        let known: Vec<_> = known.map(|codes| codes.dimension.as_str()).collect();
        GraphqlError::bad_user_input(format!(
            "{argument} is {}, which the respondents' answers do not have; it must be one of {}",
            dimension.as_str(),
            known.join(", ")
        ))
    })
}

/// Returns the positions of the codes that a code or the name of a group stands for.
fn find_codes(dimension: &AnswerCodes, value: &str) -> Result<Vec<usize>, GraphqlError> {
    if let Some(code) = dimension.codes.iter().position(|code| **code == *value) {
        return Ok(vec![code]);
    }
    let group = dimension.groups.iter().find(|(name, _)| **name == *value);
    group.map(|(_, codes)| codes.clone()).ok_or_else(|| {
        let groups = dimension.groups.iter().map(|(name, _)| name);
        let known: Vec<_> = dimension
            .codes
            .iter()
            .chain(groups)
            .map(|name| &**name)
            .collect();
        GraphqlError::bad_user_input(format!(
            "given.value is {value:?}, which is not a value of {}; it must be one of {}",
            dimension.dimension.as_str(),
            known.join(", ")
        ))
    })
}

/// Whether everyone who answered a question has one of the codes in `given`, because nobody else was asked.
fn is_implied(question: &AnswerCodes, given: &AnswerCodes, codes: &[usize]) -> bool {
    question.asked_of.iter().any(|(dimension, value)| {
        *dimension == given.dimension
            && find_codes(given, value)
                .is_ok_and(|asked| asked.iter().all(|code| codes.contains(code)))
    })
}

impl Tabulation {
    fn new(
        survey: Arc<str>,
        is_synthetic: bool,
        outcome: &Arc<AnswerCodes>,
        by: Option<&Arc<AnswerCodes>>,
        table: TabulatedRows,
    ) -> Self {
        let rows = table.rows.into_iter().map(|row| {
            let group = row.group.zip(by);
            Arc::new(OutputRow {
                outcome: outcome.clone(),
                group: group.map(|(code, by)| (by.dimension, by.codes[code].clone())),
                row,
            })
        });
        Self {
            survey,
            is_synthetic,
            rows: rows.collect(),
            n: table.n,
            independence: table.independence,
        }
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn tabulation_type() -> Object {
    Object::new::<Tabulation>(TABULATION, "A table of weighted percentages.")
        .field(
            Field::new("survey", "Survey!", "The survey.").batch(
                |(): &(), selected| {
                    let target = survey::stored_type();
                    target.lookup_query(target.lookup_by_id(), selected)
                },
                |call: Call<'_, Vec<&Tabulation>, (), LookupQuery>| {
                    async move {
                        let surveys = call.rows.iter().map(|table| Some(&table.survey));
                        let surveys: Vec<_> = surveys.collect();
                        let name = survey::stored_type().type_name;
                        resolve_references(call.context, call.plan, name, &surveys).await
                    }
                    .boxed()
                },
            ),
        )
        .field(
            Field::new(
                "isSynthetic",
                "Boolean!",
                "Whether the responses are synthetic rather than real.",
            )
            .compute(|table: &Tabulation| table.is_synthetic),
        )
        .field(
            Field::new(
                "n",
                "Int!",
                "Number of respondents who answered every question in the table.",
            )
            .compute(|table: &Tabulation| count(table.n)),
        )
        .field(
            Field::new(
                "rows",
                "[TabulationRow!]!",
                "All respondents first, then each group in codebook order. Groups without respondents are left out, as are those with so few that they count as not answered.",
            )
            .compute(|table: &Tabulation| {
                let rows = table.rows.iter().cloned();
                ResolvedValue::List(rows.map(|row| ResolvedValue::Object(ROW, row)).collect())
            })
            .assumed_list_size(21),
        )
        .field(
            Field::new(
                "independence",
                TEST,
                "Test of independence between outcome and groups: the chi-squared test with the second-order correction of Rao and Scott. Null without `by`, and if any cell is suppressed.",
            )
            .compute(|table: &Tabulation| {
                ResolvedValue::from_option(
                    table.independence.map(|test| ResolvedValue::object(TEST, test)),
                )
            }),
        )
}

fn row_type() -> Object {
    Object::new::<OutputRow>(ROW, "A group of respondents in a table.")
        .field(
            Field::new(
                "group",
                "Category",
                "The group. Null for all respondents.",
            )
            .compute(|row: &OutputRow| {
                let group = row.group.clone();
                ResolvedValue::from_option(
                    group.map(|(dimension, value)| Category::output(dimension, value)),
                )
            }),
        )
        .field(
            Field::new(
                "n",
                "Int!",
                "Number of respondents.",
            )
            .compute(|row: &OutputRow| count(row.row.n)),
        )
        .field(
            Field::new(
                "effectiveN",
                "Float!",
                "Effective sample size: (sum of weights)^2 / sum of squared weights (Kish 1965).",
            )
            .compute(|row: &OutputRow| rounded(row.row.effective_n)),
        )
        .field(
            Field::new(
                "cells",
                "[TabulationCell!]!",
                "Percentages of the outcomes in codebook order, then of groups of outcomes such as `VERY_OR_EXTREMELY`.",
            )
            .compute(|row: &OutputRow| {
                let groups = row.outcome.groups.iter().map(|(name, _)| name);
                let values = row.outcome.codes.iter().chain(groups);
                let cells = values.zip(&row.row.cells).map(|(value, cell)| {
                    ResolvedValue::object(
                        CELL,
                        OutputCell {
                            dimension: row.outcome.dimension,
                            value: value.clone(),
                            cell: cell.clone(),
                        },
                    )
                });
                ResolvedValue::List(cells.collect())
            })
            .assumed_list_size(40),
        )
}

/// Rounds to nine decimals, which are more than the quantiles have.
fn rounded(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}

/// Defines a number of a percentage that is not suppressed.
fn number_field(
    name: &'static str,
    description: &'static str,
    number: fn(&WeightedShare) -> Option<f64>,
) -> Field {
    Field::new(name, "Float", description).compute(move |output: &OutputCell| {
        let share = output.cell.share.as_ref();
        ResolvedValue::from_option(share.and_then(number).map(rounded))
    })
}

fn cell_type() -> Object {
    Object::new::<OutputCell>(CELL, "A percentage in a table.")
        .field(
            Field::new("outcome", "Category!", "The outcome.")
                .compute(|output: &OutputCell| Category::output(output.dimension, output.value.clone())),
        )
        .field(number_field(
            "percent",
            "Weighted percentage. Null if suppressed.",
            |share| Some(100.0 * share.share),
        ))
        .field(number_field(
            "standardError",
            "Standard error in percentage points, by Taylor linearization over strata and primary sampling units. Null if the percentage is suppressed.",
            |share| Some(100.0 * share.standard_error),
        ))
        .field(number_field(
            "marginOfError",
            "Margin of error in percentage points: the standard error times the quantile of Student's t. Null if the percentage is suppressed, or if the standard error has no degrees of freedom.",
            |share| Some(100.0 * share.margin?),
        ))
        .field(number_field(
            "low",
            "Lower bound of the confidence interval (Korn and Graubard 1998), which also works near 0 and 100. Null if `marginOfError` is.",
            |share| Some(100.0 * share.interval?.0),
        ))
        .field(number_field(
            "high",
            "Upper bound of the confidence interval. Null if `marginOfError` is.",
            |share| Some(100.0 * share.interval?.1),
        ))
        .field(number_field(
            "designEffect",
            "Variance relative to a simple random sample of the same size. Null if the percentage is suppressed, 0, or 100.",
            |share| share.design_effect,
        ))
        .field(
            Field::new(
                "flags",
                "[TabulationFlag!]!",
                "Why the percentage is suppressed, or should be used with caution.",
            )
            .compute(|output: &OutputCell| {
                let flags = output.cell.flags.iter();
                ResolvedValue::List(flags.map(|flag| flag.as_str().into()).collect())
            }),
        )
}

fn independence_type() -> Object {
    Object::new::<Independence>(TEST, "Result of a test of independence.")
        .field(
            Field::new("statistic", "Float!", "The F statistic.")
                .compute(|test: &Independence| test.statistic),
        )
        .field(
            Field::new(
                "numeratorDegreesOfFreedom",
                "Float!",
                "Degrees of freedom of the numerator.",
            )
            .compute(|test: &Independence| test.numerator),
        )
        .field(
            Field::new(
                "denominatorDegreesOfFreedom",
                "Float!",
                "Degrees of freedom of the denominator.",
            )
            .compute(|test: &Independence| test.denominator),
        )
        .field(
            Field::new(
                "pValue",
                "Float!",
                "Probability of a statistic at least this large if outcome and groups are independent.",
            )
            .compute(|test: &Independence| test.p_value),
        )
}
