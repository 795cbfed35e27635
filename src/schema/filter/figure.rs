//! Filters on published figures.

use std::sync::LazyLock;

use async_graphql::Value;
use sea_orm::ColumnTrait;

use super::{FilterDefinition, FilterField, LazyFilter, Meaning, field_value, operators::cell};
use crate::{
    db::{Constant, Filter, FilterRelation},
    engine::{Argument, Graph, input_object_type},
    entity::{
        community::Column as Community, published_statistic::Column as Statistic,
        published_statistic_flag::Column as StatisticFlag, question::Column as Question,
        respondent_aggregate::Column as Aggregate,
        respondent_aggregate_category::Column as Category,
        respondent_aggregate_flag::Column as AggregateFlag, source::Column as Source,
    },
    vocabulary::{FigureFlag, Measure, RegionName},
};

pub(in crate::schema) static RESPONDENT_AGGREGATE_FILTER: LazyFilter = LazyLock::new(|| {
    FilterDefinition::new(
        "RespondentAggregateFilter",
        "Selects percentages of respondents. All fields that are set must match; an empty filter matches everything.",
        vec![
            FilterField::new(
                "question",
                "The slug of the question.",
                Meaning::ascii(Aggregate::QuestionId),
            ),
            FilterField::new(
                "survey",
                "The slug of the survey.",
                Meaning::related(
                    FilterRelation::new(Aggregate::QuestionId, Question::Id),
                    Meaning::ascii(Question::SurveyId),
                ),
            ),
            FilterField::new(
                "outcome",
                "A category that `outcome` must contain.",
                Meaning::Custom("CategoryFilter", |value| Ok(has_category("OUTCOME", value))),
            ),
            FilterField::new(
                "given",
                "A category that `given` must contain.",
                Meaning::Custom("CategoryFilter", |value| Ok(has_category("GIVEN", value))),
            ),
            FilterField::new(
                "overall",
                "If true, selects percentages of all respondents (`given` is empty); if false, percentages of a subgroup.",
                Meaning::not_exists(
                    category_relation().with_constraint(Category::Role, Constant::Text("GIVEN")),
                ),
            ),
            flags_field(
                FilterRelation::new(Aggregate::Id, AggregateFlag::RespondentAggregateId),
                AggregateFlag::Flag,
            ),
        ],
    )
});

pub(in crate::schema) static PUBLISHED_STATISTIC_FILTER: LazyFilter = LazyLock::new(|| {
    FilterDefinition::new(
        "PublishedStatisticFilter",
        "Selects published statistics. All fields that are set must match; an empty filter matches everything.",
        vec![
            FilterField::new("slug", "The slug.", Meaning::ascii(Statistic::Id)),
            FilterField::new(
                "subject",
                "What the number describes.",
                Meaning::name(Statistic::Subject, Statistic::SortSubject),
            ),
            FilterField::new(
                "measure",
                "One of these measures. An empty list matches nothing.",
                Meaning::one_of::<Measure>(Statistic::Measure),
            ),
            FilterField::new(
                "region",
                "Numbers about one of these regions. An empty list matches nothing.",
                Meaning::one_of::<RegionName>(Statistic::RegionId),
            ),
            FilterField::new(
                "state",
                "The USPS code of the state that the number is about.",
                Meaning::related(
                    FilterRelation::new(Statistic::StateId, Community::Id),
                    Meaning::ascii(Community::Code),
                ),
            ),
            FilterField::new(
                "country",
                "The ISO 3166-1 alpha-2 code of the country that the number is about.",
                Meaning::ascii(Statistic::CountryId),
            ),
            flags_field(
                FilterRelation::new(Statistic::Id, StatisticFlag::PublishedStatisticId),
                StatisticFlag::Flag,
            ),
        ],
    )
    .with_logical_operators()
});

pub(in crate::schema) static SOURCE_FILTER: LazyFilter = LazyLock::new(|| {
    FilterDefinition::new(
        "SourceFilter",
        "Selects sources. All fields that are set must match; an empty filter matches everything.",
        vec![
            FilterField::new("slug", "The slug.", Meaning::ascii(Source::Id)),
            FilterField::new(
                "title",
                "The title.",
                Meaning::name(Source::Title, Source::SortTitle),
            ),
            FilterField::new(
                "publisher",
                "The publisher.",
                Meaning::name(Source::Publisher, Source::SortPublisher),
            ),
            FilterField::new(
                "kind",
                "The kind of source, such as `news`.",
                Meaning::ascii(Source::Kind),
            ),
            FilterField::new(
                "independent",
                "If false, selects sources derived from Wikipedia or Wikidata; if true, all others.",
                Meaning::equals(Source::Independent),
            ),
        ],
    )
    .with_logical_operators()
});

fn flags_field(relation: FilterRelation, flag: impl ColumnTrait) -> FilterField {
    FilterField::new(
        "flags",
        "At least one of these flags. An empty list matches nothing.",
        Meaning::related(relation, Meaning::one_of::<FigureFlag>(flag)),
    )
}

fn category_relation() -> FilterRelation {
    FilterRelation::new(Aggregate::Id, Category::RespondentAggregateId)
}

/// Matches percentages with a category in a role.
fn has_category(role: &str, value: &Value) -> Filter {
    let columns = [
        ("dimension", Category::Dimension),
        ("value", Category::Value),
    ];
    let given = columns
        .into_iter()
        .filter_map(|(name, column)| Some(Filter::equals(column, cell(field_value(value, name)?))));
    let category = given.fold(Filter::equals(Category::Role, role), Filter::and);
    Filter::related(category_relation(), category)
}

/// Adds the input type `CategoryFilter`.
pub(in crate::schema) fn define(graph: Graph) -> Graph {
    graph.add_type(input_object_type(
        "CategoryFilter",
        "Matches a category of respondents, such as `REGION` = `WEST`.",
        [
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
    ))
}
