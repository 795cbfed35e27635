//! `surveys.csv`, `survey_disclosure.csv` and `questions.csv`.

use std::collections::HashMap;

use chrono::{Datelike, Utc};
use serde::{Deserialize, Serialize};

use super::{countries::CountryInfo, sources::SourceInfo};
use crate::{
    entity::{disclosure, question, question_category, question_response, survey},
    import::{
        key_index::{KeyIndex, UniqueKeys},
        row::CsvRow,
        sheets::Sheets,
    },
    vocabulary::{SegmentDimension, Vocabulary},
};

/// Indexes the surveys by id.
pub(super) fn index_by_id(sheets: &Sheets) -> KeyIndex<()> {
    let mut surveys = KeyIndex::new(
        sheets,
        "survey",
        "enter an id from surveys.csv",
        sheets.is_complete("surveys.csv"),
    );
    for row in sheets.rows("surveys.csv") {
        surveys.insert(&row, "id", row.cell("id"), ());
    }
    surveys
}

/// The properties of a question that are used when percentages refer to it.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct QuestionInfo {
    pub(super) survey: String,
    pub(super) country: Option<String>,
    pub(super) responses: Vec<String>,
}

/// Indexes the questions by id.
pub(super) fn index_questions(sheets: &Sheets) -> KeyIndex<QuestionInfo> {
    let mut questions = KeyIndex::new(
        sheets,
        "question",
        "enter an id from questions.csv",
        sheets.is_complete("questions.csv"),
    );
    for row in sheets.rows("questions.csv") {
        let info = QuestionInfo {
            survey: row.cell("survey").to_owned(),
            country: row.text("country").map(str::to_owned),
            responses: row
                .cell("responses")
                .split(';')
                .map(str::to_owned)
                .collect(),
        };
        questions.insert(&row, "id", row.cell("id"), info);
    }
    questions
}

pub(super) fn read(
    sheets: &Sheets,
    sources: &KeyIndex<SourceInfo>,
) -> impl Iterator<Item = survey::Model> {
    sheets.rows("surveys.csv").map(|row| {
        let row = &row;
        let (fielded_from, fielded_to) = (row.date("fielded_from"), row.date("fielded_to"));
        if let Some((from, to)) = fielded_from.zip(fielded_to)
            && to < from
        {
            row.report_problem(
                "fielded_to",
                format!("\"{to}\" is before fielded_from {from}; enter {from} or a later date"),
            );
        }
        let year = row.year("year", Utc::now().year());
        if let (Some(year), Some(date)) = (year, fielded_from.or(fielded_to))
            && year != date.year()
            && fielded_to.is_none_or(|to| year != to.year())
        {
            row.report_problem(
                "year",
                format!(
                    "\"{year}\" is not a year of the dates of fieldwork; enter {}",
                    date.year()
                ),
            );
        }
        survey::Model {
            id: row.slug("id").to_owned(),
            title: row.required("title", "the title of the survey").to_owned(),
            year,
            fielded_from,
            fielded_to,
            population: row
                .required("population", "the population that the survey describes")
                .to_owned(),
            sample_size: row.number("sample_size", 1..=i32::MAX, "the number of respondents"),
            source_id: read_source_id(row, sources),
        }
    })
}

/// Reads the source of a survey or a figure, which has exactly one.
pub(super) fn read_source_id(row: &CsvRow<'_>, sources: &KeyIndex<SourceInfo>) -> String {
    let id = row.required("source", "the id of a source");
    sources.check(row, "source", id);
    id.to_owned()
}

pub(super) fn read_disclosure(
    sheets: &Sheets,
    surveys: &KeyIndex<()>,
) -> impl Iterator<Item = disclosure::Model> {
    let mut positions = HashMap::new();
    let mut unique_items = UniqueKeys::new(sheets);
    sheets.rows("survey_disclosure.csv").map(move |row| {
        let row = &row;
        let survey_id = read_survey_id(row, surveys);
        let item = row.required("item", "the name of the item");
        unique_items.add(row, "item", &[survey_id, item], "item for this survey");
        disclosure::Model {
            survey_id: survey_id.to_owned(),
            position: next_position(&mut positions, survey_id),
            item: item.to_owned(),
            value: row.text("value").map(str::to_owned),
        }
    })
}

fn read_survey_id<'a>(row: &'a CsvRow<'_>, surveys: &KeyIndex<()>) -> &'a str {
    let id = row.required("survey", "an id from surveys.csv");
    surveys.check(row, "survey", id);
    id
}

fn next_position(positions: &mut HashMap<String, i32>, key: &str) -> i32 {
    let position = positions.entry(key.to_owned()).or_insert(-1);
    *position += 1;
    *position
}

/// The questions, their responses, and the conditions on the respondents who were asked.
pub(super) type QuestionRows = (
    Vec<question::Model>,
    Vec<question_response::Model>,
    Vec<question_category::Model>,
);

pub(super) fn read_questions(
    sheets: &Sheets,
    surveys: &KeyIndex<()>,
    countries: &KeyIndex<CountryInfo>,
) -> QuestionRows {
    let mut positions = HashMap::new();
    let (mut questions, mut responses, mut categories) = QuestionRows::default();
    for row in sheets.rows("questions.csv") {
        let row = &row;
        let id = row.slug("id");
        let survey_id = read_survey_id(row, surveys);
        countries.resolve(row, "country", row.cell("country"));
        questions.push(question::Model {
            id: id.to_owned(),
            survey_id: survey_id.to_owned(),
            position: next_position(&mut positions, survey_id),
            topic: row
                .required("topic", "the topic of the question")
                .to_owned(),
            country_id: row.text("country").map(str::to_owned),
            wording: row.text("wording").map(str::to_owned),
        });
        row.required("responses", "the response options, separated by semicolons");
        for (position, value) in (0..).zip(row.list("responses")) {
            if !is_response_value(value) {
                row.report_problem(
                    "responses",
                    format!("malformed response \"{value}\"; use capital letters, digits, and _"),
                );
            }
            responses.push(question_response::Model {
                question_id: id.to_owned(),
                position,
                value: value.to_owned(),
            });
        }
        for (position, (dimension, value)) in (0..).zip(read_conditions(row, "asked_of")) {
            categories.push(question_category::Model {
                question_id: id.to_owned(),
                position,
                dimension: dimension.to_owned(),
                value: value.to_owned(),
            });
        }
    }
    (questions, responses, categories)
}

pub(super) fn is_response_value(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Reads the conditions `DIMENSION=VALUE` of a cell, separated by `;`, which means "and".
pub(super) fn read_conditions<'a>(
    row: &'a CsvRow<'_>,
    column: &str,
) -> Vec<(&'static str, &'a str)> {
    row.list(column)
        .into_iter()
        .filter_map(|item| {
            let Some((dimension, value)) = item
                .split_once('=')
                .filter(|(_, value)| is_response_value(value))
            else {
                row.report_problem(
                    column,
                    format!("malformed condition \"{item}\"; write it like \"AWARENESS=YES\""),
                );
                return None;
            };
            Some((
                row.parse_enum_value::<SegmentDimension>(column, dimension)?,
                value,
            ))
        })
        .collect()
}

pub(super) fn is_region_dimension(dimension: &str) -> bool {
    dimension == SegmentDimension::Region.as_str()
}
