//! Surveys, their questions, and what they disclose about their method.

use async_graphql::dynamic::Scalar;

use super::{
    figure::{self, Category},
    global_id, place,
    relation::{StoredType, computed_list_field, list_field, reference_field},
    source,
};
use crate::{
    db::{ColumnRef, Lookup},
    engine::{Field, Graph, Object, ResolvedValue},
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

pub(super) fn define(graph: Graph) -> Graph {
    graph
        .object(survey_type())
        .object(disclosure_type())
        .object(question_type())
        .add_type(
            Scalar::new("Date").description("A calendar date, such as `2021-09-21` (ISO 8601)."),
        )
}

fn survey_type() -> Object {
    use disclosure::Column as DisclosureColumn;
    let (item, value) = (
        ColumnRef::new(DisclosureColumn::Item),
        ColumnRef::new(DisclosureColumn::Value),
    );
    let survey_id = ColumnRef::new(DisclosureColumn::SurveyId);
    stored_type().object("A survey, with its questions and the disclosures about its method.")
        .implements("Node")
        .field(global_id::id_field("Survey", stored_type().id_column))
        .field(Field::column(
            "slug",
            "Stable, readable identifier, such as `states-survey-2021`.",
            survey::Column::Id,
        ))
        .field(Field::column("title", "The title of the survey.", survey::Column::Title))
        .field(Field::column(
            "year",
            "The year of fieldwork; null if it is unknown.",
            survey::Column::Year,
        ))
        .field(Field::column(
            "fieldedFrom",
            "The first day on which respondents were surveyed; null if it is not published.",
            survey::Column::FieldedFrom,
        ))
        .field(Field::column(
            "fieldedTo",
            "The last day on which respondents were surveyed; null if it is not published.",
            survey::Column::FieldedTo,
        ))
        .field(Field::column(
            "population",
            "The group of people that the survey covers, in words.",
            survey::Column::Population,
        ))
        .field(Field::column(
            "sampleSize",
            "The number of respondents; null if it is not published, or only as a round number (see `disclosure`).",
            survey::Column::SampleSize,
        ))
        .field(
            list_field(
                "questions",
                "[Question!]!",
                "The questions of the survey.",
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
                "The disclosures about the method of the survey: one entry for each item that reporting standards for surveys require, whether it was disclosed or not.",
                survey::Column::Id,
                Lookup::by_foreign_key(survey_id, survey_id, &[ColumnRef::new(DisclosureColumn::Position)]),
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
            "The publication that reports the survey.",
            source::stored_type(),
            survey::Column::SourceId,
        ))
}

struct Disclosure {
    item: ResolvedValue,
    value: ResolvedValue,
}

fn disclosure_type() -> Object {
    Object::new::<Disclosure>(
        "Disclosure",
        "An item that a survey should disclose about its method, and its value if it was disclosed.",
    )
    .field(Field::new(
        "item",
        "String!",
        "The item, such as `Mode of interview`.",
    )
    .compute(|disclosure: &Disclosure| disclosure.item.clone()))
    .field(Field::new(
        "value",
        "String",
        "The disclosed value; null if the item was not disclosed.",
    )
    .compute(|disclosure: &Disclosure| disclosure.value.clone()))
}

fn question_type() -> Object {
    use question_category::Column as CategoryColumn;
    use question_response::Column as Response;
    let response_question_id = ColumnRef::new(Response::QuestionId);
    let response = ColumnRef::new(Response::Value);
    let category_question_id = ColumnRef::new(CategoryColumn::QuestionId);
    let (dimension, value) = (
        ColumnRef::new(CategoryColumn::Dimension),
        ColumnRef::new(CategoryColumn::Value),
    );
    question()
        .object("A question of a survey.")
        .implements("Node")
        .field(global_id::id_field("Question", question().id_column))
        .field(Field::column(
            "slug",
            "Stable, readable identifier, such as `asia-matters`.",
            question::Column::Id,
        ))
        .field(reference_field(
            "survey",
            "Survey!",
            "The survey that this question is part of.",
            stored_type(),
            question::Column::SurveyId,
        ))
        .field(Field::column(
            "topic",
            "What the question is about, in our own words.",
            question::Column::Topic,
        ))
        .field(reference_field(
            "country",
            "Country",
            "The country that the question asks about; null if it asks about none.",
            place::country(),
            question::Column::CountryId,
        ))
        .field(Field::column(
            "wording",
            "The question as respondents saw or heard it; null if the wording is not published.",
            question::Column::Wording,
        ))
        .field(computed_list_field(
            "responses",
            "[String!]!",
            "The response options for which figures are published, such as `YES` or `NOT_SURE`.",
            question::Column::Id,
            Lookup::by_foreign_key(
                response_question_id,
                response_question_id,
                &[ColumnRef::new(Response::Position)],
            ),
            &[response],
            move |record| record.get(response).into(),
        ))
        .field(computed_list_field(
            "askedOf",
            "[Category!]!",
            "The respondents who were asked the question; empty if all were.",
            question::Column::Id,
            Lookup::by_foreign_key(
                category_question_id,
                category_question_id,
                &[ColumnRef::new(CategoryColumn::Position)],
            ),
            &[dimension, value],
            move |record| Category::output_from_record(record, dimension, value),
        ))
        .field(figure::respondent_aggregate_connection().has_many_field(
            "respondentAggregates",
            "The published percentages of respondents for this question.",
            question::Column::Id,
            respondent_aggregate::Column::QuestionId,
        ))
}
