//! Awareness of partnerships: do the percentages fit together, and which group is each a share of?

use super::common_checks::{
    at_most, mean_within, mixing_share, share_agrees, sum_at_most_hundred, sums_to_hundred,
};
use super::estimate::Estimate;
use super::figures::Evidence;
use super::{FigureInput, Finding, Identity, common_checks, text};
use crate::stats::interval::Interval;
use crate::stats::quantity::PERCENT;
use crate::vocabulary::{FigureFlag, Verdict};

/// Shared with other identities so that all use the same assumption.
pub(super) const THREE_SECTORS: &str =
    "Every respondent works in the public sector, in services, or in goods.";

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i17",
        "Yes, not sure, and no add up to 100 percent of all respondents.",
        ["Yes, not sure, and no add up to", "the whole is"],
        &["aware-yes", "aware-not-sure", "aware-no"],
        sums_to_hundred,
    ),
    Identity::new(
        "i18",
        "The percentages of the four regions add up to 100 percent.",
        ["The percentages of the four regions add up to", "the whole is"],
        &["aware-yes-west", "aware-yes-northeast", "aware-yes-south", "aware-yes-midwest"],
        sums_to_hundred,
    )
    .assuming("As the text words it, they are shares of those who say yes: P(region | yes)."),
    Identity::new(
        "i19",
        "The percentages of the four regions, weighted by size, average to that of all respondents.",
        ["For the regions to average to the percentage of all respondents,", "a share can be"],
        &["aware-yes", "aware-yes-west", "aware-yes-northeast", "aware-yes-south", "aware-yes-midwest"],
        regions_average,
    )
    .without_unit()
    .assuming("Each percentage is a share of the respondents in its region: P(yes | region). The regions can have any size."),
    Identity::new(
        "i20",
        "Services and goods leave enough of the yes answers for the public sector.",
        ["Those in the public sector who say yes would be", "services and goods leave room for"],
        &["aware-yes-public", "respondents-public", "aware-yes-services", "aware-yes-goods", "aware-yes"],
        public_sector_fits,
    )
    .in_unit("respondents")
    .assuming("As the text words it, the percentages of services and goods are shares of those who say yes: P(sector | yes)."),
    Identity::new(
        "i21",
        "The share of yes outside the public sector lies between those in goods and in services.",
        ["Outside the public sector, the share of yes is", "goods and services span"],
        &["aware-yes", "aware-yes-public", "respondents-public", "aware-yes-services", "aware-yes-goods"],
        others_average,
    )
    .assuming("Each percentage is a share of its sector, P(yes | sector), and every respondent works in the public sector, in services, or in goods."),
    Identity::new(
        "i22",
        "The public sector's share of respondents is as large as stated.",
        ["The public sector's share of respondents is", "the stated share is"],
        &["respondents-public", "respondents", "employer-public-majority"],
        share_agrees,
    ),
    Identity::new(
        "i23",
        "In the public sector, yes and not sure add up to no more than 100 percent.",
        ["In the public sector, yes and not sure add up to", "the whole is"],
        &["aware-yes-public", "aware-not-sure-public"],
        sum_at_most_hundred,
    ),
    Identity::new(
        "i24",
        "The share of services and goods among those who say yes is as large as stated.",
        ["The share of services and goods among those who say yes is", "the stated share is"],
        &["employer-services-or-goods-among-aware", "aware-yes-public", "respondents-public", "aware-yes"],
        services_and_goods,
    )
    .assuming(THREE_SECTORS),
    Identity::new(
        "i32",
        "The Northeast's percentage is a share of the same group wherever it is printed.",
        ["One sentence means that", "the chart's title and a later sentence mean that"],
        &["aware-yes-northeast"],
        same_direction,
    )
    .assuming("Each sentence is taken literally."),
    Identity::new(
        "i35",
        "The base printed with percentages of all respondents is the sample size.",
        ["The sample size is", "the base printed with percentages of all respondents is"],
        &["respondents"],
        sample_size,
    ),
];

/// Returns the number of respondents that a figure is a percentage of; `None` if not published.
fn base_size(percent: &FigureInput) -> Option<Estimate> {
    Some(Estimate::exact(f64::from(percent.base_n?)))
}

/// Returns the number of respondents that a percentage represents; `None` if its base is not
/// published.
fn respondent_count(percent: &FigureInput) -> Option<Estimate> {
    Some(Estimate::from(percent).percent_of(base_size(percent)?))
}

/// Returns the percentage of those who say yes who work outside the public sector; `None` if the base
/// of `aware` is not published.
pub(super) fn percent_outside_public(
    public: &FigureInput,
    public_n: &FigureInput,
    aware: &FigureInput,
) -> Option<Estimate> {
    let in_public = Estimate::from(public).percent_of(Estimate::from(public_n));
    let share = in_public.as_percent_of(respondent_count(aware)?)?;
    Some(Estimate::exact(100.0) - share)
}

/// Returns the result of a check that needs the base of `aware` if that is not published.
pub(super) fn base_not_published(left: &FigureInput, aware: &FigureInput) -> Finding {
    let right = format!(
        "unknown, because the base of {} is not published",
        aware.slug
    );
    Finding::new(Verdict::Undetermined, text::format_figure(left), right)
}

fn regions_average(evidence: &Evidence<'_>) -> Option<Finding> {
    let [all, west, other_regions @ ..] = evidence.figures.as_slice() else {
        return None;
    };
    let mean = Estimate::from(*all);
    let between = mean_within(mean, &evidence.figures[1..])?;
    let share = mixing_share(
        mean.bounds,
        west.quantity.interval(),
        common_checks::hull(other_regions)?,
    );
    let Some(share) = share else {
        return Some(between);
    };
    let note = format!(
        "the percentage of all respondents, {}, must lie within the range of the regions, {}",
        text::with_unit(&between.left, PERCENT),
        text::with_unit(&between.right, PERCENT)
    );
    let left = format!(
        "the West would have {} of respondents",
        text::with_unit(&text::format_interval(share), PERCENT)
    );
    Some(Finding::new(between.verdict, left, text::with_unit("0 to 100", PERCENT)).with_note(note))
}

fn public_sector_fits(evidence: &Evidence<'_>) -> Option<Finding> {
    let [public, public_n, services, goods, aware] = evidence.as_array()?;
    let needed = Estimate::from(public).percent_of(Estimate::from(public_n));
    let Some(aware_count) = respondent_count(aware) else {
        return Some(base_not_published(public_n, aware));
    };
    let others = Estimate::from(services) + Estimate::from(goods);
    let left_over = (Estimate::exact(100.0) - others).percent_of(aware_count);
    let finding = at_most(needed, left_over, &public_n.quantity.unit);
    let note = (finding.verdict == Verdict::Contradicts)
        .then(|| largest_public_share(public, left_over, aware))
        .flatten()
        .map(|share| format!("possible only if weighting reduces the public sector to at most {share} percent of the sample"));
    Some(finding.with_note(note))
}

/// Returns the largest share of the sample, in percent, that the public sector can have if no more
/// than `left_over` of its respondents say yes.
fn largest_public_share(
    public: &FigureInput,
    left_over: Estimate,
    aware: &FigureInput,
) -> Option<String> {
    let base = Interval::point(f64::from(aware.base_n?))?;
    let share_of_sample = left_over.bounds.scale(100.0).divide(base)?;
    let largest = share_of_sample
        .scale(100.0)
        .divide(public.quantity.interval())?;
    largest.high().map(text::format_number)
}

fn others_average(evidence: &Evidence<'_>) -> Option<Finding> {
    let [aware, public, public_n, services, goods] = evidence.as_array()?;
    let (Some(all_n), Some(all_aware)) = (base_size(aware), respondent_count(aware)) else {
        return Some(base_not_published(public_n, aware));
    };
    let public_n = Estimate::from(public_n);
    let public_aware = Estimate::from(public).percent_of(public_n);
    let others_n = all_n - public_n;
    let rate = (all_aware - public_aware).as_percent_of(others_n)?;
    let (high, low) = (services.quantity.interval(), goods.quantity.interval());
    let finding = mean_within(rate, &[services, goods])?;
    let note = mixing_share(rate.bounds, high, low)
        .and_then(|share| share.intersect(Interval::closed(0.0, 100.0)?))
        .map(|share| {
            let count = Estimate::from_bounds(share).percent_of(others_n);
            format!(
                "services would have {} of the {} respondents outside the public sector",
                text::format_interval(count.bounds),
                text::format_estimate(others_n),
            )
        });
    Some(finding.with_note(note))
}

fn services_and_goods(evidence: &Evidence<'_>) -> Option<Finding> {
    let [claim, public, public_n, aware] = evidence.as_array()?;
    let Some(share) = percent_outside_public(public, public_n, aware) else {
        return Some(base_not_published(claim, aware));
    };
    Some(common_checks::agrees(share, claim))
}

/// Reads the flag, which says that a sentence reverses the percentage; the figure is P(yes | region).
fn same_direction(evidence: &Evidence<'_>) -> Option<Finding> {
    let [figure] = evidence.as_array()?;
    let reversed = figure.flags.contains(&FigureFlag::DirectionReversedInProse);
    let percent = text::format_figure(figure);
    let (verdict, left) = if reversed {
        (Verdict::Contradicts, "P(Northeast | yes)")
    } else {
        (Verdict::Holds, "P(yes | Northeast)")
    };
    Some(Finding::new(
        verdict,
        format!("{left} = {percent}"),
        format!("P(yes | Northeast) = {percent}"),
    ))
}

/// Compares the sample size with the largest published base, which must be that of all respondents.
fn sample_size(evidence: &Evidence<'_>) -> Option<Finding> {
    let [respondents] = evidence.as_array()?;
    let size = Estimate::from(respondents);
    let left = text::format_estimate(size);
    Some(match evidence.all_figures.largest_base() {
        Some(base) => {
            let base = Estimate::exact(f64::from(base));
            Finding::new(size.equals(base), left, text::format_estimate(base))
        }
        None => Finding::new(
            Verdict::Undetermined,
            left,
            "no base is published".to_owned(),
        ),
    })
}
