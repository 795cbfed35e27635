//! `changes.csv`: the rows of the data files that changed since a revision, a line for each field.

use serde_json::{Value, json};

use super::{
    Export, ExportFile, PAGE_SIZE,
    column::{FileColumn, FileColumnType, FileValue},
    filter::{input_error, quote, read_all},
    options::Parameter,
    output::FileWriter,
    spreadsheet,
};
use crate::{
    changes::{FieldChange, RowChange},
    db::{Cell, ColumnRef, Comparison, Filter, RowSet, Scan, Snapshot},
    engine::{ExecutionError, InternalError},
    entity::{revision, row_change},
    vocabulary::{ChangeEntity, ChangeKind, Vocabulary},
};

/// The cells of a line, in the order of [`COLUMNS`].
type Line = [String; 7];

const fn column(
    name: &'static str,
    description: &'static str,
    value: fn(&Line) -> FileValue,
) -> FileColumn<Line> {
    FileColumn {
        name,
        column_type: FileColumnType::Text,
        description,
        value,
    }
}

/// The columns, named by [`crate::changes::CSV_COLUMNS`].
pub(super) const COLUMNS: &[FileColumn<Line>] = &[
    column(
        "revision",
        "The revision with the change. The oldest comes first.",
        |line| line[0].as_str().into(),
    ),
    column(
        "kind",
        "What happened to the row: ADDED, CHANGED, or REMOVED.",
        |line| line[1].as_str().into(),
    ),
    column(
        "entity",
        "What the row describes, such as PARTNERSHIP.",
        |line| line[2].as_str().into(),
    ),
    column(
        "slug",
        "The id of the object; for a row without one, its key columns joined by |.",
        |line| line[3].as_str().into(),
    ),
    column("field", "The column of the data file.", |line| {
        line[4].as_str().into()
    }),
    column(
        "before",
        "The value before; blank if it was blank or the row is new.",
        |line| line[5].as_str().into(),
    ),
    column(
        "after",
        "The value after; blank if it is blank or the row is gone.",
        |line| line[6].as_str().into(),
    ),
];

/// The parameter `since`.
const SINCE: &str = "since";

/// Describes the parameter, for the list of files.
pub(super) fn describe_since() -> Value {
    json!({
        "name": SINCE,
        "description": "A revision in dataset.history of the API, after which the changes begin. Without it, the file has all changes of the history.",
        "files": [ExportFile::ChangesCsv.name()],
    })
}

/// The revision after which the changes begin; the default is before all of them.
#[derive(Clone, Debug, Default)]
pub(super) struct ChangesSince {
    pub(super) revision: String,
    last_change_id: i64,
}

impl ChangesSince {
    /// Parses the parameters of a query string.
    ///
    /// # Errors
    /// Returns [`ExecutionError::Rejected`] if there are others than one `since`, or if the history does not
    /// have the revision, and [`ExecutionError::Internal`] if the database fails.
    pub(super) async fn parse(
        parameters: &[&Parameter],
        snapshot: &Snapshot,
    ) -> Result<Self, ExecutionError> {
        if let Some((name, _)) = parameters.iter().find(|(name, _)| name != SINCE) {
            let name = quote(name);
            let message = format!("unknown parameter {name}; use one of {SINCE}, bom");
            return Err(input_error(message));
        }
        let revision = match parameters {
            [] => return Ok(Self::default()),
            [(_, revision)] => revision.as_str(),
            _ => {
                let message = format!("{SINCE} is given more than once; give it once");
                return Err(input_error(message));
            }
        };
        use revision::Column as Col;
        let last_change_id = ColumnRef::new(Col::LastChangeId);
        let filter = match revision.contains('\0') {
            // PostgreSQL rejects texts that contain U+0000, and no revision contains it.
            true => Filter::none(),
            false => Filter::equals(Col::Revision, revision),
        };
        let id = ColumnRef::new(Col::Id);
        let rows = read_all(snapshot, id, filter, vec![last_change_id]).await?;
        // If the history has the revision more than once, the newest counts.
        let newest = rows.last().and_then(|row| row.get(last_change_id).int());
        let last_change_id = newest.ok_or_else(|| {
            input_error(format!(
                "the history has no revision {}; use one of dataset.history",
                quote(revision)
            ))
        })?;
        Ok(Self {
            revision: revision.to_owned(),
            last_change_id,
        })
    }
}

/// Writes the file.
pub(super) async fn write(export: &Export, output: &mut FileWriter) -> Result<(), InternalError> {
    use row_change::Column as Col;
    let names = COLUMNS.iter().map(|column| column.name);
    spreadsheet::write_header(output.buffer(), export.options.byte_order_mark, names)?;
    let columns = [
        Col::Revision,
        Col::Kind,
        Col::Entity,
        Col::Slug,
        Col::Fields,
    ];
    let columns = columns.map(ColumnRef::new);
    let id = ColumnRef::new(Col::Id);
    let later = Comparison::Gt(Cell::Int(export.since.last_change_id));
    let rows = RowSet {
        id,
        filter: Filter::compare(id, later),
    };
    let mut scan = Scan::new(rows, &[id], columns.to_vec(), PAGE_SIZE);
    while let Some(records) = scan.next_rows(&export.snapshot).await? {
        for record in records {
            let [revision, kind, entity, slug, fields] =
                columns.map(|column| record.text(column).map_or("", AsRef::as_ref));
            let invalid = || InternalError::Data(format!("the change of {slug:?} is not valid"));
            let change = RowChange {
                kind: ChangeKind::parse(kind).ok_or_else(invalid)?,
                entity: ChangeEntity::parse(entity).ok_or_else(invalid)?,
                slug: slug.to_owned(),
                fields: FieldChange::list_from_json(fields).map_err(|_| invalid())?,
            };
            for line in change.csv_lines(revision) {
                let line = line.map(str::to_owned);
                spreadsheet::write_row(output.buffer(), COLUMNS, &line)?;
            }
        }
        output.flush_buffer()?;
    }
    Ok(())
}
