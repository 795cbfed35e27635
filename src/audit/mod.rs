//! Arithmetic that ties published figures together, and whether it holds.
//!
//! An [`Identity`] is a statement that named figures should satisfy. Nothing of it is stored:
//! [`reconcile`] computes sides and verdict from the figures at hand, each as printed and as the
//! interval that its rounding or wording allows (`crate::stats::quantity`). Sampling error is not
//! considered.
//!
//! To add an identity, add an entry to `IDENTITIES` of the file of its theme; the general forms are
//! in `forms`. An identity is produced only where all figures that it names are at hand, so another
//! data set has the identities that its figures allow, and none that it cannot answer.

mod awareness;
mod benefit;
mod common_checks;
mod countries;
mod estimate;
mod exports;
mod figures;
pub mod report;
mod shares;
mod text;
mod totals;

pub use figures::{FigureInput, FiguresBySlug};

use figures::Evidence;

use crate::vocabulary::Verdict;

/// Every identity, by theme.
const REGISTRY: &[&[Identity]] = &[
    totals::IDENTITIES,
    shares::IDENTITIES,
    countries::IDENTITIES,
    awareness::IDENTITIES,
    benefit::IDENTITIES,
    exports::IDENTITIES,
];

/// A statement that published figures should satisfy, and how to compute whether they do.
#[derive(Debug)]
pub struct Identity {
    /// Stable and readable key.
    pub slug: &'static str,
    /// What should hold, as a sentence.
    pub statement: &'static str,
    /// What has to be assumed for this reading, where the source leaves several open.
    pub assumption: Option<&'static str>,
    /// The figures that it needs, by slug, in the order that `check` takes them in.
    pub figures: &'static [&'static str],
    /// A figure that the source does not print and that would settle it; used where it is at hand.
    pub deciding_figure: Option<&'static str>,
    check: CheckFn,
}

/// Computes sides and verdict; `None` where the figures are not as many as the computation takes.
type CheckFn = fn(&Evidence<'_>) -> Option<Finding>;

/// What a computation comes to.
struct Finding {
    verdict: Verdict,
    left: String,
    right: String,
    note: Option<String>,
}

/// An identity and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityOutcome {
    /// Stable and readable key.
    pub slug: &'static str,
    /// What should hold, as a sentence.
    pub statement: &'static str,
    /// What has to be assumed for this reading, where the source leaves several open.
    pub assumption: Option<&'static str>,
    /// Whether it holds.
    pub verdict: Verdict,
    /// The one side, computed: the value as printed, then in brackets the interval.
    pub left: String,
    /// The other side.
    pub right: String,
    /// What the computation adds, such as by how much the sides differ.
    pub note: Option<String>,
    /// The figures that take part, by slug.
    pub figures: Vec<&'static str>,
}

impl Identity {
    const fn new(
        slug: &'static str,
        statement: &'static str,
        figures: &'static [&'static str],
        check: CheckFn,
    ) -> Self {
        Self {
            slug,
            statement,
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

    const fn with_deciding_figure(mut self, figure: &'static str) -> Self {
        self.deciding_figure = Some(figure);
        self
    }

    /// What becomes of the identity; `None` where a figure that it names is not at hand.
    pub fn reconcile(&self, figures: &FiguresBySlug) -> Option<IdentityOutcome> {
        let evidence = Evidence::gather(self, figures)?;
        let finding = (self.check)(&evidence)?;
        let settling = self
            .deciding_figure
            .filter(|_| evidence.deciding_figure.is_some());
        Some(IdentityOutcome {
            slug: self.slug,
            statement: self.statement,
            assumption: self.assumption,
            verdict: finding.verdict,
            left: finding.left,
            right: finding.right,
            note: finding.note,
            figures: self.figures.iter().copied().chain(settling).collect(),
        })
    }
}

/// Every identity whose figures are at hand, in the order of their slugs.
pub fn reconcile(figures: &FiguresBySlug) -> Vec<IdentityOutcome> {
    let mut outcomes: Vec<_> = identities()
        .filter_map(|identity| identity.reconcile(figures))
        .collect();
    outcomes.sort_unstable_by_key(|outcome| outcome.slug);
    outcomes
}

/// Every identity that is known, by theme.
pub fn identities() -> impl Iterator<Item = &'static Identity> {
    REGISTRY.iter().copied().flatten()
}

/// The identities that the figure `slug` takes part in, by theme.
pub fn identities_using(slug: &str) -> impl Iterator<Item = &'static Identity> {
    identities().filter(move |identity| {
        identity.figures.contains(&slug) || identity.deciding_figure == Some(slug)
    })
}

#[cfg(test)]
mod tests;
