//! Builds an async-graphql schema from the graph, which checks the types and writes the SDL. Its
//! resolvers are empty, because the engine executes requests.

use async_graphql::{
    Error, Value,
    dynamic::{
        Enum, EnumItem, Field as DynamicField, FieldFuture, InputObject, InputValue, Interface,
        InterfaceField, Object as DynamicObject, Schema, SchemaError, Subscription,
        SubscriptionField, SubscriptionFieldFuture, Type,
    },
};
use futures_util::stream;

use super::{Argument, Field, Graph, Object};

/// The root type of queries.
const QUERY: &str = "Query";
/// The root type of subscriptions.
const SUBSCRIPTION: &str = "Subscription";

/// Builds the schema, and takes the types other than objects out of the graph.
///
/// # Errors
/// If the definition is inconsistent, such as a field of an unknown type.
pub(super) fn build_schema(graph: &mut Graph) -> Result<Schema, SchemaError> {
    let subscription = graph.objects.contains_key(SUBSCRIPTION);
    let builder = Schema::build(QUERY, None, subscription.then_some(SUBSCRIPTION));
    let objects = graph.objects.values().map(|object| match object.name {
        SUBSCRIPTION => Type::from(subscription_root(object)),
        _ => Type::from(object_type(object)),
    });
    let types = objects.chain(graph.types.drain(..));
    types
        .fold(builder, |builder, ty| builder.register(ty))
        .finish()
}

fn object_type(object: &Object) -> DynamicObject {
    let mut built = DynamicObject::new(object.name).description(object.description.trim());
    for interface in &object.interfaces {
        built = built.implement(*interface);
    }
    for field in object.fields.values() {
        let empty = DynamicField::new(field.name, field.ty.clone(), |_| FieldFuture::Value(None))
            .description(field.description.trim());
        let arguments = field.arguments.iter().map(input_value);
        built = built.field(arguments.fold(empty, DynamicField::argument));
    }
    built
}

fn subscription_root(object: &Object) -> Subscription {
    let mut built = Subscription::new(object.name).description(object.description.trim());
    for field in object.fields.values() {
        let empty = SubscriptionField::new(field.name, field.ty.clone(), |_| {
            SubscriptionFieldFuture::new(async { Ok(stream::empty::<Result<Value, Error>>()) })
        })
        .description(field.description.trim());
        let arguments = field.arguments.iter().map(input_value);
        built = built.field(arguments.fold(empty, SubscriptionField::argument));
    }
    built
}

/// Makes an interface. Only the name, type, arguments and description of the fields are used, because the
/// types that implement it resolve them.
pub fn interface_type(
    name: &str,
    description: &str,
    fields: impl IntoIterator<Item = Field>,
) -> Interface {
    let mut built = Interface::new(name).description(description);
    for field in fields {
        let empty = InterfaceField::new(field.name, field.ty).description(field.description.trim());
        let arguments = field.arguments.iter().map(input_value);
        built = built.field(arguments.fold(empty, InterfaceField::argument));
    }
    built
}

/// Makes an enum from the names of its values and their descriptions.
pub fn enum_type<'a>(
    name: &str,
    description: &str,
    values: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Enum {
    let values = values.into_iter();
    Enum::new(name)
        .description(description)
        .items(values.map(|(name, description)| EnumItem::new(name).description(description)))
}

/// Makes an input object with these fields.
pub fn input_object_type(
    name: &str,
    description: &str,
    fields: impl IntoIterator<Item = Argument>,
) -> InputObject {
    let input = InputObject::new(name).description(description);
    let fields = fields.into_iter().map(|field| input_value(&field));
    fields.fold(input, InputObject::field)
}

fn input_value(argument: &Argument) -> InputValue {
    let value = InputValue::new(argument.name, argument.ty.clone());
    let value = value.description(argument.description);
    match &argument.default_value {
        Some(default) => value.default_value(default.clone()),
        None => value,
    }
}
