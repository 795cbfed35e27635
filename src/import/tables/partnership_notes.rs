//! `partnership_notes.csv` and `year_conflicts.csv`, which go into one table: first the notes of the
//! sources, then the years they disagree on.

use chrono::{Datelike, Utc};

use super::sources::SourceInfo;
use crate::{
    entity::partnership_note,
    import::{
        key_index::{KeyIndex, UniqueKeys},
        row::CsvRow,
        sheets::Sheets,
    },
    vocabulary::{PartnershipNoteKind, Vocabulary},
};

pub(super) fn read(
    sheets: &Sheets,
    partnerships: &KeyIndex<Box<str>>,
    sources: &KeyIndex<SourceInfo>,
) -> impl Iterator<Item = partnership_note::Model> {
    let notes = sheets.rows("partnership_notes.csv").map(|row| {
        let row = &row;
        let kind = row.enum_value::<PartnershipNoteKind>("kind");
        if kind == PartnershipNoteKind::YearConflict.as_str() {
            row.report_problem("kind", "\"YEAR_CONFLICT\" is not allowed in this file; enter SOURCE_NOTE, STATUS_NOTE, or DOUBT, or move the row to year_conflicts.csv");
        }
        let text = row.required("note", "the text of the note").to_owned();
        (read_partnership_id(row, partnerships), kind, text)
    });
    let mut unique_ids = UniqueKeys::new(sheets);
    let conflicts = sheets.rows("year_conflicts.csv").map(move |row| {
        let row = &row;
        let id = read_partnership_id(row, partnerships);
        unique_ids.add(row, "partnership_id", &[&id], "partnership");
        let kind = PartnershipNoteKind::YearConflict.as_str();
        (id, kind, year_conflict_text(row, partnerships, sources))
    });
    let mut next_positions = vec![0; partnerships.len()];
    notes
        .chain(conflicts)
        .map(move |(partnership_id, kind, text)| {
            let partnership = partnerships.get(&partnership_id);
            let next = partnership.and_then(|one| next_positions.get_mut(one.position));
            partnership_note::Model {
                position: next.map_or(0, |next| std::mem::replace(next, *next + 1)),
                partnership_id,
                kind: kind.to_owned(),
                text,
            }
        })
}

fn read_partnership_id(row: &CsvRow<'_>, partnerships: &KeyIndex<Box<str>>) -> String {
    let id = row.required("partnership_id", "an id from partnerships.csv");
    partnerships.check(row, "partnership_id", id);
    id.to_owned()
}

/// Describes the conflict: the years, the sources of each, and the year that is used.
fn year_conflict_text(
    row: &CsvRow<'_>,
    partnerships: &KeyIndex<Box<str>>,
    sources: &KeyIndex<SourceInfo>,
) -> String {
    row.required("year_used", "a year");
    let used = row.year("year_used", Utc::now().year());
    let established = partnerships.get(row.cell("partnership_id"));
    if let Some(established) = established
        && used.is_some()
        && *established.value != *row.cell("year_used")
    {
        row.report_problem(
            "year_used",
            format!(
                "\"{}\" is not the established_year of the partnership; enter \"{}\"",
                row.cell("year_used"),
                established.value
            ),
        );
    }
    let mut years = Vec::new();
    for item in row
        .required("years_by_source", "the years and their sources")
        .split("; ")
        .filter(|item| !item.is_empty())
    {
        let Some((year, names)) = item
            .split_once(": ")
            .filter(|(year, names)| year.parse::<u16>().is_ok() && !names.is_empty())
        else {
            row.report_problem("years_by_source", format!(
                "malformed item \"{item}\"; write years and sources like \"1998: a-source; 2017: b-source, c-source\""
            ));
            continue;
        };
        for name in names.split(", ") {
            sources.check(row, "years_by_source", name);
        }
        years.push(format!("{year} ({names})"));
    }
    format!(
        "sources name different years: {}; {} is used",
        years.join(", "),
        row.cell("year_used")
    )
}
