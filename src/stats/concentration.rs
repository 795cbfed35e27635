//! Measures of how unevenly a total is distributed over groups.
//!
//! Every measure counts the groups without anything, and is `None` if the total is zero. Numerators are integers, so
//! nothing is rounded before the division.

use std::collections::BTreeMap;

/// How many groups have each count. It has fewer entries than there are groups: counts are small or rare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution(BTreeMap<u64, u64>);

impl FromIterator<(u64, u64)> for Distribution {
    /// Collects counts, each with a number of groups that have it.
    fn from_iter<T: IntoIterator<Item = (u64, u64)>>(counts: T) -> Self {
        let mut distribution = BTreeMap::new();
        for (count, groups) in counts {
            *distribution.entry(count).or_default() += groups;
        }
        Self(distribution)
    }
}

impl FromIterator<u64> for Distribution {
    /// Collects the counts of the groups.
    fn from_iter<T: IntoIterator<Item = u64>>(counts: T) -> Self {
        counts.into_iter().map(|count| (count, 1)).collect()
    }
}

impl Distribution {
    /// Adds one to a group with this count.
    pub fn increment(&mut self, count: u64) {
        if let Some(groups) = self.0.get_mut(&count) {
            *groups -= 1;
            if *groups == 0 {
                self.0.remove(&count);
            }
            *self.0.entry(count + 1).or_default() += 1;
        }
    }

    /// Returns the number of groups.
    pub fn groups(&self) -> u64 {
        self.0.values().sum()
    }

    /// Returns the sum of all counts.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|(count, groups)| count * groups).sum()
    }

    fn positive_total(&self) -> Option<u128> {
        Some(u128::from(self.total())).filter(|total| *total > 0)
    }

    /// Returns the Herfindahl-Hirschman index: the sum of squared shares, from `1 / groups` (even) to 1
    /// (all in one group). Hirschman, *National Power and the Structure of Foreign Trade*, 1945; Herfindahl,
    /// *Concentration in the U.S. Steel Industry*, 1950.
    pub fn herfindahl_hirschman(&self) -> Option<f64> {
        let total = self.positive_total()?;
        let squares =
            |(&count, &groups): (&u64, &u64)| u128::from(count).pow(2) * u128::from(groups);
        let squares: u128 = self.0.iter().map(squares).sum();
        Some(squares as f64 / total.pow(2) as f64)
    }

    /// Returns the Gini coefficient of all groups, from 0 (even) to `(groups - 1) / groups` (all in one).
    ///
    /// With counts `x` in ascending order and `i` from 1 to `n`:
    /// `sum((2 i - n - 1) x_i) / (n * sum(x))`, half the mean difference of two groups divided by their
    /// mean
    /// (Gini, *Variabilità e mutabilità*, 1912; Dixon et al., *Ecology* 68, 1987). The correction
    /// `n / (n - 1)` for samples is not applied, because the groups are complete.
    pub fn gini(&self) -> Option<f64> {
        let total = self.positive_total()?;
        let n = i128::from(self.groups());
        let mut smaller = 0;
        let mut weighted = 0;
        for (&count, &groups) in &self.0 {
            let groups = i128::from(groups);
            // The sum of `2 i - n - 1` over the groups with this count.
            weighted += groups * (2 * smaller + groups - n) * i128::from(count);
            smaller += groups;
        }
        Some(weighted as f64 / (n as f64 * total as f64))
    }

    /// Returns the share of the `n` largest groups in the total, from 0 to 1: the concentration ratio
    /// `CR_n` (Hall and Tideman, *Journal of the American Statistical Association* 62, 1967). It is 1 if
    /// `n` exceeds the number of groups.
    pub fn top_share(&self, n: u64) -> Option<f64> {
        let total = self.positive_total()?;
        let mut left = n;
        let mut top = 0;
        for (&count, &groups) in self.0.iter().rev() {
            top += u128::from(count) * u128::from(groups.min(left));
            left -= groups.min(left);
        }
        Some(top as f64 / total as f64)
    }

    /// Returns the share of capitals in the total, from 0 to 1. Also returns `None` if `in_capitals` exceeds the
    /// total.
    pub fn capital_share(&self, in_capitals: u64) -> Option<f64> {
        let total = self.positive_total()?;
        (u128::from(in_capitals) <= total).then(|| in_capitals as f64 / total as f64)
    }
}

/// Counts in ascending order, from which the effect of one more on the Gini coefficient is computed.
#[derive(Clone, Debug)]
pub struct GiniCounts {
    ascending: Vec<u64>,
    total: u128,
    /// `sum((2 i - n - 1) x_i)`, the numerator of [`Distribution::gini`].
    numerator: i128,
}

impl GiniCounts {
    /// Sorts the counts.
    pub fn new(mut counts: Vec<u64>) -> Self {
        counts.sort_unstable();
        let n = counts.len() as i128;
        let terms = (1..).zip(&counts);
        Self {
            total: counts.iter().copied().map(u128::from).sum(),
            numerator: terms
                .map(|(i, &count)| (2 * i - n - 1) * i128::from(count))
                .sum(),
            ascending: counts,
        }
    }

    /// Returns the change of [`Distribution::gini`] if a group with this count gets one more; `None` if the total is zero.
    /// The group moves to the end of those with the same count, so the others keep their positions.
    pub fn change(&self, count: u64) -> Option<f64> {
        if self.total == 0 {
            return None;
        }
        let n = self.ascending.len() as i128;
        let position = self.ascending.partition_point(|&other| other <= count) as i128;
        let after = (self.numerator + 2 * position - n - 1) as f64;
        let total = self.total as f64;
        Some(after / (n as f64 * (total + 1.0)) - self.numerator as f64 / (n as f64 * total))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn distribution(counts: &[u64]) -> Distribution {
        counts.iter().copied().collect()
    }

    fn gini(counts: &[u64]) -> Option<f64> {
        distribution(counts).gini()
    }

    fn hhi(counts: &[u64]) -> Option<f64> {
        distribution(counts).herfindahl_hirschman()
    }

    fn top_share(counts: &[u64], n: u64) -> Option<f64> {
        distribution(counts).top_share(n)
    }

    fn capital_share(in_capitals: u64, counts: &[u64]) -> Option<f64> {
        distribution(counts).capital_share(in_capitals)
    }

    fn close(a: Option<f64>, b: f64) -> bool {
        a.is_some_and(|a| (a - b).abs() < 1e-9)
    }

    #[test]
    fn measures_match_hand_computed_values() {
        // Shares 0.1, 0.2, 0.3, 0.4.
        let counts = [3, 1, 4, 2];
        assert!(close(hhi(&counts), 0.30));
        // (-3*1 - 1*2 + 1*3 + 3*4) / (4 * 10)
        assert!(close(gini(&counts), 0.25));
        assert!(close(top_share(&counts, 2), 0.7));
        assert!(close(top_share(&counts, 9), 1.0));
        assert!(close(capital_share(5, &counts), 0.5));
    }

    #[test]
    fn measures_of_the_published_regions() {
        // 528, 223, 207 and 88 of 1,046: sum of squares 379,106 over 1,094,116.
        let regions = [528, 223, 207, 88];
        assert!(close(hhi(&regions), 379_106.0 / 1_094_116.0));
        // (-3*88 - 207 + 223 + 3*528) / (4 * 1046)
        assert!(close(gini(&regions), 1336.0 / 4184.0));
    }

    #[test]
    fn measures_without_counts_are_none() {
        for counts in [&[][..], &[0, 0]] {
            assert_eq!(hhi(counts), None);
            assert_eq!(gini(counts), None);
            assert_eq!(top_share(counts, 1), None);
            assert_eq!(capital_share(0, counts), None);
        }
        assert_eq!(capital_share(3, &[1, 1]), None);
    }

    fn counts() -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec(0..10_000_u64, 1..60)
            .prop_filter("a positive total", |counts| counts.iter().any(|&n| n > 0))
    }

    proptest! {
        #[test]
        fn equal_groups_are_even(n in 1..200_usize, count in 1..1_000_000_u64) {
            let counts = vec![count; n];
            prop_assert!(close(hhi(&counts), 1.0 / n as f64));
            prop_assert_eq!(gini(&counts), Some(0.0));
            prop_assert!(close(top_share(&counts, 1), 1.0 / n as f64));
        }

        #[test]
        fn a_single_group_is_fully_concentrated(n in 1..200_usize, count in 1..1_000_000_u64, index in any::<prop::sample::Index>()) {
            let mut counts = vec![0; n];
            counts[index.index(n)] = count;
            prop_assert_eq!(hhi(&counts), Some(1.0));
            prop_assert!(close(gini(&counts), (n as f64 - 1.0) / n as f64));
            prop_assert_eq!(top_share(&counts, 1), Some(1.0));
        }

        #[test]
        fn measures_are_within_bounds(counts in counts()) {
            let n = counts.len() as f64;
            let hhi = hhi(&counts).expect("a positive total");
            prop_assert!(hhi >= 1.0 / n - 1e-12 && hhi <= 1.0 + 1e-12);
            let gini = gini(&counts).expect("a positive total");
            prop_assert!(gini >= 0.0 && gini <= (n - 1.0) / n + 1e-12);
        }

        #[test]
        fn scale_and_order_do_not_matter(counts in counts(), factor in 1..1000_u64) {
            let scaled: Vec<u64> = counts.iter().rev().map(|count| count * factor).collect();
            prop_assert!(close(hhi(&scaled), hhi(&counts).expect("a positive total")));
            prop_assert!(close(gini(&scaled), gini(&counts).expect("a positive total")));
            prop_assert!(close(top_share(&scaled, 3), top_share(&counts, 3).expect("a positive total")));
        }

        #[test]
        fn one_more_changes_the_gini_coefficient_by_the_difference(counts in counts(), index in any::<prop::sample::Index>()) {
            let mut after = counts.clone();
            let gains = index.index(after.len());
            after[gains] += 1;
            let change = GiniCounts::new(counts.clone()).change(counts[gains]).expect("a positive total");
            let mut incremented = distribution(&counts);
            incremented.increment(counts[gains]);
            prop_assert_eq!(incremented, distribution(&after));
            let difference = gini(&after).expect("a positive total") - gini(&counts).expect("a positive total");
            prop_assert!((change - difference).abs() < 1e-12);
        }

        #[test]
        fn a_transfer_from_rich_to_poor_reduces_concentration(
            mut counts in counts(),
            rich in any::<prop::sample::Index>(),
            poor in any::<prop::sample::Index>(),
            part in 1..10_000_u64,
        ) {
            let (rich, poor) = (rich.index(counts.len()), poor.index(counts.len()));
            prop_assume!(counts[rich] > counts[poor] + 1);
            let (gini_before, hhi_before) = (gini(&counts), hhi(&counts));
            // The gift is less than the gap: otherwise rich and poor would just swap.
            let gift = 1 + part % (counts[rich] - counts[poor] - 1);
            counts[rich] -= gift;
            counts[poor] += gift;
            prop_assert!(gini(&counts) < gini_before);
            prop_assert!(hhi(&counts) < hhi_before);
        }
    }
}
