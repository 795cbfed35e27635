//! The arguments of lists: filter, order, and which page.

use async_graphql::{Name, Value};
use sea_orm::sea_query::Condition;

use crate::{
    db::{ColumnRef, OrderKey, Window},
    engine::{
        Argument, ArgumentValues, Enum, ErrorCode, Field, Graph, GraphqlError, InputObject, Limits,
        value_as_str,
    },
    schema::cursor,
};

/// What a list may be ordered by.
#[derive(Clone, Debug)]
pub(in crate::schema) struct OrderInput {
    pub(in crate::schema) input_name: &'static str,
    pub(in crate::schema) enum_name: &'static str,
    /// Values of the enum, their descriptions, and the columns that they stand for.
    pub(in crate::schema) values: Vec<(&'static str, &'static str, ColumnRef)>,
}

impl OrderInput {
    /// Adds the input and its enum.
    pub(in crate::schema) fn define(&self, graph: Graph) -> Graph {
        graph
            .enumeration(Enum {
                name: self.enum_name,
                description: "What a list is ordered by. Rows without the value come last in either direction; the slug breaks ties.",
                values: self
                    .values
                    .iter()
                    .map(|(value, description, _)| (*value, *description))
                    .collect(),
            })
            .input_object(InputObject {
                name: self.input_name,
                description: "A key of an order.",
                fields: vec![
                    Argument::new("field", &format!("{}!", self.enum_name), "What to order by."),
                    Argument::new("direction", "OrderDirection!", "From small to large, or from large to small.")
                        .with_default(Value::Enum(Name::new("ASC"))),
                ],
            })
    }

    pub(in crate::schema) fn parse_key(&self, given: &Value) -> Option<OrderKey> {
        let Value::Object(given) = given else {
            return None;
        };
        let field = given.get("field").and_then(value_as_str)?;
        let (_, _, column) = self.values.iter().find(|(value, _, _)| *value == field)?;
        Some(OrderKey {
            column: *column,
            descending: given.get("direction").and_then(value_as_str) == Some("DESC"),
        })
    }
}

/// The arguments of a list.
pub(in crate::schema) struct PageArguments {
    pub(in crate::schema) window: Window,
    pub(in crate::schema) order: Vec<OrderKey>,
    pub(in crate::schema) filter: Condition,
}

/// What a list leaves out unless its filter says otherwise.
pub(in crate::schema) type DefaultFilter = fn(Option<&Value>) -> Condition;

/// Leaves nothing out.
pub(in crate::schema) fn no_default_filter(_: Option<&Value>) -> Condition {
    Condition::all()
}

/// The arguments of a list.
pub(in crate::schema) fn add_list_arguments(
    field: Field,
    filter: &'static str,
    orders: Option<&OrderInput>,
) -> Field {
    let mut field = field.argument(Argument::new(
        "filter",
        filter,
        "Only rows that satisfy this; all without it.",
    ));
    if let Some(orders) = orders {
        field = field.argument(Argument::new(
            "orderBy",
            &format!("[{}!]", orders.input_name),
            "The first key decides, the next among equals, and so on; the slug breaks ties.",
        ));
    }
    add_forward_arguments(field)
        .argument(Argument::new(
            "last",
            "Int",
            "How many rows from the end, instead of `first`; at most `limits.maxPageSize`.",
        ))
        .argument(Argument::new(
            "before",
            "String",
            "Only rows before this cursor, such as `pageInfo.startCursor` of the page after.",
        ))
}

/// The arguments of a list that is read from its start.
pub(in crate::schema) fn add_forward_arguments(field: Field) -> Field {
    field
        .argument(Argument::new(
            "first",
            "Int",
            "How many rows from the start; 20 unless asked (`limits.defaultPageSize`), and at most `limits.maxPageSize`.",
        ))
        .argument(Argument::new(
            "after",
            "String",
            "Only rows after this cursor, such as `pageInfo.endCursor` of the page before.",
        ))
}

/// The window that the arguments ask for, of a list of objects of a type.
///
/// # Errors
/// Where a page is negative or too large, both ends are asked for, or a cursor is not of the order.
pub(super) fn parse_window(
    arguments: &ArgumentValues,
    limits: &Limits,
    of: &str,
    order: &[OrderKey],
) -> Result<Window, GraphqlError> {
    let (first, last) = (arguments.get_int("first"), arguments.get_int("last"));
    if first.is_some() && last.is_some() {
        return Err(GraphqlError::bad_user_input(
            "first and last are both given; give one: rows from the start, or from the end",
        ));
    }
    let place = |argument| {
        arguments
            .get_str(argument)
            .map(|text| cursor::decode(argument, text, of, order))
            .transpose()
    };
    Ok(Window {
        after: place("after")?,
        before: place("before")?,
        limit: match last {
            Some(last) => parse_page_size("last", Some(last), limits)?,
            None => parse_page_size("first", first, limits)?,
        },
        from_end: last.is_some(),
    })
}

/// The rows of a page, as an argument asks.
///
/// # Errors
/// Where it is negative, or more than a page may hold.
pub(in crate::schema) fn parse_page_size(
    argument: &str,
    asked: Option<i64>,
    limits: &Limits,
) -> Result<u64, GraphqlError> {
    let max = limits.max_page_size;
    match asked.map(u64::try_from) {
        None => Ok(limits.default_page_size),
        Some(Err(_)) => Err(GraphqlError::bad_user_input(format!(
            "{argument} is {}; give 0 to {max} rows",
            asked.unwrap_or_default()
        ))),
        Some(Ok(asked)) if asked > max => Err(GraphqlError::new(
            ErrorCode::PageTooLarge,
            format!("{argument} is {asked}; at most {max} rows make a page (limits.maxPageSize)"),
        )),
        Some(Ok(asked)) => Ok(asked),
    }
}
