//! A field: what it is called, what it reads, and where its value comes from.

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

/// What a field reads from: a [`Record`] for the types that are stored, or whatever the field
/// above made.
pub type ObjectRow = Arc<dyn Any + Send + Sync>;

/// Arguments as the field wants them, made once per request.
pub type PreparedArguments = Arc<dyn Any + Send + Sync>;

/// The value of a field for one row.
#[derive(Clone, Debug)]
pub enum ResolvedValue {
    /// No value.
    Null,
    /// `Boolean`.
    Bool(bool),
    /// `Int`.
    Int(i64),
    /// `Float`.
    Float(f64),
    /// `String`, `ID`, an enum value, or a scalar that is written as a string.
    Text(Arc<str>),
    /// An object: the name of its type, and what its fields read from.
    Object(&'static str, ObjectRow),
    /// A list.
    List(Vec<ResolvedValue>),
}

impl ResolvedValue {
    /// An object of the type named `name`.
    pub fn object<T: Any + Send + Sync>(name: &'static str, row: T) -> Self {
        Self::Object(name, Arc::new(row))
    }

    /// A value that may be missing.
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
    /// What the fields of the request share.
    pub context: &'a Context,
    /// The rows.
    pub rows: &'a [ObjectRow],
    /// The arguments.
    pub args: &'a PreparedArguments,
    /// What is selected below.
    pub selected_columns: SelectedColumns<'a>,
    /// What is kept with the plan; nothing where there is none.
    pub(super) plan_slot: Option<&'a PlanSlot>,
}

/// What a field of a plan works out once, however often the plan is run.
#[derive(Debug, Default)]
pub(super) struct PlanSlot(OnceLock<Arc<dyn Any + Send + Sync>>);

impl BatchCall<'_> {
    /// What the field makes of its arguments and of what is selected below: made once for each plan,
    /// however often that is run. A field has one such thing.
    pub fn get_or_init_for_plan<T: Any + Send + Sync>(&self, make: impl Fn() -> T) -> Arc<T> {
        let Some(PlanSlot(kept)) = self.plan_slot else {
            return Arc::new(make());
        };
        let made = kept.get_or_init(|| Arc::new(make())).clone();
        made.downcast().unwrap_or_else(|_| Arc::new(make()))
    }

    /// The arguments as the type that the field prepares.
    ///
    /// # Errors
    /// Where the field prepares another type.
    pub fn args<T: Any>(&self) -> Result<&T, InternalError> {
        self.args.downcast_ref().ok_or_else(|| {
            InternalError::Schema("a field reads arguments that it does not prepare".into())
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

/// Where the value of a field comes from.
#[derive(Clone)]
pub enum Resolver {
    /// The name of the type.
    TypeName,
    /// Known as JSON before the request runs: introspection.
    Introspection(Arc<str>),
    /// A column of the row.
    Column(ColumnRef),
    /// Computed from the row.
    Compute(Arc<ComputeFn>),
    /// Loaded for all rows of a level at once.
    Batch(Arc<BatchFn>),
}

/// A field of an object type.
#[derive(Clone)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its description, for API readers.
    pub description: Cow<'static, str>,
    /// Its type.
    pub ty: TypeRef,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// The columns of the row that it reads.
    pub required_columns: Vec<ColumnRef>,
    /// Where its value comes from.
    pub resolver: Resolver,
    prepare: Option<Arc<PrepareFn>>,
    list_size: Option<Arc<ListSizeFn>>,
    /// Whether a page has it once, however many rows it has.
    pub(super) is_page_level: bool,
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.ty)
    }
}

impl Field {
    fn new(name: &'static str, ty: &str, description: &'static str, resolve: Resolver) -> Self {
        Self {
            name,
            description: description.into(),
            ty: parse_type_ref(ty),
            arguments: Vec::new(),
            required_columns: Vec::new(),
            resolver: resolve,
            prepare: None,
            list_size: None,
            is_page_level: false,
        }
    }

    /// `__typename`.
    pub(super) fn typename() -> Self {
        Self::new("__typename", "String!", "", Resolver::TypeName)
    }

    /// `__schema` or `__type`, answered already.
    pub(super) fn introspection(json: Arc<str>) -> Self {
        Self::new("__schema", "__Schema", "", Resolver::Introspection(json))
    }

    /// A field that shows a column.
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

    /// A field that is computed from a row of type `T`.
    pub fn compute<T: Any + Send + Sync, O: Into<ResolvedValue>>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        compute: impl Fn(&T) -> O + Send + Sync + 'static,
    ) -> Self {
        Self::compute_with_arguments(name, ty, description, move |row: &T, _: &()| compute(row))
    }

    /// As [`Self::compute`], from arguments of type `A` that [`Self::prepare_with`] makes.
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
                "{name} reads a row of another type"
            ))),
        };
        Self::new(name, ty, description, Resolver::Compute(Arc::new(compute)))
    }

    /// A field that is computed from columns of a stored row.
    pub fn compute_from_columns<O: Into<ResolvedValue>>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        needs: &[ColumnRef],
        compute: impl Fn(&Record) -> O + Send + Sync + 'static,
    ) -> Self {
        let mut field = Self::compute(name, ty, description, compute);
        field.required_columns = needs.to_vec();
        field
    }

    /// A field that is loaded for all rows of a level at once, one value per row.
    pub fn batch(
        name: &'static str,
        ty: &str,
        description: &'static str,
        needs: &[ColumnRef],
        batch: impl for<'a> Fn(
            BatchCall<'a>,
        ) -> BoxFuture<'a, Result<Vec<ResolvedValue>, ExecutionError>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let mut field = Self::new(name, ty, description, Resolver::Batch(Arc::new(batch)));
        field.required_columns = needs.to_vec();
        field
    }

    /// Says of which columns the values are made, so that only what is wanted is read.
    #[must_use]
    pub fn requires_columns(mut self, needs: &[ColumnRef]) -> Self {
        self.required_columns = needs.to_vec();
        self
    }

    /// Adds an argument.
    #[must_use]
    pub fn argument(mut self, argument: Argument) -> Self {
        self.arguments.push(argument);
        self
    }

    /// Makes the arguments as the field wants them; they are checked before anything is read.
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

    /// How many objects the field may give per row, for the cost of a request.
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

    /// As [`Self::list_size_from`], where it does not depend on arguments.
    #[must_use]
    pub fn assumed_list_size(mut self, size: u64) -> Self {
        self.list_size = Some(Arc::new(move |_| size));
        self
    }

    /// Says that a page has it once, as its total, so that it costs the same whatever the page.
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
    /// Its name.
    pub name: &'static str,
    /// Its description, for API readers.
    pub description: &'static str,
    /// Its type.
    pub ty: TypeRef,
    /// Its value where none is given.
    pub default_value: Option<Value>,
}

impl Argument {
    /// An argument of the type written `ty`.
    pub fn new(name: &'static str, ty: &str, description: &'static str) -> Self {
        Self {
            name,
            description,
            ty: parse_type_ref(ty),
            default_value: None,
        }
    }

    /// The same, with a value where none is given.
    #[must_use]
    pub fn with_default(mut self, value: Value) -> Self {
        self.default_value = Some(value);
        self
    }
}

/// The type that `text` writes, such as `[State!]!`.
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
