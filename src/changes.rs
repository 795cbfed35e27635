//! The differences between two sets of data files, row by row.
//!
//! A load records them, and `sistergraph diff` prints them; both make an [`EntityComparison`]. It depends
//! only on the cells: the format of a file, and the order of its rows and columns, make no difference.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, RandomState},
    iter,
    sync::Arc,
};

use csv::StringRecord;
use serde_json::{Value, json};

use crate::vocabulary::{ChangeEntity, ChangeKind, Vocabulary};

/// The contents of data files by name: CSV in UTF-8 with a header, without a byte order mark.
pub type DataFiles = BTreeMap<String, Vec<u8>>;

/// The files of each entity, with the columns that identify a row.
const FILES: &[(ChangeEntity, &str, &[&str])] = &[
    (ChangeEntity::State, "states.csv", &["id"]),
    (ChangeEntity::Country, "countries.csv", &["iso2"]),
    (ChangeEntity::Province, "provinces.csv", &["id"]),
    (ChangeEntity::City, "cities.csv", &["id"]),
    (
        ChangeEntity::AlternateName,
        "alternate_names.csv",
        &["community_id", "name"],
    ),
    (ChangeEntity::AlternateName, "common_names.csv", &["name"]),
    (ChangeEntity::Partnership, "partnerships.csv", &["id"]),
    (
        ChangeEntity::PartnershipNote,
        "partnership_notes.csv",
        &["partnership_id", "kind", "note"],
    ),
    (
        ChangeEntity::PartnershipNote,
        "year_conflicts.csv",
        &["partnership_id"],
    ),
    (ChangeEntity::Source, "sources.csv", &["id"]),
    (ChangeEntity::Source, "figure_sources.csv", &["id"]),
    (
        ChangeEntity::Claim,
        "claims.csv",
        &["partnership_id", "source_id", "kind"],
    ),
    (ChangeEntity::Survey, "surveys.csv", &["id"]),
    (ChangeEntity::Question, "questions.csv", &["id"]),
    (
        ChangeEntity::Disclosure,
        "survey_disclosure.csv",
        &["survey", "item"],
    ),
    (ChangeEntity::Figure, "respondent_aggregates.csv", &["id"]),
    (ChangeEntity::Figure, "published_statistics.csv", &["id"]),
    (ChangeEntity::MatchModel, "match_model.csv", &["feature"]),
    (
        ChangeEntity::MatchModel,
        "match_metrics.csv",
        &["split", "method", "measure"],
    ),
    (ChangeEntity::Restriction, "restrictions.csv", &["id"]),
];

/// The change of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    /// Whether the row was added, changed, or removed.
    pub kind: ChangeKind,
    /// What the row describes.
    pub entity: ChangeEntity,
    /// The key columns of the row, joined by `|`. Further rows with the same key have a number: `|2`.
    pub slug: String,
    /// The columns that changed; all columns of a row that was added or removed.
    pub fields: Vec<FieldChange>,
}

/// The change of one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The name of the column.
    pub name: String,
    /// The text of the cell before; `None` if it was blank, or if there was no such row or column.
    pub before: Option<String>,
    /// The text of the cell now; `None` if it is blank, or if there is no such row or column.
    pub after: Option<String>,
}

/// The columns of changes in a CSV file, which has one line for each field.
pub const CSV_COLUMNS: [&str; 7] = [
    "revision", "kind", "entity", "slug", "field", "before", "after",
];

impl RowChange {
    /// Returns the cells of each field in the order of [`CSV_COLUMNS`].
    pub fn csv_lines<'a>(&'a self, revision: &'a str) -> impl Iterator<Item = [&'a str; 7]> {
        self.fields.iter().map(move |field| {
            [
                revision,
                self.kind.as_str(),
                self.entity.as_str(),
                &self.slug,
                &field.name,
                field.before.as_deref().unwrap_or_default(),
                field.after.as_deref().unwrap_or_default(),
            ]
        })
    }
}

impl FieldChange {
    /// Returns the changes as the JSON text that is stored: a list of `[name, before, after]`.
    pub fn list_to_json(fields: &[Self]) -> String {
        let fields = fields
            .iter()
            .map(|field| json!([field.name, field.before, field.after]));
        Value::from_iter(fields).to_string()
    }

    /// Returns the changes from [`Self::list_to_json`].
    ///
    /// # Errors
    /// If the text is not such a list.
    pub fn list_from_json(text: &str) -> serde_json::Result<Vec<Self>> {
        let fields: Vec<(String, Option<String>, Option<String>)> = serde_json::from_str(text)?;
        Ok(fields
            .into_iter()
            .map(|(name, before, after)| Self {
                name,
                before,
                after,
            })
            .collect())
    }
}

/// A row, with the header of its file.
struct DataRow {
    header: Arc<StringRecord>,
    cells: StringRecord,
}

impl DataRow {
    /// Returns the text of a cell; `None` if it is blank or the file has no such column.
    fn cell(&self, column: &str) -> Option<&str> {
        let n = self.header.iter().position(|name| name == column)?;
        self.cells.get(n).filter(|cell| !cell.is_empty())
    }
}

/// The rows of an entity by slug, before and after.
type RowPairs = BTreeMap<String, [Option<DataRow>; 2]>;

/// Returns the entities in the order of changes.
pub fn entities() -> impl Iterator<Item = ChangeEntity> {
    ChangeEntity::VALUES.iter().map(|(entity, ..)| *entity)
}

/// Returns the files of an entity.
pub fn entity_files(entity: ChangeEntity) -> impl Iterator<Item = &'static str> {
    let files = FILES.iter().filter(move |(of, ..)| *of == entity);
    files.map(|(_, file, _)| *file)
}

/// A side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparedSide {
    /// The rows before.
    Old,
    /// The rows after.
    New,
}

/// The comparison of the rows of one entity. It reads them twice: first all rows with [`Self::hash_rows`], then again with
/// [`Self::add_rows`]. Only the rows of groups of keys that differ are in memory: those that changed, and for each of them about one other row for 262,144 rows
/// of the entity.
pub struct EntityComparison {
    entity: ChangeEntity,
    hashes: KeyHashes,
    rows: RowPairs,
}

impl EntityComparison {
    /// Returns a comparison without rows.
    pub fn new(entity: ChangeEntity) -> Self {
        Self {
            entity,
            hashes: KeyHashes::default(),
            rows: RowPairs::new(),
        }
    }

    /// Returns what the rows describe.
    pub fn entity(&self) -> ChangeEntity {
        self.entity
    }

    /// Reads the rows of a file, or of the next part of one, for the first time. Parts that are equal on both sides may be
    /// left out.
    ///
    /// # Errors
    /// If it is not valid CSV.
    pub fn hash_rows(
        &mut self,
        side: ComparedSide,
        file: &str,
        csv: &[u8],
    ) -> Result<(), csv::Error> {
        let hashes = &mut self.hashes;
        read_rows(self.entity, file, csv, |key, row| {
            hashes.add(side, key, &row)
        })
    }

    /// Reads the rows of a file, or of the next part of one, for the second time.
    ///
    /// # Errors
    /// If it is not valid CSV.
    pub fn add_rows(
        &mut self,
        side: ComparedSide,
        file: &str,
        csv: &[u8],
    ) -> Result<(), csv::Error> {
        let Self { hashes, rows, .. } = self;
        read_rows(self.entity, file, csv, |key, row| {
            if hashes.differ(key) {
                add_row(rows, side, key, row);
            }
        })
    }

    /// Returns the changes, sorted by slug.
    pub fn changes(self) -> impl Iterator<Item = RowChange> {
        let entity = self.entity;
        self.rows.into_iter().filter_map(move |(slug, [old, new])| {
            let kind = match (&old, &new) {
                (None, _) => ChangeKind::Added,
                (_, None) => ChangeKind::Removed,
                _ => ChangeKind::Changed,
            };
            let fields = changed_fields(old.as_ref(), new.as_ref());
            (!fields.is_empty()).then_some(RowChange {
                kind,
                entity,
                slug,
                fields,
            })
        })
    }
}

/// Returns all changes, sorted by entity and slug.
///
/// # Errors
/// If a file is not valid CSV.
pub fn changes(old: &DataFiles, new: &DataFiles) -> Result<Vec<RowChange>, csv::Error> {
    let mut changes = Vec::new();
    let sides = [(ComparedSide::Old, old), (ComparedSide::New, new)];
    for entity in entities() {
        let mut comparison = EntityComparison::new(entity);
        let files = || {
            let files = entity_files(entity);
            files.flat_map(|file| sides.map(|(side, files)| (side, file, files.get(file))))
        };
        for (side, file, content) in files() {
            comparison.hash_rows(side, file, content.map_or(&[], Vec::as_slice))?;
        }
        for (side, file, content) in files() {
            comparison.add_rows(side, file, content.map_or(&[], Vec::as_slice))?;
        }
        changes.extend(comparison.changes());
    }
    Ok(changes)
}

/// The number of groups of keys. With a million rows, a changed row brings about four others of its group into memory.
const KEY_GROUPS: usize = 1 << 18;

/// Hashes of the rows of each group of keys, before and after, so that memory does not grow with the data. Keys that differ only by
/// numbers at the end are in the same group, because [`add_row`] adds such numbers: the slug of a row depends on all rows of these keys.
/// Two hashes of 64 random bits are not equal by chance.
struct KeyHashes {
    state: RandomState,
    groups: Vec<[u64; 2]>,
}

impl Default for KeyHashes {
    fn default() -> Self {
        Self {
            state: RandomState::new(),
            groups: vec![[0; 2]; KEY_GROUPS],
        }
    }
}

impl KeyHashes {
    fn add(&mut self, side: ComparedSide, key: &str, row: &DataRow) {
        // The order of the columns makes no difference.
        let cells = iter::zip(&*row.header, &row.cells).filter(|(_, cell)| !cell.is_empty());
        let cells = cells.map(|cell| self.state.hash_one(cell));
        let cells = cells.fold(0, u64::wrapping_add);
        let row = self.state.hash_one(cells);
        let group = self.group(key);
        // Nor does the order of the rows.
        let sum = &mut self.groups[group][side as usize];
        *sum = sum.wrapping_add(row);
    }

    fn group(&self, key: &str) -> usize {
        self.state.hash_one(without_numbers(key)) as usize % KEY_GROUPS
    }

    /// Returns whether some key in the group of this one has other rows after than before.
    fn differ(&self, key: &str) -> bool {
        let [old, new] = self.groups[self.group(key)];
        old != new
    }
}

/// Returns a key without the numbers that [`add_row`] may have added.
fn without_numbers(key: &str) -> &str {
    match key.rsplit_once('|') {
        Some((rest, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            without_numbers(rest)
        }
        _ => key,
    }
}

/// Calls a function with the key and the cells of each row of a file.
fn read_rows(
    entity: ChangeEntity,
    file: &str,
    csv: &[u8],
    mut add: impl FnMut(&str, DataRow),
) -> Result<(), csv::Error> {
    let mut files = FILES.iter();
    let Some((.., columns)) = files.find(|(of, name, _)| *of == entity && *name == file) else {
        return Ok(());
    };
    let mut reader = csv::Reader::from_reader(csv);
    let header = Arc::new(reader.headers()?.clone());
    for cells in reader.records() {
        let row = DataRow {
            header: header.clone(),
            cells: cells?,
        };
        let key = columns.iter();
        let key: Vec<_> = key
            .map(|column| row.cell(column).unwrap_or_default())
            .collect();
        add(&key.join("|"), row);
    }
    Ok(())
}

fn add_row(rows: &mut RowPairs, side: ComparedSide, key: &str, row: DataRow) {
    let mut slug = key.to_owned();
    for n in 2.. {
        let row_of_side = &mut rows.entry(slug).or_default()[side as usize];
        if row_of_side.is_none() {
            *row_of_side = Some(row);
            return;
        }
        slug = format!("{key}|{n}");
    }
}

/// Returns the columns whose cells differ; all columns if there is only one row.
fn changed_fields(old: Option<&DataRow>, new: Option<&DataRow>) -> Vec<FieldChange> {
    let columns = |row: Option<&DataRow>| row.map(|row| row.header.clone());
    let (new_columns, old_columns) = (columns(new), columns(old));
    let is_pair = old.is_some() && new.is_some();
    let mut fields: Vec<FieldChange> = Vec::new();
    for column in new_columns
        .iter()
        .chain(&old_columns)
        .flat_map(|row| row.iter())
    {
        let cell = |row: Option<&DataRow>| row.and_then(|row| row.cell(column)).map(str::to_owned);
        let (before, after) = (cell(old), cell(new));
        if (is_pair && before == after) || fields.iter().any(|field| field.name == column) {
            continue;
        }
        fields.push(FieldChange {
            name: column.to_owned(),
            before,
            after,
        });
    }
    fields
}
