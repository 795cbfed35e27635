//! The columns of `figures.csv`.

use super::Figure;
use crate::{
    db::{Cell, Column, FigureKind, Rows},
    entity::{
        published_statistic as statistic, respondent_aggregate as aggregate,
        respondent_aggregate_category as category, source,
    },
    export::column::{Column as FileColumn, Kind, Value},
    stats::quantity::Quantity,
    vocabulary::Vocabulary,
};

fn categories(rows: &Rows) -> Value {
    let [dimension, value] = [category::Column::Dimension, category::Column::Value].map(Column::of);
    let pairs = rows.iter().filter_map(|row| {
        let (dimension, value) = (row.text(dimension)?, row.text(value)?);
        Some(format!("{dimension}={value}").into())
    });
    Value::Many(pairs.collect())
}

/// The columns of the file, in their order.
pub(in crate::export) const COLUMNS: &[FileColumn<Figure>] = &[
    FileColumn {
        name: "slug",
        kind: Kind::Text,
        meaning: "Stable and readable name of the figure; with the type, unique.",
        value: |figure| figure.either(aggregate::Column::Id, statistic::Column::Id),
    },
    FileColumn {
        name: "type",
        kind: Kind::Text,
        meaning: "RespondentAggregate, a percentage of the respondents of a survey, or PublishedStatistic, any other number.",
        value: |figure| match figure.kind {
            FigureKind::RespondentAggregate => "RespondentAggregate".into(),
            FigureKind::PublishedStatistic => "PublishedStatistic".into(),
        },
    },
    FileColumn {
        name: "measure",
        kind: Kind::Text,
        meaning: "What a published statistic measures, such as PARTNERSHIP_COUNT, SHARE or MONEY.",
        value: |figure| figure.statistic(statistic::Column::Measure),
    },
    FileColumn {
        name: "subject",
        kind: Kind::Text,
        meaning: "What a published statistic is a number of.",
        value: |figure| figure.statistic(statistic::Column::Subject),
    },
    FileColumn {
        name: "question",
        kind: Kind::Text,
        meaning: "The slug of the question that respondents were asked.",
        value: |figure| figure.aggregate(aggregate::Column::QuestionId),
    },
    FileColumn {
        name: "outcome",
        kind: Kind::List(";"),
        meaning: "What the respondents answered, or what else they have in common: a percentage is P(outcome | given).",
        value: |figure| categories(&figure.outcome),
    },
    FileColumn {
        name: "given",
        kind: Kind::List(";"),
        meaning: "Whom the percentage is of; nothing where it is of all respondents.",
        value: |figure| categories(&figure.given),
    },
    FileColumn {
        name: "value",
        kind: Kind::Number,
        meaning: "The number as printed; nothing where the source gives words only.",
        value: |figure| {
            figure
                .quantity
                .as_ref()
                .and_then(|quantity| quantity.value)
                .into()
        },
    },
    FileColumn {
        name: "unit",
        kind: Kind::Text,
        meaning: "What is counted or measured, such as percent, partnerships or USD billion.",
        value: |figure| match &figure.quantity {
            Some(quantity) => quantity.unit.as_str().into(),
            None => Cell::Null.into(),
        },
    },
    FileColumn {
        name: "qualifier",
        kind: Kind::Text,
        meaning: "How the source words the number, such as EXACT, ROUNDED or MORE_THAN.",
        value: |figure| match &figure.quantity {
            Some(quantity) => quantity.qualifier.as_str().into(),
            None => Cell::Null.into(),
        },
    },
    FileColumn {
        name: "low",
        kind: Kind::Number,
        meaning: "The lower bound that rounding or wording allows; nothing where they set none. Of MORE_THAN and MAJORITY the bound itself is not allowed.",
        value: |figure| figure.quantity.as_ref().and_then(Quantity::low).into(),
    },
    FileColumn {
        name: "high",
        kind: Kind::Number,
        meaning: "The upper bound; of LESS_THAN the bound itself is not allowed.",
        value: |figure| figure.quantity.as_ref().and_then(Quantity::high).into(),
    },
    FileColumn {
        name: "direction",
        kind: Kind::Text,
        meaning: "Whether the source makes clear which way round a percentage runs: CLEAR, INFERRED or AMBIGUOUS.",
        value: |figure| figure.aggregate(aggregate::Column::Direction),
    },
    FileColumn {
        name: "base",
        kind: Kind::Text,
        meaning: "The respondents that a percentage is of, in words.",
        value: |figure| figure.aggregate(aggregate::Column::BaseDescription),
    },
    FileColumn {
        name: "base_n",
        kind: Kind::Integer,
        meaning: "How many they are; nothing where that is not published.",
        value: |figure| figure.aggregate(aggregate::Column::BaseN),
    },
    FileColumn {
        name: "margin_of_error",
        kind: Kind::Number,
        meaning: "How far a percentage may be off because a sample was asked, in percentage points either way at the 95 % level, as of a simple random sample; the true margin is likely larger. Nothing where the base is not published.",
        value: |figure| figure.margin.map(|margin| margin.points).into(),
    },
    FileColumn {
        name: "region",
        kind: Kind::Text,
        meaning: "The region that it is about.",
        value: |figure| figure.either(aggregate::Column::RegionId, statistic::Column::RegionId),
    },
    FileColumn {
        name: "state",
        kind: Kind::Text,
        meaning: "The slug of the state that it is about.",
        value: |figure| figure.statistic(statistic::Column::StateId),
    },
    FileColumn {
        name: "country",
        kind: Kind::Text,
        meaning: "The ISO 3166-1 alpha-2 code of the country that it is about.",
        value: |figure| figure.statistic(statistic::Column::CountryId),
    },
    FileColumn {
        name: "level",
        kind: Kind::Text,
        meaning: "The level of the partnerships that it counts; nothing where the source does not say.",
        value: |figure| figure.statistic(statistic::Column::Level),
    },
    FileColumn {
        name: "flags",
        kind: Kind::List(";"),
        meaning: "What the source leaves open, or says wrongly, such as BASE_NOT_PUBLISHED.",
        value: |figure| Value::Many(figure.flags.clone()),
    },
    FileColumn {
        name: "note",
        kind: Kind::Text,
        meaning: "What to know before quoting it.",
        value: |figure| figure.either(aggregate::Column::Note, statistic::Column::Note),
    },
    FileColumn {
        name: "identities",
        kind: Kind::List(";"),
        meaning: "The arithmetic that it takes part in and what came of it, such as HOLDS or CONTRADICTS; the API says more under reconciliation.",
        value: |figure| Value::Many(figure.identities.clone()),
    },
    FileColumn {
        name: "source",
        kind: Kind::Text,
        meaning: "The slug of the publication.",
        value: |figure| figure.either(aggregate::Column::SourceId, statistic::Column::SourceId),
    },
    FileColumn {
        name: "source_title",
        kind: Kind::Text,
        meaning: "Its title.",
        value: |figure| figure.of_source(source::Column::Title),
    },
    FileColumn {
        name: "source_publisher",
        kind: Kind::Text,
        meaning: "Its publisher.",
        value: |figure| figure.of_source(source::Column::Publisher),
    },
    FileColumn {
        name: "source_as_of",
        kind: Kind::Text,
        meaning: "The time that it speaks of.",
        value: |figure| figure.of_source(source::Column::AsOf),
    },
    FileColumn {
        name: "source_note",
        kind: Kind::Text,
        meaning: "What to know about it.",
        value: |figure| figure.of_source(source::Column::Note),
    },
];
