//! Filters as data: which columns of a row are compared with what.
//!
//! A filter is true or false for every row, never unknown: a comparison with null is false, and
//! `not` matches exactly the rows that its operand does not match. The module `condition` translates
//! filters to SQL.

mod condition;

use std::sync::Arc;

use sea_orm::{ColumnTrait, sea_query::Value};

use super::{Cell, ColumnRef, Constant, statement::add_value};

/// The maximum number of comparisons in a filter. Both databases parse a condition into a tree of
/// limited depth (1,000 in SQLite). A comparison with a nullable column has two levels, and the
/// query planner of SQLite adds more.
pub const MAX_COMPARISONS: usize = 250;

/// The maximum number of values in all lists of a filter. SQLite allows 32,766 parameters per
/// statement, and a statement about two kinds of parents contains its filter twice.
pub const MAX_TOTAL_VALUES: usize = 5_000;

/// The maximum number of values in one list.
pub const MAX_LIST_VALUES: usize = 1_000;

/// The maximum length of a text that another one must contain or start with. SQLite limits a pattern
/// to 50,000 bytes, and no name is nearly as long.
pub const MAX_PATTERN_CHARS: usize = 1_000;

/// How many comparisons a subquery counts as. PostgreSQL takes seconds to plan a statement with a
/// hundred subqueries.
const COMPARISONS_PER_SUBQUERY: usize = 5;

/// Selects rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of these match; if there are none, every row does.
    All(Vec<Filter>),
    /// At least one of these matches; if there are none, no row does.
    Any(Vec<Filter>),
    /// The operand does not match.
    Not(Box<Filter>),
    /// A comparison with a column.
    Compare {
        /// The column.
        column: ColumnRef,
        /// Whether the column contains folded text (see [`crate::collation::fold`]), as sort names do.
        is_folded: bool,
        /// What the column is compared with, and how.
        comparison: Comparison,
    },
    /// At least one related row matches.
    Related(Arc<FilterRelation>, Box<Filter>),
    /// The great-circle distance to a point is at most `km`. Unknown locations do not match.
    Near {
        /// The columns of the location.
        location: &'static LocationColumns,
        /// The latitude and the longitude of the point, in degrees.
        point: (f64, f64),
        /// The distance in kilometers.
        km: f64,
    },
    /// The location is in a box. Unknown locations do not match.
    Within(&'static LocationColumns, BoundingBox),
}

/// What a column is compared with, and how.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    /// Equal to a value.
    Eq(Cell),
    /// Known, and not equal to a value.
    Ne(Cell),
    /// Greater than a value.
    Gt(Cell),
    /// Greater than or equal to a value.
    Gte(Cell),
    /// Less than a value.
    Lt(Cell),
    /// Less than or equal to a value.
    Lte(Cell),
    /// Equal to one of these values.
    In(Vec<Cell>),
    /// Null, or not null.
    IsNull(bool),
    /// Contains a text, ignoring case and, in folded columns, accents.
    Contains(String),
    /// Starts with a text, ignoring the same.
    StartsWith(String),
}

/// How rows of another table are related to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterRelation {
    /// The column of the row that equals `related`.
    column: ColumnRef,
    /// The column of the related rows that equals `column`.
    related: ColumnRef,
    /// Columns of the related rows, and the value that each must have.
    constraints: Vec<(ColumnRef, Constant)>,
    /// A column without duplicates of the related rows.
    unique: Option<ColumnRef>,
    /// Columns of the one related row, and the columns of the row itself that repeat them.
    denormalized: Vec<(ColumnRef, ColumnRef)>,
}

/// The columns of a location.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocationColumns {
    /// Degrees north.
    pub latitude: ColumnRef,
    /// Degrees east.
    pub longitude: ColumnRef,
    /// The unit vector from the center of the earth.
    pub unit_vector: [ColumnRef; 3],
}

/// A range of latitudes and longitudes in degrees, with its edges. It crosses the antimeridian if
/// `west` is greater than `east`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names of the edges say what they are")]
pub struct BoundingBox {
    pub south: f64,
    pub west: f64,
    pub north: f64,
    pub east: f64,
}

/// The limit that a filter exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterLimitError {
    /// More than [`MAX_COMPARISONS`] comparisons.
    #[error("too many comparisons")]
    Comparisons,
    /// More than [`MAX_TOTAL_VALUES`] values in all lists.
    #[error("too many values")]
    TotalValues,
    /// A list with more than [`MAX_LIST_VALUES`] values.
    #[error("a list of {0} values")]
    ListValues(usize),
    /// A text with more than [`MAX_PATTERN_CHARS`] characters.
    #[error("a pattern of {n_chars} characters")]
    PatternChars {
        /// Whether the column must start with the text, rather than contain it.
        is_prefix: bool,
        /// The number of characters.
        n_chars: usize,
    },
}

impl Default for Filter {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Filter {
    /// Matches no row.
    pub fn none() -> Self {
        Self::Any(Vec::new())
    }

    /// Compares a column.
    pub fn compare(column: ColumnRef, comparison: Comparison) -> Self {
        Self::Compare {
            column,
            is_folded: false,
            comparison,
        }
    }

    /// Compares a name. `sort_name` contains the folded name.
    pub fn compare_name(name: ColumnRef, sort_name: ColumnRef, comparison: Comparison) -> Self {
        let is_folded = comparison.pattern().is_some();
        Self::Compare {
            column: if is_folded { sort_name } else { name },
            is_folded,
            comparison,
        }
    }

    /// Matches if a column has a value.
    pub fn equals(column: impl ColumnTrait, value: impl Into<Cell>) -> Self {
        Self::compare(ColumnRef::new(column), Comparison::Eq(value.into()))
    }

    /// Matches if a related row matches a filter.
    pub fn related(relation: impl Into<Arc<FilterRelation>>, filter: Self) -> Self {
        Self::Related(relation.into(), Box::new(filter))
    }

    /// Matches the rows that both filters match.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::All(mut filters) => {
                filters.push(other);
                Self::All(filters)
            }
            filter => Self::All(vec![filter, other]),
        }
    }

    /// Whether the filter consists of empty filters, which match every row.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::All(filters) => filters.iter().all(Self::is_empty),
            Self::Any(filters) => filters.iter().any(Self::is_empty),
            _ => false,
        }
    }

    /// Whether the filter requires a value of a column.
    fn fixes(&self, fixed: ColumnRef) -> bool {
        match self {
            Self::All(filters) => filters.iter().any(|filter| filter.fixes(fixed)),
            Self::Compare {
                column, comparison, ..
            } => *column == fixed && matches!(comparison, Comparison::Eq(_)),
            _ => false,
        }
    }

    /// Moves the compared values to `values`, and leaves their placeholders. Filters that differ only in such values are
    /// equal afterwards, and have the same SQL. Distances and boxes stay, because they decide how a condition is written.
    pub(super) fn take_values(&mut self, values: &mut Vec<Value>) {
        match self {
            Self::All(filters) | Self::Any(filters) => {
                for filter in filters {
                    filter.take_values(values);
                }
            }
            Self::Not(filter) | Self::Related(_, filter) => filter.take_values(values),
            Self::Compare {
                is_folded,
                comparison,
                ..
            } => comparison.take_values(*is_folded, values),
            Self::Near { .. } | Self::Within(..) => {}
        }
    }

    /// Checks that the databases can plan a statement with this filter.
    ///
    /// # Errors
    /// Returns the limit that the filter exceeds.
    pub fn check_limits(&self) -> Result<(), FilterLimitError> {
        self.count(&mut FilterCounts::default())
    }

    fn count(&self, counts: &mut FilterCounts) -> Result<(), FilterLimitError> {
        match self {
            Self::All(filters) => filters.iter().try_for_each(|filter| filter.count(counts)),
            Self::Any(filters) => {
                // An empty list counts as one comparison.
                counts.add_comparisons(1)?;
                filters.iter().try_for_each(|filter| filter.count(counts))
            }
            Self::Not(filter) => {
                // An empty filter counts as one comparison.
                let is_subquery = matches!(**filter, Self::Related(..));
                counts.add_comparisons(usize::from(!is_subquery))?;
                filter.count(counts)
            }
            Self::Compare { comparison, .. } => {
                counts.add_comparisons(1)?;
                counts.add_values(comparison)
            }
            Self::Related(relation, filter) => match relation.on_own_columns(filter) {
                Some(filter) => filter.count(counts),
                None => {
                    filter.count(counts)?;
                    counts.add_comparisons(COMPARISONS_PER_SUBQUERY)
                }
            },
            // Two comparisons of the box and one of the distance.
            Self::Near { .. } => counts.add_comparisons(3),
            Self::Within(..) => counts.add_comparisons(2),
        }
    }
}

impl Comparison {
    fn take_values(&mut self, is_folded: bool, values: &mut Vec<Value>) {
        let mut take = |cell: &mut Cell| *cell = add_value(values, Value::from(&*cell)).into();
        match self {
            Self::Eq(cell)
            | Self::Ne(cell)
            | Self::Gt(cell)
            | Self::Gte(cell)
            | Self::Lt(cell)
            | Self::Lte(cell) => take(cell),
            Self::In(cells) => cells.iter_mut().for_each(take),
            Self::IsNull(_) => {}
            // The value is the whole pattern. `like` adds % to its placeholder too, but the value replaces all of that.
            Self::Contains(text) => {
                *text = add_value(values, condition::pattern("%", text, is_folded).into());
            }
            Self::StartsWith(text) => {
                *text = add_value(values, condition::pattern("", text, is_folded).into());
            }
        }
    }

    /// The text of `Contains` and `StartsWith`, and whether the column must start with it.
    fn pattern(&self) -> Option<(&str, bool)> {
        match self {
            Self::Contains(text) => Some((text, false)),
            Self::StartsWith(text) => Some((text, true)),
            _ => None,
        }
    }
}

impl FilterRelation {
    /// Relates rows by two columns with the same value: a foreign key and the id that it points at, or
    /// an id and a foreign key that points at it.
    pub fn new(column: impl ColumnTrait, related: impl ColumnTrait) -> Self {
        Self {
            column: ColumnRef::new(column),
            related: ColumnRef::new(related),
            constraints: Vec::new(),
            unique: None,
            denormalized: Vec::new(),
        }
    }

    /// Restricts the related rows to those that have a value in a column.
    #[must_use]
    pub fn with_constraint(mut self, column: impl ColumnTrait, value: Constant) -> Self {
        self.constraints.push((ColumnRef::new(column), value));
        self
    }

    /// Declares that a column of the related rows has no duplicates.
    #[must_use]
    pub fn with_unique(mut self, column: impl ColumnTrait) -> Self {
        self.unique = Some(ColumnRef::new(column));
        self
    }

    /// Declares which columns of the related row the row itself repeats. Each pair has the column of
    /// the related row first.
    #[must_use]
    pub fn with_denormalized<R: ColumnTrait, C: ColumnTrait>(mut self, pairs: &[(R, C)]) -> Self {
        let pairs = pairs.iter();
        self.denormalized
            .extend(pairs.map(|(related, own)| (ColumnRef::new(*related), ColumnRef::new(*own))));
        self
    }

    /// Translates a filter on the related row to columns of the row itself, whose indexes can then be
    /// used. `None` if the filter compares a column that the row does not repeat.
    fn on_own_columns(&self, filter: &Filter) -> Option<Filter> {
        if self.denormalized.is_empty() {
            return None;
        }
        let translate_all = |filters: &[Filter]| {
            let filters = filters.iter().map(|filter| self.on_own_columns(filter));
            filters.collect::<Option<Vec<_>>>()
        };
        Some(match filter {
            Filter::All(filters) => Filter::All(translate_all(filters)?),
            Filter::Any(filters) => Filter::Any(translate_all(filters)?),
            Filter::Not(filter) => Filter::Not(Box::new(self.on_own_columns(filter)?)),
            Filter::Compare {
                column: related,
                is_folded,
                comparison,
            } => Filter::Compare {
                column: self
                    .denormalized
                    .iter()
                    .find_map(|(column, own)| (column == related).then_some(*own))?,
                is_folded: *is_folded,
                comparison: comparison.clone(),
            },
            Filter::Related(..) | Filter::Near { .. } | Filter::Within(..) => return None,
        })
    }
}

/// What the limits apply to.
#[derive(Default)]
struct FilterCounts {
    comparisons: usize,
    values: usize,
}

impl FilterCounts {
    fn add_comparisons(&mut self, n: usize) -> Result<(), FilterLimitError> {
        self.comparisons += n;
        if self.comparisons > MAX_COMPARISONS {
            return Err(FilterLimitError::Comparisons);
        }
        Ok(())
    }

    fn add_values(&mut self, comparison: &Comparison) -> Result<(), FilterLimitError> {
        if let Some((text, is_prefix)) = comparison.pattern()
            && text.chars().nth(MAX_PATTERN_CHARS).is_some()
        {
            let n_chars = text.chars().count();
            return Err(FilterLimitError::PatternChars { is_prefix, n_chars });
        }
        if let Comparison::In(values) = comparison {
            if values.len() > MAX_LIST_VALUES {
                return Err(FilterLimitError::ListValues(values.len()));
            }
            self.values += values.len();
        }
        if self.values > MAX_TOTAL_VALUES {
            return Err(FilterLimitError::TotalValues);
        }
        Ok(())
    }
}
