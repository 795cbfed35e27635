//! Plans for other variables. They share what the variables do not affect with the previous plan, which must
//! not change any answer.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use futures_util::{FutureExt, future};
use sea_orm::Database;
use serde_json::{Map, Value as Json, json};

use crate::{
    db::{DatabaseReader, StatementLog},
    engine::{
        Argument, Engine, ExecutionRequest, Field, Graph, Limits, Object, ResolvedValue,
        SelectedColumns, interface_type,
    },
};

/// A graph of numbers: an item is a number, and the fields below it follow from that. The counter counts the
/// plan steps of the field `plus`.
fn graph(plans: &Arc<AtomicUsize>) -> Graph {
    let first = || Argument::new("first", "Int!", "").with_default(2.into());
    let object = |n: i64| match n % 2 {
        0 => ResolvedValue::object("Even", n),
        _ => ResolvedValue::object("Odd", n),
    };
    let list = move |first: i64| ResolvedValue::List((0..first).map(object).collect());
    let items = Field::new("items", "[Item!]!", "")
        .once(
            |first: &i64, _| *first,
            move |call| {
                let items = list(*call.plan);
                future::ready(Ok(items)).boxed()
            },
        )
        .with_arguments([first()], |[first], _| Ok(first.int().unwrap_or(0)))
        .list_size_from(|first: &i64| first.unsigned_abs());
    let fields = || {
        let below = Field::new("below", "[Item!]!", "")
            .batch::<i64, i64, _>(
                |first, _| *first,
                move |call| {
                    let lists = call.rows.iter().map(|n| list((**n).min(*call.plan)));
                    future::ready(Ok(lists.collect())).boxed()
                },
            )
            .with_arguments([first()], |[first], _| Ok(first.int().unwrap_or(0)))
            .list_size_from(|first: &i64| first.unsigned_abs());
        let plans = plans.clone();
        let plus = Field::new("plus", "Int!", "")
            .batch::<i64, Vec<i64>, _>(
                move |numbers: &Vec<i64>, _: SelectedColumns<'_>| {
                    plans.fetch_add(1, Relaxed);
                    numbers.iter().sum::<i64>()
                },
                |call| {
                    let sums = call
                        .rows
                        .iter()
                        .map(|n| ResolvedValue::from(**n + *call.plan));
                    future::ready(Ok(sums.collect())).boxed()
                },
            )
            // The plan is the sum, so numbers in another order have the same.
            .adapt_plan(|sum: &i64, [previous, current]: [&Vec<i64>; 2]| {
                let [previous, current] =
                    [previous, current].map(|numbers| numbers.iter().sum::<i64>());
                (previous == current).then_some(*sum)
            })
            .with_arguments([Argument::new("numbers", "[Int!]!", "")], |[numbers], _| {
                let numbers = numbers.list().unwrap_or_default();
                let numbers = numbers.iter().map(|number| match number {
                    async_graphql::Value::Number(number) => number.as_i64().unwrap_or(0),
                    _ => 0,
                });
                Ok(numbers.collect::<Vec<i64>>())
            });
        let number = Field::new("number", "Int!", "").compute(|n: &i64| *n);
        [number, plus, below]
    };
    let item = |name| {
        Object::new::<i64>(name, "")
            .implements("Item")
            .fields(fields())
    };
    let of_interface = fields().map(|field| Field {
        arguments: field.arguments.clone(),
        ..Field::new(field.name, &field.ty.to_string(), "")
    });
    Graph::default()
        .object(Object::new::<()>("Query", "").field(items))
        .object(item("Even"))
        .object(item("Odd"))
        .add_type(interface_type("Item", "", of_interface))
}

fn engine(plans: &Arc<AtomicUsize>, max_complexity: u64) -> Engine {
    let limits = Limits {
        max_complexity,
        ..Limits::default()
    };
    Engine::new(graph(plans), limits).unwrap()
}

async fn execute(engine: &Engine, query: &str, variables: &Json) -> (String, Option<u64>) {
    let document = engine.parse_document(query).unwrap();
    let variables: &Map<String, Json> = variables.as_object().unwrap();
    let request = ExecutionRequest {
        document: &document,
        operation_name: None,
        variables,
        id: "r1",
        deadline: std::time::Instant::now() + Limits::default().request_timeout,
    };
    // Nothing is read from it.
    let database = Database::connect("sqlite::memory:").await.unwrap();
    let reader = DatabaseReader::from(database);
    let response = engine
        .execute(&reader, request, StatementLog::default())
        .await;
    (response.body, response.cost)
}

#[tokio::test]
async fn the_previous_plan_changes_no_answer() {
    let plans = Arc::default();
    let cases = [
        (
            "query ($first: Int = 1) { items(first: $first) { number plus(numbers: [1, 2]) } }",
            vec![
                json!({}),
                json!({ "first": 3 }),
                json!({ "first": "x" }),
                json!({ "first": 4 }),
            ],
        ),
        (
            "query ($n: Int!) { items { number below(first: 3) { plus(numbers: [5, $n]) below(first: $n) { number } } } }",
            vec![
                json!({ "n": 1 }),
                json!({ "n": 2 }),
                json!({}),
                json!({ "n": 1 }),
            ],
        ),
        // Which fields are merged below `items` depends on a variable, though nothing in them does.
        (
            "query ($more: Boolean!) { items(first: 3) { number } ...F @include(if: $more) } \
             fragment F on Query { items(first: 3) { below { number } ... on Odd { odd: number } } }",
            vec![
                json!({ "more": false }),
                json!({ "more": true }),
                json!({ "more": false }),
            ],
        ),
        (
            "query ($skip: Boolean!, $n: Int!) { items(first: 4) { ... @skip(if: $skip) { number } \
             ... on Even { plus(numbers: [$n]) } below(first: 1) { n: number @include(if: $skip) } } }",
            vec![
                json!({ "skip": false, "n": 1 }),
                json!({ "skip": true, "n": 1 }),
                json!({ "skip": true, "n": 2 }),
                json!({ "skip": false, "n": 2 }),
            ],
        ),
        // Too much with `more`; the position of the error is that of the field.
        (
            "query ($more: Boolean!) { items(first: 1) { number } ... @include(if: $more) { \
             a: items { below(first: 900) { number } } b: items(first: 2) { below(first: 1) { number } } } }",
            vec![
                json!({ "more": false }),
                json!({ "more": true }),
                json!({ "more": false }),
            ],
        ),
    ];
    for (query, variables) in cases {
        let shared = engine(&plans, 1_000);
        for variables in variables {
            let expected = execute(&engine(&plans, 1_000), query, &variables).await;
            for _ in 0..2 {
                let actual = execute(&shared, query, &variables).await;
                assert_eq!(actual, expected, "{query} {variables}");
            }
        }
    }
}

#[tokio::test]
async fn the_position_of_an_error_does_not_depend_on_the_previous_plan() {
    let plans = Arc::default();
    let field = "number below { number }";
    let query = format!(
        "query ($more: Boolean!) {{ ... @include(if: $more) {{ a: items {{ {field} }} b: items {{ {field} }} }} \
         c: items {{ {field} }} }}"
    );
    // `c` alone fits: seven fields for each of two types, and `items` itself.
    let shared = engine(&plans, 13);
    for more in [false, true, false] {
        let variables = json!({ "more": more });
        let expected = execute(&engine(&plans, 13), &query, &variables).await;
        assert_eq!(
            expected.0.contains("COMPLEXITY_LIMIT"),
            more,
            "{}",
            expected.0
        );
        assert_eq!(execute(&shared, &query, &variables).await, expected);
    }
}

#[tokio::test]
async fn only_fields_that_variables_affect_are_planned_again() {
    let plans = Arc::new(AtomicUsize::new(0));
    let engine = engine(&plans, 1_000);
    let query = "query ($first: Int!, $n: Int!) { items(first: $first) { ... on Even { \
                 fixed: plus(numbers: [1]) bound: plus(numbers: [3, $n]) below { plus(numbers: [2]) } } } }";
    for (first, n, expected) in [(1, 1, 4), (2, 1, 4), (2, 7, 5), (2, 7, 5), (1, 1, 6)] {
        execute(&engine, query, &json!({ "first": first, "n": n })).await;
        assert_eq!(plans.load(Relaxed), expected, "{first} {n}");
    }
}
