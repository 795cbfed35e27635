//! Fields: their names, types and arguments, and how their values are resolved.
//!
//! A resolver gets only what its field declares: the cells of its columns, the values of its arguments,
//! and rows of one Rust type. Inside a [`Field`], these types are erased, and [`Graph::check`] compares
//! them when the engine starts.
//!
//! [`Graph::check`]: super::Graph::check

use std::{
    any::{Any, TypeId, type_name},
    borrow::Cow,
    fmt,
    sync::Arc,
};

use async_graphql::{Value, dynamic::TypeRef};
use futures_util::{
    FutureExt,
    future::{self, BoxFuture},
};

use super::{
    ArgumentValue, ArgumentValues, Context, ExecutionError, GraphqlError, InternalError, Limits,
    SelectedColumns,
};
use crate::{
    db::{Cell, CellKind, ColumnRef, Record},
    vocabulary::Vocabulary,
};

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

impl From<Cell> for ResolvedValue {
    fn from(cell: Cell) -> Self {
        Self::Leaf(cell)
    }
}

impl From<&Cell> for ResolvedValue {
    fn from(cell: &Cell) -> Self {
        Self::Leaf(cell.clone())
    }
}

macro_rules! convert_leaves {
    ($($ty:ty => $variant:ident),*) => {
        $(impl From<$ty> for ResolvedValue {
            fn from(value: $ty) -> Self {
                Self::Leaf(Cell::$variant(value.into()))
            }
        })*
    };
}

convert_leaves!(
    bool => Bool, i64 => Int, f64 => Float, &str => Text, String => Text, Arc<str> => Text
);

/// A Rust type that is erased inside a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RustType {
    id: TypeId,
    pub(super) name: &'static str,
}

impl RustType {
    pub(super) fn of<T: Any>() -> Self {
        Self {
            id: TypeId::of::<T>(),
            name: type_name::<T>(),
        }
    }

    pub(super) fn is_type_of(self, row: &ObjectRow) -> bool {
        row.as_ref().type_id() == self.id
    }
}

/// Returns an erased value as its type.
///
/// # Errors
/// `InternalError::Schema` if it has another type. The types of arguments, plans and parent rows are
/// compared when the engine starts, and those of other rows when a field returns them.
fn downcast<T: Any>(value: &Erased) -> Result<&T, InternalError> {
    value
        .downcast_ref()
        .ok_or_else(|| InternalError::Schema(format!("a resolver expects a {}", type_name::<T>())))
}

/// The cells that a field reads of each row.
///
/// # Errors
/// `InternalError::Schema` if a row lacks a column. Which columns a field reads is part of its
/// definition, so this means that the field that returned the row did not select
/// [`SelectedColumns`].
fn read_columns<'a, const N: usize>(
    rows: &'a [ObjectRow],
    columns: &[ColumnRef; N],
) -> Result<Vec<[&'a Cell; N]>, InternalError> {
    let mut hints = [0; N];
    let mut cells_of = |row| {
        let record: &Record = downcast(row)?;
        let mut cells = [&Cell::Null; N];
        for ((cell, column), hint) in cells.iter_mut().zip(columns).zip(&mut hints) {
            *cell = record.find(*column, hint).ok_or_else(|| {
                InternalError::Schema(format!("a field did not select the column {column:?}"))
            })?;
        }
        Ok(cells)
    };
    rows.iter().map(&mut cells_of).collect()
}

/// A field to resolve for all rows of a level.
pub struct Call<'a, R, A = (), P = ()> {
    /// The state that the fields of a request share.
    pub context: &'a Context,
    /// What the field reads of each parent object. The resolver returns one value for each.
    pub rows: Vec<R>,
    /// The prepared arguments.
    pub args: &'a A,
    /// What the field computed when the request was planned.
    pub plan: &'a P,
}

/// A [`Call`] without the types of the rows, the arguments and the plan.
#[derive(Clone, Copy)]
pub struct ErasedCall<'a> {
    /// The state that the fields of a request share.
    pub context: &'a Context,
    /// The parent objects.
    pub rows: &'a [ObjectRow],
    /// The result of `Field::prepare`.
    pub args: &'a Erased,
    /// The result of `Field::plan`.
    pub plan: &'a Erased,
}

impl<'a> ErasedCall<'a> {
    fn with_types<R, A: Any, P: Any>(
        self,
        rows: Vec<R>,
    ) -> Result<Call<'a, R, A, P>, InternalError> {
        Ok(Call {
            context: self.context,
            rows,
            args: downcast(self.args)?,
            plan: downcast(self.plan)?,
        })
    }
}

/// The result of a resolver that reads the database.
pub type ResolverFuture<'a, T> = BoxFuture<'a, Result<T, ExecutionError>>;

/// Computes, when a request is planned, what a resolver needs each time the request is executed.
pub trait PlanStep<A, P>: Fn(&A, SelectedColumns<'_>) -> P + Send + Sync + 'static {}

impl<A, P, F: Fn(&A, SelectedColumns<'_>) -> P + Send + Sync + 'static> PlanStep<A, P> for F {}

/// The plan step of a field that needs none.
pub fn no_plan<A>(_: &A, _: SelectedColumns<'_>) {}

/// Computes the values of all rows.
type ComputeFn = dyn Fn(&[ObjectRow]) -> Result<Vec<ResolvedValue>, InternalError> + Send + Sync;
/// Loads the values of all rows.
type BatchFn =
    dyn for<'a> Fn(ErasedCall<'a>) -> ResolverFuture<'a, Vec<ResolvedValue>> + Send + Sync;
/// Validates and converts the coerced arguments of a request.
type PrepareFn = dyn Fn(&ArgumentValues, &Limits) -> Result<Erased, GraphqlError> + Send + Sync;
/// Computes, from the prepared arguments, what the resolver needs each time the request is executed.
type PlanFn = dyn Fn(&Erased, SelectedColumns<'_>) -> Result<Erased, InternalError> + Send + Sync;
/// Returns how many objects the field may return per row.
type ListSizeFn = dyn Fn(&Erased) -> u64 + Send + Sync;

/// How the values of a field are resolved, for all rows of a level.
#[derive(Clone)]
pub enum Resolver {
    /// The field belongs to an interface; the types that implement it resolve it.
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

/// What a resolver reads of the rows of its object type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum RowAccess {
    /// Nothing.
    Nothing,
    /// The columns that the field declares.
    Columns,
    /// The whole row.
    Row(RustType),
}

/// A field of an object type.
#[derive(Clone)]
pub struct Field {
    /// The name, such as `isCapital`.
    pub name: &'static str,
    /// The description in the schema, in Markdown.
    pub description: Cow<'static, str>,
    /// The type of its value.
    pub ty: TypeRef,
    /// The arguments in the order of the schema.
    pub arguments: Vec<Argument>,
    /// The columns of the row that the resolver reads.
    pub required_columns: Vec<ColumnRef>,
    /// How the values are resolved.
    pub resolver: Resolver,
    /// Prepares the arguments.
    pub prepare: Arc<PrepareFn>,
    /// Prepares the resolver.
    pub plan: Arc<PlanFn>,
    pub(super) list_size: Arc<ListSizeFn>,
    pub(super) row_access: RowAccess,
    /// The type that `prepare` returns.
    pub(super) prepared_type: RustType,
    /// The types of prepared arguments that `plan`, `list_size` and the resolver expect.
    pub(super) expected_types: Vec<RustType>,
    /// Whether the field costs the same for every number of rows on the page.
    pub(super) is_page_level: bool,
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.ty)
    }
}

impl Field {
    fn new(
        name: &'static str,
        ty: &str,
        description: &'static str,
        row_access: RowAccess,
        resolver: Resolver,
    ) -> Self {
        Self {
            name,
            description: description.into(),
            ty: parse_type_ref(ty),
            arguments: Vec::new(),
            required_columns: Vec::new(),
            resolver,
            prepare: Arc::new(|_, _| Ok(Arc::new(()))),
            plan: Arc::new(|_, _| Ok(Arc::new(()))),
            list_size: Arc::new(|_| 1),
            row_access,
            prepared_type: RustType::of::<()>(),
            expected_types: Vec::new(),
            is_page_level: false,
        }
    }

    /// `__typename`.
    pub(super) fn typename() -> Self {
        Self::new(
            "__typename",
            "String!",
            "",
            RowAccess::Nothing,
            Resolver::TypeName,
        )
    }

    /// `__schema` or `__type` with its value.
    pub(super) fn introspection(json: Arc<str>) -> Self {
        let resolver = Resolver::Introspection(json);
        Self::new("__schema", "__Schema", "", RowAccess::Nothing, resolver)
    }

    /// Defines a field of an interface.
    pub fn of_interface(name: &'static str, ty: &str, description: &'static str) -> Self {
        let resolver = Resolver::Interface;
        Self::new(name, ty, description, RowAccess::Nothing, resolver)
    }

    /// Defines a field that returns a column. The type follows from that of the column.
    pub fn column(
        name: &'static str,
        description: &'static str,
        column: impl sea_orm::ColumnTrait,
    ) -> Self {
        let column = ColumnRef::new(column);
        let resolver = Resolver::Column(column);
        let ty = scalar_of(column);
        let mut field = Self::new(name, ty, description, RowAccess::Columns, resolver);
        field.required_columns.push(column);
        match column.nullable {
            true => field,
            false => field.non_null(),
        }
    }

    /// Sets that the column contains values of an enum.
    #[must_use]
    pub fn of_enum<V: Vocabulary>(mut self) -> Self {
        let name = TypeRef::Named(V::NAME.into());
        self.ty = match self.ty {
            TypeRef::NonNull(_) => TypeRef::NonNull(Box::new(name)),
            _ => name,
        };
        self
    }

    /// Sets that no row of the object type has a null in the column, though other rows of the table may.
    #[must_use]
    pub fn non_null(mut self) -> Self {
        self.ty = TypeRef::NonNull(Box::new(self.ty));
        self
    }

    /// Defines a field that is computed from a row of type `T`.
    pub fn compute<T: Any, O: Into<ResolvedValue>>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        compute: impl Fn(&T) -> O + Send + Sync + 'static,
    ) -> Self {
        Self::compute_from_optional_columns(name, ty, description, &[], move |row| {
            Some(compute(row))
        })
    }

    /// Like [`Self::compute`], for a row whose parent reads `columns` only if they are required.
    /// `compute` returns `None` if they were not read.
    pub fn compute_from_optional_columns<T: Any, O: Into<ResolvedValue>>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        columns: &[ColumnRef],
        compute: impl Fn(&T) -> Option<O> + Send + Sync + 'static,
    ) -> Self {
        let row_access = RowAccess::Row(RustType::of::<T>());
        let resolver = Resolver::Compute(Arc::new(move |rows| {
            let value_of = |row| {
                let value = compute(downcast(row)?).map(Into::into);
                value.ok_or_else(|| InternalError::Schema(format!("{name} was not selected")))
            };
            rows.iter().map(value_of).collect()
        }));
        Self::new(name, ty, description, row_access, resolver).requires_columns(columns)
    }

    /// Defines a field that is computed from columns of a stored row.
    pub fn compute_from_columns<const N: usize, O: Into<ResolvedValue>>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        columns: [ColumnRef; N],
        compute: impl Fn([&Cell; N]) -> O + Send + Sync + 'static,
    ) -> Self {
        let resolver = Resolver::Compute(Arc::new(move |rows| {
            let rows = read_columns(rows, &columns)?.into_iter();
            Ok(rows.map(|cells| compute(cells).into()).collect())
        }));
        Self::new(name, ty, description, RowAccess::Columns, resolver).requires_columns(&columns)
    }

    /// Defines a field whose values are loaded for all rows of a level at once.
    ///
    /// `plan` runs once for each planned request, and `run` each time the plan is executed. `run`
    /// returns one value per row.
    pub fn batch<T: Any + Sync, A: Any + Sync, P: Any + Send + Sync>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        plan: impl PlanStep<A, P>,
        run: impl for<'a> Fn(Call<'a, &'a T, A, P>) -> ResolverFuture<'a, Vec<ResolvedValue>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let resolver = batch_resolver(move |call| {
            let rows = call.rows.iter().map(downcast).collect::<Result<_, _>>()?;
            Ok(run(call.with_types(rows)?))
        });
        let row_access = RowAccess::Row(RustType::of::<T>());
        Self::new(name, ty, description, row_access, resolver).with_plan(plan)
    }

    /// Like [`Self::batch`], for a field that reads columns of stored rows.
    pub fn batch_from_columns<const N: usize, A: Any + Sync, P: Any + Send + Sync>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        columns: [ColumnRef; N],
        plan: impl PlanStep<A, P>,
        run: impl for<'a> Fn(Call<'a, [&'a Cell; N], A, P>) -> ResolverFuture<'a, Vec<ResolvedValue>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let resolver = batch_resolver(move |call| {
            Ok(run(call.with_types(read_columns(call.rows, &columns)?)?))
        });
        let field = Self::new(name, ty, description, RowAccess::Columns, resolver);
        field.requires_columns(&columns).with_plan(plan)
    }

    /// Like [`Self::batch`], for a field that has the same value for all rows, such as a root field.
    pub fn once<A: Any + Sync, P: Any + Send + Sync>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        plan: impl PlanStep<A, P>,
        run: impl for<'a> Fn(Call<'a, (), A, P>) -> ResolverFuture<'a, ResolvedValue>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let resolver = batch_resolver(move |call| {
            let value = run(call.with_types(Vec::new())?);
            let n = call.rows.len();
            Ok(async move { Ok(vec![value.await?; n]) }.boxed())
        });
        Self::new(name, ty, description, RowAccess::Nothing, resolver).with_plan(plan)
    }

    fn requires_columns(mut self, columns: &[ColumnRef]) -> Self {
        self.required_columns = columns.to_vec();
        self
    }

    fn with_plan<A: Any, P: Any + Send + Sync>(mut self, plan: impl PlanStep<A, P>) -> Self {
        self.expected_types.push(RustType::of::<A>());
        self.plan = Arc::new(move |args, selected| Ok(Arc::new(plan(downcast(args)?, selected))));
        self
    }

    /// Sets the arguments, and the function that validates and converts their values. It runs before
    /// anything is read.
    #[must_use]
    pub fn with_arguments<const N: usize, A: Any + Send + Sync>(
        mut self,
        arguments: [Argument; N],
        prepare: impl Fn([ArgumentValue<'_>; N], &Limits) -> Result<A, GraphqlError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let names = arguments.each_ref().map(|argument| argument.name);
        self.prepare = Arc::new(move |values, limits| {
            let values = names.map(|name| ArgumentValue(values.get(name)));
            Ok(Arc::new(prepare(values, limits)?))
        });
        self.arguments = arguments.into();
        self.prepared_type = RustType::of::<A>();
        self
    }

    /// Sets how many objects the field may return per row, for the cost of a request.
    #[must_use]
    pub fn list_size_from<A: Any>(
        mut self,
        size: impl Fn(&A) -> u64 + Send + Sync + 'static,
    ) -> Self {
        self.expected_types.push(RustType::of::<A>());
        self.list_size = Arc::new(move |args| args.downcast_ref::<A>().map_or(1, &size).max(1));
        self
    }

    /// Like [`Self::list_size_from`], for a size that does not depend on arguments.
    #[must_use]
    pub fn assumed_list_size(mut self, size: u64) -> Self {
        self.list_size = Arc::new(move |_| size.max(1));
        self
    }

    /// Marks a field that is resolved once per page, such as `totalCount`. It costs the same for every
    /// page size.
    #[must_use]
    pub fn page_level(mut self) -> Self {
        self.is_page_level = true;
        self
    }
}

fn batch_resolver(
    run: impl for<'a> Fn(
        ErasedCall<'a>,
    ) -> Result<ResolverFuture<'a, Vec<ResolvedValue>>, InternalError>
    + Send
    + Sync
    + 'static,
) -> Resolver {
    Resolver::Batch(Arc::new(move |call| {
        run(call).unwrap_or_else(|error| future::ready(Err(error.into())).boxed())
    }))
}

/// The scalar type of the values of a column.
pub(super) fn scalar_of(column: ColumnRef) -> &'static str {
    match column.kind {
        CellKind::Text => "String",
        CellKind::Int | CellKind::BigInt => "Int",
        CellKind::Float => "Float",
        CellKind::Bool => "Boolean",
        CellKind::Date => "Date",
        CellKind::DateTime => "DateTime",
    }
}

/// An argument of a field, or a field of an input object.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The name, such as `orderBy`.
    pub name: &'static str,
    /// The description in the schema, in Markdown.
    pub description: &'static str,
    /// The type of its value.
    pub ty: TypeRef,
    /// The value if the request provides none.
    pub default_value: Option<Value>,
}

impl Argument {
    /// Defines an argument without a default. `ty` is GraphQL, such as `[State!]!`.
    pub fn new(name: &'static str, ty: &str, description: &'static str) -> Self {
        Self {
            name,
            description,
            ty: parse_type_ref(ty),
            default_value: None,
        }
    }

    /// Sets the default value.
    #[must_use]
    pub fn with_default(mut self, value: Value) -> Self {
        self.default_value = Some(value);
        self
    }
}

/// Parses a type reference such as `[State!]!`.
fn parse_type_ref(text: &str) -> TypeRef {
    if let Some(inner) = text.strip_suffix('!') {
        TypeRef::NonNull(Box::new(parse_type_ref(inner)))
    } else if let Some(inner) = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
    {
        TypeRef::List(Box::new(parse_type_ref(inner)))
    } else {
        TypeRef::Named(text.to_owned().into())
    }
}
