//! Published numbers, with the interval that their rounding or wording allows.

use std::ops::Bound::{self, Excluded, Included, Unbounded};

use super::interval::Interval;
use crate::vocabulary::Qualifier;

/// The unit of percentages, which are always between 0 and 100.
pub const PERCENT: &str = "percent";

/// The maximum number of decimals. No figure has more, and `10^10` does not fit in a `u32`.
const MAX_DIGITS: u32 = 9;

/// A published number and how the source words it, without its sampling error.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// The number as printed; `None` if the source gives only words, such as "most".
    pub value: Option<f64>,
    /// The unit, such as `percent` or `USD billion`.
    pub unit: String,
    /// How the source words the number.
    pub qualifier: Qualifier,
    /// The number of decimals printed.
    pub digits: u32,
}

impl Quantity {
    /// Returns the interval that the wording and the printed digits allow for the value `v`:
    ///
    /// | qualifier | interval |
    /// |---|---|
    /// | `EXACT` | only `v` |
    /// | `ROUNDED` | `v` ± half a unit of the last digit printed, including both ends: 46 is `[45.5, 46.5]` |
    /// | `APPROXIMATE` | `v` ± 10%, or the interval of `ROUNDED` if that is wider |
    /// | `AT_LEAST` | `[v, ∞)` |
    /// | `MORE_THAN` | `(v, ∞)` |
    /// | `LESS_THAN` | `(-∞, v)` |
    /// | `MAJORITY` | more than half of the whole: `(50, 100]` percent; unbounded in other units |
    ///
    /// Percentages are limited to `[0, 100]`, so "more than 50 percent" is `(50, 100]`.
    ///
    /// The 10% for `APPROXIMATE` is this project's own choice, the same for every figure and unit;
    /// no source states one. It treats "about", "nearly", and "half" as precise to one significant
    /// digit, the least that such words usually mean: "around 20%" is 18 to 22, "half" is 45 to 55,
    /// and "roughly a third", recorded as 33, includes one third. It is deliberately wide, so that
    /// figures contradict each other only if no fair reading reconciles them.
    ///
    /// If the value is impossible in its unit, such as 120 percent, the interval is the entire range
    /// of the unit.
    pub fn interval(&self) -> Interval {
        let range = self.unit_range();
        self.wording_interval()
            .and_then(|wording| wording.intersect(range))
            .unwrap_or(range)
    }

    /// Returns the lower bound of the interval; `None` if there is none.
    pub fn low(&self) -> Option<f64> {
        self.interval().low()
    }

    /// Returns the upper bound of the interval; `None` if there is none.
    pub fn high(&self) -> Option<f64> {
        self.interval().high()
    }

    fn is_percent(&self) -> bool {
        self.unit == PERCENT
    }

    /// Returns the range of possible numbers in this unit.
    fn unit_range(&self) -> Interval {
        if self.is_percent() {
            Interval::closed(0.0, 100.0).unwrap_or(Interval::ENTIRE)
        } else {
            Interval::ENTIRE
        }
    }

    /// Returns the interval for the wording and digits, ignoring the range of the unit; `None` if it
    /// is unbounded or empty.
    fn wording_interval(&self) -> Option<Interval> {
        let (low, high) = match (self.qualifier, self.value) {
            (Qualifier::Majority, _) if self.is_percent() => (Excluded(50.0), Unbounded),
            (Qualifier::Majority, _) | (_, None) => return None,
            (Qualifier::Exact, Some(value)) => (Included(value), Included(value)),
            (Qualifier::Rounded, Some(value)) => (
                Included(self.shift_by_units(value, -0.5)),
                Included(self.shift_by_units(value, 0.5)),
            ),
            (Qualifier::Approximate, Some(value)) => self.approximate_bounds(value),
            (Qualifier::AtLeast, Some(value)) => (Included(value), Unbounded),
            (Qualifier::MoreThan, Some(value)) => (Excluded(value), Unbounded),
            (Qualifier::LessThan, Some(value)) => (Unbounded, Excluded(value)),
        };
        Interval::new(low, high)
    }

    fn approximate_bounds(&self, value: f64) -> (Bound<f64>, Bound<f64>) {
        let tenth = self.in_last_place_units(value).abs() / 10.0;
        let allowance = tenth.max(0.5);
        (
            Included(self.shift_by_units(value, -allowance)),
            Included(self.shift_by_units(value, allowance)),
        )
    }

    /// Returns the value in units of its last printed digit: 338 for 33.8.
    fn in_last_place_units(&self, value: f64) -> f64 {
        (value * self.scale()).round()
    }

    /// Shifts the value by `units` of its last printed digit. In tenths of that unit both are
    /// integers, so only the division rounds: the result is the `f64` nearest to the decimal bound.
    fn shift_by_units(&self, value: f64, units: f64) -> f64 {
        let tenths = self.in_last_place_units(value) * 10.0 + (units * 10.0).round();
        tenths / (self.scale() * 10.0)
    }

    fn scale(&self) -> f64 {
        f64::from(10_u32.pow(self.digits.min(MAX_DIGITS)))
    }
}

/// A number and the range of values that it stands for: a published number, or one computed from several.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundedQuantity {
    /// The number; `None` if the source gives only words.
    pub value: Option<f64>,
    /// The unit, such as `percent` or `USD billion`.
    pub unit: String,
    /// How the number is worded; of a computed number, see [`computed_qualifier`].
    pub qualifier: Qualifier,
    /// The lower end of the range; `None` if there is none.
    pub low: Option<f64>,
    /// The upper end of the range; `None` if there is none.
    pub high: Option<f64>,
}

impl From<&Quantity> for BoundedQuantity {
    fn from(quantity: &Quantity) -> Self {
        Self {
            value: quantity.value,
            unit: quantity.unit.clone(),
            qualifier: quantity.qualifier,
            low: quantity.low(),
            high: quantity.high(),
        }
    }
}

/// Returns the percentage that is left if these are subtracted from 100, between 0 and 100.
pub fn remaining_percentage(parts: &[&Quantity]) -> BoundedQuantity {
    let rest = |end: fn(&Quantity) -> Option<f64>| {
        let sum = parts.iter().map(|part| end(part)).sum::<Option<f64>>()?;
        Some(without_noise(100.0 - sum).clamp(0.0, 100.0))
    };
    BoundedQuantity {
        value: rest(|part| part.value),
        unit: PERCENT.to_owned(),
        qualifier: computed_qualifier(parts),
        low: rest(Quantity::high),
        high: rest(Quantity::low),
    }
}

/// Returns `a - b`. The difference of two percentages is in percentage points.
pub fn difference(a: &Quantity, b: &Quantity) -> BoundedQuantity {
    let minus = |a: Option<f64>, b: Option<f64>| Some(without_noise(a? - b?));
    BoundedQuantity {
        value: minus(a.value, b.value),
        unit: match a.is_percent() {
            true => "percentage points".to_owned(),
            false => a.unit.clone(),
        },
        qualifier: computed_qualifier(&[a, b]),
        low: minus(a.low(), b.high()),
        high: minus(a.high(), b.low()),
    }
}

/// Returns the qualifier of a number that is computed from others: `EXACT` if all of them are,
/// `ROUNDED` if they are exact or rounded, and otherwise `APPROXIMATE`.
fn computed_qualifier(operands: &[&Quantity]) -> Qualifier {
    let all = |qualifiers: &[Qualifier]| {
        let mut operands = operands.iter();
        operands.all(|operand| qualifiers.contains(&operand.qualifier))
    };
    match all(&[Qualifier::Exact]) {
        true => Qualifier::Exact,
        false if all(&[Qualifier::Exact, Qualifier::Rounded]) => Qualifier::Rounded,
        false => Qualifier::Approximate,
    }
}

/// Rounds the sum or difference of decimal numbers to nine decimals, more than any of them has.
fn without_noise(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use std::ops::RangeBounds;

    use proptest::prelude::*;

    use super::*;

    fn quantity(
        value: impl Into<Option<f64>>,
        qualifier: Qualifier,
        unit: &str,
        digits: u32,
    ) -> Quantity {
        Quantity {
            value: value.into(),
            unit: unit.to_owned(),
            qualifier,
            digits,
        }
    }

    #[test]
    fn bounds_follow_wording_and_digits() {
        use Qualifier::*;
        for (value, qualifier, unit, digits, low, high) in [
            (
                Some(46.0),
                Rounded,
                PERCENT,
                0,
                Included(45.5),
                Included(46.5),
            ),
            (
                Some(33.8),
                Rounded,
                PERCENT,
                1,
                Included(33.75),
                Included(33.85),
            ),
            (
                Some(0.07),
                Rounded,
                "ratio",
                2,
                Included(0.065),
                Included(0.075),
            ),
            (Some(0.0), Rounded, PERCENT, 0, Included(0.0), Included(0.5)),
            (
                Some(100.0),
                Rounded,
                PERCENT,
                0,
                Included(99.5),
                Included(100.0),
            ),
            (
                Some(1049.0),
                Exact,
                "partnerships",
                0,
                Included(1049.0),
                Included(1049.0),
            ),
            (
                Some(1.0),
                AtLeast,
                "partnerships",
                0,
                Included(1.0),
                Unbounded,
            ),
            (
                Some(50.0),
                MoreThan,
                PERCENT,
                0,
                Excluded(50.0),
                Included(100.0),
            ),
            (
                Some(735.0),
                MoreThan,
                "USD billion",
                0,
                Excluded(735.0),
                Unbounded,
            ),
            (
                Some(33.8),
                LessThan,
                PERCENT,
                1,
                Included(0.0),
                Excluded(33.8),
            ),
            (
                Some(9.0),
                LessThan,
                "partnerships",
                0,
                Unbounded,
                Excluded(9.0),
            ),
            (None, Majority, PERCENT, 0, Excluded(50.0), Included(100.0)),
            (None, Majority, "partnerships", 0, Unbounded, Unbounded),
            (None, Rounded, PERCENT, 0, Included(0.0), Included(100.0)),
            (
                Some(120.0),
                Exact,
                PERCENT,
                0,
                Included(0.0),
                Included(100.0),
            ),
        ] {
            let interval = quantity(value, qualifier, unit, digits).interval();
            assert_eq!(
                interval.start_bound().cloned(),
                low,
                "{value:?} {qualifier:?} {unit}"
            );
            assert_eq!(
                interval.end_bound().cloned(),
                high,
                "{value:?} {qualifier:?} {unit}"
            );
        }
    }

    #[test]
    fn approximate_values_allow_ten_percent_or_at_least_the_rounding() {
        let bounds = |value, unit, digits| {
            let quantity = quantity(value, Qualifier::Approximate, unit, digits);
            (quantity.low(), quantity.high())
        };
        assert_eq!(bounds(50.0, PERCENT, 0), (Some(45.0), Some(55.0)));
        assert_eq!(bounds(20.0, PERCENT, 0), (Some(18.0), Some(22.0)));
        assert_eq!(bounds(33.0, PERCENT, 0), (Some(29.7), Some(36.3)));
        assert_eq!(bounds(2.0, PERCENT, 0), (Some(1.5), Some(2.5)));
        assert_eq!(bounds(95.0, PERCENT, 0), (Some(85.5), Some(100.0)));
        assert_eq!(bounds(1.5, "USD billion", 1), (Some(1.35), Some(1.65)));
        assert_eq!(bounds(-20.0, "USD billion", 0), (Some(-22.0), Some(-18.0)));
    }

    proptest! {
        #[test]
        fn rounding_to_the_printed_digits_stays_inside(truth in 0_u32..1_000_000_000, digits in 0_u32..4) {
            // The true value has at most seven decimals and is below 100.
            let truth = f64::from(truth) / 1e7;
            let scale = f64::from(10_u32.pow(digits));
            let printed = (truth * scale).round() / scale;
            let rounded = quantity(printed, Qualifier::Rounded, PERCENT, digits).interval();
            prop_assert!(rounded.contains(&truth), "{truth} in {rounded:?}");
        }
    }
}
