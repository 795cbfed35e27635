//! Writes the results of a plan as JSON, in the order of the document.
//!
//! A null for a non-null type is a field error, and propagates to the nearest nullable parent
//! ([Handling Field Errors](https://spec.graphql.org/October2021/#sec-Handling-Field-Errors)).

use std::sync::atomic::Ordering;

use async_graphql::dynamic::TypeRef;
use serde_json::Value as Json;

use super::{
    GraphqlError, ResolvedValue, Resolver,
    execution::{FieldValues, Level, ValueRef},
    plan::{Plan, PlannedField, PlannedSelectionSet},
};
use crate::db::{Cell, Record};

/// The result of an executed plan.
#[derive(Debug)]
pub(super) struct ExecutionResult {
    /// The value of `data`, as JSON.
    pub(super) data: String,
    /// Field errors.
    pub(super) errors: Vec<GraphqlError>,
}

/// A null that the parent has to handle, because the type is non-null.
struct PropagatedNull;

/// Writes the results of a plan.
pub(super) fn write(plan: &Plan, level: &Level) -> ExecutionResult {
    let mut writer = ResponseWriter {
        plan,
        // Results of a plan usually have the same length.
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

/// The next value to write.
#[derive(Clone, Copy)]
enum WriteItem<'a> {
    /// The row does not have the column, or the resolver returned an object for a leaf type.
    Invalid,
    Text(&'a str),
    Json(&'a str),
    Cell(&'a Cell),
    List(&'a [ResolvedValue]),
    ValueRef(&'a ValueRef, &'a [Level]),
}

impl<'a> ResponseWriter<'a> {
    /// Writes an object, see [`Self::complete_value`].
    fn complete_object_value(
        &mut self,
        selection_set: &'a PlannedSelectionSet,
        level: &'a Level,
        row: usize,
    ) -> Result<(), PropagatedNull> {
        self.out.push('{');
        let record = level.rows[row].downcast_ref::<Record>();
        for (index, (planned, values)) in selection_set.fields.iter().zip(&level.values).enumerate()
        {
            if index > 0 {
                self.out.push(',');
            }
            self.out.push_str(&planned.json_key);
            let item = match values {
                FieldValues::FromRow(hint) => row_item(selection_set, planned, record, hint),
                FieldValues::Leaves(leaves) => WriteItem::from_value(&leaves[row]),
                FieldValues::Objects(refs, levels) => WriteItem::ValueRef(&refs[row], levels),
            };
            // Most values are leaves other than null, which cannot cause a field error.
            if planned.is_leaf && self.complete_leaf_value(item) {
                continue;
            }
            self.path.push(PathElement::Key(&planned.response_key));
            self.complete_value(planned, &planned.field.ty, item)?;
            self.path.pop();
        }
        self.out.push('}');
        Ok(())
    }

    /// [`CompleteValue`](https://spec.graphql.org/October2021/#CompleteValue()): writes a value of a type.
    /// A null inside it that the type does not allow makes the value null if the type is nullable, and
    /// propagates otherwise.
    fn complete_value(
        &mut self,
        planned: &'a PlannedField,
        ty: &TypeRef,
        item: WriteItem<'a>,
    ) -> Result<(), PropagatedNull> {
        if let TypeRef::NonNull(inner) = ty {
            return self.complete_non_null_value(planned, inner, item);
        }
        if item.is_null() {
            self.out.push_str("null");
            return Ok(());
        }
        let (start, depth) = (self.out.len(), self.path.len());
        if self.complete_non_null_value(planned, ty, item).is_err() {
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
        item: WriteItem<'a>,
    ) -> Result<(), PropagatedNull> {
        if let TypeRef::List(inner) = ty {
            let Some(n) = item.list_len() else {
                self.record_error(planned);
                return Err(PropagatedNull);
            };
            self.out.push('[');
            for index in 0..n {
                if index > 0 {
                    self.out.push(',');
                }
                self.path.push(PathElement::Index(index));
                self.complete_value(planned, inner, item.list_item(index))?;
                self.path.pop();
            }
            self.out.push(']');
            return Ok(());
        }
        if let WriteItem::ValueRef(ValueRef::Object(type_index, row), levels) = item {
            return self.complete_object_value(
                &planned.selection_sets[*type_index],
                &levels[*type_index],
                *row,
            );
        }
        if self.complete_leaf_value(item) {
            return Ok(());
        }
        // The value is null, the row lacks the column, or the resolver returned a list or an object for a
        // leaf type.
        self.record_error(planned);
        Err(PropagatedNull)
    }

    /// Writes a leaf. Returns `false`, and writes nothing, if the item is null, an object or a list.
    fn complete_leaf_value(&mut self, item: WriteItem<'a>) -> bool {
        match item {
            WriteItem::Text(text) => self.write_string(text),
            WriteItem::Json(json) => self.out.push_str(json),
            WriteItem::Cell(Cell::Text(text)) => self.write_string(text),
            WriteItem::Cell(Cell::Bool(value)) => {
                self.out.push_str(if *value { "true" } else { "false" });
            }
            WriteItem::Cell(Cell::Int(value)) => {
                self.out.push_str(itoa::Buffer::new().format(*value));
            }
            WriteItem::Cell(Cell::Float(value)) => match value.is_finite() {
                true => self.out.push_str(zmij::Buffer::new().format_finite(*value)),
                // JSON cannot represent infinity or NaN, and no field computes them.
                false => self.out.push_str("null"),
            },
            _ => return false,
        }
        true
    }

    fn write_string(&mut self, text: &str) {
        // Without an early exit, so that the loop is vectorized.
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

    fn record_error(&mut self, planned: &PlannedField) {
        let path = self.path.iter().map(|element| match element {
            PathElement::Key(key) => Json::from(*key),
            PathElement::Index(index) => Json::from(*index),
        });
        let mut error = GraphqlError::internal().with_location(self.plan.field_position(planned));
        error.path = path.collect();
        self.errors.push(error);
    }
}

impl<'a> WriteItem<'a> {
    fn from_value(value: &'a ResolvedValue) -> Self {
        match value {
            ResolvedValue::Leaf(cell) => Self::Cell(cell),
            ResolvedValue::List(items) => Self::List(items),
            ResolvedValue::Object(..) | ResolvedValue::Invalid => Self::Invalid,
        }
    }

    fn is_null(self) -> bool {
        matches!(
            self,
            Self::Cell(Cell::Null) | Self::ValueRef(ValueRef::Null, _)
        )
    }

    /// The number of items; `None` if this is not a list.
    fn list_len(self) -> Option<usize> {
        match self {
            Self::List(items) => Some(items.len()),
            Self::ValueRef(ValueRef::List(items), _) => Some(items.len()),
            _ => None,
        }
    }

    fn list_item(self, index: usize) -> Self {
        match self {
            Self::List(items) => Self::from_value(&items[index]),
            Self::ValueRef(ValueRef::List(items), levels) => Self::ValueRef(&items[index], levels),
            _ => Self::Invalid,
        }
    }
}

fn row_item<'a>(
    selection_set: &'a PlannedSelectionSet,
    planned: &'a PlannedField,
    record: Option<&'a Record>,
    hint: &std::cell::Cell<usize>,
) -> WriteItem<'a> {
    match &planned.field.resolver {
        Resolver::TypeName => WriteItem::Text(selection_set.object_type.name),
        Resolver::Introspection(json) => WriteItem::Json(json),
        Resolver::Column(column) => {
            let mut index = hint.get();
            let cell = record.and_then(|record| record.find(*column, &mut index));
            hint.set(index);
            cell.map_or(WriteItem::Invalid, WriteItem::Cell)
        }
        _ => WriteItem::Invalid,
    }
}
