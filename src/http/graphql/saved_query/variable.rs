//! The variables of an operation, for forms and URLs that set them.

use apollo_compiler::{ast::Type, schema::ExtendedType};

use crate::{
    engine::{Document, Engine},
    graphql_error::GraphqlError,
};

/// A variable of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::http::graphql) struct OperationVariable {
    /// The name without `$`.
    pub(in crate::http::graphql) name: String,
    /// The type in GraphQL, such as `[PartnershipLevel!]`.
    pub(in crate::http::graphql) ty: String,
    /// The name of the type without lists and non-null.
    pub(in crate::http::graphql) type_name: String,
    /// Whether the value is a list.
    pub(in crate::http::graphql) is_list: bool,
    /// Whether a request must set it.
    pub(in crate::http::graphql) is_required: bool,
    /// The default in GraphQL; `None` if there is none.
    pub(in crate::http::graphql) default: Option<String>,
    /// The values of an enum; empty for other types.
    pub(in crate::http::graphql) enum_values: Vec<String>,
    /// Whether the values are input objects.
    pub(in crate::http::graphql) is_input_object: bool,
}

/// Returns the variables of an operation in their order.
///
/// # Errors
/// If the document does not have the operation.
pub(in crate::http::graphql) fn operation_variables(
    engine: &Engine,
    document: &Document,
    operation_name: Option<&str>,
) -> Result<Vec<OperationVariable>, GraphqlError> {
    let operation = document.get_operation(operation_name)?;
    let variables = operation.variables.iter().map(|variable| {
        let ty: &Type = &variable.ty;
        let type_name = ty.inner_named_type();
        let definition = engine.types().types.get(type_name);
        let enum_values = match definition {
            Some(ExtendedType::Enum(definition)) => {
                definition.values.keys().map(ToString::to_string).collect()
            }
            _ => Vec::new(),
        };
        OperationVariable {
            name: variable.name.to_string(),
            ty: ty.to_string(),
            type_name: type_name.to_string(),
            is_list: ty.is_list(),
            is_required: ty.is_non_null() && variable.default_value.is_none(),
            default: variable.default_value.as_ref().map(ToString::to_string),
            enum_values,
            is_input_object: matches!(definition, Some(ExtendedType::InputObject(_))),
        }
    });
    Ok(variables.collect())
}

#[cfg(test)]
mod tests {
    use super::operation_variables;
    use crate::{
        engine::{Argument, Engine, Field, Graph, Object, enum_type, input_object_type, no_plan},
        limits::Limits,
    };

    /// A graph with an argument of every kind.
    fn graph() -> Graph {
        let arguments = [
            Argument::new("in", "[In!]", "What is counted."),
            Argument::new("kind", "Kind", ""),
        ];
        let count = Field::new("count", "Int!", "How many there are.")
            .once(no_plan::<()>, |_| unreachable!("nothing is executed"))
            .with_arguments(arguments, |_: [_; 2], _| Ok(()));
        let fields = [
            Argument::new("least", "Int!", "At least as many."),
            Argument::new("name", "String", ""),
        ];
        Graph::default()
            .object(Object::new::<()>("Query", "The root.").field(count))
            .add_type(input_object_type("In", "A condition.", fields))
            .add_type(enum_type("Kind", "", [("A", "The first."), ("B", "")]))
    }

    #[test]
    fn variables_are_described_in_their_order() {
        let engine = Engine::new(graph(), Limits::default()).unwrap();
        let query = "query A($in: [In!], $n: Int! = 3, $kind: Kind!) { count(in: $in, kind: $kind) more: count(in: { least: $n }) } query B { count }";
        let document = engine.parse_document(query).unwrap();
        let variables = |name| {
            let variables = operation_variables(&engine, &document, Some(name)).unwrap();
            let texts = variables.iter().map(|variable| {
                format!(
                    "{}: {} of {} list={} required={} default={:?} values={} object={}",
                    variable.name,
                    variable.ty,
                    variable.type_name,
                    variable.is_list,
                    variable.is_required,
                    variable.default,
                    variable.enum_values.join("|"),
                    variable.is_input_object
                )
            });
            texts.collect::<Vec<_>>()
        };
        assert_eq!(
            variables("A"),
            [
                "in: [In!] of In list=true required=false default=None values= object=true",
                "n: Int! of Int list=false required=false default=Some(\"3\") values= object=false",
                "kind: Kind! of Kind list=false required=true default=None values=A|B object=false",
            ]
        );
        assert_eq!(variables("B"), Vec::<String>::new());
        let unknown = operation_variables(&engine, &document, Some("C")).unwrap_err();
        assert!(unknown.message.contains("\"C\""), "{unknown:?}");
    }
}
