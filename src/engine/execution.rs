//! Executes a plan breadth first: each selected field once, for all rows of its level.
//!
//! A row that several parents share is one row of the next level: its fields are resolved once,
//! however often they appear in the response.

use std::{cell, sync::Arc};

use foldhash::HashMap;
use futures_util::future::BoxFuture;

use super::{
    Context, ErasedCall, ExecutionError, ObjectRow, ResolvedValue, Resolver,
    plan::{PlannedField, PlannedSelectionSet},
};
use crate::db::Cell;

/// The results of a selection set for the rows of a level.
pub(super) struct Level {
    pub(super) rows: Vec<ObjectRow>,
    /// The values of each field of the selection set.
    pub(super) values: Vec<FieldValues>,
}

/// The values of a field, one for each row of its level.
pub(super) enum FieldValues {
    /// The writer reads the value from the row. The cell is the index at which the last row had the
    /// column.
    FromRow(cell::Cell<usize>),
    Leaves(Vec<ResolvedValue>),
    /// References to objects, and the next level for each type of object.
    Objects(Vec<ValueRef>, Vec<Level>),
}

/// A value that refers to rows of the next level.
pub(super) enum ValueRef {
    Null,
    /// A value that is not an object of a possible type with the row of that type.
    Invalid,
    /// The index of the type, and the index of the row in the level of that type.
    Object(usize, usize),
    List(Vec<ValueRef>),
}

/// [`ExecuteSelectionSet`](https://spec.graphql.org/October2021/#ExecuteSelectionSet()), for all rows of
/// a level.
///
/// # Errors
/// If the database fails, or a field rejects the request.
pub(super) fn execute_selection_set<'a>(
    context: &'a Context,
    selection_set: &'a PlannedSelectionSet,
    rows: Vec<ObjectRow>,
) -> BoxFuture<'a, Result<Level, ExecutionError>> {
    Box::pin(async move {
        let mut values = Vec::with_capacity(selection_set.fields.len());
        for planned in &selection_set.fields {
            values.push(if rows.is_empty() {
                FieldValues::Leaves(Vec::new())
            } else {
                execute_field(context, planned, &rows).await?
            });
        }
        Ok(Level { rows, values })
    })
}

/// [`ExecuteField`](https://spec.graphql.org/October2021/#ExecuteField()) without completing the values,
/// for all rows of a level.
async fn execute_field(
    context: &Context,
    planned: &PlannedField,
    rows: &[ObjectRow],
) -> Result<FieldValues, ExecutionError> {
    let mut resolved = match &planned.field.resolver {
        Resolver::Compute(compute) => compute(rows)?,
        Resolver::Batch(batch) => {
            let call = ErasedCall {
                context,
                rows,
                args: &planned.args,
                plan: &planned.plan,
            };
            batch(call)?.await?
        }
        // The writer reads these from the row.
        _ => return Ok(FieldValues::FromRow(cell::Cell::default())),
    };
    if resolved.len() != rows.len() {
        let (field, values, rows) = (planned.field.name, resolved.len(), rows.len());
        tracing::error!(
            field,
            values,
            rows,
            "a resolver must return one value per row"
        );
        resolved = vec![ResolvedValue::Invalid; rows];
    }
    if planned.selection_sets.is_empty() {
        return Ok(FieldValues::Leaves(resolved));
    }
    let (refs, rows_by_type) = ChildRows::collect(&planned.selection_sets, resolved);
    let mut levels = Vec::with_capacity(planned.selection_sets.len());
    for (selection_set, rows) in planned.selection_sets.iter().zip(rows_by_type) {
        levels.push(execute_selection_set(context, selection_set, rows).await?);
    }
    Ok(FieldValues::Objects(refs, levels))
}

/// The distinct objects that a field returned, grouped by type.
struct ChildRows<'a> {
    selection_sets: &'a [Arc<PlannedSelectionSet>],
    rows: Vec<Vec<ObjectRow>>,
    /// For each type, the index of each row by its address.
    indexes: Vec<HashMap<usize, usize>>,
}

impl<'a> ChildRows<'a> {
    /// Returns a reference for each value, and the rows that the references point to.
    fn collect(
        selection_sets: &'a [Arc<PlannedSelectionSet>],
        values: Vec<ResolvedValue>,
    ) -> (Vec<ValueRef>, Vec<Vec<ObjectRow>>) {
        let new_index = || HashMap::with_capacity_and_hasher(values.len(), <_>::default());
        let mut children = Self {
            selection_sets,
            rows: selection_sets.iter().map(|_| Vec::new()).collect(),
            indexes: selection_sets.iter().map(|_| new_index()).collect(),
        };
        let values = values.into_iter();
        let refs = values.map(|value| children.add_value(value)).collect();
        (refs, children.rows)
    }

    fn add_value(&mut self, value: ResolvedValue) -> ValueRef {
        match value {
            ResolvedValue::Leaf(Cell::Null) => ValueRef::Null,
            ResolvedValue::List(values) => {
                let values = values.into_iter();
                ValueRef::List(values.map(|value| self.add_value(value)).collect())
            }
            ResolvedValue::Object(name, row) => {
                let mut sets = self.selection_sets.iter().map(|set| &set.object_type);
                let Some(type_index) = sets.position(|object| {
                    object.name == name && object.row_type.id == row.as_ref().type_id()
                }) else {
                    tracing::error!(
                        object = name,
                        "a resolver returned an object of an unexpected type"
                    );
                    return ValueRef::Invalid;
                };
                let rows = &mut self.rows[type_index];
                let address = Arc::as_ptr(&row).cast::<()>().addr();
                let row_index = *self.indexes[type_index].entry(address).or_insert_with(|| {
                    rows.push(row);
                    rows.len() - 1
                });
                ValueRef::Object(type_index, row_index)
            }
            ResolvedValue::Leaf(_) | ResolvedValue::Invalid => ValueRef::Invalid,
        }
    }
}
