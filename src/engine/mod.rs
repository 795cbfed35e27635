//! A breadth-first GraphQL engine over batched reads.
//!
//! A [`Graph`] defines each type and field once. async-graphql makes the schema of it, and
//! apollo-compiler holds documents to that. A [`Document`] is made once and executed often: the
//! engine plans an operation and resolves each selected field for all rows of its level at once.
//! The engine knows no type of the domain: adding a field or a type does not touch it.

mod answer;
mod arguments;
mod bounds;
mod context;
mod definition;
mod document;
mod error;
mod field;
mod introspection;
mod limits;
mod plan;
mod plans;
mod run;
mod schema;
mod server;
mod tokens;
mod validation;
mod write;

pub use answer::Answer;
pub use arguments::{Arguments, text};
pub use context::Context;
pub use definition::{Enum, Graph, Input, Interface, Object, Scalar, Union};
pub use document::{Document, Operation, OperationKind};
pub use error::{Code, Fault, Refusal};
pub use field::{Argument, Call, Field, Output, Prepared, Resolve, Row, type_ref};
pub use limits::Limits;
pub use plan::{Plan, Wanted};
pub use server::{Engine, Request};
