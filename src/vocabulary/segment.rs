//! Categories of respondents, and which of them include others.

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

/// The published values that stand for several answers, with the other published values that they include.
const UNIONS: [(SegmentDimension, &str, &[&str]); 4] = [
    (
        SegmentDimension::Benefit,
        "VERY_OR_EXTREMELY",
        &["EXTREMELY"],
    ),
    (
        SegmentDimension::Benefit,
        "BENEFICIAL",
        &["EXTREMELY", "VERY_OR_EXTREMELY"],
    ),
    (
        SegmentDimension::Employer,
        "SERVICES_OR_GOODS",
        &["SERVICES", "GOODS"],
    ),
    (
        SegmentDimension::Employer,
        "BUSINESS",
        &["SERVICES", "GOODS"],
    ),
];

impl Segment {
    /// Makes the category of a value.
    pub fn new(dimension: SegmentDimension, value: &str) -> Self {
        Self {
            dimension,
            value: value.into(),
        }
    }

    /// The values of the same dimension that this one includes, without itself.
    fn parts(&self) -> &'static [&'static str] {
        let mut unions = UNIONS.iter();
        let union = unions
            .find(|(dimension, value, _)| *dimension == self.dimension && **value == *self.value);
        union.map_or(&[], |(.., parts)| parts)
    }

    /// Returns whether all respondents in `other` are in this category.
    pub fn includes(&self, other: &Self) -> bool {
        self == other
            || (self.dimension == other.dimension && self.parts().contains(&&*other.value))
    }

    /// Returns whether respondents can be in both categories of one dimension.
    pub fn overlaps(&self, other: &Self) -> bool {
        let mut parts = self.parts().iter();
        self.includes(other)
            || other.includes(self)
            || (self.dimension == other.dimension && parts.any(|part| other.parts().contains(part)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unions_include_their_parts() {
        let benefit = |value| Segment::new(SegmentDimension::Benefit, value);
        let employer = |value| Segment::new(SegmentDimension::Employer, value);
        assert!(benefit("BENEFICIAL").includes(&benefit("EXTREMELY")));
        assert!(benefit("BENEFICIAL").includes(&benefit("VERY_OR_EXTREMELY")));
        assert!(!benefit("EXTREMELY").includes(&benefit("BENEFICIAL")));
        assert!(employer("BUSINESS").includes(&employer("GOODS")));
        assert!(!employer("BUSINESS").includes(&employer("SERVICES_OR_GOODS")));
        assert!(employer("BUSINESS").overlaps(&employer("SERVICES_OR_GOODS")));
        assert!(!employer("BUSINESS").overlaps(&employer("PUBLIC")));
        assert!(!employer("SERVICES").overlaps(&employer("GOODS")));
    }
}
