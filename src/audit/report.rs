//! What became of the identities, for readers: as text, as Markdown and as JSON.

use std::fmt;

use serde_json::{Value, json};

use super::IdentityOutcome;
use crate::vocabulary::{Verdict, Vocabulary};

/// How many identities came to which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditSummary {
    /// All identities.
    pub identities: usize,
    /// Those that hold.
    pub hold: usize,
    /// Those that hold within rounding only.
    pub within_rounding: usize,
    /// Those that no values satisfy.
    pub contradict: usize,
    /// Those that the source leaves open.
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
        write!(
            f,
            "{identities} identities: {hold} hold, {within_rounding} within rounding, \
             {contradict} contradict, {undetermined} undetermined"
        )
    }
}

/// For a terminal: a paragraph per identity, then the summary line.
pub fn text(outcomes: &[IdentityOutcome]) -> String {
    let mut report = String::new();
    for outcome in outcomes {
        let verdict = verdict_label(outcome.verdict);
        report += &format!("{}  {verdict}: {}\n", outcome.slug, outcome.statement);
        report += &format!("     {} | {}\n", outcome.left, outcome.right);
        for (label, remark) in remarks(outcome) {
            report += &format!("     {label}: {remark}\n");
        }
        report += &format!("     figures: {}\n\n", outcome.figures.join(", "));
    }
    report + &format!("{}\n", AuditSummary::from_outcomes(outcomes))
}

/// A table with one row per identity, below the summary line.
pub fn markdown(outcomes: &[IdentityOutcome]) -> String {
    let mut report = format!("{}\n\n", AuditSummary::from_outcomes(outcomes));
    report += "| Identity | Statement | Verdict | Left | Right | Figures |\n";
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
        // A bar, as in P(yes | West), would end the cell.
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        report += &format!("| {} |\n", cells.join(" | "));
    }
    report
}

/// An object with `summary` and `identities`, whose names and values are those of the graph.
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
            "note": outcome.note,
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
        Verdict::Holds => "holds",
        Verdict::HoldsWithinRounding => "holds within rounding",
        Verdict::Contradicts => "CONTRADICTS",
        Verdict::Undetermined => "undetermined",
    }
}

fn remarks(outcome: &IdentityOutcome) -> impl Iterator<Item = (&'static str, &str)> {
    let assumption = outcome.assumption.map(|text| ("assuming", text));
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
            left: "125".to_owned(),
            right: "100".to_owned(),
            note: None,
            figures: vec!["aware-yes-west", "aware-yes-south"],
        }]
    }

    #[test]
    fn text_ends_with_the_summary() {
        let expected = "\
i18  CONTRADICTS: The regions add up to 100.
     125 | 100
     assuming: P(region | yes).
     figures: aware-yes-west, aware-yes-south

1 identities: 0 hold, 0 within rounding, 1 contradict, 0 undetermined
";
        assert_eq!(text(&outcomes()), expected);
    }

    #[test]
    fn markdown_keeps_bars_inside_their_cell() {
        let report = markdown(&outcomes());
        let row = report.lines().last().expect("a row");
        assert!(row.contains(r"P(region \| yes)."), "{row}");
        assert_eq!(row.replace(r"\|", "").matches('|').count(), 7);
    }

    #[test]
    fn json_has_the_names_of_the_graph() {
        let report = json(&outcomes());
        assert_eq!(report["summary"]["contradict"], 1);
        assert_eq!(report["identities"][0]["verdict"], "CONTRADICTS");
        assert_eq!(report["identities"][0]["note"], Value::Null);
    }
}
