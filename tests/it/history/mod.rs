//! The history of the data: what loads record, and what `sistergraph diff` prints.

mod api;
mod command;
mod export;
mod loads;
mod rows;

use std::collections::BTreeSet;

use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};
use sistergraph::{
    changes::{DataFiles, FieldChange, RowChange},
    entity::{revision, row_change},
    vocabulary::{ChangeEntity, ChangeKind, Vocabulary},
};

use crate::support::data_set::DataSet;

/// The built-in data with few partnerships, cities, and names, which loads quickly.
pub(crate) fn small() -> DataSet {
    let mut data = DataSet::real();
    let keep = |data: &mut DataSet, file: &str, keep: &dyn Fn(&[String]) -> bool| {
        data.edit_rows(file, |_, rows| rows.retain(|row| keep(row)));
    };
    let mut n = 0;
    data.edit_rows("partnerships.csv", |_, rows| {
        rows.retain(|_| {
            n += 1;
            n % 60 == 0
        });
    });
    let partnerships = data.rows("partnerships.csv");
    let column = |name: &str| -> BTreeSet<String> {
        let cells = partnerships.iter().map(|row| row[name].as_str());
        let items = cells.flat_map(|cell| cell.split(';'));
        items.map(str::to_owned).collect()
    };
    let ids = column("id");
    let mut places = column("us_community_id");
    places.extend(column("partner_community_id"));
    let mut sources = column("sources");
    sources.extend(column("status_sources"));
    // A figure may be from a source of partnerships.
    let figures = data.rows("published_statistics.csv").into_iter();
    sources.extend(figures.map(|row| row["source"].clone()));
    // Every state has its capital.
    keep(&mut data, "cities.csv", &|row| {
        places.contains(&row[0]) || row[9] == "true"
    });
    keep(&mut data, "alternate_names.csv", &|row| {
        places.contains(&row[0])
    });
    keep(&mut data, "sources.csv", &|row| sources.contains(&row[0]));
    for file in data.names() {
        let of_partnerships = ["partnership_notes.csv", "year_conflicts.csv", "claims.csv"];
        if of_partnerships.contains(&file.as_str()) {
            keep(&mut data, &file, &|row| ids.contains(&row[0]));
        }
    }
    data.edit_rows("common_names.csv", |_, rows| rows.truncate(2));
    // Databases from before the history have no rows of these files.
    data.remove("match_model.csv")
        .remove("match_metrics.csv")
        .remove("restrictions.csv");
    data
}

/// The recorded revisions, oldest first.
pub(crate) async fn revisions(db: &DatabaseConnection) -> Vec<revision::Model> {
    let rows = revision::Entity::find().order_by_asc(revision::Column::Id);
    rows.all(db).await.unwrap()
}

/// The recorded changes in their order, each with its revision.
pub(crate) async fn recorded_changes(db: &DatabaseConnection) -> Vec<(String, RowChange)> {
    let rows = row_change::Entity::find().order_by_asc(row_change::Column::Id);
    let to_change = |row: row_change::Model| {
        let change = RowChange {
            kind: ChangeKind::parse(&row.kind).unwrap(),
            entity: ChangeEntity::parse(&row.entity).unwrap(),
            slug: row.slug,
            fields: FieldChange::list_from_json(&row.fields).unwrap(),
        };
        (row.revision, change)
    };
    let rows = rows.all(db).await.unwrap();
    rows.into_iter().map(to_change).collect()
}

/// The number of rows of all files.
fn n_rows(files: &DataFiles) -> usize {
    files
        .values()
        .map(|file| csv::Reader::from_reader(file.as_slice()).records().count())
        .sum()
}
