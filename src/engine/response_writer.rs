//! Writes what a plan has found as JSON, in the order of the document.
//!
//! A null where the type allows none is an error of its field and makes the nearest field above
//! that may be null null (specification, section 6.4.4).

use std::sync::atomic::Ordering;

use async_graphql::dynamic::TypeRef;
use serde_json::Value as Json;

use super::{
    ErrorCode, GraphqlError, ResolvedValue, Resolver,
    execution::{FieldValues, Level, ValueRef},
    plan::{Plan, PlannedField, PlannedSelectionSet},
};
use crate::db::{Cell, Record};

/// The answer to a request that was executed.
#[derive(Debug)]
pub(super) struct ExecutionResult {
    /// The value of `data`, as JSON.
    pub(super) data: String,
    /// Errors of fields.
    pub(super) errors: Vec<GraphqlError>,
}

/// A null that the field above has to answer for.
struct PropagatedNull;

/// Writes the answer.
pub(super) fn write(plan: &Plan, level: &Level) -> ExecutionResult {
    let mut writer = ResponseWriter {
        plan,
        // An answer is about as long as the last one of its plan.
        out: String::with_capacity(plan.last_response_bytes.load(Ordering::Relaxed) + 64),
        path: Vec::new(),
        errors: Vec::new(),
    };
    if writer
        .complete_object_value(&plan.selection_set, level, 0)
        .is_err()
    {
        writer.out = "null".to_owned();
    }
    plan.last_response_bytes
        .store(writer.out.len(), Ordering::Relaxed);
    ExecutionResult {
        data: writer.out,
        errors: writer.errors,
    }
}

struct ResponseWriter<'a> {
    plan: &'a Plan,
    out: String,
    path: Vec<PathElement<'a>>,
    errors: Vec<GraphqlError>,
}

#[derive(Clone, Copy)]
enum PathElement<'a> {
    Key(&'a str),
    Index(usize),
}

/// What is written next: a value, whatever it was read from.
#[derive(Clone, Copy)]
enum WriteItem<'a> {
    Null,
    Text(&'a str),
    Json(&'a str),
    Cell(&'a Cell),
    Leaf(&'a ResolvedValue),
    ValueRef(&'a ValueRef, &'a [Level]),
}

impl<'a> ResponseWriter<'a> {
    fn complete_object_value(
        &mut self,
        selection: &'a PlannedSelectionSet,
        level: &'a Level,
        row: usize,
    ) -> Result<(), PropagatedNull> {
        self.out.push('{');
        let record = level.rows[row].downcast_ref::<Record>();
        for (index, (planned, values)) in selection.fields.iter().zip(&level.values).enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.out.push_str(&planned.json_key);
            let next = match values {
                FieldValues::FromRow(hint) => row_item(selection, planned, record, hint),
                FieldValues::Leaves(leaves) => WriteItem::Leaf(&leaves[row]),
                FieldValues::Objects(links, levels) => WriteItem::ValueRef(&links[row], levels),
            };
            // Most values are leaves that are there: nothing can be wrong with them.
            if planned.is_leaf && self.complete_leaf_value(next) {
                continue;
            }
            self.path.push(PathElement::Key(&planned.response_key));
            self.complete_value(planned, &planned.field.ty, next)?;
            self.path.pop();
        }
        self.out.push('}');
        Ok(())
    }

    /// Writes a value of a type; a null that it may not be is caught here where the type is
    /// nullable, and handed up where it is not.
    fn complete_value(
        &mut self,
        planned: &'a PlannedField,
        ty: &TypeRef,
        next: WriteItem<'a>,
    ) -> Result<(), PropagatedNull> {
        if let TypeRef::NonNull(inner) = ty {
            if next.is_null() {
                self.record_error(planned);
                return Err(PropagatedNull);
            }
            return self.complete_non_null_value(planned, inner, next);
        }
        if next.is_null() {
            self.out.push_str("null");
            return Ok(());
        }
        let (start, depth) = (self.out.len(), self.path.len());
        if self.complete_non_null_value(planned, ty, next).is_err() {
            self.out.truncate(start);
            self.path.truncate(depth);
            self.out.push_str("null");
        }
        Ok(())
    }

    fn complete_non_null_value(
        &mut self,
        planned: &'a PlannedField,
        ty: &TypeRef,
        next: WriteItem<'a>,
    ) -> Result<(), PropagatedNull> {
        if let TypeRef::List(inner) = ty {
            self.out.push('[');
            for index in 0.. {
                let Some(item) = next.list_item(index) else {
                    break;
                };
                if index > 0 {
                    self.out.push(',');
                }
                self.path.push(PathElement::Index(index));
                self.complete_value(planned, inner, item)?;
                self.path.pop();
            }
            self.out.push(']');
            return Ok(());
        }
        if let WriteItem::ValueRef(ValueRef::Object(of_type, row), levels) = next {
            return self.complete_object_value(
                &planned.selection_sets[*of_type],
                &levels[*of_type],
                *row,
            );
        }
        if self.complete_leaf_value(next) {
            return Ok(());
        }
        // A list or an object where the type says leaf: the definition is wrong.
        self.record_error(planned);
        Err(PropagatedNull)
    }

    /// Writes a leaf that is there; `false` where it is something else.
    fn complete_leaf_value(&mut self, next: WriteItem<'a>) -> bool {
        match next {
            WriteItem::Text(text) => self.write_string(text),
            WriteItem::Json(json) => self.out.push_str(json),
            WriteItem::Cell(Cell::Text(text)) | WriteItem::Leaf(ResolvedValue::Text(text)) => {
                self.write_string(text)
            }
            WriteItem::Cell(Cell::Bool(value)) | WriteItem::Leaf(ResolvedValue::Bool(value)) => {
                self.out.push_str(if *value { "true" } else { "false" });
            }
            WriteItem::Cell(Cell::Int(value)) | WriteItem::Leaf(ResolvedValue::Int(value)) => {
                self.write_int(*value)
            }
            WriteItem::Cell(Cell::Float(value)) | WriteItem::Leaf(ResolvedValue::Float(value)) => {
                self.write_float(*value);
            }
            _ => return false,
        }
        true
    }

    fn write_string(&mut self, text: &str) {
        // Without an end before the last byte, so that many are looked at together.
        let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
        let has_special = text.bytes().fold(false, |has, byte| has | special(byte));
        if !has_special {
            self.out.push('"');
            self.out.push_str(text);
            self.out.push('"');
        } else {
            self.out.push_str(&Json::from(text).to_string());
        }
    }

    fn write_int(&mut self, value: i64) {
        self.out.push_str(itoa::Buffer::new().format(value));
    }

    fn write_float(&mut self, value: f64) {
        match value.is_finite() {
            true => self.out.push_str(zmij::Buffer::new().format_finite(value)),
            // JSON has no infinities; none is computed, and null is what JSON offers.
            false => self.out.push_str("null"),
        }
    }

    fn record_error(&mut self, planned: &PlannedField) {
        let path: Vec<Json> = self
            .path
            .iter()
            .map(|segment| match segment {
                PathElement::Key(key) => (*key).into(),
                PathElement::Index(index) => (*index).into(),
            })
            .collect();
        self.errors.push(
            GraphqlError::new(ErrorCode::Internal, "internal error")
                .with_optional_location(self.plan.field_position(planned))
                .with_path(&path),
        );
    }
}

impl<'a> WriteItem<'a> {
    fn is_null(self) -> bool {
        matches!(
            self,
            Self::Null
                | Self::Cell(Cell::Null)
                | Self::Leaf(ResolvedValue::Null)
                | Self::ValueRef(ValueRef::Null, _)
        )
    }

    /// The item of a list; `None` past its end.
    fn list_item(self, index: usize) -> Option<Self> {
        match self {
            Self::Leaf(ResolvedValue::List(items)) => items.get(index).map(Self::Leaf),
            Self::ValueRef(ValueRef::List(items), levels) => {
                items.get(index).map(|item| Self::ValueRef(item, levels))
            }
            _ => None,
        }
    }
}

fn row_item<'a>(
    selection: &'a PlannedSelectionSet,
    planned: &'a PlannedField,
    record: Option<&'a Record>,
    hint: &std::cell::Cell<usize>,
) -> WriteItem<'a> {
    match &planned.field.resolver {
        Resolver::TypeName => WriteItem::Text(selection.object_type.name),
        Resolver::Introspection(json) => WriteItem::Json(json),
        Resolver::Column(column) => record.map_or(WriteItem::Null, |record| {
            let mut near = hint.get();
            let cell = record.get_with_hint(*column, &mut near);
            hint.set(near);
            WriteItem::Cell(cell)
        }),
        _ => WriteItem::Null,
    }
}
