//! What a resolver gets and returns.
//!
//! A resolver gets only what its field declares: the cells of its columns, the values of its arguments,
//! and rows of one Rust type. Inside a [`Field`], these types are erased, and [`Graph::check`] compares
//! them when the engine starts.
//!
//! [`Field`]: super::Field
//! [`Graph::check`]: super::Graph::check

use std::{
    any::{Any, TypeId, type_name},
    sync::Arc,
};

use futures_util::future::BoxFuture;

use super::{Context, ExecutionError, InternalError, SelectedColumns};
use crate::db::{Cell, ColumnRef, Record};

/// A row, the prepared arguments or the plan of a field, without its Rust type.
pub type Erased = Arc<dyn Any + Send + Sync>;

/// The value that the fields of an object read: a [`Record`] for types that are stored, or else what
/// the parent field returned.
pub type ObjectRow = Erased;

/// The value of a field for one row.
#[derive(Clone, Debug)]
pub enum ResolvedValue {
    /// Null, or a value of a scalar or an enum.
    Leaf(Cell),
    /// An object: the name of its type, and the row that its fields read.
    Object(&'static str, ObjectRow),
    /// A list.
    List(Vec<ResolvedValue>),
    /// A value that no type allows, which becomes a field error.
    Invalid,
}

impl ResolvedValue {
    /// `null`.
    pub const NULL: Self = Self::Leaf(Cell::Null);

    /// Makes an object of the type named `name`.
    pub fn object<T: Any + Send + Sync>(name: &'static str, row: T) -> Self {
        Self::Object(name, Arc::new(row))
    }

    /// Converts a value that may be missing; `None` is null.
    pub fn from_option<T: Into<Self>>(value: Option<T>) -> Self {
        value.map_or(Self::NULL, Into::into)
    }
}

impl<T: Into<Cell>> From<T> for ResolvedValue {
    fn from(value: T) -> Self {
        Self::Leaf(value.into())
    }
}

/// A Rust type that is erased inside a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RustType {
    pub(super) id: TypeId,
    pub(super) name: &'static str,
}

impl RustType {
    pub(super) fn of<T: Any>() -> Self {
        Self {
            id: TypeId::of::<T>(),
            name: type_name::<T>(),
        }
    }
}

/// Returns an erased value as its type.
///
/// # Errors
/// `InternalError::Schema` if it has another type. The types of arguments, plans and parent rows are
/// compared when the engine starts, and those of other rows when a field returns them, so no request
/// gets this error.
pub(super) fn downcast<T: Any>(value: &Erased) -> Result<&T, InternalError> {
    value
        .downcast_ref()
        .ok_or_else(|| InternalError::Schema(format!("a resolver expects a {}", type_name::<T>())))
}

/// The cells that a field reads of each row; `None` if a row lacks a column. Which columns a field reads is
/// part of its definition, so this means that the field that returned the row did not select
/// [`SelectedColumns`].
pub(super) fn read_columns<'a, const N: usize>(
    rows: &'a [ObjectRow],
    columns: &[ColumnRef; N],
) -> Option<Vec<[&'a Cell; N]>> {
    let mut hints = [0; N];
    let mut cells_of = |row: &'a ObjectRow| {
        let record: &Record = row.downcast_ref()?;
        let mut cells = [&Cell::Null; N];
        for ((cell, column), hint) in cells.iter_mut().zip(columns).zip(&mut hints) {
            *cell = record.find(*column, hint).or_else(|| {
                let (table, column) = (column.table, column.name);
                tracing::error!(table, column, "a field did not select a column of its rows");
                None
            })?;
        }
        Some(cells)
    };
    rows.iter().map(&mut cells_of).collect()
}

/// A field to resolve for all rows of a level.
pub struct Call<'a, R, A = (), P = ()> {
    /// The state that the fields of a request share.
    pub context: &'a Context,
    /// What the field reads of each parent object. The resolver returns one value for each.
    pub rows: R,
    /// The prepared arguments.
    pub args: &'a A,
    /// What the field computed when the request was planned.
    pub plan: &'a P,
}

/// A [`Call`] without the types of the rows, the arguments and the plan.
pub type ErasedCall<'a> = Call<'a, &'a [ObjectRow], Erased, Erased>;

impl<'a> ErasedCall<'a> {
    pub(super) fn with_types<R, A: Any, P: Any>(
        self,
        rows: R,
    ) -> Result<Call<'a, R, A, P>, InternalError> {
        Ok(Call {
            context: self.context,
            rows,
            args: downcast(self.args)?,
            plan: downcast(self.plan)?,
        })
    }
}

/// The result of a resolver that reads the database: one value for each row, or one for all of them.
pub type ResolverFuture<'a, T = Vec<ResolvedValue>> = BoxFuture<'a, Result<T, ExecutionError>>;

/// The plan step of a field that needs none.
pub fn no_plan<A>(_: &A, _: SelectedColumns<'_>) {}

/// Computes the values of all rows.
type ComputeFn = dyn Fn(&[ObjectRow]) -> Result<Vec<ResolvedValue>, InternalError> + Send + Sync;
/// Loads the values of all rows.
type BatchFn =
    dyn for<'a> Fn(ErasedCall<'a>) -> Result<ResolverFuture<'a>, InternalError> + Send + Sync;
/// How the values of a field are resolved, for all rows of a level.
#[derive(Clone)]
pub enum Resolver {
    /// None: the field belongs to an interface, and the types that implement it resolve it.
    Interface,
    /// Returns the name of the parent type.
    TypeName,
    /// Returns the result of introspection, which is JSON and part of the plan.
    Introspection(Arc<str>),
    /// Reads a column of the row.
    Column(ColumnRef),
    /// Computes the values from the rows.
    Compute(Arc<ComputeFn>),
    /// Loads the values.
    Batch(Arc<BatchFn>),
}
