//! Comparisons: of texts, of whole numbers, of enums, and across relations.

use async_graphql::Value;
use sea_orm::{
    ColumnTrait,
    sea_query::{Condition, Expr, ExprTrait, Func, LikeExpr, SimpleExpr},
};

use super::{Filter, Terms, list, nothing, of_every_row};
use crate::{
    collation::fold,
    db::{BEYOND_ALL_INTEGERS, Column},
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
    let column = terms.column(Column::of(column));
    string(column, Folded::Ascii, value, terms)
}

/// A name, of which another column holds the form in which names are sorted.
pub(super) fn name(
    column: impl ColumnTrait,
    sort_name: impl ColumnTrait,
    value: &Value,
    terms: &mut Terms,
) -> Result<Condition, Refusal> {
    let folds = |operator: &str| matches!(operator, "contains" | "startsWith");
    let folded = Folded::By(match given(value).any(|(operator, _)| folds(operator)) {
        true => terms.column(Column::of(sort_name)),
        false => Column::of(sort_name),
    });
    let column = match given(value).all(|(operator, _)| folds(operator)) {
        true => Column::of(column),
        false => terms.column(Column::of(column)),
    };
    string(column, folded, value, terms)
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
    let column = terms.column(Column::of(column));
    // Beyond all numbers where there is none, so what is known is one range of an index.
    let number = || match column.nullable {
        true => column.rising(),
        false => column.expr(),
    };
    let known = |condition: SimpleExpr| match column.nullable {
        true => condition.and(number().lt(BEYOND_ALL_INTEGERS)),
        false => condition,
    };
    let mut all = Condition::all();
    for (operator, value) in given(value) {
        terms.add()?;
        let condition = match operator {
            "eq" => number().eq(whole(value)),
            "ne" => known(number().ne(whole(value))),
            "gt" => known(number().gt(whole(value))),
            "gte" => known(number().gte(whole(value))),
            "lt" => number().lt(whole(value)),
            "lte" => number().lte(whole(value)),
            "in" => {
                let wanted: Vec<i64> = bounded(value, terms)?.iter().map(whole).collect();
                if wanted.is_empty() {
                    all = all.add(nothing());
                    continue;
                }
                number().is_in(wanted)
            }
            "isNull" if !column.nullable => of_every_row(*value == Value::Boolean(false)),
            "isNull" if *value == Value::Boolean(true) => number().eq(BEYOND_ALL_INTEGERS),
            "isNull" => number().lt(BEYOND_ALL_INTEGERS),
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
    let column = terms.column(Column::of(column));
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
    let column = terms.column(Column::of(column));
    Ok(Condition::all().add(column.expr().eq(wanted)))
}

/// A column that points at the rows which a filter is about.
pub(super) struct Reference {
    /// The column.
    pub(super) by: Column,
    /// The id of the rows that it points at.
    pub(super) to: Column,
    /// The column beside the reference that repeats a column of the row it points at.
    pub(super) repeats: fn(Column) -> Option<Column>,
}

impl Reference {
    /// A reference that repeats nothing but the id.
    pub(super) fn new(by: impl ColumnTrait, to: impl ColumnTrait) -> Self {
        Self {
            by: Column::of(by),
            to: Column::of(to),
            repeats: |_| None,
        }
    }

    /// The same, with columns that repeat others.
    pub(super) fn repeating(self, repeats: fn(Column) -> Option<Column>) -> Self {
        Self { repeats, ..self }
    }
}

/// The row that a column points at satisfies a filter.
pub(super) fn refers_to(
    reference: &Reference,
    filter: &Filter,
    value: &Value,
    terms: &mut Terms,
) -> Result<Condition, Refusal> {
    // What the row itself says is found by its indexes, and in their order.
    if let Some(condition) = terms.read_here(reference, filter, value)? {
        return Ok(match reference.by.nullable && !condition.is_empty() {
            true => condition.add(reference.by.expr().is_not_null()),
            false => condition,
        });
    }
    let condition = filter.read(value, terms)?;
    if condition.is_empty() {
        return Ok(Condition::all());
    }
    terms.add_many(TERMS_OF_RELATION)?;
    let Reference { by, to, .. } = reference;
    Ok(Condition::all().add(match filter.means_one(value) {
        true => by.is_the_one(*to, condition),
        false => by.is_among(*to, condition),
    }))
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
