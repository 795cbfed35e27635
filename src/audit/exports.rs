//! Do the published amounts and shares of exports agree with the published totals?

use super::estimate::Estimate;
use super::figures::Evidence;
use super::{FigureInput, Finding, Identity, text};
use crate::stats::quantity::Quantity;
use crate::vocabulary::{Qualifier, Verdict};

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i33",
        "The US exports implied by exports to the Indo-Pacific and their share match the published total.",
        ["The published figures imply US exports of", "the total itself is"],
        &["exports-share-indo-pacific", "exports-indo-pacific"],
        implied_whole,
    )
    .without_unit()
    .with_deciding_figure("exports"),
    Identity::new(
        "i34",
        "The services exports implied by exports to the Indo-Pacific and the share of services match the published amount.",
        ["The published figures imply services exports of", "the amount itself is"],
        &["services-share-of-exports-to-asia", "exports-indo-pacific"],
        implied_part,
    )
    .without_unit()
    .assuming("“Asia” in one sentence and “the Indo-Pacific” in the other mean the same area.")
    .with_deciding_figure("services-exports-indo-pacific"),
];

/// Computes the whole from an amount and its share: `100 amount / share`.
fn implied_whole(evidence: &Evidence<'_>) -> Option<Finding> {
    let [share, amount] = evidence.as_array()?;
    let implied = Estimate::from(amount).as_percent_of(Estimate::from(share))?;
    let worded_value = printed_value(share)
        .zip(printed_value(amount))
        .map(|(share, amount)| 100.0 * amount / share);
    Some(compare_with_published(
        evidence,
        implied,
        worded_value.filter(|whole| whole.is_finite()),
        amount,
    ))
}

/// Computes the part from the whole amount and the share: `share * amount / 100`.
fn implied_part(evidence: &Evidence<'_>) -> Option<Finding> {
    let [share, amount] = evidence.as_array()?;
    let implied = Estimate::from(share).percent_of(Estimate::from(amount));
    let worded_value = printed_value(share)
        .zip(printed_value(amount))
        .map(|(share, amount)| share * amount / 100.0);
    Some(compare_with_published(
        evidence,
        implied,
        worded_value,
        amount,
    ))
}

/// Returns the published number, even if it is only a bound.
fn printed_value(figure: &FigureInput) -> Option<f64> {
    figure.quantity.value
}

/// Compares the implied amount with the published one; the verdict is `UNDETERMINED` if none is
/// published.
fn compare_with_published(
    evidence: &Evidence<'_>,
    implied: Estimate,
    worded_value: Option<f64>,
    amount: &FigureInput,
) -> Finding {
    let Quantity {
        unit, qualifier, ..
    } = &amount.quantity;
    let range = text::format_interval(implied.bounds);
    let left = match worded_value.map(|value| format_implied(*qualifier, value)) {
        Some(worded) if worded != range => {
            format!("{} ({range})", text::with_unit(&worded, unit))
        }
        _ => text::with_unit(&range, unit),
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

/// Formats an implied value: a bound stays a bound; anything else is approximate because the share is.
fn format_implied(qualifier: Qualifier, value: f64) -> String {
    match qualifier {
        Qualifier::Exact | Qualifier::Rounded => text::format_worded(Qualifier::Approximate, value),
        _ => text::format_worded(qualifier, value),
    }
}
