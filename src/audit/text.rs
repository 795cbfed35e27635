//! Formats numbers for the sides and notes of identities, with at most two decimals.
//!
//! Sides have no unit, so that clients can compare them as numbers; notes have one.

use std::ops::{Bound, RangeBounds};

use super::estimate::Estimate;
use super::{FigureInput, Finding};
use crate::stats::interval::Interval;
use crate::stats::quantity::PERCENT;
use crate::vocabulary::{Qualifier, Verdict};

/// Formats a number with up to two decimals: `1049`, `23.45`.
pub(super) fn format_number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_owned()
}

/// Appends the unit to a number or interval: `1049 partnerships`, `45.5 to 46.5 percent`,
/// `more than 735 billion US dollars`.
pub(super) fn with_unit(number: &str, unit: &str) -> String {
    match unit.strip_prefix("USD ") {
        Some(scale) => format!("{number} {scale} US dollars"),
        None if number == "1" => format!("1 {}", unit.strip_suffix('s').unwrap_or(unit)),
        None => format!("{number} {unit}"),
    }
}

/// Formats the difference between two numbers of the unit: `3 partnerships`,
/// `6 percentage points`.
pub(super) fn format_difference(difference: f64, unit: &str) -> String {
    let unit = if unit == PERCENT {
        "percentage points"
    } else {
        unit
    };
    with_unit(&format_number(difference.abs()), unit)
}

/// Formats an interval without its unit: `45.5 to 46.5`, `more than 735`, or just the number if the
/// interval contains only one.
pub(super) fn format_interval(interval: Interval) -> String {
    match (interval.start_bound(), interval.end_bound()) {
        (Bound::Unbounded, Bound::Unbounded) => "anything".to_owned(),
        (Bound::Included(low), Bound::Unbounded) => format!("at least {}", format_number(*low)),
        (Bound::Excluded(low), Bound::Unbounded) => format!("more than {}", format_number(*low)),
        (Bound::Unbounded, Bound::Included(high)) => format!("at most {}", format_number(*high)),
        (Bound::Unbounded, Bound::Excluded(high)) => format!("less than {}", format_number(*high)),
        (
            Bound::Included(low) | Bound::Excluded(low),
            Bound::Included(high) | Bound::Excluded(high),
        ) => {
            let (low, high) = (format_number(*low), format_number(*high));
            if low == high {
                low
            } else {
                format!("{low} to {high}")
            }
        }
    }
}

/// Formats the published value, followed by the interval unless it contains only that value:
/// `101 (92.5 to 109.5)`.
pub(super) fn format_estimate(estimate: Estimate) -> String {
    let range = format_interval(estimate.bounds);
    match estimate.printed.map(format_number) {
        Some(printed) if printed != range => format!("{printed} ({range})"),
        _ => range,
    }
}

/// Formats a number as the source words it, without its unit: `about 20`, `more than 50`.
pub(super) fn format_worded(qualifier: Qualifier, value: f64) -> String {
    let value = format_number(value);
    match qualifier {
        Qualifier::Exact | Qualifier::Rounded => value,
        Qualifier::Approximate => format!("about {value}"),
        Qualifier::AtLeast => format!("at least {value}"),
        Qualifier::MoreThan | Qualifier::Majority => format!("more than {value}"),
        Qualifier::LessThan => format!("less than {value}"),
    }
}

/// Formats a figure as the source words it: `23 (22.5 to 23.5)`, `more than 50`.
pub(super) fn format_figure(figure: &FigureInput) -> String {
    let quantity = &figure.quantity;
    match (quantity.qualifier, quantity.value) {
        (Qualifier::Majority, _) => quantity.low().map_or("most".to_owned(), |low| {
            format_worded(Qualifier::Majority, low)
        }),
        (Qualifier::AtLeast | Qualifier::MoreThan | Qualifier::LessThan, Some(value)) => {
            format_worded(quantity.qualifier, value)
        }
        _ => format_estimate(Estimate::from(figure)),
    }
}

/// Says what a check found: `The four regions add up to 1,046 partnerships, but the published total is 1,049: 3 partnerships
/// missing.`
pub(super) fn finding_sentence(
    [before_left, before_right]: [&str; 2],
    unit: Option<&str>,
    finding: &Finding,
) -> String {
    let is_contradiction = finding.verdict == Verdict::Contradicts;
    let conjunction = if is_contradiction { "but" } else { "and" };
    // The explanation of a contradiction says what the ranges of its sides leave over.
    let has_ranges = !(is_contradiction && finding.note.is_some());
    let side = |side: &str| {
        let printed = side.split_once(" (").map_or(side, |(printed, _)| printed);
        let shown = if unit.is_none() || has_ranges {
            side
        } else {
            printed
        };
        numbers_in_words(shown, if unit == Some(PERCENT) { "%" } else { "" })
    };
    let mut left = side(&finding.left);
    if let Some(unit) = unit.filter(|unit| *unit != PERCENT) {
        left = with_unit(&left, unit);
    }
    let right = side(&finding.right);
    let mut sentence = format!("{before_left} {left}, {conjunction} {before_right} {right}");
    if let Some(note) = &finding.note {
        sentence += &format!(": {}", numbers_in_words(note, ""));
    }
    sentence + "."
}

/// Adds thousands separators to the numbers of a text, and `suffix` after each.
fn numbers_in_words(text: &str, suffix: &str) -> String {
    let mut written = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, number) = rest.split_at(start);
        let end = number.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let (number, after) = number.split_at(end.unwrap_or(number.len()));
        let whole = number.split('.').next().unwrap_or_default();
        written += before;
        for (position, digit) in number.chars().enumerate() {
            let following = whole.len().saturating_sub(position);
            if position > 0 && following > 0 && following.is_multiple_of(3) {
                written.push(',');
            }
            written.push(digit);
        }
        written += suffix;
        rest = after;
    }
    written + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_at_most_two_decimals() {
        assert_eq!(format_number(1049.0), "1049");
        assert_eq!(format_number(23.4509), "23.45");
        assert_eq!(format_number(100.0), "100");
        assert_eq!(format_number(-0.001), "0");
    }

    #[test]
    fn findings_have_units_and_separators() {
        let finding = |verdict, left: &str, right: &str| {
            Finding::new(verdict, left.to_owned(), right.to_owned())
        };
        let words = ["The regions add up to", "the total is"];
        assert_eq!(
            finding_sentence(
                words,
                Some("partnerships"),
                &finding(Verdict::Contradicts, "1046", "1049 (1040 to 1048)")
                    .with_note("3 partnerships missing".to_owned())
            ),
            "The regions add up to 1,046 partnerships, but the total is 1,049: 3 partnerships missing."
        );
        assert_eq!(
            finding_sentence(
                words,
                Some(PERCENT),
                &finding(Verdict::Holds, "21.54", "21 (20.5 to 21.5)")
            ),
            "The regions add up to 21.54%, and the total is 21% (20.5% to 21.5%)."
        );
        assert_eq!(
            numbers_in_words("2833.09 to 1234567", ""),
            "2,833.09 to 1,234,567"
        );
    }

    #[test]
    fn open_intervals_name_their_bound() {
        let interval = |low, high| Interval::new(low, high).expect("not empty");
        let (half, most) = (Bound::Included(45.5), Bound::Excluded(735.0));
        assert_eq!(
            format_interval(interval(half, Bound::Included(46.5))),
            "45.5 to 46.5"
        );
        assert_eq!(
            format_interval(interval(most, Bound::Unbounded)),
            "more than 735"
        );
        assert_eq!(
            format_interval(interval(Bound::Unbounded, half)),
            "at most 45.5"
        );
        assert_eq!(format_interval(Interval::ENTIRE), "anything");
    }

    #[test]
    fn units_follow_numbers() {
        assert_eq!(with_unit("1049", "partnerships"), "1049 partnerships");
        assert_eq!(with_unit("1", "partnerships"), "1 partnership");
        assert_eq!(
            with_unit("more than 735", "USD billion"),
            "more than 735 billion US dollars"
        );
        assert_eq!(format_difference(-6.0, PERCENT), "6 percentage points");
        assert_eq!(format_difference(1.0, PERCENT), "1 percentage point");
    }
}
