//! Surveys, what they disclose, and their questions.

use super::{
    edge::{Stored, items, list, one},
    figure::{self, Category},
    id, source,
};
use crate::{
    db::{Column, Lookup},
    engine::{Field, Graph, Object, Output, Scalar},
    entity::{
        disclosure, question, question_category, question_response, respondent_aggregate, survey,
    },
};

pub(super) fn stored() -> Stored {
    Stored::new("Survey", survey::Column::Id)
}

pub(super) fn question() -> Stored {
    Stored::new("Question", question::Column::Id)
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
    use disclosure::Column as Item;
    let (item, value) = (Column::of(Item::Item), Column::of(Item::Value));
    let of_survey = Column::of(Item::SurveyId);
    Object::new("Survey", "A survey of respondents.")
        .implements("Node")
        .field(id::field("Survey", stored().id))
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
            list(
                "questions",
                "[Question!]!",
                "Its questions, in order.",
                survey::Column::Id,
                question(),
                question().pointing(
                    question::Column::SurveyId,
                    &[Column::of(question::Column::Position)],
                ),
            )
            .usually(6),
        )
        .field(
            items(
                "disclosure",
                "[Disclosure!]!",
                "One row per item that transparent survey reporting asks for; a null value means not disclosed.",
                survey::Column::Id,
                Lookup::pointing(of_survey, of_survey, &[Column::of(Item::Position)]),
                &[item, value],
                move |record| {
                    Output::object(
                        "Disclosure",
                        Disclosed {
                            item: record.get(item).into(),
                            value: record.get(value).into(),
                        },
                    )
                },
            )
            .usually(12),
        )
        .field(one(
            "source",
            "Source!",
            "Where it was published.",
            source::stored(),
            survey::Column::SourceId,
        ))
}

struct Disclosed {
    item: Output,
    value: Output,
}

fn disclosure_type() -> Object {
    Object::new("Disclosure", "What a survey discloses of its method.")
        .field(Field::of(
            "item",
            "String!",
            "What transparent survey reporting asks for, such as the mode of interview.",
            |disclosed: &Disclosed| disclosed.item.clone(),
        ))
        .field(Field::of(
            "value",
            "String",
            "What is disclosed; null where nothing is.",
            |disclosed: &Disclosed| disclosed.value.clone(),
        ))
}

fn question_type() -> Object {
    use question_category::Column as Asked;
    use question_response::Column as Response;
    let of_response = Column::of(Response::QuestionId);
    let response = Column::of(Response::Value);
    let of_asked = Column::of(Asked::QuestionId);
    let (dimension, value) = (Column::of(Asked::Dimension), Column::of(Asked::Value));
    Object::new("Question", "A question of a survey.")
        .implements("Node")
        .field(id::field("Question", question().id))
        .field(Field::column(
            "slug",
            "String!",
            "Stable and readable.",
            question::Column::Id,
        ))
        .field(one(
            "survey",
            "Survey!",
            "The survey that asked it.",
            stored(),
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
        .field(items(
            "responses",
            "[String!]!",
            "The response options that figures are published of.",
            question::Column::Id,
            Lookup::pointing(of_response, of_response, &[Column::of(Response::Position)]),
            &[response],
            move |record| record.get(response).into(),
        ))
        .field(items(
            "askedOf",
            "[Category!]!",
            "Whom it was asked of; empty for all respondents.",
            question::Column::Id,
            Lookup::pointing(of_asked, of_asked, &[Column::of(Asked::Position)]),
            &[dimension, value],
            move |record| Category::output(record, dimension, value),
        ))
        .field(figure::respondent_aggregates().of(
            "respondentAggregates",
            "The published percentages of its answers.",
            question::Column::Id,
            respondent_aggregate::Column::QuestionId,
        ))
}
