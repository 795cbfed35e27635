//! `sistergraph diff`.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{folder_parser, print};
use crate::{
    changes::{CSV_COLUMNS, DataFiles, FieldChange, RowChange, changes},
    import::{Files, Problem, read_files},
    vocabulary::{ChangeKind, Vocabulary},
};

/// Options of `sistergraph diff`.
#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// Folder with the old data files.
    #[arg(value_name = "OLD", value_parser = folder_parser())]
    old: PathBuf,

    /// Folder with the new data files.
    #[arg(value_name = "NEW", value_parser = folder_parser())]
    new: PathBuf,

    /// Format of the report.
    #[arg(long, value_enum, default_value = "text")]
    format: DiffFormat,
}

/// The values of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// The changed rows, each with its changed fields, for a terminal.
    Text,
    /// A table with a row for each changed field.
    Markdown,
    /// An object with the revisions, the counts, and the changes, with the field names of the API.
    Json,
    /// The columns of `/export/changes.csv`, with a line for each changed field.
    Csv,
}

impl DiffArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let (old_revision, old) = read_folder(&self.old)?;
        let (new_revision, new) = read_folder(&self.new)?;
        let difference = DataDifference {
            changes: changes(&old, &new)?,
            old_revision,
            new_revision,
        };
        let report = match self.format {
            DiffFormat::Text => difference.text(),
            DiffFormat::Markdown => difference.markdown(),
            DiffFormat::Json => format!("{:#}\n", difference.json()),
            DiffFormat::Csv => difference.csv()?,
        };
        print(report, "the report")
    }
}

fn read_folder(folder: &Path) -> anyhow::Result<(String, DataFiles)> {
    let name = folder.display();
    read_files(&Files::Folder(folder.to_owned())).map_err(|problems| {
        let problems: Vec<_> = problems.as_slice().iter().map(Problem::to_string).collect();
        anyhow!(
            "cannot read the data files in {name}:\n{}",
            problems.join("\n")
        )
    })
}

struct DataDifference {
    old_revision: String,
    new_revision: String,
    changes: Vec<RowChange>,
}

impl DataDifference {
    fn count(&self, kind: ChangeKind) -> usize {
        let changes = self.changes.iter();
        changes.filter(|change| change.kind == kind).count()
    }

    /// Returns a line for each row and each field that is not blank, then the summary line.
    fn text(&self) -> String {
        let mut report = String::new();
        for change in &self.changes {
            let (kind, entity) = (change.kind.as_str(), change.entity.as_str());
            report += &format!("{kind} {entity} {}\n", printable(&change.slug));
            for FieldChange {
                name,
                before,
                after,
            } in &change.fields
            {
                let value = match (before, after) {
                    (None, None) => continue,
                    (before, after) if change.kind == ChangeKind::Changed => {
                        let cell = |cell: &Option<String>| match cell {
                            Some(cell) => printable(cell),
                            None => "(blank)".to_owned(),
                        };
                        format!("{} -> {}", cell(before), cell(after))
                    }
                    (Some(cell), _) | (_, Some(cell)) => printable(cell),
                };
                report += &format!("    {}: {value}\n", printable(name));
            }
        }
        if !self.changes.is_empty() {
            report += "\n";
        }
        report + &format!("{self}\n")
    }

    /// Returns the summary line, then a table with one row per field.
    fn markdown(&self) -> String {
        let mut report = format!("{self}\n\n");
        report += "| Change | Entity | Row | Field | Before | After |\n";
        report += "|---|---|---|---|---|---|\n";
        for change in &self.changes {
            for [_, cells @ ..] in change.csv_lines(&self.new_revision) {
                // These characters would end the cell or start HTML.
                let cells = cells.map(|cell| {
                    let cell = printable(cell).replace('&', "&amp;").replace('<', "&lt;");
                    cell.replace('\\', "\\\\").replace('|', "\\|")
                });
                report += &format!("| {} |\n", cells.join(" | "));
            }
        }
        report
    }

    fn json(&self) -> Value {
        let changes = self.changes.iter().map(|change| {
            let fields = change.fields.iter().map(
                |field| json!({ "name": field.name, "before": field.before, "after": field.after }),
            );
            json!({
                "kind": change.kind.as_str(),
                "entity": change.entity.as_str(),
                "slug": change.slug,
                "fields": Value::from_iter(fields),
            })
        });
        json!({
            "oldRevision": self.old_revision,
            "newRevision": self.new_revision,
            "added": self.count(ChangeKind::Added),
            "changed": self.count(ChangeKind::Changed),
            "removed": self.count(ChangeKind::Removed),
            "changes": Value::from_iter(changes),
        })
    }

    fn csv(&self) -> anyhow::Result<String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(CSV_COLUMNS)?;
        for change in &self.changes {
            for line in change.csv_lines(&self.new_revision) {
                writer.write_record(line)?;
            }
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }
}

impl fmt::Display for DataDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n_rows = self.changes.len();
        let noun = if n_rows == 1 {
            "row differs"
        } else {
            "rows differ"
        };
        let [added, changed, removed] =
            [ChangeKind::Added, ChangeKind::Changed, ChangeKind::Removed]
                .map(|kind| self.count(kind));
        write!(
            f,
            "{n_rows} {noun}: {added} added, {changed} changed, {removed} removed"
        )
    }
}

/// Replaces line breaks and other control characters with spaces.
fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}
