//! Estimates and measures as pure functions: no SQL, no GraphQL, no input or output.

pub mod great_circle;
