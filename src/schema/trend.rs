//! Trends: one published number or percentage over its years. Figures that cannot be compared are in
//! separate series, each with the reason.

use std::{iter::zip, sync::Arc};

use futures_util::FutureExt;
use sea_orm::ColumnTrait;

use super::{
    identity::{figure_output, load_figures},
    place, survey,
};
use crate::{
    db::{ColumnRef, FigureKind, FigureSet, Lookup, LookupQuery, PublishedFigure, Record, Records},
    engine::{Argument, Context, Field, Graph, InternalError, Object, ResolvedValue, no_plan},
    entity::{
        community, published_statistic as statistic, question, respondent_aggregate as aggregate,
        respondent_aggregate_category as category, survey as survey_entity,
    },
    graphql_error::GraphqlError,
    vocabulary::{FigureFlag, Measure, Vocabulary},
};

const SERIES_TYPE_NAME: &str = "TrendSeries";
const POINT_TYPE_NAME: &str = "TrendPoint";

pub(super) fn define(graph: Graph) -> Graph {
    graph.object(series_type()).object(point_type())
}

struct TrendArguments {
    measured: Measured,
    country: Option<Arc<str>>,
    state: Option<Arc<str>>,
    region: Option<Arc<str>>,
}

enum Measured {
    Number(Arc<str>),
    Percentage {
        dimension: Arc<str>,
        value: Arc<str>,
    },
}

/// Comparable figures with their years.
struct Series {
    label: String,
    points: Vec<(i64, PublishedFigure)>,
    /// What the figures are about and how they were obtained, as sentences. Figures are comparable if all
    /// of them are equal. Every series of a trend has as many, in the same order.
    traits: Vec<String>,
    reason: Option<String>,
}

pub(super) fn field() -> Field {
    Field::new(
        "trend",
        "[TrendSeries!]!",
        "One published number or percentage over its years, oldest first. Figures that cannot be compared are in separate series, each with the reason. Give either `measure`, or `dimension` and `value`. Figures whose year is unknown are left out.\n\nNumbers are comparable if they agree in unit, level, and subject, and their sources say what is counted; counts of the partnerships of one place need not agree in subject. Percentages are comparable if they agree in question, population, and `given`.",
    )
    .once(no_plan::<TrendArguments>, |call| {
        async move {
            let figures = load_figures(call.context).await?;
            let mut series = match &call.args.measured {
                Measured::Number(measure) => {
                    numbers(call.context, call.args, &figures, measure).await?
                }
                Measured::Percentage { dimension, value } => {
                    let outcome = [dimension.as_ref(), value.as_ref()];
                    percentages(call.context, call.args, &figures, outcome).await?
                }
            };
            series.sort_by_key(|series| series.points[0].0);
            let series = merge(series).into_iter();
            let series = series.map(|series| ResolvedValue::object(SERIES_TYPE_NAME, series));
            Ok(ResolvedValue::List(series.collect()))
        }
        .boxed()
    })
    .with_arguments(
        [
            Argument::new("measure", "Measure", "What the number measures."),
            Argument::new(
                "dimension",
                "SegmentDimension",
                "The dimension of the outcome of a percentage, such as `CHINA_JOBS`.",
            ),
            Argument::new(
                "value",
                "String",
                "The value of the outcome in `dimension`, such as `SOME_OR_A_LOT`.",
            ),
            Argument::new(
                "country",
                "String",
                "The ISO 3166-1 alpha-2 code of the country that a number, or the question of a percentage, is about. If omitted, only numbers about no country are included, and percentages from all questions.",
            ),
            Argument::new(
                "state",
                "String",
                "The USPS code of the state that a number is about. If omitted, only figures about no state are included.",
            ),
            Argument::new(
                "region",
                "RegionName",
                "The region that a number is about, or that the respondents are from. If omitted, only figures about no region are included.",
            ),
        ],
        |[measure, dimension, value, country, state, region], _| {
            let code = |code: &str| Arc::from(code.trim().to_ascii_uppercase());
            Ok(TrendArguments {
                measured: measured(measure.str(), dimension.str(), value.str())?,
                country: country.str().map(code),
                state: state.str().map(code),
                region: region.str().map(Arc::from),
            })
        },
    )
    .assumed_list_size(4)
}

fn measured(
    measure: Option<&str>,
    dimension: Option<&str>,
    value: Option<&str>,
) -> Result<Measured, GraphqlError> {
    let problem = match (measure, dimension, value) {
        (Some(measure), None, None) => return Ok(Measured::Number(measure.into())),
        (None, Some(dimension), Some(value)) => {
            return Ok(Measured::Percentage {
                dimension: dimension.into(),
                value: value.into(),
            });
        }
        (None, None, None) => "neither measure nor dimension is given",
        (None, _, None) => "dimension is given without value",
        (None, None, _) => "value is given without dimension",
        (Some(_), _, _) => "measure is given together with dimension or value",
    };
    Err(GraphqlError::bad_user_input(format!(
        "{problem}; give either measure, or dimension and value"
    )))
}

fn text(record: &Record, column: impl ColumnTrait) -> Option<&str> {
    record.text(ColumnRef::new(column)).map(AsRef::as_ref)
}

fn query<C: ColumnTrait, const N: usize>(lookup: Lookup, columns: [C; N]) -> LookupQuery {
    LookupQuery::new(lookup, columns.map(ColumnRef::new).to_vec())
}

/// Returns the numbers with the measure and the place, each as a series, in the order of publication.
async fn numbers(
    context: &Context,
    arguments: &TrendArguments,
    figures: &FigureSet,
    measure: &str,
) -> Result<Vec<Series>, InternalError> {
    use statistic::Column as Col;
    let states = place::state();
    let by_code = Lookup::by_foreign_key(
        states.id_column,
        ColumnRef::new(community::Column::Code),
        &[],
    );
    let by_code = query(
        by_code.with_constraints(&states.constraints),
        [community::Column::Id],
    );
    let state = context
        .lookup(&by_code, &[arguments.state.as_ref()])
        .await?;
    let state = state[0].first().and_then(|row| row.text(states.id_column));
    if arguments.state.is_some() && state.is_none() {
        return Ok(Vec::new());
    }
    let place = [
        (Col::CountryId, arguments.country.as_deref()),
        (Col::StateId, state.map(AsRef::as_ref)),
        (Col::RegionId, arguments.region.as_deref()),
    ];
    // The place and the level say what is counted.
    let is_subject_clear = measure == Measure::PartnershipCount.as_str()
        && place.iter().any(|(_, value)| value.is_some());
    let figures = figures.figures.iter().filter(|figure| {
        let mut place = place.iter();
        figure.kind == FigureKind::PublishedStatistic
            && text(&figure.record, Col::Measure) == Some(measure)
            && place.all(|(column, value)| text(&figure.record, *column) == *value)
    });
    Ok(figures
        .filter_map(|figure| {
            let text = |column| text(&figure.record, column);
            let subject = without_year(text(Col::Subject)?);
            let traits = vec![
                format!("The unit is {}.", text(Col::Unit)?),
                match text(Col::Level) {
                    Some(level) => format!("It counts the level {level} only."),
                    None => "It is not about one level, or its source does not say which.".into(),
                },
                match is_subject_clear {
                    true => String::new(),
                    false => format!("Its subject is “{subject}”."),
                },
                match figure.has_flag(FigureFlag::BaseNotStated) {
                    true => format!(
                        "Its source, {}, does not say what exactly is counted.",
                        text(Col::SourceId)?
                    ),
                    false => "Its source says what is counted.".into(),
                },
            ];
            let year = figure.record.get(ColumnRef::new(Col::Year)).int()?;
            Some(Series::of_figure(year, figure, subject.to_owned(), traits))
        })
        .collect())
}

/// Returns the percentages with the outcome and the place, each as a series, in the order of publication.
async fn percentages(
    context: &Context,
    arguments: &TrendArguments,
    figures: &FigureSet,
    [dimension, value]: [&str; 2],
) -> Result<Vec<Series>, InternalError> {
    use aggregate::Column as Col;
    let (country, region) = (arguments.country.as_deref(), arguments.region.as_deref());
    let figures = figures.figures.iter().filter(|figure| {
        figure.kind == FigureKind::RespondentAggregate
            && arguments.state.is_none()
            && text(&figure.record, Col::RegionId) == region
            && (country.is_none() || text(&figure.record, Col::CountryId) == country)
    });
    let figures: Vec<_> = figures.collect();

    let figure_id = ColumnRef::new(category::Column::RespondentAggregateId);
    let position = ColumnRef::new(category::Column::Position);
    let categories = query(
        Lookup::by_foreign_key(figure_id, figure_id, &[position]),
        [
            category::Column::Role,
            category::Column::Dimension,
            category::Column::Value,
        ],
    );
    let keys: Vec<_> = figures.iter().map(|figure| Some(&figure.slug)).collect();
    let categories = context.lookup(&categories, &keys).await?;
    let outcome = format!("{dimension}={value}");
    let figures: Vec<_> = zip(figures, &categories)
        .filter(|(_, categories)| in_role(categories, "OUTCOME").contains(&outcome))
        .collect();

    let questions = query(
        survey::question().lookup_by_id(),
        [
            question::Column::SurveyId,
            question::Column::Topic,
            question::Column::Wording,
        ],
    );
    let question_id = ColumnRef::new(Col::QuestionId);
    let keys = figures
        .iter()
        .map(|(figure, _)| figure.record.text(question_id));
    let questions = context
        .lookup(&questions, &keys.collect::<Vec<_>>())
        .await?;

    let surveys = query(
        survey::stored_type().lookup_by_id(),
        [
            survey_entity::Column::Year,
            survey_entity::Column::Population,
        ],
    );
    let survey_id = ColumnRef::new(question::Column::SurveyId);
    let keys = questions
        .iter()
        .map(|question| question.first()?.text(survey_id));
    let surveys = context.lookup(&surveys, &keys.collect::<Vec<_>>()).await?;

    Ok(zip(figures, zip(&questions, &surveys))
        .filter_map(|((figure, categories), (question, survey))| {
            let (question, survey) = (question.first()?, survey.first()?);
            let topic = text(question, question::Column::Topic)?;
            let base = text(&figure.record, Col::BaseDescription)?;
            let population = text(survey, survey_entity::Column::Population)?;
            let traits = vec![
                format!("Its base is “{base}”, of the population “{population}”."),
                match in_role(categories, "GIVEN").as_slice() {
                    [] => "It is about all respondents.".into(),
                    given => format!("It is about respondents with {}.", given.join(" and ")),
                },
                match text(question, question::Column::Wording) {
                    Some(wording) => format!("The question was “{wording}”."),
                    None => {
                        format!("The question was about “{topic}”; its wording is not published.")
                    }
                },
            ];
            let year = survey
                .get(ColumnRef::new(survey_entity::Column::Year))
                .int()?;
            let label = format!("{topic}: {value} ({base})");
            Some(Series::of_figure(year, figure, label, traits))
        })
        .collect())
}

/// Returns the categories in a role, such as `REGION=WEST`.
fn in_role(categories: &Records, role: &str) -> Vec<String> {
    use category::Column as Col;
    let rows = categories
        .iter()
        .filter(|row| text(row, Col::Role) == Some(role));
    rows.filter_map(|row| {
        let (dimension, value) = (text(row, Col::Dimension)?, text(row, Col::Value)?);
        Some(format!("{dimension}={value}"))
    })
    .collect()
}

/// Removes the year from the end of a subject, as in “Students from India, 2020/21”.
fn without_year(subject: &str) -> &str {
    let has_year = |text: &str| {
        text.split(|c: char| !c.is_ascii_digit())
            .any(|part| part.len() == 4)
    };
    match subject.rsplit_once(", ") {
        Some((subject, end)) if has_year(end) => subject,
        _ => subject,
    }
}

impl Series {
    fn of_figure(year: i64, figure: &PublishedFigure, label: String, traits: Vec<String>) -> Self {
        Self {
            label,
            points: vec![(year, figure.clone())],
            traits,
            reason: None,
        }
    }
}

/// Merges series with equal traits, and says of each how it differs from the others.
fn merge(series: Vec<Series>) -> Vec<Series> {
    let mut merged: Vec<Series> = Vec::new();
    for series in series {
        match merged
            .iter_mut()
            .find(|other| other.traits == series.traits)
        {
            Some(other) => other.points.extend(series.points),
            None => merged.push(series),
        }
    }
    let traits: Vec<_> = merged.iter().map(|series| series.traits.clone()).collect();
    for series in &mut merged {
        let reasons = series.traits.iter().enumerate();
        let reasons = reasons.filter(|(n, text)| traits.iter().any(|traits| traits[*n] != **text));
        let reasons: Vec<_> = reasons.map(|(_, text)| text.as_str()).collect();
        series.reason = (!reasons.is_empty()).then(|| reasons.join(" "));
    }
    merged
}

fn series_type() -> Object {
    Object::new::<Series>(
        SERIES_TYPE_NAME,
        "Figures of several years that can be compared.",
    )
    .field(
        Field::new("label", "String!", "What all points have in common, in words.")
            .compute(|series: &Series| series.label.clone()),
    )
    .field(
        Field::new("points", "[TrendPoint!]!", "The figures, oldest first.")
            .compute(|series: &Series| {
                let points = series.points.iter().cloned();
                let points = points.map(|point| ResolvedValue::object(POINT_TYPE_NAME, point));
                ResolvedValue::List(points.collect())
            })
            .assumed_list_size(4),
    )
    .field(
        Field::new(
            "reason",
            "String",
            "Why it is a series apart from others, such as another base or another wording; null for the only one.",
        )
        .compute(|series: &Series| ResolvedValue::from_option(series.reason.clone())),
    )
}

fn point_type() -> Object {
    type Point = (i64, PublishedFigure);
    Object::new::<Point>(POINT_TYPE_NAME, "A figure with its year.")
        .field(
            Field::new(
                "year",
                "Int!",
                "The year of the number, or of the survey that the percentage is from.",
            )
            .compute(|(year, _): &Point| *year),
        )
        .field(
            Field::new("figure", "Figure!", "The figure.")
                .compute(|(_, figure): &Point| figure_output(figure)),
        )
}
