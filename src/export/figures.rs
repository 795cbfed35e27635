//! `figures.csv`: every published figure with its interval and its caveats, as the API serves them.

use std::{collections::HashMap, sync::Arc};

use super::{
    Export, PAGE,
    column::{Column as FileColumn, Kind, Value},
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

fn categories(rows: &Rows) -> Value {
    let [dimension, value] = [category::Column::Dimension, category::Column::Value].map(Column::of);
    let pairs = rows.iter().filter_map(|row| {
        let (dimension, value) = (row.text(dimension)?, row.text(value)?);
        Some(format!("{dimension}={value}").into())
    });
    Value::Many(pairs.collect())
}

/// The columns of the file, in their order.
pub(super) const COLUMNS: &[FileColumn<Figure>] = &[
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
