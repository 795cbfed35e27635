//! Problems with the files, collected so that all of them are reported at once.

use std::{
    collections::HashSet,
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// One problem with the files, displayed as `file:line: column: message`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The name of the file.
    pub file: &'static str,
    /// The line on which the row starts; the header is line 1.
    pub line: u64,
    /// The column; `None` if the problem concerns the whole row or file.
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

/// All problems of a dataset, sorted by file and line, and displayed one per line.
#[derive(Debug)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Returns the problems, sorted by file and line.
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
            "{n} problem{}; nothing was loaded",
            if n == 1 { "" } else { "s" }
        )
    }
}

impl std::error::Error for Problems {}

/// Cells that a check relies on. If one of them has a problem of its own, that of the check follows from
/// it and is not reported.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Dependency {
    pub(super) file: &'static str,
    /// The line of the row; `None` for all rows of the file.
    pub(super) line: Option<u64>,
    pub(super) column: String,
}

impl Dependency {
    /// Returns all cells of the columns of a file.
    pub(super) fn columns(file: &'static str, columns: &[&str]) -> Vec<Self> {
        let columns = columns.iter().map(|column| Self {
            file,
            line: None,
            column: (*column).to_owned(),
        });
        columns.collect()
    }
}

/// Collects problems through a shared reference, so that each check is a plain function call.
#[derive(Debug, Default)]
pub(super) struct ProblemReport {
    problems: Mutex<Vec<Problem>>,
    follow_ups: Mutex<Vec<(Problem, Vec<Dependency>)>>,
    /// Whether [`Self::finish`] found no problems.
    is_checked: AtomicBool,
}

impl ProblemReport {
    pub(super) fn add(
        &self,
        file: &'static str,
        line: u64,
        column: Option<&str>,
        message: impl Into<String>,
    ) {
        lock(&self.problems).push(Problem {
            file,
            line,
            column: column.map(str::to_owned),
            message: message.into(),
        });
    }

    /// Adds a problem that is reported only if the cells that it depends on have none.
    pub(super) fn add_follow_up(&self, problem: Problem, depends_on: Vec<Dependency>) {
        lock(&self.follow_ups).push((problem, depends_on));
    }

    /// Forgets all problems.
    pub(super) fn clear(&self) {
        lock(&self.problems).clear();
        lock(&self.follow_ups).clear();
    }

    /// Returns whether there were no problems when [`Self::finish`] was called. Checks of references and
    /// duplicates are not repeated then.
    pub(super) fn is_checked(&self) -> bool {
        self.is_checked.load(Ordering::Relaxed)
    }

    /// Returns the problems that were reported since the last call, if there are any.
    pub(super) fn finish(&self) -> Result<(), Problems> {
        let mut problems = std::mem::take(&mut *lock(&self.problems));
        let mut follow_ups = std::mem::take(&mut *lock(&self.follow_ups));
        let cells = problems.iter().flat_map(|problem| {
            let column = problem.column.clone().unwrap_or_default();
            [None, Some(problem.line)].map(|line| Dependency {
                file: problem.file,
                line,
                column: column.clone(),
            })
        });
        let cells: HashSet<Dependency> = cells.collect();
        follow_ups.retain(|(_, depends_on)| !depends_on.iter().any(|one| cells.contains(one)));
        problems.extend(follow_ups.into_iter().map(|(problem, _)| problem));
        if problems.is_empty() {
            self.is_checked.store(true, Ordering::Relaxed);
            return Ok(());
        }
        // Reading a cell twice reports its problems twice.
        let mut seen = HashSet::new();
        problems.retain(|problem| seen.insert(problem.to_string()));
        problems.sort_by_key(|problem| (problem.file, problem.line));
        Err(Problems(problems))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
