//! A breadth-first GraphQL engine that reads in batches.
//!
//! A [`Graph`] defines each type and field once. async-graphql builds the schema from it, and
//! apollo-compiler validates documents against that schema. A [`Document`] is parsed and validated once
//! and executed often: the engine plans an operation, then resolves each selected field for all rows of
//! its level at once. The engine does not depend on the types of the domain, so adding a field or a
//! type does not change it.

mod answer_field;
mod arguments;
mod context;
mod definition;
mod document;
mod document_limits;
mod dynamic_schema;
mod error;
mod execution;
mod field;
mod input_coercion;
mod introspection;
mod lexer;
mod plan;
mod request_handler;
mod resolver;
mod response_writer;
#[cfg(test)]
mod tests;
mod validation;

use crate::{
    graphql_error::{ErrorCode, GraphqlError},
    graphql_response::ExecutionResponse,
    limits::Limits,
};
pub use answer_field::AnswerField;
pub use arguments::{ArgumentValue, ArgumentValues, value_as_str};
pub use context::Context;
pub use definition::{Graph, Object};
pub use document::{DOCUMENT_CACHE_BYTES, Document};
pub use dynamic_schema::{enum_type, input_object_type, interface_type};
pub use error::{ExecutionError, InternalError};
pub use field::{Argument, Field};
pub use plan::{PLAN_CACHE_BYTES, Plan, SelectedColumns};
pub use request_handler::{Engine, ExecutionRequest};
pub use resolver::{
    Call, Erased, ErasedCall, ObjectRow, ResolvedValue, Resolver, ResolverFuture, no_plan,
};
