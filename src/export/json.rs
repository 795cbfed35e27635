//! Writes a JSON object whose last member is a long list, item by item.

use serde_json::Value;

use super::output::FileWriter;
use crate::engine::InternalError;

/// A list that is being written.
pub(super) struct JsonListWriter {
    is_empty: bool,
}

impl JsonListWriter {
    /// Starts the object with `members` and the list `name`.
    pub(super) fn open(output: &mut FileWriter, members: &[(&str, Value)], name: &str) -> Self {
        let bytes = output.buffer();
        bytes.push(b'{');
        for (key, value) in members {
            bytes.extend_from_slice(format!("{}:{value},\n", Value::from(*key)).as_bytes());
        }
        bytes.extend_from_slice(format!("{}:[\n", Value::from(name)).as_bytes());
        Self { is_empty: true }
    }

    /// Adds an item on its own line.
    pub(super) fn push(&mut self, output: &mut FileWriter, item: &Value) {
        let bytes = output.buffer();
        if !self.is_empty {
            bytes.extend_from_slice(b",\n");
        }
        self.is_empty = false;
        bytes.extend_from_slice(item.to_string().as_bytes());
    }

    /// Ends the list and the object.
    pub(super) fn close(self, output: &mut FileWriter) -> Result<(), InternalError> {
        output.buffer().extend_from_slice(b"\n]}\n");
        Ok(output.flush_buffer()?)
    }
}

/// Returns a `GeoJSON` file with these features.
pub(super) fn write_feature_collection(features: impl Iterator<Item = Value>) -> Vec<u8> {
    let features: Vec<String> = features.map(|feature| feature.to_string()).collect();
    let features = features.join(",\n");
    format!("{{\"type\":\"FeatureCollection\",\n\"features\":[\n{features}\n]}}\n").into_bytes()
}
