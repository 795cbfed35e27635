//! Filters on published figures.

use async_graphql::Value;
use sea_orm::sea_query::Condition;

use super::{
    Filter, Terms, list, nothing,
    operators::{Reference, STRING, any_of, ascii, holds, is_pointed_at, refers_to},
    place::field,
};
use crate::{
    engine::{Argument, Graph, Input, Refusal, text},
    entity::{
        community::Column as Community, published_statistic::Column as Statistic,
        published_statistic_flag::Column as StatisticFlag, question::Column as Question,
        respondent_aggregate::Column as Aggregate,
        respondent_aggregate_category::Column as Category,
        respondent_aggregate_flag::Column as AggregateFlag,
    },
};

pub(in crate::graphql) fn respondent_aggregate() -> Filter {
    Filter {
        name: "RespondentAggregateFilter",
        description: "Which percentages of respondents. Fields that are given must all hold; an empty filter holds of all.",
        combines: false,
        unique: None,
        fields: || {
            vec![
                field(
                    "question",
                    STRING,
                    "The slug of the question.",
                    |value, terms| ascii(Aggregate::QuestionId, value, terms),
                ),
                field(
                    "survey",
                    STRING,
                    "The slug of the survey.",
                    |value, terms| {
                        refers_to(
                            &Reference::new(Aggregate::QuestionId, Question::Id),
                            &of_survey(),
                            &wrapped(value),
                            terms,
                        )
                    },
                ),
                field(
                    "outcome",
                    "CategoryFilter",
                    "The outcome has such a category.",
                    |value, terms| category("OUTCOME", value, terms),
                ),
                field(
                    "given",
                    "CategoryFilter",
                    "The condition has such a category.",
                    |value, terms| category("GIVEN", value, terms),
                ),
                field(
                    "overall",
                    "Boolean",
                    "All respondents: an empty `given`.",
                    |value, terms| {
                        terms.add()?;
                        let given = Condition::all().add(holds(Category::Role, "GIVEN"));
                        let conditional =
                            is_pointed_at(Aggregate::Id, Category::RespondentAggregateId, given);
                        Ok(match value {
                            Value::Boolean(true) => conditional.not(),
                            _ => conditional,
                        })
                    },
                ),
                field(
                    "flags",
                    "[FigureFlag!]",
                    "Has any of these.",
                    |value, terms| {
                        if list(value).is_empty() {
                            return Ok(nothing());
                        }
                        let flagged = any_of(AggregateFlag::Flag, value, terms)?;
                        Ok(is_pointed_at(
                            Aggregate::Id,
                            AggregateFlag::RespondentAggregateId,
                            flagged,
                        ))
                    },
                ),
            ]
        },
    }
}

/// The question is of a survey.
fn of_survey() -> Filter {
    Filter {
        name: "QuestionFilter",
        description: "",
        combines: false,
        unique: None,
        fields: || {
            vec![field("survey", STRING, "", |value, terms| {
                ascii(Question::SurveyId, value, terms)
            })]
        },
    }
}

fn wrapped(value: &Value) -> Value {
    let field = (async_graphql::Name::new("survey"), value.clone());
    Value::Object([field].into_iter().collect())
}

fn category(role: &str, value: &Value, terms: &mut Terms) -> Result<Condition, Refusal> {
    terms.add()?;
    let given = |name| match value {
        Value::Object(fields) => fields.get(name).and_then(text),
        _ => None,
    };
    let mut category = Condition::all().add(holds(Category::Role, role)).add(holds(
        Category::Dimension,
        given("dimension").unwrap_or_default(),
    ));
    if let Some(value) = given("value") {
        category = category.add(holds(Category::Value, value));
    }
    Ok(is_pointed_at(
        Aggregate::Id,
        Category::RespondentAggregateId,
        category,
    ))
}

pub(in crate::graphql) fn published_statistic() -> Filter {
    Filter {
        name: "PublishedStatisticFilter",
        description: "Which published numbers. Fields that are given must all hold; an empty filter holds of all.",
        combines: false,
        unique: None,
        fields: || {
            vec![
                field("measure", "[Measure!]", "Any of these.", |value, terms| {
                    any_of(Statistic::Measure, value, terms)
                }),
                field(
                    "region",
                    "[RegionName!]",
                    "About any of these.",
                    |value, terms| any_of(Statistic::RegionId, value, terms),
                ),
                field(
                    "state",
                    STRING,
                    "About a state: its USPS code.",
                    |value, terms| {
                        let code = ascii(Community::Code, value, terms)?;
                        if code.is_empty() {
                            return Ok(code);
                        }
                        Ok(is_pointed_at(Statistic::StateId, Community::Id, code))
                    },
                ),
                field(
                    "country",
                    STRING,
                    "About a country: its ISO 3166-1 alpha-2 code.",
                    |value, terms| ascii(Statistic::CountryId, value, terms),
                ),
                field(
                    "flags",
                    "[FigureFlag!]",
                    "Has any of these.",
                    |value, terms| {
                        if list(value).is_empty() {
                            return Ok(nothing());
                        }
                        let flagged = any_of(StatisticFlag::Flag, value, terms)?;
                        Ok(is_pointed_at(
                            Statistic::Id,
                            StatisticFlag::PublishedStatisticId,
                            flagged,
                        ))
                    },
                ),
            ]
        },
    }
}

/// Adds the inputs of this file.
pub(in crate::graphql) fn define(graph: Graph) -> Graph {
    graph.input(Input {
        name: "CategoryFilter",
        description: "A category of respondents.",
        fields: vec![
            Argument::new("dimension", "SegmentDimension!", "The dimension."),
            Argument::new("value", "String", "The value; any where none is given."),
        ],
    })
}
