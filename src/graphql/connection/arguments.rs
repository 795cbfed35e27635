//! The arguments of lists: filter, order, and which page.

use async_graphql::{Name, Value};
use sea_orm::sea_query::Condition;

use crate::{
    db::{Column, OrderKey, Window},
    engine::{Argument, Arguments, Code, Enum, Field, Graph, Input, Limits, Refusal, text},
    graphql::cursor,
};

/// What a list may be ordered by.
#[derive(Clone, Debug)]
pub(in crate::graphql) struct Orders {
    pub(in crate::graphql) input: &'static str,
    pub(in crate::graphql) field: &'static str,
    /// Values of the enum, their descriptions, and the columns that they stand for.
    pub(in crate::graphql) values: Vec<(&'static str, &'static str, Column)>,
}

impl Orders {
    /// Adds the input and its enum.
    pub(in crate::graphql) fn define(&self, graph: Graph) -> Graph {
        graph
            .enumeration(Enum {
                name: self.field,
                description: "What a list is ordered by. Rows without the value come last in either direction; the slug breaks ties.",
                values: self
                    .values
                    .iter()
                    .map(|(value, description, _)| (*value, *description))
                    .collect(),
            })
            .input(Input {
                name: self.input,
                description: "A key of an order.",
                fields: vec![
                    Argument::new("field", &format!("{}!", self.field), "What to order by."),
                    Argument::new("direction", "OrderDirection!", "From small to large, or from large to small.")
                        .default(Value::Enum(Name::new("ASC"))),
                ],
            })
    }

    pub(in crate::graphql) fn key(&self, given: &Value) -> Option<OrderKey> {
        let Value::Object(given) = given else {
            return None;
        };
        let field = given.get("field").and_then(text)?;
        let (_, _, column) = self.values.iter().find(|(value, _, _)| *value == field)?;
        Some(OrderKey {
            column: *column,
            descending: given.get("direction").and_then(text) == Some("DESC"),
        })
    }
}

/// The arguments of a list.
pub(in crate::graphql) struct PageArguments {
    pub(in crate::graphql) window: Window,
    pub(in crate::graphql) order: Vec<OrderKey>,
    pub(in crate::graphql) filter: Condition,
}

/// What a list leaves out unless its filter says otherwise.
pub(in crate::graphql) type UnlessFiltered = fn(Option<&Value>) -> Condition;

/// Leaves nothing out.
pub(in crate::graphql) fn everything(_: Option<&Value>) -> Condition {
    Condition::all()
}

/// The arguments of a list.
pub(in crate::graphql) fn list_arguments(
    field: Field,
    filter: &'static str,
    orders: Option<&Orders>,
) -> Field {
    let mut field = field.argument(Argument::new(
        "filter",
        filter,
        "Only rows that satisfy this; all without it.",
    ));
    if let Some(orders) = orders {
        field = field.argument(Argument::new(
            "orderBy",
            &format!("[{}!]", orders.input),
            "The first key decides, the next among equals, and so on; the slug breaks ties.",
        ));
    }
    page_arguments(field)
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
pub(in crate::graphql) fn page_arguments(field: Field) -> Field {
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
pub(super) fn window(
    arguments: &Arguments,
    limits: &Limits,
    of: &str,
    order: &[OrderKey],
) -> Result<Window, Refusal> {
    let (first, last) = (arguments.int("first"), arguments.int("last"));
    if first.is_some() && last.is_some() {
        return Err(Refusal::input(
            "first and last are both given; give one: rows from the start, or from the end",
        ));
    }
    let place = |argument| {
        arguments
            .text(argument)
            .map(|text| cursor::decode(argument, text, of, order))
            .transpose()
    };
    Ok(Window {
        after: place("after")?,
        before: place("before")?,
        limit: match last {
            Some(last) => page_size("last", Some(last), limits)?,
            None => page_size("first", first, limits)?,
        },
        from_end: last.is_some(),
    })
}

/// The rows of a page, as an argument asks.
///
/// # Errors
/// Where it is negative, or more than a page may hold.
pub(in crate::graphql) fn page_size(
    argument: &str,
    asked: Option<i64>,
    limits: &Limits,
) -> Result<u64, Refusal> {
    let max = limits.max_page_size;
    match asked.map(u64::try_from) {
        None => Ok(limits.default_page_size),
        Some(Err(_)) => Err(Refusal::input(format!(
            "{argument} is {}; give 0 to {max} rows",
            asked.unwrap_or_default()
        ))),
        Some(Ok(asked)) if asked > max => Err(Refusal::new(
            Code::PageTooLarge,
            format!("{argument} is {asked}; at most {max} rows make a page (limits.maxPageSize)"),
        )),
        Some(Ok(asked)) => Ok(asked),
    }
}
