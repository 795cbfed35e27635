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

/// The columns of a figure, in the order of the file.
pub(in crate::export) const COLUMNS: &[FileColumn<FigureExportRow>] = &[
    FileColumn {
        name: "slug",
        column_type: FileColumnType::Text,
        description: "The stable, readable identifier of the figure; unique among figures of the same type.",
        value: |figure| {
            figure.aggregate_or_statistic_value(aggregate::Column::Id, statistic::Column::Id)
        },
    },
    FileColumn {
        name: "type",
        column_type: FileColumnType::Text,
        description: "RespondentAggregate for a percentage of survey respondents, PublishedStatistic for any other number.",
        value: |figure| match figure.kind {
            FigureKind::RespondentAggregate => "RespondentAggregate".into(),
            FigureKind::PublishedStatistic => "PublishedStatistic".into(),
        },
    },
    FileColumn {
        name: "measure",
        column_type: FileColumnType::Text,
        description: "What a published statistic measures, such as PARTNERSHIP_COUNT, SHARE, or MONEY.",
        value: |figure| figure.statistic_value(statistic::Column::Measure),
    },
    FileColumn {
        name: "subject",
        column_type: FileColumnType::Text,
        description: "What a published statistic describes.",
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
        description: "The answer or other characteristic of the respondents that the percentage counts: it is P(outcome | given).",
        value: |figure| format_categories(&figure.outcome),
    },
    FileColumn {
        name: "given",
        column_type: FileColumnType::List(";"),
        description: "The characteristics of the respondents that the percentage is computed from; empty if it is computed from all of them.",
        value: |figure| format_categories(&figure.given),
    },
    FileColumn {
        name: "value",
        column_type: FileColumnType::Number,
        description: "The number as printed; empty if the source gives only words.",
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
        description: "The unit, such as percent, partnerships, or USD billion.",
        value: |figure| match &figure.quantity {
            Some(quantity) => quantity.unit.as_str().into(),
            None => Cell::Null.into(),
        },
    },
    FileColumn {
        name: "qualifier",
        column_type: FileColumnType::Text,
        description: "How the source words the number, such as EXACT, ROUNDED, or MORE_THAN.",
        value: |figure| match &figure.quantity {
            Some(quantity) => quantity.qualifier.as_str().into(),
            None => Cell::Null.into(),
        },
    },
    FileColumn {
        name: "low",
        column_type: FileColumnType::Number,
        description: "The lower bound that rounding or wording allows; empty if there is none. The bound itself is excluded if the qualifier is MORE_THAN or MAJORITY.",
        value: |figure| figure.quantity.as_ref().and_then(Quantity::low).into(),
    },
    FileColumn {
        name: "high",
        column_type: FileColumnType::Number,
        description: "The upper bound that rounding or wording allows; empty if there is none. The bound itself is excluded if the qualifier is LESS_THAN.",
        value: |figure| figure.quantity.as_ref().and_then(Quantity::high).into(),
    },
    FileColumn {
        name: "direction",
        column_type: FileColumnType::Text,
        description: "Whether the source makes clear which part of a percentage is the outcome and which is the condition: CLEAR, INFERRED, or AMBIGUOUS.",
        value: |figure| figure.aggregate_value(aggregate::Column::Direction),
    },
    FileColumn {
        name: "base",
        column_type: FileColumnType::Text,
        description: "The respondents that a percentage is computed from, in words.",
        value: |figure| figure.aggregate_value(aggregate::Column::BaseDescription),
    },
    FileColumn {
        name: "base_n",
        column_type: FileColumnType::Integer,
        description: "The number of these respondents; empty if not published.",
        value: |figure| figure.aggregate_value(aggregate::Column::BaseN),
    },
    FileColumn {
        name: "margin_of_error",
        column_type: FileColumnType::Number,
        description: "The sampling error of a percentage in percentage points, rounded to two decimals, in either direction, at the 95% confidence level for a simple random sample; the true margin is likely larger. Empty if the base or the percentage is not published.",
        value: |figure| figure.margin.map(|margin| margin.points).into(),
    },
    FileColumn {
        name: "region",
        column_type: FileColumnType::Text,
        description: "The region that the figure is about.",
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
        description: "The slug of the state that the figure is about.",
        value: |figure| figure.statistic_value(statistic::Column::StateId),
    },
    FileColumn {
        name: "country",
        column_type: FileColumnType::Text,
        description: "The ISO 3166-1 alpha-2 code of the country that the figure is about.",
        value: |figure| {
            figure.aggregate_or_statistic_value(
                aggregate::Column::CountryId,
                statistic::Column::CountryId,
            )
        },
    },
    FileColumn {
        name: "level",
        column_type: FileColumnType::Text,
        description: "The level of the partnerships that are counted; empty if the source does not say.",
        value: |figure| figure.statistic_value(statistic::Column::Level),
    },
    FileColumn {
        name: "year",
        column_type: FileColumnType::Integer,
        description: "The year that a published statistic is of; empty if neither the number nor its source says.",
        value: |figure| figure.statistic_value(statistic::Column::Year),
    },
    FileColumn {
        name: "flags",
        column_type: FileColumnType::List(";"),
        description: "What the source leaves out, leaves open, or gets wrong, such as BASE_NOT_PUBLISHED.",
        value: |figure| FileValue::List(figure.flags.clone()),
    },
    FileColumn {
        name: "note",
        column_type: FileColumnType::Text,
        description: "What to know before you quote the figure.",
        value: |figure| {
            figure.aggregate_or_statistic_value(aggregate::Column::Note, statistic::Column::Note)
        },
    },
    FileColumn {
        name: "identities",
        column_type: FileColumnType::List(";"),
        description: "The checks of published figures against each other that use this figure, with their verdicts, such as i02=CONTRADICTS; the API field reconciliation explains them.",
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
        description: "The title of the publication.",
        value: |figure| figure.source_value(source::Column::Title),
    },
    FileColumn {
        name: "source_publisher",
        column_type: FileColumnType::Text,
        description: "The publisher of the publication.",
        value: |figure| figure.source_value(source::Column::Publisher),
    },
    FileColumn {
        name: "source_url",
        column_type: FileColumnType::Text,
        description: "The URL of the publication.",
        value: |figure| figure.source_value(source::Column::Url),
    },
    FileColumn {
        name: "source_as_of",
        column_type: FileColumnType::Text,
        description: "The date of the information in the publication.",
        value: |figure| figure.source_value(source::Column::AsOf),
    },
    FileColumn {
        name: "source_note",
        column_type: FileColumnType::Text,
        description: "Remarks about the publication.",
        value: |figure| figure.source_value(source::Column::Note),
    },
];
