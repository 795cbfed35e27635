//! `sources.csv` and `figure_sources.csv`, which go into one table and share one set of ids.

use serde::{Deserialize, Serialize};

use crate::{
    collation::fold,
    entity::source,
    import::{key_index::KeyIndex, row::CsvRow, sheets::Sheets},
};

/// The properties of a source that are used when other rows refer to it.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct SourceInfo {
    pub(super) independent: bool,
}

/// Indexes all sources by id.
pub(super) fn index_by_id(sheets: &Sheets) -> KeyIndex<SourceInfo> {
    let mut sources = KeyIndex::new(
        sheets,
        "source",
        "enter an id from sources.csv or figure_sources.csv",
        sheets.is_complete("sources.csv") && sheets.is_complete("figure_sources.csv"),
    );
    for row in sheets.rows("sources.csv") {
        let independent = row.cell("independent") == "true";
        sources.insert(&row, "id", row.cell("id"), SourceInfo { independent });
    }
    for row in sheets.rows("figure_sources.csv") {
        sources.insert(&row, "id", row.cell("id"), SourceInfo { independent: true });
    }
    sources
}

pub(super) fn read(sheets: &Sheets) -> impl Iterator<Item = source::Model> {
    let partnership_sources = sheets.rows("sources.csv").map(|row| source::Model {
        kind: row.text("kind").map(str::to_owned),
        licence: row.text("licence").map(str::to_owned),
        independent: row.boolean("independent"),
        ..read_source(&row)
    });
    let figure_sources = sheets.rows("figure_sources.csv").map(|row| source::Model {
        note: row.text("note").map(str::to_owned),
        ..read_source(&row)
    });
    partnership_sources.chain(figure_sources)
}

/// Reads the columns that both files share.
fn read_source(row: &CsvRow<'_>) -> source::Model {
    let title = row.required("title", "the title of the source");
    let publisher = row.text("publisher");
    source::Model {
        id: row.slug("id").to_owned(),
        title: title.to_owned(),
        sort_title: fold(title),
        publisher: publisher.map(str::to_owned),
        sort_publisher: publisher.map(fold),
        kind: None,
        url: row.url("url"),
        licence: None,
        as_of: row.text("as_of").map(str::to_owned),
        independent: true,
        note: None,
    }
}
