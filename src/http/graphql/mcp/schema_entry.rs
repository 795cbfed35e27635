//! The types of the schema with their fields and values, for a search.

use apollo_compiler::{
    Node, Schema,
    ast::{FieldDefinition, InputValueDefinition},
    schema::ExtendedType,
};

/// A type, a field, or a value of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SchemaEntry {
    /// The name, such as `Partnership` or `Partnership.slug`.
    pub(super) name: String,
    /// The definition in the SDL, without descriptions.
    pub(super) definition: String,
    /// The description, with those of the arguments; empty if there is none.
    pub(super) description: String,
}

/// Returns all types but those of introspection, each followed by its fields or values.
pub(super) fn schema_entries(types: &Schema) -> Vec<SchemaEntry> {
    let types = types.types.values().filter(|ty| !ty.is_built_in());
    types.flat_map(type_entries).collect()
}

fn type_entries(ty: &ExtendedType) -> Vec<SchemaEntry> {
    let (keyword, members): (_, Vec<_>) = match ty {
        ExtendedType::Scalar(_) => ("scalar", Vec::new()),
        ExtendedType::Union(union) => {
            let members = union.members.iter();
            let member = |name: String| (name.clone(), name, String::new());
            let members = members.map(|name| member(name.to_string()));
            ("union", members.collect())
        }
        ExtendedType::Object(object) => {
            let fields = object.fields.values();
            ("type", fields.map(|field| field_entry(field)).collect())
        }
        ExtendedType::Interface(interface) => {
            let fields = interface.fields.values();
            let fields = fields.map(|field| field_entry(field));
            ("interface", fields.collect())
        }
        ExtendedType::InputObject(input) => {
            let fields = input.fields.values().map(|field| {
                let description = text(field.description.as_ref());
                (field.name.to_string(), input_value(field), description)
            });
            ("input", fields.collect())
        }
        ExtendedType::Enum(definition) => {
            let values = definition.values.values().map(|value| {
                let name = value.value.to_string();
                (name.clone(), name, text(value.description.as_ref()))
            });
            ("enum", values.collect())
        }
    };
    let name = ty.name();
    let definitions: Vec<_> = members.iter().map(|(_, text, _)| text.as_str()).collect();
    let of_type = SchemaEntry {
        name: name.to_string(),
        definition: format!("{keyword} {name} {{ {} }}", definitions.join("; ")),
        description: text(ty.description()),
    };
    let is_union = ty.is_union();
    let members = members.into_iter().filter(|_| !is_union);
    let members = members.map(|(member, definition, description)| SchemaEntry {
        name: format!("{name}.{member}"),
        definition,
        description,
    });
    [of_type].into_iter().chain(members).collect()
}

/// The name, definition, and description of a field.
fn field_entry(field: &FieldDefinition) -> (String, String, String) {
    let arguments: Vec<_> = field.arguments.iter().map(|it| input_value(it)).collect();
    let arguments = match arguments.is_empty() {
        true => String::new(),
        false => format!("({})", arguments.join(", ")),
    };
    let mut description = text(field.description.as_ref());
    for argument in &field.arguments {
        let of_argument = text(argument.description.as_ref());
        description += &format!("\n- {}: {of_argument}", argument.name);
    }
    let definition = format!("{}{arguments}: {}", field.name, field.ty);
    (field.name.to_string(), definition, description)
}

fn input_value(value: &InputValueDefinition) -> String {
    let default = value.default_value.as_ref();
    let default = default.map(|default| format!(" = {default}"));
    format!(
        "{}: {}{}",
        value.name,
        value.ty,
        default.unwrap_or_default()
    )
}

fn text(description: Option<&Node<str>>) -> String {
    description.map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use apollo_compiler::Schema;

    use super::schema_entries;

    #[test]
    fn the_schema_is_a_list_of_its_types_and_their_members() {
        let sdl = r#"
            "The root."
            type Query {
              "How many there are."
              count("What is counted." in: [In!], sort: Sort = B): Int!
            }
            "A condition."
            input In { "At least as many." least: Int! name: String }
            enum Sort { "The first." A B }
            union Thing = Cat | Query
            interface Named { name: String! }
            type Cat implements Named { name: String! }
        "#;
        let types = Schema::parse_and_validate(sdl, "schema.graphql").unwrap();
        let entries = schema_entries(&types).into_iter();
        let texts = entries.map(|entry| {
            format!(
                "{}: {} ({})",
                entry.name, entry.definition, entry.description
            )
        });
        assert_eq!(
            texts.collect::<Vec<_>>(),
            [
                "Query: type Query { count(in: [In!], sort: Sort = B): Int! } (The root.)",
                "Query.count: count(in: [In!], sort: Sort = B): Int! (How many there are.\n- in: What is counted.\n- sort: )",
                "In: input In { least: Int!; name: String } (A condition.)",
                "In.least: least: Int! (At least as many.)",
                "In.name: name: String ()",
                "Sort: enum Sort { A; B } ()",
                "Sort.A: A (The first.)",
                "Sort.B: B ()",
                "Thing: union Thing { Cat; Query } ()",
                "Named: interface Named { name: String! } ()",
                "Named.name: name: String! ()",
                "Cat: type Cat { name: String! } ()",
                "Cat.name: name: String! ()",
            ]
        );
    }
}
