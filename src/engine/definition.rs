//! The definition of a graph: its types and their fields.
//!
//! async-graphql turns the definition into the schema (SDL), which apollo-compiler validates documents
//! against and answers introspection from. Plans and their execution use the definition itself.

use std::{any::Any, sync::Arc};

use async_graphql::dynamic::{SchemaError, Type};
use indexmap::IndexMap;

use super::{Field, Resolver, enum_type, field::scalar_of, resolver::RustType};
use crate::{
    db::{CellKind, ColumnRef, Record},
    vocabulary::Vocabulary,
};

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
    /// The type of the rows that the fields read: [`Record`] for types that are stored.
    pub(super) row_type: RustType,
    /// The table of a type that is stored.
    table: Option<&'static str>,
    /// The names of fields that are defined twice.
    duplicates: Vec<&'static str>,
}

impl Object {
    /// Defines an object type without fields, whose rows are computed values of type `T`. The rows of
    /// the root types are `()`.
    pub fn new<T: Any>(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            interfaces: Vec::new(),
            fields: IndexMap::new(),
            row_type: RustType::of::<T>(),
            table: None,
            duplicates: Vec::new(),
        }
    }

    /// Defines an object type without fields, whose rows are stored in the table of the column `id`.
    pub fn stored(name: &'static str, description: &'static str, id: ColumnRef) -> Self {
        Self {
            table: Some(id.table),
            ..Self::new::<Record>(name, description)
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
    pub fn fields(self, fields: impl IntoIterator<Item = Field>) -> Self {
        fields.into_iter().fold(self, Self::field)
    }
}

/// The definition of all types.
#[derive(Default)]
pub struct Graph {
    /// Object types by name, including `Query` and, if there is one, `Subscription`.
    pub objects: IndexMap<&'static str, Arc<Object>>,
    /// The other types, which only async-graphql and apollo-compiler read.
    pub types: Vec<Type>,
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

    /// Adds an interface, a union, an input object, an enum or a scalar.
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
}

/// The ways in which a field does not fit the rows of its object type, or its own arguments.
fn field_mistakes(object: &Object, field: &Field) -> Vec<String> {
    let mut mistakes = Vec::new();
    let (readable, rows) = match object.table {
        // A record has only the columns that are declared, so a field has to declare them.
        Some(table) => (
            RustType::of::<ColumnRef>(),
            format!("records of {table}; declare the columns"),
        ),
        None => (object.row_type, object.row_type.name.to_owned()),
    };
    if let Some(read) = field.row_type
        && read != readable
    {
        mistakes.push(format!("it reads {}, but the rows are {rows}", read.name));
    }
    if let Some(table) = object.table {
        let columns = field.required_columns.iter();
        let foreign = columns.filter(|column| column.table != table);
        mistakes.extend(foreign.map(|column| {
            format!(
                "{}.{} is not a column of {table}",
                column.table, column.name
            )
        }));
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
