//! Executes a plan breadth first: each selected field once, for all rows of its level.
//!
//! A row that several parents share is one row of the next level: its fields are resolved once,
//! however often they appear in the response.

use std::{cell, sync::Arc};

use foldhash::HashMap;
use futures_util::future::BoxFuture;

use super::{
    Context, ErasedCall, ExecutionError, InternalError, ObjectRow, ResolvedValue, Resolver,
    plan::{Plan, PlannedField, PlannedSelectionSet},
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
    /// The index of the type, and the index of the row in the level of that type.
    Object(usize, usize),
    List(Vec<ValueRef>),
}

/// [`ExecuteRootSelectionSet`](https://spec.graphql.org/September2025/#ExecuteRootSelectionSet()).
///
/// # Errors
/// If the database fails, the graph is not defined correctly, or a field rejects the request.
pub(super) async fn execute_root_selection_set(
    context: &Context,
    plan: &Plan,
) -> Result<Level, ExecutionError> {
    let root: ObjectRow = Arc::new(());
    execute_selection_set(context, &plan.selection_set, vec![root]).await
}

/// [`ExecuteSelectionSet`](https://spec.graphql.org/October2021/#ExecuteSelectionSet()), for all rows of
/// a level.
fn execute_selection_set<'a>(
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
    let resolved = match &planned.field.resolver {
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
    // Only the resolver determines how many values it returns, so no check of the definition can rule
    // this out.
    if resolved.len() != rows.len() {
        let (field, n, n_rows) = (planned.field.name, resolved.len(), rows.len());
        let message = format!("{field} returned {n} values for {n_rows} rows");
        return Err(InternalError::Schema(message).into());
    }
    if planned.selection_sets.is_empty() {
        return Ok(FieldValues::Leaves(resolved));
    }
    let (refs, rows_by_type) = ChildRows::collect(&planned.selection_sets, resolved)?;
    let mut levels = Vec::with_capacity(planned.selection_sets.len());
    for (selection_set, rows) in planned.selection_sets.iter().zip(rows_by_type) {
        levels.push(execute_selection_set(context, selection_set, rows).await?);
    }
    Ok(FieldValues::Objects(refs, levels))
}

/// The distinct objects that a field returned, grouped by type.
struct ChildRows<'a> {
    selection_sets: &'a [PlannedSelectionSet],
    rows: Vec<Vec<ObjectRow>>,
    /// For each type, the index of each row by its address.
    indexes: Vec<HashMap<usize, usize>>,
}

impl<'a> ChildRows<'a> {
    /// Returns a reference for each value, and the rows that the references point to.
    fn collect(
        selection_sets: &'a [PlannedSelectionSet],
        values: Vec<ResolvedValue>,
    ) -> Result<(Vec<ValueRef>, Vec<Vec<ObjectRow>>), InternalError> {
        let new_index = || HashMap::with_capacity_and_hasher(values.len(), <_>::default());
        let mut children = Self {
            selection_sets,
            rows: selection_sets.iter().map(|_| Vec::new()).collect(),
            indexes: selection_sets.iter().map(|_| new_index()).collect(),
        };
        let refs = values
            .into_iter()
            .map(|value| children.add_value(value))
            .collect::<Result<_, _>>()?;
        Ok((refs, children.rows))
    }

    fn add_value(&mut self, value: ResolvedValue) -> Result<ValueRef, InternalError> {
        Ok(match value {
            ResolvedValue::Leaf(Cell::Null) => ValueRef::Null,
            ResolvedValue::List(values) => ValueRef::List(
                values
                    .into_iter()
                    .map(|value| self.add_value(value))
                    .collect::<Result<_, _>>()?,
            ),
            ResolvedValue::Object(name, row) => {
                let mut sets = self.selection_sets.iter().map(|set| &set.object_type);
                let type_index = sets
                    .position(|object| object.name == name && object.rows.includes(&row))
                    .ok_or_else(|| unexpected_value(name))?;
                let rows = &mut self.rows[type_index];
                let address = Arc::as_ptr(&row).cast::<()>().addr();
                let row_index = *self.indexes[type_index].entry(address).or_insert_with(|| {
                    rows.push(row);
                    rows.len() - 1
                });
                ValueRef::Object(type_index, row_index)
            }
            ResolvedValue::Leaf(_) => return Err(unexpected_value("a leaf")),
        })
    }
}

/// The error for a value that is not an object of a possible type with the row of that type. Checking
/// the definition cannot rule it out, because only the resolver determines what it returns.
fn unexpected_value(value: &str) -> InternalError {
    InternalError::Schema(format!(
        "a field returned {value}, which its type does not allow"
    ))
}
