//! Comparisons: of texts, of whole numbers, of enums, and across relations.

use async_graphql::Value;
use sea_orm::{
    ColumnTrait,
    sea_query::{Condition, Expr, ExprTrait, Func, LikeExpr, SimpleExpr},
};

use super::{Filter, Terms, list, nothing};
use crate::{
    collation::fold,
    db::Column,
    engine::{Argument, Input, Refusal, text},
};

/// Values that `in` may list.
const MAX_VALUES: usize = 1_000;

/// Comparisons that a look into another table counts for: PostgreSQL takes seconds to plan a
/// statement with a hundred of them.
pub(super) const TERMS_OF_RELATION: usize = 5;

/// Letters that `contains` and `startsWith` may give. SQLite bounds a pattern to 50,000 bytes, and
/// no name is nearly as long.
const MAX_LETTERS: usize = 1_000;

pub(super) const STRING: &str = "StringFilter";
pub(super) const INT: &str = "IntFilter";

/// The input objects of the comparisons.
pub(super) fn inputs() -> [Input; 2] {
    [
        Input {
            name: STRING,
            description: "Comparisons of a text; all that are given must hold. A text that is not known satisfies none.",
            fields: vec![
                Argument::new("eq", "String", "Is exactly this."),
                Argument::new("ne", "String", "Is known, and is not this."),
                Argument::new(
                    "in",
                    "[String!]",
                    "Is exactly one of these; of an empty list nothing is.",
                ),
                Argument::new(
                    "contains",
                    "String",
                    "Contains this, whatever the case. Names are compared as they are sorted, without accents too. `%` and `_` are letters like any other.",
                ),
                Argument::new(
                    "startsWith",
                    "String",
                    "Begins with this, compared as by `contains`.",
                ),
            ],
        },
        Input {
            name: INT,
            description: "Comparisons of a whole number; all that are given must hold. A number that is not known satisfies none but `isNull: true`.",
            fields: vec![
                Argument::new("eq", "Int", "Is this."),
                Argument::new("ne", "Int", "Is known, and is not this."),
                Argument::new("gt", "Int", "Is greater than this."),
                Argument::new("gte", "Int", "Is this or greater."),
                Argument::new("lt", "Int", "Is less than this."),
                Argument::new("lte", "Int", "Is this or less."),
                Argument::new(
                    "in",
                    "[Int!]",
                    "Is one of these; of an empty list nothing is.",
                ),
                Argument::new(
                    "isNull",
                    "Boolean",
                    "Is not known, or where false: is known.",
                ),
            ],
        },
    ]
}

/// A comparison that is false, rather than unknown, where the column is null.
fn known(column: Column, condition: SimpleExpr) -> SimpleExpr {
    if column.nullable {
        condition.and(column.expr().is_not_null())
    } else {
        condition
    }
}

/// How a text is compared by `contains` and `startsWith`.
#[derive(Clone, Copy)]
enum Folded {
    /// By another column that holds the text as names are sorted.
    By(Column),
    /// The text has ASCII letters only.
    Ascii,
}

/// A text of ASCII letters, such as a slug or a code.
pub(super) fn ascii(
    column: impl ColumnTrait,
    value: &Value,
    terms: &mut Terms,
) -> Result<Condition, Refusal> {
    string(Column::of(column), Folded::Ascii, value, terms)
}

/// A name, of which another column holds the form in which names are sorted.
pub(super) fn name(
    column: impl ColumnTrait,
    sort_name: impl ColumnTrait,
    value: &Value,
    terms: &mut Terms,
) -> Result<Condition, Refusal> {
    let folded = Folded::By(Column::of(sort_name));
    string(Column::of(column), folded, value, terms)
}

fn string(
    column: Column,
    folded: Folded,
    value: &Value,
    terms: &mut Terms,
) -> Result<Condition, Refusal> {
    let mut all = Condition::all();
    for (operator, value) in given(value) {
        terms.add()?;
        let wanted = text(value).unwrap_or_default();
        let like = |before: &str, after: &str| {
            let (compared, wanted) = match folded {
                Folded::By(column) => (column.expr(), fold(wanted)),
                Folded::Ascii => (
                    SimpleExpr::from(Func::lower(column.expr())),
                    wanted.to_ascii_lowercase(),
                ),
            };
            let pattern =
                LikeExpr::new(format!("{before}{}{after}", escaped(&wanted))).escape('\\');
            known(column, compared.like(pattern))
        };
        if matches!(operator, "contains" | "startsWith")
            && wanted.chars().nth(MAX_LETTERS).is_some()
        {
            return Err(Refusal::input(format!(
                "{operator} has {} letters; give at most {MAX_LETTERS}",
                wanted.chars().count()
            )));
        }
        let condition = match operator {
            "eq" => known(column, column.expr().eq(wanted)),
            "ne" => known(column, column.expr().ne(wanted)),
            "in" => {
                let wanted: Vec<&str> = bounded(value, terms)?.iter().filter_map(text).collect();
                if wanted.is_empty() {
                    all = all.add(nothing());
                    continue;
                }
                known(column, column.expr().is_in(wanted))
            }
            "contains" => like("%", "%"),
            "startsWith" => like("", "%"),
            _ => continue,
        };
        all = all.add(condition);
    }
    Ok(all)
}

/// The text with the letters that have a meaning in `LIKE` taken as letters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// A whole number.
pub(super) fn int(
    column: impl ColumnTrait,
    value: &Value,
    terms: &mut Terms,
) -> Result<Condition, Refusal> {
    let column = Column::of(column);
    let mut all = Condition::all();
    for (operator, value) in given(value) {
        terms.add()?;
        let number = || whole(value);
        let condition = match operator {
            "eq" => known(column, column.expr().eq(number())),
            "ne" => known(column, column.expr().ne(number())),
            "gt" => known(column, column.expr().gt(number())),
            "gte" => known(column, column.expr().gte(number())),
            "lt" => known(column, column.expr().lt(number())),
            "lte" => known(column, column.expr().lte(number())),
            "in" => {
                let wanted: Vec<i64> = bounded(value, terms)?.iter().map(whole).collect();
                if wanted.is_empty() {
                    all = all.add(nothing());
                    continue;
                }
                known(column, column.expr().is_in(wanted))
            }
            "isNull" if *value == Value::Boolean(true) => column.expr().is_null(),
            "isNull" => column.expr().is_not_null(),
            _ => continue,
        };
        all = all.add(condition);
    }
    Ok(all)
}

fn whole(value: &Value) -> i64 {
    match value {
        Value::Number(number) => number.as_i64().unwrap_or_default(),
        _ => 0,
    }
}

/// The comparisons that are given, nulls left out.
fn given(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let given = match value {
        Value::Object(given) => Some(given),
        _ => None,
    };
    given
        .into_iter()
        .flatten()
        .filter(|(_, value)| **value != Value::Null)
        .map(|(name, value)| (name.as_str(), value))
}

fn bounded<'a>(value: &'a Value, terms: &mut Terms) -> Result<&'a [Value], Refusal> {
    let values = list(value);
    if values.len() > MAX_VALUES {
        return Err(Refusal::input(format!(
            "filter lists {} values in one place; give at most {MAX_VALUES}",
            values.len()
        )));
    }
    terms.add_values(values.len())?;
    Ok(values)
}

/// One of the values of an enum; of an empty list, none.
pub(super) fn any_of(
    column: impl ColumnTrait,
    value: &Value,
    terms: &mut Terms,
) -> Result<Condition, Refusal> {
    terms.add()?;
    let column = Column::of(column);
    let wanted: Vec<&str> = bounded(value, terms)?.iter().filter_map(text).collect();
    Ok(if wanted.is_empty() {
        nothing()
    } else {
        Condition::all().add(known(column, column.expr().is_in(wanted)))
    })
}

/// True or false.
pub(super) fn flag(
    column: impl ColumnTrait,
    value: &Value,
    terms: &mut Terms,
) -> Result<Condition, Refusal> {
    terms.add()?;
    let wanted = *value == Value::Boolean(true);
    Ok(Condition::all().add(Column::of(column).expr().eq(wanted)))
}

/// The row that a column points at satisfies a filter.
pub(super) fn refers_to(
    column: impl ColumnTrait,
    id: impl ColumnTrait,
    filter: &Filter,
    value: &Value,
    terms: &mut Terms,
) -> Result<Condition, Refusal> {
    let condition = filter.read(value, terms)?;
    if condition.is_empty() {
        return Ok(Condition::all());
    }
    terms.add_many(TERMS_OF_RELATION)?;
    Ok(Condition::all().add(Column::of(column).is_among(Column::of(id), condition)))
}

/// There are rows of another table that point at this one and satisfy a condition.
pub(super) fn is_pointed_at(
    id: impl ColumnTrait,
    by: impl ColumnTrait,
    condition: Condition,
) -> Condition {
    Condition::all().add(Column::of(id).is_among(Column::of(by), condition))
}

/// A column holds a value.
pub(super) fn holds(column: impl ColumnTrait, value: &str) -> SimpleExpr {
    Column::of(column).expr().eq(Expr::val(value))
}
