//! The definition of a graph: types, and fields that say where their values come from.
//!
//! Everything else is made from it: the async-graphql schema (types, validation, introspection,
//! SDL), the plan of a request, and its execution.

use std::{any::Any, borrow::Cow, collections::BTreeSet, fmt, sync::Arc};

use async_graphql::{Value, dynamic::TypeRef};
use futures_util::future::BoxFuture;
use indexmap::IndexMap;

use super::{Arguments, Context, Fault, Limits, Refusal, Wanted};
use crate::{
    db::{Cell, Column, Record},
    vocabulary::Vocabulary,
};

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
}

impl Call<'_> {
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

/// An object type.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its name.
    pub name: &'static str,
    /// Its description, for API readers.
    pub description: &'static str,
    /// The interfaces that it implements.
    pub interfaces: Vec<&'static str>,
    /// Its fields.
    pub fields: IndexMap<&'static str, Arc<Field>>,
}

impl Object {
    /// An object type without fields, yet.
    pub fn new(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            interfaces: Vec::new(),
            fields: IndexMap::new(),
        }
    }

    /// Implements an interface.
    #[must_use]
    pub fn implements(mut self, interface: &'static str) -> Self {
        self.interfaces.push(interface);
        self
    }

    /// Adds a field.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.insert(field.name, Arc::new(field));
        self
    }

    /// Adds fields.
    #[must_use]
    pub fn fields(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        for field in fields {
            self = self.field(field);
        }
        self
    }

    /// The columns that a row needs for every field to be answered.
    pub fn all_columns(&self) -> Vec<Column> {
        let columns: BTreeSet<Column> = self
            .fields
            .values()
            .flat_map(|field| field.needs.iter().copied())
            .collect();
        columns.into_iter().collect()
    }
}

/// An interface; its fields are described here and resolved by the types that implement it.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Its name.
    pub name: &'static str,
    /// Its description, for API readers.
    pub description: &'static str,
    /// Its fields: only name, type, arguments and description count.
    pub fields: Vec<Field>,
}

/// A union of object types.
#[derive(Clone, Debug)]
pub struct Union {
    /// Its name.
    pub name: &'static str,
    /// Its description, for API readers.
    pub description: &'static str,
    /// The names of its members.
    pub members: Vec<&'static str>,
}

/// An enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name.
    pub name: &'static str,
    /// Its description, for API readers.
    pub description: &'static str,
    /// Its values and their descriptions.
    pub values: Vec<(&'static str, &'static str)>,
}

impl Enum {
    /// The enum of a vocabulary.
    pub fn of<V: Vocabulary>() -> Self {
        Self {
            name: V::NAME,
            description: V::DESCRIPTION.trim(),
            values: V::VALUES
                .iter()
                .map(|(_, spelling, description)| (*spelling, description.trim()))
                .collect(),
        }
    }
}

/// An input object.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name.
    pub name: &'static str,
    /// Its description, for API readers.
    pub description: &'static str,
    /// Its fields.
    pub fields: Vec<Argument>,
}

/// A scalar that is written as a string.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// Its name.
    pub name: &'static str,
    /// Its description, for API readers.
    pub description: &'static str,
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

/// A whole graph.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Object types by name; `Query` among them.
    pub objects: IndexMap<&'static str, Arc<Object>>,
    /// Interfaces.
    pub interfaces: Vec<Interface>,
    /// Unions.
    pub unions: Vec<Union>,
    /// Enums.
    pub enums: IndexMap<&'static str, Enum>,
    /// Input objects.
    pub inputs: IndexMap<&'static str, Input>,
    /// Scalars besides those of GraphQL.
    pub scalars: Vec<Scalar>,
}

impl Graph {
    /// Adds an object type.
    #[must_use]
    pub fn object(mut self, object: Object) -> Self {
        self.objects.insert(object.name, Arc::new(object));
        self
    }

    /// Adds a field to an object type that is there already; nothing where it is not.
    #[must_use]
    pub fn extend(mut self, object: &str, field: Field) -> Self {
        if let Some(object) = self.objects.get_mut(object) {
            Arc::make_mut(object)
                .fields
                .insert(field.name, Arc::new(field));
        }
        self
    }

    /// Adds an interface.
    #[must_use]
    pub fn interface(mut self, interface: Interface) -> Self {
        self.interfaces.push(interface);
        self
    }

    /// Adds an enum.
    #[must_use]
    pub fn enumeration(mut self, enumeration: Enum) -> Self {
        self.enums.insert(enumeration.name, enumeration);
        self
    }

    /// Adds an input object.
    #[must_use]
    pub fn input(mut self, input: Input) -> Self {
        self.inputs.insert(input.name, input);
        self
    }

    /// Adds a union.
    #[must_use]
    pub fn union(mut self, union: Union) -> Self {
        self.unions.push(union);
        self
    }

    /// Adds the enum of a vocabulary.
    #[must_use]
    pub fn vocabulary<V: Vocabulary>(self) -> Self {
        self.enumeration(Enum::of::<V>())
    }

    /// Adds a scalar.
    #[must_use]
    pub fn scalar(mut self, scalar: Scalar) -> Self {
        self.scalars.push(scalar);
        self
    }

    /// Whether a value of the type named `name` says of what type it is: an interface or a union.
    pub(super) fn is_abstract(&self, name: &str) -> bool {
        self.interfaces.iter().any(|known| known.name == name)
            || self.unions.iter().any(|known| known.name == name)
    }

    /// Whether an object is of the type named `name`: its own, one that it implements, or a union
    /// that it is a member of.
    pub(super) fn is_of(&self, object: &Object, name: &str) -> bool {
        object.name == name
            || object.interfaces.contains(&name)
            || self
                .unions
                .iter()
                .any(|union| union.name == name && union.members.contains(&object.name))
    }

    /// The object types that a value of the type named `name` may be: itself, or those that
    /// implement it or are members of it; none for a leaf.
    pub fn possible_types(&self, name: &str) -> Vec<Arc<Object>> {
        match self.objects.get(name) {
            Some(object) => vec![object.clone()],
            None => self
                .objects
                .values()
                .filter(|object| self.is_of(object, name))
                .cloned()
                .collect(),
        }
    }
}
