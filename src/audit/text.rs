//! Numbers as the sides of identities show them: two decimals at most, and no more than needed.

use std::ops::{Bound, RangeBounds};

use super::FigureInput;
use super::estimate::Estimate;
use crate::stats::interval::Interval;
use crate::vocabulary::Qualifier;

/// A number with up to two decimals: `1049`, `23.45`.
pub(super) fn format_number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_owned()
}

/// An interval: `45.5 to 46.5`, `more than 735`, or the number where it is one.
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

/// The value as printed, and the interval where that says more: `101 (92.5 to 109.5)`.
pub(super) fn format_estimate(estimate: Estimate) -> String {
    let range = format_interval(estimate.bounds);
    match estimate.printed.map(format_number) {
        Some(printed) if printed == range => printed,
        Some(printed) => format!("{printed} ({range})"),
        None => range,
    }
}

/// A number in the words of the source: `about 20`, `more than 50`.
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

/// A figure as the source has it: `23 (22.5 to 23.5)`, `more than 50`.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_more_digits_than_needed() {
        assert_eq!(format_number(1049.0), "1049");
        assert_eq!(format_number(23.4509), "23.45");
        assert_eq!(format_number(100.0), "100");
        assert_eq!(format_number(-0.001), "0");
    }

    #[test]
    fn ranges_say_which_bounds_they_have() {
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
}
