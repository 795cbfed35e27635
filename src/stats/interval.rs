//! Interval arithmetic on intervals of real numbers with closed, open, or no bounds.
//!
//! Every operation returns an interval that contains the result for *every* choice of values from its
//! operands (the fundamental theorem of interval arithmetic: Moore, *Interval Analysis*, 1966;
//! IEEE Std 1788-2015). Bounds that `f64` cannot represent exactly are moved outward by one step, see
//! `rounding`. If an operand occurs twice in a formula, its occurrences are treated as independent,
//! which can only widen the result.

use std::cmp::Ordering;
use std::ops::{Add, Bound, Mul, Neg, RangeBounds, Sub};

use super::rounding::RoundingDirection;

/// One end of an interval; infinite and open if there is no bound.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Endpoint {
    value: f64,
    closed: bool,
}

impl Endpoint {
    fn from_bound(bound: Bound<f64>, unbounded: f64) -> Self {
        match bound {
            Bound::Included(value) => Self {
                value,
                closed: true,
            },
            Bound::Excluded(value) => Self {
                value,
                closed: false,
            },
            Bound::Unbounded => Self {
                value: unbounded,
                closed: false,
            },
        }
    }

    fn as_bound(&self) -> Bound<&f64> {
        if self.value.is_infinite() {
            Bound::Unbounded
        } else if self.closed {
            Bound::Included(&self.value)
        } else {
            Bound::Excluded(&self.value)
        }
    }

    /// Returns the endpoint further out in `direction`; if the values are equal, the closed one.
    fn outer(self, other: Self, direction: Ordering) -> Self {
        match self.value.total_cmp(&other.value) {
            Ordering::Equal => Self {
                value: self.value,
                closed: self.closed || other.closed,
            },
            order if order == direction => self,
            _ => other,
        }
    }

    /// Returns the endpoint further in, seen from `direction`; if the values are equal, the open one.
    fn inner(self, other: Self, direction: Ordering) -> Self {
        match self.value.total_cmp(&other.value) {
            Ordering::Equal => Self {
                value: self.value,
                closed: self.closed && other.closed,
            },
            order if order == direction => other,
            _ => self,
        }
    }
}

/// The set of all real numbers between two bounds; never empty. `contains` and the bounds are
/// methods of [`RangeBounds`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    low: Endpoint,
    high: Endpoint,
}

impl Interval {
    /// Every real number.
    pub const ENTIRE: Self = Self {
        low: Endpoint {
            value: f64::NEG_INFINITY,
            closed: false,
        },
        high: Endpoint {
            value: f64::INFINITY,
            closed: false,
        },
    };

    /// Creates an interval; returns `None` if it would be empty or a bound is not finite.
    pub fn new(low: Bound<f64>, high: Bound<f64>) -> Option<Self> {
        let finite = |bound: &Bound<f64>| match bound {
            Bound::Included(value) | Bound::Excluded(value) => value.is_finite(),
            Bound::Unbounded => true,
        };
        if !finite(&low) || !finite(&high) {
            return None;
        }
        Self::from_endpoints(
            Endpoint::from_bound(low, f64::NEG_INFINITY),
            Endpoint::from_bound(high, f64::INFINITY),
        )
    }

    /// Creates an interval of a single number; returns `None` if it is not finite.
    pub fn point(value: f64) -> Option<Self> {
        Self::new(Bound::Included(value), Bound::Included(value))
    }

    /// Creates `[low, high]`; returns `None` if it would be empty or a bound is not finite.
    pub fn closed(low: f64, high: f64) -> Option<Self> {
        Self::new(Bound::Included(low), Bound::Included(high))
    }

    fn from_endpoints(low: Endpoint, high: Endpoint) -> Option<Self> {
        // Adding zero turns negative zero, which sorts below zero, into zero. Infinity is never part
        // of an interval.
        let normalized = |end: Endpoint| Endpoint {
            value: end.value + 0.0,
            closed: end.closed && end.value.is_finite(),
        };
        let (low, high) = (normalized(low), normalized(high));
        (low.value < high.value || (low.value == high.value && low.closed && high.closed))
            .then_some(Self { low, high })
    }

    /// Returns the lower bound, which may be open; `None` if there is none.
    pub fn low(&self) -> Option<f64> {
        self.low.value.is_finite().then_some(self.low.value)
    }

    /// Returns the upper bound, which may be open; `None` if there is none.
    pub fn high(&self) -> Option<f64> {
        self.high.value.is_finite().then_some(self.high.value)
    }

    /// Returns the number if the interval contains only one.
    pub fn as_point(&self) -> Option<f64> {
        (self.low.value == self.high.value).then_some(self.low.value)
    }

    /// Multiplies all values by `factor`; returns `ENTIRE` if it is not finite.
    pub fn scale(self, factor: f64) -> Self {
        Self::point(factor).map_or(Self::ENTIRE, |factor| self * factor)
    }

    /// Returns the quotients for all nonzero divisors; `None` if the divisor can only be zero, and
    /// `ENTIRE` if zero is inside the divisor interval.
    pub fn divide(self, divisor: Self) -> Option<Self> {
        if divisor.as_point() == Some(0.0) {
            return None;
        }
        if divisor.low.value < 0.0 && divisor.high.value > 0.0 {
            return Some(Self::ENTIRE);
        }
        let side = if divisor.low.value >= 0.0 { 1.0 } else { -1.0 };
        Some(self.hull_of_corners(divisor, |rounding, a, b| {
            // Near a divisor of zero, the quotient is unbounded unless the dividend is zero.
            let value = if b.value != 0.0 {
                rounding.quotient(a.value, b.value)
            } else if a.value != 0.0 {
                f64::INFINITY * a.value.signum() * side
            } else {
                0.0
            };
            Endpoint {
                value,
                closed: a.closed && ((b.closed && b.value != 0.0) || a.value == 0.0),
            }
        }))
    }

    /// Returns the intersection; `None` if the intervals are disjoint.
    pub fn intersect(self, other: Self) -> Option<Self> {
        Self::from_endpoints(
            self.low.inner(other.low, Ordering::Less),
            self.high.inner(other.high, Ordering::Greater),
        )
    }

    /// Returns the smallest interval that contains both.
    pub fn hull(self, other: Self) -> Self {
        Self {
            low: self.low.outer(other.low, Ordering::Less),
            high: self.high.outer(other.high, Ordering::Greater),
        }
    }

    /// Whether `other` contains every value of this interval.
    pub fn is_within(self, other: Self) -> bool {
        self.intersect(other) == Some(self)
    }

    /// Returns `Less` or `Greater` if that is true for every pair of values, `Equal` if both contain only
    /// the same number, and `None` otherwise.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        let apart = |high: Endpoint, low: Endpoint| {
            high.value < low.value || (high.value == low.value && !(high.closed && low.closed))
        };
        if apart(self.high, other.low) {
            Some(Ordering::Less)
        } else if apart(other.high, self.low) {
            Some(Ordering::Greater)
        } else if self.as_point().is_some() && self == other {
            Some(Ordering::Equal)
        } else {
            None
        }
    }

    /// Whether no value of this interval exceeds any of `other`.
    pub fn surely_at_most(self, other: Self) -> bool {
        self.high.value <= other.low.value
    }

    /// Whether some value of this interval does not exceed some value of `other`.
    pub fn possibly_at_most(self, other: Self) -> bool {
        self.compare(other) != Some(Ordering::Greater)
    }

    /// Returns the hull of an operation that is monotone in each operand, from its values at the bounds.
    fn hull_of_corners(
        self,
        other: Self,
        operation: impl Fn(RoundingDirection, Endpoint, Endpoint) -> Endpoint,
    ) -> Self {
        let pairs = [
            (self.low, other.low),
            (self.low, other.high),
            (self.high, other.low),
            (self.high, other.high),
        ];
        let outermost = |rounding, direction| {
            pairs
                .iter()
                .map(|&(a, b)| operation(rounding, a, b))
                .reduce(|a, b| a.outer(b, direction))
        };
        outermost(RoundingDirection::Down, Ordering::Less)
            .zip(outermost(RoundingDirection::Up, Ordering::Greater))
            .and_then(|(low, high)| Self::from_endpoints(low, high))
            .unwrap_or(Self::ENTIRE)
    }
}

impl RangeBounds<f64> for Interval {
    fn start_bound(&self) -> Bound<&f64> {
        self.low.as_bound()
    }

    fn end_bound(&self) -> Bound<&f64> {
        self.high.as_bound()
    }
}

impl Add for Interval {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let sum = |rounding: RoundingDirection, a: Endpoint, b: Endpoint| Endpoint {
            value: rounding.sum(a.value, b.value),
            closed: a.closed && b.closed,
        };
        Self::from_endpoints(
            sum(RoundingDirection::Down, self.low, other.low),
            sum(RoundingDirection::Up, self.high, other.high),
        )
        .unwrap_or(Self::ENTIRE)
    }
}

impl Neg for Interval {
    type Output = Self;

    fn neg(self) -> Self {
        let mirrored = |end: Endpoint| Endpoint {
            value: 0.0 - end.value,
            ..end
        };
        Self {
            low: mirrored(self.high),
            high: mirrored(self.low),
        }
    }
}

impl Sub for Interval {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Interval {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        self.hull_of_corners(other, |rounding, a, b| Endpoint {
            value: rounding.product(a.value, b.value),
            // If a closed factor is zero, the product is zero even if the other bound is open.
            closed: match (a.closed, b.closed) {
                (true, true) => true,
                (true, false) => a.value == 0.0,
                (false, true) => b.value == 0.0,
                (false, false) => false,
            },
        })
    }
}

#[cfg(test)]
#[path = "interval_tests.rs"]
mod tests;
