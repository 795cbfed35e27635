//! Filters: what the inputs of the API mean as conditions on columns.
//!
//! A condition is true or false for every row, never unknown: a comparison with a value that is
//! not known is false, and `not` holds of exactly the rows of which the rest does not. (SQL alone
//! would drop rows with nulls from both.)

mod figure;
mod operators;
mod place;
mod ties;

pub(super) use figure::{published_statistic, respondent_aggregate};
pub(super) use place::{city, country, state};
pub(super) use ties::partnership;

use async_graphql::Value;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, SimpleExpr};

use self::operators::Reference;
use crate::{
    db::Column,
    engine::{Argument, Graph, Input, Refusal},
};

/// Comparisons that one filter may hold. Both databases parse a condition into a tree, whose depth
/// they bound, SQLite to 1,000; a comparison with a column that may be null makes two levels, and
/// what SQLite moves about while it plans adds to them.
const MAX_TERMS: usize = 250;

/// Values that the lists of one filter may hold together. SQLite takes 32,766 values for a
/// statement, and a statement about two kinds of parents says its filter twice.
const MAX_ALL_VALUES: usize = 5_000;

/// How deep filters may lie within each other.
const MAX_NESTING: usize = 12;

/// The meaning of a field of a filter.
type Meaning = fn(&Value, &mut Terms) -> Result<Condition, Refusal>;

/// A filter on the rows of a table.
#[derive(Clone, Copy)]
pub(super) struct Filter {
    pub(super) name: &'static str,
    description: &'static str,
    /// Whether filters of this kind combine by `and`, `or` and `not`.
    combines: bool,
    /// The field, if any, that names a text which no two rows share.
    unique: Option<&'static str>,
    fields: fn() -> Vec<(Argument, Meaning)>,
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Counts the comparisons of a filter, the values that they list, and how deep it is; and knows which
/// columns may stand for those that it names.
#[derive(Default)]
pub(super) struct Terms {
    n: usize,
    values: usize,
    nesting: usize,
    repeats: Option<Repeats>,
}

/// Columns that stand for those of a row elsewhere.
struct Repeats {
    of: fn(Column) -> Option<Column>,
    /// All columns that were named so far are repeated.
    all: bool,
    /// The field that is being read has named one.
    met: bool,
}

impl Terms {
    fn add(&mut self) -> Result<(), Refusal> {
        self.add_many(1)
    }

    fn add_many(&mut self, n: usize) -> Result<(), Refusal> {
        self.n += n;
        if self.n > MAX_TERMS {
            return Err(Refusal::input(format!(
                "filter has more than {MAX_TERMS} comparisons; give fewer, or use `in`"
            )));
        }
        Ok(())
    }

    /// The column to compare: the one given, or that which repeats it.
    fn column(&mut self, column: Column) -> Column {
        let Some(repeats) = &mut self.repeats else {
            return column;
        };
        match (repeats.of)(column) {
            Some(repeated) => {
                repeats.met = true;
                repeated
            }
            None => {
                repeats.all = false;
                column
            }
        }
    }

    /// Reads the filter on a row that is pointed at as conditions on the columns which repeat that
    /// row's; `None` where the filter compares others too.
    fn read_here(
        &mut self,
        reference: &Reference,
        filter: &Filter,
        value: &Value,
    ) -> Result<Option<Condition>, Refusal> {
        let counted = (self.n, self.values);
        let outer = self.repeats.replace(Repeats {
            of: reference.repeats,
            all: true,
            met: false,
        });
        let condition = filter.read(value, self)?;
        let here = std::mem::replace(&mut self.repeats, outer);
        if here.is_some_and(|repeats| repeats.all) {
            return Ok(Some(condition));
        }
        (self.n, self.values) = counted;
        Ok(None)
    }

    fn add_values(&mut self, n: usize) -> Result<(), Refusal> {
        self.values += n;
        if self.values > MAX_ALL_VALUES {
            return Err(Refusal::input(format!(
                "filter lists more than {MAX_ALL_VALUES} values in all; give fewer"
            )));
        }
        Ok(())
    }
}

impl Filter {
    /// The condition of a filter that was given; all rows where none was.
    ///
    /// # Errors
    /// Where a value cannot be compared with, or the filter is too large.
    pub(super) fn condition(&self, given: Option<&Value>) -> Result<Condition, Refusal> {
        let mut terms = Terms::default();
        match given {
            Some(value) => self.read(value, &mut terms),
            None => Ok(Condition::all()),
        }
    }

    fn read(&self, value: &Value, terms: &mut Terms) -> Result<Condition, Refusal> {
        let given = match value {
            Value::Object(given) => given,
            _ => return Ok(Condition::all()),
        };
        terms.nesting += 1;
        if terms.nesting > MAX_NESTING {
            return Err(Refusal::input(format!(
                "filter nests more than {MAX_NESTING} levels; give a flatter one"
            )));
        }
        let mut all = Condition::all();
        let known = (self.fields)();
        for (name, value) in given.iter().filter(|(_, value)| **value != Value::Null) {
            let meant = match name.as_str() {
                "and" => self.read_all(value, terms)?,
                "or" => self.read_any(value, terms)?,
                "not" => {
                    // Also of an empty filter a comparison is made.
                    terms.add()?;
                    negated(self.read(value, terms)?)
                }
                name => match known.iter().find(|(argument, _)| argument.name == name) {
                    Some((_, meaning)) => {
                        if let Some(repeats) = &mut terms.repeats {
                            repeats.met = false;
                        }
                        let meant = meaning(value, terms)?;
                        if let Some(repeats) = &mut terms.repeats {
                            repeats.all &= repeats.met;
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
    fn means_one(&self, value: &Value) -> bool {
        let of = |value: &Value, name: &str| match value {
            Value::Object(given) => given
                .get(name)
                .filter(|value| **value != Value::Null)
                .cloned(),
            _ => None,
        };
        self.unique
            .is_some_and(|name| of(value, name).and_then(|value| of(&value, "eq")).is_some())
    }

    fn read_all(&self, value: &Value, terms: &mut Terms) -> Result<Condition, Refusal> {
        let mut all = Condition::all();
        for value in list(value) {
            all = and(all, self.read(value, terms)?);
        }
        Ok(all)
    }

    /// Any of none is none.
    fn read_any(&self, value: &Value, terms: &mut Terms) -> Result<Condition, Refusal> {
        // Also of an empty list a comparison is made.
        terms.add()?;
        let mut any = Condition::any();
        let mut holds_of_all = false;
        for value in list(value) {
            let one = self.read(value, terms)?;
            holds_of_all |= one.is_empty();
            any = any.add(one);
        }
        Ok(if holds_of_all {
            Condition::all()
        } else if any.is_empty() {
            nothing()
        } else {
            any
        })
    }

    /// The input object.
    pub(super) fn input(&self) -> Input {
        let mut fields = Vec::new();
        if self.combines {
            let many = format!("[{}!]", self.name);
            fields.extend([
                Argument::new("and", &many, "All of these hold; an empty list holds."),
                Argument::new("or", &many, "Any of these holds; an empty list does not."),
                Argument::new("not", self.name, "This does not hold."),
            ]);
        }
        fields.extend((self.fields)().into_iter().map(|(argument, _)| argument));
        Input {
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
        state(),
        country(),
        city(),
        place::community(),
        partnership(),
        respondent_aggregate(),
        published_statistic(),
    ]
    .iter()
    .fold(graph, |graph, filter| graph.input(filter.input()));
    operators::inputs().into_iter().fold(graph, Graph::input)
}

/// Both. A condition without parts holds of all rows, and stays out of the statement.
pub(super) fn and(all: Condition, one: Condition) -> Condition {
    if one.is_empty() { all } else { all.add(one) }
}

fn negated(condition: Condition) -> Condition {
    if condition.is_empty() {
        nothing()
    } else {
        condition.not()
    }
}

/// No row.
fn nothing() -> Condition {
    Condition::all().add(of_every_row(false))
}

/// The same of every row. The one way to say so: PostgreSQL prepares a text for the types that its
/// values had the first time.
fn of_every_row(holds: bool) -> SimpleExpr {
    Expr::val(1).eq(i32::from(holds))
}

fn list(value: &Value) -> &[Value] {
    match value {
        Value::List(values) => values,
        _ => &[],
    }
}
