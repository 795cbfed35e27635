//! Do counts of other years agree with the published ones of 2022, and under which reading of those?

use super::common_checks::{
    at_most, differ_over_years, first_at_most_second, share_agrees, sum_at_most, sum_equals,
    sum_of_bounds_at_most,
};
use super::estimate::Estimate;
use super::figures::Evidence;
use super::{FigureInput, Finding, Identity, text};
use crate::stats::interval::Interval;
use crate::vocabulary::Verdict;

const ALL_KINDS: &str = "The country counts cover partnerships at all levels of government.";
const CITIES_ONLY: &str = "The country counts cover sister cities only.";

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "m01",
        "For ASEAN, sister cities and sister states and counties add up to the total.",
        ["For ASEAN, sister cities and sister states and counties add up to", "the published total is"],
        &["asean-cities", "asean-states-and-counties", "asean-total"],
        sum_equals,
    ),
    Identity::new(
        "m02",
        "The numbers of sister states in 2013 and in 2022 are two numbers, not one number printed twice.",
        ["The sister states of 2013 number", "those of 2022 number"],
        &["state-ties-2013", "sister-states"],
        differ_over_years,
    ),
    Identity::new(
        "m03",
        "The total of 2013 is no more than that of 2022.",
        ["The total of 2013 is", "that of 2022 is"],
        &["ties-2013", "total"],
        sum_of_bounds_at_most,
    ),
    Identity::new(
        "m04",
        "The total of 2016 is no more than that of 2022.",
        ["The total of 2016 is", "that of 2022 is"],
        &["ties-2016", "total"],
        sum_of_bounds_at_most,
    ),
    Identity::new(
        "m05",
        "Japan's sister cities of 2018 are no more than its count of 2022.",
        ["Japan's sister cities of 2018 number", "its count of 2022 is"],
        &["japan-cities-2018", "japan"],
        sum_of_bounds_at_most,
    )
    .assuming(CITIES_ONLY),
    Identity::new(
        "m06",
        "Japan's sister cities and sister states of 2018 are no more than its count of 2022.",
        ["Japan's sister cities and sister states of 2018 number", "its count of 2022 is"],
        &["japan-cities-2018", "japan-states-2018", "japan"],
        sum_of_bounds_at_most,
    )
    .assuming(ALL_KINDS),
    Identity::new(
        "m07",
        "Japan's count of 2022 is no more than its sister cities of 2024.",
        ["Japan's count of 2022 is", "its sister cities of 2024 number"],
        &["japan", "japan-cities-2024"],
        first_at_most_second,
    )
    .assuming(CITIES_ONLY),
    Identity::new(
        "m08",
        "China's count at all levels of 2019 is no more than its count of 2022.",
        ["China's count at all levels of 2019 is", "its count of 2022 is"],
        &["china-all-levels-2019", "china"],
        sum_at_most,
    )
    .assuming(ALL_KINDS),
    Identity::new(
        "m09",
        "China's count at all levels of 2019 without its count of 2022, and Japan's sister states of 2018, are no more than all sister states.",
        ["The sister states of China and Japan alone would number", "all sister states number"],
        &[
            "china-all-levels-2019",
            "china",
            "japan-states-2018",
            "sister-states",
        ],
        remainder_fits,
    )
    .assuming(CITIES_ONLY),
    Identity::new(
        "m10",
        "China's sister cities of 2019 are no more than its count of 2022.",
        ["China's sister cities of 2019 number", "its count of 2022 is"],
        &["china-cities-2019", "china"],
        sum_of_bounds_at_most,
    )
    .assuming(CITIES_ONLY),
    Identity::new(
        "m11",
        "South Korea's count in round numbers is no more than its count of 2022.",
        ["South Korea's count in round numbers is", "its count of 2022 is"],
        &["south-korea-over-100", "south-korea"],
        sum_of_bounds_at_most,
    ),
    Identity::new(
        "m12",
        "The Philippines' count and one city partnership for each other ASEAN country are no more than ASEAN's sister cities.",
        ["The Philippines and one city for each other ASEAN country make", "ASEAN's sister cities number"],
        &["philippines", "asean-countries", "asean-cities"],
        one_for_each_other_country,
    )
    .assuming("The count of the Philippines covers sister cities only, and each of the countries has one."),
    Identity::new(
        "m13",
        "The Philippines' count and one partnership for each other ASEAN country are no more than ASEAN's total.",
        ["The Philippines and one partnership for each other ASEAN country make", "ASEAN's total is"],
        &["philippines", "asean-countries", "asean-total"],
        one_for_each_other_country,
    )
    .assuming("The count of the Philippines covers counties or more as well."),
    Identity::new(
        "m14",
        "The worldwide total that Asia's share implies exceeds the partnerships of the members of Sister Cities International.",
        ["Asia's share implies a worldwide total of", "the members of Sister Cities International have"],
        &[
            "asia-share-worldwide",
            "sister-cities",
            "total",
            "sci-partnerships-2016",
        ],
        implied_totals_exceed,
    ),
    Identity::new(
        "m15",
        "Asia's share of students in 2020/21 is as large as stated.",
        ["In 2020/21, Asia's share of students is", "the stated share is"],
        &[
            "students-asia-2021",
            "students-world-2021",
            "students-asia-share-2021",
        ],
        share_agrees,
    ),
    Identity::new(
        "m16",
        "Oceania's share of students in 2020/21 rounds to the published percentage.",
        ["In 2020/21, Oceania's share of students is", "the published percentage is"],
        &[
            "students-oceania-2021",
            "students-world-2021",
            "students-oceania-share-2021",
        ],
        share_agrees,
    ),
    Identity::new(
        "m17",
        "In 2020/21, more students come from China and India than from outside Asia.",
        ["In 2020/21, China and India sent", "all countries outside Asia sent"],
        &[
            "students-china-2021",
            "students-india-2021",
            "students-world-2021",
            "students-asia-2021",
        ],
        two_countries_exceed_rest,
    ),
    Identity::new(
        "m18",
        "In 2019/20, the counts and shares of six countries imply a single worldwide total of students.",
        ["In 2019/20, the counts and shares of six countries imply a worldwide total of", "the last of them implies"],
        &[
            "students-china-2020",
            "students-china-share-2020",
            "students-india-2020",
            "students-india-share-2020",
            "students-south-korea-2020",
            "students-south-korea-share-2020",
            "students-vietnam-2020",
            "students-vietnam-share-2020",
            "students-taiwan-2020",
            "students-taiwan-share-2020",
            "students-japan-2020",
            "students-japan-share-2020",
        ],
        one_total_fits,
    )
    .in_unit("students"),
];

/// Checks that what the first count exceeds the second by, and the third, are no more than the last.
fn remainder_fits(evidence: &Evidence<'_>) -> Option<Finding> {
    let [all, part, other, limit] = evidence.as_array()?.map(Estimate::from);
    Some(at_most(all - part + other, limit, "partnerships"))
}

/// Adds one partnership for each country but one to the first count.
fn one_for_each_other_country(evidence: &Evidence<'_>) -> Option<Finding> {
    let [country, countries, limit] = evidence.as_array()?.map(Estimate::from);
    let least = country + countries - Estimate::exact(1.0);
    Some(at_most(least, limit, "partnerships"))
}

/// Checks both possible bases of Asia's share.
fn implied_totals_exceed(evidence: &Evidence<'_>) -> Option<Finding> {
    let [share, cities, all, members] = evidence.as_array()?;
    let implied = |part: &FigureInput| Estimate::from(part).as_percent_of(Estimate::from(share));
    let (cities, all) = (implied(cities)?, implied(all)?);
    let claim = members.quantity.interval();
    let [of_cities, of_all] = [cities, all].map(|total| text::format_interval(total.bounds));
    Some(Finding::new(
        cities.agrees_with(claim).max(all.agrees_with(claim)),
        format!("{of_cities} or {of_all}"),
        text::format_figure(members),
    ))
}

fn two_countries_exceed_rest(evidence: &Evidence<'_>) -> Option<Finding> {
    let [first, second, world, asia] = evidence.as_array()?.map(Estimate::from);
    let (countries, rest) = (first + second, world - asia);
    Some(Finding::new(
        countries.exceeds(rest),
        text::format_estimate(countries),
        text::format_estimate(rest),
    ))
}

/// Checks that the totals implied by pairs of a count and a share have a number in common.
fn one_total_fits(evidence: &Evidence<'_>) -> Option<Finding> {
    let mut common = Interval::ENTIRE;
    for pair in evidence.figures.chunks_exact(2) {
        let [count, share] = [pair[0], pair[1]].map(Estimate::from);
        let total = count.as_percent_of(share)?.bounds;
        let Some(both) = common.intersect(total) else {
            return Some(Finding::new(
                Verdict::Contradicts,
                text::format_interval(common),
                text::format_interval(total),
            ));
        };
        common = both;
    }
    Some(Finding::new(
        Verdict::Holds,
        text::format_interval(common),
        "a number in that range".to_owned(),
    ))
}
