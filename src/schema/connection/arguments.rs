//! The arguments of lists: filter, order, and page.

use async_graphql::{Name, Value};
use sea_orm::ColumnTrait;

use crate::{
    db::{ColumnRef, Filter, OrderKey, Window},
    engine::{Argument, ArgumentValue, Graph, enum_type, input_object_type, value_as_str},
    graphql_error::{ErrorCode, GraphqlError},
    limits::Limits,
    schema::cursor,
};

/// The input type of a list's sort keys, and the enum of their fields.
#[derive(Clone, Debug)]
pub(in crate::schema) struct OrderInput {
    input_name: &'static str,
    enum_name: &'static str,
    values: Vec<(&'static str, &'static str, ColumnRef)>,
}

impl OrderInput {
    /// Takes the values of the enum, their descriptions, and the columns to sort by.
    pub(in crate::schema) fn new<C: ColumnTrait>(
        input_name: &'static str,
        enum_name: &'static str,
        values: impl IntoIterator<Item = (&'static str, &'static str, C)>,
    ) -> Self {
        let values = values.into_iter();
        let values = values.map(|(value, text, column)| (value, text, ColumnRef::new(column)));
        Self {
            input_name,
            enum_name,
            values: values.collect(),
        }
    }

    /// Adds the input type and its enum.
    pub(in crate::schema) fn define(&self, graph: Graph) -> Graph {
        graph
            .add_type(enum_type(self.enum_name, "What to sort by. Rows without a value come last in both directions; rows with equal values are sorted by slug, countries by code.", self
                    .values
                    .iter()
                    .map(|(value, description, _)| (*value, *description))))
            .add_type(input_object_type(self.input_name, "A sort key.", [
                    Argument::new("field", &format!("{}!", self.enum_name), "What to sort by."),
                    Argument::new("direction", "OrderDirection!", "Whether to sort in ascending or descending order.")
                        .with_default(Value::Enum(Name::new("ASC"))),
                ]))
    }

    pub(in crate::schema) fn parse_key(&self, value: &Value) -> Option<OrderKey> {
        let Value::Object(key) = value else {
            return None;
        };
        let field = key.get("field").and_then(value_as_str)?;
        let (_, _, column) = self.values.iter().find(|(value, _, _)| *value == field)?;
        Some(OrderKey {
            column: *column,
            descending: key.get("direction").and_then(value_as_str) == Some("DESC"),
        })
    }
}

/// The parsed arguments of a list.
pub(in crate::schema) struct PageArguments {
    pub(in crate::schema) window: Window,
    pub(in crate::schema) order: Vec<OrderKey>,
    pub(in crate::schema) filter: Filter,
}

/// Returns the filter that a list adds to the given one.
pub(in crate::schema) type DefaultFilter = fn(Option<&Value>) -> Filter;

pub(in crate::schema) fn no_default_filter(_: Option<&Value>) -> Filter {
    Filter::default()
}

/// The arguments of a list: `filter`, `first`, `after`, `last`, and `before`.
pub(super) fn list_arguments(filter: &'static str) -> [Argument; 5] {
    let filter = Argument::new(
        "filter",
        filter,
        "Returns only rows that match this filter; all rows if omitted or null.",
    );
    let [first, after] = forward_arguments();
    let last = Argument::new(
        "last",
        "Int",
        "Returns the last n rows of the list, or of the rows before `before`. The maximum is `limits.maxPageSize`. Cannot be combined with `first`.",
    );
    let before = Argument::new(
        "before",
        "String",
        "Returns only rows before this cursor, such as `pageInfo.startCursor` of the next page.",
    );
    [filter, first, after, last, before]
}

/// The argument `orderBy` of a list.
pub(super) fn order_argument(order: &OrderInput) -> Argument {
    Argument::new(
        "orderBy",
        &format!("[{}!]", order.input_name),
        "Sort keys, the most important one first. Rows with equal keys are sorted by slug, countries by code; this is also the default order.",
    )
}

/// The arguments `first` and `after` of a list.
pub(in crate::schema) fn forward_arguments() -> [Argument; 2] {
    [
        Argument::new(
            "first",
            "Int",
            "Returns the first n rows of the list, or of the rows after `after`. The default is `limits.defaultPageSize` (20 unless configured otherwise); the maximum is `limits.maxPageSize`.",
        ),
        Argument::new(
            "after",
            "String",
            "Returns only rows after this cursor, such as `pageInfo.endCursor` of the previous page.",
        ),
    ]
}

/// Returns the window of a list of objects of a type, from the arguments `first`, `after`, `last`, and
/// `before`.
///
/// # Errors
/// If both `first` and `last` are given, one of them is negative or too large, or a cursor is
/// malformed or from another list or order.
pub(super) fn parse_window(
    [first, after, last, before]: [ArgumentValue<'_>; 4],
    limits: &Limits,
    type_name: &str,
    order: &[OrderKey],
) -> Result<Window, GraphqlError> {
    let (first, last) = (first.int(), last.int());
    if first.is_some() && last.is_some() {
        return Err(GraphqlError::bad_user_input(
            "first and last are both given; use first for rows from the start of the list, or \
             last for rows from its end",
        ));
    }
    let position = |name, cursor: ArgumentValue<'_>| {
        let position = cursor.str();
        let position = position.map(|text| cursor::decode(name, text, type_name, order));
        position.transpose()
    };
    Ok(Window {
        after: position("after", after)?,
        before: position("before", before)?,
        limit: match last {
            Some(last) => parse_page_size("last", Some(last), limits)?,
            None => parse_page_size("first", first, limits)?,
        },
        from_end: last.is_some(),
    })
}

/// Returns the window of a list that has only the arguments `first` and `after`.
///
/// # Errors
/// If `first` is negative or too large, or the cursor is malformed or from another list or order.
pub(in crate::schema) fn parse_forward_window(
    [first, after]: [ArgumentValue<'_>; 2],
    limits: &Limits,
    type_name: &str,
    order: &[OrderKey],
) -> Result<Window, GraphqlError> {
    let after = after.str();
    let after = after.map(|text| cursor::decode("after", text, type_name, order));
    Ok(Window {
        after: after.transpose()?,
        limit: parse_page_size("first", first.int(), limits)?,
        ..Window::default()
    })
}

/// Returns the page size that an argument requests, or the default.
///
/// # Errors
/// If the value is negative or exceeds `limits.maxPageSize`.
pub(in crate::schema) fn parse_page_size(
    argument: &str,
    value: Option<i64>,
    limits: &Limits,
) -> Result<u64, GraphqlError> {
    let max = limits.max_page_size;
    match value.map(u64::try_from) {
        None => Ok(limits.default_page_size),
        Some(Err(_)) => Err(GraphqlError::bad_user_input(format!(
            "{argument} is {}; it must be between 0 and {max}",
            value.unwrap_or_default()
        ))),
        Some(Ok(n_rows)) if n_rows > max => Err(GraphqlError::new(
            ErrorCode::PageTooLarge,
            format!("{argument} is {n_rows}; a page has at most {max} rows (limits.maxPageSize)"),
        )),
        Some(Ok(n_rows)) => Ok(n_rows),
    }
}
