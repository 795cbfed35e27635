//! The test of independence of two answers in a survey with weights and a sample design.

use super::{
    quantile,
    weighted::{Domain, WeightedSample},
};

/// The result of a test of independence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Independence {
    /// The F statistic.
    pub statistic: f64,
    /// Degrees of freedom of the numerator.
    pub numerator: f64,
    /// Degrees of freedom of the denominator.
    pub denominator: f64,
    /// The probability of a statistic at least this large if the answers are independent.
    pub p_value: f64,
}

impl WeightedSample {
    /// Tests whether two answers are independent in a group of respondents, all of whom gave both: the
    /// chi-squared test with the second-order correction of Rao and Scott (*Annals of Statistics* 12, 1984),
    /// as `svychisq(statistic = "F")` of R's package `survey` computes it. `row` and `column` return the
    /// position of a respondent's answer.
    ///
    /// Returns `None` if there are fewer than two rows or columns, or if empty cells leave the statistic
    /// undefined.
    pub fn independence(
        &self,
        domain: &Domain,
        row: impl Fn(usize) -> usize,
        column: impl Fn(usize) -> usize,
    ) -> Option<Independence> {
        let (rows, columns) = (
            positions(domain.members().map(&row)),
            positions(domain.members().map(&column)),
        );
        let (r, c) = (rows.len(), columns.len());
        if r < 2 || c < 2 {
            return None;
        }
        let cell = |index: usize| {
            let i = rows.partition_point(|position| *position < row(index));
            let j = columns.partition_point(|position| *position < column(index));
            i * c + j
        };
        let (shares, covariance) = self.cell_shares(domain, r * c, cell);
        // The contrasts of the interaction: each compares a cell with the first row and the first column. They
        // are orthogonal to the main effects, and any other basis of the interaction gives the same traces.
        let contrast = |k: usize| {
            let (i, j) = (1 + k / (c - 1), 1 + k % (c - 1));
            [(i * c + j, 1.0), (i * c, -1.0), (j, -1.0), (0, 1.0)]
        };
        let m = (r - 1) * (c - 1);
        let n = domain.len() as f64;
        let inverse: Vec<f64> = shares
            .iter()
            .map(|share| if *share > 0.0 { 1.0 / share } else { 0.0 })
            .collect();
        let quadratic_form = |entry: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            let entries = |k: usize, l: usize| {
                let pairs = contrast(k)
                    .into_iter()
                    .flat_map(|(a, x)| contrast(l).into_iter().map(move |(b, y)| (a, b, x * y)));
                pairs.map(|(a, b, sign)| sign * entry(a, b)).sum::<f64>()
            };
            (0..m)
                .map(|k| (0..m).map(|l| entries(k, l)).collect())
                .collect()
        };
        let simple = quadratic_form(&|a, b| if a == b { inverse[a] / n } else { 0.0 });
        let actual = quadratic_form(&|a, b| inverse[a] * covariance[a][b] * inverse[b]);
        let delta = solve(simple, actual)?;
        let trace: f64 = (0..m).map(|k| delta[k][k]).sum();
        let trace_of_square: f64 = (0..m)
            .flat_map(|k| (0..m).map(move |l| (k, l)))
            .map(|(k, l)| delta[k][l] * delta[l][k])
            .sum();
        let row_share = |i: usize| shares[i * c..(i + 1) * c].iter().sum::<f64>();
        let column_share = |j: usize| shares.iter().skip(j).step_by(c).sum::<f64>();
        let chi_squared: f64 = (0..r * c)
            .map(|cell| {
                let expected = row_share(cell / c) * column_share(cell % c);
                n * (shares[cell] - expected).powi(2) / expected
            })
            .sum();
        let numerator = trace * trace / trace_of_square;
        let denominator = numerator * self.degrees_of_freedom() as f64;
        let statistic = chi_squared / trace;
        Some(Independence {
            statistic,
            numerator,
            denominator,
            p_value: quantile::f_upper_tail(statistic, numerator, denominator)?,
        })
    }

    /// Returns the weighted share of each cell, and the covariances of the shares.
    fn cell_shares(
        &self,
        domain: &Domain,
        n_cells: usize,
        cell: impl Fn(usize) -> usize,
    ) -> (Vec<f64>, Vec<Vec<f64>>) {
        let total: f64 = domain.members().map(|index| self.weight(index)).sum();
        let mut shares = vec![0.0; n_cells];
        for index in domain.members() {
            shares[cell(index)] += self.weight(index) / total;
        }
        // The linearized total of a unit with the cell weights `a` and their sum `b` is `a - b * shares`. The
        // sum of the squares of such vectors is expanded, because `a` has few entries that are not zero.
        let mut squares = vec![vec![0.0; n_cells]; n_cells];
        let mut products = vec![0.0; n_cells];
        let mut sum_of_squares = 0.0;
        let mut add = |coefficient: f64, cells: &[(usize, f64)]| {
            let b: f64 = cells.iter().map(|(_, weight)| weight).sum();
            for &(i, x) in cells {
                for &(j, y) in cells {
                    squares[i][j] += coefficient * x * y;
                }
                products[i] += coefficient * b * x;
            }
            sum_of_squares += coefficient * b * b;
        };
        for (n_units, units) in self.strata_of(domain) {
            if n_units < 2 {
                continue;
            }
            let k = n_units as f64;
            let mut stratum = Vec::new();
            for unit in units {
                let weights = unit
                    .iter()
                    .map(|index| (cell(*index), self.weight(*index) / total));
                let weights = sum_by_cell(weights.collect());
                add(k / (k - 1.0), &weights);
                stratum.extend(weights);
            }
            add(-1.0 / (k - 1.0), &sum_by_cell(stratum));
        }
        for (i, row) in squares.iter_mut().enumerate() {
            for (j, entry) in row.iter_mut().enumerate() {
                *entry += shares[i] * shares[j] * sum_of_squares
                    - products[i] * shares[j]
                    - shares[i] * products[j];
            }
        }
        (shares, squares)
    }
}

/// Returns the distinct values in ascending order.
fn positions(values: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut values: Vec<usize> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// Adds up the weights of each cell.
fn sum_by_cell(mut weights: Vec<(usize, f64)>) -> Vec<(usize, f64)> {
    weights.sort_by_key(|(cell, _)| *cell);
    let cells = weights.chunk_by(|a, b| a.0 == b.0);
    cells
        .map(|cell| (cell[0].0, cell.iter().map(|(_, weight)| weight).sum()))
        .collect()
}

/// Solves `a x = b` by Gaussian elimination with partial pivoting. Returns `None` if `a` is singular.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let n = a.len();
    let scale = a.iter().flatten().fold(0.0_f64, |max, x| max.max(x.abs()));
    for k in 0..n {
        let pivot = (k..n).max_by(|i, j| a[*i][k].abs().total_cmp(&a[*j][k].abs()))?;
        a.swap(k, pivot);
        b.swap(k, pivot);
        if a[k][k].abs() <= 1e-12 * scale {
            return None;
        }
        let (pivot_row, pivot_values) = (a[k].clone(), b[k].clone());
        for i in (0..n).filter(|i| *i != k) {
            let factor = a[i][k] / pivot_row[k];
            for (x, y) in a[i].iter_mut().zip(&pivot_row).skip(k) {
                *x -= factor * y;
            }
            for (x, y) in b[i].iter_mut().zip(&pivot_values) {
                *x -= factor * y;
            }
        }
    }
    for (k, row) in b.iter_mut().enumerate() {
        for x in row {
            *x /= a[k][k];
        }
    }
    Some(b)
}
