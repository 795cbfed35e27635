//! The definition of a graph: its types and their fields.
//!
//! async-graphql turns the definition into the schema (SDL), which apollo-compiler validates documents
//! against and answers introspection from. Plans and their execution use the definition itself.

use std::{collections::BTreeSet, sync::Arc};

use indexmap::IndexMap;

use super::{Argument, Field};
use crate::{db::ColumnRef, vocabulary::Vocabulary};

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
}

impl Object {
    /// Defines an object type without fields.
    pub fn new(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            interfaces: Vec::new(),
            fields: IndexMap::new(),
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
}

impl Graph {
    /// Adds an object type.
    #[must_use]
    pub fn object(mut self, object: Object) -> Self {
        self.objects.insert(object.name, Arc::new(object));
        self
    }

    /// Adds a field to an object type. Does nothing if the graph has no such type.
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

    pub(super) fn has_subscriptions(&self) -> bool {
        self.objects.contains_key(SUBSCRIPTION)
    }

    /// Whether a type is an interface or a union, so that its values carry the name of their type.
    pub(super) fn is_abstract(&self, name: &str) -> bool {
        self.interfaces.iter().any(|one| one.name == name)
            || self.unions.iter().any(|one| one.name == name)
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
