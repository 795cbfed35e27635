//! Builds an async-graphql schema from the graph, for the SDL and as a reference executor.
//!
//! Its resolvers use the same field definitions, but object by object, and async-graphql's data loader
//! collects the keys. Tests compare the engine with it.

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
/// If the definition is inconsistent, such as a field of an unknown type.
pub(super) fn build_schema(graph: &Graph) -> Result<dynamic::Schema, SchemaError> {
    let subscription = graph.has_subscriptions().then_some(SUBSCRIPTION);
    let mut builder = dynamic::Schema::build(QUERY, None, subscription)
        // `limits.maxDepth` is checked before.
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

/// Builds the root type of subscriptions. Each field returns one event with the current value.
fn subscription_root(graph: &Graph, object: &Object) -> dynamic::Subscription {
    let mut built = dynamic::Subscription::new(object.name).description(object.description.trim());
    for field in object.fields.values() {
        let (definition, root) = (field.clone(), object.name);
        let is_abstract = graph.is_abstract(field.ty.type_name());
        let mut built_field =
            SubscriptionField::new(field.name, field.ty.clone(), move |resolver| {
                let field = definition.clone();
                SubscriptionFieldFuture::new(async move {
                    let value = resolve_field_value(root, &field, &resolver).await?;
                    let value = to_field_value(value, is_abstract).unwrap_or(FieldValue::NULL);
                    Ok(stream::iter([Ok(value)]))
                })
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

fn dynamic_field(graph: &Graph, object: &'static str, field: &Arc<Field>) -> dynamic::Field {
    let definition = field.clone();
    let ty = field.ty.type_name();
    let is_abstract = graph.is_abstract(ty);
    let mut built = dynamic::Field::new(field.name, field.ty.clone(), move |resolver| {
        let field = definition.clone();
        FieldFuture::new(async move {
            let value = resolve_field_value(object, &field, &resolver).await?;
            Ok(to_field_value(value, is_abstract))
        })
    })
    .description(field.description.trim());
    for argument in &field.arguments {
        built = built.argument(input_value(argument));
    }
    built
}

/// [`ResolveFieldValue`](https://spec.graphql.org/October2021/#ResolveFieldValue()) for one object.
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
        .map_err(|error| async_graphql::Error::new(error.message))?;
    let row = match resolver.parent_value.downcast_ref::<ObjectRow>() {
        Some(row) => row.clone(),
        None => Arc::new(()),
    };
    let value = match &field.resolver {
        // async-graphql resolves these itself.
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
    value.map_err(|error| match error {
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

/// Converts a value; `None` is null. Only objects of an abstract type may have a type name.
fn to_field_value(value: ResolvedValue, is_abstract: bool) -> Option<FieldValue<'static>> {
    Some(match value {
        ResolvedValue::Null => return None,
        ResolvedValue::Bool(value) => FieldValue::value(value),
        ResolvedValue::Int(value) => FieldValue::value(value),
        ResolvedValue::Float(value) => FieldValue::value(value),
        ResolvedValue::Text(value) => FieldValue::value(Value::String(value.as_ref().to_owned())),
        ResolvedValue::Object(name, row) if is_abstract => {
            FieldValue::owned_any::<ObjectRow>(row).with_type(name)
        }
        ResolvedValue::Object(_, row) => FieldValue::owned_any::<ObjectRow>(row),
        ResolvedValue::List(values) => FieldValue::list(
            values
                .into_iter()
                .map(|value| to_field_value(value, is_abstract).unwrap_or(FieldValue::NULL)),
        ),
    })
}
