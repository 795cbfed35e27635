//! Weighted percentages of survey respondents, with errors that follow from the design of the sample.
//!
//! The variance is that of a ratio by Taylor linearization (Woodruff, *Journal of the American
//! Statistical Association* 66, 1971), with sampling units drawn with replacement within strata and no
//! finite population correction. Intervals are those of Korn and Graubard (*Survey Methodology* 24, 1998).
//! The results agree with `svymean` and `svyciprop(method = "beta")` of R's package `survey`.

use super::quantile;
use crate::vocabulary::TabulationFlag;

/// A larger effective base counts as this one. At ten million, an interval is at most 0.1 points wide at any
/// level up to 99.9%; beyond, the beta quantile loses digits.
const MAX_EFFECTIVE_BASE: f64 = 1e7;

/// The smallest sample size, and effective sample size, of a percentage that is shown (Parker et al.,
/// *National Center for Health Statistics Data Presentation Standards for Proportions*, 2017).
const MIN_BASE: f64 = 30.0;

/// A respondent's part in the design of the sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampledRespondent {
    /// The weight, above 0.
    pub weight: f64,
    /// The number of the stratum.
    pub stratum: u32,
    /// The number of the primary sampling unit. Units of different strata have different numbers.
    pub unit: u32,
}

/// All respondents of a survey and the design of its sample.
#[derive(Debug)]
pub struct WeightedSample {
    respondents: Vec<SampledRespondent>,
    /// The indexes of the respondents, by stratum and unit.
    order: Vec<usize>,
    n_units: usize,
    /// The number of units of each stratum, by the rank of the stratum.
    strata: Vec<(u32, usize)>,
}

/// Indexes of respondents, by stratum and unit.
#[derive(Clone, Debug)]
pub struct Domain(Vec<usize>);

impl Domain {
    /// Returns the number of respondents.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no respondents.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the indexes of the respondents.
    pub fn members(&self) -> impl Iterator<Item = usize> + Clone {
        self.0.iter().copied()
    }
}

/// A weighted share of a group of respondents. Shares are from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedShare {
    /// The number of respondents in the group.
    pub n: usize,
    /// The share.
    pub share: f64,
    /// The standard error of the share.
    pub standard_error: f64,
    /// Half the width of the symmetric interval; `None` without degrees of freedom.
    pub margin: Option<f64>,
    /// The bounds of the interval of Korn and Graubard; `None` without degrees of freedom.
    pub interval: Option<(f64, f64)>,
    /// The units with a respondent of the group, minus the strata with one.
    pub degrees_of_freedom: usize,
    /// The variance relative to a simple random sample; `None` if all or none have the outcome.
    pub design_effect: Option<f64>,
    /// The size of a simple random sample that is as precise.
    pub effective_base: f64,
}

impl WeightedSample {
    /// Creates a sample. Estimates depend on the order of respondents within a unit only by rounding.
    pub fn new(respondents: Vec<SampledRespondent>) -> Self {
        let key = |index: usize| (respondents[index].stratum, respondents[index].unit);
        let mut order: Vec<usize> = (0..respondents.len()).collect();
        order.sort_by_key(|index| key(*index));
        let mut strata: Vec<(u32, usize)> = Vec::new();
        for unit in order.chunk_by(|a, b| key(*a) == key(*b)) {
            let (stratum, _) = key(unit[0]);
            match strata.last_mut() {
                Some((last, n_units)) if *last == stratum => *n_units += 1,
                _ => strata.push((stratum, 1)),
            }
        }
        Self {
            n_units: strata.iter().map(|(_, n_units)| n_units).sum(),
            respondents,
            order,
            strata,
        }
    }

    /// Returns the number of respondents.
    pub fn len(&self) -> usize {
        self.respondents.len()
    }

    /// Returns whether there are no respondents.
    pub fn is_empty(&self) -> bool {
        self.respondents.is_empty()
    }

    /// Selects the respondents for which `is_member` returns true.
    pub fn domain(&self, mut is_member: impl FnMut(usize) -> bool) -> Domain {
        let members = self.order.iter().copied();
        Domain(members.filter(|index| is_member(*index)).collect())
    }

    /// Returns the degrees of freedom of the whole sample: its units minus its strata.
    pub fn degrees_of_freedom(&self) -> usize {
        self.n_units - self.strata.len()
    }

    /// Returns the weight of a respondent.
    pub(super) fn weight(&self, index: usize) -> f64 {
        self.respondents[index].weight
    }

    /// Returns the members of the domain by stratum, each with the number of units of the whole stratum and
    /// the members of each of its units.
    pub(super) fn strata_of<'a>(
        &'a self,
        domain: &'a Domain,
    ) -> impl Iterator<Item = (usize, impl Iterator<Item = &'a [usize]>)> {
        let respondent = |index: usize| self.respondents[index];
        domain
            .0
            .chunk_by(move |a, b| respondent(*a).stratum == respondent(*b).stratum)
            .map(move |members| {
                let stratum = respondent(members[0]).stratum;
                let position = self.strata.binary_search_by_key(&stratum, |(key, _)| *key);
                let n_units = position.map_or(0, |position| self.strata[position].1);
                let units =
                    members.chunk_by(move |a, b| respondent(*a).unit == respondent(*b).unit);
                (n_units, units)
            })
    }

    /// Returns the effective sample size of a group: the square of the sum of its weights, divided by the sum
    /// of their squares (Kish, *Survey Sampling*, 1965). It is 0 for an empty group.
    pub fn effective_size(&self, domain: &Domain) -> f64 {
        let weights = domain.members().map(|index| self.weight(index));
        let squares: f64 = weights.clone().map(|weight| weight * weight).sum();
        match domain.is_empty() {
            true => 0.0,
            false => weights.sum::<f64>().powi(2) / squares,
        }
    }

    /// Estimates the share of a group that has an outcome, with an interval at the confidence level `level`.
    /// Returns `None` for an empty group.
    pub fn estimate(
        &self,
        domain: &Domain,
        has_outcome: impl Fn(usize) -> bool,
        level: f64,
    ) -> Option<WeightedShare> {
        let n = domain.len();
        let with_outcome = domain.members().filter(|index| has_outcome(*index));
        let n_with_outcome = with_outcome.clone().count();
        let total: f64 = domain.members().map(|index| self.weight(index)).sum();
        // Decided by count, because a sum of weights is not exact.
        let share = match n_with_outcome {
            _ if n == 0 => return None,
            0 => 0.0,
            _ if n_with_outcome == n => 1.0,
            _ => with_outcome.map(|index| self.weight(index)).sum::<f64>() / total,
        };
        let residual = |index: usize| {
            let indicator = f64::from(u8::from(has_outcome(index)));
            self.weight(index) * (indicator - share) / total
        };
        let (mut variance, mut n_units, mut n_strata) = (0.0, 0, 0);
        for (stratum_units, units) in self.strata_of(domain) {
            let totals: Vec<f64> = units
                .map(|unit| unit.iter().map(|index| residual(*index)).sum())
                .collect();
            n_units += totals.len();
            n_strata += 1;
            variance += stratum_variance(&totals, stratum_units);
        }
        let degrees_of_freedom = n_units - n_strata;
        let upper = 1.0 - (1.0 - level) / 2.0;
        let t = quantile::student_t(upper, degrees_of_freedom as f64);
        let factor = t
            .zip(quantile::student_t(upper, n as f64 - 1.0))
            .map_or(1.0, |(t, simple)| (simple / t).powi(2));
        let binomial = share * (1.0 - share);
        let is_unanimous = n_with_outcome == 0 || n_with_outcome == n;
        let base = match is_unanimous {
            true => self.effective_size(domain),
            false => binomial / variance,
        };
        let effective_base = (base * factor).min(MAX_EFFECTIVE_BASE);
        let standard_error = variance.sqrt();
        Some(WeightedShare {
            n,
            share,
            standard_error,
            margin: t.map(|t| t * standard_error),
            interval: t.and_then(|_| korn_graubard(share, effective_base, upper)),
            degrees_of_freedom,
            design_effect: (!is_unanimous)
                .then(|| variance / (binomial / (n as f64 - 1.0)))
                .filter(|effect| effect.is_finite()),
            effective_base,
        })
    }
}

/// Returns the variance of the total of a stratum with `n_units` units, from the totals of those that have
/// members. The totals of the others are 0. A stratum with a single unit, which the loader rejects, has none.
fn stratum_variance(totals: &[f64], n_units: usize) -> f64 {
    if n_units < 2 {
        return 0.0;
    }
    let k = n_units as f64;
    let mean = totals.iter().sum::<f64>() / k;
    let deviations: f64 = totals.iter().map(|total| (total - mean).powi(2)).sum();
    let empty_units = (n_units - totals.len()) as f64;
    k / (k - 1.0) * (deviations + empty_units * mean * mean)
}

/// Returns the bounds of the interval of Korn and Graubard. `upper` is the probability of the upper bound.
fn korn_graubard(share: f64, base: f64, upper: f64) -> Option<(f64, f64)> {
    let (yes, no) = (base * share, base * (1.0 - share));
    let low = match share {
        0.0 => 0.0,
        1.0 => quantile::beta(1.0 - upper, base, 1.0)?,
        _ => quantile::beta(1.0 - upper, yes, no + 1.0)?,
    };
    let high = match share {
        0.0 => quantile::beta(upper, 1.0, base)?,
        1.0 => 1.0,
        _ => quantile::beta(upper, yes + 1.0, no)?,
    };
    Some((low, high))
}

impl WeightedShare {
    /// Returns why the percentage must not be shown, or should be used with caution.
    pub fn reliability(&self) -> Vec<TabulationFlag> {
        let mut flags = Vec::new();
        if self.effective_base.min(self.n as f64) < MIN_BASE {
            flags.push(TabulationFlag::BaseTooSmall);
        }
        let width = self.interval.map_or(0.0, |(low, high)| high - low);
        if width >= 0.3 || (width > 0.05 && self.share > 0.0 && width > 1.3 * self.share) {
            flags.push(TabulationFlag::IntervalTooWide);
        }
        if self.degrees_of_freedom < 8 {
            flags.push(TabulationFlag::FewDegreesOfFreedom);
        }
        flags
    }
}
