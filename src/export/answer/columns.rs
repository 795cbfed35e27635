//! The columns of a table: the leaves of the items of a list, with their types in the schema.

use serde_json::Value as Json;

use crate::{db::Cell, engine::AnswerField};

/// The type of the values in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerType {
    Text,
    Integer,
    Number,
    Boolean,
    Date,
    DateTime,
    /// A list, as the text of its JSON.
    List,
}

impl AnswerType {
    fn of(field: &AnswerField, list_depth: usize) -> Self {
        match field.type_name.as_str() {
            _ if list_depth > 0 => Self::List,
            "Int" => Self::Integer,
            "Float" => Self::Number,
            "Boolean" => Self::Boolean,
            "Date" => Self::Date,
            "DateTime" => Self::DateTime,
            _ => Self::Text,
        }
    }
}

/// A column of a table.
#[derive(Clone, Debug)]
pub(super) struct TableColumn {
    /// The response keys below the item, with dots; without the `node` of an edge.
    pub(super) name: String,
    /// The response keys from the item to the value; empty if the item is the value.
    keys: Vec<String>,
    pub(super) column_type: AnswerType,
}

impl TableColumn {
    /// The value in a row; null if it or an object around it is null.
    pub(super) fn value<'a>(&self, row: &'a Json) -> &'a Json {
        self.keys
            .iter()
            .fold(row, |value, key| &value[key.as_str()])
    }

    /// The value in a row as a cell, with the JSON of a list as text.
    pub(super) fn cell(&self, row: &Json) -> Cell {
        match self.value(row) {
            Json::Null => Cell::Null,
            Json::Bool(value) => Cell::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(number) if self.column_type != AnswerType::Number => Cell::Int(number),
                _ => number.as_f64().map_or(Cell::Null, Cell::Float),
            },
            Json::String(text) => Cell::Text(text.as_str().into()),
            other => Cell::Text(other.to_string().into()),
        }
    }

    /// The name and the value in a row, for a JSON object.
    pub(super) fn member(&self, row: &Json) -> (String, Json) {
        (self.name.clone(), self.value(row).clone())
    }
}

/// The columns of a list.
pub(super) fn columns_of(list: &AnswerField) -> Vec<TableColumn> {
    if list.fields.is_empty() || list.list_depth > 1 {
        return vec![TableColumn {
            name: list.response_key.clone(),
            keys: Vec::new(),
            column_type: AnswerType::of(list, list.list_depth - 1),
        }];
    }
    let mut columns = Vec::new();
    collect(&list.fields, &mut Vec::new(), &mut columns);
    if list.name == "edges" {
        let node = list.fields.iter().find(|field| field.name == "node");
        if let Some(node) = node {
            omit_first_key(&node.response_key, &mut columns);
        }
    }
    columns
}

fn collect(fields: &[AnswerField], path: &mut Vec<String>, columns: &mut Vec<TableColumn>) {
    for field in fields {
        path.push(field.response_key.clone());
        if field.fields.is_empty() || field.list_depth > 0 {
            columns.push(TableColumn {
                name: path.join("."),
                keys: path.clone(),
                column_type: AnswerType::of(field, field.list_depth),
            });
        } else {
            collect(&field.fields, path, columns);
        }
        path.pop();
    }
}

/// Names the columns of the node of an edge like those of a list of nodes, except if the edge has a field of that name.
fn omit_first_key(node: &str, columns: &mut [TableColumn]) {
    let is_in_node = |column: &TableColumn| column.keys[0] == node;
    let others: Vec<String> = columns
        .iter()
        .filter(|column| !is_in_node(column))
        .map(|column| column.name.clone())
        .collect();
    for column in columns.iter_mut().filter(|column| is_in_node(column)) {
        let name = column.keys[1..].join(".");
        if !others.contains(&name) {
            column.name = name;
        }
    }
}
