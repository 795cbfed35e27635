//! Checks that several identities share. Each reads its figures by position; unless it says
//! otherwise, it compares the others with the last one.

use super::estimate::{Estimate, nearly_equal};
use super::figures::Evidence;
use super::{FigureInput, Finding, text};
use crate::stats::interval::Interval;
use crate::stats::quantity::PERCENT;
use crate::vocabulary::{Qualifier, Verdict};

impl Finding {
    pub(super) fn new(verdict: Verdict, left: String, right: String) -> Self {
        Self {
            verdict,
            left,
            right,
            note: None,
        }
    }

    pub(super) fn with_note(mut self, note: impl Into<Option<String>>) -> Self {
        self.note = note.into();
        self
    }
}

/// Checks that the figures before the last add up to the last.
pub(super) fn sum_equals(evidence: &Evidence<'_>) -> Option<Finding> {
    let (whole, parts) = evidence.figures.split_last()?;
    let unit = &whole.quantity.unit;
    let (sum, whole) = (Estimate::sum(parts), Estimate::from(*whole));
    Some(
        Finding::new(
            sum.equals(whole),
            text::format_estimate(sum),
            text::format_estimate(whole),
        )
        .with_note(difference_note(sum, whole, unit, ["missing", "too many"])),
    )
}

/// Checks that the figures before the last add up to no more than the last.
pub(super) fn sum_at_most(evidence: &Evidence<'_>) -> Option<Finding> {
    let (whole, parts) = evidence.figures.split_last()?;
    let unit = &whole.quantity.unit;
    Some(at_most(Estimate::sum(parts), Estimate::from(*whole), unit))
}

/// Like [`sum_at_most`], but a lower bound, such as "more than 440", counts as its number: a larger sum is
/// possible, but the source does not claim it.
pub(super) fn sum_of_bounds_at_most(evidence: &Evidence<'_>) -> Option<Finding> {
    let (whole, parts) = evidence.figures.split_last()?;
    Some(bounds_at_most(parts, Estimate::from(*whole)))
}

/// Like [`sum_of_bounds_at_most`], with all figures and 100 percent.
pub(super) fn parts_leave_room(evidence: &Evidence<'_>) -> Option<Finding> {
    Some(bounds_at_most(&evidence.figures, Estimate::exact(100.0)))
}

fn bounds_at_most(parts: &[&FigureInput], limit: Estimate) -> Finding {
    let bounds = Estimate::sum(parts).bounds;
    let values = parts.iter().map(|part| part.quantity.value);
    let printed = values.sum::<Option<f64>>();
    let left = match printed {
        Some(sum) => text::format_worded(Qualifier::MoreThan, sum),
        None => text::format_interval(bounds),
    };
    Finding::new(
        Estimate { printed, bounds }.at_most(limit),
        left,
        text::format_estimate(limit),
    )
}

/// Checks that all figures add up to no more than 100 percent.
pub(super) fn sum_at_most_hundred(evidence: &Evidence<'_>) -> Option<Finding> {
    Some(at_most(
        Estimate::sum(&evidence.figures),
        Estimate::exact(100.0),
        PERCENT,
    ))
}

/// Checks that all figures add up to 100 percent.
pub(super) fn sums_to_hundred(evidence: &Evidence<'_>) -> Option<Finding> {
    let (_, others) = evidence.figures.split_last()?;
    let (sum, hundred) = (Estimate::sum(&evidence.figures), Estimate::exact(100.0));
    let verdict = sum.equals(hundred);
    let note = match verdict {
        Verdict::HoldsWithinRounding => Estimate::sum(others).printed.map(|others| {
            let rest = text::format_number(100.0 - others);
            format!("if the other percentages are exact, the last is {rest} percent")
        }),
        Verdict::Contradicts => half_width(sum.bounds).map(|slack| {
            format!(
                "rounding and wording explain at most {}",
                text::format_difference(slack, PERCENT)
            )
        }),
        _ => None,
    };
    Some(
        Finding::new(
            verdict,
            text::format_estimate(sum),
            text::format_estimate(hundred),
        )
        .with_note(note),
    )
}

/// Checks that the first figure is no more than the second.
pub(super) fn first_at_most_second(evidence: &Evidence<'_>) -> Option<Finding> {
    let [first, second] = evidence.as_array()?;
    let unit = &second.quantity.unit;
    Some(at_most(Estimate::from(first), Estimate::from(second), unit))
}

/// Checks that the first figure is more than the second.
pub(super) fn first_exceeds_second(evidence: &Evidence<'_>) -> Option<Finding> {
    let [first, second] = evidence.as_array()?.map(Estimate::from);
    Some(Finding::new(
        first.exceeds(second),
        text::format_estimate(first),
        text::format_estimate(second),
    ))
}

/// Checks that the sum of the figures before the last two, as a percentage of the second to last,
/// agrees with the last.
pub(super) fn share_agrees(evidence: &Evidence<'_>) -> Option<Finding> {
    let [parts @ .., whole, claim] = evidence.figures.as_slice() else {
        return None;
    };
    let share = Estimate::sum(parts).as_percent_of(Estimate::from(*whole))?;
    Some(agrees(share, claim))
}

/// Checks that the first figure agrees with the wording of the second.
pub(super) fn agrees_with_wording(evidence: &Evidence<'_>) -> Option<Finding> {
    let [value, claim] = evidence.as_array()?;
    Some(agrees(Estimate::from(value), claim))
}

/// Checks that two figures of different years differ; equal ones may be one number, carried over.
pub(super) fn differ_over_years(evidence: &Evidence<'_>) -> Option<Finding> {
    let note = "unchanged, or one number carried over; the sources do not say";
    differ_as_printed(evidence, note)
}

/// Checks that two figures differ; `note` says what it may mean if they are equal.
pub(super) fn differ_as_printed(evidence: &Evidence<'_>, note: &str) -> Option<Finding> {
    let [first, second] = evidence.as_array()?;
    let printed = Estimate::from(first)
        .printed
        .zip(Estimate::from(second).printed);
    let may_be_equal = printed.is_none_or(|(a, b)| nearly_equal(a, b));
    let (verdict, note) = if may_be_equal {
        (Verdict::Undetermined, Some(note.to_owned()))
    } else {
        (Verdict::Holds, None)
    };
    Some(
        Finding::new(
            verdict,
            text::format_figure(first),
            text::format_figure(second),
        )
        .with_note(note),
    )
}

/// Checks that the mean of the figures before the last, one per group, is no more than the last,
/// for groups of any size.
pub(super) fn mean_at_most(evidence: &Evidence<'_>) -> Option<Finding> {
    let (ceiling, groups) = evidence.figures.split_last()?;
    let mean = Estimate::from_bounds(hull(groups)?);
    let unit = &ceiling.quantity.unit;
    Some(at_most(mean, Estimate::from(*ceiling), unit))
}

/// Checks that `left` is no more than `right`; the note has the difference.
pub(super) fn at_most(left: Estimate, right: Estimate, unit: &str) -> Finding {
    Finding::new(
        left.at_most(right),
        text::format_estimate(left),
        text::format_estimate(right),
    )
    .with_note(difference_note(
        left,
        right,
        unit,
        ["below the limit", "too many"],
    ))
}

/// Checks that `value` agrees with the figure `claim`.
pub(super) fn agrees(value: Estimate, claim: &FigureInput) -> Finding {
    let interval = claim.quantity.interval();
    let unit = &claim.quantity.unit;
    // Shows how close a wording such as "over 50%" is to failing.
    let clearance = value
        .printed
        .zip(interval.low())
        .filter(|_| Estimate::from(claim).printed.is_none())
        .map(|(value, low)| {
            let difference = text::format_difference(value - low, unit);
            format!("{difference} above the stated minimum")
        })
        .filter(|_| value.bounds.is_within(interval));
    Finding::new(
        value.agrees_with(interval),
        text::format_estimate(value),
        text::format_figure(claim),
    )
    .with_note(clearance)
}

/// Checks that `mean` can be the mean of groups with these values, whatever their sizes: it must lie
/// between the lowest and the highest value. The verdict is `HOLDS` if it does so for the values as
/// published, or for all values that rounding and wording allow.
pub(super) fn mean_within(mean: Estimate, groups: &[&FigureInput]) -> Option<Finding> {
    let outer = hull(groups)?;
    let values = groups
        .iter()
        .filter_map(|group| Estimate::from(*group).printed);
    let as_printed = values
        .filter_map(Interval::point)
        .reduce(Interval::hull)
        .map(Estimate::from_bounds);
    let printed_mean = mean.printed.map(Estimate::exact);
    let holds_as_printed = printed_mean
        .zip(as_printed)
        .is_some_and(|(mean, range)| mean.agrees_with(range.bounds) == Verdict::Holds);
    let verdict = match (holds_as_printed, mean.agrees_with(outer)) {
        (true, _) => Verdict::Holds,
        (false, Verdict::Contradicts) => Verdict::Contradicts,
        (false, _) if surely_between(mean.bounds, groups) => Verdict::Holds,
        (false, _) => Verdict::HoldsWithinRounding,
    };
    let right = match as_printed.map(|range| text::format_interval(range.bounds)) {
        Some(printed) => format!("{printed} ({})", text::format_interval(outer)),
        None => text::format_interval(outer),
    };
    let left = text::format_estimate(mean);
    Some(Finding::new(verdict, left, right))
}

/// Returns the size of a part, in percent of the whole, for which the mean is `mean` if the part has
/// the value `part` and the rest has the value `rest`: `100 (mean - rest) / (part - rest)`.
///
/// If the result is outside 0 to 100, no size gives this mean. Returns `None` if part and rest may be
/// equal, because any size then gives the same mean. The formula is monotone in each value, so its
/// values at the corners give tighter bounds than interval arithmetic on the formula, in which
/// `rest` occurs twice.
pub(super) fn mixing_share(mean: Interval, part: Interval, rest: Interval) -> Option<Interval> {
    part.compare(rest)?;
    let ends = |interval: Interval| Some([interval.low()?, interval.high()?].map(Interval::point));
    let mut share: Option<Interval> = None;
    for mean in ends(mean)? {
        for part in ends(part)? {
            for rest in ends(rest)? {
                let (mean, part, rest) = (mean?, part?, rest?);
                let corner = (mean - rest).scale(100.0).divide(part - rest)?;
                share = Some(share.map_or(corner, |share| share.hull(corner)));
            }
        }
    }
    share
}

/// Returns the smallest interval that contains the values of all figures.
pub(super) fn hull(figures: &[&FigureInput]) -> Option<Interval> {
    figures
        .iter()
        .map(|figure| figure.quantity.interval())
        .reduce(Interval::hull)
}

/// Whether some group is certainly no higher and some group certainly no lower than `mean`.
fn surely_between(mean: Interval, groups: &[&FigureInput]) -> bool {
    let intervals = || groups.iter().map(|group| group.quantity.interval());
    intervals().any(|group| group.surely_at_most(mean))
        && intervals().any(|group| mean.surely_at_most(group))
}

/// Describes how far `left` is below or above `right`, as published; `None` if they are equal or have
/// no published value.
fn difference_note(
    left: Estimate,
    right: Estimate,
    unit: &str,
    [below, above]: [&str; 2],
) -> Option<String> {
    let difference = left.printed? - right.printed?;
    if text::format_number(difference) == "0" {
        return None;
    }
    let amount = text::format_difference(difference, unit);
    let side = if difference < 0.0 { below } else { above };
    Some(format!("{amount} {side}"))
}

/// Returns half the width of the interval; `None` if it is unbounded.
fn half_width(interval: Interval) -> Option<f64> {
    Some((interval.high()? - interval.low()?) / 2.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn around(value: f64, allowance: f64) -> Interval {
        Interval::closed(value - allowance, value + allowance).expect("not empty")
    }

    #[test]
    fn mixing_share_matches_a_hand_computed_value() {
        // 0.25 * 46 + 0.75 * 26 = 31.
        let point = |value| around(value, 0.0);
        let share = mixing_share(point(31.0), point(46.0), point(26.0));
        assert_eq!(share, Interval::point(25.0));
        assert_eq!(
            mixing_share(point(31.0), point(26.0), around(26.0, 0.5)),
            None
        );
    }

    proptest! {
        #[test]
        fn mixing_share_contains_the_true_share(
            share in 0.0..=1.0_f64,
            part in 0.0..100.0_f64,
            rest in 0.0..100.0_f64,
            allowance in 0.001..2.0_f64,
        ) {
            let mean = share * part + (1.0 - share) * rest;
            let around = |value| around(value, allowance);
            if let Some(bounds) = mixing_share(around(mean), around(part), around(rest)) {
                prop_assert!(Interval::point(100.0 * share).is_some_and(|share| share.is_within(bounds)));
            } else {
                prop_assert!((part - rest).abs() <= 2.0 * allowance + 1e-9);
            }
        }
    }
}
