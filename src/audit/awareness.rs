//! Who knows of a partnership: do the percentages fit each other, and which way round do they run?

use super::common_checks::{
    at_most, mean_within, mixing_share, share_agrees, sum_at_most_hundred, sums_to_hundred,
};
use super::estimate::Estimate;
use super::figures::Evidence;
use super::{FigureInput, Finding, Identity, common_checks, text};
use crate::stats::interval::Interval;
use crate::vocabulary::{FigureFlag, Verdict};

/// Used by more than one identity, so that they are read alike.
pub(super) const THREE_SECTORS: &str =
    "Every respondent works in the public sector, in services or in goods.";

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i17",
        "Of all respondents, those who say yes, are not sure and say no add up to 100 percent.",
        &["aware-yes", "aware-not-sure", "aware-no"],
        sums_to_hundred,
    ),
    Identity::new(
        "i18",
        "The percentages of the four regions add up to 100.",
        &["aware-yes-west", "aware-yes-northeast", "aware-yes-south", "aware-yes-midwest"],
        sums_to_hundred,
    )
    .assuming("They are shares of those who say yes, as the sentence has it: P(region | yes)."),
    Identity::new(
        "i19",
        "The percentages of the four regions average to that of all respondents.",
        &["aware-yes", "aware-yes-west", "aware-yes-northeast", "aware-yes-south", "aware-yes-midwest"],
        regions_average,
    )
    .assuming("They are shares of the respondents of each region, P(yes | region), whatever the regions' sizes."),
    Identity::new(
        "i20",
        "Those in the public sector who say yes fit beside the shares of services and goods.",
        &["aware-yes-public", "respondents-public", "aware-yes-services", "aware-yes-goods", "aware-yes"],
        public_sector_fits,
    )
    .assuming("The percentages of services and goods are shares of those who say yes, as the sentence has it: P(sector | yes)."),
    Identity::new(
        "i21",
        "The percentage of yes outside the public sector lies between those of goods and services.",
        &["aware-yes", "aware-yes-public", "respondents-public", "aware-yes-services", "aware-yes-goods"],
        others_average,
    )
    .assuming("The percentages are shares of each sector, P(yes | sector), and every respondent works in the public sector, in services or in goods."),
    Identity::new(
        "i22",
        "The public sector's share of the respondents is as large as its wording says.",
        &["respondents-public", "respondents", "employer-public-majority"],
        share_agrees,
    ),
    Identity::new(
        "i23",
        "In the public sector, those who say yes and those who are not sure leave room for no.",
        &["aware-yes-public", "aware-not-sure-public"],
        sum_at_most_hundred,
    ),
    Identity::new(
        "i24",
        "Services and goods are as large a part of those who say yes as the wording says.",
        &["employer-services-or-goods-among-aware", "aware-yes-public", "respondents-public", "aware-yes"],
        services_and_goods,
    )
    .assuming(THREE_SECTORS),
    Identity::new(
        "i32",
        "The percentage of the Northeast runs the same way wherever it is printed.",
        &["aware-yes-northeast"],
        same_direction,
    )
    .assuming("Each sentence means what it says."),
    Identity::new(
        "i35",
        "Percentages of all respondents are printed with the size of the sample.",
        &["respondents"],
        sample_size,
    ),
];

/// How many respondents a figure is a percentage of, where that is published.
fn base_size(percent: &FigureInput) -> Option<Estimate> {
    Some(Estimate::exact(f64::from(percent.base_n?)))
}

/// How many respondents a percentage stands for, where its base is published.
fn respondent_count(percent: &FigureInput) -> Option<Estimate> {
    Some(Estimate::from(percent).percent_of(base_size(percent)?))
}

/// The percentage of those who say yes that is not in the public sector; `None` where the base of
/// `aware` is not published.
pub(super) fn percent_outside_public(
    public: &FigureInput,
    public_n: &FigureInput,
    aware: &FigureInput,
) -> Option<Estimate> {
    let in_public = Estimate::from(public).percent_of(Estimate::from(public_n));
    let share = in_public.as_percent_of(respondent_count(aware)?)?;
    Some(Estimate::exact(100.0) - share)
}

/// What becomes of an identity that needs the base of `aware` where it is not published.
pub(super) fn base_not_published(left: &FigureInput, aware: &FigureInput) -> Finding {
    let right = format!("base of {} not published", aware.slug);
    Finding::new(Verdict::Undetermined, text::format_figure(left), right)
}

fn regions_average(evidence: &Evidence<'_>) -> Option<Finding> {
    let [all, west, others @ ..] = evidence.figures.as_slice() else {
        return None;
    };
    let mean = Estimate::from(*all);
    let between = mean_within(mean, &evidence.figures[1..])?;
    let share = mixing_share(
        mean.bounds,
        west.quantity.interval(),
        common_checks::hull(others)?,
    );
    let Some(share) = share else {
        return Some(between);
    };
    let note = format!(
        "{} has to lie between the regions: {}",
        between.left, between.right
    );
    let left = format!(
        "the West would be {} percent of the respondents",
        text::format_interval(share)
    );
    Some(Finding::new(between.verdict, left, "0 to 100".to_owned()).with_note(note))
}

fn public_sector_fits(evidence: &Evidence<'_>) -> Option<Finding> {
    let [public, public_n, services, goods, aware] = evidence.as_array()?;
    let needed = Estimate::from(public).percent_of(Estimate::from(public_n));
    let Some(aware_count) = respondent_count(aware) else {
        return Some(base_not_published(public_n, aware));
    };
    let others = Estimate::from(services) + Estimate::from(goods);
    let left_over = (Estimate::exact(100.0) - others).percent_of(aware_count);
    let mut finding = at_most(needed, left_over);
    finding.left.push_str(" needed");
    finding.right.push_str(" left");
    let note = (finding.verdict == Verdict::Contradicts)
        .then(|| largest_public_share(public, left_over, aware))
        .flatten()
        .map(|share| format!("fits only if the public sector is no more than {share} percent of the sample after weighting"));
    Some(finding.with_note(note))
}

/// The largest part of the sample, in percent, that the public sector may be for its yes to be no
/// more than `left_over` respondents.
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
    let (Some(all_n), Some(in_all)) = (base_size(aware), respondent_count(aware)) else {
        return Some(base_not_published(public_n, aware));
    };
    let public_n = Estimate::from(public_n);
    let in_public = Estimate::from(public).percent_of(public_n);
    let others_n = all_n - public_n;
    let rate = (in_all - in_public).as_percent_of(others_n)?;
    let (high, low) = (services.quantity.interval(), goods.quantity.interval());
    let finding = mean_within(rate, &[services, goods])?;
    let note = mixing_share(rate.bounds, high, low)
        .and_then(|share| share.intersect(Interval::closed(0.0, 100.0)?))
        .map(|share| {
            let count = Estimate::from_bounds(share).percent_of(others_n);
            format!(
                "services would be {} of the {} respondents outside the public sector",
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

/// The flag tells that a sentence turns the percentage round; the figure itself is P(yes | region).
fn same_direction(evidence: &Evidence<'_>) -> Option<Finding> {
    let [figure] = evidence.as_array()?;
    let reversed = figure.flags.contains(&FigureFlag::DirectionReversedInProse);
    let percent = text::format_figure(figure);
    let (verdict, left) = if reversed {
        (Verdict::Contradicts, "P(Northeast | yes)")
    } else {
        (Verdict::Holds, "P(yes | Northeast)")
    };
    let note = reversed.then(|| {
        "the title of the chart and the later sentence have P(yes | Northeast)".to_owned()
    });
    Some(
        Finding::new(
            verdict,
            format!("{left} = {percent}"),
            format!("P(yes | Northeast) = {percent}"),
        )
        .with_note(note),
    )
}

/// A base of all respondents is the largest that any percentage can have.
fn sample_size(evidence: &Evidence<'_>) -> Option<Finding> {
    let [respondents] = evidence.as_array()?;
    let size = Estimate::from(respondents);
    let left = text::format_estimate(size);
    Some(match evidence.all_figures.largest_base() {
        Some(base) => {
            let base = Estimate::exact(f64::from(base));
            Finding::new(size.equals(base), left, text::format_estimate(base))
        }
        None => Finding::new(Verdict::Undetermined, left, "no base published".to_owned()),
    })
}
