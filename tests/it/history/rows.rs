//! The comparison of two sets of files.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sistergraph::{
    changes::{DataFiles, FieldChange, RowChange, changes},
    import::FILES,
    vocabulary::{ChangeEntity, ChangeKind},
};

use super::n_rows;

/// A row as its cells that are not blank, by column.
type Cells = BTreeMap<String, String>;

/// All rows by entity and slug.
type Rows = BTreeMap<(ChangeEntity, String), Cells>;

/// All rows of all files, sorted.
fn all_cells(files: &DataFiles) -> Vec<Cells> {
    let rows = files.values().flat_map(|file| {
        csv::Reader::from_reader(file.as_slice())
            .into_deserialize()
            .map(|row: Result<Cells, _>| row.unwrap())
    });
    let mut rows: Vec<Cells> = rows
        .map(|row| {
            row.into_iter()
                .filter(|(_, cell)| !cell.is_empty())
                .collect()
        })
        .collect();
    rows.sort();
    rows
}

/// Applies changes to rows, and checks that each says how the row was.
pub(super) fn replay<'a>(rows: &mut Rows, changes: impl IntoIterator<Item = &'a RowChange>) {
    for change in changes {
        let key = (change.entity, change.slug.clone());
        match change.kind {
            ChangeKind::Added => assert_eq!(rows.insert(key.clone(), Cells::new()), None),
            ChangeKind::Changed | ChangeKind::Removed => assert!(rows.contains_key(&key)),
        }
        let row = rows.get_mut(&key).unwrap();
        for FieldChange {
            name,
            before,
            after,
        } in &change.fields
        {
            assert_eq!(row.get(name), before.as_ref(), "{change:?}");
            match after {
                Some(cell) => row.insert(name.clone(), cell.clone()),
                None => row.remove(name),
            };
        }
        if change.kind == ChangeKind::Removed {
            let row = rows.remove(&key).unwrap();
            assert_eq!(row, Cells::new(), "a removal has all fields");
        }
    }
}

/// Checks that the changes turn the old rows into the new ones.
pub(super) fn assert_replay(old: &DataFiles, new: &DataFiles, changes_between: &[RowChange]) {
    let mut rows = Rows::new();
    replay(&mut rows, &changes(&DataFiles::new(), old).unwrap());
    let sorted = |rows: &Rows| {
        let mut rows: Vec<Cells> = rows.values().cloned().collect();
        rows.sort();
        rows
    };
    assert_eq!(sorted(&rows), all_cells(old));
    replay(&mut rows, changes_between);
    assert_eq!(sorted(&rows), all_cells(new));
}

fn csv(header: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

/// Files with few distinct cells, so that keys occur in both sets, twice, or in two files; some files
/// are missing.
fn files() -> impl Strategy<Value = DataFiles> {
    let file = |(name, columns): &(&'static str, &'static [&'static str])| {
        let (name, columns) = (*name, *columns);
        let cell = prop::sample::select(vec!["", "a", "b", "a|2", "\"x\",\ny"]);
        let row = prop::collection::vec(cell.prop_map(str::to_owned), columns.len());
        let rows = prop::collection::vec(row, 0..5);
        let order = Just(columns.to_vec()).prop_shuffle();
        let file =
            (order, rows).prop_map(move |(order, rows)| (name.to_owned(), csv(&order, &rows)));
        prop::option::weighted(0.9, file)
    };
    let files: Vec<_> = FILES.iter().map(file).collect();
    files.prop_map(|files| files.into_iter().flatten().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn replaying_the_changes_gives_the_new_rows(old in files(), new in files()) {
        let changes_between = changes(&old, &new).unwrap();
        assert_replay(&old, &new, &changes_between);
        for change in changes_between {
            prop_assert!(!change.fields.is_empty());
            let differs = |field: &FieldChange| field.before != field.after;
            prop_assert!(change.kind != ChangeKind::Changed || change.fields.iter().all(differs));
        }
        prop_assert_eq!(changes(&old, &old).unwrap(), []);
    }
}

/// The second row with the key `a` gets the slug `a|2`, so a row with that key gets another one, whichever of them changes.
#[test]
fn keys_like_the_slugs_of_repeated_keys_keep_theirs() {
    let files = |title: &str| {
        let rows = [["a", "A"], ["a", "B"], ["a|2", title]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let content = csv(&["id", "title"], &rows);
        DataFiles::from([("figure_sources.csv".to_owned(), content)])
    };
    let (old, new) = (files("C"), files("D"));
    let changes = changes(&old, &new).unwrap();
    assert_replay(&old, &new, &changes);
    let slugs: Vec<_> = changes.iter().map(|change| change.slug.as_str()).collect();
    assert_eq!(slugs, ["a|2|2"]);
}

#[test]
fn every_file_is_compared() {
    for (file, columns) in FILES {
        let row = columns.iter().map(|&column| column.to_owned()).collect();
        let files = DataFiles::from([((*file).to_owned(), csv(columns, &[row]))]);
        let changes = changes(&DataFiles::new(), &files).unwrap();
        let [change] = changes.as_slice() else {
            panic!("{file} is missing in changes::FILES");
        };
        let known = |part: &str| columns.contains(&part);
        assert!(change.slug.split('|').all(known), "{file}: {}", change.slug);
        assert_eq!(change.fields.len(), columns.len(), "{file}");
    }
}

#[test]
fn the_order_of_rows_and_columns_makes_no_difference() {
    let header = ["id", "title", "note"];
    let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    let one = csv(&header, &[row(["a", "A", ""]), row(["b", "B", "x"])]);
    let other = csv(
        &["title", "id"],
        &[row(["C", "c", ""]), row(["A", "a", ""])].map(|row| row[..2].to_vec()),
    );
    let files = |content: Vec<u8>| DataFiles::from([("figure_sources.csv".to_owned(), content)]);
    let (one, other) = (files(one), files(other));
    assert_eq!(n_rows(&one), 2);
    let changes = changes(&one, &other).unwrap();
    let summary: Vec<_> = changes
        .iter()
        .map(|change| (change.kind, change.slug.as_str(), change.fields.len()))
        .collect();
    assert_eq!(
        summary,
        [(ChangeKind::Removed, "b", 3), (ChangeKind::Added, "c", 2)]
    );
}

#[test]
fn a_note_is_identified_by_its_text() {
    let header = ["partnership_id", "kind", "note"];
    let notes = |texts: &[&str]| {
        let row = |text: &&str| ["a--b", "DOUBT", text].map(str::to_owned).to_vec();
        let rows: Vec<_> = texts.iter().map(row).collect();
        DataFiles::from([("partnership_notes.csv".to_owned(), csv(&header, &rows))])
    };
    let old = notes(&["x", "y"]);
    assert_eq!(changes(&old, &notes(&["y", "x"])).unwrap(), []);
    let changes = changes(&old, &notes(&["new", "y", "x"])).unwrap();
    let summary: Vec<_> = changes
        .iter()
        .map(|change| (change.kind, change.slug.as_str()))
        .collect();
    assert_eq!(summary, [(ChangeKind::Added, "a--b|DOUBT|new")]);
}
