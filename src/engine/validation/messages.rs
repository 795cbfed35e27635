//! What apollo-compiler says of a document, with what would be right.

use apollo_compiler::{Schema as Types, schema::ExtendedType};

use crate::suggestion::nearest;

/// Whether a message is of a value or of a variable where a value is wanted.
pub(super) fn is_value_error(message: &str) -> bool {
    const PREFIXES: [&str; 6] = [
        "expected value of type ",
        "value `",
        "the required field `",
        "the required argument `",
        "int cannot represent ",
        "float cannot represent ",
    ];
    PREFIXES.iter().any(|start| message.starts_with(start))
        || (message.starts_with("field `") && message.contains(" does not exist on `"))
        || message.contains(" cannot be used for argument `")
}

const MISSING_SUBSELECTION: &str = "interface, union and object types must have a subselection";

/// Whether a message may be only because something else was wrong and left out.
pub(super) fn is_secondary(message: &str) -> bool {
    message.starts_with(MISSING_SUBSELECTION) || message.starts_with("cannot find fragment `")
}

/// A field that is merged with one of other arguments.
pub(super) fn conflicting_arguments(key: &str) -> String {
    format!(
        "{key} is asked for twice with other arguments; give one of them another name, such as \
         \"other: {key}\""
    )
}

/// Whether a message counts the root fields of a subscription: apollo-compiler counts one that is
/// written twice as two.
pub(super) fn is_root_field_count_error(message: &str) -> bool {
    message.ends_with(" can only have one root field")
}

/// The message with what would be right, where that can be said; names are quoted. `word` is what the
/// document has at the place of the message.
pub(super) fn explain(message: &str, word: &str, types: &Types) -> String {
    if let Some((directive, place)) = message.split_once(" directive is not supported for ") {
        return misplaced_directive(directive, place, types);
    }
    if let Some(rest) = message.strip_prefix("non-repeatable directive ") {
        let directive = rest.split(' ').next().unwrap_or_default();
        return format!("@{directive} is given twice in one place; give it once");
    }
    let parts: Vec<&str> = message.split('`').collect();
    match parts.as_slice() {
        ["type ", ty, " does not have a field ", field, ""] => {
            let known = field_names(types, ty);
            let right = match nearest(field, known.iter().copied()) {
                Some(near) => format!("did you mean {near:?}?"),
                None if known.is_empty() => missing_fields_hint(types, ty),
                None => format!("it has {}", join_names(&known)),
            };
            format!("{ty} has no field {field:?}; {right}")
        }
        [
            "the argument ",
            argument,
            " is not supported by ",
            coordinate,
            "",
        ] => {
            let known = argument_names(types, coordinate);
            let right = match nearest(argument, known.iter().copied()) {
                Some(near) => format!("did you mean {near:?}?"),
                None if known.is_empty() => "it takes none".to_owned(),
                None => format!("it takes {}", join_names(&known)),
            };
            format!("{coordinate} has no argument {argument:?}; {right}")
        }
        ["cannot find directive ", directive, " in this document"] => {
            let known = types
                .directive_definitions
                .keys()
                .map(|name| format!("@{name}"));
            let known: Vec<_> = known.collect();
            format!(
                "there is no directive {directive}; there are {}",
                known.join(", ")
            )
        }
        ["cannot find type ", ty, " in this document"] => unknown_type(ty, types),
        ["type condition ", ty, ..] if message.ends_with("is not a type defined in the schema") => {
            unknown_type(ty, types)
        }
        ["cannot find fragment ", fragment, " in this document"] => {
            format!("there is no fragment {fragment} in the document")
        }
        ["variable ", variable, " is not defined"] => {
            format!("the operation does not declare the variable {variable}")
        }
        ["unused variable: ", variable, ""] => {
            format!("the variable {variable} is declared, but not used")
        }
        ["", operation, " root operation type is not defined"] => {
            format!("{operation} is not supported; send a query")
        }
        ["fragment ", fragment, " must be used in an operation"] => {
            format!("the fragment {fragment} is not used; spread it, or leave it out")
        }
        [
            "cannot select different fields into the same alias ",
            key,
            "",
        ] => {
            format!("two fields are called {key:?}; give one of them another name")
        }
        [
            "operation must not select different types using the same name ",
            key,
            "",
        ] => format!(
            "fields called {key:?} have values of different types; give one of them another name"
        ),
        [
            "operation must not provide conflicting field arguments for the same name ",
            key,
            "",
        ] => conflicting_arguments(key),
        [
            "field selection of scalar type " | "field selection of enum type ",
            ty,
            ..,
        ] => {
            format!("{ty} is a value without fields; leave out the braces after its name")
        }
        ["the argument ", argument, " is provided multiple times"] => {
            format!("the argument {argument} is given twice; give it once")
        }
        [_, ty, " cannot be applied to ", parent, ""]
        | [_, _, _, ty, " cannot be applied to ", parent, ""] => {
            format!("a fragment on {ty} stands in a selection of {parent}, which is never one")
        }
        _ if message.starts_with("anonymous operation cannot be selected") => {
            "an operation without a name has to be the only one of its document; give it a name"
                .to_owned()
        }
        _ if message.starts_with(MISSING_SUBSELECTION) => {
            let object = match word {
                "" => "an object".to_owned(),
                word => format!("{word:?}"),
            };
            format!(
                "{object} is asked for without any of its fields; write them in braces after its name"
            )
        }
        _ if message.ends_with("must have a composite type in its type condition") => {
            "a fragment is on a type that has no fields; write one on a type that has".to_owned()
        }
        _ => message.replace('`', "\""),
    }
}

/// The names, the first of them where there are many.
fn join_names(names: &[&str]) -> String {
    const MAX_NAMES: usize = 12;
    match names.get(..MAX_NAMES) {
        Some(first) if names.len() > MAX_NAMES => {
            format!("{} and {} more", first.join(", "), names.len() - MAX_NAMES)
        }
        _ => names.join(", "),
    }
}

/// What to do about a type without fields of its own.
fn missing_fields_hint(types: &Types, ty: &str) -> String {
    match types.types.get(ty) {
        Some(ExtendedType::Union(union)) => {
            let members: Vec<_> = union.members.iter().map(|member| member.as_str()).collect();
            format!("write \"... on\" one of {}", members.join(", "))
        }
        _ => "it has no fields".to_owned(),
    }
}

/// What the parser says of a text that is not GraphQL, in the characters that it is about.
pub(super) fn explain_syntax_error(said: &str) -> String {
    const CHARACTERS: [(&str, &str); 12] = [
        ("L_CURLY", "{"),
        ("R_CURLY", "}"),
        ("L_PAREN", "("),
        ("R_PAREN", ")"),
        ("L_BRACK", "["),
        ("R_BRACK", "]"),
        ("COLON", ":"),
        ("DOLLAR", "$"),
        ("EQ", "="),
        ("AT", "@"),
        ("on_KW", "on"),
        ("fragment_KW", "fragment"),
    ];
    let said = said.strip_prefix("syntax error: ").unwrap_or(said);
    let Some((expected, got)) = said.split_once(", got ") else {
        return said.to_owned();
    };
    let kind = expected.trim_start_matches("expected ");
    let known = CHARACTERS.iter().find(|(name, _)| *name == kind);
    let expected = known.map_or(kind, |(_, character)| character);
    match got {
        "EOF" => format!("it ends where {expected:?} is expected"),
        got => {
            let got: String = got.chars().take(40).collect();
            format!("{got:?} stands where {expected:?} is expected")
        }
    }
}

/// A directive where it may not stand; `place` is as in `FRAGMENT_DEFINITION location`.
fn misplaced_directive(directive: &str, place: &str, types: &Types) -> String {
    let spelled = |place: &str| place.to_lowercase().replace('_', " ");
    let known = types.directive_definitions.get(directive);
    let places: Vec<_> = known
        .into_iter()
        .flat_map(|directive| &directive.locations)
        .map(|place| spelled(place.name()))
        .collect();
    let place = spelled(place.trim_end_matches(" location"));
    format!(
        "@{directive} stands on a {place}; it may stand on a {}",
        places.join(", ")
    )
}

fn unknown_type(ty: &str, types: &Types) -> String {
    let known = types.types.keys().map(|name| name.as_str());
    match nearest(ty, known) {
        Some(near) => format!("there is no type {ty:?}; did you mean {near:?}?"),
        None => format!("there is no type {ty:?}; the schema has none of that name"),
    }
}

/// The names of the fields of a type.
fn field_names<'a>(types: &'a Types, ty: &str) -> Vec<&'a str> {
    match types.types.get(ty) {
        Some(ExtendedType::Object(object)) => {
            object.fields.keys().map(|name| name.as_str()).collect()
        }
        Some(ExtendedType::Interface(interface)) => {
            interface.fields.keys().map(|name| name.as_str()).collect()
        }
        _ => Vec::new(),
    }
}

/// The names of the arguments of what a coordinate such as `Query.city` or `@skip` names.
fn argument_names<'a>(types: &'a Types, coordinate: &str) -> Vec<&'a str> {
    argument_definitions(types, coordinate)
        .iter()
        .map(|argument| argument.name.as_str())
        .collect()
}

type ArgumentDefinitions = [apollo_compiler::Node<apollo_compiler::ast::InputValueDefinition>];

fn argument_definitions<'a>(types: &'a Types, coordinate: &str) -> &'a ArgumentDefinitions {
    if let Some(directive) = coordinate.strip_prefix('@') {
        return types
            .directive_definitions
            .get(directive)
            .map_or(&[], |directive| &directive.arguments);
    }
    let Some((ty, field)) = coordinate.split_once('.') else {
        return &[];
    };
    let (Ok(field), Some(ty)) = (
        apollo_compiler::Name::new(field),
        types.types.get_key_value(ty),
    ) else {
        return &[];
    };
    types
        .type_field(ty.0, &field)
        .map_or(&[], |field| &field.arguments)
}
