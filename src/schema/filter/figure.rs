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
        description: "Selects percentages of respondents. All fields that are set must match; an empty filter matches everything.",
        has_logical_operators: false,
        unique_field: None,
        fields: || {
            vec![
                filter_field(
                    "question",
                    STRING_FILTER,
                    "The slug of the question.",
                    |value, context| ascii_condition(Aggregate::QuestionId, value, context),
                ),
                filter_field(
                    "survey",
                    STRING_FILTER,
                    "The slug of the survey.",
                    |value, context| {
                        relation_condition(
                            &FilterRelation::new(Aggregate::QuestionId, Question::Id),
                            &question_filter(),
                            &survey_filter_value(value),
                            context,
                        )
                    },
                ),
                filter_field(
                    "outcome",
                    "CategoryFilter",
                    "A category that `outcome` must contain.",
                    |value, context| category_condition("OUTCOME", value, context),
                ),
                filter_field(
                    "given",
                    "CategoryFilter",
                    "A category that `given` must contain.",
                    |value, context| category_condition("GIVEN", value, context),
                ),
                filter_field(
                    "overall",
                    "Boolean",
                    "If true, selects percentages of all respondents (`given` is empty); if false, percentages of a subgroup.",
                    |value, context| {
                        context.count_comparison()?;
                        let is_given = Condition::all().add(equals(Category::Role, "GIVEN"));
                        let has_given = reverse_relation_condition(
                            Aggregate::Id,
                            Category::RespondentAggregateId,
                            is_given,
                        );
                        Ok(match value {
                            Value::Boolean(true) => has_given.not(),
                            _ => has_given,
                        })
                    },
                ),
                filter_field(
                    "flags",
                    "[FigureFlag!]",
                    "At least one of these flags. An empty list matches nothing.",
                    |value, context| {
                        if list_values(value).is_empty() {
                            return Ok(no_rows());
                        }
                        let flagged = enum_condition(AggregateFlag::Flag, value, context)?;
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

/// Selects the questions of a survey. This filter is internal; it is not an input type of the API.
fn question_filter() -> FilterDefinition {
    FilterDefinition {
        name: "QuestionFilter",
        description: "",
        has_logical_operators: false,
        unique_field: None,
        fields: || {
            vec![filter_field(
                "survey",
                STRING_FILTER,
                "",
                |value, context| ascii_condition(Question::SurveyId, value, context),
            )]
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
    context: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    context.count_comparison()?;
    let field = |name| match value {
        Value::Object(fields) => fields.get(name).and_then(value_as_str),
        _ => None,
    };
    let mut category = Condition::all()
        .add(equals(Category::Role, role))
        .add(equals(
            Category::Dimension,
            field("dimension").unwrap_or_default(),
        ));
    if let Some(value) = field("value") {
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
        description: "Selects published statistics. All fields that are set must match; an empty filter matches everything.",
        has_logical_operators: false,
        unique_field: None,
        fields: || {
            vec![
                filter_field(
                    "measure",
                    "[Measure!]",
                    "One of these measures. An empty list matches nothing.",
                    |value, context| enum_condition(Statistic::Measure, value, context),
                ),
                filter_field(
                    "region",
                    "[RegionName!]",
                    "Numbers about one of these regions. An empty list matches nothing.",
                    |value, context| enum_condition(Statistic::RegionId, value, context),
                ),
                filter_field(
                    "state",
                    STRING_FILTER,
                    "The USPS code of the state that the number is about.",
                    |value, context| {
                        let code = ascii_condition(Community::Code, value, context)?;
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
                    "The ISO 3166-1 alpha-2 code of the country that the number is about.",
                    |value, context| ascii_condition(Statistic::CountryId, value, context),
                ),
                filter_field(
                    "flags",
                    "[FigureFlag!]",
                    "At least one of these flags. An empty list matches nothing.",
                    |value, context| {
                        if list_values(value).is_empty() {
                            return Ok(no_rows());
                        }
                        let flagged = enum_condition(StatisticFlag::Flag, value, context)?;
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

/// Adds the input type `CategoryFilter`.
pub(in crate::schema) fn define(graph: Graph) -> Graph {
    graph.input_object(InputObject {
        name: "CategoryFilter",
        description: "Matches a category of respondents, such as `REGION` = `WEST`.",
        fields: vec![
            Argument::new(
                "dimension",
                "SegmentDimension!",
                "The dimension, such as `REGION`.",
            ),
            Argument::new(
                "value",
                "String",
                "The value, such as `WEST`; any value if omitted.",
            ),
        ],
    })
}
