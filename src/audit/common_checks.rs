//! The forms that most identities have. Each takes its figures by position; the last one is what
//! the others are held against, unless a form says otherwise.

use super::estimate::Estimate;
use super::figures::Evidence;
use super::{FigureInput, Finding, text};
use crate::stats::interval::Interval;
use crate::vocabulary::Verdict;

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

/// The figures before the last add up to the last.
pub(super) fn sum_equals(evidence: &Evidence<'_>) -> Option<Finding> {
    let (whole, parts) = evidence.figures.split_last()?;
    let (sum, whole) = (Estimate::sum(parts), Estimate::from(*whole));
    Some(
        Finding::new(
            sum.equals(whole),
            text::format_estimate(sum),
            text::format_estimate(whole),
        )
        .with_note(difference_note(sum, whole, "short", "over")),
    )
}

/// The figures before the last add up to no more than the last.
pub(super) fn sum_at_most(evidence: &Evidence<'_>) -> Option<Finding> {
    let (whole, parts) = evidence.figures.split_last()?;
    Some(at_most(Estimate::sum(parts), Estimate::from(*whole)))
}

/// All figures add up to no more than 100 percent.
pub(super) fn sum_at_most_hundred(evidence: &Evidence<'_>) -> Option<Finding> {
    Some(at_most(
        Estimate::sum(&evidence.figures),
        Estimate::exact(100.0),
    ))
}

/// All figures add up to 100 percent.
pub(super) fn sums_to_hundred(evidence: &Evidence<'_>) -> Option<Finding> {
    let (last, others) = evidence.figures.split_last()?;
    let (sum, hundred) = (Estimate::sum(&evidence.figures), Estimate::exact(100.0));
    let verdict = sum.equals(hundred);
    let note = match verdict {
        Verdict::HoldsWithinRounding => Estimate::sum(others).printed.map(|others| {
            let rest = text::format_number(100.0 - others);
            format!("{} would be {rest} if the others are as printed", last.slug)
        }),
        Verdict::Contradicts => half_width(sum.bounds).map(|slack| {
            format!(
                "rounding and wording explain {} at most",
                text::format_number(slack)
            )
        }),
        _ => None,
    };
    Some(
        Finding::new(
            verdict,
            text::format_estimate(sum),
            text::format_number(100.0),
        )
        .with_note(note),
    )
}

/// The first figure is no more than the second.
pub(super) fn first_at_most_second(evidence: &Evidence<'_>) -> Option<Finding> {
    let [one, other] = evidence.as_array()?;
    Some(at_most(Estimate::from(one), Estimate::from(other)))
}

/// The figures before the last two, added up, are the percentage of the second last that the last
/// says.
pub(super) fn share_agrees(evidence: &Evidence<'_>) -> Option<Finding> {
    let [parts @ .., whole, claim] = evidence.figures.as_slice() else {
        return None;
    };
    let share = Estimate::sum(parts).as_percent_of(Estimate::from(*whole))?;
    Some(agrees(share, claim))
}

/// The first figure is what the wording of the second allows.
pub(super) fn agrees_with_wording(evidence: &Evidence<'_>) -> Option<Finding> {
    let [value, claim] = evidence.as_array()?;
    Some(agrees(Estimate::from(value), claim))
}

/// The mean over the groups of the figures before the last, whatever their sizes, is no more than
/// the last.
pub(super) fn mean_at_most(evidence: &Evidence<'_>) -> Option<Finding> {
    let (ceiling, groups) = evidence.figures.split_last()?;
    let mean = Estimate::from_bounds(hull(groups)?);
    Some(at_most(mean, Estimate::from(*ceiling)))
}

/// Whether `left` is no more than `right`, with what is left over.
pub(super) fn at_most(left: Estimate, right: Estimate) -> Finding {
    Finding::new(
        left.at_most(right),
        text::format_estimate(left),
        text::format_estimate(right),
    )
    .with_note(difference_note(left, right, "left over", "too many"))
}

/// Whether `value` is what the figure `claim` says.
pub(super) fn agrees(value: Estimate, claim: &FigureInput) -> Finding {
    let interval = claim.quantity.interval();
    // How close a wording such as "over 50%" comes to failing.
    let clearance = value
        .printed
        .zip(interval.low())
        .filter(|_| Estimate::from(claim).printed.is_none())
        .map(|(value, low)| format!("{} above the bound", text::format_number(value - low)))
        .filter(|_| value.bounds.is_within(interval));
    Finding::new(
        value.agrees_with(interval),
        text::format_estimate(value),
        text::format_figure(claim),
    )
    .with_note(clearance)
}

/// Whether `mean` is a mean over groups with these values, whatever their sizes: it must lie
/// between the lowest and the highest. Held against the values as printed, and against the part
/// of the range that is inside for every value that they may stand for.
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
    Some(Finding::new(verdict, text::format_estimate(mean), right))
}

/// The percentage of a whole that a part with the value `part` must make up, so that with the rest
/// of it at `rest` the mean is `mean`: `100 (mean - rest) / (part - rest)`.
///
/// Outside 0 to 100 no sizes give the mean. `None` where part and rest may be equal: then their
/// sizes say nothing. Each value occurs once per corner, and the formula is monotone in each, so
/// the corners bound it more tightly than interval arithmetic over the formula would.
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

/// The smallest interval that holds the values of all figures.
pub(super) fn hull(figures: &[&FigureInput]) -> Option<Interval> {
    figures
        .iter()
        .map(|figure| figure.quantity.interval())
        .reduce(Interval::hull)
}

/// Whether some group is surely no higher and some group surely no lower than `mean`.
fn surely_between(mean: Interval, groups: &[&FigureInput]) -> bool {
    let intervals = || groups.iter().map(|group| group.quantity.interval());
    intervals().any(|group| group.surely_at_most(mean))
        && intervals().any(|group| mean.surely_at_most(group))
}

/// How far `left` is below or above `right` as printed.
fn difference_note(left: Estimate, right: Estimate, below: &str, above: &str) -> Option<String> {
    let difference = left.printed? - right.printed?;
    let amount = text::format_number(difference.abs());
    match amount.as_str() {
        "0" => None,
        _ if difference < 0.0 => Some(format!("{amount} {below}")),
        _ => Some(format!("{amount} {above}")),
    }
}

/// Half the width of a bounded interval.
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
    fn the_share_of_a_part_worked_by_hand() {
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
        fn the_true_share_stays_inside(
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
