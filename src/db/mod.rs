//! Access to the database: connections, migrations, write transactions, and queries.
//!
//! Queries go through a [`Snapshot`]. Statements are built from the columns of SeaORM entities and
//! run on both SQLite and PostgreSQL; the module `dialect` contains the differences.

mod aggregate;
mod aggregate_cache;
mod aggregate_count;
mod aggregate_group;
mod column;
pub mod connection;
mod derived;
mod dialect;
pub mod difference;
mod error;
mod figures;
mod filter;
mod hosts;
mod keyset;
mod list;
mod lookup;
mod match_data;
pub mod migration;
mod page;
mod pool;
mod postgres;
mod reader;
mod respondents;
mod scan;
pub mod scratch;
pub mod search;
mod server_status;
mod snapshot;
mod sqlite;
mod statement;
#[cfg(test)]
pub(crate) mod testing;
pub mod write;

pub use aggregate::{AggregateKind, AggregateQuery};
pub use aggregate_count::{AggregateCount, AggregateCountKey, AggregateCountQuery, CountBy};
pub use aggregate_group::{AggregateGroup, AggregateGroupQuery, GroupBy};
pub use column::{
    Cell, CellKind, Cells, ColumnRef, NULL_SENTINEL_DOUBLE, NULL_SENTINEL_INTEGER, Record,
};
pub use derived::{Derived, DerivedKey};
pub use error::{DatabaseError, is_locked, is_read_only};
pub use figures::{FigureKind, FigureSet, FigureSetKey, PublishedFigure, QuantityColumns};
pub use filter::{
    BoundingBox, Comparison, Filter, FilterLimitError, FilterRelation, LocationColumns,
    MAX_COMPARISONS, MAX_LIST_VALUES, MAX_PATTERN_CHARS, MAX_TOTAL_VALUES,
};
pub use keyset::{OrderKey, Window};
pub use list::{ListKey, ListQuery, Parent, RowSet};
pub use lookup::{Constant, Junction, Lookup, LookupBatch, LookupQuery, Records};
pub use match_data::{MatchData, MatchMetric, MatchMetrics, MatchModel, Restriction};
pub use page::{OutsideWindowQuery, PageQuery, RowPage, WindowSide};
pub use pool::{POOL_SIZE, PoolStatus, ReaderOptions};
pub use reader::DatabaseReader;
pub use respondents::{
    AnswerCodes, RespondentAnswers, RespondentAnswersKey, RespondentCodebook, RespondentCodebookKey,
};
pub use scan::Scan;
pub use server_status::{ReplicaLag, ReplicaPositions, ServerStatus};
pub use snapshot::{LoadedDataset, Snapshot, StatementLog, StatementTotals};
