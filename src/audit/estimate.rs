//! Numbers as published together with the interval of possible true values, and comparisons of them.

use std::ops::{Add, Sub};

use super::FigureInput;
use crate::stats::interval::Interval;
use crate::vocabulary::{Qualifier, Verdict};

/// A number computed from published values, with an interval that contains the true value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    /// The result for the values as published; `None` if the source gives only a bound or words.
    pub(super) printed: Option<f64>,
    /// The result for the intervals that rounding and wording allow.
    pub(super) bounds: Interval,
}

impl Estimate {
    /// An exactly known number.
    pub(super) fn exact(value: f64) -> Self {
        Self {
            printed: Some(value),
            bounds: Interval::point(value).unwrap_or(Interval::ENTIRE),
        }
    }

    /// An interval without a published value.
    pub(super) fn from_bounds(bounds: Interval) -> Self {
        Self {
            printed: None,
            bounds,
        }
    }

    /// Applies an operation to the published values and to the intervals.
    fn combine(
        self,
        other: Self,
        printed: impl Fn(f64, f64) -> f64,
        bounds: impl Fn(Interval, Interval) -> Interval,
    ) -> Self {
        Self {
            printed: self.printed.zip(other.printed).map(|(a, b)| printed(a, b)),
            bounds: bounds(self.bounds, other.bounds),
        }
    }

    /// Returns `self` percent of `whole`.
    pub(super) fn percent_of(self, whole: Self) -> Self {
        let product = self.combine(whole, |a, b| a * b, |a, b| a * b);
        Self {
            printed: product.printed.map(|product| product / 100.0),
            bounds: divide_by_hundred(product.bounds),
        }
    }

    /// Returns `self` as a percentage of `whole`; `None` if `whole` is zero.
    pub(super) fn as_percent_of(self, whole: Self) -> Option<Self> {
        let ratio = |part: f64, whole: f64| (whole != 0.0).then(|| 100.0 * part / whole);
        Some(Self {
            printed: self
                .printed
                .zip(whole.printed)
                .and_then(|(a, b)| ratio(a, b)),
            bounds: self.bounds.scale(100.0).divide(whole.bounds)?,
        })
    }

    /// Returns the sum of the figures.
    pub(super) fn sum(parts: &[&FigureInput]) -> Self {
        parts
            .iter()
            .map(|part| Self::from(*part))
            .fold(Self::exact(0.0), Self::add)
    }

    /// Compares with `other` for equality.
    pub(super) fn equals(self, other: Self) -> Verdict {
        let as_printed = self.printed.zip(other.printed);
        verdict_for(
            as_printed.is_some_and(|(a, b)| nearly_equal(a, b)),
            self.bounds.intersect(other.bounds).is_some(),
        )
    }

    /// Checks that `self` is no more than `other`.
    pub(super) fn at_most(self, other: Self) -> Verdict {
        let as_printed = self.printed.zip(other.printed);
        verdict_for(
            as_printed.is_some_and(|(a, b)| a <= b || nearly_equal(a, b))
                || self.bounds.surely_at_most(other.bounds),
            self.bounds.possibly_at_most(other.bounds),
        )
    }

    /// Checks that `self` is more than `other`.
    pub(super) fn exceeds(self, other: Self) -> Verdict {
        let as_printed = self.printed.zip(other.printed);
        verdict_for(
            as_printed.is_some_and(|(a, b)| a > b && !nearly_equal(a, b))
                || !self.bounds.possibly_at_most(other.bounds),
            !self.bounds.surely_at_most(other.bounds),
        )
    }

    /// Checks that `self` is within `claim`, such as a rounded percentage, "over 1,000", or "most".
    pub(super) fn agrees_with(self, claim: Interval) -> Verdict {
        verdict_for(
            self.bounds.is_within(claim),
            self.bounds.intersect(claim).is_some(),
        )
    }
}

/// Returns `HOLDS` if a statement holds, `HOLDS_WITHIN_ROUNDING` if it is only possible, and
/// `CONTRADICTS` if it is impossible.
fn verdict_for(holds: bool, possible: bool) -> Verdict {
    match (holds, possible) {
        (true, _) => Verdict::Holds,
        (false, true) => Verdict::HoldsWithinRounding,
        (false, false) => Verdict::Contradicts,
    }
}

/// Whether two numbers are equal up to floating-point error, which is far smaller than the last
/// digit of any figure.
pub(super) fn nearly_equal(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

/// Divides instead of multiplying by 0.01, which floating point cannot represent exactly.
fn divide_by_hundred(interval: Interval) -> Interval {
    Interval::point(100.0)
        .and_then(|hundred| interval.divide(hundred))
        .unwrap_or(Interval::ENTIRE)
}

impl From<&FigureInput> for Estimate {
    fn from(figure: &FigureInput) -> Self {
        let is_value = matches!(
            figure.quantity.qualifier,
            Qualifier::Exact | Qualifier::Rounded | Qualifier::Approximate
        );
        Self {
            printed: figure.quantity.value.filter(|_| is_value),
            bounds: figure.quantity.interval(),
        }
    }
}

impl Add for Estimate {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.combine(other, |a, b| a + b, |a, b| a + b)
    }
}

impl Sub for Estimate {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.combine(other, |a, b| a - b, |a, b| a - b)
    }
}
