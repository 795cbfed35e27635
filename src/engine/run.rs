//! Runs a plan breadth first: each selected field once, for all rows of its level.
//!
//! Rows that several parents share are one row of the level below: their fields are resolved
//! once, however often they are written.

use std::{cell::Cell, sync::Arc};

use foldhash::HashMap;
use futures_util::future::BoxFuture;

use super::{
    Call, Context, Fault, Output, Resolve, Row, Wanted,
    plan::{Plan, Planned, Selection},
};

/// The values of a selection for a level of rows.
pub(super) struct Level {
    pub(super) rows: Vec<Row>,
    /// One for each field of the selection.
    pub(super) values: Vec<Values>,
}

/// The values of a field, one for each row of its level.
pub(super) enum Values {
    /// Read from the row when it is written; where in the row the column was found last.
    OfRow(Cell<usize>),
    /// Leaves.
    Leaves(Vec<Output>),
    /// Objects of the levels below, one level for each type.
    Links(Vec<Link>, Vec<Level>),
}

/// A value that leads to the level below.
pub(super) enum Link {
    Null,
    /// The type, and the row of its level.
    To(usize, usize),
    List(Vec<Link>),
}

/// Runs the plan.
///
/// # Errors
/// A fault of the database, or of the definition of the graph.
pub(super) async fn run(context: &Context, plan: &Plan) -> Result<Level, Fault> {
    let root: Row = Arc::new(());
    level(context, &plan.root, vec![root]).await
}

fn level<'a>(
    context: &'a Context,
    selection: &'a Selection,
    rows: Vec<Row>,
) -> BoxFuture<'a, Result<Level, Fault>> {
    Box::pin(async move {
        let mut values = Vec::with_capacity(selection.fields.len());
        for planned in &selection.fields {
            values.push(if rows.is_empty() {
                Values::Leaves(Vec::new())
            } else {
                field(context, planned, &rows).await?
            });
        }
        Ok(Level { rows, values })
    })
}

async fn field(context: &Context, planned: &Planned, rows: &[Row]) -> Result<Values, Fault> {
    let outputs = match &planned.field.resolve {
        Resolve::TypeName | Resolve::Written(_) | Resolve::Column(_) => {
            return Ok(Values::OfRow(Cell::default()));
        }
        Resolve::Compute(compute) => rows
            .iter()
            .map(|row| compute(row, &planned.args))
            .collect::<Result<Vec<_>, _>>()?,
        Resolve::Batch(batch) => {
            let outputs = batch(Call {
                context,
                rows,
                args: &planned.args,
                wanted: Wanted::below(planned),
                kept: Some(&planned.kept),
            })
            .await?;
            if outputs.len() != rows.len() {
                return Err(Fault::Definition(format!(
                    "{} gave {} values for {} rows",
                    planned.field.name,
                    outputs.len(),
                    rows.len()
                )));
            }
            outputs
        }
    };
    if planned.below.is_empty() {
        return Ok(Values::Leaves(outputs));
    }
    let (links, below) = Below::of(&planned.below, outputs)?;
    let mut levels = Vec::with_capacity(planned.below.len());
    for (selection, rows) in planned.below.iter().zip(below) {
        levels.push(level(context, selection, rows).await?);
    }
    Ok(Values::Links(links, levels))
}

/// The distinct rows below a field, by type.
struct Below<'a> {
    selections: &'a [Selection],
    rows: Vec<Vec<Row>>,
    places: Vec<HashMap<usize, usize>>,
}

impl<'a> Below<'a> {
    /// The links of the outputs, and the rows that they lead to.
    fn of(
        selections: &'a [Selection],
        outputs: Vec<Output>,
    ) -> Result<(Vec<Link>, Vec<Vec<Row>>), Fault> {
        let places = || HashMap::with_capacity_and_hasher(outputs.len(), <_>::default());
        let mut below = Self {
            selections,
            rows: selections.iter().map(|_| Vec::new()).collect(),
            places: selections.iter().map(|_| places()).collect(),
        };
        let links = outputs
            .into_iter()
            .map(|output| below.link(output))
            .collect::<Result<_, _>>()?;
        Ok((links, below.rows))
    }

    fn link(&mut self, output: Output) -> Result<Link, Fault> {
        Ok(match output {
            Output::Null => Link::Null,
            Output::List(outputs) => Link::List(
                outputs
                    .into_iter()
                    .map(|output| self.link(output))
                    .collect::<Result<_, _>>()?,
            ),
            Output::Object(name, row) => {
                let of_type = self
                    .selections
                    .iter()
                    .position(|selection| selection.object.name == name)
                    .ok_or_else(|| Fault::Definition(format!("{name} is not expected here")))?;
                let rows = &mut self.rows[of_type];
                let address = Arc::as_ptr(&row).cast::<()>().addr();
                let place = *self.places[of_type].entry(address).or_insert_with(|| {
                    rows.push(row);
                    rows.len() - 1
                });
                Link::To(of_type, place)
            }
            leaf => {
                return Err(Fault::Definition(format!(
                    "{leaf:?} is given where an object is expected"
                )));
            }
        })
    }
}
