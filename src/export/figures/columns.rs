//! The columns of `figures.csv`.

use super::FigureExportRow;
use crate::{
    db::{Cell, ColumnRef, FigureKind, Records},
    entity::{
        published_statistic as statistic, respondent_aggregate as aggregate,
        respondent_aggregate_category as category, source,
    },
    export::column::{FileColumn, FileColumnType, FileValue},
    stats::quantity::Quantity,
    vocabulary::Vocabulary,
};

fn format_categories(rows: &Records) -> FileValue {
    let [dimension, value] =
        [category::Column::Dimension, category::Column::Value].map(ColumnRef::new);
    let pairs = rows.iter().filter_map(|row| {
        let (dimension, value) = (row.text(dimension)?, row.text(value)?);
        Some(format!("{dimension}={value}").into())
    });
    FileValue::List(pairs.collect())
}

/// The columns of the file, in their order.
pub(in crate::export) const COLUMNS: &[FileColumn<FigureExportRow>] = &[
    FileColumn {
        name: "slug",
        column_type: FileColumnType::Text,
        description: "Stable and readable name of the figure; with the type, unique.",
        value: |figure| {
            figure.aggregate_or_statistic_value(aggregate::Column::Id, statistic::Column::Id)
        },
    },
    FileColumn {
        name: "type",
        column_type: FileColumnType::Text,
        description: "RespondentAggregate, a percentage of the respondents of a survey, or PublishedStatistic, any other number.",
        value: |figure| match figure.kind {
            FigureKind::RespondentAggregate => "RespondentAggregate".into(),
            FigureKind::PublishedStatistic => "PublishedStatistic".into(),
        },
    },
    FileColumn {
        name: "measure",
        column_type: FileColumnType::Text,
        description: "What a published statistic measures, such as PARTNERSHIP_COUNT, SHARE or MONEY.",
        value: |figure| figure.statistic_value(statistic::Column::Measure),
    },
    FileColumn {
        name: "subject",
        column_type: FileColumnType::Text,
        description: "What a published statistic is a number of.",
        value: |figure| figure.statistic_value(statistic::Column::Subject),
    },
    FileColumn {
        name: "question",
        column_type: FileColumnType::Text,
        description: "The slug of the question that respondents were asked.",
        value: |figure| figure.aggregate_value(aggregate::Column::QuestionId),
    },
    FileColumn {
        name: "outcome",
        column_type: FileColumnType::List(";"),
        description: "What the respondents answered, or what else they have in common: a percentage is P(outcome | given).",
        value: |figure| format_categories(&figure.outcome),
    },
    FileColumn {
        name: "given",
        column_type: FileColumnType::List(";"),
        description: "Whom the percentage is of; nothing where it is of all respondents.",
        value: |figure| format_categories(&figure.given),
    },
    FileColumn {
        name: "value",
        column_type: FileColumnType::Number,
        description: "The number as printed; nothing where the source gives words only.",
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
        column_type: FileColumnType::Text,
        description: "What is counted or measured, such as percent, partnerships or USD billion.",
        value: |figure| match &figure.quantity {
            Some(quantity) => quantity.unit.as_str().into(),
            None => Cell::Null.into(),
        },
    },
    FileColumn {
        name: "qualifier",
        column_type: FileColumnType::Text,
        description: "How the source words the number, such as EXACT, ROUNDED or MORE_THAN.",
        value: |figure| match &figure.quantity {
            Some(quantity) => quantity.qualifier.as_str().into(),
            None => Cell::Null.into(),
        },
    },
    FileColumn {
        name: "low",
        column_type: FileColumnType::Number,
        description: "The lower bound that rounding or wording allows; nothing where they set none. Of MORE_THAN and MAJORITY the bound itself is not allowed.",
        value: |figure| figure.quantity.as_ref().and_then(Quantity::low).into(),
    },
    FileColumn {
        name: "high",
        column_type: FileColumnType::Number,
        description: "The upper bound; of LESS_THAN the bound itself is not allowed.",
        value: |figure| figure.quantity.as_ref().and_then(Quantity::high).into(),
    },
    FileColumn {
        name: "direction",
        column_type: FileColumnType::Text,
        description: "Whether the source makes clear which way round a percentage runs: CLEAR, INFERRED or AMBIGUOUS.",
        value: |figure| figure.aggregate_value(aggregate::Column::Direction),
    },
    FileColumn {
        name: "base",
        column_type: FileColumnType::Text,
        description: "The respondents that a percentage is of, in words.",
        value: |figure| figure.aggregate_value(aggregate::Column::BaseDescription),
    },
    FileColumn {
        name: "base_n",
        column_type: FileColumnType::Integer,
        description: "How many they are; nothing where that is not published.",
        value: |figure| figure.aggregate_value(aggregate::Column::BaseN),
    },
    FileColumn {
        name: "margin_of_error",
        column_type: FileColumnType::Number,
        description: "How far a percentage may be off because a sample was asked, in percentage points either way at the 95 % level, as of a simple random sample; the true margin is likely larger. Nothing where the base is not published.",
        value: |figure| figure.margin.map(|margin| margin.points).into(),
    },
    FileColumn {
        name: "region",
        column_type: FileColumnType::Text,
        description: "The region that it is about.",
        value: |figure| {
            figure.aggregate_or_statistic_value(
                aggregate::Column::RegionId,
                statistic::Column::RegionId,
            )
        },
    },
    FileColumn {
        name: "state",
        column_type: FileColumnType::Text,
        description: "The slug of the state that it is about.",
        value: |figure| figure.statistic_value(statistic::Column::StateId),
    },
    FileColumn {
        name: "country",
        column_type: FileColumnType::Text,
        description: "The ISO 3166-1 alpha-2 code of the country that it is about.",
        value: |figure| figure.statistic_value(statistic::Column::CountryId),
    },
    FileColumn {
        name: "level",
        column_type: FileColumnType::Text,
        description: "The level of the partnerships that it counts; nothing where the source does not say.",
        value: |figure| figure.statistic_value(statistic::Column::Level),
    },
    FileColumn {
        name: "flags",
        column_type: FileColumnType::List(";"),
        description: "What the source leaves open, or says wrongly, such as BASE_NOT_PUBLISHED.",
        value: |figure| FileValue::List(figure.flags.clone()),
    },
    FileColumn {
        name: "note",
        column_type: FileColumnType::Text,
        description: "What to know before quoting it.",
        value: |figure| {
            figure.aggregate_or_statistic_value(aggregate::Column::Note, statistic::Column::Note)
        },
    },
    FileColumn {
        name: "identities",
        column_type: FileColumnType::List(";"),
        description: "The arithmetic that it takes part in and what came of it, such as HOLDS or CONTRADICTS; the API says more under reconciliation.",
        value: |figure| FileValue::List(figure.identities.clone()),
    },
    FileColumn {
        name: "source",
        column_type: FileColumnType::Text,
        description: "The slug of the publication.",
        value: |figure| {
            figure.aggregate_or_statistic_value(
                aggregate::Column::SourceId,
                statistic::Column::SourceId,
            )
        },
    },
    FileColumn {
        name: "source_title",
        column_type: FileColumnType::Text,
        description: "Its title.",
        value: |figure| figure.source_value(source::Column::Title),
    },
    FileColumn {
        name: "source_publisher",
        column_type: FileColumnType::Text,
        description: "Its publisher.",
        value: |figure| figure.source_value(source::Column::Publisher),
    },
    FileColumn {
        name: "source_as_of",
        column_type: FileColumnType::Text,
        description: "The time that it speaks of.",
        value: |figure| figure.source_value(source::Column::AsOf),
    },
    FileColumn {
        name: "source_note",
        column_type: FileColumnType::Text,
        description: "What to know about it.",
        value: |figure| figure.source_value(source::Column::Note),
    },
];
