//! Categories of respondents.

use std::sync::Arc;

use super::SegmentDimension;

/// The respondents with the same value in a dimension, such as `REGION` = `WEST`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Segment {
    /// The dimension of the breakdown.
    pub dimension: SegmentDimension,
    /// The value that the respondents share.
    pub value: Arc<str>,
}

impl Segment {
    /// Makes the category of a value.
    pub fn new(dimension: SegmentDimension, value: &str) -> Self {
        Self {
            dimension,
            value: value.into(),
        }
    }
}
