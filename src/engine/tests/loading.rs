//! Reading rows: once for each key of a request, and in one statement for all new keys.

use std::sync::Arc;

use crate::{
    db::{
        Cell, CellKind, ColumnRef, Lookup, LookupBatch, LookupQuery, Snapshot, StatementLog,
        testing,
    },
    engine::{Context, Limits},
};

const ID: ColumnRef = column("id", CellKind::Text);
const SIZE: ColumnRef = column("size", CellKind::Int);

const fn column(name: &'static str, kind: CellKind) -> ColumnRef {
    ColumnRef {
        table: "items",
        name,
        kind,
        nullable: false,
    }
}

/// A context that reads two rows, and the log of its statements.
async fn context() -> (Context, StatementLog) {
    let log = StatementLog::default();
    let snapshot = Snapshot::open(&testing::items().await, log.clone())
        .await
        .unwrap();
    let context = Context::new(Limits::default(), snapshot);
    (context, log)
}

fn sizes() -> LookupQuery {
    let lookup = Lookup::by_id(ID);
    LookupQuery::new(lookup, vec![SIZE])
}

#[tokio::test]
async fn each_key_is_looked_up_once() {
    let (context, log) = context().await;
    let [a, b, unknown] = ["a", "b", "unknown"].map(Arc::<str>::from);
    let of_keys = async |keys: &[Option<&Arc<str>>]| {
        let rows = context.lookup(&sizes(), keys).await.unwrap();
        let sizes = rows.iter().map(|rows| {
            let sizes = rows.iter().map(|row| row.get(SIZE).clone());
            sizes.collect::<Vec<_>>()
        });
        sizes.collect::<Vec<_>>()
    };
    let [one, two] = [1, 2].map(|size| vec![Cell::Int(size)]);
    let rows = of_keys(&[Some(&b), None, Some(&a), Some(&b), Some(&unknown)]).await;
    assert_eq!(
        rows,
        [two.clone(), vec![], one.clone(), two.clone(), vec![]]
    );
    assert_eq!(log.count(), 1, "{:?}", log.statements());
    assert_eq!(of_keys(&[Some(&a), Some(&unknown)]).await, [one, vec![]]);
    assert_eq!(log.count(), 1, "{:?}", log.statements());
    let c = Arc::<str>::from("c");
    assert_eq!(of_keys(&[Some(&c), Some(&b)]).await, [vec![], two]);
    assert_eq!(log.count(), 2, "{:?}", log.statements());
}

#[tokio::test]
async fn each_key_is_loaded_once() {
    let (context, log) = context().await;
    let batch = |keys: &[&str]| LookupBatch {
        query: sizes(),
        keys: keys.iter().map(|key| Arc::from(*key)).collect(),
    };
    let [both, first] = [batch(&["a", "b"]), batch(&["a"])];
    let rows = context
        .load(&[both.clone(), first.clone(), both.clone()])
        .await
        .unwrap();
    let counts: Vec<_> = rows.iter().map(|rows| rows.len()).collect();
    assert_eq!(counts, [2, 1, 2]);
    let n_statements = log.count();
    assert_eq!(context.load_one(first).await.unwrap().len(), 1);
    assert_eq!(log.count(), n_statements, "{:?}", log.statements());
    assert_eq!(context.load_one(batch(&["b"])).await.unwrap().len(), 1);
    assert_eq!(log.count(), n_statements + 1, "{:?}", log.statements());
}
