//! What follows from the claims about each partnership, and where `partnerships.csv` says otherwise.

use crate::{
    entity::{claim, partnership},
    import::{key_index::KeyIndex, problem::Problem},
    stats::claims::{
        ClaimStatement, corroboration, disagreements, established_date, established_year, status,
    },
    vocabulary::{ClaimKind, ClaimSide, Corroboration, PartnershipStatus, Vocabulary},
};

/// What the claims about a partnership say.
#[derive(Debug)]
pub(super) struct PartnershipEvidence {
    established_year: Option<i32>,
    established_date: Option<Box<str>>,
    status: PartnershipStatus,
    ended_year: Option<i32>,
    corroboration: Corroboration,
    has_disagreement: bool,
}

/// The statement of a claim about the partnership with an index.
struct IndexedStatement {
    partnership: usize,
    kind: ClaimKind,
    year: Option<i32>,
    date: Option<Box<str>>,
    is_reckoned: bool,
    side: ClaimSide,
}

/// Returns what the claims say about each partnership, in the order of the index.
pub(super) fn derive(
    claims: impl Iterator<Item = claim::Model>,
    partnerships: &KeyIndex<Box<str>>,
) -> Vec<PartnershipEvidence> {
    // A value that is invalid is reported when the claim is read.
    let statements = claims.filter_map(|claim| {
        Some(IndexedStatement {
            partnership: partnerships.position(&claim.partnership_id)?,
            kind: ClaimKind::parse(&claim.kind)?,
            year: claim.year,
            date: claim.date.map(String::into_boxed_str),
            is_reckoned: claim.reckoned,
            side: ClaimSide::parse(&claim.side)?,
        })
    });
    let mut statements: Vec<_> = statements.collect();
    statements.sort_by_key(|statement| statement.partnership);
    let mut rest = statements.as_slice();
    let evidence = (0..partnerships.len()).map(|partnership| {
        let n = rest.partition_point(|statement| statement.partnership == partnership);
        let (claims, others) = rest.split_at(n);
        rest = others;
        let claims = claims.iter().map(|claim| ClaimStatement {
            kind: claim.kind,
            year: claim.year,
            date: claim.date.as_deref(),
            is_reckoned: claim.is_reckoned,
            side: claim.side,
        });
        PartnershipEvidence::from_claims(&claims.collect::<Vec<_>>())
    });
    evidence.collect()
}

impl PartnershipEvidence {
    fn from_claims(claims: &[ClaimStatement<'_>]) -> Self {
        let kinds_and_years: Vec<_> = claims.iter().map(|one| (one.kind, one.year)).collect();
        let (status, ended_year) = status(claims);
        Self {
            established_year: established_year(claims),
            established_date: established_date(claims).map(String::into_boxed_str),
            status,
            ended_year,
            corroboration: corroboration(claims),
            has_disagreement: !disagreements(&kinds_and_years).is_empty(),
        }
    }

    /// Sets the columns of the partnership that follow from its claims.
    pub(super) fn apply(&self, partnership: &mut partnership::Model) {
        partnership.corroboration = self.corroboration.as_str().to_owned();
        partnership.corroborated = self.corroboration != Corroboration::DerivedOnly;
        partnership.has_disagreement = self.has_disagreement;
        partnership.established_date = match partnership.established_year {
            used if used == self.established_year => {
                self.established_date.as_deref().map(str::to_owned)
            }
            used => used.map(|year| year.to_string()),
        };
    }

    /// Returns a notice for each year and status in `partnerships.csv` that the claims contradict. The
    /// value in the file stays in use.
    pub(super) fn notices(&self, partnership: &partnership::Model, line: u64) -> Vec<Problem> {
        let text = |year: Option<i32>| year.map(|year| year.to_string()).unwrap_or_default();
        let compared = [
            (
                "established_year",
                text(partnership.established_year),
                text(self.established_year),
            ),
            (
                "status",
                partnership.status.clone(),
                self.status.as_str().to_owned(),
            ),
            (
                "ended_year",
                text(partnership.ended_year),
                text(self.ended_year),
            ),
        ];
        let contradicted = compared
            .into_iter()
            .filter(|(_, used, derived)| used != derived);
        let notices = contradicted.map(|(column, used, derived)| Problem {
            file: "partnerships.csv",
            line,
            column: Some(column.to_owned()),
            message: format!(
                "{} is used, although the claims give {}",
                quote_or_blank(&used),
                quote_or_blank(&derived)
            ),
        });
        notices.collect()
    }
}

fn quote_or_blank(cell: &str) -> String {
    match cell {
        "" => "a blank".to_owned(),
        cell => format!("\"{cell}\""),
    }
}
