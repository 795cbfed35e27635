//! The definition of a graph: its types and their fields.
//!
//! async-graphql turns the definition into the schema (SDL), which apollo-compiler validates documents
//! against and answers introspection from. Plans and their execution use the definition itself.

use std::{
    any::Any,
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use async_graphql::dynamic::{SchemaError, Type, Union};
use indexmap::IndexMap;

use super::{
    Field, ObjectRow, Resolver, enum_type,
    field::scalar_of,
    resolver::{RowAccess, RustType},
};
use crate::{
    db::{CellKind, ColumnRef, Record},
    vocabulary::Vocabulary,
};

/// The rows that the fields of an object type read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rows {
    /// Records of a table.
    Table(&'static str),
    /// Values of a Rust type.
    Computed(RustType),
}

impl Rows {
    /// Whether `row` has the type of these rows.
    pub(super) fn includes(self, row: &ObjectRow) -> bool {
        match self {
            Self::Table(_) => row.is::<Record>(),
            Self::Computed(ty) => ty.is_type_of(row),
        }
    }
}

/// An object type.
#[derive(Clone)]
pub struct Object {
    /// The name, such as `City`.
    pub name: &'static str,
    /// The description in the schema, in Markdown.
    pub description: &'static str,
    /// The names of the interfaces that it implements.
    pub interfaces: Vec<&'static str>,
    /// The fields by name.
    pub fields: IndexMap<&'static str, Arc<Field>>,
    pub(super) rows: Rows,
    /// The names of fields that are defined twice.
    duplicates: Vec<&'static str>,
}

impl Object {
    /// Defines an object type without fields, whose rows are computed values of type `T`. The rows of
    /// the root types are `()`.
    pub fn new<T: Any>(name: &'static str, description: &'static str) -> Self {
        Self::with_rows(name, description, Rows::Computed(RustType::of::<T>()))
    }

    /// Defines an object type without fields, whose rows are stored in the table of the column `id`.
    pub fn stored(name: &'static str, description: &'static str, id: ColumnRef) -> Self {
        Self::with_rows(name, description, Rows::Table(id.table))
    }

    fn with_rows(name: &'static str, description: &'static str, rows: Rows) -> Self {
        Self {
            name,
            description,
            interfaces: Vec::new(),
            fields: IndexMap::new(),
            rows,
            duplicates: Vec::new(),
        }
    }

    /// Adds an interface that the type implements.
    #[must_use]
    pub fn implements(mut self, interface: &'static str) -> Self {
        self.interfaces.push(interface);
        self
    }

    /// Adds a field.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        let name = field.name;
        if self.fields.insert(name, Arc::new(field)).is_some() {
            self.duplicates.push(name);
        }
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

    /// The columns that all fields together read.
    pub fn required_columns(&self) -> Vec<ColumnRef> {
        let columns: BTreeSet<ColumnRef> = self
            .fields
            .values()
            .flat_map(|field| field.required_columns.iter().copied())
            .collect();
        columns.into_iter().collect()
    }
}

/// The root type of queries.
pub(super) const QUERY: &str = "Query";
/// The root type of subscriptions.
pub(super) const SUBSCRIPTION: &str = "Subscription";

/// The definition of all types.
#[derive(Default)]
pub struct Graph {
    /// Object types by name, including `Query` and, if there is one, `Subscription`.
    pub objects: IndexMap<&'static str, Arc<Object>>,
    /// The other types, which only async-graphql and apollo-compiler read.
    pub types: Vec<Type>,
    /// The member types of each union.
    unions: HashMap<&'static str, Vec<&'static str>>,
    /// Mistakes that were found while types and fields were added.
    errors: Vec<String>,
}

impl Graph {
    /// Adds an object type.
    #[must_use]
    pub fn object(mut self, object: Object) -> Self {
        let name = object.name;
        if self.objects.insert(name, Arc::new(object)).is_some() {
            self.errors.push(format!("{name} is defined twice"));
        }
        self
    }

    /// Adds a field to an object type that the graph already has.
    #[must_use]
    pub fn add_field(mut self, object: &str, field: Field) -> Self {
        match self.objects.get_mut(object) {
            Some(object) => *object = Arc::new(Object::clone(object).field(field)),
            None => self.errors.push(format!(
                "{object}.{}: there is no type {object}",
                field.name
            )),
        }
        self
    }

    /// Adds an interface, an input object, an enum or a scalar.
    #[must_use]
    pub fn add_type(mut self, ty: impl Into<Type>) -> Self {
        self.types.push(ty.into());
        self
    }

    /// Adds the enum of a vocabulary.
    #[must_use]
    pub fn vocabulary<V: Vocabulary>(self) -> Self {
        let values = V::VALUES.iter();
        let values = values.map(|(_, name, description)| (*name, description.trim()));
        self.add_type(enum_type(V::NAME, V::DESCRIPTION.trim(), values))
    }

    /// Adds a union of object types.
    #[must_use]
    pub fn union(
        mut self,
        name: &'static str,
        description: &str,
        members: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let members: Vec<_> = members.into_iter().collect();
        let union = Union::new(name).description(description);
        let union = members.iter().copied().fold(union, Union::possible_type);
        self.unions.insert(name, members);
        self.add_type(union)
    }

    /// Checks that every field reads rows, columns and arguments that exist, and of the types that it
    /// expects. async-graphql and apollo-compiler check the rest, such as whether types exist and
    /// implement their interfaces.
    pub(super) fn check(&self) -> Result<(), SchemaError> {
        let mut errors = self.errors.clone();
        for object in self.objects.values() {
            let name = object.name;
            let duplicates = object.duplicates.iter();
            errors.extend(duplicates.map(|field| format!("{name}.{field} is defined twice")));
            for field in object.fields.values() {
                let mistakes = field_mistakes(object, field).into_iter();
                errors.extend(mistakes.map(|error| format!("{name}.{}: {error}", field.name)));
            }
        }
        match errors.is_empty() {
            true => Ok(()),
            false => Err(SchemaError(errors.join("\n"))),
        }
    }

    /// Whether an object type is the type named `name`, implements it, or is a member of it.
    ///
    /// This is [`DoesFragmentTypeApply`](https://spec.graphql.org/October2021/#DoesFragmentTypeApply()).
    pub(super) fn is_subtype_of(&self, object: &Object, name: &str) -> bool {
        object.name == name
            || object.interfaces.contains(&name)
            || self
                .unions
                .get(name)
                .is_some_and(|members| members.contains(&object.name))
    }

    /// The object types that a value of the type named `name` may have: the type itself, or those that
    /// implement it or are members of it. Empty for a leaf type.
    pub fn possible_types(&self, name: &str) -> Vec<Arc<Object>> {
        match self.objects.get(name) {
            Some(object) => vec![object.clone()],
            None => self
                .objects
                .values()
                .filter(|object| self.is_subtype_of(object, name))
                .cloned()
                .collect(),
        }
    }
}

/// The ways in which a field does not fit the rows of its object type, or its own arguments.
fn field_mistakes(object: &Object, field: &Field) -> Vec<String> {
    let mut mistakes = Vec::new();
    for column in &field.required_columns {
        let (table, name) = (column.table, column.name);
        match object.rows {
            Rows::Table(rows) if rows != table => {
                mistakes.push(format!("{table}.{name} is not a column of {rows}"));
            }
            Rows::Table(_) => {}
            Rows::Computed(ty) if field.row_access == RowAccess::Columns => {
                mistakes.push(format!(
                    "it reads {table}.{name}, but the rows are {}",
                    ty.name
                ));
            }
            Rows::Computed(_) => {}
        }
    }
    if let RowAccess::Row(expected) = field.row_access {
        let expected_name = expected.name;
        match object.rows {
            Rows::Computed(ty) if expected == ty => {}
            Rows::Computed(ty) => {
                mistakes.push(format!("it reads {expected_name}, but the rows are {}", ty.name));
            }
            // A record has only the columns that are declared, so a field has to declare them.
            Rows::Table(table) => mistakes.push(format!(
                "it reads {expected_name}, but the rows are records of {table}; declare the columns",
            )),
        }
    }
    match field.resolver {
        Resolver::Column(column) => {
            let (ty, scalar) = (field.ty.type_name(), scalar_of(column));
            // Enum values are stored as text.
            if ty != scalar && column.kind != CellKind::Text {
                let column = column.name;
                mistakes.push(format!("the column {column} is {scalar}, not {ty}"));
            }
        }
        Resolver::Interface => {
            mistakes.push("it is a field of an interface, without a resolver".into());
        }
        _ => {}
    }
    for expected in &field.expected_types {
        if *expected != field.prepared_type {
            let (expected, prepared) = (expected.name, field.prepared_type.name);
            mistakes.push(format!(
                "it expects the arguments {expected}, but prepares {prepared}"
            ));
        }
    }
    mistakes
}
