//! Runs a plan breadth first: each selected field once, for all rows of its level.
//!
//! Rows that several parents share are one row of the level below: their fields are resolved
//! once, however often they are written.

use std::{cell::Cell, sync::Arc};

use foldhash::HashMap;
use futures_util::future::BoxFuture;

use super::{
    BatchCall, Context, ExecutionError, InternalError, ObjectRow, ResolvedValue, Resolver,
    SelectedColumns,
    plan::{Plan, PlannedField, PlannedSelectionSet},
};

/// The values of a selection for a level of rows.
pub(super) struct Level {
    pub(super) rows: Vec<ObjectRow>,
    /// One for each field of the selection.
    pub(super) values: Vec<FieldValues>,
}

/// The values of a field, one for each row of its level.
pub(super) enum FieldValues {
    /// Read from the row when it is written; where in the row the column was found last.
    FromRow(Cell<usize>),
    /// Leaves.
    Leaves(Vec<ResolvedValue>),
    /// Objects of the levels below, one level for each type.
    Objects(Vec<ValueRef>, Vec<Level>),
}

/// A value that leads to the level below.
pub(super) enum ValueRef {
    Null,
    /// The type, and the row of its level.
    Object(usize, usize),
    List(Vec<ValueRef>),
}

/// Runs the plan.
///
/// # Errors
/// A fault of the database, or of the definition of the graph.
pub(super) async fn execute_root_selection_set(
    context: &Context,
    plan: &Plan,
) -> Result<Level, ExecutionError> {
    let root: ObjectRow = Arc::new(());
    execute_selection_set(context, &plan.selection_set, vec![root]).await
}

fn execute_selection_set<'a>(
    context: &'a Context,
    selection: &'a PlannedSelectionSet,
    rows: Vec<ObjectRow>,
) -> BoxFuture<'a, Result<Level, ExecutionError>> {
    Box::pin(async move {
        let mut values = Vec::with_capacity(selection.fields.len());
        for planned in &selection.fields {
            values.push(if rows.is_empty() {
                FieldValues::Leaves(Vec::new())
            } else {
                execute_field(context, planned, &rows).await?
            });
        }
        Ok(Level { rows, values })
    })
}

async fn execute_field(
    context: &Context,
    planned: &PlannedField,
    rows: &[ObjectRow],
) -> Result<FieldValues, ExecutionError> {
    let outputs = match &planned.field.resolver {
        Resolver::TypeName | Resolver::Introspection(_) | Resolver::Column(_) => {
            return Ok(FieldValues::FromRow(Cell::default()));
        }
        Resolver::Compute(compute) => rows
            .iter()
            .map(|row| compute(row, &planned.arguments))
            .collect::<Result<Vec<_>, _>>()?,
        Resolver::Batch(batch) => {
            let outputs = batch(BatchCall {
                context,
                rows,
                args: &planned.arguments,
                selected_columns: SelectedColumns::of_field(planned),
                plan_slot: Some(&planned.slot),
            })
            .await?;
            if outputs.len() != rows.len() {
                return Err(InternalError::Schema(format!(
                    "{} gave {} values for {} rows",
                    planned.field.name,
                    outputs.len(),
                    rows.len()
                ))
                .into());
            }
            outputs
        }
    };
    if planned.selection_sets.is_empty() {
        return Ok(FieldValues::Leaves(outputs));
    }
    let (links, below) = ChildRows::collect(&planned.selection_sets, outputs)?;
    let mut levels = Vec::with_capacity(planned.selection_sets.len());
    for (selection, rows) in planned.selection_sets.iter().zip(below) {
        levels.push(execute_selection_set(context, selection, rows).await?);
    }
    Ok(FieldValues::Objects(links, levels))
}

/// The distinct rows below a field, by type.
struct ChildRows<'a> {
    selections: &'a [PlannedSelectionSet],
    rows: Vec<Vec<ObjectRow>>,
    indexes: Vec<HashMap<usize, usize>>,
}

impl<'a> ChildRows<'a> {
    /// The links of the outputs, and the rows that they lead to.
    fn collect(
        selections: &'a [PlannedSelectionSet],
        outputs: Vec<ResolvedValue>,
    ) -> Result<(Vec<ValueRef>, Vec<Vec<ObjectRow>>), InternalError> {
        let places = || HashMap::with_capacity_and_hasher(outputs.len(), <_>::default());
        let mut below = Self {
            selections,
            rows: selections.iter().map(|_| Vec::new()).collect(),
            indexes: selections.iter().map(|_| places()).collect(),
        };
        let links = outputs
            .into_iter()
            .map(|output| below.add_value(output))
            .collect::<Result<_, _>>()?;
        Ok((links, below.rows))
    }

    fn add_value(&mut self, output: ResolvedValue) -> Result<ValueRef, InternalError> {
        Ok(match output {
            ResolvedValue::Null => ValueRef::Null,
            ResolvedValue::List(outputs) => ValueRef::List(
                outputs
                    .into_iter()
                    .map(|output| self.add_value(output))
                    .collect::<Result<_, _>>()?,
            ),
            ResolvedValue::Object(name, row) => {
                let of_type = self
                    .selections
                    .iter()
                    .position(|selection| selection.object_type.name == name)
                    .ok_or_else(|| InternalError::Schema(format!("{name} is not expected here")))?;
                let rows = &mut self.rows[of_type];
                let address = Arc::as_ptr(&row).cast::<()>().addr();
                let place = *self.indexes[of_type].entry(address).or_insert_with(|| {
                    rows.push(row);
                    rows.len() - 1
                });
                ValueRef::Object(of_type, place)
            }
            leaf => {
                return Err(InternalError::Schema(format!(
                    "{leaf:?} is given where an object is expected"
                ))
                .into());
            }
        })
    }
}
