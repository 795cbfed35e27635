//! Wrong definitions fail when the engine starts, with an error that names the type and the field.

use std::sync::Arc;

use async_graphql::dynamic::Union;
use futures_util::{FutureExt, future};
use serde_json::{Map, json};

use crate::{
    db::{Cell, ColumnRef, Record},
    engine::{
        Argument, Engine, Field, Graph, Limits, Object, ResolvedValue, input_object_type,
        interface_type, no_plan,
    },
    vocabulary::Verdict,
};

mod item {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "items")]
    pub(super) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(super) id: String,
        pub(super) verdict: Option<String>,
        pub(super) size: Option<i32>,
        pub(super) weight: f64,
        pub(super) is_big: bool,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod other {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "others")]
    pub(super) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(super) id: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

fn id() -> ColumnRef {
    ColumnRef::new(item::Column::Id)
}

/// A graph with the type `Item`, whose rows are stored, and one more field of it.
fn graph_with(field: Field) -> Graph {
    let item = Field::new("item", "Item", "").once(no_plan::<()>, |_| {
        future::ready(Ok(ResolvedValue::NULL)).boxed()
    });
    let stored = Object::stored("Item", "", id()).field(Field::column("id", "", item::Column::Id));
    Graph::default()
        .object(Object::new::<()>("Query", "").field(item))
        .object(stored.field(field))
}

fn text_field(name: &'static str, ty: &str) -> Field {
    Field::new(name, ty, "").compute_from_columns([id()], |[id]| ResolvedValue::from(id))
}

/// The error with which an engine does not start.
fn error_of(graph: Graph) -> String {
    match Engine::new(graph, Limits::default()) {
        Ok(_) => "none".to_owned(),
        Err(error) => error.0,
    }
}

fn assert_fails(graph: Graph, parts: &[&str]) {
    let error = error_of(graph);
    for part in parts {
        assert!(error.contains(part), "{part:?} is not in: {error}");
    }
}

#[test]
fn types_of_columns_follow_from_the_columns() {
    let column_types = [
        (Field::column("a", "", item::Column::Id), "String!"),
        (Field::column("a", "", item::Column::Size), "Int"),
        (
            Field::column("a", "", item::Column::Size).non_null(),
            "Int!",
        ),
        (Field::column("a", "", item::Column::Weight), "Float!"),
        (Field::column("a", "", item::Column::IsBig), "Boolean!"),
        (
            Field::column("a", "", item::Column::Verdict).of_enum::<Verdict>(),
            "Verdict",
        ),
        (
            Field::column("a", "", item::Column::Id).of_enum::<Verdict>(),
            "Verdict!",
        ),
    ];
    for (field, ty) in column_types {
        assert_eq!(field.ty.to_string(), ty);
        let graph = graph_with(field).vocabulary::<Verdict>();
        assert_eq!(error_of(graph), "none", "{ty}");
    }
}

#[test]
fn types_must_exist() {
    assert_fails(graph_with(text_field("a", "Missing")), &["Missing"]);
    let argument = Argument::new("n", "Missing", "");
    let field = text_field("a", "String").with_arguments([argument], |[_], _| Ok(()));
    assert_fails(graph_with(field), &["Missing"]);
    let graph = || graph_with(text_field("a", "String"));
    assert_fails(
        graph().add_type(Union::new("U").possible_type("Missing")),
        &["Missing"],
    );
    let object = Object::new::<i64>("Other", "")
        .implements("Missing")
        .field(Field::new("a", "Int", "").compute(|n: &i64| *n));
    assert_fails(graph().object(object), &["Missing"]);
    let input = input_object_type("Filter", "", [Argument::new("a", "Missing", "")]);
    assert_fails(graph().add_type(input), &["Missing"]);
    let interface = interface_type("I", "", [Field::new("a", "Missing", "")]);
    assert_fails(graph().add_type(interface), &["Missing"]);
    // The enum of a column.
    let field = Field::column("a", "", item::Column::Id).of_enum::<Verdict>();
    assert_fails(graph_with(field), &["Verdict"]);
}

#[test]
fn objects_have_the_fields_of_their_interfaces() {
    let object = |field| {
        Object::new::<i64>("Other", "")
            .implements("Named")
            .field(field)
    };
    let field = |name, ty| Field::new(name, ty, "").compute(|_: &i64| "a");
    let graph = || {
        let interface = interface_type("Named", "", [Field::new("name", "String!", "")]);
        graph_with(text_field("a", "String")).add_type(interface)
    };
    let good = graph().object(object(field("name", "String!")));
    assert_eq!(error_of(good), "none");
    for wrong in [field("title", "String!"), field("name", "String")] {
        assert_fails(graph().object(object(wrong)), &["Other", "Named", "name"]);
    }
    let unresolved = object(Field::new("name", "String!", ""));
    assert_fails(
        graph().object(unresolved),
        &["Other.name", "without a resolver"],
    );
}

#[test]
fn columns_belong_to_the_table_of_the_type() {
    let field = Field::column("a", "", other::Column::Id);
    assert_fails(
        graph_with(field),
        &["Item.a", "others.id is not a column of items"],
    );
    let other_id = ColumnRef::new(other::Column::Id);
    let columns = [id(), other_id];
    let field = Field::new("a", "String", "")
        .compute_from_columns(columns, |[a, _]| ResolvedValue::from(a));
    assert_fails(
        graph_with(field),
        &["Item.a", "others.id is not a column of items"],
    );
    let field = Field::new("a", "Int", "").batch_from_columns([other_id], no_plan::<()>, |_| {
        future::ready(Ok(Vec::new())).boxed()
    });
    assert_fails(
        graph_with(field),
        &["Item.a", "others.id is not a column of items"],
    );
}

#[test]
fn an_enum_column_has_text() {
    let field = Field::column("a", "", item::Column::Size).of_enum::<Verdict>();
    let graph = graph_with(field).vocabulary::<Verdict>();
    assert_fails(graph, &["Item.a", "size is Int, not Verdict"]);
}

#[test]
fn only_stored_types_have_columns() {
    let object = Object::new::<i64>("Other", "").field(Field::column("a", "", item::Column::Id));
    let graph = graph_with(text_field("a", "String")).object(object);
    assert_fails(graph, &["Other.a", "the rows are i64"]);
}

#[test]
fn resolvers_read_rows_of_the_type() {
    let graph = || graph_with(text_field("a", "String"));
    let computed = Field::new("a", "String", "").compute(|_: &String| "a");
    let object = Object::new::<i64>("Other", "").field(computed);
    assert_fails(
        graph().object(object),
        &["Other.a", "String", "the rows are i64"],
    );
    let batch = Field::new("a", "String", "")
        .batch::<String, _, _>(no_plan::<()>, |_| future::ready(Ok(Vec::new())).boxed());
    let object = Object::new::<i64>("Other", "").field(batch);
    assert_fails(
        graph().object(object),
        &["Other.a", "String", "the rows are i64"],
    );
    // A record is not read as a whole, because only the declared columns are selected.
    let field = Field::new("b", "String", "")
        .compute(|record: &Record| ResolvedValue::from(record.get(id())));
    assert_fails(graph_with(field), &["Item.b", "declare the columns"]);
}

#[test]
fn resolvers_expect_the_arguments_that_are_prepared() {
    let batch = || {
        Field::new("a", "String", "").once(no_plan::<i64>, |_| {
            future::ready(Ok(ResolvedValue::NULL)).boxed()
        })
    };
    assert_fails(
        graph_with(batch()),
        &["Item.a", "expects the arguments i64", "prepares ()"],
    );
    let argument = || [Argument::new("n", "Int", "")];
    let good = batch().with_arguments(argument(), |[n], _| Ok(n.int().unwrap_or(1)));
    assert_eq!(error_of(graph_with(good)), "none");
    let wrong = batch().with_arguments(argument(), |[_], _| Ok("a"));
    assert_fails(
        graph_with(wrong),
        &["Item.a", "expects the arguments i64", "prepares &str"],
    );
    let wrong = text_field("a", "String").list_size_from(|n: &i64| n.unsigned_abs());
    assert_fails(
        graph_with(wrong),
        &["Item.a", "expects the arguments i64", "prepares ()"],
    );
}

#[test]
fn names_are_defined_once() {
    assert_fails(
        graph_with(text_field("id", "ID!")),
        &["Item.id is defined twice"],
    );
    let graph = || graph_with(text_field("a", "String"));
    let again = Object::stored("Item", "", id()).field(text_field("a", "String"));
    assert_fails(graph().object(again), &["Item is defined twice"]);
    let added = graph().add_field("Item", text_field("a", "String"));
    assert_fails(added, &["Item.a is defined twice"]);
    let missing = graph().add_field("Missing", text_field("a", "String"));
    assert_fails(missing, &["Missing.a", "there is no type Missing"]);
    assert_eq!(
        error_of(graph().add_field("Item", text_field("b", "ID!"))),
        "none"
    );
}

/// A row without a column that a field declares is an error, not null.
#[tokio::test]
async fn a_column_that_was_not_selected_is_an_error() {
    let size = ColumnRef::new(item::Column::Size);
    let field = || Field::new("a", "Int", "");
    for field in [
        Field::column("a", "", item::Column::Size),
        field().compute_from_columns([size], |[size]| size.clone()),
        field().batch_from_columns([size], no_plan::<()>, |call| {
            let sizes = call.rows.iter().map(|[size]| (*size).into()).collect();
            future::ready(Ok(sizes)).boxed()
        }),
    ] {
        let row: Arc<Record> = Arc::new(Record::new(
            [id()].into(),
            [Cell::Text("x".into())].into_iter().collect(),
        ));
        let items = Field::new("item", "Item", "").once(no_plan::<()>, move |_| {
            future::ready(Ok(ResolvedValue::Object("Item", row.clone()))).boxed()
        });
        let stored = Object::stored("Item", "", id()).field(field);
        let graph = Graph::default()
            .object(Object::new::<()>("Query", "").field(items))
            .object(stored);
        let body = super::execute(graph, "{ item { a } }", &Map::new()).await;
        let response: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(response["errors"][0]["path"], json!(["item", "a"]));
        assert_eq!(response["data"], json!({ "item": { "a": null } }));
    }
}
