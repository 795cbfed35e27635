//! Hidden cells, compared with those of a reference, and attacked with everything that is published.

use std::collections::{BTreeSet, HashMap};

use proptest::prelude::*;
use sistergraph::stats::suppression::{CellDisclosure, HiddenBlock};

use super::{Row, codes, golden, respondents};

const MINIMUM: u64 = 5;

/// Counts respondents by two columns, of which rare categories and blanks are in the last row and column.
fn count(rows: &[Row], a: &str, b: &str) -> (Vec<String>, Vec<String>, Vec<Vec<u64>>) {
    let positions = |column: &str| -> (Vec<String>, Vec<usize>) {
        let codes = codes(column);
        let total = |code: &String| rows.iter().filter(|row| &row[column] == code).count() as u64;
        let is_rare: Vec<bool> = codes.iter().map(|code| total(code) < MINIMUM).collect();
        let position = |row: &Row| {
            let position = codes.iter().position(|code| *code == row[column]);
            position.filter(|n| !is_rare[*n]).unwrap_or(codes.len())
        };
        let positions = rows.iter().map(position).collect();
        (codes, positions)
    };
    let (row_codes, row_positions) = positions(a);
    let (column_codes, column_positions) = positions(b);
    let mut counts = vec![vec![0; column_codes.len() + 1]; row_codes.len() + 1];
    for (i, j) in row_positions.into_iter().zip(column_positions) {
        counts[i][j] += 1;
    }
    (row_codes, column_codes, counts)
}

#[test]
fn hidden_cells_match_the_reference() {
    let mut tables: HashMap<(String, String), Vec<Row>> = HashMap::new();
    for row in golden("suppression.csv") {
        let key = (row["file"].clone(), row["dimensions"].clone());
        tables.entry(key).or_default().push(row);
    }
    assert_eq!(tables.len(), 8);
    for ((file, dimensions), expected) in tables {
        let (a, b) = dimensions.split_once(' ').expect("two dimensions");
        let (row_codes, column_codes, counts) = count(&respondents(&file), a, b);
        let block = HiddenBlock::find(&counts, MINIMUM);
        assert!(block.is_protected);
        for cell in expected {
            let position = |codes: &[String], code: &str| {
                codes
                    .iter()
                    .position(|one| one == code)
                    .unwrap_or(codes.len())
            };
            let i = position(&row_codes, &cell["row"]);
            let j = position(&column_codes, &cell["column"]);
            let state = match block.disclosure(i, j) {
                CellDisclosure::Shown => "SHOWN",
                CellDisclosure::Small => "SMALL",
                CellDisclosure::Complement => "COMPLEMENT",
            };
            assert_eq!(
                (counts[i][j].to_string(), state),
                (cell["n"].clone(), &*cell["state"]),
                "{cell:?}"
            );
        }
    }
}

fn table(rows: std::ops::Range<usize>, max_count: u64) -> impl Strategy<Value = Vec<Vec<u64>>> {
    (rows.clone(), rows).prop_flat_map(move |(rows, columns)| {
        let count = prop_oneof![Just(0), 1..MINIMUM, 0..=max_count];
        prop::collection::vec(prop::collection::vec(count, columns), rows)
    })
}

fn transpose(counts: &[Vec<u64>]) -> Vec<Vec<u64>> {
    (0..counts[0].len())
        .map(|j| counts.iter().map(|row| row[j]).collect())
        .collect()
}

/// Returns the positions of the hidden and of the small cells.
fn cells(
    block: &HiddenBlock,
    counts: &[Vec<u64>],
    disclosures: &[CellDisclosure],
) -> Vec<(usize, usize)> {
    (0..counts.len())
        .flat_map(|i| (0..counts[0].len()).map(move |j| (i, j)))
        .filter(|(i, j)| disclosures.contains(&block.disclosure(*i, *j)))
        .collect()
}

/// Returns the values that each hidden cell can have, if all other cells and the totals of all rows and columns
/// are known.
fn possible_values(counts: &[Vec<u64>], hidden: &[(usize, usize)]) -> Vec<BTreeSet<u64>> {
    let sum = |line: usize, of: fn(&(usize, usize)) -> usize| -> u64 {
        let cells = hidden.iter().filter(|cell| of(cell) == line);
        cells.map(|(i, j)| counts[*i][*j]).sum()
    };
    let mut rows: Vec<u64> = (0..counts.len()).map(|i| sum(i, |cell| cell.0)).collect();
    let mut columns: Vec<u64> = (0..counts[0].len())
        .map(|j| sum(j, |cell| cell.1))
        .collect();
    let mut values = vec![BTreeSet::new(); hidden.len()];
    fn fill(
        hidden: &[(usize, usize)],
        chosen: &mut Vec<u64>,
        rows: &mut [u64],
        columns: &mut [u64],
        values: &mut [BTreeSet<u64>],
    ) {
        let n = chosen.len();
        let Some(&(i, j)) = hidden.get(n) else {
            if rows.iter().chain(columns.iter()).all(|left| *left == 0) {
                for (values, value) in values.iter_mut().zip(chosen.iter()) {
                    values.insert(*value);
                }
            }
            return;
        };
        // The last hidden cell of a row takes what is left of its total.
        let is_last = hidden.get(n + 1).is_none_or(|next| next.0 != i);
        let low = if is_last { rows[i] } else { 0 };
        for value in low..=rows[i].min(columns[j]) {
            rows[i] -= value;
            columns[j] -= value;
            chosen.push(value);
            fill(hidden, chosen, rows, columns, values);
            chosen.pop();
            rows[i] += value;
            columns[j] += value;
        }
    }
    fill(
        hidden,
        &mut Vec::new(),
        &mut rows,
        &mut columns,
        &mut values,
    );
    values
}

proptest! {
    #[test]
    fn small_cells_have_enough_possible_values(counts in table(2..5, 9)) {
        let block = HiddenBlock::find(&counts, MINIMUM);
        let hidden = cells(&block, &counts, &[CellDisclosure::Small, CellDisclosure::Complement]);
        let small = cells(&block, &counts, &[CellDisclosure::Small]);
        prop_assert_eq!(block.is_empty(), small.is_empty());
        // Otherwise, the enumeration takes too long.
        prop_assume!(hidden.len() <= 9);
        if !block.is_protected {
            for (i, row) in counts.iter().enumerate() {
                for (j, count) in row.iter().enumerate() {
                    prop_assert!(*count == 0 || hidden.contains(&(i, j)), "({}, {}) is shown", i, j);
                }
            }
            return Ok(());
        }
        // An attacker may also know how many did not answer.
        let (last_row, last_column) = (counts.len() - 1, counts[0].len() - 1);
        for (knows_row, knows_column) in [(false, false), (true, false), (false, true), (true, true)] {
            let unknown: Vec<_> = hidden
                .iter()
                .copied()
                .filter(|(i, _)| !knows_row || *i != last_row)
                .filter(|(_, j)| !knows_column || *j != last_column)
                .collect();
            let values = possible_values(&counts, &unknown);
            for (cell, values) in unknown.iter().zip(values) {
                prop_assert!(!small.contains(cell) || values.len() as u64 >= MINIMUM, "{:?}: {:?}", cell, values);
            }
        }
    }

    #[test]
    fn ranges_of_small_cells_are_wide(counts in table(2..9, 300)) {
        let block = HiddenBlock::find(&counts, MINIMUM);
        prop_assume!(block.is_protected);
        let hidden = cells(&block, &counts, &[CellDisclosure::Small, CellDisclosure::Complement]);
        let total = |of: &dyn Fn(&(usize, usize)) -> bool| -> u64 {
            hidden.iter().filter(|cell| of(cell)).map(|(i, j)| counts[*i][*j]).sum()
        };
        for (i, j) in cells(&block, &counts, &[CellDisclosure::Small]) {
            let (row, column) = (total(&|cell| cell.0 == i), total(&|cell| cell.1 == j));
            let low = (row + column).saturating_sub(total(&|_| true));
            prop_assert!(row.min(column) - low >= MINIMUM);
        }
    }

    #[test]
    fn small_cells_do_not_depend_on_the_orientation(counts in table(2..7, 60)) {
        let one = HiddenBlock::find(&counts, MINIMUM);
        let transposed = transpose(&counts);
        let other = HiddenBlock::find(&transposed, MINIMUM);
        let small = cells(&one, &counts, &[CellDisclosure::Small]);
        let mut flipped: Vec<_> = cells(&other, &transposed, &[CellDisclosure::Small])
            .into_iter()
            .map(|(i, j)| (j, i))
            .collect();
        flipped.sort_unstable();
        prop_assert_eq!(small, flipped);
        prop_assert_eq!(one.is_protected, other.is_protected);
    }
}
