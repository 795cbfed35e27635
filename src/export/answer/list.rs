//! The list of an answer that becomes the rows of a table.

use crate::engine::AnswerField;
use crate::graphql_error::GraphqlError;

/// A list that is not inside another list.
pub(super) struct AnswerList<'a> {
    /// The response keys from the root to the list.
    pub(super) keys: Vec<String>,
    /// How many of the keys the name of the list has: without `nodes` or `edges`, if it is the only one of its connection.
    name_length: usize,
    pub(super) field: &'a AnswerField,
}

impl AnswerList<'_> {
    /// The shortest path that names the list.
    pub(super) fn name(&self) -> String {
        self.keys[..self.name_length].join(".")
    }
}

/// Returns the list at a dotted path, or the only list if there is no path.
///
/// # Errors
/// If there is no such list, or there are several without a path.
pub(super) fn select<'a>(
    fields: &'a [AnswerField],
    path: Option<&str>,
) -> Result<AnswerList<'a>, GraphqlError> {
    let mut lists = Vec::new();
    collect(fields, &mut Vec::new(), &mut lists);
    let names: Vec<String> = lists.iter().map(AnswerList::name).collect();
    let names = names.join(", ");
    let message = match (path, lists.len()) {
        (_, 0) => {
            "the answer cannot be a table, because the query selects no list; select one, such as \
             partnerships { nodes { slug } }, or request JSON"
                .to_owned()
        }
        (None, 1) => return Ok(lists.remove(0)),
        (None, _) => format!(
            "the answer cannot be a table, because the query selects several lists; name one of them with the URL parameter \
             \"path\": {names}"
        ),
        (Some(path), _) => {
            let found = lists
                .iter()
                .position(|list| list.name() == path || list.keys.join(".") == path);
            if let Some(index) = found {
                return Ok(lists.remove(index));
            }
            format!(
                "there is no list {path:?} in the answer; the URL parameter \"path\" may be {names}"
            )
        }
    };
    Err(GraphqlError::bad_user_input(message))
}

/// Whether a field is the list of a connection.
pub(super) fn is_connection_list(field: &AnswerField) -> bool {
    field.list_depth == 1 && matches!(field.name, "nodes" | "edges")
}

fn collect<'a>(fields: &'a [AnswerField], path: &mut Vec<String>, lists: &mut Vec<AnswerList<'a>>) {
    let connection_lists = fields
        .iter()
        .filter(|field| is_connection_list(field))
        .count();
    for field in fields {
        path.push(field.response_key.clone());
        if field.list_depth == 0 {
            collect(&field.fields, path, lists);
        } else {
            let is_named_by_parent =
                path.len() > 1 && connection_lists == 1 && is_connection_list(field);
            lists.push(AnswerList {
                keys: path.clone(),
                name_length: path.len() - usize::from(is_named_by_parent),
                field,
            });
        }
        path.pop();
    }
}
