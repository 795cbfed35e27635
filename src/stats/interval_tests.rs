//! Tests interval arithmetic with hand-computed cases and properties.

use std::cmp::Ordering;
use std::ops::Bound::{self, Excluded, Included, Unbounded};
use std::ops::RangeBounds;

use proptest::prelude::*;

use super::Interval;

fn interval(low: Bound<f64>, high: Bound<f64>) -> Interval {
    Interval::new(low, high).expect("not empty")
}

fn closed(low: f64, high: f64) -> Interval {
    interval(Included(low), Included(high))
}

#[test]
fn bounds_are_stored_unchanged() {
    let more_than_half = interval(Excluded(50.0), Included(100.0));
    assert!(!more_than_half.contains(&50.0));
    assert!(more_than_half.contains(&100.0));
    assert_eq!(more_than_half.low(), Some(50.0));
    let at_least_one = interval(Included(1.0), Unbounded);
    assert!(at_least_one.contains(&1.0));
    assert_eq!(at_least_one.high(), None);
    assert_eq!(Interval::new(Included(2.0), Included(1.0)), None);
    assert_eq!(Interval::new(Excluded(2.0), Included(2.0)), None);
    assert_eq!(Interval::point(f64::NAN), None);
    let zero = closed(-0.0, -0.0);
    assert!(zero.low().is_some_and(f64::is_sign_positive));
}

#[test]
fn results_are_open_only_if_no_closed_bounds_reach_them() {
    let open = interval(Excluded(1.0), Excluded(2.0));
    let half_open = interval(Excluded(1.0), Included(2.0));
    assert_eq!(
        half_open.divide(closed(1.0, 2.0)),
        Some(interval(Excluded(0.5), Included(2.0)))
    );
    assert_eq!(
        closed(1.0, 2.0).divide(half_open),
        Some(interval(Included(0.5), Excluded(2.0)))
    );
    let from_zero = Some(interval(Included(0.0), Excluded(1.0)));
    assert_eq!(closed(0.0, 1.0).divide(open), from_zero);
    let from_zero = interval(Included(0.0), Excluded(6.0));
    assert_eq!(open * closed(0.0, 3.0), from_zero);
    assert_eq!(closed(0.0, 3.0) * open, from_zero);
}

#[test]
fn exact_arithmetic_is_not_widened() {
    let west = closed(45.5, 46.5);
    assert_eq!(west + closed(27.5, 28.5), closed(73.0, 75.0));
    assert_eq!(closed(100.0, 100.0) - west, closed(53.5, 54.5));
    assert_eq!(west.scale(2.0), closed(91.0, 93.0));
    assert_eq!(closed(-1.0, 2.0) * closed(3.0, 4.0), closed(-4.0, 8.0));
    assert_eq!(
        closed(1.0, 2.0).divide(closed(4.0, 8.0)),
        Some(closed(0.125, 0.5))
    );
}

#[test]
fn unbounded_operands_give_unbounded_results() {
    let over = interval(Excluded(735.0), Unbounded);
    assert_eq!(
        over + closed(1.0, 2.0),
        interval(Excluded(736.0), Unbounded)
    );
    assert_eq!(over * closed(0.0, 1.0), interval(Included(0.0), Unbounded));
    assert_eq!(-over, interval(Unbounded, Excluded(-735.0)));
    assert_eq!(over.divide(over), Some(interval(Excluded(0.0), Unbounded)));
    assert_eq!(over.divide(closed(-1.0, 1.0)), Some(Interval::ENTIRE));
    assert_eq!(over.divide(closed(0.0, 0.0)), None);
    assert_eq!(
        closed(1.0, 1.0).divide(closed(0.0, 2.0)),
        Some(interval(Included(0.5), Unbounded)),
    );
    let below = Some(interval(Unbounded, Included(-0.5)));
    assert_eq!(closed(-1.0, -1.0).divide(closed(0.0, 2.0)), below);
    assert_eq!(closed(1.0, 1.0).divide(closed(-2.0, 0.0)), below);
}

#[test]
fn comparisons_are_true_for_every_pair_or_undecided() {
    let half = closed(50.0, 50.0);
    let most = interval(Excluded(50.0), Included(100.0));
    assert_eq!(half.compare(most), Some(Ordering::Less));
    assert_eq!(most.compare(half), Some(Ordering::Greater));
    assert_eq!(half.compare(half), Some(Ordering::Equal));
    assert_eq!(half.compare(closed(50.0, 51.0)), None);
    assert!(half.surely_at_most(closed(50.0, 51.0)));
    assert!(!most.surely_at_most(half));
    assert!(!most.possibly_at_most(half));
    assert!(half.possibly_at_most(most));
    assert!(closed(50.0, 51.0).possibly_at_most(half));
    assert!(closed(51.0, 52.0).is_within(most));
    assert!(!half.is_within(most));
    assert_eq!(half.intersect(most), None);
    assert_eq!(half.hull(most), closed(50.0, 100.0));
}

/// Generates a value with no more digits than figures have, so that the true result is exactly known as
/// an integer fraction.
fn whole() -> impl Strategy<Value = i64> {
    -1_000_000_i64..1_000_000
}

/// Generates an interval with any kind of bounds and a value inside it.
fn interval_around() -> impl Strategy<Value = (Interval, i64)> {
    (whole(), 0..1000_i64, 0..1000_i64, 0..3_u8, 0..3_u8).prop_map(
        |(value, below, above, low_kind, high_kind)| {
            let bound = |end: i64, distance: i64, kind| match kind {
                0 => Included(end as f64),
                1 if distance > 0 => Excluded(end as f64),
                1 => Included(end as f64),
                _ => Unbounded,
            };
            let low = bound(value - below, below, low_kind);
            let high = bound(value + above, above, high_kind);
            (interval(low, high), value)
        },
    )
}

/// Whether `interval` contains `numerator / denominator`, compared without rounding: the product
/// `bound * denominator` and its error are both used.
fn contains_fraction(interval: Interval, numerator: i64, denominator: i64) -> bool {
    let (numerator, denominator) = (numerator * denominator.signum(), denominator.abs());
    let order = |bound: f64| {
        let (n, d) = (numerator as f64, denominator as f64);
        let product = bound * d;
        let error = bound.mul_add(d, -product);
        // Sign of bound - n/d.
        (product - n + error).total_cmp(&0.0)
    };
    let above_low = match interval.start_bound() {
        Included(low) => order(*low).is_le(),
        Excluded(low) => order(*low).is_lt(),
        Unbounded => true,
    };
    let below_high = match interval.end_bound() {
        Included(high) => order(*high).is_ge(),
        Excluded(high) => order(*high).is_gt(),
        Unbounded => true,
    };
    above_low && below_high
}

proptest! {
    #[test]
    fn results_contain_the_true_value((x, a) in interval_around(), (y, b) in interval_around()) {
        prop_assert!((x + y).contains(&((a + b) as f64)));
        prop_assert!((x - y).contains(&((a - b) as f64)));
        prop_assert!((x * y).contains(&((a * b) as f64)));
        prop_assert!(x.hull(y).contains(&(a as f64)) && x.hull(y).contains(&(b as f64)));
        if b != 0 {
            let quotient = x.divide(y).expect("not only zero");
            prop_assert!(contains_fraction(quotient, a, b), "{quotient:?} without {a}/{b}");
        }
    }

    #[test]
    fn quotients_of_points_are_tight(a in whole(), b in whole()) {
        prop_assume!(b != 0);
        let point = |value: i64| Interval::point(value as f64).expect("finite");
        let quotient = point(a).divide(point(b)).expect("not zero");
        prop_assert!(contains_fraction(quotient, a, b));
        let (low, high) = (quotient.low().expect("bounded"), quotient.high().expect("bounded"));
        prop_assert!(low == high || low.next_up().next_up() >= high);
    }

    #[test]
    fn inexact_products_are_enclosed(a in -(1_i64 << 53)..1 << 53, b in -(1_i64 << 53)..1 << 53) {
        let point = |value: i64| Interval::point(value as f64).expect("finite");
        let product = point(a) * point(b);
        // Both bounds are integers, so the comparison is exact.
        let truth = i128::from(a) * i128::from(b);
        prop_assert!(product.low().is_some_and(|low| low as i128 <= truth));
        prop_assert!(product.high().is_some_and(|high| truth <= high as i128));
    }

    #[test]
    fn sums_of_decimals_contain_the_true_sum(a in whole(), b in whole()) {
        // Hundredths are not binary fractions, so the sum of the two nearest doubles is inexact.
        let (x, y) = (a as f64 / 100.0, b as f64 / 100.0);
        let sum = Interval::point(x).expect("finite") + Interval::point(y).expect("finite");
        let (low, high) = (sum.low().expect("bounded"), sum.high().expect("bounded"));
        prop_assert!(low <= x + y && x + y <= high);
        // The exact sum of the two doubles, split into the rounded one and its error.
        let rounded = x + y;
        let error = (x - (rounded - (rounded - x))) + (y - (rounded - x));
        let moved = error == 0.0 || (error > 0.0 && high > rounded) || (error < 0.0 && low < rounded);
        prop_assert!(moved);
    }

    #[test]
    fn intersection_contains_the_common_values((x, a) in interval_around(), (y, _) in interval_around()) {
        let in_both = x.contains(&(a as f64)) && y.contains(&(a as f64));
        let intersection = x.intersect(y);
        prop_assert_eq!(in_both, intersection.is_some_and(|both| both.contains(&(a as f64))));
        if let Some(both) = intersection {
            prop_assert!(both.is_within(x) && both.is_within(y));
            prop_assert!(x.is_within(x.hull(y)));
        } else {
            prop_assert!(x.compare(y).is_some());
        }
    }
}
