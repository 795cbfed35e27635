//! Filters on published figures.

use async_graphql::Value;
use sea_orm::sea_query::Condition;

use super::{
    FilterContext, FilterDefinition, list_values, no_rows,
    operators::{
        FilterRelation, STRING_FILTER, ascii_condition, enum_condition, equals, relation_condition,
        reverse_relation_condition,
    },
    place::filter_field,
};
use crate::{
    engine::{Argument, Graph, GraphqlError, InputObject, value_as_str},
    entity::{
        community::Column as Community, published_statistic::Column as Statistic,
        published_statistic_flag::Column as StatisticFlag, question::Column as Question,
        respondent_aggregate::Column as Aggregate,
        respondent_aggregate_category::Column as Category,
        respondent_aggregate_flag::Column as AggregateFlag,
    },
};

pub(in crate::schema) fn respondent_aggregate_filter() -> FilterDefinition {
    FilterDefinition {
        name: "RespondentAggregateFilter",
        description: "Which percentages of respondents. Fields that are given must all hold; an empty filter holds of all.",
        has_logical_operators: false,
        unique_field: None,
        fields: || {
            vec![
                filter_field(
                    "question",
                    STRING_FILTER,
                    "The slug of the question.",
                    |value, terms| ascii_condition(Aggregate::QuestionId, value, terms),
                ),
                filter_field(
                    "survey",
                    STRING_FILTER,
                    "The slug of the survey.",
                    |value, terms| {
                        relation_condition(
                            &FilterRelation::new(Aggregate::QuestionId, Question::Id),
                            &question_filter(),
                            &survey_filter_value(value),
                            terms,
                        )
                    },
                ),
                filter_field(
                    "outcome",
                    "CategoryFilter",
                    "The outcome has such a category.",
                    |value, terms| category_condition("OUTCOME", value, terms),
                ),
                filter_field(
                    "given",
                    "CategoryFilter",
                    "The condition has such a category.",
                    |value, terms| category_condition("GIVEN", value, terms),
                ),
                filter_field(
                    "overall",
                    "Boolean",
                    "All respondents: an empty `given`.",
                    |value, terms| {
                        terms.count_comparison()?;
                        let given = Condition::all().add(equals(Category::Role, "GIVEN"));
                        let conditional = reverse_relation_condition(
                            Aggregate::Id,
                            Category::RespondentAggregateId,
                            given,
                        );
                        Ok(match value {
                            Value::Boolean(true) => conditional.not(),
                            _ => conditional,
                        })
                    },
                ),
                filter_field(
                    "flags",
                    "[FigureFlag!]",
                    "Has any of these.",
                    |value, terms| {
                        if list_values(value).is_empty() {
                            return Ok(no_rows());
                        }
                        let flagged = enum_condition(AggregateFlag::Flag, value, terms)?;
                        Ok(reverse_relation_condition(
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
fn question_filter() -> FilterDefinition {
    FilterDefinition {
        name: "QuestionFilter",
        description: "",
        has_logical_operators: false,
        unique_field: None,
        fields: || {
            vec![filter_field("survey", STRING_FILTER, "", |value, terms| {
                ascii_condition(Question::SurveyId, value, terms)
            })]
        },
    }
}

fn survey_filter_value(value: &Value) -> Value {
    let field = (async_graphql::Name::new("survey"), value.clone());
    Value::Object([field].into_iter().collect())
}

fn category_condition(
    role: &str,
    value: &Value,
    terms: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    terms.count_comparison()?;
    let given = |name| match value {
        Value::Object(fields) => fields.get(name).and_then(value_as_str),
        _ => None,
    };
    let mut category = Condition::all()
        .add(equals(Category::Role, role))
        .add(equals(
            Category::Dimension,
            given("dimension").unwrap_or_default(),
        ));
    if let Some(value) = given("value") {
        category = category.add(equals(Category::Value, value));
    }
    Ok(reverse_relation_condition(
        Aggregate::Id,
        Category::RespondentAggregateId,
        category,
    ))
}

pub(in crate::schema) fn published_statistic_filter() -> FilterDefinition {
    FilterDefinition {
        name: "PublishedStatisticFilter",
        description: "Which published numbers. Fields that are given must all hold; an empty filter holds of all.",
        has_logical_operators: false,
        unique_field: None,
        fields: || {
            vec![
                filter_field("measure", "[Measure!]", "Any of these.", |value, terms| {
                    enum_condition(Statistic::Measure, value, terms)
                }),
                filter_field(
                    "region",
                    "[RegionName!]",
                    "About any of these.",
                    |value, terms| enum_condition(Statistic::RegionId, value, terms),
                ),
                filter_field(
                    "state",
                    STRING_FILTER,
                    "About a state: its USPS code.",
                    |value, terms| {
                        let code = ascii_condition(Community::Code, value, terms)?;
                        if code.is_empty() {
                            return Ok(code);
                        }
                        Ok(reverse_relation_condition(
                            Statistic::StateId,
                            Community::Id,
                            code,
                        ))
                    },
                ),
                filter_field(
                    "country",
                    STRING_FILTER,
                    "About a country: its ISO 3166-1 alpha-2 code.",
                    |value, terms| ascii_condition(Statistic::CountryId, value, terms),
                ),
                filter_field(
                    "flags",
                    "[FigureFlag!]",
                    "Has any of these.",
                    |value, terms| {
                        if list_values(value).is_empty() {
                            return Ok(no_rows());
                        }
                        let flagged = enum_condition(StatisticFlag::Flag, value, terms)?;
                        Ok(reverse_relation_condition(
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
pub(in crate::schema) fn define(graph: Graph) -> Graph {
    graph.input_object(InputObject {
        name: "CategoryFilter",
        description: "A category of respondents.",
        fields: vec![
            Argument::new("dimension", "SegmentDimension!", "The dimension."),
            Argument::new("value", "String", "The value; any where none is given."),
        ],
    })
}
