//! `__Type.isOneOf`, which clients select but apollo-compiler does not support: whether an input object
//! is a [OneOf Input Object](https://spec.graphql.org/September2025/#sec-OneOf-Input-Objects). This
//! schema has none, so the field is false for input objects and null for all other types. Introspection
//! is executed with `kind` in place of `isOneOf`, and the result follows from the kind.

use apollo_compiler::{
    ExecutableDocument, Node, Schema as Types, ast,
    executable::{Operation, Selection, SelectionSet},
    name,
    response::{JsonMap, JsonValue},
    schema::{Component, ExtendedType, FieldDefinition},
    validation::Valid,
};

const TYPE: &str = "__Type";
const IS_ONE_OF: &str = "isOneOf";

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

/// Returns the document and the operation with `kind` in place of each `isOneOf`; `None` if there is no
/// `isOneOf`.
pub(super) fn rewrite_to_kind(
    types: &Types,
    document: &Valid<ExecutableDocument>,
    operation: &Operation,
) -> Option<(Valid<ExecutableDocument>, Operation)> {
    let kind = types.type_field(TYPE, "kind").ok()?;
    let mut is_replaced = false;
    let mut operation = operation.clone();
    replace_with_kind(&mut operation.selection_set, kind, &mut is_replaced);
    let mut document = ExecutableDocument::clone(document);
    for fragment in document.fragments.values_mut() {
        replace_with_kind(
            &mut fragment.make_mut().selection_set,
            kind,
            &mut is_replaced,
        );
    }
    is_replaced.then(|| (Valid::assume_valid(document), operation))
}

fn replace_with_kind(
    set: &mut SelectionSet,
    kind: &Component<FieldDefinition>,
    is_replaced: &mut bool,
) {
    let is_type = set.ty == TYPE;
    for selection in &mut set.selections {
        match selection {
            Selection::Field(field) => {
                let field = Node::make_mut(field);
                if is_type && field.name == IS_ONE_OF {
                    *is_replaced = true;
                    field.alias = Some(field.response_key().clone());
                    field.name = name!("kind");
                    field.definition = kind.node.clone();
                }
                replace_with_kind(&mut field.selection_set, kind, is_replaced);
            }
            Selection::InlineFragment(fragment) => {
                replace_with_kind(&mut fragment.make_mut().selection_set, kind, is_replaced);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Replaces the kinds in the result by the values of `isOneOf`.
pub(super) fn restore_is_one_of(
    document: &ExecutableDocument,
    set: &SelectionSet,
    data: &mut JsonMap,
) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                let Some(value) = data.get_mut(field.response_key().as_str()) else {
                    continue;
                };
                if set.ty == TYPE && field.name == IS_ONE_OF {
                    // The value is no longer a string if another fragment selects it, too.
                    if let Some(kind) = value.as_str() {
                        *value = match kind {
                            "INPUT_OBJECT" => JsonValue::Bool(false),
                            _ => JsonValue::Null,
                        };
                    }
                } else {
                    restore_in_value(document, &field.selection_set, value);
                }
            }
            Selection::InlineFragment(fragment) => {
                restore_is_one_of(document, &fragment.selection_set, data)
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.fragment_name) {
                    restore_is_one_of(document, &fragment.selection_set, data);
                }
            }
        }
    }
}

fn restore_in_value(document: &ExecutableDocument, set: &SelectionSet, value: &mut JsonValue) {
    match value {
        JsonValue::Object(data) => restore_is_one_of(document, set, data),
        JsonValue::Array(values) => {
            for value in values {
                restore_in_value(document, set, value);
            }
        }
        _ => {}
    }
}
