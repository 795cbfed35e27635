//! What is wrong with the files, collected so that all of it can be told at once.

use std::{cell::RefCell, collections::HashSet, fmt};

/// One thing that is wrong, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: &'static str,
    /// The line on which the row begins; the header is line 1.
    pub line: u64,
    /// The column; `None` where the file or the whole row is wrong.
    pub column: Option<String>,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(column) = &self.column {
            write!(f, "{column}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// All problems of a set of files, by file and line; one per line when displayed.
#[derive(Debug)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// The problems, by file and line.
    pub fn as_slice(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{problem}")?;
        }
        let n = self.0.len();
        write!(
            f,
            "{n} problem{}, nothing loaded",
            if n == 1 { "" } else { "s" }
        )
    }
}

impl std::error::Error for Problems {}

/// Where the checks report to. Shared, so that each check is a plain call.
#[derive(Debug, Default)]
pub(super) struct ProblemReport(RefCell<Vec<Problem>>);

impl ProblemReport {
    pub(super) fn add(
        &self,
        file: &'static str,
        line: u64,
        column: Option<&str>,
        message: impl Into<String>,
    ) {
        self.0.borrow_mut().push(Problem {
            file,
            line,
            column: column.map(str::to_owned),
            message: message.into(),
        });
    }

    pub(super) fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// `value` if nothing was reported.
    pub(super) fn finish<T>(self, value: T) -> Result<T, Problems> {
        let mut problems = self.0.into_inner();
        if problems.is_empty() {
            return Ok(value);
        }
        // A cell that is read twice is reported twice.
        let mut seen = HashSet::new();
        problems.retain(|problem| seen.insert(problem.to_string()));
        problems.sort_by_key(|problem| (problem.file, problem.line));
        Err(Problems(problems))
    }
}
