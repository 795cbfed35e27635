//! The definition of a graph: its types and their fields.
//!
//! async-graphql turns the definition into the schema (SDL), which apollo-compiler validates documents
//! against and answers introspection from. Plans and their execution use the definition itself.

use std::{any::Any, collections::BTreeSet, sync::Arc};

use async_graphql::dynamic::SchemaError;
use indexmap::IndexMap;

use super::{
    Argument, Field, ObjectRow, Resolver,
    field::{RowAccess, RustType, scalar_of},
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
#[derive(Clone, Debug)]
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

/// An interface. The types that implement it resolve its fields.
#[derive(Clone, Debug)]
pub struct Interface {
    /// The name, such as `Node`.
    pub name: &'static str,
    /// The description in the schema, in Markdown.
    pub description: &'static str,
    /// The fields, of which only the name, type, arguments and description are used.
    pub fields: Vec<Field>,
}

/// A union of object types.
#[derive(Clone, Debug)]
pub struct Union {
    /// The name, such as `SearchItem`.
    pub name: &'static str,
    /// The description in the schema, in Markdown.
    pub description: &'static str,
    /// The names of the member types.
    pub members: Vec<&'static str>,
}

/// An enum type.
#[derive(Clone, Debug)]
pub struct Enum {
    /// The name, such as `CityKind`.
    pub name: &'static str,
    /// The description in the schema, in Markdown.
    pub description: &'static str,
    /// The names of the values and their descriptions.
    pub values: Vec<(&'static str, &'static str)>,
}

impl Enum {
    /// Defines the enum of a vocabulary.
    pub fn from_vocabulary<V: Vocabulary>() -> Self {
        Self {
            name: V::NAME,
            description: V::DESCRIPTION.trim(),
            values: V::VALUES
                .iter()
                .map(|(_, name, description)| (*name, description.trim()))
                .collect(),
        }
    }
}

/// An input object type.
#[derive(Clone, Debug)]
pub struct InputObject {
    /// The name, such as `CityFilter`.
    pub name: &'static str,
    /// The description in the schema, in Markdown.
    pub description: &'static str,
    /// The fields in the order of the schema.
    pub fields: Vec<Argument>,
}

/// A scalar type that is serialized as a string.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The name, such as `DateTime`.
    pub name: &'static str,
    /// The description in the schema, in Markdown.
    pub description: &'static str,
}

/// The root type of queries.
pub(super) const QUERY: &str = "Query";
/// The root type of subscriptions.
pub(super) const SUBSCRIPTION: &str = "Subscription";

/// The definition of all types.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Object types by name, including `Query` and, if there is one, `Subscription`.
    pub objects: IndexMap<&'static str, Arc<Object>>,
    /// Interfaces in the order of their definition.
    pub interfaces: Vec<Interface>,
    /// Unions in the order of their definition.
    pub unions: Vec<Union>,
    /// Enums by name.
    pub enums: IndexMap<&'static str, Enum>,
    /// Input object types by name.
    pub input_objects: IndexMap<&'static str, InputObject>,
    /// Custom scalars.
    pub scalars: Vec<Scalar>,
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
    pub fn input_object(mut self, input: InputObject) -> Self {
        self.input_objects.insert(input.name, input);
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
        self.enumeration(Enum::from_vocabulary::<V>())
    }

    /// Adds a scalar.
    #[must_use]
    pub fn scalar(mut self, scalar: Scalar) -> Self {
        self.scalars.push(scalar);
        self
    }

    pub(super) fn has_subscriptions(&self) -> bool {
        self.objects.contains_key(SUBSCRIPTION)
    }

    /// Checks that every type that is named exists, and that every field reads rows, columns and arguments
    /// that exist, and of the types that it expects. async-graphql and apollo-compiler check the rest,
    /// such as whether types implement their interfaces.
    pub(super) fn check(&self) -> Result<(), SchemaError> {
        let mut errors = self.errors.clone();
        for object in self.objects.values() {
            let name = object.name;
            let duplicates = object.duplicates.iter();
            errors.extend(duplicates.map(|field| format!("{name}.{field} is defined twice")));
            errors.extend(self.missing_types(name, object.interfaces.iter().copied()));
            for field in object.fields.values() {
                let field_name = format!("{name}.{}", field.name);
                errors.extend(self.missing_types(&field_name, named_types(field)));
                let mistakes = self.field_mistakes(object, field).into_iter();
                errors.extend(mistakes.map(|error| format!("{field_name}: {error}")));
            }
        }
        for interface in &self.interfaces {
            for field in &interface.fields {
                let field_name = format!("{}.{}", interface.name, field.name);
                errors.extend(self.missing_types(&field_name, named_types(field)));
            }
        }
        for union in &self.unions {
            errors.extend(self.missing_types(union.name, union.members.iter().copied()));
        }
        for input in self.input_objects.values() {
            for field in &input.fields {
                let field_name = format!("{}.{}", input.name, field.name);
                errors.extend(self.missing_types(&field_name, [field.ty.type_name()]));
            }
        }
        match errors.is_empty() {
            true => Ok(()),
            false => Err(SchemaError(errors.join("\n"))),
        }
    }

    fn missing_types<'a>(
        &self,
        place: &str,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Vec<String> {
        let exists = |name: &str| {
            ["Int", "Float", "String", "Boolean", "ID"].contains(&name)
                || self.objects.contains_key(name)
                || self.enums.contains_key(name)
                || self.input_objects.contains_key(name)
                || self.interfaces.iter().any(|one| one.name == name)
                || self.unions.iter().any(|one| one.name == name)
                || self.scalars.iter().any(|one| one.name == name)
        };
        let missing = names.into_iter().filter(|name| !exists(name));
        let errors = missing.map(|name| format!("{place}: there is no type {name}"));
        errors.collect()
    }

    fn field_mistakes(&self, object: &Object, field: &Field) -> Vec<String> {
        let mut mistakes = Vec::new();
        match (field.row_access, object.rows) {
            (RowAccess::Nothing, _) => {}
            (RowAccess::Columns, Rows::Table(table)) => {
                let columns = field.required_columns.iter();
                mistakes.extend(
                    columns
                        .filter(|column| column.table != table)
                        .map(|column| {
                            format!(
                                "{}.{} is not a column of {table}",
                                column.table, column.name
                            )
                        }),
                );
            }
            (RowAccess::Columns, Rows::Computed(ty)) => {
                mistakes.push(format!("it reads columns, but the rows are {}", ty.name));
            }
            (RowAccess::Row(expected), Rows::Computed(ty)) if expected == ty => {}
            (RowAccess::Row(expected), Rows::Computed(ty)) => {
                mistakes.push(format!(
                    "it reads {}, but the rows are {}",
                    expected.name, ty.name
                ));
            }
            // A record has only the columns that are declared, so a field has to declare them.
            (RowAccess::Row(expected), Rows::Table(table)) => mistakes.push(format!(
                "it reads {}, but the rows are records of {table}; declare the columns",
                expected.name
            )),
        }
        if let Resolver::Column(column) = field.resolver {
            let ty = field.ty.type_name();
            let is_enum = column.kind == CellKind::Text && self.enums.contains_key(ty);
            if ty != scalar_of(column) && !is_enum {
                let (column, scalar) = (column.name, scalar_of(column));
                mistakes.push(format!("the column {column} is {scalar}, not {ty}"));
            }
        }
        if matches!(field.resolver, Resolver::Interface) {
            mistakes.push("it is a field of an interface, without a resolver".into());
        }
        let prepared = field.prepared_type;
        let expected = [field.args_type, field.list_size_type]
            .into_iter()
            .flatten();
        mistakes.extend(
            expected
                .filter(|expected| *expected != prepared)
                .map(|expected| {
                    let (expected, prepared) = (expected.name, prepared.name);
                    format!("it expects the arguments {expected}, but prepares {prepared}")
                }),
        );
        mistakes
    }

    /// Whether an object type is the type named `name`, implements it, or is a member of it.
    ///
    /// This is [`DoesFragmentTypeApply`](https://spec.graphql.org/October2021/#DoesFragmentTypeApply()).
    pub(super) fn is_subtype_of(&self, object: &Object, name: &str) -> bool {
        object.name == name
            || object.interfaces.contains(&name)
            || self
                .unions
                .iter()
                .any(|union| union.name == name && union.members.contains(&object.name))
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

/// The types that a field names: its own and those of its arguments.
fn named_types(field: &Field) -> impl Iterator<Item = &str> {
    let arguments = field
        .arguments
        .iter()
        .map(|argument| argument.ty.type_name());
    arguments.chain([field.ty.type_name()])
}
