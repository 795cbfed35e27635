//! The graph as an async-graphql schema: types and SDL.
//!
//! Its resolvers call the very same field definitions object by object, with async-graphql's
//! data loader collecting the keys. That is what the engine is compared with in tests.

use std::sync::Arc;

use async_graphql::{
    Value,
    dynamic::{
        self, FieldFuture, FieldValue, InputValue, ResolverContext, SchemaError, SubscriptionField,
        SubscriptionFieldFuture,
    },
};
use futures_util::stream;

use super::{
    Argument, BatchCall, Context, ExecutionError, Field, Graph, InternalError, Object, ObjectRow,
    ResolvedValue, Resolver, SelectedColumns,
    arguments::ArgumentValues,
    definition::{QUERY, SUBSCRIPTION},
};
use crate::db::Record;

/// Builds the schema.
///
/// # Errors
/// Where the definition does not hold together, such as a field of an unknown type.
pub(super) fn build_schema(graph: &Graph) -> Result<dynamic::Schema, SchemaError> {
    let subscription = graph.has_subscriptions().then_some(SUBSCRIPTION);
    let mut builder = dynamic::Schema::build(QUERY, None, subscription)
        // The depth of a document is bounded before async-graphql sees it.
        .limit_recursive_depth(256);
    for object in graph.objects.values() {
        if object.name == SUBSCRIPTION {
            builder = builder.register(subscription_root(graph, object));
            continue;
        }
        let mut built = dynamic::Object::new(object.name).description(object.description.trim());
        for interface in &object.interfaces {
            built = built.implement(*interface);
        }
        for field in object.fields.values() {
            built = built.field(dynamic_field(graph, object.name, field));
        }
        builder = builder.register(built);
    }
    for interface in &graph.interfaces {
        let mut built = dynamic::Interface::new(interface.name).description(interface.description);
        for field in &interface.fields {
            let mut described = dynamic::InterfaceField::new(field.name, field.ty.clone())
                .description(field.description.trim());
            for argument in &field.arguments {
                described = described.argument(input_value(argument));
            }
            built = built.field(described);
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
    for known in graph.enums.values() {
        let mut built = dynamic::Enum::new(known.name).description(known.description);
        for (value, description) in &known.values {
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

/// The root of subscriptions; each field gives one event, with what is so now.
fn subscription_root(graph: &Graph, object: &Object) -> dynamic::Subscription {
    let mut built = dynamic::Subscription::new(object.name).description(object.description.trim());
    for field in object.fields.values() {
        let (definition, root) = (field.clone(), object.name);
        let is_abstract = graph.is_abstract(field.ty.type_name());
        let mut event = SubscriptionField::new(field.name, field.ty.clone(), move |resolver| {
            let field = definition.clone();
            SubscriptionFieldFuture::new(async move {
                let output = resolve_field_value(root, &field, &resolver).await?;
                let value = to_field_value(output, is_abstract).unwrap_or(FieldValue::NULL);
                Ok(stream::iter([Ok(value)]))
            })
        })
        .description(field.description.trim());
        for argument in &field.arguments {
            event = event.argument(input_value(argument));
        }
        built = built.field(event);
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

fn dynamic_field(graph: &Graph, object: &'static str, field: &Arc<Field>) -> dynamic::Field {
    let definition = field.clone();
    let ty = field.ty.type_name();
    let is_abstract = graph.is_abstract(ty);
    let mut built = dynamic::Field::new(field.name, field.ty.clone(), move |resolver| {
        let field = definition.clone();
        FieldFuture::new(async move {
            let output = resolve_field_value(object, &field, &resolver).await?;
            Ok(to_field_value(output, is_abstract))
        })
    })
    .description(field.description.trim());
    for argument in &field.arguments {
        built = built.argument(input_value(argument));
    }
    built
}

/// The value of a field for one object.
async fn resolve_field_value(
    object: &str,
    field: &Field,
    resolver: &ResolverContext<'_>,
) -> Result<ResolvedValue, async_graphql::Error> {
    let context = resolver.data::<Arc<Context>>()?;
    let arguments = ArgumentValues::from_coerced(&field.arguments, |name| {
        resolver
            .args
            .get(name)
            .map(|value| value.as_value().clone())
    });
    let args = field
        .prepare_arguments(&arguments, &context.limits)
        .map_err(|refusal| async_graphql::Error::new(refusal.message))?;
    let row = match resolver.parent_value.downcast_ref::<ObjectRow>() {
        Some(row) => row.clone(),
        None => Arc::new(()),
    };
    let output = match &field.resolver {
        // async-graphql answers introspection itself.
        Resolver::TypeName | Resolver::Introspection(_) => Ok(ResolvedValue::from(object)),
        Resolver::Column(column) => Ok(row
            .downcast_ref::<Record>()
            .map_or(ResolvedValue::Null, |record| record.get(*column).into())),
        Resolver::Compute(compute) => compute(&row, &args).map_err(Into::into),
        Resolver::Batch(batch) => batch(BatchCall {
            context,
            rows: &[row],
            args: &args,
            selected_columns: SelectedColumns::of_all_fields(&context.graph),
            plan_slot: None,
        })
        .await
        .and_then(|values| {
            let value = values.into_iter().next();
            Ok(value.ok_or_else(|| {
                InternalError::Schema(format!("{} returned no value", field.name))
            })?)
        }),
    };
    output.map_err(|error| match error {
        ExecutionError::Rejected(errors) => {
            let messages: Vec<_> = errors.into_iter().map(|error| error.message).collect();
            async_graphql::Error::new(messages.join("; "))
        }
        ExecutionError::Internal(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, field = field.name, "a field failed");
            async_graphql::Error::new("internal error")
        }
    })
}

/// The value as async-graphql takes it; only a value of an abstract type may carry its type.
fn to_field_value(output: ResolvedValue, is_abstract: bool) -> Option<FieldValue<'static>> {
    Some(match output {
        ResolvedValue::Null => return None,
        ResolvedValue::Bool(value) => FieldValue::value(value),
        ResolvedValue::Int(value) => FieldValue::value(value),
        ResolvedValue::Float(value) => FieldValue::value(value),
        ResolvedValue::Text(value) => FieldValue::value(Value::String(value.as_ref().to_owned())),
        ResolvedValue::Object(name, row) if is_abstract => {
            FieldValue::owned_any::<ObjectRow>(row).with_type(name)
        }
        ResolvedValue::Object(_, row) => FieldValue::owned_any::<ObjectRow>(row),
        ResolvedValue::List(outputs) => FieldValue::list(
            outputs
                .into_iter()
                .map(|output| to_field_value(output, is_abstract).unwrap_or(FieldValue::NULL)),
        ),
    })
}
