//! What follows from the claims about each partnership, and where `partnerships.csv` says otherwise.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::claims::CLAIMS;
use crate::{
    entity::{claim, partnership},
    import::{
        key_index::{KEY_SEPARATOR, KeyIndex},
        large_map::LargeMap,
        problem::{Dependency, Problem},
        sheets::Sheets,
    },
    stats::claims::{
        ClaimStatement, corroboration, disagreements, established_date, established_year, status,
    },
    vocabulary::{ClaimKind, ClaimSide, Corroboration, PartnershipStatus, Vocabulary},
};

/// What the claims about a partnership say.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct PartnershipEvidence {
    established_year: Option<i32>,
    established_date: Option<Box<str>>,
    #[serde(with = "spelling")]
    status: PartnershipStatus,
    ended_year: Option<i32>,
    #[serde(with = "spelling")]
    corroboration: Corroboration,
    has_disagreement: bool,
    /// The sources that record the partnership, with the lines of their claims.
    recorded: Vec<(Box<str>, u64)>,
}

/// The values of a claim that are not in its key.
#[derive(Debug, Deserialize, Serialize)]
struct StoredClaim {
    line: u64,
    year: Option<i32>,
    date: Option<Box<str>>,
    is_reckoned: bool,
    side: Box<str>,
}

/// A claim with the rest of its key.
struct KeyedClaim {
    source_id: String,
    kind: String,
    claim: Arc<StoredClaim>,
}

/// Returns what the claims say about each partnership, by its id, and reports those that are duplicates or contradict each other.
pub(super) fn derive(
    sheets: &Sheets,
    claims: impl Iterator<Item = (u64, claim::Model)>,
    partnerships: &KeyIndex<Box<str>>,
) -> LargeMap<PartnershipEvidence> {
    let mut stored = sheets.large_map();
    for (line, claim) in claims {
        // Claims are usually in the order of partnerships.csv, so keys with its position are added in order, which is fast.
        let partnership = partnerships.get(&claim.partnership_id);
        let position = partnership.map_or(usize::MAX, |partnership| partnership.position);
        let position = format!("{position:020}");
        let key = [
            &position,
            &claim.partnership_id,
            &claim.source_id,
            &claim.kind,
        ];
        let key = key.map(String::as_str).join(KEY_SEPARATOR);
        let stored_claim = StoredClaim {
            line,
            year: claim.year,
            date: claim.date.map(String::into_boxed_str),
            is_reckoned: claim.reckoned,
            side: claim.side.into_boxed_str(),
        };
        if let Some(first) = stored.insert(key.as_bytes(), stored_claim)
            && sheets.contains(CLAIMS)
        {
            let message = format!(
                "duplicate claim (first in {CLAIMS}:{}); remove one",
                first.line
            );
            sheets.report_row_problem(CLAIMS, line, "kind", message);
        }
    }
    let mut evidence = sheets.large_map();
    let mut claims = stored
        .iter()
        .filter_map(|(key, claim)| {
            let key = String::from_utf8(key).ok()?;
            let mut cells = key.split(KEY_SEPARATOR).skip(1).map(str::to_owned);
            let partnership_id = cells.next()?;
            let (source_id, kind) = (cells.next()?, cells.next()?);
            Some((
                partnership_id,
                KeyedClaim {
                    source_id,
                    kind,
                    claim,
                },
            ))
        })
        .peekable();
    while let Some((partnership_id, first)) = claims.next() {
        let mut same = vec![first];
        while let Some((_, other)) = claims.next_if(|(id, _)| *id == partnership_id) {
            same.push(other);
        }
        check_sides(sheets, &same);
        evidence.insert(
            partnership_id.as_bytes(),
            PartnershipEvidence::from_claims(&same),
        );
    }
    evidence
}

/// Checks that all claims of a source about a partnership have the same side. The claims are in the order of their sources.
fn check_sides(sheets: &Sheets, claims: &[KeyedClaim]) {
    for claims in claims.chunk_by(|one, other| one.source_id == other.source_id) {
        let claims = claims.iter().map(|keyed| &*keyed.claim);
        let Some(first) = claims.clone().min_by_key(|claim| claim.line) else {
            continue;
        };
        for StoredClaim { line, side, .. } in claims {
            if *side != first.side && !side.is_empty() && !first.side.is_empty() {
                let message = format!(
                    "\"{side}\" is not the side of the same source in {CLAIMS}:{}, \"{}\"; enter the same side in both rows",
                    first.line, first.side
                );
                sheets.report_row_problem(CLAIMS, *line, "side", message);
            }
        }
    }
}

/// Checks that exactly the sources of each partnership record it.
pub(super) fn check_sources(sheets: &Sheets, evidence: &LargeMap<PartnershipEvidence>) {
    if !sheets.is_complete(CLAIMS) || !sheets.is_complete("partnerships.csv") {
        return;
    }
    for row in sheets.rows("partnerships.csv") {
        let evidence = evidence.get(row.cell("id").as_bytes());
        let recorded = evidence
            .as_ref()
            .map_or(&[][..], |evidence| &evidence.recorded);
        let listed = row.list("sources");
        for source_id in &listed {
            if !recorded
                .iter()
                .any(|(recorded, _)| **recorded == **source_id)
            {
                let keys = Dependency::columns(CLAIMS, &["partnership_id", "source_id", "kind"]);
                row.report_follow_up("sources", keys, format!(
                    "\"{source_id}\" has no RECORDED claim about this partnership in {CLAIMS}; add one, or remove the source"
                ));
            }
        }
        for (source_id, line) in recorded {
            if !listed.contains(&&**source_id) {
                let keys = Dependency::columns("partnerships.csv", &["id", "sources"]);
                sheets.report_row_follow_up(CLAIMS, *line, "source_id", keys, format!(
                    "\"{source_id}\" is not one of the sources of the partnership in partnerships.csv; add it there, or remove the claim"
                ));
            }
        }
    }
}

impl Default for PartnershipEvidence {
    /// The evidence of a partnership without claims.
    fn default() -> Self {
        Self::from_claims(&[])
    }
}

impl PartnershipEvidence {
    fn from_claims(claims: &[KeyedClaim]) -> Self {
        // A value that is invalid was reported when the claim was read.
        let statements = claims.iter().filter_map(|KeyedClaim { kind, claim, .. }| {
            Some(ClaimStatement {
                kind: ClaimKind::parse(kind)?,
                year: claim.year,
                date: claim.date.as_deref(),
                is_reckoned: claim.is_reckoned,
                side: ClaimSide::parse(&claim.side)?,
            })
        });
        let statements: Vec<_> = statements.collect();
        let kinds_and_years: Vec<_> = statements.iter().map(|one| (one.kind, one.year)).collect();
        let (status, ended_year) = status(&statements);
        let records = claims
            .iter()
            .filter(|keyed| keyed.kind == ClaimKind::Recorded.as_str());
        Self {
            established_year: established_year(&statements),
            established_date: established_date(&statements).map(String::into_boxed_str),
            status,
            ended_year,
            corroboration: corroboration(&statements),
            has_disagreement: !disagreements(&kinds_and_years).is_empty(),
            recorded: records
                .map(|keyed| (keyed.source_id.as_str().into(), keyed.claim.line))
                .collect(),
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

/// Stores a value of an enum by its spelling.
mod spelling {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::vocabulary::Vocabulary;

    pub(super) fn serialize<V: Vocabulary, S: Serializer>(
        value: &V,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value.as_str())
    }

    pub(super) fn deserialize<'de, V: Vocabulary, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<V, D::Error> {
        let text = String::deserialize(deserializer)?;
        V::parse(&text).ok_or_else(|| D::Error::custom(text))
    }
}
