//! Builds an async-graphql schema from the graph, which checks the types and writes the SDL. Its
//! resolvers are empty, because the engine executes requests.

use async_graphql::{
    Error, Value,
    dynamic::{
        self, FieldFuture, InputValue, SchemaError, SubscriptionField, SubscriptionFieldFuture,
    },
};
use futures_util::stream;

use super::{
    Argument, Field, Graph, Object,
    definition::{QUERY, SUBSCRIPTION},
};

/// Builds the schema.
///
/// # Errors
/// If the definition is inconsistent, such as a field of an unknown type.
pub(super) fn build_schema(graph: &Graph) -> Result<dynamic::Schema, SchemaError> {
    let subscription = graph.has_subscriptions().then_some(SUBSCRIPTION);
    let mut builder = dynamic::Schema::build(QUERY, None, subscription);
    for object in graph.objects.values() {
        if object.name == SUBSCRIPTION {
            builder = builder.register(subscription_root(object));
            continue;
        }
        let mut built = dynamic::Object::new(object.name).description(object.description.trim());
        for interface in &object.interfaces {
            built = built.implement(*interface);
        }
        for field in object.fields.values() {
            built = built.field(dynamic_field(field));
        }
        builder = builder.register(built);
    }
    for interface in &graph.interfaces {
        let mut built = dynamic::Interface::new(interface.name).description(interface.description);
        for field in &interface.fields {
            let mut built_field = dynamic::InterfaceField::new(field.name, field.ty.clone())
                .description(field.description.trim());
            for argument in &field.arguments {
                built_field = built_field.argument(input_value(argument));
            }
            built = built.field(built_field);
        }
        builder = builder.register(built);
    }
    for union in &graph.unions {
        let built = dynamic::Union::new(union.name).description(union.description);
        builder = builder.register(
            union
                .members
                .iter()
                .fold(built, |built, member| built.possible_type(*member)),
        );
    }
    for definition in graph.enums.values() {
        let mut built = dynamic::Enum::new(definition.name).description(definition.description);
        for (value, description) in &definition.values {
            built = built.item(dynamic::EnumItem::new(*value).description(*description));
        }
        builder = builder.register(built);
    }
    for input in graph.input_objects.values() {
        let mut built = dynamic::InputObject::new(input.name).description(input.description);
        for field in &input.fields {
            built = built.field(input_value(field));
        }
        builder = builder.register(built);
    }
    for scalar in &graph.scalars {
        builder =
            builder.register(dynamic::Scalar::new(scalar.name).description(scalar.description));
    }
    builder.finish()
}

/// Builds the root type of subscriptions.
fn subscription_root(object: &Object) -> dynamic::Subscription {
    let mut built = dynamic::Subscription::new(object.name).description(object.description.trim());
    for field in object.fields.values() {
        let mut built_field = SubscriptionField::new(field.name, field.ty.clone(), |_| {
            SubscriptionFieldFuture::new(async { Ok(stream::empty::<Result<Value, Error>>()) })
        })
        .description(field.description.trim());
        for argument in &field.arguments {
            built_field = built_field.argument(input_value(argument));
        }
        built = built.field(built_field);
    }
    built
}

fn input_value(argument: &Argument) -> InputValue {
    let mut value = InputValue::new(argument.name, argument.ty.clone());
    if !argument.description.is_empty() {
        value = value.description(argument.description);
    }
    match &argument.default_value {
        Some(default) => value.default_value(default.clone()),
        None => value,
    }
}

fn dynamic_field(field: &Field) -> dynamic::Field {
    let mut built = dynamic::Field::new(field.name, field.ty.clone(), |_| FieldFuture::Value(None))
        .description(field.description.trim());
    for argument in &field.arguments {
        built = built.argument(input_value(argument));
    }
    built
}
