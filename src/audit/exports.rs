//! What the published amounts and shares of exports imply.

use super::estimate::Estimate;
use super::figures::Evidence;
use super::{FigureInput, Finding, Identity, text};
use crate::stats::quantity::Quantity;
use crate::vocabulary::{Qualifier, Verdict};

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i33",
        "Exports to the Indo-Pacific and their share imply the exports of the United States.",
        &["exports-share-indo-pacific", "exports-indo-pacific"],
        implied_whole,
    )
    .with_deciding_figure("exports"),
    Identity::new(
        "i34",
        "Exports to the Indo-Pacific and the share of services imply the exports of services.",
        &["services-share-of-exports-to-asia", "exports-indo-pacific"],
        implied_part,
    )
    .assuming("Asia in the one sentence and the Indo-Pacific in the other are the same area.")
    .with_deciding_figure("services-exports-indo-pacific"),
];

/// The whole of which the amount is the share: `100 amount / share`.
fn implied_whole(evidence: &Evidence<'_>) -> Option<Finding> {
    let [share, amount] = evidence.as_array()?;
    let implied = Estimate::from(amount).as_percent_of(Estimate::from(share))?;
    let as_worded = printed_value(share)
        .zip(printed_value(amount))
        .map(|(share, amount)| 100.0 * amount / share);
    Some(compare_with_published(
        evidence,
        implied,
        as_worded.filter(|whole| whole.is_finite()),
        amount,
    ))
}

/// The part that the share is of the amount: `share * amount / 100`.
fn implied_part(evidence: &Evidence<'_>) -> Option<Finding> {
    let [share, amount] = evidence.as_array()?;
    let implied = Estimate::from(share).percent_of(Estimate::from(amount));
    let as_worded = printed_value(share)
        .zip(printed_value(amount))
        .map(|(share, amount)| share * amount / 100.0);
    Some(compare_with_published(evidence, implied, as_worded, amount))
}

/// The number printed, also where it is a bound.
fn printed_value(figure: &FigureInput) -> Option<f64> {
    figure.quantity.value
}

/// Holds the implied amount against the published one; undetermined where none is published.
fn compare_with_published(
    evidence: &Evidence<'_>,
    implied: Estimate,
    as_worded: Option<f64>,
    amount: &FigureInput,
) -> Finding {
    let Quantity {
        unit, qualifier, ..
    } = &amount.quantity;
    let range = text::format_interval(implied.bounds);
    let left = match as_worded.map(|value| format_implied(*qualifier, value)) {
        Some(worded) if worded != range => format!("{worded} {unit} ({range})"),
        _ => format!("{range} {unit}"),
    };
    match evidence.deciding_figure {
        Some(published) => Finding::new(
            Estimate::from(published).agrees_with(implied.bounds),
            left,
            text::format_figure(published),
        ),
        None => Finding::new(Verdict::Undetermined, left, "not published".to_owned()),
    }
}

/// A bound stays one; anything else is as uncertain as the share.
fn format_implied(qualifier: Qualifier, value: f64) -> String {
    match qualifier {
        Qualifier::Exact | Qualifier::Rounded => text::format_worded(Qualifier::Approximate, value),
        _ => text::format_worded(qualifier, value),
    }
}
