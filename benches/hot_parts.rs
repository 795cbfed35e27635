//! Benchmarks of the steps that take most of the time of a request: `cargo bench`.
//!
//! `make bench` measures whole requests and compares them with other servers.
#![expect(
    clippy::unwrap_used,
    reason = "in a benchmark, a panic at the failing line is the clearest message"
)]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use criterion::{Criterion, criterion_group, criterion_main};
use sea_orm::EntityTrait;
use serde_json::Map;
use sistergraph::{
    db::{
        Cell, ColumnRef, DatabaseReader, Lookup, LookupQuery, OrderKey, ReaderOptions, Record,
        Snapshot, StatementLog, connection::connect, migration::migrate,
    },
    engine::ExecutionRequest,
    entity::{community, partnership},
    import::{Files, Tables, load},
    limits::Limits,
    schema::{self, cursor},
    stats::interval::Interval,
};
use tokio::runtime::Runtime;

/// A nested query with arguments and variables.
const QUERY: &str = include_str!("../bench/workloads/deep.graphql");

fn planner(criterion: &mut Criterion) {
    let engine = schema::build_engine(Limits::default()).unwrap();
    let document = engine.parse_document(QUERY).unwrap();
    let mut variables: Map<_, _> = serde_json::from_str(r#"{ "first": 100 }"#).unwrap();
    let mut since = 0;
    let mut plan = || {
        since -= 1;
        variables.insert("since".to_owned(), since.into());
        let request = ExecutionRequest {
            document: &document,
            operation_name: None,
            variables: &variables,
            id: "",
            deadline: Instant::now(),
        };
        engine.answer_fields(request).unwrap()
    };
    criterion.bench_function(
        "plan for new variables, and fields of its answer",
        |bencher| {
            bencher.iter(&mut plan);
        },
    );
}

fn loader(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("bench.db").display());
    let (reader, keys) = runtime.block_on(async {
        let database = connect(&url).await.unwrap();
        migrate(&database).await.unwrap();
        let tables = Tables::read(&Files::Embedded).unwrap();
        load(&database, &tables, &()).await.unwrap();
        let rows = community::Entity::find().all(&database).await.unwrap();
        let keys: Vec<Arc<str>> = rows
            .into_iter()
            .map(|row| row.id.into())
            .take(1_000)
            .collect();
        let reader =
            DatabaseReader::connect(&url, ReaderOptions::with_timeout(Duration::from_secs(10)));
        let reader = reader.await;
        (reader.unwrap().unwrap(), keys)
    });
    let columns = [
        community::Column::Id,
        community::Column::Name,
        community::Column::Latitude,
        community::Column::Longitude,
    ];
    let selected = LookupQuery::new(
        Lookup::by_id(ColumnRef::new(community::Column::Id)),
        columns.map(ColumnRef::new).to_vec(),
    );
    criterion.bench_function("lookup of 1,000 communities", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                let snapshot = Snapshot::open(&reader, StatementLog::default())
                    .await
                    .unwrap();
                snapshot.rows_by_key(&selected, &keys).await.unwrap()
            })
        });
    });
}

fn intervals(criterion: &mut Criterion) {
    let part = Interval::closed(410.5, 411.5).unwrap();
    let whole = Interval::closed(2_832.5, 2_833.5).unwrap();
    criterion.bench_function("share of two intervals", |bencher| {
        bencher.iter(|| {
            black_box(part)
                .divide(black_box(whole))
                .map(|share| share.scale(100.0))
        });
    });
}

fn cursors(criterion: &mut Criterion) {
    let columns: Arc<[ColumnRef]> = [
        ColumnRef::new(partnership::Column::EstablishedYear),
        ColumnRef::new(partnership::Column::Id),
    ]
    .into();
    let order: Vec<_> = columns
        .iter()
        .map(|column| OrderKey {
            column: *column,
            descending: false,
        })
        .collect();
    let cells = [Cell::Int(1957), Cell::Text("il-chicago--jp-osaka".into())];
    let record = Record::new(columns, cells.into_iter().collect());
    let encoded = cursor::encode("Partnership", &order, &record);
    criterion.bench_function("encode a cursor", |bencher| {
        bencher.iter(|| cursor::encode("Partnership", black_box(&order), &record));
    });
    criterion.bench_function("decode a cursor", |bencher| {
        bencher
            .iter(|| cursor::decode("after", black_box(&encoded), "Partnership", &order).unwrap());
    });
}

criterion_group!(hot_parts, planner, loader, intervals, cursors);
criterion_main!(hot_parts);
