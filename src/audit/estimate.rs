//! A number as printed together with the interval that it stands for, and what follows from both.

use std::ops::{Add, Sub};

use super::FigureInput;
use crate::stats::interval::Interval;
use crate::vocabulary::{Qualifier, Verdict};

/// What the printed values come to, and between which bounds the true value lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    /// From the values as printed; `None` where the source sets a bound only, or gives words.
    pub(super) printed: Option<f64>,
    /// From the intervals that rounding and wording allow.
    pub(super) bounds: Interval,
}

impl Estimate {
    /// A number without any doubt.
    pub(super) fn exact(value: f64) -> Self {
        Self {
            printed: Some(value),
            bounds: Interval::point(value).unwrap_or(Interval::ENTIRE),
        }
    }

    /// An interval without a printed value.
    pub(super) fn from_bounds(bounds: Interval) -> Self {
        Self {
            printed: None,
            bounds,
        }
    }

    /// Both numbers treated alike.
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

    /// The number that this percentage of `whole` is.
    pub(super) fn percent_of(self, whole: Self) -> Self {
        let product = self.combine(whole, |a, b| a * b, |a, b| a * b);
        Self {
            printed: product.printed.map(|product| product / 100.0),
            bounds: divide_by_hundred(product.bounds),
        }
    }

    /// The percentage of `whole` that this is; `None` where the whole is zero.
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

    /// The sum of all.
    pub(super) fn sum(parts: &[&FigureInput]) -> Self {
        parts
            .iter()
            .map(|part| Self::from(*part))
            .fold(Self::exact(0.0), Self::add)
    }

    /// Whether this equals `other`.
    pub(super) fn equals(self, other: Self) -> Verdict {
        let as_printed = self.printed.zip(other.printed);
        verdict_for(
            as_printed.is_some_and(|(a, b)| nearly_equal(a, b)),
            self.bounds.intersect(other.bounds).is_some(),
        )
    }

    /// Whether this is no more than `other`.
    pub(super) fn at_most(self, other: Self) -> Verdict {
        let as_printed = self.printed.zip(other.printed);
        verdict_for(
            as_printed.is_some_and(|(a, b)| a <= b || nearly_equal(a, b))
                || self.bounds.surely_at_most(other.bounds),
            self.bounds.possibly_at_most(other.bounds),
        )
    }

    /// Whether this is what `claim` allows: a rounded percentage, "over 1,000", "most".
    pub(super) fn agrees_with(self, claim: Interval) -> Verdict {
        verdict_for(
            self.bounds.is_within(claim),
            self.bounds.intersect(claim).is_some(),
        )
    }
}

/// `HOLDS` where a statement holds without slack, `HOLDS_WITHIN_ROUNDING` where it can hold, and
/// `CONTRADICTS` where it cannot.
fn verdict_for(holds: bool, possible: bool) -> Verdict {
    match (holds, possible) {
        (true, _) => Verdict::Holds,
        (false, true) => Verdict::HoldsWithinRounding,
        (false, false) => Verdict::Contradicts,
    }
}

/// Whether two printed numbers are equal but for floating point: figures have far fewer digits.
pub(super) fn nearly_equal(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

/// Division rather than scaling by 0.01, which is not a binary fraction.
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
