//! Statistics and geometry as pure functions of numbers, without SQL, GraphQL, or I/O.

pub mod augmenting;
pub mod awareness;
pub mod claims;
pub mod comparability;
pub mod concentration;
pub mod feasible;
pub mod great_circle;
pub mod great_circle_line;
pub mod independence;
pub mod interval;
pub mod link;
pub mod margin_of_error;
mod quantile;
pub mod quantity;
mod rounding;
pub mod suppression;
pub mod tabulation;
pub mod timeline;
pub mod weighted;
