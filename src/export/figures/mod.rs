//! `figures.csv`: every published figure with its interval and its caveats, as the API serves them.

mod columns;

pub(super) use columns::COLUMNS;

use std::{collections::HashMap, sync::Arc};

use super::{
    Export, PAGE,
    column::Value,
    output::{Output, Stop},
    references::{found, named},
    spreadsheet,
};
use crate::{
    db::{
        Cell, Column, Constant, FigureKind, FigureSet, Listed, Lookup, Record, Rows, Selected, Walk,
    },
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

/// A published figure and what belongs to it.
pub(super) struct Figure {
    kind: FigureKind,
    record: Arc<Record>,
    quantity: Option<Quantity>,
    margin: Option<MarginOfError>,
    outcome: Rows,
    given: Rows,
    flags: Vec<Arc<str>>,
    identities: Vec<Arc<str>>,
    source: Option<Arc<Record>>,
}

impl Figure {
    fn statistic(&self, column: statistic::Column) -> Value {
        match self.kind {
            FigureKind::PublishedStatistic => self.record.get(Column::of(column)).into(),
            FigureKind::RespondentAggregate => Cell::Null.into(),
        }
    }

    fn aggregate(&self, column: aggregate::Column) -> Value {
        match self.kind {
            FigureKind::RespondentAggregate => self.record.get(Column::of(column)).into(),
            FigureKind::PublishedStatistic => Cell::Null.into(),
        }
    }

    fn either(&self, aggregate: aggregate::Column, statistic: statistic::Column) -> Value {
        match self.kind {
            FigureKind::RespondentAggregate => self.aggregate(aggregate),
            FigureKind::PublishedStatistic => self.statistic(statistic),
        }
    }

    fn of_source(&self, column: source::Column) -> Value {
        let source = self.source.as_ref();
        Value::One(source.map_or(Cell::Null, |source| source.get(Column::of(column)).clone()))
    }
}

/// How the figures of a kind are read, a page at a time.
struct Reader {
    kind: FigureKind,
    walk: Walk,
    id: Column,
    source_id: Column,
    flag: Column,
    flags: Selected,
    /// What the outcome and the condition of a percentage are.
    categories: Option<[Selected; 2]>,
    sources: Selected,
}

impl Reader {
    fn of(export: &Export, kind: FigureKind) -> Self {
        let (filter, id, position, source_id, columns, owner, flag, flag_position) = match kind {
            FigureKind::RespondentAggregate => (
                export.narrowing.respondent_aggregates(),
                Column::of(aggregate::Column::Id),
                Column::of(aggregate::Column::Position),
                Column::of(aggregate::Column::SourceId),
                every::<aggregate::Column>(),
                Column::of(aggregate_flag::Column::RespondentAggregateId),
                Column::of(aggregate_flag::Column::Flag),
                Column::of(aggregate_flag::Column::Position),
            ),
            FigureKind::PublishedStatistic => (
                export.narrowing.published_statistics(),
                Column::of(statistic::Column::Id),
                Column::of(statistic::Column::Position),
                Column::of(statistic::Column::SourceId),
                every::<statistic::Column>(),
                Column::of(statistic_flag::Column::PublishedStatisticId),
                Column::of(statistic_flag::Column::Flag),
                Column::of(statistic_flag::Column::Position),
            ),
        };
        let categories = (kind == FigureKind::RespondentAggregate).then(|| {
            let owner = Column::of(category::Column::RespondentAggregateId);
            let position = Column::of(category::Column::Position);
            let columns = [category::Column::Dimension, category::Column::Value].map(Column::of);
            ["OUTCOME", "GIVEN"].map(|role| {
                let lookup = Lookup::pointing(owner, owner, &[position])
                    .only(&[(Column::of(category::Column::Role), Constant::Text(role))]);
                Selected::new(lookup, columns.to_vec())
            })
        });
        let of_sources = [
            source::Column::Title,
            source::Column::Publisher,
            source::Column::AsOf,
            source::Column::Note,
        ];
        Self {
            kind,
            // In the order of their publication, as the API lists them.
            walk: Walk::new(Listed { id, filter }, &[position, id], columns, PAGE),
            id,
            source_id,
            flag,
            flags: Selected::new(Lookup::pointing(owner, owner, &[flag_position]), vec![flag]),
            categories,
            sources: Selected::new(
                Lookup::by_id(Column::of(source::Column::Id)),
                of_sources.map(Column::of).to_vec(),
            ),
        }
    }

    async fn next(
        &mut self,
        export: &Export,
        all: &FigureSet,
    ) -> Result<Option<Vec<Figure>>, Stop> {
        let snapshot = &export.snapshot;
        let Some(records) = self.walk.next(snapshot).await? else {
            return Ok(None);
        };
        let ids = named(&records, &[self.id]);
        let sources = snapshot
            .look_up(&self.sources, &named(&records, &[self.source_id]))
            .await?;
        let flags = snapshot.look_up(&self.flags, &ids).await?;
        let (mut outcomes, mut givens) = (HashMap::new(), HashMap::new());
        if let Some([outcome, given]) = &self.categories {
            outcomes = snapshot.look_up(outcome, &ids).await?;
            givens = snapshot.look_up(given, &ids).await?;
        }
        let figures = records.into_iter().map(|record| {
            let found = |rows, by| found(rows, &record, by);
            let flags = found(&flags, self.id);
            let flags = flags.iter().filter_map(|row| row.text(self.flag).cloned());
            let slug = record.text(self.id).map_or("", AsRef::as_ref);
            Figure {
                kind: self.kind,
                quantity: self.kind.quantity().read(&record),
                margin: margin(self.kind, &record),
                outcome: found(&outcomes, self.id),
                given: found(&givens, self.id),
                flags: flags.collect(),
                identities: identities(all, slug),
                source: found(&sources, self.source_id).first().cloned(),
                record,
            }
        });
        Ok(Some(figures.collect()))
    }
}

fn every<C: sea_orm::ColumnTrait + sea_orm::Iterable>() -> Vec<Column> {
    C::iter().map(Column::of).collect()
}

fn margin(kind: FigureKind, record: &Record) -> Option<MarginOfError> {
    if kind != FigureKind::RespondentAggregate {
        return None;
    }
    let n = record.get(Column::of(aggregate::Column::BaseN)).int();
    let n = n.and_then(|n| u32::try_from(n).ok());
    simple_random_sample(
        record.get(Column::of(aggregate::Column::Percent)).float(),
        n,
    )
}

fn identities(all: &FigureSet, slug: &str) -> Vec<Arc<str>> {
    all.identities()
        .iter()
        .filter(|identity| identity.figures.contains(&slug))
        .map(|identity| format!("{}={}", identity.slug, identity.verdict.as_str()).into())
        .collect()
}

pub(super) async fn write(export: &Export, output: &mut Output) -> Result<(), Stop> {
    spreadsheet::write_header(output.bytes(), COLUMNS.iter().map(|column| column.name))?;
    let all = export.snapshot.figures().await?;
    for kind in FigureKind::ALL {
        let mut reader = Reader::of(export, kind);
        while let Some(page) = reader.next(export, &all).await? {
            for figure in &page {
                spreadsheet::write_row(output.bytes(), COLUMNS, figure)?;
            }
            output.flow().await?;
        }
    }
    Ok(())
}
