//! All published figures, loaded together to check the identities between them.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use async_graphql::dataloader::Loader;
use sea_orm::{
    ColumnTrait, Iterable,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, UnionType},
};

use super::{Cell, CellKind, ColumnRef, DatabaseError, Record, Snapshot};
use crate::{
    audit::{self, FigureInput, IdentityOutcome},
    entity::{
        published_statistic, published_statistic_flag, respondent_aggregate,
        respondent_aggregate_flag,
    },
    stats::quantity::{PERCENT, Quantity},
    vocabulary::{FigureFlag, Qualifier, Vocabulary},
};

/// The columns of a [`Quantity`].
#[derive(Clone, Copy, Debug)]
pub struct QuantityColumns {
    /// The printed number.
    pub value: ColumnRef,
    /// The [`Qualifier`], such as `ROUNDED`.
    pub qualifier: ColumnRef,
    /// The number of printed decimals.
    pub digits: ColumnRef,
    /// The unit; `None` for percentages.
    pub unit: Option<ColumnRef>,
}

impl QuantityColumns {
    /// Reads the quantity of a row. `None` if the qualifier is invalid, which the check constraints
    /// of the database rule out.
    pub fn read(self, record: &Record) -> Option<Quantity> {
        let cells = [self.value, self.qualifier, self.digits].map(|column| record.get(column));
        Self::quantity(cells, self.unit.map(|unit| record.get(unit)))
    }

    /// Like [`Self::read`], from the value, the qualifier, the digits, and the unit.
    pub fn quantity(
        [value, qualifier, digits]: [&Cell; 3],
        unit: Option<&Cell>,
    ) -> Option<Quantity> {
        Some(Quantity {
            value: value.float(),
            unit: match unit {
                Some(unit) => unit.text()?.to_string(),
                None => PERCENT.to_owned(),
            },
            qualifier: Qualifier::parse(qualifier.text()?)?,
            digits: u32::try_from(digits.int()?).ok()?,
        })
    }
}

/// The kind of a figure, which is also its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FigureKind {
    /// A percentage of respondents.
    RespondentAggregate,
    /// Any other number.
    PublishedStatistic,
}

/// The columns of the figures of one kind.
struct FigureTable {
    id: ColumnRef,
    position: ColumnRef,
    columns: Arc<[ColumnRef]>,
    quantity: QuantityColumns,
    base_n: Option<ColumnRef>,
    flag_figure_id: ColumnRef,
    flag: ColumnRef,
}

impl FigureKind {
    /// All kinds, in the order of [`FigureSet::figures`].
    pub const ALL: [Self; 2] = [Self::RespondentAggregate, Self::PublishedStatistic];

    /// Returns the columns of a figure's number.
    pub fn quantity_columns(self) -> QuantityColumns {
        match self {
            Self::RespondentAggregate => QuantityColumns {
                value: ColumnRef::new(respondent_aggregate::Column::Percent),
                qualifier: ColumnRef::new(respondent_aggregate::Column::Qualifier),
                digits: ColumnRef::new(respondent_aggregate::Column::Digits),
                unit: None,
            },
            Self::PublishedStatistic => QuantityColumns {
                value: ColumnRef::new(published_statistic::Column::Value),
                qualifier: ColumnRef::new(published_statistic::Column::Qualifier),
                digits: ColumnRef::new(published_statistic::Column::Digits),
                unit: Some(ColumnRef::new(published_statistic::Column::Unit)),
            },
        }
    }

    fn table(self) -> FigureTable {
        let quantity = self.quantity_columns();
        match self {
            Self::RespondentAggregate => FigureTable {
                id: ColumnRef::new(respondent_aggregate::Column::Id),
                position: ColumnRef::new(respondent_aggregate::Column::Position),
                columns: all_columns::<respondent_aggregate::Column>(),
                quantity,
                base_n: Some(ColumnRef::new(respondent_aggregate::Column::BaseN)),
                flag_figure_id: ColumnRef::new(
                    respondent_aggregate_flag::Column::RespondentAggregateId,
                ),
                flag: ColumnRef::new(respondent_aggregate_flag::Column::Flag),
            },
            Self::PublishedStatistic => FigureTable {
                id: ColumnRef::new(published_statistic::Column::Id),
                position: ColumnRef::new(published_statistic::Column::Position),
                columns: all_columns::<published_statistic::Column>(),
                quantity,
                base_n: None,
                flag_figure_id: ColumnRef::new(
                    published_statistic_flag::Column::PublishedStatisticId,
                ),
                flag: ColumnRef::new(published_statistic_flag::Column::Flag),
            },
        }
    }
}

fn all_columns<C: ColumnTrait + Iterable>() -> Arc<[ColumnRef]> {
    C::iter().map(ColumnRef::new).collect()
}

/// A published figure with all its columns.
#[derive(Clone, Debug)]
pub struct PublishedFigure {
    /// The kind of the figure.
    pub kind: FigureKind,
    /// The slug, which is the id of the row.
    pub slug: Arc<str>,
    /// The row with all columns.
    pub record: Arc<Record>,
    input: FigureInput,
    position: Option<i64>,
}

/// Every published figure, and the identities between them.
#[derive(Debug, Default)]
pub struct FigureSet {
    /// Percentages of respondents, then other numbers, each in the order of publication.
    pub figures: Vec<PublishedFigure>,
    identities: OnceLock<Vec<Arc<IdentityOutcome>>>,
}

impl PublishedFigure {
    /// Returns the number, its unit, and how the source words it.
    pub fn quantity(&self) -> &Quantity {
        &self.input.quantity
    }

    /// Returns the number of respondents behind a percentage; `None` if it is not published.
    pub fn base_n(&self) -> Option<u32> {
        self.input.base_n
    }

    /// Returns the caveats.
    pub fn flags(&self) -> &[FigureFlag] {
        &self.input.flags
    }

    /// Returns whether the figure has a caveat.
    pub fn has_flag(&self, flag: FigureFlag) -> bool {
        self.input.flags.contains(&flag)
    }
}

impl FigureSet {
    /// Returns the outcome of each identity, sorted by slug. Computed on the first call.
    pub fn identities(&self) -> &[Arc<IdentityOutcome>] {
        self.identities.get_or_init(|| {
            let inputs = self.figures.iter().map(|figure| figure.input.clone());
            audit::reconcile(&inputs.collect())
                .into_iter()
                .map(Arc::new)
                .collect()
        })
    }

    /// Returns the figure with a slug. If both kinds have one, returns the published statistic.
    pub fn get(&self, slug: &str) -> Option<&PublishedFigure> {
        self.figures
            .iter()
            .rev()
            .find(|figure| *figure.slug == *slug)
    }
}

/// Selects the figures of one of the tables: a row for each flag, and one for each figure without
/// flags. The columns of the other tables are null.
fn union_branch(table: &FigureTable, tables: &[FigureTable]) -> SelectStatement {
    let mut select = Query::select();
    select.expr(table.flag.expr());
    for column in tables.iter().flat_map(|table| table.columns.iter()) {
        select.expr(if column.table == table.id.table {
            column.expr()
        } else {
            Expr::null()
        });
    }
    select.from(Alias::new(table.id.table)).left_join(
        Alias::new(table.flag.table),
        table.flag_figure_id.expr().eq(table.id.expr()),
    );
    select
}

impl Snapshot {
    /// Reads every published figure with its flags, in one statement: there are few, and checking
    /// an identity needs several.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn figures(&self) -> Result<FigureSet, DatabaseError> {
        let tables = FigureKind::ALL.map(FigureKind::table);
        let [aggregates, statistics] = &tables;
        let mut select = union_branch(aggregates, &tables);
        select.union(UnionType::All, union_branch(statistics, &tables));
        let columns = tables.iter().flat_map(|table| table.columns.iter());
        let kinds: Vec<CellKind> = std::iter::once(CellKind::Text)
            .chain(columns.map(|column| column.kind))
            .collect();
        let mut figures: HashMap<(FigureKind, Arc<str>), PublishedFigure> = HashMap::new();
        for cells in self.select(&select, &kinds).await? {
            let mut cells = cells.into_iter();
            let flag = cells.next().unwrap_or_default();
            for (kind, table) in FigureKind::ALL.into_iter().zip(&tables) {
                let table_cells = cells.by_ref().take(table.columns.len()).collect();
                let record = Record::new(table.columns.clone(), table_cells);
                // The id is null in the rows of other tables.
                let Some(slug) = record.text(table.id).cloned() else {
                    continue;
                };
                let key = (kind, slug.clone());
                let figure = match figures.entry(key) {
                    std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
                    std::collections::hash_map::Entry::Vacant(entry) => {
                        let Some(figure) = build_figure(kind, table, slug, record) else {
                            continue;
                        };
                        entry.insert(figure)
                    }
                };
                let flag = flag.text().and_then(|flag| FigureFlag::parse(flag));
                figure.input.flags.extend(flag);
            }
        }
        let mut figures: Vec<PublishedFigure> = figures.into_values().collect();
        figures.sort_unstable_by(|a, b| {
            (a.kind, a.position, &a.slug).cmp(&(b.kind, b.position, &b.slug))
        });
        Ok(FigureSet {
            figures,
            identities: OnceLock::new(),
        })
    }
}

fn build_figure(
    kind: FigureKind,
    table: &FigureTable,
    slug: Arc<str>,
    record: Record,
) -> Option<PublishedFigure> {
    let base_n = table.base_n.and_then(|column| record.get(column).int());
    Some(PublishedFigure {
        kind,
        input: FigureInput {
            slug: slug.to_string(),
            quantity: table.quantity.read(&record)?,
            base_n: base_n.and_then(|n| u32::try_from(n).ok()),
            flags: Vec::new(),
        },
        slug,
        position: record.get(table.position).int(),
        record: Arc::new(record),
    })
}

/// The key for loading [`Snapshot::figures`] once per request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FigureSetKey;

impl Loader<FigureSetKey> for Snapshot {
    type Value = Arc<FigureSet>;
    type Error = Arc<DatabaseError>;

    async fn load(
        &self,
        _keys: &[FigureSetKey],
    ) -> Result<HashMap<FigureSetKey, Arc<FigureSet>>, Arc<DatabaseError>> {
        let figures = Arc::new(self.figures().await?);
        Ok(HashMap::from([(FigureSetKey, figures)]))
    }
}
