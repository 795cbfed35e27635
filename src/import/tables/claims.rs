//! `claims.csv`: what each source says about a partnership. The file may be missing.

use std::collections::{HashMap, HashSet};

use chrono::{Datelike, Utc};

use super::sources::SourceInfo;
use crate::{
    entity::claim,
    import::{
        key_index::{KeyHash, KeyHasher, KeyIndex, UniqueKeys},
        problem::Dependency,
        row::CsvRow,
        sheets::Sheets,
    },
    vocabulary::{ClaimKind, ClaimSide, Vocabulary},
};

const CLAIMS: &str = "claims.csv";

/// Reads the claims; without the file, each source that records a partnership makes one.
pub(super) fn read<'a>(
    sheets: &'a Sheets,
    partnerships: &'a KeyIndex<Box<str>>,
    sources: &'a KeyIndex<SourceInfo>,
) -> Box<dyn Iterator<Item = claim::Model> + Send + 'a> {
    if !sheets.contains(CLAIMS) {
        return Box::new(record_claims(sheets, sources));
    }
    let mut keys = UniqueKeys::default();
    let hasher = KeyHasher::default();
    let mut sides: HashMap<KeyHash, (u64, &str)> = HashMap::new();
    Box::new(sheets.rows(CLAIMS).map(move |row| {
        let row = &row;
        let partnership_id = row.required("partnership_id", "an id from partnerships.csv");
        partnerships.resolve(row, "partnership_id", partnership_id);
        let source_id = row.required("source_id", "an id from sources.csv");
        let source = sources.resolve(row, "source_id", source_id);
        let kind = row.enum_value::<ClaimKind>("kind");
        keys.add(row, "kind", (partnership_id, source_id, kind), "claim");
        let side = row.enum_value::<ClaimSide>("side");
        check_side(row, side, source);
        let (first_line, first_side) = match row.is_checked() {
            true => (row.line, side),
            false => *sides
                .entry(hasher.hash((partnership_id, source_id)))
                .or_insert((row.line, side)),
        };
        if side != first_side && !side.is_empty() && !first_side.is_empty() {
            row.report_problem("side", format!(
                "\"{side}\" is not the side of the same source in {CLAIMS}:{first_line}, \"{first_side}\"; enter the same side in both rows"
            ));
        }
        let year = read_year(row, kind);
        claim::Model {
            partnership_id: partnership_id.to_owned(),
            source_id: source_id.to_owned(),
            kind: kind.to_owned(),
            year,
            date: read_date(row, year),
            reckoned: read_reckoned(row),
            side: side.to_owned(),
            note: row.text("note").map(str::to_owned),
        }
    }))
}

/// Returns a claim for every source that records a partnership.
fn record_claims(
    sheets: &Sheets,
    sources: &KeyIndex<SourceInfo>,
) -> impl Iterator<Item = claim::Model> {
    sheets.rows("partnerships.csv").flat_map(|row| {
        let claims = row.list("sources").into_iter().map(|source_id| {
            let is_independent = sources.get(source_id).is_some_and(|one| one.independent);
            let side = match is_independent {
                true => ClaimSide::Third,
                false => ClaimSide::Derived,
            };
            claim::Model {
                partnership_id: row.cell("id").to_owned(),
                source_id: source_id.to_owned(),
                kind: ClaimKind::Recorded.as_str().to_owned(),
                year: None,
                date: None,
                reckoned: false,
                side: side.as_str().to_owned(),
                note: None,
            }
        });
        claims.collect::<Vec<_>>()
    })
}

/// Checks that the side is `DERIVED` for sources that are not independent, and only for those.
fn check_side(row: &CsvRow<'_>, side: &str, source: Option<&SourceInfo>) {
    let is_derived = side == ClaimSide::Derived.as_str();
    if let Some(source) = source
        && !side.is_empty()
        && source.independent == is_derived
    {
        let (is_independent, expected) = match source.independent {
            true => ("is independent", "US, PARTNER, or THIRD"),
            false => ("is not independent", "DERIVED"),
        };
        row.report_follow_up(
            "side",
            Dependency::columns("sources.csv", &["independent"]),
            format!(
                "\"{side}\" does not match the source \"{}\", which {is_independent}; enter {expected}",
                row.cell("source_id")
            ),
        );
    }
}

fn read_year(row: &CsvRow<'_>, kind: &str) -> Option<i32> {
    if kind == ClaimKind::Established.as_str() {
        row.required(
            "year",
            "the year of the agreement, or enter the kind RECORDED",
        );
    }
    let year = row.year("year", Utc::now().year());
    if let Some(year) = year
        && kind == ClaimKind::Recorded.as_str()
    {
        row.report_problem(
            "year",
            format!("\"{year}\" does not match the kind RECORDED; leave it blank, or enter the kind ESTABLISHED"),
        );
    }
    year
}

/// Reads the date, which is the year if it is blank.
fn read_date(row: &CsvRow<'_>, year: Option<i32>) -> Option<String> {
    let Some(date) = row.text("date") else {
        return year.map(|year| year.to_string());
    };
    if row.partial_date("date").is_none() {
        // The problem has been reported.
    } else if row.cell("year").is_empty() {
        let year = &date[..4];
        row.report_problem("year", format!("blank, but date is not; enter \"{year}\""));
    } else if date[..4] != *row.cell("year") {
        row.report_problem(
            "date",
            format!(
                "\"{date}\" is not in the year {}; enter the year of the date in both columns",
                row.cell("year")
            ),
        );
    }
    Some(date.to_owned())
}

fn read_reckoned(row: &CsvRow<'_>) -> bool {
    let reckoned = row.boolean("reckoned");
    if reckoned && row.cell("year").is_empty() {
        row.report_problem(
            "reckoned",
            "\"true\", but the year is blank; enter the year, or false",
        );
    }
    reckoned
}

/// Checks that exactly the sources of each partnership record it.
pub(super) fn check_sources(sheets: &Sheets) {
    if !sheets.is_complete(CLAIMS) || !sheets.is_complete("partnerships.csv") {
        return;
    }
    let hasher = KeyHasher::default();
    let records = || {
        let rows = sheets.rows(CLAIMS);
        rows.filter(|row| row.cell("kind") == ClaimKind::Recorded.as_str())
    };
    let key = |row: &CsvRow<'_>| hasher.hash((row.cell("partnership_id"), row.cell("source_id")));
    let recorded: HashSet<KeyHash> = records().map(|row| key(&row)).collect();
    let mut listed = HashSet::new();
    for row in sheets.rows("partnerships.csv") {
        for source_id in row.list("sources") {
            let key = hasher.hash((row.cell("id"), source_id));
            listed.insert(key);
            if !recorded.contains(&key) {
                let keys = Dependency::columns(CLAIMS, &["partnership_id", "source_id", "kind"]);
                row.report_follow_up("sources", keys, format!(
                    "\"{source_id}\" has no RECORDED claim about this partnership in {CLAIMS}; add one, or remove the source"
                ));
            }
        }
    }
    for row in records().filter(|row| !listed.contains(&key(row))) {
        let source_id = row.cell("source_id");
        let keys = Dependency::columns("partnerships.csv", &["id", "sources"]);
        row.report_follow_up("source_id", keys, format!(
            "\"{source_id}\" is not one of the sources of the partnership in partnerships.csv; add it there, or remove the claim"
        ));
    }
}
