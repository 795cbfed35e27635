//! `figures.csv`: every published figure with its interval and caveats, as in the API.

mod columns;

pub(super) use columns::COLUMNS;

use std::{collections::HashMap, sync::Arc};

use super::{
    Export, PAGE_SIZE,
    column::FileValue,
    output::FileWriter,
    references::{referenced_keys, rows_for_key},
    spreadsheet,
};
use crate::{
    db::{
        Cell, ColumnRef, Constant, FigureKind, FigureSet, Lookup, LookupQuery, Record, Records,
        RowSet, Scan,
    },
    engine::InternalError,
    entity::{
        published_statistic as statistic, published_statistic_flag as statistic_flag,
        respondent_aggregate as aggregate, respondent_aggregate_category as category,
        respondent_aggregate_flag as aggregate_flag, source,
    },
    stats::{
        margin_of_error::{MarginOfError, simple_random_sample},
        quantity::Quantity,
    },
    vocabulary::Vocabulary,
};

/// A published figure with the rows that belong to it.
pub(super) struct FigureExportRow {
    kind: FigureKind,
    record: Arc<Record>,
    quantity: Option<Quantity>,
    margin: Option<MarginOfError>,
    outcome: Records,
    given: Records,
    flags: Vec<Arc<str>>,
    identities: Vec<Arc<str>>,
    source: Option<Arc<Record>>,
}

impl FigureExportRow {
    fn statistic_value(&self, column: statistic::Column) -> FileValue {
        match self.kind {
            FigureKind::PublishedStatistic => self.record.get(ColumnRef::new(column)).into(),
            FigureKind::RespondentAggregate => Cell::Null.into(),
        }
    }

    fn aggregate_value(&self, column: aggregate::Column) -> FileValue {
        match self.kind {
            FigureKind::RespondentAggregate => self.record.get(ColumnRef::new(column)).into(),
            FigureKind::PublishedStatistic => Cell::Null.into(),
        }
    }

    fn aggregate_or_statistic_value(
        &self,
        aggregate: aggregate::Column,
        statistic: statistic::Column,
    ) -> FileValue {
        match self.kind {
            FigureKind::RespondentAggregate => self.aggregate_value(aggregate),
            FigureKind::PublishedStatistic => self.statistic_value(statistic),
        }
    }

    fn source_value(&self, column: source::Column) -> FileValue {
        let source = self.source.as_ref();
        FileValue::Scalar(source.map_or(Cell::Null, |source| {
            source.get(ColumnRef::new(column)).clone()
        }))
    }
}

/// Reads the figures of a kind page by page.
struct FigureExportReader {
    kind: FigureKind,
    scan: Scan,
    id_column: ColumnRef,
    source_id_column: ColumnRef,
    flag_column: ColumnRef,
    flags: LookupQuery,
    /// The lookups of outcome and condition; `None` for statistics, which have neither.
    categories: Option<[LookupQuery; 2]>,
    sources: LookupQuery,
}

impl FigureExportReader {
    fn new(export: &Export, kind: FigureKind) -> Self {
        let (filter, id, position, source_id, columns, owner, flag, flag_position) = match kind {
            FigureKind::RespondentAggregate => (
                export.filter.respondent_aggregate_condition(),
                ColumnRef::new(aggregate::Column::Id),
                ColumnRef::new(aggregate::Column::Position),
                ColumnRef::new(aggregate::Column::SourceId),
                all_columns::<aggregate::Column>(),
                ColumnRef::new(aggregate_flag::Column::RespondentAggregateId),
                ColumnRef::new(aggregate_flag::Column::Flag),
                ColumnRef::new(aggregate_flag::Column::Position),
            ),
            FigureKind::PublishedStatistic => (
                export.filter.published_statistic_condition(),
                ColumnRef::new(statistic::Column::Id),
                ColumnRef::new(statistic::Column::Position),
                ColumnRef::new(statistic::Column::SourceId),
                all_columns::<statistic::Column>(),
                ColumnRef::new(statistic_flag::Column::PublishedStatisticId),
                ColumnRef::new(statistic_flag::Column::Flag),
                ColumnRef::new(statistic_flag::Column::Position),
            ),
        };
        let categories = (kind == FigureKind::RespondentAggregate).then(|| {
            let owner = ColumnRef::new(category::Column::RespondentAggregateId);
            let position = ColumnRef::new(category::Column::Position);
            let columns =
                [category::Column::Dimension, category::Column::Value].map(ColumnRef::new);
            ["OUTCOME", "GIVEN"].map(|role| {
                let lookup =
                    Lookup::by_foreign_key(owner, owner, &[position]).with_constraints(&[(
                        ColumnRef::new(category::Column::Role),
                        Constant::Text(role),
                    )]);
                LookupQuery::new(lookup, columns.to_vec())
            })
        });
        let source_columns = [
            source::Column::Title,
            source::Column::Publisher,
            source::Column::Url,
            source::Column::AsOf,
            source::Column::Note,
        ];
        Self {
            kind,
            // Sorted like the lists of the API.
            scan: Scan::new(RowSet { id, filter }, &[position, id], columns, PAGE_SIZE),
            id_column: id,
            source_id_column: source_id,
            flag_column: flag,
            flags: LookupQuery::new(
                Lookup::by_foreign_key(owner, owner, &[flag_position]),
                vec![flag],
            ),
            categories,
            sources: LookupQuery::new(
                Lookup::by_id(ColumnRef::new(source::Column::Id)),
                source_columns.map(ColumnRef::new).to_vec(),
            ),
        }
    }

    async fn next_page(
        &mut self,
        export: &Export,
        figure_set: &FigureSet,
    ) -> Result<Option<Vec<FigureExportRow>>, InternalError> {
        let snapshot = &export.snapshot;
        let Some(records) = self.scan.next_rows(snapshot).await? else {
            return Ok(None);
        };
        let ids = referenced_keys(&records, &[self.id_column]);
        let sources = snapshot
            .look_up(
                &self.sources,
                &referenced_keys(&records, &[self.source_id_column]),
            )
            .await?;
        let flags = snapshot.look_up(&self.flags, &ids).await?;
        let (mut outcomes, mut givens) = (HashMap::new(), HashMap::new());
        if let Some([outcome, given]) = &self.categories {
            outcomes = snapshot.look_up(outcome, &ids).await?;
            givens = snapshot.look_up(given, &ids).await?;
        }
        let figures = records.into_iter().map(|record| {
            let referenced = |rows, column| rows_for_key(rows, &record, column);
            let flags = referenced(&flags, self.id_column);
            let flags = flags
                .iter()
                .filter_map(|row| row.text(self.flag_column).cloned());
            let slug = record.text(self.id_column).map_or("", AsRef::as_ref);
            FigureExportRow {
                kind: self.kind,
                quantity: self.kind.quantity_columns().read(&record),
                margin: margin_of_error(self.kind, &record),
                outcome: referenced(&outcomes, self.id_column),
                given: referenced(&givens, self.id_column),
                flags: flags.collect(),
                identities: identity_verdicts(figure_set, slug),
                source: referenced(&sources, self.source_id_column).first().cloned(),
                record,
            }
        });
        Ok(Some(figures.collect()))
    }
}

fn all_columns<C: sea_orm::ColumnTrait + sea_orm::Iterable>() -> Vec<ColumnRef> {
    C::iter().map(ColumnRef::new).collect()
}

fn margin_of_error(kind: FigureKind, record: &Record) -> Option<MarginOfError> {
    if kind != FigureKind::RespondentAggregate {
        return None;
    }
    let n = record.get(ColumnRef::new(aggregate::Column::BaseN)).int();
    let n = n.and_then(|n| u32::try_from(n).ok());
    simple_random_sample(
        record
            .get(ColumnRef::new(aggregate::Column::Percent))
            .float(),
        n,
    )
}

fn identity_verdicts(figure_set: &FigureSet, slug: &str) -> Vec<Arc<str>> {
    figure_set
        .identities()
        .iter()
        .filter(|identity| identity.figures.contains(&slug))
        .map(|identity| format!("{}={}", identity.slug, identity.verdict.as_str()).into())
        .collect()
}

pub(super) async fn write(export: &Export, output: &mut FileWriter) -> Result<(), InternalError> {
    let names = COLUMNS.iter().map(|column| column.name);
    spreadsheet::write_header(output.buffer(), export.options.byte_order_mark, names)?;
    let figure_set = export.snapshot.figures().await?;
    for kind in FigureKind::ALL {
        let mut reader = FigureExportReader::new(export, kind);
        while let Some(page) = reader.next_page(export, &figure_set).await? {
            for figure in &page {
                spreadsheet::write_row(output.buffer(), COLUMNS, figure)?;
            }
            output.flush_buffer()?;
        }
    }
    Ok(())
}
