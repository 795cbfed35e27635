//! `claims.csv`: what each source says about a partnership. The file may be missing.

use chrono::{Datelike, Utc};

use super::sources::SourceInfo;
use crate::{
    entity::claim,
    import::{key_index::KeyIndex, problem::Dependency, row::CsvRow, sheets::Sheets},
    vocabulary::{ClaimKind, ClaimSide, Vocabulary},
};

pub(super) const CLAIMS: &str = "claims.csv";

/// Reads the claims with their lines; without the file, each source that records a partnership makes one.
pub(super) fn read<'a>(
    sheets: &'a Sheets,
    partnerships: &'a KeyIndex<Box<str>>,
    sources: &'a KeyIndex<SourceInfo>,
) -> Box<dyn Iterator<Item = (u64, claim::Model)> + Send + 'a> {
    if !sheets.contains(CLAIMS) {
        return Box::new(record_claims(sheets, sources));
    }
    Box::new(sheets.rows(CLAIMS).map(move |row| {
        let line = row.line;
        let row = &row;
        let partnership_id = row.required("partnership_id", "an id from partnerships.csv");
        let source_id = row.required("source_id", "an id from sources.csv");
        let kind = row.enum_value::<ClaimKind>("kind");
        let side = row.enum_value::<ClaimSide>("side");
        if !row.is_checked() {
            partnerships.check(row, "partnership_id", partnership_id);
            let source = sources.resolve(row, "source_id", source_id);
            check_side(row, side, source.as_deref().map(|source| &source.value));
        }
        let year = read_year(row, kind);
        let claim = claim::Model {
            partnership_id: partnership_id.to_owned(),
            source_id: source_id.to_owned(),
            kind: kind.to_owned(),
            year,
            date: read_date(row, year),
            reckoned: read_reckoned(row),
            side: side.to_owned(),
            note: row.text("note").map(str::to_owned),
        };
        (line, claim)
    }))
}

/// Returns a claim for every source that records a partnership.
fn record_claims(
    sheets: &Sheets,
    sources: &KeyIndex<SourceInfo>,
) -> impl Iterator<Item = (u64, claim::Model)> {
    sheets.rows("partnerships.csv").flat_map(|row| {
        let claims = row.list("sources").into_iter().map(|source_id| {
            let is_independent = sources
                .get(source_id)
                .is_some_and(|source| source.value.independent);
            let side = match is_independent {
                true => ClaimSide::Third,
                false => ClaimSide::Derived,
            };
            let claim = claim::Model {
                partnership_id: row.cell("id").to_owned(),
                source_id: source_id.to_owned(),
                kind: ClaimKind::Recorded.as_str().to_owned(),
                year: None,
                date: None,
                reckoned: false,
                side: side.as_str().to_owned(),
                note: None,
            };
            (row.line, claim)
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
