//! Comparisons: of texts, of whole numbers, of enums, and across relations.

use async_graphql::Value;
use sea_orm::{
    ColumnTrait,
    sea_query::{Condition, Expr, ExprTrait, Func, LikeExpr, SimpleExpr},
};

use super::{FilterContext, FilterDefinition, constant_expr, list_values, no_rows};
use crate::{
    collation::fold,
    db::{ColumnRef, NULL_SENTINEL_INTEGER},
    engine::{Argument, GraphqlError, InputObject, value_as_str},
};

/// Values that `in` may list.
const MAX_LIST_VALUES: usize = 1_000;

/// Comparisons that a look into another table counts for: PostgreSQL takes seconds to plan a
/// statement with a hundred of them.
pub(super) const COMPARISONS_PER_SUBQUERY: usize = 5;

/// Letters that `contains` and `startsWith` may give. SQLite bounds a pattern to 50,000 bytes, and
/// no name is nearly as long.
const MAX_PATTERN_CHARS: usize = 1_000;

pub(super) const STRING_FILTER: &str = "StringFilter";
pub(super) const INT_FILTER: &str = "IntFilter";

/// The input objects of the comparisons.
pub(super) fn input_types() -> [InputObject; 2] {
    [
        InputObject {
            name: STRING_FILTER,
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
        InputObject {
            name: INT_FILTER,
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
fn and_not_null(column: ColumnRef, condition: SimpleExpr) -> SimpleExpr {
    if column.nullable {
        condition.and(column.expr().is_not_null())
    } else {
        condition
    }
}

/// How a text is compared by `contains` and `startsWith`.
#[derive(Clone, Copy)]
enum CaseFolding {
    /// By another column that holds the text as names are sorted.
    SortColumn(ColumnRef),
    /// The text has ASCII letters only.
    Ascii,
}

/// A text of ASCII letters, such as a slug or a code.
pub(super) fn ascii_condition(
    column: impl ColumnTrait,
    value: &Value,
    terms: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    let column = terms.resolve_column(ColumnRef::new(column));
    string_condition(column, CaseFolding::Ascii, value, terms)
}

/// A name, of which another column holds the form in which names are sorted.
pub(super) fn name_condition(
    column: impl ColumnTrait,
    sort_name: impl ColumnTrait,
    value: &Value,
    terms: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    let folds = |operator: &str| matches!(operator, "contains" | "startsWith");
    let folded = CaseFolding::SortColumn(
        match non_null_fields(value).any(|(operator, _)| folds(operator)) {
            true => terms.resolve_column(ColumnRef::new(sort_name)),
            false => ColumnRef::new(sort_name),
        },
    );
    let column = match non_null_fields(value).all(|(operator, _)| folds(operator)) {
        true => ColumnRef::new(column),
        false => terms.resolve_column(ColumnRef::new(column)),
    };
    string_condition(column, folded, value, terms)
}

fn string_condition(
    column: ColumnRef,
    folded: CaseFolding,
    value: &Value,
    terms: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    let mut all = Condition::all();
    for (operator, value) in non_null_fields(value) {
        terms.count_comparison()?;
        let wanted = value_as_str(value).unwrap_or_default();
        let like = |before: &str, after: &str| {
            let (compared, wanted) = match folded {
                CaseFolding::SortColumn(column) => (column.expr(), fold(wanted)),
                CaseFolding::Ascii => (
                    SimpleExpr::from(Func::lower(column.expr())),
                    wanted.to_ascii_lowercase(),
                ),
            };
            let pattern =
                LikeExpr::new(format!("{before}{}{after}", escape_like(&wanted))).escape('\\');
            and_not_null(column, compared.like(pattern))
        };
        if matches!(operator, "contains" | "startsWith")
            && wanted.chars().nth(MAX_PATTERN_CHARS).is_some()
        {
            return Err(GraphqlError::bad_user_input(format!(
                "{operator} has {} letters; give at most {MAX_PATTERN_CHARS}",
                wanted.chars().count()
            )));
        }
        let condition = match operator {
            "eq" => and_not_null(column, column.expr().eq(wanted)),
            "ne" => and_not_null(column, column.expr().ne(wanted)),
            "in" => {
                let wanted: Vec<&str> = checked_list(value, terms)?
                    .iter()
                    .filter_map(value_as_str)
                    .collect();
                if wanted.is_empty() {
                    all = all.add(no_rows());
                    continue;
                }
                and_not_null(column, column.expr().is_in(wanted))
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
fn escape_like(text: &str) -> String {
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
pub(super) fn int_condition(
    column: impl ColumnTrait,
    value: &Value,
    terms: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    let column = terms.resolve_column(ColumnRef::new(column));
    // Beyond all numbers where there is none, so what is known is one range of an index.
    let number = || match column.nullable {
        true => column.asc_key(),
        false => column.expr(),
    };
    let known = |condition: SimpleExpr| match column.nullable {
        true => condition.and(number().lt(NULL_SENTINEL_INTEGER)),
        false => condition,
    };
    let mut all = Condition::all();
    for (operator, value) in non_null_fields(value) {
        terms.count_comparison()?;
        let condition = match operator {
            "eq" => number().eq(int_value(value)),
            "ne" => known(number().ne(int_value(value))),
            "gt" => known(number().gt(int_value(value))),
            "gte" => known(number().gte(int_value(value))),
            "lt" => number().lt(int_value(value)),
            "lte" => number().lte(int_value(value)),
            "in" => {
                let wanted: Vec<i64> = checked_list(value, terms)?.iter().map(int_value).collect();
                if wanted.is_empty() {
                    all = all.add(no_rows());
                    continue;
                }
                number().is_in(wanted)
            }
            "isNull" if !column.nullable => constant_expr(*value == Value::Boolean(false)),
            "isNull" if *value == Value::Boolean(true) => number().eq(NULL_SENTINEL_INTEGER),
            "isNull" => number().lt(NULL_SENTINEL_INTEGER),
            _ => continue,
        };
        all = all.add(condition);
    }
    Ok(all)
}

fn int_value(value: &Value) -> i64 {
    match value {
        Value::Number(number) => number.as_i64().unwrap_or_default(),
        _ => 0,
    }
}

/// The comparisons that are given, nulls left out.
fn non_null_fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
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

fn checked_list<'a>(
    value: &'a Value,
    terms: &mut FilterContext,
) -> Result<&'a [Value], GraphqlError> {
    let values = list_values(value);
    if values.len() > MAX_LIST_VALUES {
        return Err(GraphqlError::bad_user_input(format!(
            "filter lists {} values in one place; give at most {MAX_LIST_VALUES}",
            values.len()
        )));
    }
    terms.count_values(values.len())?;
    Ok(values)
}

/// One of the values of an enum; of an empty list, none.
pub(super) fn enum_condition(
    column: impl ColumnTrait,
    value: &Value,
    terms: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    terms.count_comparison()?;
    let column = terms.resolve_column(ColumnRef::new(column));
    let wanted: Vec<&str> = checked_list(value, terms)?
        .iter()
        .filter_map(value_as_str)
        .collect();
    Ok(if wanted.is_empty() {
        no_rows()
    } else {
        Condition::all().add(and_not_null(column, column.expr().is_in(wanted)))
    })
}

/// True or false.
pub(super) fn bool_condition(
    column: impl ColumnTrait,
    value: &Value,
    terms: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    terms.count_comparison()?;
    let wanted = *value == Value::Boolean(true);
    let column = terms.resolve_column(ColumnRef::new(column));
    Ok(Condition::all().add(column.expr().eq(wanted)))
}

/// A column that points at the rows which a filter is about.
pub(super) struct FilterRelation {
    /// The column.
    pub(super) foreign_key: ColumnRef,
    /// The id of the rows that it points at.
    pub(super) target_id: ColumnRef,
    /// The column beside the reference that repeats a column of the row it points at.
    pub(super) denormalized_column: fn(ColumnRef) -> Option<ColumnRef>,
}

impl FilterRelation {
    /// A reference that repeats nothing but the id.
    pub(super) fn new(by: impl ColumnTrait, to: impl ColumnTrait) -> Self {
        Self {
            foreign_key: ColumnRef::new(by),
            target_id: ColumnRef::new(to),
            denormalized_column: |_| None,
        }
    }

    /// The same, with columns that repeat others.
    pub(super) fn with_denormalized(self, repeats: fn(ColumnRef) -> Option<ColumnRef>) -> Self {
        Self {
            denormalized_column: repeats,
            ..self
        }
    }
}

/// The row that a column points at satisfies a filter.
pub(super) fn relation_condition(
    reference: &FilterRelation,
    filter: &FilterDefinition,
    value: &Value,
    terms: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    // What the row itself says is found by its indexes, and in their order.
    if let Some(condition) = terms.denormalized_condition(reference, filter, value)? {
        return Ok(
            match reference.foreign_key.nullable && !condition.is_empty() {
                true => condition.add(reference.foreign_key.expr().is_not_null()),
                false => condition,
            },
        );
    }
    let condition = filter.build_condition(value, terms)?;
    if condition.is_empty() {
        return Ok(Condition::all());
    }
    terms.count_comparisons(COMPARISONS_PER_SUBQUERY)?;
    let FilterRelation {
        foreign_key: by,
        target_id: to,
        ..
    } = reference;
    Ok(Condition::all().add(match filter.is_unique_lookup(value) {
        true => by.eq_subquery(*to, condition),
        false => by.in_subquery(*to, condition),
    }))
}

/// There are rows of another table that point at this one and satisfy a condition.
pub(super) fn reverse_relation_condition(
    id: impl ColumnTrait,
    by: impl ColumnTrait,
    condition: Condition,
) -> Condition {
    Condition::all().add(ColumnRef::new(id).in_subquery(ColumnRef::new(by), condition))
}

/// A column holds a value.
pub(super) fn equals(column: impl ColumnTrait, value: &str) -> SimpleExpr {
    ColumnRef::new(column).expr().eq(Expr::val(value))
}
