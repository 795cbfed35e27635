//! What the comparisons of figures say about the order of groups of respondents, like `web/src/comparison/ranking.ts`. A
//! browser test checks that both say the same.

use std::collections::HashMap;

use serde::Deserialize;

use super::share::PublishedShare;
use crate::http::pages::words;

/// The figure of all respondents.
pub(in crate::http::pages) const EVERYONE: &str = "aware-yes";

/// What awareness means, as the predicate of a sentence.
pub(in crate::http::pages) const KNOW: &str = "know of a partnership";

/// What rankings assume, as a caveat.
pub(super) const CAVEAT: &str = "Groups are ranked only if their difference is significant for every sample size that the published percentages allow, in an unweighted simple random sample. “Stands apart” means different from the rest of the sample; the page “Who is unaware of existing partnerships?” has the details.";

/// The comparisons of a document by their aliases.
pub(in crate::http::pages) type Comparisons = HashMap<String, Option<ComparedPair>>;

#[derive(Deserialize)]
struct FigureSlug {
    slug: String,
}

#[derive(Deserialize)]
pub(in crate::http::pages) struct ComparedPair {
    a: FigureSlug,
    b: FigureSlug,
    tests: Vec<PairTest>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Holds {
    ForEveryFeasibleBase,
    DependsOnTheBase,
    ForNoFeasibleBase,
    NotFeasible,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PairTest {
    holds: Holds,
    z_low: f64,
    z_high: f64,
}

impl PairTest {
    /// The test of b − a.
    fn swapped(self) -> Self {
        Self {
            holds: self.holds,
            z_low: -self.z_high,
            z_high: -self.z_low,
        }
    }
}

/// Whether a difference is certain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// For every feasible sample size.
    Proven,
    /// For some sample sizes.
    Conditional,
    /// For none, or no test is possible.
    Open,
}

/// What the comparison of two groups, by their positions, proves.
struct PairOrder {
    higher: usize,
    lower: usize,
    certainty: Certainty,
}

/// What can be said about the order of groups.
pub(in crate::http::pages) struct GroupRanking {
    /// A sentence such as `The West (46%) stands apart; the other three (25% to 28%) cannot be ranked.` Empty if there is one group at most.
    pub(in crate::http::pages) headline: String,
    /// The percentages as a sentence.
    pub(in crate::http::pages) values: String,
}

/// Ranks groups as far as the comparisons of their figures allow. `whole` is the slug of the figure of all respondents, if
/// the groups are also compared with the rest of them.
pub(in crate::http::pages) fn rank(
    groups: &[&PublishedShare],
    comparisons: &Comparisons,
    whole: Option<&str>,
    predicate: &str,
) -> GroupRanking {
    let mut groups: Vec<&PublishedShare> = groups
        .iter()
        .copied()
        .filter(|group| group.percent.is_some())
        .collect();
    groups.sort_by(|a, b| {
        b.percent
            .unwrap_or(0.0)
            .total_cmp(&a.percent.unwrap_or(0.0))
    });
    let mut orders = Vec::new();
    for (higher, a) in groups.iter().enumerate() {
        for (lower, b) in groups
            .iter()
            .enumerate()
            .filter(|(lower, _)| *lower > higher)
        {
            orders.push(order_of(
                higher,
                lower,
                test_of(comparisons, &a.slug, &b.slug),
            ));
        }
    }
    let apart: Vec<usize> = (0..groups.len())
        .filter(|group| {
            let test = whole.and_then(|whole| test_of(comparisons, &groups[*group].slug, whole));
            groups.len() > 2 && stands_apart(*group, test, &orders)
        })
        .collect();
    let percentages = groups.iter().map(|group| {
        format!(
            "{}% {}",
            words::decimal(group.percent.unwrap_or(0.0)),
            group.in_group()
        )
    });
    let percentages = percentages.collect::<Vec<_>>();
    GroupRanking {
        headline: headline(&groups, &orders, &apart),
        values: match groups.len() {
            0 => String::new(),
            _ => format!("{} {predicate}.", words::list(&percentages)),
        },
    }
}

/// The test of a − b with the weakest assumption.
fn test_of(comparisons: &Comparisons, a: &str, b: &str) -> Option<PairTest> {
    let find = |a: &str, b: &str| {
        let mut pairs = comparisons.values().flatten();
        pairs.find(|pair| pair.a.slug == a && pair.b.slug == b)
    };
    match find(a, b) {
        Some(pair) => pair.tests.first().copied(),
        None => find(b, a)?.tests.first().map(|test| test.swapped()),
    }
}

fn order_of(higher: usize, lower: usize, test: Option<PairTest>) -> PairOrder {
    let order = |higher, lower, certainty| PairOrder {
        higher,
        lower,
        certainty,
    };
    match test.map(|test| (test.holds, test.z_low)) {
        // The order of equal percentages is arbitrary, and so is that of percentages that a test contradicts.
        Some((Holds::ForEveryFeasibleBase, z)) if z > 0.0 => {
            order(higher, lower, Certainty::Proven)
        }
        Some((Holds::ForEveryFeasibleBase, _)) => order(lower, higher, Certainty::Proven),
        Some((Holds::DependsOnTheBase, _)) => order(higher, lower, Certainty::Conditional),
        Some((Holds::ForNoFeasibleBase | Holds::NotFeasible, _)) | None => {
            order(higher, lower, Certainty::Open)
        }
    }
}

/// A group stands apart if it differs from the rest of the sample for every feasible sample size, if it is above or below
/// every other group, and if for each of them there are feasible sample sizes for which the two differ.
fn stands_apart(group: usize, test: Option<PairTest>, orders: &[PairOrder]) -> bool {
    let Some(PairTest {
        holds: Holds::ForEveryFeasibleBase,
        z_low,
        ..
    }) = test
    else {
        return false;
    };
    let is_high = z_low > 0.0;
    orders
        .iter()
        .filter(|order| order.higher == group || order.lower == group)
        .all(|order| {
            let end = if is_high { order.higher } else { order.lower };
            end == group && order.certainty != Certainty::Open
        })
}

fn headline(groups: &[&PublishedShare], orders: &[PairOrder], apart: &[usize]) -> String {
    if groups.len() < 2 {
        return String::new();
    }
    let all: Vec<usize> = (0..groups.len()).collect();
    let is_chain = orders
        .iter()
        .all(|order| order.certainty == Certainty::Proven);
    let text = match *apart {
        [first, ..] if !is_chain => {
            let name = with_percent(groups[first]);
            let lead = match apart.get(1) {
                Some(second) => {
                    format!(
                        "{name} and {} stand apart, at the two ends",
                        with_percent(groups[*second])
                    )
                }
                None if groups[first].is_plural() => format!("{name} stand apart"),
                None => format!("{name} stands apart"),
            };
            let others: Vec<usize> = all
                .into_iter()
                .filter(|group| !apart.contains(group))
                .collect();
            match others.len() {
                0 | 1 => lead,
                _ => format!(
                    "{lead}; {}",
                    order_in_words(groups, &others, orders, "other ")
                ),
            }
        }
        _ => order_in_words(groups, &all, orders, ""),
    };
    format!("{}.", words::upper_first(&text))
}

fn with_percent(group: &PublishedShare) -> String {
    let percent = words::decimal(group.percent.unwrap_or(0.0));
    format!("{} ({percent}%)", group.name())
}

/// Says whether groups can be ranked. `other` goes before their number.
fn order_in_words(
    groups: &[&PublishedShare],
    among: &[usize],
    orders: &[PairOrder],
    other: &str,
) -> String {
    let among_them: Vec<_> = orders
        .iter()
        .filter(|order| among.contains(&order.higher) && among.contains(&order.lower))
        .collect();
    let proven: Vec<_> = among_them
        .iter()
        .filter(|order| order.certainty == Certainty::Proven)
        .collect();
    let percents = among
        .iter()
        .map(|group| groups[*group].percent.unwrap_or(0.0));
    let (low, high) = percents.fold((f64::INFINITY, 0.0_f64), |(low, high), percent| {
        (low.min(percent), high.max(percent))
    });
    let (low, high) = (words::decimal(low), words::decimal(high));
    let range = if low == high {
        format!("{high}%")
    } else {
        format!("{low}% to {high}%")
    };
    let subject = format!("the {other}{} ({range})", words::small_number(among.len()));
    if proven.is_empty() {
        return format!("{subject} cannot be ranked");
    }
    let below = |group: usize| proven.iter().filter(move |order| order.higher == group);
    if proven.len() < among_them.len() {
        let mut highest: Vec<usize> = Vec::new();
        for order in &proven {
            if !highest.contains(&order.higher) {
                highest.push(order.higher);
            }
        }
        let pairs = highest.iter().map(|group| {
            let names: Vec<_> = below(*group)
                .map(|order| groups[order.lower].name())
                .collect();
            format!("{} above {}", groups[*group].name(), words::list(&names))
        });
        let pairs = pairs.collect::<Vec<_>>().join("; ");
        return format!("of {subject}, only some can be ranked: {pairs}");
    }
    let mut ranked = among.to_vec();
    ranked.sort_by_key(|group| usize::MAX - below(*group).count());
    let names: Vec<_> = ranked
        .iter()
        .map(|group| with_percent(groups[*group]))
        .collect();
    format!("{subject} can be ranked: {}", names.join(", then "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn share(slug: &str, region: &str, percent: f64) -> PublishedShare {
        let share = json!({
            "slug": slug, "percent": percent, "direction": "CLEAR", "flags": [], "note": null,
            "given": [{ "dimension": "REGION", "value": region }], "outcome": [],
            "quantity": { "low": null, "high": null, "qualifier": "EXACT" },
            "base": { "description": "", "n": null }, "marginOfError": null,
            "source": { "title": "", "publisher": null, "asOf": null },
        });
        serde_json::from_value(share).unwrap()
    }

    fn pair(a: &str, b: &str, holds: &str, z: [f64; 2]) -> (String, Option<ComparedPair>) {
        let pair = json!({
            "a": { "slug": a }, "b": { "slug": b },
            "tests": [{ "holds": holds, "zLow": z[0], "zHigh": z[1] }],
        });
        (format!("{a}-{b}"), serde_json::from_value(pair).unwrap())
    }

    const EVERY: &str = "FOR_EVERY_FEASIBLE_BASE";
    const SOME: &str = "DEPENDS_ON_THE_BASE";
    const NONE: &str = "FOR_NO_FEASIBLE_BASE";

    fn headline_of(pairs: impl IntoIterator<Item = (String, Option<ComparedPair>)>) -> String {
        let shares = [
            share("m", "MIDWEST", 25.0),
            share("w", "WEST", 46.0),
            share("s", "SOUTH", 26.0),
        ];
        let ranking = rank(
            &shares.each_ref(),
            &pairs.into_iter().collect(),
            Some("all"),
            "know of one",
        );
        assert_eq!(
            ranking.values,
            "46% in the West, 26% in the South, and 25% in the Midwest know of one."
        );
        ranking.headline
    }

    #[test]
    fn only_certain_differences_are_ranked() {
        let apart = || pair("w", "all", EVERY, [4.0, 8.0]);
        let pairs = [
            apart(),
            pair("s", "w", SOME, [-7.0, -1.0]),
            pair("w", "m", SOME, [1.0, 8.0]),
        ];
        assert_eq!(
            headline_of(pairs),
            "The West (46%) stands apart; the other two (25% to 26%) cannot be ranked."
        );
        let pairs = [
            apart(),
            pair("w", "s", EVERY, [2.0, 4.0]),
            pair("w", "m", NONE, [0.0, 1.0]),
        ];
        assert_eq!(
            headline_of(pairs),
            "Of the three (25% to 46%), only some can be ranked: the West above the South."
        );
        let pairs = [
            pair("w", "s", EVERY, [2.0, 4.0]),
            pair("w", "m", EVERY, [3.0, 5.0]),
            pair("m", "s", EVERY, [-5.0, -3.0]),
        ];
        assert_eq!(
            headline_of(pairs),
            "The three (25% to 46%) can be ranked: the West (46%), then the South (26%), then the Midwest (25%)."
        );
        assert_eq!(headline_of([]), "The three (25% to 46%) cannot be ranked.");
    }
}
