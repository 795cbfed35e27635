//! Comparisons of strings, whole numbers, enums, and booleans, and conditions on related rows.

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

/// The maximum number of values in one list.
const MAX_LIST_VALUES: usize = 1_000;

/// How many comparisons a subquery counts as. PostgreSQL takes seconds to plan a statement with a
/// hundred subqueries.
pub(super) const COMPARISONS_PER_SUBQUERY: usize = 5;

/// The maximum length of the value of `contains` or `startsWith`. SQLite limits a pattern to 50,000
/// bytes, and no name is nearly as long.
const MAX_PATTERN_CHARS: usize = 1_000;

pub(super) const STRING_FILTER: &str = "StringFilter";
pub(super) const INT_FILTER: &str = "IntFilter";

pub(super) fn input_types() -> [InputObject; 2] {
    [
        InputObject {
            name: STRING_FILTER,
            description: "Compares a string. All fields that are set must match; if the value is unknown, none of them does.",
            fields: vec![
                Argument::new("eq", "String", "Equal to this string; case-sensitive."),
                Argument::new(
                    "ne",
                    "String",
                    "Known and not equal to this string; case-sensitive.",
                ),
                Argument::new(
                    "in",
                    "[String!]",
                    "Equal to one of these strings; case-sensitive. An empty list matches nothing.",
                ),
                Argument::new(
                    "contains",
                    "String",
                    "Contains this string, of at most 1,000 characters. Case is ignored; in names, accents are too. `%` and `_` are not wildcards.",
                ),
                Argument::new(
                    "startsWith",
                    "String",
                    "Starts with this string. The same rules apply as for `contains`.",
                ),
            ],
        },
        InputObject {
            name: INT_FILTER,
            description: "Compares a whole number. All fields that are set must match; an unknown number matches only `isNull: true`.",
            fields: vec![
                Argument::new("eq", "Int", "Equal to this number."),
                Argument::new("ne", "Int", "Known and not equal to this number."),
                Argument::new("gt", "Int", "Greater than this number."),
                Argument::new("gte", "Int", "Greater than or equal to this number."),
                Argument::new("lt", "Int", "Less than this number."),
                Argument::new("lte", "Int", "Less than or equal to this number."),
                Argument::new(
                    "in",
                    "[Int!]",
                    "Equal to one of these numbers. An empty list matches nothing.",
                ),
                Argument::new(
                    "isNull",
                    "Boolean",
                    "If true, the number must be unknown; if false, it must be known.",
                ),
            ],
        },
    ]
}

/// Makes a comparison false, rather than unknown, if the column is null.
fn and_not_null(column: ColumnRef, condition: SimpleExpr) -> SimpleExpr {
    if column.nullable {
        condition.and(column.expr().is_not_null())
    } else {
        condition
    }
}

/// How `contains` and `startsWith` ignore case.
#[derive(Clone, Copy)]
enum CaseFolding {
    /// They compare another column, which has the text without case and accents.
    SortColumn(ColumnRef),
    /// The column contains only ASCII.
    Ascii,
}

/// Compares an ASCII column, such as a slug or a code.
pub(super) fn ascii_condition(
    column: impl ColumnTrait,
    value: &Value,
    context: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    let column = context.resolve_column(ColumnRef::new(column));
    string_condition(column, CaseFolding::Ascii, value, context)
}

/// Compares a name. The column `sort_name` has the name without case and accents.
pub(super) fn name_condition(
    column: impl ColumnTrait,
    sort_name: impl ColumnTrait,
    value: &Value,
    context: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    let uses_sort_name = |operator: &str| matches!(operator, "contains" | "startsWith");
    let folding = CaseFolding::SortColumn(
        match non_null_fields(value).any(|(operator, _)| uses_sort_name(operator)) {
            true => context.resolve_column(ColumnRef::new(sort_name)),
            false => ColumnRef::new(sort_name),
        },
    );
    let column = match non_null_fields(value).all(|(operator, _)| uses_sort_name(operator)) {
        true => ColumnRef::new(column),
        false => context.resolve_column(ColumnRef::new(column)),
    };
    string_condition(column, folding, value, context)
}

fn string_condition(
    column: ColumnRef,
    folding: CaseFolding,
    value: &Value,
    context: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    let mut all = Condition::all();
    for (operator, value) in non_null_fields(value) {
        context.count_comparison()?;
        let text = value_as_str(value).unwrap_or_default();
        let like = |prefix: &str, suffix: &str| {
            let (folded_column, folded_text) = match folding {
                CaseFolding::SortColumn(column) => (column.expr(), fold(text)),
                CaseFolding::Ascii => (
                    SimpleExpr::from(Func::lower(column.expr())),
                    text.to_ascii_lowercase(),
                ),
            };
            let pattern = format!("{prefix}{}{suffix}", escape_like(&folded_text));
            let pattern = LikeExpr::new(pattern).escape('\\');
            and_not_null(column, folded_column.like(pattern))
        };
        if matches!(operator, "contains" | "startsWith")
            && text.chars().nth(MAX_PATTERN_CHARS).is_some()
        {
            return Err(GraphqlError::bad_user_input(format!(
                "{operator} has {} characters; at most {MAX_PATTERN_CHARS} are allowed",
                text.chars().count()
            )));
        }
        let condition = match operator {
            "eq" => and_not_null(column, column.expr().eq(text)),
            "ne" => and_not_null(column, column.expr().ne(text)),
            "in" => {
                let texts: Vec<&str> = checked_list(value, context)?
                    .iter()
                    .filter_map(value_as_str)
                    .collect();
                if texts.is_empty() {
                    all = all.add(no_rows());
                    continue;
                }
                and_not_null(column, column.expr().is_in(texts))
            }
            "contains" => like("%", "%"),
            "startsWith" => like("", "%"),
            _ => continue,
        };
        all = all.add(condition);
    }
    Ok(all)
}

/// Escapes the wildcards of `LIKE`.
fn escape_like(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if matches!(char, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

/// Compares a column of whole numbers.
pub(super) fn int_condition(
    column: impl ColumnTrait,
    value: &Value,
    context: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    let column = context.resolve_column(ColumnRef::new(column));
    // Null is replaced by a number above all others, so the known numbers are one index range.
    let number = || match column.nullable {
        true => column.asc_key(),
        false => column.expr(),
    };
    let and_known = |condition: SimpleExpr| match column.nullable {
        true => condition.and(number().lt(NULL_SENTINEL_INTEGER)),
        false => condition,
    };
    let mut all = Condition::all();
    for (operator, value) in non_null_fields(value) {
        context.count_comparison()?;
        let condition = match operator {
            "eq" => number().eq(int_value(value)),
            "ne" => and_known(number().ne(int_value(value))),
            "gt" => and_known(number().gt(int_value(value))),
            "gte" => and_known(number().gte(int_value(value))),
            "lt" => number().lt(int_value(value)),
            "lte" => number().lte(int_value(value)),
            "in" => {
                let numbers: Vec<i64> = checked_list(value, context)?
                    .iter()
                    .map(int_value)
                    .collect();
                if numbers.is_empty() {
                    all = all.add(no_rows());
                    continue;
                }
                number().is_in(numbers)
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

fn non_null_fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let fields = match value {
        Value::Object(fields) => Some(fields),
        _ => None,
    };
    fields
        .into_iter()
        .flatten()
        .filter(|(_, value)| **value != Value::Null)
        .map(|(name, value)| (name.as_str(), value))
}

fn checked_list<'a>(
    value: &'a Value,
    context: &mut FilterContext,
) -> Result<&'a [Value], GraphqlError> {
    let values = list_values(value);
    if values.len() > MAX_LIST_VALUES {
        return Err(GraphqlError::bad_user_input(format!(
            "a list in filter has {} values; at most {MAX_LIST_VALUES} are allowed",
            values.len()
        )));
    }
    context.count_values(values.len())?;
    Ok(values)
}

/// Compares an enum column with a list of values; an empty list matches nothing.
pub(super) fn enum_condition(
    column: impl ColumnTrait,
    value: &Value,
    context: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    context.count_comparison()?;
    let column = context.resolve_column(ColumnRef::new(column));
    let values: Vec<&str> = checked_list(value, context)?
        .iter()
        .filter_map(value_as_str)
        .collect();
    Ok(if values.is_empty() {
        no_rows()
    } else {
        Condition::all().add(and_not_null(column, column.expr().is_in(values)))
    })
}

pub(super) fn bool_condition(
    column: impl ColumnTrait,
    value: &Value,
    context: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    context.count_comparison()?;
    let expected = *value == Value::Boolean(true);
    let column = context.resolve_column(ColumnRef::new(column));
    Ok(Condition::all().add(column.expr().eq(expected)))
}

/// A foreign key and the rows that it points at, on which a filter is set.
pub(super) struct FilterRelation {
    pub(super) foreign_key: ColumnRef,
    pub(super) target_id: ColumnRef,
    /// For a column of the related row, returns the column of the own row that repeats it, if any.
    pub(super) denormalized_column: fn(ColumnRef) -> Option<ColumnRef>,
}

impl FilterRelation {
    pub(super) fn new(foreign_key: impl ColumnTrait, target_id: impl ColumnTrait) -> Self {
        Self {
            foreign_key: ColumnRef::new(foreign_key),
            target_id: ColumnRef::new(target_id),
            denormalized_column: |_| None,
        }
    }

    pub(super) fn with_denormalized(
        self,
        denormalized_column: fn(ColumnRef) -> Option<ColumnRef>,
    ) -> Self {
        Self {
            denormalized_column,
            ..self
        }
    }
}

/// Matches rows whose related row matches a filter.
pub(super) fn relation_condition(
    relation: &FilterRelation,
    filter: &FilterDefinition,
    value: &Value,
    context: &mut FilterContext,
) -> Result<Condition, GraphqlError> {
    // Conditions on the columns of the row itself can use its indexes, which also give the order.
    if let Some(condition) = context.denormalized_condition(relation, filter, value)? {
        return Ok(
            match relation.foreign_key.nullable && !condition.is_empty() {
                true => condition.add(relation.foreign_key.expr().is_not_null()),
                false => condition,
            },
        );
    }
    let condition = filter.build_condition(value, context)?;
    if condition.is_empty() {
        return Ok(Condition::all());
    }
    context.count_comparisons(COMPARISONS_PER_SUBQUERY)?;
    let (foreign_key, target_id) = (relation.foreign_key, relation.target_id);
    Ok(Condition::all().add(match filter.is_unique_lookup(value) {
        true => foreign_key.eq_subquery(target_id, condition),
        false => foreign_key.in_subquery(target_id, condition),
    }))
}

/// Matches rows whose id is the foreign key of a row that satisfies the condition.
pub(super) fn reverse_relation_condition(
    id: impl ColumnTrait,
    foreign_key: impl ColumnTrait,
    condition: Condition,
) -> Condition {
    Condition::all().add(ColumnRef::new(id).in_subquery(ColumnRef::new(foreign_key), condition))
}

pub(super) fn equals(column: impl ColumnTrait, value: &str) -> SimpleExpr {
    ColumnRef::new(column).expr().eq(Expr::val(value))
}
