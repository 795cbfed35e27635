//! The figures that identities are checked with.

use std::collections::HashMap;

use super::Identity;
use crate::stats::quantity::Quantity;
use crate::vocabulary::FigureFlag;

/// The parts of a published figure that checks use.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureInput {
    /// The key that identities refer to.
    pub slug: String,
    /// The number, its unit, and how the source words it.
    pub quantity: Quantity,
    /// The number of respondents that the figure is a percentage of; `None` if not published.
    pub base_n: Option<u32>,
    /// What the source leaves unclear or gets wrong.
    pub flags: Vec<FigureFlag>,
}

/// The loaded figures, by slug.
#[derive(Clone, Debug, Default)]
pub struct FiguresBySlug(HashMap<String, FigureInput>);

impl FiguresBySlug {
    /// Returns the figure with this slug; `None` if it is not loaded.
    pub fn get(&self, slug: &str) -> Option<&FigureInput> {
        self.0.get(slug)
    }

    /// Returns the largest published base, in respondents; `None` if no base is published.
    pub(super) fn largest_base(&self) -> Option<u32> {
        self.0.values().filter_map(|figure| figure.base_n).max()
    }
}

impl FromIterator<FigureInput> for FiguresBySlug {
    /// Collects the figures; of figures with the same slug, only the last is used.
    fn from_iter<I: IntoIterator<Item = FigureInput>>(figures: I) -> Self {
        let by_slug = |figure: FigureInput| (figure.slug.clone(), figure);
        Self(figures.into_iter().map(by_slug).collect())
    }
}

/// The figures that one check uses.
pub(super) struct Evidence<'a> {
    /// The required figures, in the order of the identity.
    pub(super) figures: Vec<&'a FigureInput>,
    /// The figure that would decide the identity, if it is loaded.
    pub(super) deciding_figure: Option<&'a FigureInput>,
    /// All loaded figures.
    pub(super) all_figures: &'a FiguresBySlug,
}

impl<'a> Evidence<'a> {
    /// Collects the figures of the identity; returns `None` if a required one is not loaded.
    pub(super) fn gather(identity: &Identity, all: &'a FiguresBySlug) -> Option<Self> {
        let required = identity.figures.iter().map(|slug| all.get(slug));
        Some(Self {
            figures: required.collect::<Option<_>>()?,
            deciding_figure: identity.deciding_figure.and_then(|slug| all.get(slug)),
            all_figures: all,
        })
    }

    /// Returns the required figures; `None` unless there are exactly `N`.
    pub(super) fn as_array<const N: usize>(&self) -> Option<[&'a FigureInput; N]> {
        self.figures.as_slice().try_into().ok()
    }
}
