//! Tests of the enumeration of feasible cases.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{
    stats::quantity::{PERCENT, Quantity},
    vocabulary::Qualifier,
};

const GOLDEN: &str = include_str!("../../tests/it/methods/golden/compare.csv");

/// The respondents of the survey behind the article, and those of them in the public sector.
const ALL: u32 = 1446;
const PUBLIC: u32 = 740;

fn share(value: u32, qualifier: Qualifier) -> ShareRange {
    let percentage = Quantity {
        value: Some(f64::from(value)),
        unit: PERCENT.to_owned(),
        qualifier,
        digits: 0,
    };
    ShareRange::of_percentage(&percentage).expect("a number")
}

fn rounded(value: u32) -> ShareRange {
    share(value, Qualifier::Rounded)
}

/// A sample of groups with these percentages and sizes.
fn sample(groups: &[(u32, Option<u32>)], has_others: bool) -> Sample {
    let groups = groups.iter();
    Sample {
        size: ALL,
        share: Some(rounded(31)),
        groups: groups
            .map(|(value, size)| Group {
                share: rounded(*value),
                size: *size,
            })
            .collect(),
        has_others,
    }
}

fn regions() -> Sample {
    sample(&[(46, None), (28, None), (26, None), (25, None)], false)
}

fn sectors(has_others: bool) -> Sample {
    sample(&[(20, Some(PUBLIC)), (46, None), (36, None)], has_others)
}

/// The index of a group in [`regions`] or [`sectors`], and whether it is a region.
fn group_of(slug: &str) -> Option<(usize, bool)> {
    let (_, name) = slug.rsplit_once('-')?;
    let index = |names: &[&str]| names.iter().position(|other| *other == name);
    match index(&["west", "northeast", "south", "midwest"]) {
        Some(region) => Some((region, true)),
        None => Some((index(&["public", "services", "goods"])?, false)),
    }
}

/// The test of a row of the golden values.
fn test_of(row: &csv::StringRecord) -> DifferenceTest {
    let (a, b, kind, assumption) = (&row[0], &row[1], &row[4], &row[5]);
    let sample_of = |is_region| match is_region {
        true => regions(),
        false => sectors(assumption.is_empty()),
    };
    match kind {
        "SAME_RESPONDENTS" => {
            let is_public = a.ends_with("-public");
            let share_of = |slug: &str| match slug {
                "aware-yes" => rounded(31),
                "aware-yes-public" => rounded(20),
                "aware-not-sure-public" => rounded(59),
                "aware-not-sure" => share(50, Qualifier::Approximate),
                _ => share(20, Qualifier::Approximate),
            };
            DifferenceTest::SameRespondents {
                size: if is_public { PUBLIC } else { ALL },
                shares: [share_of(a), share_of(b)],
            }
        }
        "PART_AGAINST_REST" => {
            let (part, is_region) = group_of(b).expect("a part");
            DifferenceTest::PartAgainstRest {
                sample: sample_of(is_region),
                part,
                part_is_first: false,
            }
        }
        _ => {
            let groups = [a, b].map(|slug| group_of(slug).expect("a group"));
            let sample = sample_of(groups[0].1);
            let groups = groups.map(|(group, _)| group);
            match a.starts_with("extremely") {
                true => DifferenceTest::SeparateAnswers {
                    sample,
                    groups,
                    shares: groups.map(|group| rounded([26, 42, 34][group])),
                },
                false => DifferenceTest::SeparateGroups { sample, groups },
            }
        }
    }
}

/// Finds the cases with the smallest and the largest z-score, and the range of the difference in points.
/// The difference, too, increases with the number who say yes in `a` and decreases with that in `b`.
struct Extremes {
    z_score: fn(Case) -> f64,
    low: Option<(f64, Case)>,
    high: Option<(f64, Case)>,
    difference: Option<(f64, f64)>,
}

fn difference_in_points(Case { a, b }: Case) -> f64 {
    let percent = |count: Count| 100.0 * f64::from(count.yes) / f64::from(count.n);
    percent(a) - percent(b)
}

impl CaseVisitor for Extremes {
    fn may_matter(&self, low: Case, high: Case) -> bool {
        self.low.is_none_or(|(z, _)| (self.z_score)(low) < z)
            || self.high.is_none_or(|(z, _)| (self.z_score)(high) > z)
            || is_outside(&self.difference, &difference_in_points(low))
            || is_outside(&self.difference, &difference_in_points(high))
    }

    fn visit(&mut self, case: Case) {
        let z = (self.z_score)(case);
        if self.low.is_none_or(|(low, _)| z < low) {
            self.low = Some((z, case));
        }
        if self.high.is_none_or(|(high, _)| z > high) {
            self.high = Some((z, case));
        }
        widen(&mut self.difference, difference_in_points(case));
    }
}

fn extremes(test: &DifferenceTest) -> Extremes {
    let z_score = match test.kind() {
        DifferenceTestKind::SameRespondents => multinomial_z,
        _ => pooled_z,
    };
    let mut extremes = Extremes {
        z_score,
        low: None,
        high: None,
        difference: None,
    };
    test.visit_cases(&mut extremes);
    extremes
}

#[test]
fn feasible_cases_match_the_golden_values() {
    for row in csv::Reader::from_reader(GOLDEN.as_bytes()).records() {
        let row = row.expect("a row");
        if row[4].is_empty() {
            continue;
        }
        let extremes = extremes(&test_of(&row));
        let (low, high) = extremes.difference.expect("a feasible case");
        let (z_low, case_low) = extremes.low.expect("a feasible case");
        let (z_high, case_high) = extremes.high.expect("a feasible case");
        let text = |case: Case| format!("{}/{} {}/{}", case.a.yes, case.a.n, case.b.yes, case.b.n);
        let actual = [
            format!("{low:.4}"),
            format!("{high:.4}"),
            format!("{z_low:.4}"),
            text(case_low),
            format!("{z_high:.4}"),
            text(case_high),
        ];
        let expected = (7..13).map(|column| row[column].to_owned());
        assert_eq!(actual.to_vec(), expected.collect::<Vec<_>>(), "{row:?}");
    }
}

/// Collects all feasible cases.
#[derive(Default)]
struct Cases(Vec<Case>);

impl CaseVisitor for Cases {
    fn may_matter(&self, _: Case, _: Case) -> bool {
        true
    }

    fn visit(&mut self, case: Case) {
        self.0.push(case);
    }
}

#[test]
fn the_west_can_have_300_different_sizes() {
    let test = DifferenceTest::PartAgainstRest {
        sample: regions(),
        part: 0,
        part_is_first: true,
    };
    let mut cases = Cases::default();
    test.visit_cases(&mut cases);
    let sizes: BTreeSet<_> = cases.0.iter().map(|case| case.a.n).collect();
    assert_eq!(sizes.len(), 300);
    assert_eq!((sizes.first(), sizes.last()), (Some(&170), Some(&472)));
}

#[test]
fn without_a_feasible_case_there_is_no_result() {
    // 46 and 36% cannot be 31% together.
    let groups = [(46, None), (36, None)];
    let test = DifferenceTest::SeparateGroups {
        sample: sample(&groups, false),
        groups: [0, 1],
    };
    let result = test.run();
    assert_eq!(result.holds, DifferenceHolds::NotFeasible);
    assert_eq!((result.z_low, result.z_high), (0.0, 0.0));
    assert_eq!(result.bases, [(0, 0), (0, 0)]);
    assert_eq!(
        (result.holds_from, result.design_effect_limit),
        (None, None)
    );
}

#[test]
fn a_share_that_no_number_of_all_respondents_has_is_not_feasible() {
    // 22.5 to 27.5% of 9 is between 2 and 3.
    let groups = [23, 23].map(|value| Group {
        share: share(value, Qualifier::Approximate),
        size: None,
    });
    let sample = Sample {
        size: 9,
        share: Some(share(25, Qualifier::Approximate)),
        groups: groups.to_vec(),
        has_others: true,
    };
    assert_eq!(all_combinations(&sample), Vec::<Vec<Count>>::new());
    let tests = [
        DifferenceTest::SeparateGroups {
            sample: sample.clone(),
            groups: [0, 1],
        },
        DifferenceTest::PartAgainstRest {
            sample,
            part: 0,
            part_is_first: true,
        },
    ];
    for test in tests {
        assert_eq!(test.run().holds, DifferenceHolds::NotFeasible);
    }
}

#[test]
fn shares_of_everybody_and_nobody_have_finite_z_scores() {
    for (values, holds) in [
        ([0, 0], DifferenceHolds::ForNoFeasibleBase),
        ([100, 0], DifferenceHolds::ForEveryFeasibleBase),
    ] {
        let groups = values.map(|value| Group {
            share: rounded(value),
            size: Some(10),
        });
        let sample = Sample {
            size: 20,
            share: None,
            groups: groups.to_vec(),
            has_others: false,
        };
        let tests = [
            DifferenceTest::SeparateGroups {
                sample,
                groups: [0, 1],
            },
            DifferenceTest::SameRespondents {
                size: 10,
                shares: groups.map(|group| group.share),
            },
        ];
        for test in tests {
            let result = test.run();
            assert_eq!(result.holds, holds, "{test:?}");
            assert!(result.z_low.is_finite() && result.z_high.is_finite());
        }
    }
}

/// All numbers of respondents and of those who say yes that groups can have, found by trying all.
fn all_combinations(sample: &Sample) -> Vec<Vec<Count>> {
    let mut combinations: Vec<Vec<Count>> = vec![Vec::new()];
    for group in &sample.groups {
        let fits = |count: &Count| {
            group.share.yes_range(count.n).contains(&count.yes)
                && group.size.is_none_or(|size| size == count.n)
        };
        let counts = (1..=sample.size).flat_map(|n| (0..=n).map(move |yes| Count { yes, n }));
        let counts: Vec<_> = counts.filter(fits).collect();
        let longer = combinations.iter().flat_map(|combination| {
            let counts = counts.iter();
            counts.map(move |count| [combination.as_slice(), &[*count]].concat())
        });
        combinations = longer.collect();
    }
    combinations.retain(|groups| {
        let n: u32 = groups.iter().map(|count| count.n).sum();
        let yes: u32 = groups.iter().map(|count| count.yes).sum();
        let Some(others) = sample.size.checked_sub(n) else {
            return false;
        };
        // A percentage can fit no number of so few respondents.
        let all_yes = sample.yes_range();
        (others == 0 || sample.has_others) && (yes..=yes + others).any(|yes| all_yes.contains(&yes))
    });
    combinations
}

fn small_samples() -> impl Strategy<Value = Sample> {
    let group = (0..=100_u32, prop::option::weighted(0.2, 1..5_u32));
    (
        3..12_u32,
        prop::option::of(0..=100_u32),
        prop::collection::vec(group, 2..4),
        any::<bool>(),
    )
        .prop_map(|(size, all, groups, has_others)| Sample {
            size,
            share: all.map(|all| share(all, Qualifier::Approximate)),
            groups: groups
                .into_iter()
                .map(|(value, size)| Group {
                    share: share(value, Qualifier::Approximate),
                    size,
                })
                .collect(),
            has_others,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Leaving out cases that cannot matter changes nothing.
    #[test]
    fn results_are_those_of_all_combinations(sample in small_samples()) {
        let mut expected = Summary::new(pooled_z);
        let combinations = all_combinations(&sample);
        for groups in &combinations {
            expected.visit(Case { a: groups[0], b: groups[1] });
        }
        let half = Some(sample.size / 2);
        let test = DifferenceTest::SeparateGroups { sample: sample.clone(), groups: [0, 1] };
        prop_assert_eq!(test.run(), expected.result(half));

        let mut expected = Summary::new(pooled_z);
        let all_yes = sample.yes_range();
        for groups in &combinations {
            let n: u32 = groups.iter().map(|count| count.n).sum();
            let yes: u32 = groups.iter().map(|count| count.yes).sum();
            let rest = sample.size - groups[0].n;
            for others in 0..=sample.size - n {
                let rest = Count { yes: yes + others - groups[0].yes, n: rest };
                if rest.n > 0 && all_yes.contains(&(yes + others)) {
                    expected.visit(Case { a: groups[0], b: rest });
                }
            }
        }
        let test = DifferenceTest::PartAgainstRest { sample, part: 0, part_is_first: true };
        prop_assert_eq!(test.run(), expected.result(None));
    }

    #[test]
    fn swapping_the_groups_negates_the_scores(sample in small_samples()) {
        let run = |groups| DifferenceTest::SeparateGroups { sample: sample.clone(), groups }.run();
        let (result, swapped) = (run([0, 1]), run([1, 0]));
        prop_assert_eq!(result.z_low, -swapped.z_high);
        prop_assert_eq!(result.z_high, -swapped.z_low);
        prop_assert_eq!(result.holds, swapped.holds);
        prop_assert_eq!(result.holds_from, swapped.holds_from);
        prop_assert_eq!(result.bases, [swapped.bases[1], swapped.bases[0]]);
    }
}
