//! `__Type.isOneOf`, which clients select: whether an input object is a
//! [OneOf Input Object](https://spec.graphql.org/September2025/#sec-OneOf-Input-Objects). This schema has
//! none, so the field is false for input objects and null for all other types.
//!
//! Missing upstream: introspection in apollo-compiler 1.33 does not have the field. This file can be
//! deleted once it does. Until then, a valid document selects `kind` instead, under the same response key
//! with a mark after it, and the marked values are replaced in the result.

use apollo_compiler::{
    ExecutableDocument, Name, Schema as Types, ast,
    executable::{Selection, SelectionSet},
    name,
    schema::{Component, ExtendedType, FieldDefinition},
    validation::Valid,
};

const TYPE: &str = "__Type";
/// No name contains this character.
const MARK: char = '?';

/// Adds the field to `__Type`.
pub(in crate::engine) fn add_is_one_of(types: Valid<Types>) -> Valid<Types> {
    let mut types = types.into_inner();
    if let Some(ExtendedType::Object(object)) = types.types.get_mut(TYPE) {
        let field = FieldDefinition {
            description: None,
            name: name!("isOneOf"),
            arguments: Vec::new(),
            ty: ast::Type::Named(name!("Boolean")),
            directives: Default::default(),
        };
        let fields = &mut object.make_mut().fields;
        fields.insert(name!("isOneOf"), Component::new(field));
    }
    Valid::assume_valid(types)
}

/// Selects `kind` in place of each `isOneOf`.
pub(in crate::engine) fn select_kind(
    types: &Types,
    document: Valid<ExecutableDocument>,
) -> Valid<ExecutableDocument> {
    let Ok(kind) = types.type_field(TYPE, "kind") else {
        return document;
    };
    let mut document = document.into_inner();
    let operations = &mut document.operations;
    for operation in operations
        .named
        .values_mut()
        .chain(&mut operations.anonymous)
    {
        select_kind_in(&mut operation.make_mut().selection_set, kind);
    }
    for fragment in document.fragments.values_mut() {
        select_kind_in(&mut fragment.make_mut().selection_set, kind);
    }
    Valid::assume_valid(document)
}

fn select_kind_in(set: &mut SelectionSet, kind: &Component<FieldDefinition>) {
    for selection in &mut set.selections {
        match selection {
            Selection::Field(field) => {
                let field = field.make_mut();
                if set.ty == TYPE && field.name == "isOneOf" {
                    let key = format!("{}{MARK}", field.response_key());
                    field.alias = Some(Name::new_unchecked(&key));
                    field.name = name!("kind");
                    field.definition = kind.node.clone();
                }
                select_kind_in(&mut field.selection_set, kind);
            }
            Selection::InlineFragment(fragment) => {
                select_kind_in(&mut fragment.make_mut().selection_set, kind);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Replaces the marked kinds in a result by the values of `isOneOf`. In compact JSON, no string contains an
/// unescaped quotation mark, so what separates a marked key from its value occurs nowhere else.
pub(super) fn restore_is_one_of(json: &str) -> String {
    let separator = format!("{MARK}\":\"");
    let mut parts = json.split(&separator);
    let mut restored = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (kind, rest) = part.split_once('"').unwrap_or((part, ""));
        restored += match kind {
            "INPUT_OBJECT" => "\":false",
            _ => "\":null",
        };
        restored += rest;
    }
    restored
}
