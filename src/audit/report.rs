//! The audit report as text, Markdown, and JSON.

use std::fmt;

use serde_json::{Value, json};

use super::IdentityOutcome;
use crate::vocabulary::{Verdict, Vocabulary};

/// The number of identities with each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditSummary {
    /// The number of all identities.
    pub identities: usize,
    /// The number with the verdict `HOLDS`.
    pub hold: usize,
    /// The number with the verdict `HOLDS_WITHIN_ROUNDING`.
    pub within_rounding: usize,
    /// The number with the verdict `CONTRADICTS`.
    pub contradict: usize,
    /// The number with the verdict `UNDETERMINED`.
    pub undetermined: usize,
}

impl AuditSummary {
    /// Counts the verdicts.
    pub fn from_outcomes(outcomes: &[IdentityOutcome]) -> Self {
        let mut summary = Self {
            identities: outcomes.len(),
            ..Self::default()
        };
        for outcome in outcomes {
            *match outcome.verdict {
                Verdict::Holds => &mut summary.hold,
                Verdict::HoldsWithinRounding => &mut summary.within_rounding,
                Verdict::Contradicts => &mut summary.contradict,
                Verdict::Undetermined => &mut summary.undetermined,
            } += 1;
        }
        summary
    }
}

impl fmt::Display for AuditSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            identities,
            hold,
            within_rounding,
            contradict,
            undetermined,
        } = self;
        let noun = match identities {
            1 => "identity",
            _ => "identities",
        };
        write!(
            f,
            "{identities} {noun}: {hold} satisfied, {within_rounding} satisfied within rounding, \
             {contradict} contradicted, {undetermined} undetermined"
        )
    }
}

/// Formats the report for a terminal: a paragraph per identity, then the summary line.
pub fn text(outcomes: &[IdentityOutcome]) -> String {
    let mut report = String::new();
    for outcome in outcomes {
        let verdict = verdict_label(outcome.verdict);
        report += &format!("{}  {verdict}: {}\n", outcome.slug, outcome.statement);
        report += &format!("     value: {}\n", outcome.left);
        report += &format!("     compared with: {}\n", outcome.right);
        for (label, remark) in remarks(outcome) {
            report += &format!("     {label}: {remark}\n");
        }
        report += &format!("     figures: {}\n\n", outcome.figures.join(", "));
    }
    report + &format!("{}\n", AuditSummary::from_outcomes(outcomes))
}

/// Formats the report as Markdown: the summary line, then a table with one row per identity.
pub fn markdown(outcomes: &[IdentityOutcome]) -> String {
    let mut report = format!("{}\n\n", AuditSummary::from_outcomes(outcomes));
    report += "| Identity | Statement | Verdict | Value | Compared with | Figures |\n";
    report += "|---|---|---|---|---|---|\n";
    for outcome in outcomes {
        let mut statement = outcome.statement.to_owned();
        for (label, remark) in remarks(outcome) {
            statement += &format!("<br>*{label}:* {remark}");
        }
        let figures = outcome.figures.iter().map(|slug| format!("`{slug}`"));
        let cells = [
            outcome.slug.to_owned(),
            statement,
            verdict_label(outcome.verdict).to_owned(),
            outcome.left.clone(),
            outcome.right.clone(),
            figures.collect::<Vec<_>>().join(" "),
        ];
        // A vertical bar, as in P(yes | West), would end the cell.
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        report += &format!("| {} |\n", cells.join(" | "));
    }
    report
}

/// Returns the report as an object with `summary` and `identities`, with the names and values of the
/// GraphQL API.
pub fn json(outcomes: &[IdentityOutcome]) -> Value {
    let summary = AuditSummary::from_outcomes(outcomes);
    let identity = |outcome: &IdentityOutcome| {
        json!({
            "slug": outcome.slug,
            "statement": outcome.statement,
            "verdict": outcome.verdict.as_str(),
            "assumption": outcome.assumption,
            "left": outcome.left,
            "right": outcome.right,
            "unit": outcome.unit,
            "note": outcome.note,
            "finding": outcome.finding,
            "figures": outcome.figures,
        })
    };
    json!({
        "summary": {
            "identities": summary.identities,
            "hold": summary.hold,
            "withinRounding": summary.within_rounding,
            "contradict": summary.contradict,
            "undetermined": summary.undetermined,
        },
        "identities": outcomes.iter().map(identity).collect::<Vec<_>>(),
    })
}

fn verdict_label(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "satisfied",
        Verdict::HoldsWithinRounding => "satisfied within rounding",
        Verdict::Contradicts => "CONTRADICTED",
        Verdict::Undetermined => "undetermined",
    }
}

fn remarks(outcome: &IdentityOutcome) -> impl Iterator<Item = (&'static str, &str)> {
    let assumption = outcome.assumption.map(|text| ("assumption", text));
    let note = outcome.note.as_deref().map(|text| ("note", text));
    assumption.into_iter().chain(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes() -> Vec<IdentityOutcome> {
        vec![IdentityOutcome {
            slug: "i18",
            statement: "The regions add up to 100.",
            assumption: Some("P(region | yes)."),
            verdict: Verdict::Contradicts,
            left: "125 percent".to_owned(),
            right: "100 percent".to_owned(),
            unit: None,
            note: None,
            finding: "The regions add up to 125 percent, but 100 percent are possible.".to_owned(),
            figures: vec!["aware-yes-west", "aware-yes-south"],
        }]
    }

    #[test]
    fn text_ends_with_the_summary() {
        let expected = "\
i18  CONTRADICTED: The regions add up to 100.
     value: 125 percent
     compared with: 100 percent
     assumption: P(region | yes).
     figures: aware-yes-west, aware-yes-south

1 identity: 0 satisfied, 0 satisfied within rounding, 1 contradicted, 0 undetermined
";
        assert_eq!(text(&outcomes()), expected);
    }

    #[test]
    fn markdown_escapes_vertical_bars() {
        let report = markdown(&outcomes());
        let row = report.lines().last().expect("a row");
        assert!(row.contains(r"P(region \| yes)."), "{row}");
        assert_eq!(row.replace(r"\|", "").matches('|').count(), 7);
    }

    #[test]
    fn json_uses_the_names_of_the_api() {
        let report = json(&outcomes());
        assert_eq!(report["summary"]["contradict"], 1);
        assert_eq!(report["identities"][0]["verdict"], "CONTRADICTS");
        assert_eq!(report["identities"][0]["note"], Value::Null);
    }
}
