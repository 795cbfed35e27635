//! Tables of weighted percentages, P(outcome | given) in all and by group, without the cells that would
//! identify respondents.

use super::{
    independence::Independence,
    suppression::{CellDisclosure, HiddenBlock},
    weighted::{Domain, WeightedSample, WeightedShare},
};
use crate::vocabulary::TabulationFlag;

/// The answers in one dimension.
#[derive(Clone, Debug)]
pub struct AnswerVariable {
    /// The position of the dimension in the codebook.
    pub rank: usize,
    /// The number of codes.
    pub n_codes: usize,
    /// The position of each respondent's code; `None` without an answer.
    pub answers: Vec<Option<usize>>,
}

impl AnswerVariable {
    /// Sets the answers with rare codes to `None`. Returns for each code whether it is rare: whether it has
    /// from 1 to `minimum - 1` respondents.
    fn remove_rare_codes(&mut self, minimum: u64) -> Vec<bool> {
        let mut counts = vec![0_u64; self.n_codes];
        for code in self.answers.iter().flatten() {
            counts[*code] += 1;
        }
        let is_rare: Vec<bool> = counts
            .iter()
            .map(|count| (1..minimum).contains(count))
            .collect();
        for answer in &mut self.answers {
            *answer = answer.filter(|code| !is_rare[*code]);
        }
        is_rare
    }

    /// Returns the code, or the row or column of those who did not answer, which is the last.
    fn line(&self, respondent: usize) -> usize {
        self.answers[respondent].unwrap_or(self.n_codes)
    }
}

/// The condition of a table: respondents with one of some codes.
#[derive(Clone, Debug)]
pub struct GivenCodes {
    /// The answers.
    pub variable: AnswerVariable,
    /// The codes.
    pub codes: Vec<usize>,
    /// Whether everyone with an answer to the outcome meets the condition, because only they were asked.
    pub is_implied_by_outcome: bool,
    /// Whether everyone with an answer to the groups meets the condition.
    pub is_implied_by_groups: bool,
}

/// What a table is computed from.
#[derive(Clone, Debug)]
pub struct TabulationInput<'a> {
    /// The respondents.
    pub sample: &'a WeightedSample,
    /// The outcome.
    pub outcome: AnswerVariable,
    /// Groups of codes of the outcome.
    pub outcome_groups: Vec<Vec<usize>>,
    /// The groups of respondents.
    pub by: Option<AnswerVariable>,
    /// The condition.
    pub given: Option<GivenCodes>,
    /// The smallest number of respondents in a cell that is shown.
    pub minimum: u64,
    /// The confidence level.
    pub level: f64,
}

/// A table.
#[derive(Clone, Debug)]
pub struct TabulatedRows {
    /// The number of respondents who answered every question in the table.
    pub n: usize,
    /// All respondents, then each group in the order of its code. A row without respondents is left out.
    pub rows: Vec<TabulatedRow>,
    /// The test of independence; `None` without groups, or if a cell is suppressed.
    pub independence: Option<Independence>,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct TabulatedRow {
    /// The code of the group; `None` for all respondents.
    pub group: Option<usize>,
    /// The number of respondents.
    pub n: usize,
    /// The effective number of respondents.
    pub effective_n: f64,
    /// A cell for each code of the outcome, then for each group of codes.
    pub cells: Vec<TabulatedCell>,
}

/// A cell of a table.
#[derive(Clone, Debug)]
pub struct TabulatedCell {
    /// The share; `None` if it is suppressed.
    pub share: Option<WeightedShare>,
    /// Why the share is suppressed, or should be used with caution.
    pub flags: Vec<TabulationFlag>,
}

/// Computes a table.
pub fn tabulate(mut input: TabulationInput<'_>) -> TabulatedRows {
    let minimum = input.minimum;
    let is_rare = input.outcome.remove_rare_codes(minimum);
    if let Some(by) = &mut input.by {
        by.remove_rare_codes(minimum);
    }
    if let Some(given) = &mut input.given {
        given.variable.remove_rare_codes(minimum);
    }
    let input = &input;
    let hidden = HiddenCells::find(input, is_rare);
    let groups = input.by.iter().flat_map(|by| (0..by.n_codes).map(Some));
    let rows: Vec<TabulatedRow> = std::iter::once(None)
        .chain(groups)
        .filter_map(|group| tabulated_row(input, &hidden, group))
        .collect();
    let complete = input.sample.domain(|n| {
        let by = input.by.as_ref();
        is_answered(input, n) && by.is_none_or(|by| by.answers[n].is_some())
    });
    let is_suppressed = |row: &TabulatedRow| row.cells.iter().any(|cell| cell.share.is_none());
    let by = input
        .by
        .as_ref()
        .filter(|_| !rows.iter().any(is_suppressed));
    TabulatedRows {
        n: complete.len(),
        independence: by.and_then(|by| {
            let (row, column) = (|n| by.line(n), |n| input.outcome.line(n));
            input.sample.independence(&complete, row, column)
        }),
        rows,
    }
}

/// Whether a respondent answered the question of the outcome and meets the condition.
fn is_answered(input: &TabulationInput<'_>, respondent: usize) -> bool {
    let meets = |given: &GivenCodes| {
        given.variable.answers[respondent].is_some_and(|code| given.codes.contains(&code))
    };
    input.outcome.answers[respondent].is_some() && input.given.as_ref().is_none_or(meets)
}

fn tabulated_row(
    input: &TabulationInput<'_>,
    hidden: &HiddenCells,
    group: Option<usize>,
) -> Option<TabulatedRow> {
    let is_member = |n: usize| {
        let by = group.and(input.by.as_ref());
        is_answered(input, n) && by.is_none_or(|by| by.answers[n] == group)
    };
    let domain = input.sample.domain(is_member);
    if domain.is_empty() {
        return None;
    }
    let codes = (0..input.outcome.n_codes).map(|code| {
        let disclosure = hidden.disclosure(group, code);
        tabulated_cell(input, &domain, &[code], disclosure)
    });
    let groups = input.outcome_groups.iter().map(|codes| {
        let is_shown = |code: &usize| hidden.disclosure(group, *code) == CellDisclosure::Shown;
        let disclosure = match codes.iter().all(is_shown) {
            true => CellDisclosure::Shown,
            false => CellDisclosure::Complement,
        };
        tabulated_cell(input, &domain, codes, disclosure)
    });
    Some(TabulatedRow {
        group,
        n: domain.len(),
        effective_n: input.sample.effective_size(&domain),
        cells: codes.chain(groups).collect(),
    })
}

fn tabulated_cell(
    input: &TabulationInput<'_>,
    domain: &Domain,
    codes: &[usize],
    disclosure: CellDisclosure,
) -> TabulatedCell {
    // Flags of reliability would say something about the hidden share.
    let flag = match disclosure {
        CellDisclosure::Shown => None,
        CellDisclosure::Small => Some(TabulationFlag::SmallCell),
        CellDisclosure::Complement => Some(TabulationFlag::Complement),
    };
    if let Some(flag) = flag {
        return TabulatedCell {
            share: None,
            flags: vec![flag],
        };
    }
    let has_outcome = |n: usize| input.outcome.answers[n].is_some_and(|code| codes.contains(&code));
    let share = input.sample.estimate(domain, has_outcome, input.level);
    let flags = share
        .as_ref()
        .map_or_else(Vec::new, WeightedShare::reliability);
    TabulatedCell {
        share: share.filter(|_| !flags.contains(&TabulationFlag::BaseTooSmall)),
        flags,
    }
}

/// The cells of a table that would identify respondents.
struct HiddenCells {
    /// Whether each code of the outcome is rare, which hides it in every row.
    is_rare: Vec<bool>,
    hides_everything: bool,
    /// How the cells of the first row are published.
    first_row: Vec<CellDisclosure>,
    /// How the cells of each group are published.
    group_rows: Vec<Vec<CellDisclosure>>,
}

impl HiddenCells {
    fn find(input: &TabulationInput<'_>, is_rare: Vec<bool>) -> Self {
        let (outcome, minimum) = (&input.outcome, input.minimum);
        let everything_shown = vec![CellDisclosure::Shown; outcome.n_codes];
        let mut hidden = Self {
            is_rare,
            hides_everything: false,
            first_row: everything_shown.clone(),
            group_rows: Vec::new(),
        };
        let given = input.given.as_ref();
        if let Some(by) = &input.by {
            hidden.group_rows = vec![everything_shown.clone(); by.n_codes];
        }
        if let (Some(by), Some(given)) = (&input.by, given)
            && !given.is_implied_by_outcome
            && !given.is_implied_by_groups
        {
            let variables = [outcome, by, &given.variable];
            let pairs = [
                [outcome, by],
                [outcome, &given.variable],
                [by, &given.variable],
            ];
            hidden.hides_everything = has_small_cell(&variables, minimum)
                || pairs.iter().any(|pair| has_small_cell(pair, minimum));
            return hidden;
        }
        if let Some(by) = &input.by {
            let block = TwoWayBlock::find(outcome, by, minimum);
            hidden.hides_everything |= !block.block.is_protected;
            for (group, row) in hidden.group_rows.iter_mut().enumerate() {
                for (code, cell) in row.iter_mut().enumerate() {
                    *cell = block.disclosure(code, group);
                }
            }
        }
        if let Some(given) = given.filter(|given| !given.is_implied_by_outcome) {
            let block = TwoWayBlock::find(outcome, &given.variable, minimum);
            hidden.hides_everything |= !block.block.is_protected;
            for (code, cell) in hidden.first_row.iter_mut().enumerate() {
                *cell = match given.codes[..] {
                    [one] => block.disclosure(code, one),
                    _ if given
                        .codes
                        .iter()
                        .all(|one| block.disclosure(code, *one) == CellDisclosure::Shown) =>
                    {
                        CellDisclosure::Shown
                    }
                    _ => CellDisclosure::Complement,
                };
            }
        }
        hidden
    }

    fn disclosure(&self, group: Option<usize>, code: usize) -> CellDisclosure {
        let cell = match group {
            None => self.first_row[code],
            Some(group) => self.group_rows[group][code],
        };
        match cell {
            _ if self.is_rare[code] => CellDisclosure::Small,
            CellDisclosure::Shown if self.hides_everything => CellDisclosure::Complement,
            cell => cell,
        }
    }
}

/// The hidden block of a table of two dimensions, whose rows are the dimension that comes first in the codebook.
/// So both ways of asking for the table hide the same cells.
struct TwoWayBlock {
    block: HiddenBlock,
    outcome_is_first: bool,
}

impl TwoWayBlock {
    fn find(outcome: &AnswerVariable, other: &AnswerVariable, minimum: u64) -> Self {
        let outcome_is_first = outcome.rank < other.rank;
        let (rows, columns) = match outcome_is_first {
            true => (outcome, other),
            false => (other, outcome),
        };
        let mut counts = vec![vec![0; columns.n_codes + 1]; rows.n_codes + 1];
        for n in 0..rows.answers.len() {
            counts[rows.line(n)][columns.line(n)] += 1;
        }
        Self {
            block: HiddenBlock::find(&counts, minimum),
            outcome_is_first,
        }
    }

    /// Returns how the cell of an outcome in a category of the other dimension is published.
    fn disclosure(&self, outcome: usize, other: usize) -> CellDisclosure {
        match self.outcome_is_first {
            true => self.block.disclosure(outcome, other),
            false => self.block.disclosure(other, outcome),
        }
    }
}

/// Whether from 1 to `minimum - 1` respondents gave the same answers in all dimensions.
fn has_small_cell(variables: &[&AnswerVariable], minimum: u64) -> bool {
    let n_cells = variables.iter().map(|variable| variable.n_codes).product();
    let mut counts = vec![0_u64; n_cells];
    let n_respondents = variables.first().map_or(0, |one| one.answers.len());
    for n in 0..n_respondents {
        let cell = variables.iter().try_fold(0, |cell, variable| {
            Some(cell * variable.n_codes + variable.answers[n]?)
        });
        if let Some(cell) = cell {
            counts[cell] += 1;
        }
    }
    counts.iter().any(|count| (1..minimum).contains(count))
}
