//! The range of a published percentage, in integers.

use std::ops::{Bound, RangeBounds, RangeInclusive};

use crate::stats::quantity::Quantity;

/// The range of a share, in units of `1 / denominator`. Without rounding errors, a count that just fits a
/// percentage is not lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShareRange {
    low: u64,
    high: u64,
    /// Whether the ends belong to the range.
    closed: (bool, bool),
    denominator: u64,
}

/// The decimals of bounds that are used: one more than a percentage has.
const MAX_DIGITS: u32 = 6;

impl ShareRange {
    /// Returns the range that rounding and wording allow; `None` if the percentage is published in words
    /// only.
    pub fn of_percentage(percentage: &Quantity) -> Option<Self> {
        percentage.value?;
        let scale = 10_u64.pow(MAX_DIGITS);
        let interval = percentage.interval();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "percentages are between 0 and 100"
        )]
        let end = |bound: Bound<&f64>, unbounded: f64| match bound {
            Bound::Included(value) => ((value * scale as f64).round() as u64, true),
            Bound::Excluded(value) => ((value * scale as f64).round() as u64, false),
            Bound::Unbounded => ((unbounded * scale as f64).round() as u64, true),
        };
        let (low, low_is_closed) = end(interval.start_bound(), 0.0);
        let (high, high_is_closed) = end(interval.end_bound(), 100.0);
        Some(Self {
            low,
            high,
            closed: (low_is_closed, high_is_closed),
            denominator: 100 * scale,
        })
    }

    /// Returns how many of `n` respondents may say yes; empty if no number fits.
    pub fn yes_range(self, n: u32) -> RangeInclusive<u32> {
        let (low, high) = (self.low * u64::from(n), self.high * u64::from(n));
        let low = match self.closed.0 {
            true => low.div_ceil(self.denominator),
            false => low / self.denominator + 1,
        };
        let high = match self.closed.1 {
            true => high / self.denominator,
            // An open end is above 0.
            false => high.div_ceil(self.denominator).saturating_sub(1),
        };
        let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        count(low)..=count(high).min(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{stats::quantity::PERCENT, vocabulary::Qualifier};

    fn range(value: f64, qualifier: Qualifier, digits: u32) -> ShareRange {
        let percentage = Quantity {
            value: Some(value),
            unit: PERCENT.to_owned(),
            qualifier,
            digits,
        };
        ShareRange::of_percentage(&percentage).expect("a number")
    }

    #[test]
    fn counts_that_just_fit_are_included() {
        let rounded = range(31.0, Qualifier::Rounded, 0);
        assert_eq!(rounded.yes_range(1446), 442..=455);
        // 1 of 200 is 0.5%, which may be rounded to 0 or 1.
        assert_eq!(range(0.0, Qualifier::Rounded, 0).yes_range(200), 0..=1);
        assert_eq!(range(1.0, Qualifier::Rounded, 0).yes_range(200), 1..=3);
        assert_eq!(range(33.3, Qualifier::Rounded, 1).yes_range(3), 1..=1);
        let approximate = range(50.0, Qualifier::Approximate, 0);
        assert_eq!(approximate.yes_range(1446), 651..=795);
        assert!(range(46.0, Qualifier::Rounded, 0).yes_range(1).is_empty());
    }

    #[test]
    fn open_ends_are_excluded() {
        assert_eq!(range(55.0, Qualifier::MoreThan, 0).yes_range(100), 56..=100);
        assert_eq!(range(55.0, Qualifier::LessThan, 0).yes_range(100), 0..=54);
    }
}
