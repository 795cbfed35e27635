//! Surveys, what they disclose, and their questions.

use super::{
    figure::{self, Category},
    global_id,
    relation::{StoredType, computed_list_field, list_field, reference_field},
    source,
};
use crate::{
    db::{ColumnRef, Lookup},
    engine::{Field, Graph, Object, ResolvedValue, Scalar},
    entity::{
        disclosure, question, question_category, question_response, respondent_aggregate, survey,
    },
};

pub(super) fn stored_type() -> StoredType {
    StoredType::new("Survey", survey::Column::Id)
}

pub(super) fn question() -> StoredType {
    StoredType::new("Question", question::Column::Id)
}

/// Adds the types of this file.
pub(super) fn define(graph: Graph) -> Graph {
    graph
        .object(survey_type())
        .object(disclosure_type())
        .object(question_type())
        .scalar(Scalar {
            name: "Date",
            description: "A calendar day, such as `2021-09-21` (ISO 8601).",
        })
}

fn survey_type() -> Object {
    use disclosure::Column as DisclosureColumn;
    let (item, value) = (
        ColumnRef::new(DisclosureColumn::Item),
        ColumnRef::new(DisclosureColumn::Value),
    );
    let of_survey = ColumnRef::new(DisclosureColumn::SurveyId);
    Object::new("Survey", "A survey of respondents.")
        .implements("Node")
        .field(global_id::id_field("Survey", stored_type().id_column))
        .field(Field::column(
            "slug",
            "String!",
            "Stable and readable.",
            survey::Column::Id,
        ))
        .field(Field::column("title", "String!", "Title.", survey::Column::Title))
        .field(Field::column(
            "fieldedFrom",
            "Date!",
            "First day in the field.",
            survey::Column::FieldedFrom,
        ))
        .field(Field::column(
            "fieldedTo",
            "Date!",
            "Last day in the field.",
            survey::Column::FieldedTo,
        ))
        .field(Field::column(
            "population",
            "String!",
            "Whom the survey is of.",
            survey::Column::Population,
        ))
        .field(Field::column(
            "sampleSize",
            "Int!",
            "How many respondents answered.",
            survey::Column::SampleSize,
        ))
        .field(
            list_field(
                "questions",
                "[Question!]!",
                "Its questions, in order.",
                survey::Column::Id,
                question(),
                question().lookup_by_foreign_key(
                    question::Column::SurveyId,
                    &[ColumnRef::new(question::Column::Position)],
                ),
            )
            .assumed_list_size(6),
        )
        .field(
            computed_list_field(
                "disclosure",
                "[Disclosure!]!",
                "One row per item that transparent survey reporting asks for; a null value means not disclosed.",
                survey::Column::Id,
                Lookup::by_foreign_key(of_survey, of_survey, &[ColumnRef::new(DisclosureColumn::Position)]),
                &[item, value],
                move |record| {
                    ResolvedValue::object(
                        "Disclosure",
                        Disclosure {
                            item: record.get(item).into(),
                            value: record.get(value).into(),
                        },
                    )
                },
            )
            .assumed_list_size(12),
        )
        .field(reference_field(
            "source",
            "Source!",
            "Where it was published.",
            source::stored_type(),
            survey::Column::SourceId,
        ))
}

struct Disclosure {
    item: ResolvedValue,
    value: ResolvedValue,
}

fn disclosure_type() -> Object {
    Object::new("Disclosure", "What a survey discloses of its method.")
        .field(Field::compute(
            "item",
            "String!",
            "What transparent survey reporting asks for, such as the mode of interview.",
            |disclosed: &Disclosure| disclosed.item.clone(),
        ))
        .field(Field::compute(
            "value",
            "String",
            "What is disclosed; null where nothing is.",
            |disclosed: &Disclosure| disclosed.value.clone(),
        ))
}

fn question_type() -> Object {
    use question_category::Column as CategoryColumn;
    use question_response::Column as Response;
    let of_response = ColumnRef::new(Response::QuestionId);
    let response = ColumnRef::new(Response::Value);
    let of_asked = ColumnRef::new(CategoryColumn::QuestionId);
    let (dimension, value) = (
        ColumnRef::new(CategoryColumn::Dimension),
        ColumnRef::new(CategoryColumn::Value),
    );
    Object::new("Question", "A question of a survey.")
        .implements("Node")
        .field(global_id::id_field("Question", question().id_column))
        .field(Field::column(
            "slug",
            "String!",
            "Stable and readable.",
            question::Column::Id,
        ))
        .field(reference_field(
            "survey",
            "Survey!",
            "The survey that asked it.",
            stored_type(),
            question::Column::SurveyId,
        ))
        .field(Field::column(
            "topic",
            "String!",
            "What it asks, in our words.",
            question::Column::Topic,
        ))
        .field(Field::column(
            "wording",
            "String",
            "Null where the wording is not published.",
            question::Column::Wording,
        ))
        .field(computed_list_field(
            "responses",
            "[String!]!",
            "The response options that figures are published of.",
            question::Column::Id,
            Lookup::by_foreign_key(
                of_response,
                of_response,
                &[ColumnRef::new(Response::Position)],
            ),
            &[response],
            move |record| record.get(response).into(),
        ))
        .field(computed_list_field(
            "askedOf",
            "[Category!]!",
            "Whom it was asked of; empty for all respondents.",
            question::Column::Id,
            Lookup::by_foreign_key(
                of_asked,
                of_asked,
                &[ColumnRef::new(CategoryColumn::Position)],
            ),
            &[dimension, value],
            move |record| Category::output_from_record(record, dimension, value),
        ))
        .field(figure::respondent_aggregate_connection().has_many_field(
            "respondentAggregates",
            "The published percentages of its answers.",
            question::Column::Id,
            respondent_aggregate::Column::QuestionId,
        ))
}
