//! How many respondents several groups can have together, and how many of them can say yes.

use std::ops::RangeInclusive;

use super::{Sample, ShareRange};

/// A group of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Group {
    /// The share who say yes.
    pub share: ShareRange,
    /// The number of respondents; `None` if not published.
    pub size: Option<u32>,
}

impl Group {
    /// Returns each possible number of respondents, from 1 to `sample_size`, with the numbers of them who may say
    /// yes.
    pub(super) fn sizes(&self, sample_size: u32) -> Vec<(u32, RangeInclusive<u32>)> {
        let sizes = match self.size {
            Some(size) => size.max(1)..=size.min(sample_size),
            None => 1..=sample_size,
        };
        sizes
            .map(|n| (n, self.share.yes_range(n)))
            .filter(|(_, yes)| !yes.is_empty())
            .collect()
    }
}

/// For each number of respondents, the numbers of them who can say yes.
pub(super) struct FeasibleSums {
    /// For each number of respondents: how many numbers below `t` are feasible, for `t` from 0 to `width - 1`.
    n_below: Vec<u16>,
    width: usize,
}

/// The numbers who can say yes of a number of respondents.
#[derive(Clone, Copy)]
pub(super) struct SumsOfSize<'a>(&'a [u16]);

impl SumsOfSize<'_> {
    /// Returns whether a number between `low` and `high`, which is `None` if it is negative, is feasible.
    pub(super) fn any_between(self, low: u32, high: Option<u32>) -> bool {
        let Some(high) = high.filter(|high| low <= *high) else {
            return false;
        };
        let last = self.0.len() - 1;
        let below = |t: u32| self.0[(t as usize).min(last)];
        below(high + 1) > below(low)
    }
}

impl FeasibleSums {
    /// Combines all groups of a sample except `excluded` with its others, if there may be any.
    pub(super) fn without(sample: &Sample, excluded: &[usize]) -> Self {
        let size = sample.size as usize;
        // The flag of `t` who say yes of `s` respondents is at `s * width + t`. One more than is possible, so
        // that every range ends inside of its row.
        let width = size + 2;
        let mut is_feasible = vec![false; (size + 1) * width];
        is_feasible[0] = true;
        let groups = sample.groups.iter().enumerate();
        let groups = groups.filter(|(index, _)| !excluded.contains(index));
        for (_, group) in groups {
            is_feasible = add_group(&is_feasible, width, &group.sizes(sample.size));
        }
        if sample.has_others {
            // One more respondent, who says no or yes.
            for s in 0..size {
                let (row, next) = is_feasible[s * width..(s + 2) * width].split_at_mut(width);
                for t in 0..=s {
                    next[t] |= row[t];
                    next[t + 1] |= row[t];
                }
            }
        }
        let mut n_below = Vec::with_capacity(is_feasible.len());
        for row in is_feasible.chunks_exact(width) {
            let mut n = 0;
            for is_feasible in row {
                n_below.push(n);
                n += u16::from(*is_feasible);
            }
        }
        Self { n_below, width }
    }

    pub(super) fn of_size(&self, n: u32) -> SumsOfSize<'_> {
        let start = n as usize * self.width;
        SumsOfSize(&self.n_below[start..start + self.width])
    }
}

/// Adds each size of a group to each sum. A run of numbers plus a range is a run again, of which only the two ends
/// are marked.
fn add_group(
    is_feasible: &[bool],
    width: usize,
    sizes: &[(u32, RangeInclusive<u32>)],
) -> Vec<bool> {
    let mut changes = vec![0_i32; is_feasible.len()];
    for (s, row) in is_feasible.chunks_exact(width).enumerate() {
        for run in runs(row) {
            let fitting = sizes
                .iter()
                .take_while(|(n, _)| s + *n as usize + 2 <= width);
            for (n, yes) in fitting {
                let start = (s + *n as usize) * width;
                changes[start + run.start() + *yes.start() as usize] += 1;
                changes[start + run.end() + *yes.end() as usize + 1] -= 1;
            }
        }
    }
    let mut n_runs = 0;
    let sums = changes.into_iter().map(|change| {
        n_runs += change;
        n_runs > 0
    });
    sums.collect()
}

/// Returns the ranges of consecutive feasible numbers.
fn runs(row: &[bool]) -> Vec<RangeInclusive<usize>> {
    let mut runs = Vec::new();
    let mut start = None;
    for (t, is_feasible) in row.iter().enumerate() {
        match (is_feasible, start) {
            (true, None) => start = Some(t),
            (false, Some(first)) => {
                runs.push(first..=t - 1);
                start = None;
            }
            _ => {}
        }
    }
    runs
}
