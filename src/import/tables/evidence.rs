//! What follows from the claims about each partnership, and where `partnerships.csv` says otherwise.

use std::collections::HashMap;

use crate::{
    entity::{claim, partnership},
    import::{problem::Problem, sheets::Sheets},
    stats::claims::{
        ClaimStatement, corroboration, disagreements, established_date, established_year, status,
    },
    vocabulary::{ClaimKind, ClaimSide, Corroboration, Vocabulary},
};

const PARTNERSHIPS: &str = "partnerships.csv";

/// Sets the columns of the partnerships that follow from their claims.
///
/// Returns a notice for each year and status in `partnerships.csv` that the claims contradict. The
/// value in the file stays in use. Without `claims.csv`, sources state no years, and nothing is
/// compared.
pub(super) fn derive(
    sheets: &Sheets,
    claims: &[claim::Model],
    partnerships: &mut [partnership::Model],
) -> Vec<Problem> {
    let mut statements: HashMap<&str, Vec<ClaimStatement<'_>>> = HashMap::new();
    for claim in claims {
        let of_partnership = statements.entry(claim.partnership_id.as_str()).or_default();
        of_partnership.extend(statement(claim));
    }
    let has_file = sheets.contains("claims.csv");
    let mut notices = Vec::new();
    for (row, partnership) in std::iter::zip(sheets.rows(PARTNERSHIPS), partnerships) {
        let claims = statements
            .get(partnership.id.as_str())
            .map_or(&[][..], Vec::as_slice);
        let kinds_and_years: Vec<_> = claims.iter().map(|one| (one.kind, one.year)).collect();
        let year = established_year(claims);
        let (status, ended_year) = status(claims);
        let corroboration = corroboration(claims);
        partnership.corroboration = corroboration.as_str().to_owned();
        partnership.corroborated = corroboration != Corroboration::DerivedOnly;
        partnership.has_disagreement = !disagreements(&kinds_and_years).is_empty();
        partnership.established_date = match partnership.established_year {
            used if used == year => established_date(claims),
            used => used.map(|year| year.to_string()),
        };
        if !has_file {
            continue;
        }
        let text = |year: Option<i32>| year.map(|year| year.to_string()).unwrap_or_default();
        let compared = [
            (
                "established_year",
                text(partnership.established_year),
                text(year),
            ),
            (
                "status",
                partnership.status.clone(),
                status.as_str().to_owned(),
            ),
            ("ended_year", text(partnership.ended_year), text(ended_year)),
        ];
        let contradicted = compared
            .into_iter()
            .filter(|(_, used, derived)| used != derived);
        notices.extend(contradicted.map(|(column, used, derived)| Problem {
            file: PARTNERSHIPS,
            line: row.line,
            column: Some(column.to_owned()),
            message: format!(
                "{} is used, although the claims give {}",
                quote_or_blank(&used),
                quote_or_blank(&derived)
            ),
        }));
    }
    notices
}

/// Returns the statement of a claim; `None` if a value is invalid, which is reported when it is read.
fn statement(claim: &claim::Model) -> Option<ClaimStatement<'_>> {
    Some(ClaimStatement {
        kind: ClaimKind::parse(&claim.kind)?,
        year: claim.year,
        date: claim.date.as_deref(),
        is_reckoned: claim.reckoned,
        side: ClaimSide::parse(&claim.side)?,
    })
}

fn quote_or_blank(cell: &str) -> String {
    match cell {
        "" => "a blank".to_owned(),
        cell => format!("\"{cell}\""),
    }
}
