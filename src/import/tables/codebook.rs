//! `codebook.csv` and `code_groups.csv`: what the columns of `respondents.csv` contain.

use std::collections::HashMap;

use super::surveys::{QuestionInfo, is_response_value};
use crate::{
    entity::{answer_code, answer_code_group},
    import::{
        files::{CODE_GROUPS, CODEBOOK},
        key_index::{KeyIndex, UniqueKeys},
        row::CsvRow,
        sheets::Sheets,
    },
    vocabulary::{CodebookRole, SegmentDimension, Vocabulary},
};

/// The most codes of a dimension, and the most groups of codes. A table has a cell for each pair of codes.
pub(super) const MAX_CODES: usize = 20;

/// A column of answers in `respondents.csv`.
#[derive(Debug)]
pub(super) struct AnswerColumn {
    pub(super) name: String,
    pub(super) dimension: &'static str,
    pub(super) question: Option<String>,
    pub(super) codes: Vec<String>,
}

/// The columns of `respondents.csv` by what they contain.
#[derive(Debug, Default)]
pub(super) struct Codebook {
    pub(super) id: Option<String>,
    pub(super) weight: Option<String>,
    pub(super) stratum: Option<String>,
    pub(super) psu: Option<String>,
    pub(super) answers: Vec<AnswerColumn>,
}

pub(super) fn read_codebook(sheets: &Sheets, questions: &KeyIndex<QuestionInfo>) -> Codebook {
    let mut codebook = Codebook::default();
    let mut unique_columns = UniqueKeys::new(sheets);
    for row in sheets.rows(CODEBOOK) {
        let row = &row;
        let name = row.required("column", "the name of a column of respondents.csv");
        let role = CodebookRole::parse(row.enum_value::<CodebookRole>("role"));
        let (other, place) = match role {
            Some(CodebookRole::Category) => {
                read_code(&mut codebook, row, name, questions);
                continue;
            }
            Some(CodebookRole::Id) => ("ID", &mut codebook.id),
            Some(CodebookRole::Weight) => ("WEIGHT", &mut codebook.weight),
            Some(CodebookRole::Stratum) => ("STRATUM", &mut codebook.stratum),
            Some(CodebookRole::Psu) => ("PSU", &mut codebook.psu),
            None => continue,
        };
        unique_columns.add(row, "column", &[name], "column");
        if place.replace(name.to_owned()).is_some() {
            row.report_problem(
                "role",
                format!("another column has the role {other}; remove one"),
            );
        }
    }
    if codebook.id.is_none() && sheets.contains(CODEBOOK) && sheets.is_complete(CODEBOOK) {
        sheets.report_problem(CODEBOOK, "role", "no column has the role ID; add one");
    }
    codebook
}

/// Adds the code of a row to its column.
fn read_code(
    codebook: &mut Codebook,
    row: &CsvRow<'_>,
    name: &str,
    questions: &KeyIndex<QuestionInfo>,
) {
    let dimension = row.enum_value::<SegmentDimension>("dimension");
    let code = row.required("code", "a code such as NOT_SURE");
    let question = row.text("question");
    questions.check(row, "question", question.unwrap_or_default());
    if !code.is_empty() && !is_response_value(code) {
        row.report_problem(
            "code",
            format!("malformed code \"{code}\"; use capital letters, digits, and _"),
        );
    }
    let answers = &mut codebook.answers;
    let known = answers
        .iter()
        .position(|column| column.name == name || column.dimension == dimension);
    let column = match known {
        Some(known) => &mut answers[known],
        None => {
            answers.push(AnswerColumn {
                name: name.to_owned(),
                dimension,
                question: question.map(str::to_owned),
                codes: Vec::new(),
            });
            let last = answers.len() - 1;
            &mut answers[last]
        }
    };
    if column.name != name {
        let first = &column.name;
        row.report_problem(
            "dimension",
            format!("\"{dimension}\" is already the dimension of the column \"{first}\"; use each dimension with one column"),
        );
    } else if column.dimension != dimension {
        let first = column.dimension;
        row.report_problem(
            "dimension",
            format!("the column \"{name}\" already has the dimension {first}; enter it"),
        );
    } else if column.question.as_deref() != question {
        let first = column.question.as_deref().unwrap_or("no question");
        row.report_problem(
            "question",
            format!("an earlier row of the column \"{name}\" has another question ({first}); enter the same"),
        );
    } else if column.has_code(code) {
        row.report_problem("code", format!("duplicate \"{code}\"; enter another code"));
    } else if column.codes.len() == MAX_CODES {
        row.report_problem(
            "code",
            format!("the column \"{name}\" has more than {MAX_CODES} codes; combine some"),
        );
    } else {
        column.codes.push(code.to_owned());
    }
}

impl AnswerColumn {
    fn has_code(&self, code: &str) -> bool {
        self.codes.iter().any(|one| one == code)
    }
}

impl Codebook {
    /// Returns the codes as rows, in the order of the codebook.
    pub(super) fn code_rows(&self) -> Vec<answer_code::Model> {
        let columns = self.answers.iter();
        let codes = columns.flat_map(|column| column.codes.iter().map(move |code| (column, code)));
        (0..)
            .zip(codes)
            .map(|(position, (column, code))| answer_code::Model {
                position,
                dimension: column.dimension.to_owned(),
                code: code.clone(),
                question_id: column.question.clone(),
            })
            .collect()
    }

    /// Returns the columns of answers, each with the position of its first code in [`Self::code_rows`].
    pub(super) fn answers_with_position(&self) -> impl Iterator<Item = (&AnswerColumn, usize)> {
        self.answers.iter().scan(0, |next, column| {
            let first = *next;
            *next += column.codes.len();
            Some((column, first))
        })
    }
}

pub(super) fn read_groups(sheets: &Sheets, codebook: &Codebook) -> Vec<answer_code_group::Model> {
    let mut unique_names = UniqueKeys::new(sheets);
    let mut positions: HashMap<&str, i32> = HashMap::new();
    let mut groups = Vec::new();
    for row in sheets.rows(CODE_GROUPS) {
        let row = &row;
        let dimension = row.enum_value::<SegmentDimension>("dimension");
        let name = row.required("group", "a name such as VERY_OR_EXTREMELY");
        unique_names.add(row, "group", &[dimension, name], "group of this dimension");
        if !name.is_empty() && !is_response_value(name) {
            row.report_problem(
                "group",
                format!("malformed name \"{name}\"; use capital letters, digits, and _"),
            );
        }
        row.required("codes", "codes of codebook.csv, separated by semicolons");
        let codes = row.list("codes");
        let columns = &codebook.answers;
        let column = columns.iter().find(|column| column.dimension == dimension);
        match column {
            Some(column) if column.has_code(name) => row.report_problem(
                "group",
                format!("\"{name}\" is a code of {dimension}; enter another name"),
            ),
            Some(column) => {
                for code in codes.iter().filter(|code| !column.has_code(code)) {
                    row.report_problem(
                        "codes",
                        format!(
                            "unknown code \"{code}\"; enter one of {}",
                            column.codes.join(", ")
                        ),
                    );
                }
            }
            None if !dimension.is_empty() && sheets.is_complete(CODEBOOK) => row.report_problem(
                "dimension",
                format!("codebook.csv has no codes of {dimension}; add them, or remove the group"),
            ),
            None => {}
        }
        let position = positions.entry(dimension).or_insert(-1);
        *position += 1;
        if usize::try_from(*position).is_ok_and(|position| position == MAX_CODES) {
            row.report_problem(
                "group",
                format!("{dimension} has more than {MAX_CODES} groups; remove some"),
            );
        }
        groups.push(answer_code_group::Model {
            dimension: dimension.to_owned(),
            position: *position,
            name: name.to_owned(),
            codes: codes.join(";"),
        });
    }
    groups
}
