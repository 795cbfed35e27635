//! Plans: new pairs of places that spread pairs as evenly over groups as possible.
//!
//! Places of side A are in groups, and each may be paired with certain partners on side B. A place gets at most
//! one new pair. The counts that groups can reach are the bases of a generalized polymatroid, on which the greedy
//! algorithm finds the least majorized vector (Federgruen and Groenevelt, *Operations Research* 34, 1986). The Gini
//! coefficient is Schur-convex, so no other pairs, as many, give a lower one. If no partner is free, the algorithm
//! looks for an augmenting path, as for a maximum matching; without that, it would not be optimal.

use std::{cmp::Reverse, collections::BinaryHeap};

/// A group of places.
#[derive(Clone, Debug)]
pub struct PlanGroup {
    /// The number of pairs that it has.
    pub count: u64,
    /// Its places on side A.
    pub places: Vec<usize>,
}

/// A partner that a place may get, and how well the two match.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlanPartner {
    /// The index of the partner on side B.
    pub index: usize,
    /// The score.
    pub score: f64,
}

/// A new pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlannedPair {
    /// The index of the group.
    pub group: usize,
    /// The index of the place on side A.
    pub place: usize,
    /// Its partner on side B.
    pub partner: PlanPartner,
}

/// Returns at most `size` new pairs, in the order in which they were chosen.
///
/// The next pair belongs to the first group with the fewest pairs that can get one. Within it, a place with
/// fewer own pairs comes first, then a higher score, then a smaller index. `own_pairs` has the number of pairs of each
/// place, and `partners_of` returns those that a place may get; it is called at most once for each place.
pub fn plan(
    size: usize,
    groups: &[PlanGroup],
    own_pairs: &[u32],
    partners_of: impl FnMut(usize) -> Vec<PlanPartner>,
) -> Vec<PlannedPair> {
    let mut pairing = Pairing::new(groups, own_pairs, partners_of);
    let counts = groups.iter().enumerate();
    let mut queue: BinaryHeap<_> = counts
        .map(|(index, group)| Reverse((group.count, index)))
        .collect();
    while pairing.order.len() < size {
        let Some(Reverse((count, group))) = queue.pop() else {
            break;
        };
        if pairing.add_pair(group) {
            queue.push(Reverse((count + 1, group)));
        }
    }
    pairing.pairs()
}

/// The new pairs so far.
struct Pairing<'a, F> {
    groups: &'a [PlanGroup],
    own_pairs: &'a [u32],
    partners_of: F,
    places: Vec<PlanPlace>,
    /// The place that has the partner, by the index of the partner.
    place_of: Vec<Option<usize>>,
    /// The paired places in the order in which their pairs were chosen.
    order: Vec<usize>,
}

/// What is on an augmenting path or leads to no free partner.
struct Seen {
    places: Vec<bool>,
    partners: Vec<bool>,
}

#[derive(Clone, Default)]
struct PlanPlace {
    group: usize,
    /// The partners that it may get, the best first; `None` until they are needed.
    partners: Option<Vec<PlanPartner>>,
    /// The number of partners at the start of the list that are taken.
    n_taken: usize,
    partner: Option<PlanPartner>,
}

impl<'a, F: FnMut(usize) -> Vec<PlanPartner>> Pairing<'a, F> {
    fn new(groups: &'a [PlanGroup], own_pairs: &'a [u32], partners_of: F) -> Self {
        let mut places = vec![PlanPlace::default(); own_pairs.len()];
        for (index, group) in groups.iter().enumerate() {
            for place in &group.places {
                places[*place].group = index;
            }
        }
        Self {
            groups,
            own_pairs,
            partners_of,
            places,
            place_of: Vec::new(),
            order: Vec::new(),
        }
    }

    /// Returns the `n`th best partner that a place may get.
    fn partner(&mut self, place: usize, n: usize) -> Option<PlanPartner> {
        if self.places[place].partners.is_none() {
            let mut partners = (self.partners_of)(place);
            partners.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.index.cmp(&b.index)));
            let n_partners = partners.iter().map(|partner| partner.index + 1).max();
            if self.place_of.len() < n_partners.unwrap_or(0) {
                self.place_of.resize(n_partners.unwrap_or(0), None);
            }
            self.places[place].partners = Some(partners);
        }
        self.places[place].partners.as_ref()?.get(n).copied()
    }

    /// Returns the best partner of a place that no place has. Partners are never given up, so taken ones are
    /// skipped for good.
    fn best_free_partner(&mut self, place: usize) -> Option<PlanPartner> {
        loop {
            let partner = self.partner(place, self.places[place].n_taken)?;
            if self.place_of[partner.index].is_none() {
                return Some(partner);
            }
            self.places[place].n_taken += 1;
        }
    }

    fn unpaired_places(&self, group: usize) -> Vec<usize> {
        let places = self.groups[group].places.iter().copied();
        let mut places: Vec<_> = places
            .filter(|place| self.places[*place].partner.is_none())
            .collect();
        places.sort_by_key(|place| (self.own_pairs[*place], *place));
        places
    }

    fn pair(&mut self, place: usize, partner: PlanPartner) {
        self.places[place].partner = Some(partner);
        self.place_of[partner.index] = Some(place);
    }

    /// Adds a pair to a group; returns whether that is possible.
    fn add_pair(&mut self, group: usize) -> bool {
        let unpaired = self.unpaired_places(group);
        let mut best: Option<(usize, PlanPartner)> = None;
        for place in &unpaired {
            let is_worse = |(other, _): (usize, _)| self.own_pairs[*place] > self.own_pairs[other];
            if best.is_some_and(is_worse) {
                break;
            }
            let Some(partner) = self.best_free_partner(*place) else {
                continue;
            };
            if best.is_none_or(|(_, best)| partner.score > best.score) {
                best = Some((*place, partner));
            }
        }
        if let Some((place, partner)) = best {
            self.pair(place, partner);
            self.order.push(place);
            return true;
        }
        let augmented = unpaired.into_iter().find(|place| {
            let mut seen = Seen {
                places: vec![false; self.places.len()],
                partners: Vec::new(),
            };
            self.augment(*place, &mut seen)
        });
        self.order.extend(augmented);
        augmented.is_some()
    }

    /// Pairs a place by giving other places other partners, or by replacing one of them by a place of its
    /// own group; returns whether that is possible. Only paired places are on the path, so it is short.
    fn augment(&mut self, place: usize, seen: &mut Seen) -> bool {
        // A place can be reached again, as a replacement of a place of its group.
        if std::mem::replace(&mut seen.places[place], true) {
            return false;
        }
        let mut n = 0;
        while let Some(partner) = self.partner(place, n) {
            n += 1;
            seen.partners.resize(self.place_of.len(), false);
            if std::mem::replace(&mut seen.partners[partner.index], true) {
                continue;
            }
            let Some(holder) = self.place_of[partner.index] else {
                self.pair(place, partner);
                return true;
            };
            if self.augment(holder, seen) {
                self.pair(place, partner);
                return true;
            }
            for other in self.unpaired_places(self.places[holder].group) {
                if self.augment(other, seen) {
                    self.places[holder].partner = None;
                    if let Some(slot) = self.order.iter_mut().find(|slot| **slot == holder) {
                        *slot = other;
                    }
                    self.pair(place, partner);
                    return true;
                }
            }
        }
        false
    }

    fn pairs(&self) -> Vec<PlannedPair> {
        let pairs = self.order.iter().filter_map(|place| {
            Some(PlannedPair {
                group: self.places[*place].group,
                place: *place,
                partner: self.places[*place].partner?,
            })
        });
        pairs.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::stats::concentration::Distribution;

    const GOLDEN: &str = include_str!("../../tests/it/methods/golden/plan_small.csv");

    /// Groups, and for each place the partners that it may get; all scores are equal.
    #[derive(Clone, Debug)]
    struct SmallCase {
        groups: Vec<PlanGroup>,
        partners: Vec<Vec<usize>>,
    }

    impl SmallCase {
        fn plan(&self, size: usize) -> Vec<PlannedPair> {
            let partners_of = |place: usize| {
                let partners = self.partners[place].iter();
                partners
                    .map(|&index| PlanPartner { index, score: 0.0 })
                    .collect()
            };
            plan(
                size,
                &self.groups,
                &vec![0; self.partners.len()],
                partners_of,
            )
        }

        fn counts_with(&self, groups: impl IntoIterator<Item = usize>) -> Vec<u64> {
            let mut counts: Vec<_> = self.groups.iter().map(|group| group.count).collect();
            for group in groups {
                counts[group] += 1;
            }
            counts
        }

        fn group_of(&self, place: usize) -> Option<usize> {
            let mut groups = self.groups.iter();
            groups.position(|group| group.places.contains(&place))
        }

        /// The groups that get pairs, sorted, for all sets of pairs.
        fn all_outcomes(&self) -> BTreeSet<Vec<usize>> {
            let mut outcomes = BTreeSet::new();
            self.extend_outcomes(0, &mut Vec::new(), &mut Vec::new(), &mut outcomes);
            outcomes
        }

        fn extend_outcomes(
            &self,
            place: usize,
            taken: &mut Vec<usize>,
            groups: &mut Vec<usize>,
            outcomes: &mut BTreeSet<Vec<usize>>,
        ) {
            if place == self.partners.len() {
                let mut groups = groups.clone();
                groups.sort_unstable();
                outcomes.insert(groups);
                return;
            }
            self.extend_outcomes(place + 1, taken, groups, outcomes);
            for &partner in &self.partners[place] {
                if let (false, Some(group)) = (taken.contains(&partner), self.group_of(place)) {
                    taken.push(partner);
                    groups.push(group);
                    self.extend_outcomes(place + 1, taken, groups, outcomes);
                    taken.pop();
                    groups.pop();
                }
            }
        }
    }

    fn parse(row: &csv::StringRecord) -> SmallCase {
        let pairs = |cell: usize, separator: char| {
            let pairs = row[cell].split_whitespace();
            pairs.filter_map(move |pair| pair.split_once(separator))
        };
        let counts: BTreeMap<&str, u64> = pairs(3, ':')
            .map(|(group, count)| (group, count.parse().expect("a count")))
            .collect();
        let number = |name: &str| -> usize { name[1..].parse().expect("a number") };
        let groups = counts.iter().map(|(name, count)| PlanGroup {
            count: *count,
            places: pairs(2, ':')
                .filter(|(_, group)| group == name)
                .map(|(place, _)| number(place))
                .collect(),
        });
        let mut partners = vec![Vec::new(); pairs(2, ':').count()];
        for (place, partner) in pairs(4, '-') {
            partners[number(place)].push(number(partner));
        }
        SmallCase {
            groups: groups.collect(),
            partners,
        }
    }

    fn gini(counts: &[u64]) -> Option<f64> {
        counts.iter().copied().collect::<Distribution>().gini()
    }

    #[test]
    fn small_plans_match_the_golden_values() {
        for row in csv::Reader::from_reader(GOLDEN.as_bytes()).records() {
            let row = row.expect("a row");
            let problem = parse(&row);
            let pairs = problem.plan(row[1].parse().expect("a size"));
            assert_eq!(pairs.len().to_string(), row[5], "{row:?}");
            let after = problem.counts_with(pairs.iter().map(|pair| pair.group));
            let gini = gini(&after).unwrap_or(0.0);
            assert_eq!(format!("{gini:.10}"), row[6], "{row:?}");
        }
    }

    #[test]
    fn a_place_is_once_on_an_augmenting_path() {
        let [a, b, c] = [vec![1, 3], vec![0, 2], Vec::new()];
        let problem = SmallCase {
            groups: [a, b, c]
                .map(|places| PlanGroup { count: 0, places })
                .to_vec(),
            partners: vec![vec![4], vec![2, 3], vec![0, 2], vec![0, 4]],
        };
        let pairs = problem.plan(4);
        let places: BTreeSet<_> = pairs.iter().map(|pair| pair.place).collect();
        assert_eq!((pairs.len(), places.len()), (4, 4));
    }

    fn problems() -> impl Strategy<Value = SmallCase> {
        let place = (0..3_usize, prop::collection::btree_set(0..5_usize, 0..4));
        (
            prop::collection::vec(0..4_u64, 3),
            prop::collection::vec(place, 1..6),
        )
            .prop_map(|(counts, places)| SmallCase {
                groups: counts
                    .into_iter()
                    .enumerate()
                    .map(|(group, count)| PlanGroup {
                        count,
                        places: (0..places.len())
                            .filter(|place| places[*place].0 == group)
                            .collect(),
                    })
                    .collect(),
                partners: places
                    .into_iter()
                    .map(|(_, partners)| partners.into_iter().collect())
                    .collect(),
            })
    }

    proptest! {
        #[test]
        fn no_other_pairs_are_more_even(problem in problems(), size in 1..6_usize) {
            let pairs = problem.plan(size);
            let places: BTreeSet<_> = pairs.iter().map(|pair| pair.place).collect();
            let partners: BTreeSet<_> = pairs.iter().map(|pair| pair.partner.index).collect();
            prop_assert_eq!(places.len(), pairs.len(), "a place gets at most one pair");
            prop_assert_eq!(partners.len(), pairs.len(), "a partner gets at most one pair");
            for pair in &pairs {
                prop_assert!(problem.partners[pair.place].contains(&pair.partner.index));
                prop_assert_eq!(problem.group_of(pair.place), Some(pair.group));
            }
            let outcomes = problem.all_outcomes();
            let most = outcomes.iter().map(Vec::len).max().unwrap_or(0);
            prop_assert_eq!(pairs.len(), most.min(size));
            let gini_with = |groups: &[usize]| gini(&problem.counts_with(groups.iter().copied()));
            let groups: Vec<_> = pairs.iter().map(|pair| pair.group).collect();
            for outcome in outcomes.iter().filter(|outcome| outcome.len() == pairs.len()) {
                prop_assert!(gini_with(&groups) <= gini_with(outcome), "{outcome:?}");
            }
        }
    }
}
