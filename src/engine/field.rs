//! Fields: their names, types and arguments, and how their values are resolved.

use std::{
    any::Any,
    borrow::Cow,
    fmt,
    sync::{Arc, OnceLock},
};

use async_graphql::{Value, dynamic::TypeRef};
use futures_util::future::BoxFuture;

use super::{
    ArgumentValues, Context, ExecutionError, GraphqlError, InternalError, Limits, SelectedColumns,
};
use crate::db::{Cell, ColumnRef, Record};

/// The value that the fields of an object read: a [`Record`] for types that are stored, or else what
/// the parent field returned.
pub type ObjectRow = Arc<dyn Any + Send + Sync>;

/// The arguments of a field, converted once per plan to the type that its resolver uses.
pub type PreparedArguments = Arc<dyn Any + Send + Sync>;

/// The value of a field for one row.
#[derive(Clone, Debug)]
pub enum ResolvedValue {
    /// `null`.
    Null,
    /// `Boolean`.
    Bool(bool),
    /// `Int`.
    Int(i64),
    /// `Float`.
    Float(f64),
    /// `String`, `ID`, an enum value, or a scalar that is serialized as a string.
    Text(Arc<str>),
    /// An object: the name of its type, and the row that its fields read.
    Object(&'static str, ObjectRow),
    /// A list.
    List(Vec<ResolvedValue>),
}

impl ResolvedValue {
    /// Makes an object of the type named `name`.
    pub fn object<T: Any + Send + Sync>(name: &'static str, row: T) -> Self {
        Self::Object(name, Arc::new(row))
    }

    /// Converts a value that may be missing; `None` is null.
    pub fn from_option<T: Into<Self>>(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<&Cell> for ResolvedValue {
    fn from(cell: &Cell) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Bool(value) => Self::Bool(*value),
            Cell::Int(value) => Self::Int(*value),
            Cell::Float(value) => Self::Float(*value),
            Cell::Text(value) => Self::Text(value.clone()),
        }
    }
}

impl From<bool> for ResolvedValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for ResolvedValue {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for ResolvedValue {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<&str> for ResolvedValue {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

impl From<String> for ResolvedValue {
    fn from(value: String) -> Self {
        Self::Text(value.into())
    }
}

/// A field to resolve for all rows of a level.
pub struct BatchCall<'a> {
    /// The state that the fields of a request share.
    pub context: &'a Context,
    /// The parent objects. The resolver returns one value for each.
    pub rows: &'a [ObjectRow],
    /// The prepared arguments.
    pub args: &'a PreparedArguments,
    /// The columns that the selected subfields read.
    pub selected_columns: SelectedColumns<'a>,
    /// The cache of the planned field; `None` if async-graphql executes the request.
    pub(super) plan_slot: Option<&'a PlanSlot>,
}

/// A value that a resolver computes once per planned field, however often the plan is executed.
#[derive(Debug, Default)]
pub(super) struct PlanSlot(OnceLock<Arc<dyn Any + Send + Sync>>);

impl BatchCall<'_> {
    /// Returns a value that depends only on the arguments and the selected subfields. It is computed
    /// once per plan; a resolver can cache one such value.
    pub fn get_or_init_for_plan<T: Any + Send + Sync>(&self, compute: impl Fn() -> T) -> Arc<T> {
        let Some(PlanSlot(slot)) = self.plan_slot else {
            return Arc::new(compute());
        };
        let value = slot.get_or_init(|| Arc::new(compute())).clone();
        value.downcast().unwrap_or_else(|_| Arc::new(compute()))
    }

    /// The arguments as the type that [`Field::prepare_with`] makes.
    ///
    /// # Errors
    /// `InternalError::Schema` if the field prepares another type.
    pub fn args<T: Any>(&self) -> Result<&T, InternalError> {
        self.args.downcast_ref().ok_or_else(|| {
            InternalError::Schema("a resolver expects arguments of another type".into())
        })
    }
}

type ComputeFn =
    dyn Fn(&ObjectRow, &PreparedArguments) -> Result<ResolvedValue, InternalError> + Send + Sync;
type BatchFn = dyn for<'a> Fn(BatchCall<'a>) -> BoxFuture<'a, Result<Vec<ResolvedValue>, ExecutionError>>
    + Send
    + Sync;
type PrepareFn =
    dyn Fn(&ArgumentValues, &Limits) -> Result<PreparedArguments, GraphqlError> + Send + Sync;
type ListSizeFn = dyn Fn(&PreparedArguments) -> u64 + Send + Sync;

/// How the value of a field is resolved.
#[derive(Clone)]
pub enum Resolver {
    /// Returns the name of the parent type.
    TypeName,
    /// Returns the result of introspection, which is JSON and part of the plan.
    Introspection(Arc<str>),
    /// Reads a column of the row.
    Column(ColumnRef),
    /// Computes the value from the row.
    Compute(Arc<ComputeFn>),
    /// Loads the values for all rows of a level at once.
    Batch(Arc<BatchFn>),
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
    /// How the value is resolved.
    pub resolver: Resolver,
    prepare: Option<Arc<PrepareFn>>,
    list_size: Option<Arc<ListSizeFn>>,
    /// Whether the field costs the same for every number of rows on the page.
    pub(super) is_page_level: bool,
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.ty)
    }
}

impl Field {
    fn new(name: &'static str, ty: &str, description: &'static str, resolver: Resolver) -> Self {
        Self {
            name,
            description: description.into(),
            ty: parse_type_ref(ty),
            arguments: Vec::new(),
            required_columns: Vec::new(),
            resolver,
            prepare: None,
            list_size: None,
            is_page_level: false,
        }
    }

    /// `__typename`.
    pub(super) fn typename() -> Self {
        Self::new("__typename", "String!", "", Resolver::TypeName)
    }

    /// `__schema` or `__type` with its value.
    pub(super) fn introspection(json: Arc<str>) -> Self {
        Self::new("__schema", "__Schema", "", Resolver::Introspection(json))
    }

    /// Defines a field that returns a column.
    pub fn column(
        name: &'static str,
        ty: &str,
        description: &'static str,
        column: impl sea_orm::ColumnTrait,
    ) -> Self {
        let column = ColumnRef::new(column);
        let mut field = Self::new(name, ty, description, Resolver::Column(column));
        field.required_columns.push(column);
        field
    }

    /// Defines a field that is computed from a row of type `T`.
    pub fn compute<T: Any + Send + Sync, O: Into<ResolvedValue>>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        compute: impl Fn(&T) -> O + Send + Sync + 'static,
    ) -> Self {
        Self::compute_with_arguments(name, ty, description, move |row: &T, _: &()| compute(row))
    }

    /// Like [`Self::compute`], but also passes the arguments of type `A` that [`Self::prepare_with`]
    /// makes.
    pub fn compute_with_arguments<T: Any, A: Any, O: Into<ResolvedValue>>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        compute: impl Fn(&T, &A) -> O + Send + Sync + 'static,
    ) -> Self {
        let compute = move |row: &ObjectRow, args: &PreparedArguments| match (
            row.downcast_ref::<T>(),
            args.downcast_ref::<A>(),
        ) {
            (Some(row), Some(args)) => Ok(compute(row, args).into()),
            _ => Err(InternalError::Schema(format!(
                "{name} expects a row or arguments of another type"
            ))),
        };
        Self::new(name, ty, description, Resolver::Compute(Arc::new(compute)))
    }

    /// Defines a field that is computed from columns of a stored row.
    pub fn compute_from_columns<O: Into<ResolvedValue>>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        columns: &[ColumnRef],
        compute: impl Fn(&Record) -> O + Send + Sync + 'static,
    ) -> Self {
        let mut field = Self::compute(name, ty, description, compute);
        field.required_columns = columns.to_vec();
        field
    }

    /// Defines a field whose values are loaded for all rows of a level at once. `batch` returns one
    /// value per row.
    pub fn batch(
        name: &'static str,
        ty: &str,
        description: &'static str,
        columns: &[ColumnRef],
        batch: impl for<'a> Fn(
            BatchCall<'a>,
        ) -> BoxFuture<'a, Result<Vec<ResolvedValue>, ExecutionError>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let mut field = Self::new(name, ty, description, Resolver::Batch(Arc::new(batch)));
        field.required_columns = columns.to_vec();
        field
    }

    /// Sets the columns that the resolver reads, so that only these are selected.
    #[must_use]
    pub fn requires_columns(mut self, columns: &[ColumnRef]) -> Self {
        self.required_columns = columns.to_vec();
        self
    }

    /// Adds an argument.
    #[must_use]
    pub fn argument(mut self, argument: Argument) -> Self {
        self.arguments.push(argument);
        self
    }

    /// Sets the function that validates and converts the arguments. It runs before anything is read.
    #[must_use]
    pub fn prepare_with<A: Any + Send + Sync>(
        mut self,
        prepare: impl Fn(&ArgumentValues, &Limits) -> Result<A, GraphqlError> + Send + Sync + 'static,
    ) -> Self {
        self.prepare = Some(Arc::new(move |arguments, limits| {
            Ok(Arc::new(prepare(arguments, limits)?))
        }));
        self
    }

    /// Sets how many objects the field may return per row, for the cost of a request.
    #[must_use]
    pub fn list_size_from<A: Any>(
        mut self,
        size: impl Fn(&A) -> u64 + Send + Sync + 'static,
    ) -> Self {
        self.list_size = Some(Arc::new(move |args| {
            args.downcast_ref::<A>().map_or(1, &size)
        }));
        self
    }

    /// Like [`Self::list_size_from`], for a size that does not depend on arguments.
    #[must_use]
    pub fn assumed_list_size(mut self, size: u64) -> Self {
        self.list_size = Some(Arc::new(move |_| size));
        self
    }

    /// Marks a field that is resolved once per page, such as `totalCount`. It costs the same for every
    /// page size.
    #[must_use]
    pub fn page_level(mut self) -> Self {
        self.is_page_level = true;
        self
    }

    pub(super) fn prepare_arguments(
        &self,
        arguments: &ArgumentValues,
        limits: &Limits,
    ) -> Result<PreparedArguments, GraphqlError> {
        match &self.prepare {
            Some(prepare) => prepare(arguments, limits),
            None => Ok(Arc::new(())),
        }
    }

    pub(super) fn list_size(&self, args: &PreparedArguments) -> u64 {
        self.list_size.as_ref().map_or(1, |size| size(args).max(1))
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
pub fn parse_type_ref(text: &str) -> TypeRef {
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
