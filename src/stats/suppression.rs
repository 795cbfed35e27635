//! Which cells of a table of counts are hidden, so that nobody can recover a small one from the rest.
//!
//! The hidden cells form a block: a set of rows times a set of columns. Everything outside the block and all
//! totals are known, so a cell of the block lies between the Fréchet bounds of the block's own totals, and
//! each value between the bounds is possible. Rows and columns are added until every small cell has enough
//! possible values. The usual rule, at least two hidden cells in each row and column, does not ensure this.

use std::collections::BTreeSet;

/// The cells of a table that are hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HiddenBlock {
    rows: BTreeSet<usize>,
    columns: BTreeSet<usize>,
    small: BTreeSet<(usize, usize)>,
    /// Whether every small cell could have at least the smallest number of values. Otherwise, the table has
    /// nothing left to hide but its totals.
    pub is_protected: bool,
}

/// How a cell is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellDisclosure {
    /// The cell is published.
    Shown,
    /// The cell is hidden because it has too few respondents.
    Small,
    /// The cell is hidden to protect a small one.
    Complement,
}

impl HiddenBlock {
    /// Finds the block of a table. The last row and the last column count the respondents who did not
    /// answer, and are never small. A count from 1 to `minimum - 1` is small.
    pub fn find(counts: &[Vec<u64>], minimum: u64) -> Self {
        let n_columns = counts.first().map_or(0, Vec::len);
        let answered = |n: usize| 0..n.saturating_sub(1);
        let small: BTreeSet<(usize, usize)> = answered(counts.len())
            .flat_map(|i| answered(n_columns).map(move |j| (i, j)))
            .filter(|(i, j)| (1..minimum).contains(&counts[*i][*j]))
            .collect();
        let mut block = Self {
            rows: small.iter().map(|(i, _)| *i).collect(),
            columns: small.iter().map(|(_, j)| *j).collect(),
            small,
            is_protected: true,
        };
        if block.small.is_empty() {
            return block;
        }
        let row_totals: Vec<u64> = counts.iter().map(|row| row.iter().sum()).collect();
        let column_totals: Vec<u64> = (0..n_columns)
            .map(|j| counts.iter().map(|row| row[j]).sum())
            .collect();
        loop {
            let row = next_line(&block.rows, &row_totals);
            let column = next_line(&block.columns, &column_totals);
            match (row, column) {
                (Some((_, row)), _) if block.rows.len() < 2 => block.rows.insert(row),
                (_, Some((_, column))) if block.columns.len() < 2 => block.columns.insert(column),
                _ if block.protects(counts, minimum) => return block,
                (None, None) => {
                    block.is_protected = false;
                    return block;
                }
                (Some((total, row)), other) if other.is_none_or(|(other, _)| total <= other) => {
                    block.rows.insert(row)
                }
                (_, Some((_, column))) => block.columns.insert(column),
                (Some((_, row)), None) => block.rows.insert(row),
            };
        }
    }

    /// Returns how a cell is published.
    pub fn disclosure(&self, row: usize, column: usize) -> CellDisclosure {
        if self.small.contains(&(row, column)) {
            CellDisclosure::Small
        } else if self.rows.contains(&row) && self.columns.contains(&column) {
            CellDisclosure::Complement
        } else {
            CellDisclosure::Shown
        }
    }

    /// Returns whether nothing has to be hidden, because no cell is small.
    pub fn is_empty(&self) -> bool {
        self.small.is_empty()
    }

    /// Returns whether each small cell has at least `minimum` possible values, also if the cells of those who
    /// did not answer are known. They follow from the numbers of respondents of two tables.
    fn protects(&self, counts: &[Vec<u64>], minimum: u64) -> bool {
        let without_last = |lines: &BTreeSet<usize>, n: usize| -> BTreeSet<usize> {
            lines.iter().copied().filter(|line| line + 1 < n).collect()
        };
        let n_columns = counts.first().map_or(0, Vec::len);
        let rows = [self.rows.clone(), without_last(&self.rows, counts.len())];
        let columns = [self.columns.clone(), without_last(&self.columns, n_columns)];
        rows.iter().all(|rows| {
            columns.iter().all(|columns| {
                let range = frechet_ranges(counts, rows, columns);
                self.small.iter().all(|cell| range(*cell) >= minimum)
            })
        })
    }
}

/// Returns the function from a cell of a block to the difference between its Fréchet bounds.
fn frechet_ranges<'a>(
    counts: &'a [Vec<u64>],
    rows: &'a BTreeSet<usize>,
    columns: &'a BTreeSet<usize>,
) -> impl Fn((usize, usize)) -> u64 + 'a {
    let row_total = move |i: usize| columns.iter().map(|j| counts[i][*j]).sum::<u64>();
    let column_total = move |j: usize| rows.iter().map(|i| counts[*i][j]).sum::<u64>();
    let total: u64 = rows.iter().map(|i| row_total(*i)).sum();
    move |(i, j)| {
        let (a, b) = (row_total(i), column_total(j));
        a.min(b) - (a + b).saturating_sub(total)
    }
}

/// Returns the total and the position of the smallest line that is not hidden, leaving out empty ones.
fn next_line(hidden: &BTreeSet<usize>, totals: &[u64]) -> Option<(u64, usize)> {
    totals
        .iter()
        .enumerate()
        .filter(|(line, total)| **total > 0 && !hidden.contains(line))
        .map(|(line, total)| (*total, line))
        .min()
}
