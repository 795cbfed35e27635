//! Estimators and arithmetic as pure functions over numbers: no SQL, no GraphQL, no input or output.

pub mod concentration;
pub mod great_circle;
pub mod great_circle_line;
pub mod interval;
pub mod margin_of_error;
pub mod quantity;
mod rounding;
