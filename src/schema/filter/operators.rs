//! The operators of `StringFilter` and `IntFilter`, each with its meaning.

use async_graphql::{Value, dynamic::InputObject};
use unicode_normalization::UnicodeNormalization;

use super::{NULL_RULE, field_value, list};
use crate::{
    db::{Cell, Comparison, Filter},
    engine::{Argument, input_object_type, value_as_str},
};

/// An input type whose fields compare one value.
#[derive(Debug)]
pub(super) struct OperatorTable {
    pub(super) name: &'static str,
    description: &'static str,
    operators: &'static [Operator],
}

/// The name, the type, the description, and the meaning of an operator.
type Operator = (
    &'static str,
    &'static str,
    &'static str,
    fn(&Value) -> Comparison,
);

pub(super) static STRING_FILTER: OperatorTable = OperatorTable {
    name: "StringFilter",
    description: "Compares a string. All fields that are set must match; if the value is unknown, none of them does.",
    operators: &[
        (
            "eq",
            "String",
            "Equal to this string; case-sensitive.",
            |value| Comparison::Eq(cell(value)),
        ),
        (
            "ne",
            "String",
            "Known and not equal to this string; case-sensitive.",
            |value| Comparison::Ne(cell(value)),
        ),
        (
            "in",
            "[String!]",
            "Equal to one of these strings; case-sensitive. An empty list matches nothing.",
            |value| Comparison::In(cells(value)),
        ),
        (
            "contains",
            "String",
            "Contains this string, of at most 1,000 characters. Case is ignored; in names, accents are too. `%` and `_` are not wildcards.",
            |value| Comparison::Contains(text(value)),
        ),
        (
            "startsWith",
            "String",
            "Starts with this string. The same rules apply as for `contains`.",
            |value| Comparison::StartsWith(text(value)),
        ),
    ],
};

pub(super) static INT_FILTER: OperatorTable = OperatorTable {
    name: "IntFilter",
    description: "Compares a whole number. All fields that are set must match; an unknown number matches only `isNull: true`.",
    operators: &[
        ("eq", "Int", "Equal to this number.", |value| {
            Comparison::Eq(cell(value))
        }),
        (
            "ne",
            "Int",
            "Known and not equal to this number.",
            |value| Comparison::Ne(cell(value)),
        ),
        ("gt", "Int", "Greater than this number.", |value| {
            Comparison::Gt(cell(value))
        }),
        (
            "gte",
            "Int",
            "Greater than or equal to this number.",
            |value| Comparison::Gte(cell(value)),
        ),
        ("lt", "Int", "Less than this number.", |value| {
            Comparison::Lt(cell(value))
        }),
        (
            "lte",
            "Int",
            "Less than or equal to this number.",
            |value| Comparison::Lte(cell(value)),
        ),
        (
            "in",
            "[Int!]",
            "Equal to one of these numbers. An empty list matches nothing.",
            |value| Comparison::In(cells(value)),
        ),
        (
            "isNull",
            "Boolean",
            "If true, the number must be unknown; if false, it must be known.",
            |value| Comparison::IsNull(*value == Value::Boolean(true)),
        ),
    ],
};

impl OperatorTable {
    pub(super) fn input_type(&self) -> InputObject {
        let operators = self.operators.iter();
        input_object_type(
            self.name,
            &format!("{} {NULL_RULE}", self.description),
            operators.map(|(name, ty, description, _)| Argument::new(name, ty, description)),
        )
    }

    /// Parses an input object. `compare` applies a comparison to the columns of a field.
    pub(super) fn parse(&self, value: &Value, compare: impl Fn(Comparison) -> Filter) -> Filter {
        let filters = self
            .operators
            .iter()
            .filter_map(|(name, _, _, comparison)| {
                Some(compare(comparison(field_value(value, name)?)))
            });
        Filter::All(filters.collect())
    }
}

/// Converts a value of an enum or of a scalar that columns have. Validation rejects all others.
pub(super) fn cell(value: &Value) -> Cell {
    match value {
        // As the loader stores names: macOS, for one, writes them decomposed.
        Value::String(text) => Cell::from(text.nfc().collect::<String>().as_str()),
        Value::Enum(name) => Cell::from(name.as_str()),
        Value::Boolean(value) => Cell::from(*value),
        Value::Number(number) => number.as_i64().map_or(Cell::Null, Cell::Int),
        _ => Cell::Null,
    }
}

pub(super) fn cells(value: &Value) -> Vec<Cell> {
    list(value).iter().map(cell).collect()
}

fn text(value: &Value) -> String {
    value_as_str(value).unwrap_or_default().to_owned()
}
