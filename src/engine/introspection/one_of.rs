//! `__Type.isOneOf`, which clients ask for and apollo-compiler does not know: whether an input object
//! takes exactly one of its fields. There are none in this schema, so it is false of input objects
//! and null of everything else, as the specification says; what a type is, its kind tells.

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

/// The types with the field.
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

/// The document and the operation with the kind of a type in the place of each `isOneOf`; `None`
/// where nothing asks for it.
pub(super) fn rewrite_to_kind(
    types: &Types,
    document: &Valid<ExecutableDocument>,
    operation: &Operation,
) -> Option<(Valid<ExecutableDocument>, Operation)> {
    let kind = types.type_field(TYPE, "kind").ok()?;
    let mut found = false;
    let mut operation = operation.clone();
    replace_with_kind(&mut operation.selection_set, kind, &mut found);
    let mut document = ExecutableDocument::clone(document);
    for fragment in document.fragments.values_mut() {
        replace_with_kind(&mut fragment.make_mut().selection_set, kind, &mut found);
    }
    found.then(|| (Valid::assume_valid(document), operation))
}

fn replace_with_kind(set: &mut SelectionSet, kind: &Component<FieldDefinition>, found: &mut bool) {
    let is_type = set.ty == TYPE;
    for selection in &mut set.selections {
        match selection {
            Selection::Field(field) => {
                let field = Node::make_mut(field);
                if is_type && field.name == IS_ONE_OF {
                    *found = true;
                    field.alias = Some(field.response_key().clone());
                    field.name = name!("kind");
                    field.definition = kind.node.clone();
                }
                replace_with_kind(&mut field.selection_set, kind, found);
            }
            Selection::InlineFragment(fragment) => {
                replace_with_kind(&mut fragment.make_mut().selection_set, kind, found);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Puts the values of `isOneOf` in the place of the kinds that were asked for instead.
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
                    // What several fragments select is met again.
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
