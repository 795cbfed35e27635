//! Filters: what the inputs of the API mean as conditions on columns.
//!
//! A condition is true or false for every row, never unknown: a comparison with a value that is
//! not known is false, and `not` holds of exactly the rows of which the rest does not. (SQL alone
//! would drop rows with nulls from both.)

mod figure;
mod operators;
mod partnership;
mod place;

pub(super) use figure::{published_statistic_filter, respondent_aggregate_filter};
pub(super) use partnership::partnership_filter;
pub(super) use place::{city_filter, country_filter, state_filter};

use async_graphql::Value;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, SimpleExpr};

use self::operators::FilterRelation;
use crate::{
    db::ColumnRef,
    engine::{Argument, Graph, GraphqlError, InputObject},
};

/// Comparisons that one filter may hold. Both databases parse a condition into a tree, whose depth
/// they bound, SQLite to 1,000; a comparison with a column that may be null makes two levels, and
/// what SQLite moves about while it plans adds to them.
const MAX_COMPARISONS: usize = 250;

/// Values that the lists of one filter may hold together. SQLite takes 32,766 values for a
/// statement, and a statement about two kinds of parents says its filter twice.
const MAX_TOTAL_VALUES: usize = 5_000;

/// How deep filters may lie within each other.
const MAX_NESTING: usize = 12;

/// The meaning of a field of a filter.
type ConditionBuilder = fn(&Value, &mut FilterContext) -> Result<Condition, GraphqlError>;

/// A filter on the rows of a table.
#[derive(Clone, Copy)]
pub(super) struct FilterDefinition {
    pub(super) name: &'static str,
    description: &'static str,
    /// Whether filters of this kind combine by `and`, `or` and `not`.
    has_logical_operators: bool,
    /// The field, if any, that names a text which no two rows share.
    unique_field: Option<&'static str>,
    fields: fn() -> Vec<(Argument, ConditionBuilder)>,
}

impl std::fmt::Debug for FilterDefinition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Counts the comparisons of a filter, the values that they list, and how deep it is; and knows which
/// columns may stand for those that it names.
#[derive(Default)]
pub(super) struct FilterContext {
    comparisons: usize,
    values: usize,
    nesting: usize,
    denormalized: Option<DenormalizedColumns>,
}

/// Columns that stand for those of a row elsewhere.
struct DenormalizedColumns {
    denormalized_column: fn(ColumnRef) -> Option<ColumnRef>,
    /// All columns that were named so far are repeated.
    covers_all: bool,
    /// The field that is being read has named one.
    used_by_field: bool,
}

impl FilterContext {
    fn count_comparison(&mut self) -> Result<(), GraphqlError> {
        self.count_comparisons(1)
    }

    fn count_comparisons(&mut self, n: usize) -> Result<(), GraphqlError> {
        self.comparisons += n;
        if self.comparisons > MAX_COMPARISONS {
            return Err(GraphqlError::bad_user_input(format!(
                "filter has more than {MAX_COMPARISONS} comparisons; give fewer, or use `in`"
            )));
        }
        Ok(())
    }

    /// The column to compare: the one given, or that which repeats it.
    fn resolve_column(&mut self, column: ColumnRef) -> ColumnRef {
        let Some(repeats) = &mut self.denormalized else {
            return column;
        };
        match (repeats.denormalized_column)(column) {
            Some(repeated) => {
                repeats.used_by_field = true;
                repeated
            }
            None => {
                repeats.covers_all = false;
                column
            }
        }
    }

    /// Reads the filter on a row that is pointed at as conditions on the columns which repeat that
    /// row's; `None` where the filter compares others too.
    fn denormalized_condition(
        &mut self,
        reference: &FilterRelation,
        filter: &FilterDefinition,
        value: &Value,
    ) -> Result<Option<Condition>, GraphqlError> {
        let counted = (self.comparisons, self.values);
        let outer = self.denormalized.replace(DenormalizedColumns {
            denormalized_column: reference.denormalized_column,
            covers_all: true,
            used_by_field: false,
        });
        let condition = filter.build_condition(value, self)?;
        let here = std::mem::replace(&mut self.denormalized, outer);
        if here.is_some_and(|repeats| repeats.covers_all) {
            return Ok(Some(condition));
        }
        (self.comparisons, self.values) = counted;
        Ok(None)
    }

    fn count_values(&mut self, n: usize) -> Result<(), GraphqlError> {
        self.values += n;
        if self.values > MAX_TOTAL_VALUES {
            return Err(GraphqlError::bad_user_input(format!(
                "filter lists more than {MAX_TOTAL_VALUES} values in all; give fewer"
            )));
        }
        Ok(())
    }
}

impl FilterDefinition {
    /// The condition of a filter that was given; all rows where none was.
    ///
    /// # Errors
    /// Where a value cannot be compared with, or the filter is too large.
    pub(super) fn condition(&self, given: Option<&Value>) -> Result<Condition, GraphqlError> {
        let mut terms = FilterContext::default();
        match given {
            Some(value) => self.build_condition(value, &mut terms),
            None => Ok(Condition::all()),
        }
    }

    fn build_condition(
        &self,
        value: &Value,
        terms: &mut FilterContext,
    ) -> Result<Condition, GraphqlError> {
        let given = match value {
            Value::Object(given) => given,
            _ => return Ok(Condition::all()),
        };
        terms.nesting += 1;
        if terms.nesting > MAX_NESTING {
            return Err(GraphqlError::bad_user_input(format!(
                "filter nests more than {MAX_NESTING} levels; give a flatter one"
            )));
        }
        let mut all = Condition::all();
        let known = (self.fields)();
        for (name, value) in given.iter().filter(|(_, value)| **value != Value::Null) {
            let meant = match name.as_str() {
                "and" => self.build_and(value, terms)?,
                "or" => self.build_or(value, terms)?,
                "not" => {
                    // Also of an empty filter a comparison is made.
                    terms.count_comparison()?;
                    negate(self.build_condition(value, terms)?)
                }
                name => match known.iter().find(|(argument, _)| argument.name == name) {
                    Some((_, meaning)) => {
                        if let Some(repeats) = &mut terms.denormalized {
                            repeats.used_by_field = false;
                        }
                        let meant = meaning(value, terms)?;
                        if let Some(repeats) = &mut terms.denormalized {
                            repeats.covers_all &= repeats.used_by_field;
                        }
                        meant
                    }
                    None => continue,
                },
            };
            all = and(all, meant);
        }
        terms.nesting -= 1;
        Ok(all)
    }

    /// Whether at most one row satisfies it, whatever else it says.
    fn is_unique_lookup(&self, value: &Value) -> bool {
        let of = |value: &Value, name: &str| match value {
            Value::Object(given) => given
                .get(name)
                .filter(|value| **value != Value::Null)
                .cloned(),
            _ => None,
        };
        self.unique_field
            .is_some_and(|name| of(value, name).and_then(|value| of(&value, "eq")).is_some())
    }

    fn build_and(
        &self,
        value: &Value,
        terms: &mut FilterContext,
    ) -> Result<Condition, GraphqlError> {
        let mut all = Condition::all();
        for value in list_values(value) {
            all = and(all, self.build_condition(value, terms)?);
        }
        Ok(all)
    }

    /// Any of none is none.
    fn build_or(
        &self,
        value: &Value,
        terms: &mut FilterContext,
    ) -> Result<Condition, GraphqlError> {
        // Also of an empty list a comparison is made.
        terms.count_comparison()?;
        let mut any = Condition::any();
        let mut holds_of_all = false;
        for value in list_values(value) {
            let one = self.build_condition(value, terms)?;
            holds_of_all |= one.is_empty();
            any = any.add(one);
        }
        Ok(if holds_of_all {
            Condition::all()
        } else if any.is_empty() {
            no_rows()
        } else {
            any
        })
    }

    /// The input object.
    pub(super) fn input_type(&self) -> InputObject {
        let mut fields = Vec::new();
        if self.has_logical_operators {
            let many = format!("[{}!]", self.name);
            fields.extend([
                Argument::new("and", &many, "All of these hold; an empty list holds."),
                Argument::new("or", &many, "Any of these holds; an empty list does not."),
                Argument::new("not", self.name, "This does not hold."),
            ]);
        }
        fields.extend((self.fields)().into_iter().map(|(argument, _)| argument));
        InputObject {
            name: self.name,
            description: self.description,
            fields,
        }
    }
}

/// Adds the inputs of every filter.
pub(super) fn define(graph: Graph) -> Graph {
    let graph = figure::define(place::define(graph));
    let graph = [
        state_filter(),
        country_filter(),
        city_filter(),
        place::community_filter(),
        partnership_filter(),
        respondent_aggregate_filter(),
        published_statistic_filter(),
    ]
    .iter()
    .fold(graph, |graph, filter| {
        graph.input_object(filter.input_type())
    });
    operators::input_types()
        .into_iter()
        .fold(graph, Graph::input_object)
}

/// Both. A condition without parts holds of all rows, and stays out of the statement.
pub(super) fn and(all: Condition, one: Condition) -> Condition {
    if one.is_empty() { all } else { all.add(one) }
}

fn negate(condition: Condition) -> Condition {
    if condition.is_empty() {
        no_rows()
    } else {
        condition.not()
    }
}

/// No row.
fn no_rows() -> Condition {
    Condition::all().add(constant_expr(false))
}

/// The same of every row. The one way to say so: PostgreSQL prepares a text for the types that its
/// values had the first time.
fn constant_expr(holds: bool) -> SimpleExpr {
    Expr::val(1).eq(i32::from(holds))
}

fn list_values(value: &Value) -> &[Value] {
    match value {
        Value::List(values) => values,
        _ => &[],
    }
}
