//! Percentages of respondents with their questions and categories, for what is concluded from them.

use std::{collections::BTreeSet, iter::zip, sync::Arc};

use super::survey;
use crate::{
    db::{ColumnRef, FigureKind, FigureSet, Lookup, LookupQuery, PublishedFigure, Record, Records},
    engine::{Context, InternalError},
    entity::{
        question, respondent_aggregate, respondent_aggregate_category as category,
        survey as survey_entity,
    },
    vocabulary::{Direction, Segment, SegmentDimension, Vocabulary},
};

/// A published percentage: P(outcome | given).
pub(super) struct Percentage {
    pub(super) figure: PublishedFigure,
    /// The slug of the question.
    pub(super) question: Arc<str>,
    pub(super) direction: Direction,
    pub(super) outcome: BTreeSet<Segment>,
    pub(super) given: BTreeSet<Segment>,
}

/// Loads all percentages in the order of publication; one statement reads their categories.
///
/// # Errors
/// Returns [`InternalError::Database`] if a query fails.
pub(super) async fn load_percentages(
    context: &Context,
    figures: &FigureSet,
) -> Result<Vec<Percentage>, InternalError> {
    use category::Column as Col;
    let figures = figures.figures.iter();
    let figures: Vec<_> = figures
        .filter(|figure| figure.kind == FigureKind::RespondentAggregate)
        .collect();
    let figure_id = ColumnRef::new(Col::RespondentAggregateId);
    let categories = LookupQuery::new(
        Lookup::by_foreign_key(figure_id, figure_id, &[ColumnRef::new(Col::Position)]),
        [Col::Role, Col::Dimension, Col::Value]
            .map(ColumnRef::new)
            .to_vec(),
    );
    let slugs: Vec<_> = figures.iter().map(|figure| Some(&figure.slug)).collect();
    let categories = context.lookup(&categories, &slugs).await?;

    let question_id = ColumnRef::new(respondent_aggregate::Column::QuestionId);
    let direction = ColumnRef::new(respondent_aggregate::Column::Direction);
    let percentages = zip(figures, &categories);
    Ok(percentages
        .filter_map(|(figure, categories)| {
            let in_role = |role: &str| {
                let rows = categories.iter();
                rows.filter(|row| {
                    row.text(ColumnRef::new(Col::Role)).map(AsRef::as_ref) == Some(role)
                })
                .filter_map(|row| segment(row))
                .collect()
            };
            Some(Percentage {
                figure: figure.clone(),
                question: figure.record.text(question_id)?.clone(),
                direction: Direction::parse(figure.record.text(direction)?)?,
                outcome: in_role("OUTCOME"),
                given: in_role("GIVEN"),
            })
        })
        .collect())
}

/// Loads the surveys of the percentages, in their order; one statement reads their questions.
///
/// # Errors
/// Returns [`InternalError::Database`] if a query fails.
pub(super) async fn load_survey_ids(
    context: &Context,
    percentages: &[Percentage],
) -> Result<Vec<Option<Arc<str>>>, InternalError> {
    let survey_id = ColumnRef::new(question::Column::SurveyId);
    let query = LookupQuery::new(survey::question().lookup_by_id(), vec![survey_id]);
    let ids: Vec<_> = percentages.iter().map(|row| Some(&row.question)).collect();
    let questions = context.lookup(&query, &ids).await?;
    let survey = |rows: &Records| rows.first()?.text(survey_id).cloned();
    Ok(questions.iter().map(survey).collect())
}

/// Loads the number of respondents of a survey; `None` if it is not published.
///
/// # Errors
/// Returns [`InternalError::Database`] if a query fails.
pub(super) async fn load_sample_size(
    context: &Context,
    survey: &Arc<str>,
) -> Result<Option<u32>, InternalError> {
    let size = ColumnRef::new(survey_entity::Column::SampleSize);
    let query = LookupQuery::new(survey::stored_type().lookup_by_id(), vec![size]);
    let rows = context.lookup(&query, &[Some(survey)]).await?;
    let size = rows.first().and_then(|rows| rows.first()?.get(size).int());
    Ok(size.and_then(|size| u32::try_from(size).ok()))
}

fn segment(row: &Record) -> Option<Segment> {
    let text = |column| row.text(ColumnRef::new(column));
    Some(Segment {
        dimension: SegmentDimension::parse(text(category::Column::Dimension)?)?,
        value: text(category::Column::Value)?.clone(),
    })
}
