//! Writes what a plan has found as JSON, in the order of the document.
//!
//! A null where the type allows none is an error of its field and makes the nearest field above
//! that may be null null (specification, section 6.4.4).

use std::sync::atomic::Ordering;

use async_graphql::dynamic::TypeRef;
use serde_json::Value as Json;

use super::{
    Code, Output, Refusal, Resolve,
    plan::{Plan, Planned, Selection},
    run::{Level, Link, Values},
};
use crate::db::{Cell, Record};

/// The answer to a request that was executed.
#[derive(Debug)]
pub(super) struct Written {
    /// The value of `data`, as JSON.
    pub(super) data: String,
    /// Errors of fields.
    pub(super) errors: Vec<Refusal>,
}

/// A null that the field above has to answer for.
struct Bubble;

/// Writes the answer.
pub(super) fn write(plan: &Plan, level: &Level) -> Written {
    let mut writer = Writer {
        plan,
        // An answer is about as long as the last one of its plan.
        out: String::with_capacity(plan.length.load(Ordering::Relaxed) + 64),
        path: Vec::new(),
        errors: Vec::new(),
    };
    if writer.object(&plan.root, level, 0).is_err() {
        writer.out = "null".to_owned();
    }
    plan.length.store(writer.out.len(), Ordering::Relaxed);
    Written {
        data: writer.out,
        errors: writer.errors,
    }
}

struct Writer<'a> {
    plan: &'a Plan,
    out: String,
    path: Vec<Segment<'a>>,
    errors: Vec<Refusal>,
}

#[derive(Clone, Copy)]
enum Segment<'a> {
    Key(&'a str),
    Index(usize),
}

/// What is written next: a value, whatever it was read from.
#[derive(Clone, Copy)]
enum Next<'a> {
    Null,
    Text(&'a str),
    Json(&'a str),
    Cell(&'a Cell),
    Leaf(&'a Output),
    Link(&'a Link, &'a [Level]),
}

impl<'a> Writer<'a> {
    fn object(
        &mut self,
        selection: &'a Selection,
        level: &'a Level,
        row: usize,
    ) -> Result<(), Bubble> {
        self.out.push('{');
        let record = level.rows[row].downcast_ref::<Record>();
        for (index, (planned, values)) in selection.fields.iter().zip(&level.values).enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.out.push_str(&planned.written_key);
            let next = match values {
                Values::OfRow(hint) => of_row(selection, planned, record, hint),
                Values::Leaves(leaves) => Next::Leaf(&leaves[row]),
                Values::Links(links, levels) => Next::Link(&links[row], levels),
            };
            // Most values are leaves that are there: nothing can be wrong with them.
            if planned.is_leaf && self.leaf(next) {
                continue;
            }
            self.path.push(Segment::Key(&planned.key));
            self.value(planned, &planned.field.ty, next)?;
            self.path.pop();
        }
        self.out.push('}');
        Ok(())
    }

    /// Writes a value of a type; a null that it may not be is caught here where the type is
    /// nullable, and handed up where it is not.
    fn value(&mut self, planned: &'a Planned, ty: &TypeRef, next: Next<'a>) -> Result<(), Bubble> {
        if let TypeRef::NonNull(inner) = ty {
            if next.is_null() {
                self.error(planned);
                return Err(Bubble);
            }
            return self.present(planned, inner, next);
        }
        if next.is_null() {
            self.out.push_str("null");
            return Ok(());
        }
        let (start, depth) = (self.out.len(), self.path.len());
        if self.present(planned, ty, next).is_err() {
            self.out.truncate(start);
            self.path.truncate(depth);
            self.out.push_str("null");
        }
        Ok(())
    }

    fn present(
        &mut self,
        planned: &'a Planned,
        ty: &TypeRef,
        next: Next<'a>,
    ) -> Result<(), Bubble> {
        if let TypeRef::List(inner) = ty {
            self.out.push('[');
            for index in 0.. {
                let Some(item) = next.item(index) else { break };
                if index > 0 {
                    self.out.push(',');
                }
                self.path.push(Segment::Index(index));
                self.value(planned, inner, item)?;
                self.path.pop();
            }
            self.out.push(']');
            return Ok(());
        }
        if let Next::Link(Link::To(of_type, row), levels) = next {
            return self.object(&planned.below[*of_type], &levels[*of_type], *row);
        }
        if self.leaf(next) {
            return Ok(());
        }
        // A list or an object where the type says leaf: the definition is wrong.
        self.error(planned);
        Err(Bubble)
    }

    /// Writes a leaf that is there; `false` where it is something else.
    fn leaf(&mut self, next: Next<'a>) -> bool {
        match next {
            Next::Text(text) => self.text(text),
            Next::Json(json) => self.out.push_str(json),
            Next::Cell(Cell::Text(text)) | Next::Leaf(Output::Text(text)) => self.text(text),
            Next::Cell(Cell::Bool(value)) | Next::Leaf(Output::Bool(value)) => {
                self.out.push_str(if *value { "true" } else { "false" });
            }
            Next::Cell(Cell::Int(value)) | Next::Leaf(Output::Int(value)) => self.int(*value),
            Next::Cell(Cell::Float(value)) | Next::Leaf(Output::Float(value)) => {
                self.float(*value);
            }
            _ => return false,
        }
        true
    }

    fn text(&mut self, text: &str) {
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

    fn int(&mut self, value: i64) {
        self.out.push_str(itoa::Buffer::new().format(value));
    }

    fn float(&mut self, value: f64) {
        match value.is_finite() {
            true => self.out.push_str(zmij::Buffer::new().format_finite(value)),
            // JSON has no infinities; none is computed, and null is what JSON offers.
            false => self.out.push_str("null"),
        }
    }

    fn error(&mut self, planned: &Planned) {
        let path: Vec<Json> = self
            .path
            .iter()
            .map(|segment| match segment {
                Segment::Key(key) => (*key).into(),
                Segment::Index(index) => (*index).into(),
            })
            .collect();
        self.errors.push(
            Refusal::new(Code::Internal, "internal error")
                .at_some(self.plan.place(planned))
                .of(&path),
        );
    }
}

impl<'a> Next<'a> {
    fn is_null(self) -> bool {
        matches!(
            self,
            Self::Null
                | Self::Cell(Cell::Null)
                | Self::Leaf(Output::Null)
                | Self::Link(Link::Null, _)
        )
    }

    /// The item of a list; `None` past its end.
    fn item(self, index: usize) -> Option<Self> {
        match self {
            Self::Leaf(Output::List(items)) => items.get(index).map(Self::Leaf),
            Self::Link(Link::List(items), levels) => {
                items.get(index).map(|item| Self::Link(item, levels))
            }
            _ => None,
        }
    }
}

fn of_row<'a>(
    selection: &'a Selection,
    planned: &'a Planned,
    record: Option<&'a Record>,
    hint: &std::cell::Cell<usize>,
) -> Next<'a> {
    match &planned.field.resolve {
        Resolve::TypeName => Next::Text(selection.object.name),
        Resolve::Written(json) => Next::Json(json),
        Resolve::Column(column) => record.map_or(Next::Null, |record| {
            let mut near = hint.get();
            let cell = record.get_near(*column, &mut near);
            hint.set(near);
            Next::Cell(cell)
        }),
        _ => Next::Null,
    }
}
