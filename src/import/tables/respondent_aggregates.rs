//! `respondent_aggregates.csv`: the published percentages of respondents.

use std::collections::HashMap;

use super::{
    sources::SourceInfo,
    surveys::{QuestionInfo, is_region_dimension, read_conditions, read_source_id},
};
use crate::{
    entity::{respondent_aggregate, respondent_aggregate_category, respondent_aggregate_flag},
    import::{key_index::KeyIndex, row::CsvRow, sheets::Sheets},
    vocabulary::{Direction, FigureFlag, Qualifier, RegionName, Vocabulary},
};

/// The percentages, their conditions and outcomes, and their flags.
pub(super) type AggregateRows = (
    Vec<respondent_aggregate::Model>,
    Vec<respondent_aggregate_category::Model>,
    Vec<respondent_aggregate_flag::Model>,
);

pub(super) fn read(
    sheets: &Sheets,
    questions: &KeyIndex<QuestionInfo>,
    sources: &KeyIndex<SourceInfo>,
) -> AggregateRows {
    const FILE: &str = "respondent_aggregates.csv";
    let mut ids = KeyIndex::new(sheets, "", "", true);
    let dimension_questions = questions_by_dimension(sheets.rows(FILE), questions);
    let (mut aggregates, mut categories, mut flags) = AggregateRows::default();
    for (position, row) in (0..).zip(sheets.rows(FILE)) {
        let row = &row;
        let id = row.slug("id");
        ids.insert(row, "id", id, ());
        let question = row.required("question", "an id from questions.csv");
        let info = questions.resolve(row, "question", question);
        let info = info.as_deref().map(|info| &info.value);
        let survey = info.map_or("", |info| &info.survey);
        let question_of = |dimension: &str| {
            let question = dimension_questions.get(&(survey.to_owned(), dimension.to_owned()));
            question.map(String::as_str)
        };
        let given = read_conditions(row, "given");
        row.required("outcome", "an outcome such as AWARENESS=YES");
        let outcome = read_conditions(row, "outcome");
        for (dimension, value) in &outcome {
            check_value(row, "outcome", dimension, value, question, info);
            if let Some(other) = question_of(dimension).filter(|other| *other != question) {
                row.report_problem("outcome", format!(
                    "\"{dimension}\" is already an outcome of question \"{other}\"; use each dimension with one question of a survey only"
                ));
            }
        }
        for (dimension, value) in &given {
            let question = question_of(dimension).unwrap_or_default();
            let info = questions.get(question);
            let info = info.as_deref().map(|info| &info.value);
            check_value(row, "given", dimension, value, question, info);
        }
        let country = info.and_then(|info| info.country.as_deref());
        aggregates.push(read_aggregate(row, position, &given, country, sources));
        for (role, conditions) in [("GIVEN", &given), ("OUTCOME", &outcome)] {
            for (position, (dimension, value)) in (0..).zip(conditions) {
                categories.push(respondent_aggregate_category::Model {
                    respondent_aggregate_id: id.to_owned(),
                    role: role.to_owned(),
                    position,
                    dimension: (*dimension).to_owned(),
                    value: (*value).to_owned(),
                });
            }
        }
        for (position, flag) in (0..).zip(read_flags(row)) {
            flags.push(respondent_aggregate_flag::Model {
                respondent_aggregate_id: id.to_owned(),
                position,
                flag: flag.to_owned(),
            });
        }
    }
    (aggregates, categories, flags)
}

/// Maps each survey and dimension to the first question whose percentages have it as their outcome.
fn questions_by_dimension<'a>(
    rows: impl Iterator<Item = CsvRow<'a>>,
    questions: &KeyIndex<QuestionInfo>,
) -> HashMap<(String, String), String> {
    let mut by_dimension = HashMap::new();
    for row in rows {
        let question = row.cell("question");
        let Some(info) = questions.get(question) else {
            continue;
        };
        for item in row.cell("outcome").split(';') {
            if let Some((dimension, _)) = item.split_once('=') {
                by_dimension
                    .entry((info.value.survey.clone(), dimension.to_owned()))
                    .or_insert_with(|| question.to_owned());
            }
        }
    }
    by_dimension
}

/// Checks that a value is a region or a response to the question of its dimension.
fn check_value(
    row: &CsvRow<'_>,
    column: &str,
    dimension: &str,
    value: &str,
    question: &str,
    info: Option<&QuestionInfo>,
) {
    if is_region_dimension(dimension) {
        row.parse_enum_value::<RegionName>(column, value);
    } else if let Some(QuestionInfo { responses, .. }) = info
        && !responses.iter().any(|response| response == value)
    {
        row.report_problem(
            column,
            format!(
                "\"{value}\" is not a response to question \"{question}\"; enter one of {}",
                responses.join(", ")
            ),
        );
    }
}

fn read_aggregate(
    row: &CsvRow<'_>,
    position: i32,
    given: &[(&'static str, &str)],
    country: Option<&str>,
    sources: &KeyIndex<SourceInfo>,
) -> respondent_aggregate::Model {
    let qualifier = row.enum_value::<Qualifier>("qualifier");
    let region = given
        .iter()
        .find(|(dimension, _)| is_region_dimension(dimension));
    respondent_aggregate::Model {
        id: row.cell("id").to_owned(),
        position,
        question_id: row.cell("question").to_owned(),
        percent: read_printed_number(row, "percent", qualifier, 0.0..=100.0),
        qualifier: qualifier.to_owned(),
        digits: decimal_places(row.cell("percent")),
        direction: row.enum_value::<Direction>("direction").to_owned(),
        base_description: row
            .required("base", "the group that the percentage describes")
            .to_owned(),
        base_n: row.number("n", 1..=i32::MAX, "a number of respondents"),
        region_id: region.map(|(_, value)| (*value).to_owned()),
        country_id: country.map(str::to_owned),
        note: row.text("note").map(str::to_owned),
        source_id: read_source_id(row, sources),
    }
}

/// Reads a published number. Only the qualifier `MAJORITY`, for words such as "most", allows a blank.
pub(super) fn read_printed_number(
    row: &CsvRow<'_>,
    column: &str,
    qualifier: &str,
    range: std::ops::RangeInclusive<f64>,
) -> Option<f64> {
    if row.cell(column).is_empty() && qualifier != Qualifier::Majority.as_str() {
        row.report_problem(column, format!(
            "blank with the qualifier {qualifier}; enter the printed number, or the qualifier MAJORITY if the source gives no number"
        ));
    }
    row.number(column, range, "the printed number")
}

/// Returns how many digits follow the decimal point.
pub(super) fn decimal_places(number: &str) -> i32 {
    number
        .split_once('.')
        .and_then(|(_, decimals)| i32::try_from(decimals.len()).ok())
        .unwrap_or_default()
}

pub(super) fn read_flags(row: &CsvRow<'_>) -> Vec<&'static str> {
    row.list("flags")
        .into_iter()
        .filter_map(|flag| row.parse_enum_value::<FigureFlag>("flags", flag))
        .collect()
}
