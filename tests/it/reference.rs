//! async-graphql's executor over the same definition of the graph, as a reference for the engine.
//!
//! It resolves object by object and merges selections itself, so it shares with the engine only the
//! resolvers of the fields.

use std::sync::Arc;

use async_graphql::{
    Error, Request, Variables,
    dynamic::{
        Field as DynamicField, FieldFuture, FieldValue, InputValue, Object, ResolverContext,
        Schema, SchemaBuilder,
    },
};
use serde_json::{Value, json};
use sistergraph::{
    db::{Cell, DatabaseReader, Record, Snapshot, StatementLog},
    engine::{
        Argument, ArgumentValues, Context, ErasedCall, Field, Graph, ObjectRow, ResolvedValue,
        Resolver, SelectedColumns,
    },
    limits::Limits,
    schema,
};

/// Executes queries with async-graphql.
pub(crate) struct ReferenceExecutor {
    schema: Schema,
    limits: Limits,
}

impl ReferenceExecutor {
    pub(crate) fn new(limits: Limits) -> Self {
        let schema = build_schema(schema::graph());
        Self { schema, limits }
    }

    /// Executes a query. The fields of the response may be in another order than in the query.
    pub(crate) async fn execute(
        &self,
        reader: &DatabaseReader,
        query: &str,
        variables: Value,
    ) -> Value {
        let snapshot = Snapshot::open(reader, StatementLog::default())
            .await
            .unwrap();
        let request = Request::new(query)
            .variables(Variables::from_json(variables))
            .data(Context::new(self.limits, snapshot));
        let response = self.schema.execute(request).await;
        let mut json = json!({ "data": response.data });
        if !response.errors.is_empty() {
            json["errors"] = json!(response.errors);
        }
        json
    }
}

fn build_schema(mut graph: Graph) -> Schema {
    let types = std::mem::take(&mut graph.types);
    let builder = Schema::build("Query", None, None).limit_recursive_depth(256);
    let mut builder = types.into_iter().fold(builder, SchemaBuilder::register);
    let graph = Arc::new(graph);
    let objects = graph.objects.values();
    for object in objects.filter(|object| object.name != "Subscription") {
        let mut built = Object::new(object.name);
        for interface in &object.interfaces {
            built = built.implement(*interface);
        }
        for field in object.fields.values() {
            let resolver = (graph.clone(), field.clone());
            let mut built_field =
                DynamicField::new(field.name, field.ty.clone(), move |resolver_context| {
                    let (graph, field) = resolver.clone();
                    FieldFuture::new(async move {
                        let value = resolve(&graph, &field, &resolver_context).await?;
                        let is_abstract = !graph.objects.contains_key(field.ty.type_name());
                        Ok(to_field_value(value, is_abstract))
                    })
                });
            for argument in &field.arguments {
                built_field = built_field.argument(input_value(argument));
            }
            built = built.field(built_field);
        }
        builder = builder.register(built);
    }
    builder.finish().unwrap()
}

fn input_value(argument: &Argument) -> InputValue {
    let value = InputValue::new(argument.name, argument.ty.clone());
    match &argument.default_value {
        Some(default) => value.default_value(default.clone()),
        None => value,
    }
}

/// The value of a field for one object. All columns are selected, because the selected subfields are
/// unknown.
async fn resolve(
    graph: &Graph,
    field: &Field,
    resolver: &ResolverContext<'_>,
) -> Result<ResolvedValue, Error> {
    let context = resolver.data::<Context>()?;
    let value_of = |argument: &Argument| {
        let value = resolver.args.get(argument.name);
        let value = value.map(|value| value.as_value().clone());
        Some((argument.name, value.or(argument.default_value.clone())?))
    };
    let arguments: ArgumentValues = field.arguments.iter().filter_map(value_of).collect();
    let args =
        (field.prepare)(&arguments, &context.limits).map_err(|error| Error::new(error.message))?;
    let columns = |_: &[&str], object: &str| {
        let fields = graph.objects[object].fields.values();
        fields
            .flat_map(|field| field.required_columns.clone())
            .collect()
    };
    let failed = |error| Error::new(format!("{}: {error:?}", field.name));
    let plan = (field.plan)(&args, SelectedColumns::new(&columns))
        .map_err(|error| failed(error.into()))?;
    let row = match resolver.parent_value.downcast_ref::<ObjectRow>() {
        Some(row) => row.clone(),
        None => Arc::new(()),
    };
    let rows = [row];
    let values = match &field.resolver {
        Resolver::Column(column) => {
            let record: &Record = rows[0].downcast_ref().unwrap();
            Ok(vec![record.get(*column).into()])
        }
        Resolver::Compute(compute) => compute(&rows).map_err(Into::into),
        Resolver::Batch(batch) => {
            let call = ErasedCall {
                context,
                rows: &rows,
                args: &args,
                plan: &plan,
            };
            match batch(call) {
                Ok(values) => values.await,
                Err(error) => Err(error.into()),
            }
        }
        // async-graphql resolves these itself.
        Resolver::Interface | Resolver::TypeName | Resolver::Introspection(_) => Ok(Vec::new()),
    };
    let mut values = values.map_err(failed)?;
    assert_eq!(values.len(), 1, "{}", field.name);
    Ok(values.swap_remove(0))
}

/// Converts a value; `None` is null. Only objects of an abstract type may have a type name.
fn to_field_value(value: ResolvedValue, is_abstract: bool) -> Option<FieldValue<'static>> {
    Some(match value {
        ResolvedValue::Leaf(Cell::Null) => return None,
        ResolvedValue::Leaf(Cell::Bool(value)) => FieldValue::value(value),
        ResolvedValue::Leaf(Cell::Int(value)) => FieldValue::value(value),
        ResolvedValue::Leaf(Cell::Float(value)) => FieldValue::value(value),
        ResolvedValue::Leaf(Cell::Text(value)) => FieldValue::value(value.as_ref()),
        ResolvedValue::Object(name, row) if is_abstract => {
            FieldValue::owned_any::<ObjectRow>(row).with_type(name)
        }
        ResolvedValue::Object(_, row) => FieldValue::owned_any::<ObjectRow>(row),
        ResolvedValue::Invalid => panic!("a resolver returned an invalid value"),
        ResolvedValue::List(values) => FieldValue::list(
            values
                .into_iter()
                .map(|value| to_field_value(value, is_abstract).unwrap_or(FieldValue::NULL)),
        ),
    })
}
