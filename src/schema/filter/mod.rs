//! Filters: input types of the API, and the conditions on columns that they stand for.
//!
//! A condition is true or false for every row, never unknown: a comparison with an unknown value
//! is false, and `not` matches exactly the rows that its operand does not match. (In plain SQL,
//! rows with nulls would match neither.)

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

/// The maximum number of comparisons in a filter. Both databases parse a condition into a tree of
/// limited depth (1,000 in SQLite). A comparison with a nullable column has two levels, and the
/// query planner of SQLite adds more.
const MAX_COMPARISONS: usize = 250;

/// The maximum number of values in all lists of a filter. SQLite allows 32,766 parameters per
/// statement, and a statement about two kinds of parents contains its filter twice.
const MAX_TOTAL_VALUES: usize = 5_000;

const MAX_NESTING: usize = 12;

/// Returns the condition for the value of a filter's field.
type ConditionBuilder = fn(&Value, &mut FilterContext) -> Result<Condition, GraphqlError>;

/// A filter input type.
#[derive(Clone, Copy)]
pub(super) struct FilterDefinition {
    pub(super) name: &'static str,
    description: &'static str,
    /// Whether the type has the fields `and`, `or`, and `not`.
    has_logical_operators: bool,
    /// A `StringFilter` field, if any, on a column without duplicates.
    unique_field: Option<&'static str>,
    fields: fn() -> Vec<(Argument, ConditionBuilder)>,
}

impl std::fmt::Debug for FilterDefinition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The state of building one condition: counts for the limits, and denormalized columns.
#[derive(Default)]
pub(super) struct FilterContext {
    comparisons: usize,
    values: usize,
    nesting: usize,
    denormalized: Option<DenormalizedColumns>,
}

/// Columns that repeat those of a related row, so that a filter on it needs no subquery.
struct DenormalizedColumns {
    denormalized_column: fn(ColumnRef) -> Option<ColumnRef>,
    /// Whether every column that the filter has used so far has a denormalized one.
    covers_all: bool,
    /// Whether the current field of the filter has used a denormalized column.
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
                "filter has more than {MAX_COMPARISONS} comparisons; use fewer, or replace several \
                 with one `in`"
            )));
        }
        Ok(())
    }

    /// Returns the column to compare: the denormalized one if there is one, or the given one.
    fn resolve_column(&mut self, column: ColumnRef) -> ColumnRef {
        let Some(denormalized) = &mut self.denormalized else {
            return column;
        };
        match (denormalized.denormalized_column)(column) {
            Some(column) => {
                denormalized.used_by_field = true;
                column
            }
            None => {
                denormalized.covers_all = false;
                column
            }
        }
    }

    /// Builds the condition of a filter on a related row from denormalized columns only. Returns
    /// `None` if the filter compares columns that are not denormalized.
    fn denormalized_condition(
        &mut self,
        relation: &FilterRelation,
        filter: &FilterDefinition,
        value: &Value,
    ) -> Result<Option<Condition>, GraphqlError> {
        let counts = (self.comparisons, self.values);
        let outer = self.denormalized.replace(DenormalizedColumns {
            denormalized_column: relation.denormalized_column,
            covers_all: true,
            used_by_field: false,
        });
        let condition = filter.build_condition(value, self)?;
        let inner = std::mem::replace(&mut self.denormalized, outer);
        if inner.is_some_and(|denormalized| denormalized.covers_all) {
            return Ok(Some(condition));
        }
        (self.comparisons, self.values) = counts;
        Ok(None)
    }

    fn count_values(&mut self, n: usize) -> Result<(), GraphqlError> {
        self.values += n;
        if self.values > MAX_TOTAL_VALUES {
            return Err(GraphqlError::bad_user_input(format!(
                "filter has more than {MAX_TOTAL_VALUES} values in its lists; use fewer"
            )));
        }
        Ok(())
    }
}

impl FilterDefinition {
    /// Returns the condition of the filter, which is empty without a filter.
    ///
    /// # Errors
    /// If a value is out of range or the filter exceeds a limit.
    pub(super) fn condition(&self, filter: Option<&Value>) -> Result<Condition, GraphqlError> {
        let mut context = FilterContext::default();
        match filter {
            Some(value) => self.build_condition(value, &mut context),
            None => Ok(Condition::all()),
        }
    }

    fn build_condition(
        &self,
        value: &Value,
        context: &mut FilterContext,
    ) -> Result<Condition, GraphqlError> {
        let fields = match value {
            Value::Object(fields) => fields,
            _ => return Ok(Condition::all()),
        };
        context.nesting += 1;
        if context.nesting > MAX_NESTING {
            return Err(GraphqlError::bad_user_input(format!(
                "filter is nested more than {MAX_NESTING} levels deep; use fewer levels"
            )));
        }
        let mut all = Condition::all();
        let definitions = (self.fields)();
        for (name, value) in fields.iter().filter(|(_, value)| **value != Value::Null) {
            let condition = match name.as_str() {
                "and" => self.build_and(value, context)?,
                "or" => self.build_or(value, context)?,
                "not" => {
                    // An empty filter counts as one comparison.
                    context.count_comparison()?;
                    negate(self.build_condition(value, context)?)
                }
                name => match definitions.iter().find(|(field, _)| field.name == name) {
                    Some((_, build)) => {
                        if let Some(denormalized) = &mut context.denormalized {
                            denormalized.used_by_field = false;
                        }
                        let condition = build(value, context)?;
                        if let Some(denormalized) = &mut context.denormalized {
                            denormalized.covers_all &= denormalized.used_by_field;
                        }
                        condition
                    }
                    None => continue,
                },
            };
            all = and(all, condition);
        }
        context.nesting -= 1;
        Ok(all)
    }

    /// Whether the filter compares the unique field with `eq`, so that at most one row matches.
    fn is_unique_lookup(&self, value: &Value) -> bool {
        let field = |value: &Value, name: &str| match value {
            Value::Object(fields) => fields
                .get(name)
                .filter(|value| **value != Value::Null)
                .cloned(),
            _ => None,
        };
        self.unique_field.is_some_and(|name| {
            field(value, name)
                .and_then(|value| field(&value, "eq"))
                .is_some()
        })
    }

    fn build_and(
        &self,
        value: &Value,
        context: &mut FilterContext,
    ) -> Result<Condition, GraphqlError> {
        let mut all = Condition::all();
        for value in list_values(value) {
            all = and(all, self.build_condition(value, context)?);
        }
        Ok(all)
    }

    fn build_or(
        &self,
        value: &Value,
        context: &mut FilterContext,
    ) -> Result<Condition, GraphqlError> {
        // An empty list counts as one comparison.
        context.count_comparison()?;
        let mut any = Condition::any();
        let mut matches_all = false;
        for value in list_values(value) {
            let condition = self.build_condition(value, context)?;
            matches_all |= condition.is_empty();
            any = any.add(condition);
        }
        Ok(if matches_all {
            Condition::all()
        } else if any.is_empty() {
            no_rows()
        } else {
            any
        })
    }

    pub(super) fn input_type(&self) -> InputObject {
        let mut fields = Vec::new();
        if self.has_logical_operators {
            let list = format!("[{}!]", self.name);
            fields.extend([
                Argument::new(
                    "and",
                    &list,
                    "All of these filters must match; an empty list matches everything.",
                ),
                Argument::new(
                    "or",
                    &list,
                    "At least one of these filters must match; an empty list matches nothing.",
                ),
                Argument::new(
                    "not",
                    self.name,
                    "Matches exactly the rows that this filter does not match.",
                ),
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

/// Adds the input types of all filters.
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

/// Adds a condition to another one. An empty condition matches everything and stays out of the SQL.
pub(super) fn and(all: Condition, condition: Condition) -> Condition {
    if condition.is_empty() {
        all
    } else {
        all.add(condition)
    }
}

fn negate(condition: Condition) -> Condition {
    if condition.is_empty() {
        no_rows()
    } else {
        condition.not()
    }
}

fn no_rows() -> Condition {
    Condition::all().add(constant_expr(false))
}

/// Returns an expression with the same value for every row. All constants are built like this
/// because PostgreSQL prepares a statement for the parameter types of its first use.
fn constant_expr(value: bool) -> SimpleExpr {
    Expr::val(1).eq(i32::from(value))
}

fn list_values(value: &Value) -> &[Value] {
    match value {
        Value::List(values) => values,
        _ => &[],
    }
}
