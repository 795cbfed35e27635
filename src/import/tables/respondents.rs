//! `respondents.csv`: the answers of respondents, which are never served. No message quotes a cell of this
//! file, because messages are copied to logs and tickets.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::codebook::{AnswerColumn, Codebook};
use crate::{
    entity::{
        answer_code_group, question_category, respondent, respondent_answer, respondent_data,
    },
    import::{
        files::{DEFAULT_SURVEY, RESPONDENTS, RespondentOptions},
        key_index::{KeyIndex, UniqueKeys},
        row::CsvRow,
        sheets::Sheets,
    },
};

/// The largest weight. Sums of weights and of their squares are then finite.
const MAX_WEIGHT: f64 = 1e9;

/// The surveys with respondents, their respondents, and the answers.
pub(super) type RespondentRows = (
    Vec<respondent_data::Model>,
    Vec<respondent::Model>,
    Vec<respondent_answer::Model>,
);

/// What is known about the codes: the columns, the groups of codes, and who was asked each question.
pub(super) struct CodeRules<'a> {
    pub(super) codebook: &'a Codebook,
    pub(super) groups: &'a [answer_code_group::Model],
    pub(super) asked_of: &'a [question_category::Model],
}

/// A condition on the respondents who were asked a question, as a column and the codes that meet it.
struct AskedOf<'a> {
    column: &'a AnswerColumn,
    codes: Vec<&'a str>,
    dimension: &'a str,
    value: &'a str,
}

pub(super) fn read(
    sheets: &Sheets,
    surveys: &KeyIndex<()>,
    rules: &CodeRules<'_>,
    options: RespondentOptions,
) -> RespondentRows {
    let mut rows_by_survey: BTreeMap<String, Vec<CsvRow<'_>>> = BTreeMap::new();
    let mut unique_ids = UniqueKeys::new(sheets);
    let has_survey = sheets.has_column(RESPONDENTS, "survey");
    for row in sheets.rows(RESPONDENTS) {
        let survey = match has_survey {
            true => row.private_cell("survey"),
            false => DEFAULT_SURVEY,
        };
        match survey {
            "" => row.report_problem("survey", "blank; enter an id from surveys.csv"),
            survey => surveys.check(&row, "survey", survey),
        }
        if let Some(column) = &rules.codebook.id {
            match row.private_cell(column) {
                "" => row.report_problem(column, "blank; enter an id"),
                id => unique_ids.add(&row, column, &[id], "id"),
            }
        }
        let survey = survey.to_owned();
        rows_by_survey.entry(survey).or_default().push(row);
    }
    let conditions: Vec<Vec<AskedOf<'_>>> = rules
        .codebook
        .answers
        .iter()
        .map(|column| asked_of(column, rules))
        .collect();
    let (mut data, mut respondents, mut answers) = RespondentRows::default();
    for (survey, mut rows) in rows_by_survey {
        data.push(respondent_data::Model {
            survey_id: survey.clone(),
            is_synthetic: options.is_synthetic,
            min_cell: options.min_cell,
        });
        let id = rules.codebook.id.as_ref();
        rows.sort_by_cached_key(|row| id.map(|column| row.private_cell(column).to_owned()));
        let weights = read_weights(&rows, rules.codebook);
        let mut sampled = read_design(&rows, rules.codebook);
        // By stratum and unit, and within a unit by id.
        sampled.sort_by_key(|(stratum, unit, _)| (*stratum, *unit));
        for (position, (stratum, unit, n)) in (0..).zip(sampled) {
            respondents.push(respondent::Model {
                survey_id: survey.clone(),
                position,
                weight: weights[n],
                stratum,
                unit,
            });
            let columns = rules.codebook.answers_with_position();
            for ((column, first), conditions) in columns.zip(&conditions) {
                let code = read_answer(&rows[n], column, conditions);
                if let Some(code) = code.and_then(|code| i32::try_from(first + code).ok()) {
                    answers.push(respondent_answer::Model {
                        survey_id: survey.clone(),
                        dimension: column.dimension.to_owned(),
                        respondent: position,
                        code,
                    });
                }
            }
        }
    }
    (data, respondents, answers)
}

/// Returns the conditions on the respondents who were asked the question of a column, if their dimensions
/// have columns.
fn asked_of<'a>(column: &AnswerColumn, rules: &CodeRules<'a>) -> Vec<AskedOf<'a>> {
    let conditions = rules
        .asked_of
        .iter()
        .filter(|condition| column.question.as_ref() == Some(&condition.question_id));
    conditions
        .filter_map(|condition| {
            let columns = &rules.codebook.answers;
            let group = rules.groups.iter().find(|group| {
                group.dimension == condition.dimension && group.name == condition.value
            });
            Some(AskedOf {
                column: columns
                    .iter()
                    .find(|column| column.dimension == condition.dimension)?,
                codes: group.map_or_else(
                    || vec![condition.value.as_str()],
                    |group| group.codes.split(';').collect(),
                ),
                dimension: &condition.dimension,
                value: &condition.value,
            })
        })
        .collect()
}

/// Reads the position of a code; `None` if the cell is blank.
fn read_answer(
    row: &CsvRow<'_>,
    column: &AnswerColumn,
    conditions: &[AskedOf<'_>],
) -> Option<usize> {
    let code = row.private_cell(&column.name);
    if code.is_empty() {
        return None;
    }
    let position = column.codes.iter().position(|one| *one == code);
    if position.is_none() {
        let codes = column.codes.join(", ");
        row.report_problem(
            &column.name,
            format!("unknown code; enter one of {codes}, or leave the cell blank"),
        );
    }
    for condition in conditions {
        if !condition
            .codes
            .contains(&row.private_cell(&condition.column.name))
        {
            row.report_problem(
                &column.name,
                format!(
                    "an answer to a question that only respondents with {}={} were asked; remove it",
                    condition.dimension, condition.value
                ),
            );
        }
    }
    position
}

/// Reads the weights of the respondents of a survey; 1 if the column is blank throughout.
fn read_weights(rows: &[CsvRow<'_>], codebook: &Codebook) -> Vec<f64> {
    let Some(column) = &codebook.weight else {
        return vec![1.0; rows.len()];
    };
    if rows.iter().all(|row| row.private_cell(column).is_empty()) {
        return vec![1.0; rows.len()];
    }
    let weights = rows.iter().map(|row| {
        let cell = row.private_cell(column);
        let is_plain = cell
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let weight = cell.parse::<f64>().ok().filter(|_| is_plain);
        let weight = weight.filter(|weight| *weight > 0.0 && *weight <= MAX_WEIGHT);
        if weight.is_none() {
            let reason = match cell {
                "" => "blank, but other respondents of the survey have a weight",
                _ => "not a valid weight",
            };
            row.report_problem(
                column,
                format!("{reason}; enter a decimal number above 0, up to {MAX_WEIGHT}"),
            );
        }
        weight.unwrap_or(1.0)
    });
    weights.collect()
}

/// Returns the number of the stratum and of the primary sampling unit of each respondent of a survey, with
/// the index of the respondent. If both columns are blank throughout, each respondent is a unit.
fn read_design(rows: &[CsvRow<'_>], codebook: &Codebook) -> Vec<(i32, i32, usize)> {
    let [stratum_of, psu_of, id] =
        [&codebook.stratum, &codebook.psu, &codebook.id].map(|column| column.as_deref());
    let cell = |row: &CsvRow<'_>, column: Option<&str>| {
        column.map_or_else(String::new, |column| row.private_cell(column).to_owned())
    };
    let cells: Vec<(String, String)> = rows
        .iter()
        .map(|row| (cell(row, stratum_of), cell(row, psu_of)))
        .collect();
    let has_design = cells.iter().any(|(a, b)| !a.is_empty() || !b.is_empty());
    let mut strata: BTreeMap<&str, i32> = BTreeMap::new();
    let mut units: BTreeMap<(&str, &str, usize), i32> = BTreeMap::new();
    let keys = || {
        cells.iter().enumerate().map(|(n, (stratum, psu))| {
            let respondent = if has_design { 0 } else { n };
            (stratum.as_str(), psu.as_str(), respondent)
        })
    };
    for key in keys() {
        strata.insert(key.0, 0);
        units.insert(key, 0);
    }
    for (number, value) in (0..).zip(strata.values_mut()) {
        *value = number;
    }
    for (number, value) in (0..).zip(units.values_mut()) {
        *value = number;
    }
    let mut units_of_stratum: HashMap<&str, HashSet<i32>> = HashMap::new();
    for (key, unit) in &units {
        units_of_stratum.entry(key.0).or_default().insert(*unit);
    }
    let mut reported = HashSet::new();
    for (row, (stratum, psu, _)) in rows.iter().zip(keys()) {
        let stratum_column = stratum_of.or(psu_of).or(id);
        let mut has_blank = false;
        for (value, column, name) in [(stratum, stratum_of, "stratum"), (psu, psu_of, "PSU")] {
            if has_design && value.is_empty() {
                has_blank = true;
                row.report_problem(
                    column.or(stratum_column).unwrap_or_default(),
                    format!("the {name} is blank, but other respondents of the survey have a stratum or PSU; enter both for every respondent"),
                );
            }
        }
        let is_single = units_of_stratum[stratum].len() == 1;
        if is_single && !has_blank && reported.insert(stratum) {
            row.report_problem(
                stratum_column.unwrap_or_default(),
                "the stratum has a single PSU, so its variance cannot be estimated; combine it with another stratum",
            );
        }
    }
    keys()
        .map(|key| (strata[key.0], units[&key], key.2))
        .enumerate()
        .map(|(n, (stratum, unit, _))| (stratum, unit, n))
        .collect()
}
