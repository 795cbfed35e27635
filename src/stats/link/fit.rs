//! Fitting the model: a conditional logit (McFadden, "Conditional logit analysis of qualitative choice
//! behavior", 1974) of which candidate was chosen among those with as many partnerships.

use sha2::{Digest, Sha256};

use super::{FeatureArray, N_FEATURES, Network, Pairs, means};

/// The number of parts that partnerships are divided into. The features of each part are computed from the
/// others.
const N_FOLDS: u64 = 5;

/// As many partnerships or more count as equally many.
const MAX_DEGREE: usize = 4;

/// A fitted model.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The log-odds per unit of each feature.
    pub coefficients: FeatureArray,
    /// The standard errors of the coefficients.
    pub standard_errors: FeatureArray,
    /// The number of partnerships, each of which has a choice set.
    pub n_sets: usize,
    /// The number of rows of all choice sets.
    pub n_rows: usize,
    /// The penalized log-likelihood.
    pub log_likelihood: f64,
    /// The log-likelihood if all coefficients are 0.
    pub null_log_likelihood: f64,
}

/// Returns the fold of a partnership.
fn fold(slug: &str) -> u64 {
    let hash = Sha256::digest(slug.as_bytes());
    let first = hash.iter().take(8);
    first.fold(0_u64, |number, byte| number << 8 | u64::from(*byte)) % N_FOLDS
}

/// Rows of features; those of each choice set are adjacent, the chosen one first.
struct ChoiceSets {
    rows: Vec<FeatureArray>,
    /// The index after the last row of each choice set.
    ends: Vec<usize>,
}

/// Fits the model to the partnerships between cities. Returns `None` if there are none, or if the features
/// do not determine the coefficients.
pub fn fit(network: &Network) -> Option<Fit> {
    let mut sets = ChoiceSets::new(network);
    if sets.ends.is_empty() {
        return None;
    }
    let scale = sets.standardize();
    let mut b = [0.0; N_FEATURES];
    let null_log_likelihood = sets.log_likelihood(&b);
    let mut value = null_log_likelihood;
    // Six steps are enough; the limit only ensures an end.
    for _ in 0..100 {
        let (gradient, hessian) = sets.derivatives(&b);
        let factor = cholesky(&hessian)?;
        let direction = solve(&factor, &gradient);
        let mut t = 1.0;
        let mut next = step(&b, &direction, t);
        while sets.log_likelihood(&next) < value - 1e-12 {
            t /= 2.0;
            next = step(&b, &direction, t);
        }
        b = next;
        value = sets.log_likelihood(&b);
        if direction.iter().all(|d| (t * d).abs() < 1e-10) {
            return Some(Fit {
                coefficients: std::array::from_fn(|k| b[k] / scale[k]),
                standard_errors: std::array::from_fn(|k| {
                    let unit = std::array::from_fn(|j| f64::from(u8::from(j == k)));
                    solve(&factor, &unit)[k].sqrt() / scale[k]
                }),
                n_sets: sets.ends.len(),
                n_rows: sets.rows.len(),
                log_likelihood: value,
                null_log_likelihood,
            });
        }
    }
    None
}

impl ChoiceSets {
    fn new(network: &Network) -> Self {
        let places = &network.places;
        let unknown = means_of_known(network);
        let mut sets = Self {
            rows: Vec::new(),
            ends: Vec::new(),
        };
        for k in 0..N_FOLDS {
            let (held_out, rest): (Vec<_>, Vec<_>) = network
                .partnerships
                .iter()
                .partition(|(slug, ..)| fold(slug) == k);
            let pairs = Pairs::new(places, rest.iter().map(|(_, u, v)| (*u, *v)));
            let degree = |v: usize| pairs.of_partner[v].len().min(MAX_DEGREE);
            for &(_, u, chosen) in &held_out {
                let others = (0..places.partners.len())
                    .filter(|&v| degree(v) == degree(*chosen) && !network.are_partners(*u, v));
                for v in std::iter::once(*chosen).chain(others) {
                    let features = places.features(&pairs, *u, v);
                    sets.rows
                        .push(std::array::from_fn(|k| features[k].unwrap_or(unknown[k])));
                }
                sets.ends.push(sets.rows.len());
            }
        }
        sets
    }

    /// Subtracts the mean of each feature, divides it by its standard deviation, and returns the latter.
    fn standardize(&mut self) -> FeatureArray {
        let n = self.rows.len() as f64;
        std::array::from_fn(|k| {
            let mean = self.rows.iter().map(|row| row[k]).sum::<f64>() / n;
            let squares = self.rows.iter().map(|row| (row[k] - mean).powi(2));
            let deviation = (squares.sum::<f64>() / n).sqrt();
            // A constant feature gets the coefficient 0.
            let scale = if deviation < 1e-6 { 1.0 } else { deviation };
            for row in &mut self.rows {
                row[k] = (row[k] - mean) / scale;
            }
            scale
        })
    }

    fn sets(&self) -> impl Iterator<Item = &[FeatureArray]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let ranges = starts.zip(&self.ends);
        ranges.map(|(&start, &end)| &self.rows[start..end])
    }

    /// Returns the log-likelihood with a ridge penalty.
    fn log_likelihood(&self, b: &FeatureArray) -> f64 {
        let of_sets = self.sets().map(|set| {
            let scores: Vec<f64> = set.iter().map(|row| dot(row, b)).collect();
            let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = scores.iter().map(|score| (score - max).exp()).sum();
            scores[0] - max - sum.ln()
        });
        of_sets.sum::<f64>() - dot(b, b) / 2.0
    }

    /// Returns the gradient and the negative Hessian matrix of the log-likelihood.
    fn derivatives(&self, b: &FeatureArray) -> (FeatureArray, [FeatureArray; N_FEATURES]) {
        let mut gradient = b.map(|b| -b);
        let mut hessian = [[0.0; N_FEATURES]; N_FEATURES];
        for (k, row) in hessian.iter_mut().enumerate() {
            row[k] = 1.0;
        }
        for set in self.sets() {
            let scores: Vec<f64> = set.iter().map(|row| dot(row, b)).collect();
            let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> = scores.iter().map(|score| (score - max).exp()).collect();
            let sum: f64 = weights.iter().sum();
            let mut mean = [0.0; N_FEATURES];
            for (row, weight) in set.iter().zip(&weights) {
                let p = weight / sum;
                for k in 0..N_FEATURES {
                    let weighted = p * row[k];
                    mean[k] += weighted;
                    for j in 0..=k {
                        hessian[k][j] += weighted * row[j];
                    }
                }
            }
            for k in 0..N_FEATURES {
                gradient[k] += set[0][k] - mean[k];
                for j in 0..=k {
                    hessian[k][j] -= mean[k] * mean[j];
                }
            }
        }
        (gradient, hessian)
    }
}

/// Returns the mean of each feature over all pairs for which it is known.
fn means_of_known(network: &Network) -> FeatureArray {
    let partners = 0..network.partners().len();
    let pairs = (0..network.us().len()).flat_map(|u| partners.clone().map(move |v| (u, v)));
    means(pairs.map(|(u, v)| network.features(u, v)))
}

fn dot(a: &FeatureArray, b: &FeatureArray) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn step(b: &FeatureArray, direction: &FeatureArray, t: f64) -> FeatureArray {
    std::array::from_fn(|k| b[k] + t * direction[k])
}

/// Returns the lower triangular Cholesky factor of a symmetric matrix, of which only the lower triangle is
/// read; `None` if it is not positive definite.
fn cholesky(matrix: &[FeatureArray; N_FEATURES]) -> Option<[FeatureArray; N_FEATURES]> {
    let mut factor = [[0.0; N_FEATURES]; N_FEATURES];
    for i in 0..N_FEATURES {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let rest = matrix[i][j] - known;
            factor[i][j] = match i == j {
                true if rest > 0.0 => rest.sqrt(),
                true => return None,
                false => rest / factor[j][j],
            };
        }
    }
    Some(factor)
}

/// Solves a system of equations, given the Cholesky factor of its matrix.
fn solve(factor: &[FeatureArray; N_FEATURES], right: &FeatureArray) -> FeatureArray {
    let mut x = *right;
    for i in 0..N_FEATURES {
        let known: f64 = (0..i).map(|k| factor[i][k] * x[k]).sum();
        x[i] = (x[i] - known) / factor[i][i];
    }
    for i in (0..N_FEATURES).rev() {
        let known: f64 = (i + 1..N_FEATURES).map(|k| factor[k][i] * x[k]).sum();
        x[i] = (x[i] - known) / factor[i][i];
    }
    x
}
