//! The definition of a graph: its types, made of fields.
//!
//! Everything else is made from it: the async-graphql schema (types, validation, introspection,
//! SDL), the plan of a request, and its execution.

use std::{collections::BTreeSet, sync::Arc};

use indexmap::IndexMap;

use super::{Argument, Field};
use crate::{db::ColumnRef, vocabulary::Vocabulary};

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
    pub fn required_columns(&self) -> Vec<ColumnRef> {
        let columns: BTreeSet<ColumnRef> = self
            .fields
            .values()
            .flat_map(|field| field.required_columns.iter().copied())
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
    pub fn from_vocabulary<V: Vocabulary>() -> Self {
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
pub struct InputObject {
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

/// The type of the root of queries.
pub(super) const QUERY: &str = "Query";
/// The type of the root of subscriptions.
pub(super) const SUBSCRIPTION: &str = "Subscription";

/// A whole graph.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Object types by name; `Query` among them, and `Subscription` where there is one.
    pub objects: IndexMap<&'static str, Arc<Object>>,
    /// Interfaces.
    pub interfaces: Vec<Interface>,
    /// Unions.
    pub unions: Vec<Union>,
    /// Enums.
    pub enums: IndexMap<&'static str, Enum>,
    /// Input objects.
    pub input_objects: IndexMap<&'static str, InputObject>,
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
    pub fn add_field(mut self, object: &str, field: Field) -> Self {
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

    /// Whether the graph has subscriptions.
    pub(super) fn has_subscriptions(&self) -> bool {
        self.objects.contains_key(SUBSCRIPTION)
    }

    /// Whether a value of the type named `name` says of what type it is: an interface or a union.
    pub(super) fn is_abstract(&self, name: &str) -> bool {
        self.interfaces.iter().any(|known| known.name == name)
            || self.unions.iter().any(|known| known.name == name)
    }

    /// Whether an object is of the type named `name`: its own, one that it implements, or a union
    /// that it is a member of.
    pub(super) fn is_subtype_of(&self, object: &Object, name: &str) -> bool {
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
                .filter(|object| self.is_subtype_of(object, name))
                .cloned()
                .collect(),
        }
    }
}
