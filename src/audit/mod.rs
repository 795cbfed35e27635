//! Checks of the published figures against each other.
//!
//! An [`Identity`] is a statement that certain figures should satisfy. The database stores no
//! results: [`reconcile`] computes both sides and the verdict from the loaded figures, using each
//! figure as published and the interval that its rounding or wording allows
//! (`crate::stats::quantity`). Sampling error is ignored here.
//!
//! To add an identity, add an entry to `IDENTITIES` in the file of its theme; `common_checks` has
//! the checks that several identities share. An identity is skipped if one of its figures is not
//! loaded, so each dataset gets the identities that its figures allow.

mod awareness;
mod benefit;
mod common_checks;
mod countries;
mod estimate;
mod exports;
mod figures;
mod other_years;
pub mod report;
mod shares;
mod surveys;
mod text;
mod totals;

pub use figures::{FigureInput, FiguresBySlug};

use figures::Evidence;

use crate::vocabulary::Verdict;

/// All identities, grouped by theme.
const REGISTRY: &[&[Identity]] = &[
    totals::IDENTITIES,
    shares::IDENTITIES,
    countries::IDENTITIES,
    awareness::IDENTITIES,
    benefit::IDENTITIES,
    exports::IDENTITIES,
    surveys::IDENTITIES,
    other_years::IDENTITIES,
];

/// A statement that published figures should satisfy, with the check that computes whether they do.
#[derive(Debug)]
pub struct Identity {
    /// A stable key, such as `i02`.
    pub slug: &'static str,
    /// The statement, as a sentence.
    pub statement: &'static str,
    /// The words before the left and before the right side in a sentence.
    side_words: [&'static str; 2],
    unit: SideUnit,
    /// The reading of the source that is checked; `None` if the source allows only one.
    pub assumption: Option<&'static str>,
    /// The slugs of the required figures, in the order that `check` expects.
    pub figures: &'static [&'static str],
    /// The slug of a figure that the article does not print but that would decide an undetermined
    /// identity; used if it is loaded.
    pub deciding_figure: Option<&'static str>,
    check: CheckFn,
}

/// The unit of both sides.
#[derive(Debug)]
enum SideUnit {
    OfLastFigure,
    Other(&'static str),
    /// A side is not a number, or names the unit itself.
    None,
}

/// Computes the sides and the verdict; returns `None` if the number of figures is wrong.
type CheckFn = fn(&Evidence<'_>) -> Option<Finding>;

/// The result of a check.
struct Finding {
    verdict: Verdict,
    left: String,
    right: String,
    note: Option<String>,
}

/// An identity with the result of its check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityOutcome {
    /// A stable key, such as `i02`.
    pub slug: &'static str,
    /// The statement, as a sentence.
    pub statement: &'static str,
    /// The reading of the source that is checked; `None` if the source allows only one.
    pub assumption: Option<&'static str>,
    /// Whether the figures satisfy the statement.
    pub verdict: Verdict,
    /// The value that is checked, with its unit: as computed from the published values, then in
    /// parentheses the interval that rounding and wording allow.
    pub left: String,
    /// The value that `left` is compared with, in the same format.
    pub right: String,
    /// The unit of both sides; `None` if a side is not a number or names the unit itself.
    pub unit: Option<String>,
    /// An explanation of the result, such as the difference between the sides.
    pub note: Option<String>,
    /// What the check found, as a sentence with both sides and the explanation.
    pub finding: String,
    /// The slugs of the figures used.
    pub figures: Vec<&'static str>,
}

impl Identity {
    const fn new(
        slug: &'static str,
        statement: &'static str,
        side_words: [&'static str; 2],
        figures: &'static [&'static str],
        check: CheckFn,
    ) -> Self {
        Self {
            slug,
            statement,
            side_words,
            unit: SideUnit::OfLastFigure,
            assumption: None,
            figures,
            deciding_figure: None,
            check,
        }
    }

    const fn assuming(mut self, assumption: &'static str) -> Self {
        self.assumption = Some(assumption);
        self
    }

    const fn in_unit(mut self, unit: &'static str) -> Self {
        self.unit = SideUnit::Other(unit);
        self
    }

    const fn without_unit(mut self) -> Self {
        self.unit = SideUnit::None;
        self
    }

    const fn with_deciding_figure(mut self, figure: &'static str) -> Self {
        self.deciding_figure = Some(figure);
        self
    }

    /// Checks the identity; returns `None` if one of its figures is not in `figures`.
    pub fn reconcile(&self, figures: &FiguresBySlug) -> Option<IdentityOutcome> {
        let evidence = Evidence::gather(self, figures)?;
        let finding = (self.check)(&evidence)?;
        let unit = match self.unit {
            SideUnit::OfLastFigure => evidence.figures.last().map(|last| &*last.quantity.unit),
            SideUnit::Other(unit) => Some(unit),
            SideUnit::None => None,
        };
        let deciding_figure = self
            .deciding_figure
            .filter(|_| evidence.deciding_figure.is_some());
        Some(IdentityOutcome {
            slug: self.slug,
            statement: self.statement,
            assumption: self.assumption,
            verdict: finding.verdict,
            unit: unit.map(str::to_owned),
            finding: text::finding_sentence(self.side_words, unit, &finding),
            left: finding.left,
            right: finding.right,
            note: finding.note,
            figures: self
                .figures
                .iter()
                .copied()
                .chain(deciding_figure)
                .collect(),
        })
    }
}

/// Checks every identity whose figures are all in `figures`; the outcomes are sorted by slug.
pub fn reconcile(figures: &FiguresBySlug) -> Vec<IdentityOutcome> {
    let mut outcomes: Vec<_> = identities()
        .filter_map(|identity| identity.reconcile(figures))
        .collect();
    outcomes.sort_unstable_by_key(|outcome| outcome.slug);
    outcomes
}

/// Returns all identities, grouped by theme.
pub fn identities() -> impl Iterator<Item = &'static Identity> {
    REGISTRY.iter().copied().flatten()
}

/// Returns the identities that use the figure with this slug, grouped by theme.
pub fn identities_using(slug: &str) -> impl Iterator<Item = &'static Identity> {
    identities().filter(move |identity| {
        identity.figures.contains(&slug) || identity.deciding_figure == Some(slug)
    })
}

#[cfg(test)]
mod tests;
