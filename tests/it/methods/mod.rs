//! What is concluded from the figures and the partnerships, compared with expected values that were computed
//! independently (`golden/`).

mod awareness;
mod compare;
mod fit;
mod matches;
mod plan;
mod tabulate;

use std::{collections::HashMap, path::Path};

use serde_json::Value;

type Row = HashMap<String, String>;

/// The rows of a file with expected values.
fn golden(file: &str) -> Vec<Row> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/methods/golden");
    let rows = csv::Reader::from_path(folder.join(file)).unwrap();
    rows.into_deserialize().map(Result::unwrap).collect()
}

/// Checks that a number rounds to the expected one, which is printed with that many digits; an empty
/// text means null.
fn assert_close(actual: &Value, expected: &str, digits: i32, context: &str) {
    match expected {
        "" => assert_eq!(*actual, Value::Null, "{context}"),
        expected => {
            let expected: f64 = expected.parse().unwrap();
            let difference = (actual.as_f64().unwrap() - expected).abs();
            assert!(
                difference <= 0.500_001 * 10_f64.powi(-digits),
                "{actual}: {context}"
            );
        }
    }
}
