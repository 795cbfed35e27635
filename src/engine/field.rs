//! A field: what it is called, what it reads, and where its value comes from.

use std::{
    any::Any,
    borrow::Cow,
    fmt,
    sync::{Arc, OnceLock},
};

use async_graphql::{Value, dynamic::TypeRef};
use futures_util::future::BoxFuture;

use super::{Arguments, Context, Fault, Limits, Refusal, Wanted};
use crate::db::{Cell, Column, Record};

/// What a field reads from: a [`Record`] for the types that are stored, or whatever the field
/// above made.
pub type Row = Arc<dyn Any + Send + Sync>;

/// Arguments as the field wants them, made once per request.
pub type Prepared = Arc<dyn Any + Send + Sync>;

/// The value of a field for one row.
#[derive(Clone, Debug)]
pub enum Output {
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
    Object(&'static str, Row),
    /// A list.
    List(Vec<Output>),
}

impl Output {
    /// An object of the type named `name`.
    pub fn object<T: Any + Send + Sync>(name: &'static str, row: T) -> Self {
        Self::Object(name, Arc::new(row))
    }

    /// A value that may be missing.
    pub fn maybe<T: Into<Self>>(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<&Cell> for Output {
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

impl From<bool> for Output {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Output {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Output {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<&str> for Output {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

impl From<String> for Output {
    fn from(value: String) -> Self {
        Self::Text(value.into())
    }
}

/// A field to resolve for all rows of a level.
pub struct Call<'a> {
    /// What the fields of the request share.
    pub context: &'a Context,
    /// The rows.
    pub rows: &'a [Row],
    /// The arguments.
    pub args: &'a Prepared,
    /// What is selected below.
    pub wanted: Wanted<'a>,
    /// What is kept with the plan; nothing where there is none.
    pub(super) kept: Option<&'a Kept>,
}

/// What a field of a plan works out once, however often the plan is run.
#[derive(Debug, Default)]
pub(super) struct Kept(OnceLock<Arc<dyn Any + Send + Sync>>);

impl Call<'_> {
    /// What the field makes of its arguments and of what is selected below: made once for each plan,
    /// however often that is run. A field has one such thing.
    pub fn once<T: Any + Send + Sync>(&self, make: impl Fn() -> T) -> Arc<T> {
        let Some(Kept(kept)) = self.kept else {
            return Arc::new(make());
        };
        let made = kept.get_or_init(|| Arc::new(make())).clone();
        made.downcast().unwrap_or_else(|_| Arc::new(make()))
    }

    /// The arguments as the type that the field prepares.
    ///
    /// # Errors
    /// Where the field prepares another type.
    pub fn args<T: Any>(&self) -> Result<&T, Fault> {
        self.args.downcast_ref().ok_or_else(|| {
            Fault::Definition("a field reads arguments that it does not prepare".into())
        })
    }
}

type Compute = dyn Fn(&Row, &Prepared) -> Result<Output, Fault> + Send + Sync;
type Batch = dyn for<'a> Fn(Call<'a>) -> BoxFuture<'a, Result<Vec<Output>, Fault>> + Send + Sync;
type Prepare = dyn Fn(&Arguments, &Limits) -> Result<Prepared, Refusal> + Send + Sync;
type Size = dyn Fn(&Prepared) -> u64 + Send + Sync;

/// Where the value of a field comes from.
#[derive(Clone)]
pub enum Resolve {
    /// The name of the type.
    TypeName,
    /// Known as JSON before the request runs: introspection.
    Written(Arc<str>),
    /// A column of the row.
    Column(Column),
    /// Computed from the row.
    Compute(Arc<Compute>),
    /// Loaded for all rows of a level at once.
    Batch(Arc<Batch>),
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
    pub needs: Vec<Column>,
    /// Where its value comes from.
    pub resolve: Resolve,
    prepare: Option<Arc<Prepare>>,
    size: Option<Arc<Size>>,
    /// Whether a page has it once, however many rows it has.
    pub(super) is_of_page: bool,
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.ty)
    }
}

impl Field {
    fn new(name: &'static str, ty: &str, description: &'static str, resolve: Resolve) -> Self {
        Self {
            name,
            description: description.into(),
            ty: type_ref(ty),
            arguments: Vec::new(),
            needs: Vec::new(),
            resolve,
            prepare: None,
            size: None,
            is_of_page: false,
        }
    }

    /// `__typename`.
    pub(super) fn type_name() -> Self {
        Self::new("__typename", "String!", "", Resolve::TypeName)
    }

    /// `__schema` or `__type`, answered already.
    pub(super) fn written(json: Arc<str>) -> Self {
        Self::new("__schema", "__Schema", "", Resolve::Written(json))
    }

    /// A field that shows a column.
    pub fn column(
        name: &'static str,
        ty: &str,
        description: &'static str,
        column: impl sea_orm::ColumnTrait,
    ) -> Self {
        let column = Column::of(column);
        let mut field = Self::new(name, ty, description, Resolve::Column(column));
        field.needs.push(column);
        field
    }

    /// A field that is computed from a row of type `T`.
    pub fn of<T: Any + Send + Sync, O: Into<Output>>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        compute: impl Fn(&T) -> O + Send + Sync + 'static,
    ) -> Self {
        Self::with_arguments_of(name, ty, description, move |row: &T, _: &()| compute(row))
    }

    /// As [`Self::of`], from arguments of type `A` that [`Self::prepared`] makes.
    pub fn with_arguments_of<T: Any, A: Any, O: Into<Output>>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        compute: impl Fn(&T, &A) -> O + Send + Sync + 'static,
    ) -> Self {
        let compute = move |row: &Row, args: &Prepared| match (
            row.downcast_ref::<T>(),
            args.downcast_ref::<A>(),
        ) {
            (Some(row), Some(args)) => Ok(compute(row, args).into()),
            _ => Err(Fault::Definition(format!(
                "{name} reads a row of another type"
            ))),
        };
        Self::new(name, ty, description, Resolve::Compute(Arc::new(compute)))
    }

    /// A field that is computed from columns of a stored row.
    pub fn computed<O: Into<Output>>(
        name: &'static str,
        ty: &str,
        description: &'static str,
        needs: &[Column],
        compute: impl Fn(&Record) -> O + Send + Sync + 'static,
    ) -> Self {
        let mut field = Self::of(name, ty, description, compute);
        field.needs = needs.to_vec();
        field
    }

    /// A field that is loaded for all rows of a level at once, one value per row.
    pub fn batch(
        name: &'static str,
        ty: &str,
        description: &'static str,
        needs: &[Column],
        batch: impl for<'a> Fn(Call<'a>) -> BoxFuture<'a, Result<Vec<Output>, Fault>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let mut field = Self::new(name, ty, description, Resolve::Batch(Arc::new(batch)));
        field.needs = needs.to_vec();
        field
    }

    /// Says of which columns the values are made, so that only what is wanted is read.
    #[must_use]
    pub fn needing(mut self, needs: &[Column]) -> Self {
        self.needs = needs.to_vec();
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
    pub fn prepared<A: Any + Send + Sync>(
        mut self,
        prepare: impl Fn(&Arguments, &Limits) -> Result<A, Refusal> + Send + Sync + 'static,
    ) -> Self {
        self.prepare = Some(Arc::new(move |arguments, limits| {
            Ok(Arc::new(prepare(arguments, limits)?))
        }));
        self
    }

    /// How many objects the field may give per row, for the cost of a request.
    #[must_use]
    pub fn sized<A: Any>(mut self, size: impl Fn(&A) -> u64 + Send + Sync + 'static) -> Self {
        self.size = Some(Arc::new(move |args| {
            args.downcast_ref::<A>().map_or(1, &size)
        }));
        self
    }

    /// As [`Self::sized`], where it does not depend on arguments.
    #[must_use]
    pub fn usually(mut self, size: u64) -> Self {
        self.size = Some(Arc::new(move |_| size));
        self
    }

    /// Says that a page has it once, as its total, so that it costs the same whatever the page.
    #[must_use]
    pub fn of_page(mut self) -> Self {
        self.is_of_page = true;
        self
    }

    pub(super) fn prepare(
        &self,
        arguments: &Arguments,
        limits: &Limits,
    ) -> Result<Prepared, Refusal> {
        match &self.prepare {
            Some(prepare) => prepare(arguments, limits),
            None => Ok(Arc::new(())),
        }
    }

    pub(super) fn size(&self, args: &Prepared) -> u64 {
        self.size.as_ref().map_or(1, |size| size(args).max(1))
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
    pub default: Option<Value>,
}

impl Argument {
    /// An argument of the type written `ty`.
    pub fn new(name: &'static str, ty: &str, description: &'static str) -> Self {
        Self {
            name,
            description,
            ty: type_ref(ty),
            default: None,
        }
    }

    /// The same, with a value where none is given.
    #[must_use]
    pub fn default(mut self, value: Value) -> Self {
        self.default = Some(value);
        self
    }
}

/// The type that `text` writes, such as `[State!]!`.
pub fn type_ref(text: &str) -> TypeRef {
    if let Some(inner) = text.strip_suffix('!') {
        TypeRef::NonNull(Box::new(type_ref(inner)))
    } else if let Some(inner) = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
    {
        TypeRef::List(Box::new(type_ref(inner)))
    } else {
        TypeRef::Named(text.to_owned().into())
    }
}
