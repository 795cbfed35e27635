//! Do the published percentages of partnerships follow from the published counts?

use super::common_checks::{at_most, share_agrees};
use super::estimate::Estimate;
use super::figures::Evidence;
use super::{FigureInput, Finding, Identity, text};
use crate::stats::interval::Interval;
use crate::stats::quantity::PERCENT;
use crate::vocabulary::Verdict;

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i04",
        "California's share of the total rounds to the published percentage.",
        ["California's share of the total is", "the published percentage is"],
        &["california", "total", "california-share"],
        share_agrees,
    ),
    Identity::new(
        "i05",
        "The South's share of the total rounds to the published percentage.",
        ["The South's share of the total is", "the published percentage is"],
        &["south", "total", "south-share"],
        share_agrees,
    ),
    Identity::new(
        "i06",
        "The Midwest's share of the total rounds to the published percentage.",
        ["The Midwest's share of the total is", "the published percentage is"],
        &["midwest", "total", "midwest-share"],
        share_agrees,
    ),
    Identity::new(
        "i07",
        "The Northeast's share of the total rounds to the published percentage.",
        ["The Northeast's share of the total is", "the published percentage is"],
        &["northeast", "total", "northeast-share"],
        share_agrees,
    ),
    Identity::new(
        "i08",
        "The South's share of the total rounds to the published percentage.",
        ["With the District of Columbia, the South's share of the total is", "the published percentage is"],
        &["south", "district-of-columbia", "total", "south-share"],
        share_agrees,
    )
    .assuming("The South includes the District of Columbia, whose partnerships are not yet in the South's count."),
    Identity::new(
        "i09",
        "The West's share of the total is as large as stated.",
        ["The West's share of the total is", "the published percentage is"],
        &["west", "total", "west-share"],
        share_agrees,
    ),
    Identity::new(
        "i15",
        "Asia's share implies a single worldwide total of US partnerships.",
        ["Asia's share implies", "it implies"],
        &["asia-share-worldwide", "sister-cities", "total"],
        worldwide_totals_agree,
    )
    .without_unit()
    .assuming("The share is of city partnerships or of all partnerships; the source does not say which.")
    .with_deciding_figure("partnerships-worldwide"),
    Identity::new(
        "i16",
        "Europe's share of US partnerships worldwide is below Asia's.",
        ["Europe's share of US partnerships worldwide is", "Asia's is"],
        &["asia-share-worldwide", "europe-share-worldwide"],
        europe_below_asia,
    ),
];

/// Computes the worldwide total for both possible bases of Asia's share. If the two totals exclude
/// each other, only a published total can decide.
fn worldwide_totals_agree(evidence: &Evidence<'_>) -> Option<Finding> {
    let [share, cities, all] = evidence.as_array()?;
    let share = Estimate::from(share);
    let implied = |part| Estimate::from(part).as_percent_of(share);
    let (of_cities, of_all) = (implied(cities)?, implied(all)?);
    let verdict = match evidence.deciding_figure.map(Estimate::from) {
        // One matching reading is enough: `Verdict` is ordered from best to worst.
        Some(published) => published.equals(of_cities).min(published.equals(of_all)),
        None if of_cities.bounds.intersect(of_all.bounds).is_some() => Verdict::HoldsWithinRounding,
        None => Verdict::Undetermined,
    };
    let side = |implied: Estimate, base, in_asia: &FigureInput| {
        let total = text::format_interval(implied.bounds);
        let in_asia = text::format_figure(in_asia);
        format!("{total} worldwide if the share is of {base} ({in_asia} in Asia)")
    };
    let left = side(of_cities, "city partnerships", cities);
    let right = side(of_all, "all partnerships", all);
    let note = format_whole_numbers(of_cities.bounds)
        .zip(format_whole_numbers(of_all.bounds))
        .map(|(cities, all)| format!("{cities} or {all} in whole numbers"));
    Some(Finding::new(verdict, left, right).with_note(note))
}

/// Formats the range of whole numbers in an interval; `None` if it is unbounded or contains none.
fn format_whole_numbers(interval: Interval) -> Option<String> {
    let (low, high) = (interval.low()?.ceil(), interval.high()?.floor());
    let whole = Interval::closed(low, high)?;
    Some(text::format_interval(whole))
}

/// Checks that Europe's share is below Asia's. The verdict is `UNDETERMINED` if the source gives only
/// an upper bound for Europe and Asia's share may be higher or lower.
fn europe_below_asia(evidence: &Evidence<'_>) -> Option<Finding> {
    let [asia, europe] = evidence.as_array()?;
    let rest = Estimate::exact(100.0) - Estimate::from(asia);
    let compared = at_most(Estimate::from(europe), Estimate::from(asia), PERCENT);
    let is_open = Estimate::from(europe).printed.is_none()
        && compared.verdict == Verdict::HoldsWithinRounding;
    let verdict = if is_open {
        Verdict::Undetermined
    } else {
        compared.verdict
    };
    Some(
        Finding::new(
            verdict,
            text::format_figure(europe),
            format!(
                "{}; everywhere else: {}",
                text::format_figure(asia),
                text::format_estimate(rest)
            ),
        )
        .with_note(is_open.then(|| "the source gives no number for Europe".to_owned())),
    )
}
