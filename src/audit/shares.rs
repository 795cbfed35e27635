//! Do the published percentages of partnerships follow from the published counts?

use super::common_checks::{at_most, share_agrees};
use super::estimate::Estimate;
use super::figures::Evidence;
use super::{Finding, Identity, text};
use crate::stats::interval::Interval;
use crate::vocabulary::Verdict;

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i04",
        "California's share of the total rounds to the published percentage.",
        &["california", "total", "california-share"],
        share_agrees,
    ),
    Identity::new(
        "i05",
        "The South's share of the total rounds to the published percentage.",
        &["south", "total", "south-share"],
        share_agrees,
    ),
    Identity::new(
        "i06",
        "The Midwest's share of the total rounds to the published percentage.",
        &["midwest", "total", "midwest-share"],
        share_agrees,
    ),
    Identity::new(
        "i07",
        "The Northeast's share of the total rounds to the published percentage.",
        &["northeast", "total", "northeast-share"],
        share_agrees,
    ),
    Identity::new(
        "i08",
        "The South's share of the total rounds to the published percentage.",
        &["south", "district-of-columbia", "total", "south-share"],
        share_agrees,
    )
    .assuming("The District of Columbia belongs to the South, and its partnerships are not yet in the South's count."),
    Identity::new(
        "i09",
        "The West's share of the total is as large as its wording says.",
        &["west", "total", "west-share"],
        share_agrees,
    ),
    Identity::new(
        "i15",
        "Asia's share implies how many partnerships the United States has worldwide.",
        &["asia-share-worldwide", "sister-cities", "total"],
        worldwide_totals_agree,
    )
    .assuming("The percentage is of city partnerships, or of all; the source does not say which.")
    .with_deciding_figure("partnerships-worldwide"),
    Identity::new(
        "i16",
        "Europe's share of the partnerships worldwide is below Asia's.",
        &["asia-share-worldwide", "europe-share-worldwide"],
        europe_below_asia,
    ),
];

/// The worldwide total under either base of Asia's share. Two totals that exclude each other leave
/// it open, unless a published total settles it.
fn worldwide_totals_agree(evidence: &Evidence<'_>) -> Option<Finding> {
    let [share, cities, all] = evidence.as_array()?;
    let share = Estimate::from(share);
    let implied = |part| Estimate::from(part).as_percent_of(share);
    let (of_cities, of_all) = (implied(cities)?, implied(all)?);
    let verdict = match evidence.deciding_figure.map(Estimate::from) {
        // Either reading will do: `Verdict` is in the order from best to worst.
        Some(published) => published.equals(of_cities).min(published.equals(of_all)),
        None if of_cities.bounds.intersect(of_all.bounds).is_some() => Verdict::HoldsWithinRounding,
        None => Verdict::Undetermined,
    };
    let side = |implied: Estimate, part| {
        let count = text::format_figure(part);
        format!(
            "{} if it is of the {count}",
            text::format_interval(implied.bounds)
        )
    };
    let note = format_whole_numbers(of_cities.bounds)
        .zip(format_whole_numbers(of_all.bounds))
        .map(|(cities, all)| format!("in whole partnerships {cities}, or {all}"));
    Some(Finding::new(verdict, side(of_cities, cities), side(of_all, all)).with_note(note))
}

/// The whole numbers inside an interval, as text.
fn format_whole_numbers(interval: Interval) -> Option<String> {
    let (low, high) = (interval.low()?.ceil(), interval.high()?.floor());
    let whole = Interval::closed(low, high)?;
    Some(text::format_interval(whole))
}

/// Undetermined where Europe's share is not printed but only said to be below a bound that leaves
/// both orders possible, as Asia's own share does.
fn europe_below_asia(evidence: &Evidence<'_>) -> Option<Finding> {
    let [asia, europe] = evidence.as_array()?;
    let rest = Estimate::exact(100.0) - Estimate::from(asia);
    let compared = at_most(Estimate::from(europe), Estimate::from(asia));
    let open = Estimate::from(europe).printed.is_none()
        && compared.verdict == Verdict::HoldsWithinRounding;
    let verdict = if open {
        Verdict::Undetermined
    } else {
        compared.verdict
    };
    Some(
        Finding::new(
            verdict,
            format!("Europe {}", text::format_figure(europe)),
            format!(
                "Asia {}, all others {}",
                text::format_figure(asia),
                text::format_estimate(rest)
            ),
        )
        .with_note(open.then(|| "the source prints no number for Europe".to_owned())),
    )
}
