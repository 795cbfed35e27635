//! Whether the difference of two percentages is significant, for every number of respondents that the
//! published figures allow.
//!
//! Most groups have an unpublished size, but their percentages restrict it. Of the `n` respondents of a group,
//! whole and unweighted, `y` say yes, and `100 y / n` is within the range of the percentage. Groups
//! that partition a sample add up to it, in respondents and in those who say yes. Every case that is consistent
//! with that is enumerated, so nothing is estimated.

mod share_range;
mod sums;

use std::{cmp::Ordering, ops::RangeInclusive};

pub use share_range::ShareRange;
pub use sums::Group;

use sums::FeasibleSums;

use crate::vocabulary::{DifferenceHolds, DifferenceTestKind};

/// The 97.5% quantile of the standard normal distribution.
const Z_95: f64 = 1.959_963_984_540_054;

/// The largest sample whose cases are enumerated: their number grows with the fourth power of it.
pub const MAX_SAMPLE_SIZE: u32 = 2_000;

/// The respondents of a survey, divided into groups.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sample {
    /// The number of respondents, at most [`MAX_SAMPLE_SIZE`].
    pub size: u32,
    /// The share of all respondents who say yes; `None` if not published.
    pub share: Option<ShareRange>,
    /// The groups, which do not overlap.
    pub groups: Vec<Group>,
    /// Whether there may be respondents in none of the groups.
    pub has_others: bool,
}

/// A test of the difference of two shares, `a - b`. It contains all that its result depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DifferenceTest {
    /// Two groups of a sample.
    SeparateGroups {
        /// The sample.
        sample: Sample,
        /// The indexes of the groups.
        groups: [usize; 2],
    },
    /// The same for two groups of those who say yes in a group of a sample each.
    SeparateAnswers {
        /// The sample.
        sample: Sample,
        /// The indexes of the groups whose respondents who say yes are compared.
        groups: [usize; 2],
        /// What is compared: the shares of those.
        shares: [ShareRange; 2],
    },
    /// A group and the rest of its sample.
    PartAgainstRest {
        /// The sample.
        sample: Sample,
        /// The index of the group.
        part: usize,
        /// Whether the group is `a`, and not `b`.
        part_is_first: bool,
    },
    /// Two answers of the same respondents, which exclude each other.
    SameRespondents {
        /// The number of respondents.
        size: u32,
        /// The shares of the answers.
        shares: [ShareRange; 2],
    },
}

/// A group in which some say yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The number who say yes.
    pub yes: u32,
    /// The number of respondents, at least 1.
    pub n: u32,
}

/// The numbers behind two percentages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// Those behind `a`.
    pub a: Count,
    /// Those behind `b`.
    pub b: Count,
}

/// The result of a [`DifferenceTest`] over all feasible cases.
#[derive(Clone, Debug, PartialEq)]
pub struct TestResult {
    /// Whether the difference is significant.
    pub holds: DifferenceHolds,
    /// The smallest z of `a - b`; 0 if no case is feasible.
    pub z_low: f64,
    /// The largest z of `a - b`; 0 if no case is feasible.
    pub z_high: f64,
    /// The smallest and the largest number of respondents behind `a`, then behind `b`.
    pub bases: [(u32, u32); 2],
    /// For separate groups whose difference depends on the base: the number of respondents of the smaller
    /// group from which it is always significant; `None` if that is more than half of the sample.
    pub holds_from: Option<u32>,
    /// The largest design effect for which a difference that is always significant remains so.
    pub design_effect_limit: Option<f64>,
}

impl DifferenceTest {
    /// Returns which test it is.
    pub fn kind(&self) -> DifferenceTestKind {
        match self {
            Self::SeparateGroups { .. } | Self::SeparateAnswers { .. } => {
                DifferenceTestKind::SeparateGroups
            }
            Self::PartAgainstRest { .. } => DifferenceTestKind::PartAgainstRest,
            Self::SameRespondents { .. } => DifferenceTestKind::SameRespondents,
        }
    }

    /// Tests the difference for every feasible case.
    pub fn run(&self) -> TestResult {
        let z_score = match self {
            Self::SameRespondents { .. } => multinomial_z,
            _ => pooled_z,
        };
        let mut summary = Summary::new(z_score);
        self.visit_cases(&mut summary);
        let half_of_sample = match self {
            Self::SeparateGroups { sample, .. } | Self::SeparateAnswers { sample, .. } => {
                Some(sample.size / 2)
            }
            _ => None,
        };
        summary.result(half_of_sample)
    }

    /// Visits every feasible case that may matter.
    pub fn visit_cases(&self, visitor: &mut impl CaseVisitor) {
        match self {
            Self::SeparateGroups { sample, groups } => visit_pairs(sample, *groups, visitor),
            Self::SeparateAnswers {
                sample,
                groups,
                shares,
            } => visit_pairs_of_answers(sample, *groups, *shares, visitor),
            Self::PartAgainstRest {
                sample,
                part,
                part_is_first,
            } => visit_parts(sample, *part, &mut |part, rest| {
                visitor.visit(match part_is_first {
                    true => Case { a: part, b: rest },
                    false => Case { a: rest, b: part },
                });
            }),
            Self::SameRespondents { size: n, shares } => {
                let [a, b] = shares.map(|share| share.yes_range(*n));
                for yes_a in a {
                    // Nobody gives both answers.
                    for yes_b in *b.start()..=(*b.end()).min(n - yes_a) {
                        visitor.visit(Case {
                            a: Count { yes: yes_a, n: *n },
                            b: Count { yes: yes_b, n: *n },
                        });
                    }
                }
            }
        }
    }
}

/// What is done with feasible cases.
pub trait CaseVisitor {
    /// Returns whether a case may matter whose number who say yes is between those of `low` and of `high` in `b`,
    /// and between those of `high` and of `low` in `a`, so that `low` has the smallest and `high` the largest
    /// difference.
    fn may_matter(&self, low: Case, high: Case) -> bool;

    /// Gets a feasible case.
    fn visit(&mut self, case: Case);
}

/// Visits the sizes of two groups of a sample, and the numbers who say yes in them.
fn visit_pairs(sample: &Sample, [a, b]: [usize; 2], visitor: &mut impl CaseVisitor) {
    let rest = FeasibleSums::without(sample, &[a, b]);
    let all_yes = sample.yes_range();
    let sizes_b = sample.groups[b].sizes(sample.size);
    for (n_a, yes_a) in sample.groups[a].sizes(sample.size) {
        for (n_b, yes_b) in &sizes_b {
            if n_a + n_b > sample.size {
                break;
            }
            let rest = rest.of_size(sample.size - n_a - n_b);
            // Whether the rest can have all who say yes, except as many as are in the pair.
            let is_feasible = |fewest: u32, most: u32| {
                rest.any_between(
                    all_yes.start().saturating_sub(most),
                    all_yes.end().checked_sub(fewest),
                )
            };
            let case = |yes_a, yes_b| Case {
                a: Count { yes: yes_a, n: n_a },
                b: Count {
                    yes: yes_b,
                    n: *n_b,
                },
            };
            if !is_feasible(yes_a.start() + yes_b.start(), yes_a.end() + yes_b.end()) {
                continue;
            }
            let low = case(*yes_a.start(), *yes_b.end());
            if !visitor.may_matter(low, case(*yes_a.end(), *yes_b.start())) {
                continue;
            }
            for yes_a in yes_a.clone() {
                for yes_b in yes_b.clone() {
                    if is_feasible(yes_a + yes_b, yes_a + yes_b) {
                        visitor.visit(case(yes_a, yes_b));
                    }
                }
            }
        }
    }
}

/// Visits the cases in which those who say yes in two groups of a sample are asked another question.
fn visit_pairs_of_answers(
    sample: &Sample,
    groups: [usize; 2],
    shares: [ShareRange; 2],
    visitor: &mut impl CaseVisitor,
) {
    let width = sample.size as usize + 1;
    let mut numbers = NumbersWhoSayYes {
        is_feasible: vec![false; width * width],
        width,
    };
    visit_pairs(sample, groups, &mut numbers);
    for n_a in 1..=sample.size {
        for n_b in 1..=sample.size - n_a {
            if !numbers.is_feasible[n_a as usize * width + n_b as usize] {
                continue;
            }
            let [a, b] = [(n_a, shares[0]), (n_b, shares[1])]
                .map(|(n, share)| share.yes_range(n).map(move |yes| Count { yes, n }));
            for a in a {
                b.clone().for_each(|b| visitor.visit(Case { a, b }));
            }
        }
    }
}

/// The numbers who say yes in two groups.
struct NumbersWhoSayYes {
    is_feasible: Vec<bool>,
    width: usize,
}

impl CaseVisitor for NumbersWhoSayYes {
    fn may_matter(&self, _: Case, _: Case) -> bool {
        true
    }

    fn visit(&mut self, Case { a, b }: Case) {
        self.is_feasible[a.yes as usize * self.width + b.yes as usize] = true;
    }
}

/// Visits the sizes of a group and of the rest of the sample, and the numbers who say yes in them.
fn visit_parts(sample: &Sample, part: usize, visit: &mut impl FnMut(Count, Count)) {
    let rest = FeasibleSums::without(sample, &[part]);
    let all_yes = sample.yes_range();
    for (n, yes) in sample.groups[part].sizes(sample.size) {
        let rest_n = sample.size - n;
        if rest_n == 0 {
            continue;
        }
        let rest = rest.of_size(rest_n);
        for yes in yes {
            for all_yes in all_yes.clone() {
                let Some(rest_yes) = all_yes.checked_sub(yes) else {
                    continue;
                };
                if rest.any_between(rest_yes, Some(rest_yes)) {
                    let rest = Count {
                        yes: rest_yes,
                        n: rest_n,
                    };
                    visit(Count { yes, n }, rest);
                }
            }
        }
    }
}

impl Sample {
    /// Returns how many of all respondents may say yes.
    fn yes_range(&self) -> RangeInclusive<u32> {
        match self.share {
            Some(share) => share.yes_range(self.size),
            None => 0..=self.size,
        }
    }
}

/// The z-score of two proportions in separate groups, with the pooled proportion; 0 if everybody or nobody
/// says yes.
fn pooled_z(Case { a, b }: Case) -> f64 {
    let [yes_a, n_a, yes_b, n_b] = [a.yes, a.n, b.yes, b.n].map(f64::from);
    let pooled = (yes_a + yes_b) / (n_a + n_b);
    let variance = pooled * (1.0 - pooled) * (1.0 / n_a + 1.0 / n_b);
    quotient(yes_a / n_a - yes_b / n_b, variance)
}

/// The z-score of two shares of one multinomial sample; 0 if nobody gives either answer.
fn multinomial_z(Case { a, b }: Case) -> f64 {
    let n = f64::from(a.n);
    let (a, b) = (f64::from(a.yes) / n, f64::from(b.yes) / n);
    quotient(a - b, (a + b - (a - b).powi(2)) / n)
}

fn quotient(difference: f64, variance: f64) -> f64 {
    match variance > 0.0 {
        true => difference / variance.sqrt(),
        // Without variance, only shares of 0 and 100% can differ, which is then certain.
        false if difference == 0.0 => 0.0,
        false => f64::MAX.copysign(difference),
    }
}

/// What is known about the cases that were visited.
struct Summary {
    z_score: fn(Case) -> f64,
    z: Option<(f64, f64)>,
    bases: [Option<(u32, u32)>; 2],
    /// The largest size of each group for which the difference is not significant.
    last_failing: [Option<u32>; 2],
}

fn widen<T: PartialOrd + Copy>(range: &mut Option<(T, T)>, value: T) {
    let (low, high) = range.get_or_insert((value, value));
    if value < *low {
        *low = value;
    }
    if value > *high {
        *high = value;
    }
}

fn is_outside<T: PartialOrd>(range: &Option<(T, T)>, value: &T) -> bool {
    let inside = |(low, high): &(T, T)| low <= value && value <= high;
    !range.as_ref().is_some_and(inside)
}

impl CaseVisitor for Summary {
    /// The z-scores increase with the number who say yes in `a` and decrease with that in `b`, so those of
    /// the cases in between are between those of `low` and `high`.
    fn may_matter(&self, low: Case, high: Case) -> bool {
        let (z_low, z_high) = ((self.z_score)(low), (self.z_score)(high));
        let sizes = [low.a.n, low.b.n];
        let may_fail = z_low <= Z_95 && z_high >= -Z_95;
        let fails_later = || {
            let mut groups = self.last_failing.iter().zip(sizes);
            groups.any(|(last, n)| *last < Some(n))
        };
        is_outside(&self.z, &z_low)
            || is_outside(&self.z, &z_high)
            || self
                .bases
                .iter()
                .zip(&sizes)
                .any(|(base, n)| is_outside(base, n))
            || (may_fail && fails_later())
    }

    fn visit(&mut self, case: Case) {
        let z = (self.z_score)(case);
        widen(&mut self.z, z);
        let sizes = [case.a.n, case.b.n];
        for (base, n) in self.bases.iter_mut().zip(sizes) {
            widen(base, n);
        }
        if z.abs() <= Z_95 {
            for (last, n) in self.last_failing.iter_mut().zip(sizes) {
                *last = (*last).max(Some(n));
            }
        }
    }
}

impl Summary {
    fn new(z_score: fn(Case) -> f64) -> Self {
        Self {
            z_score,
            z: None,
            bases: [None; 2],
            last_failing: [None; 2],
        }
    }

    fn result(self, half_of_sample: Option<u32>) -> TestResult {
        let Some((z_low, z_high)) = self.z else {
            return TestResult {
                holds: DifferenceHolds::NotFeasible,
                z_low: 0.0,
                z_high: 0.0,
                bases: [(0, 0); 2],
                holds_from: None,
                design_effect_limit: None,
            };
        };
        let bases = self.bases.map(Option::unwrap_or_default);
        let holds = if z_low > Z_95 || z_high < -Z_95 {
            DifferenceHolds::ForEveryFeasibleBase
        } else if z_low >= -Z_95 && z_high <= Z_95 {
            DifferenceHolds::ForNoFeasibleBase
        } else {
            DifferenceHolds::DependsOnTheBase
        };
        let holds_from = || {
            let from = |group: usize| self.last_failing[group].map_or(bases[group].0, |n| n + 1);
            let from = match bases[0].0.cmp(&bases[1].0) {
                Ordering::Less => from(0),
                Ordering::Greater => from(1),
                Ordering::Equal => from(0).min(from(1)),
            };
            Some(from).filter(|from| half_of_sample.is_some_and(|half| *from <= half))
        };
        TestResult {
            holds_from: match holds {
                DifferenceHolds::DependsOnTheBase => holds_from(),
                _ => None,
            },
            design_effect_limit: (holds == DifferenceHolds::ForEveryFeasibleBase)
                .then(|| (z_low.abs().min(z_high.abs()) / Z_95).powi(2)),
            holds,
            z_low,
            z_high,
            bases,
        }
    }
}

#[cfg(test)]
#[path = "feasible_tests.rs"]
mod tests;
