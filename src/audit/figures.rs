//! The figures that identities are computed from.

use std::collections::HashMap;

use super::Identity;
use crate::stats::quantity::Quantity;
use crate::vocabulary::FigureFlag;

/// What an identity needs to know of a published figure.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureInput {
    /// Its key, by which identities name it.
    pub slug: String,
    /// The number and how the source words it.
    pub quantity: Quantity,
    /// How many respondents the figure is a percentage of, where that is published.
    pub base_n: Option<u32>,
    /// What the source leaves open, or says wrongly.
    pub flags: Vec<FigureFlag>,
}

/// The figures at hand, by slug.
#[derive(Clone, Debug, Default)]
pub struct FiguresBySlug(HashMap<String, FigureInput>);

impl FiguresBySlug {
    /// The figure with this slug.
    pub fn get(&self, slug: &str) -> Option<&FigureInput> {
        self.0.get(slug)
    }

    /// The largest published base, in respondents; `None` where no base is published.
    pub(super) fn largest_base(&self) -> Option<u32> {
        self.0.values().filter_map(|figure| figure.base_n).max()
    }
}

impl FromIterator<FigureInput> for FiguresBySlug {
    /// Of figures with the same slug, the last one counts.
    fn from_iter<I: IntoIterator<Item = FigureInput>>(figures: I) -> Self {
        let by_slug = |figure: FigureInput| (figure.slug.clone(), figure);
        Self(figures.into_iter().map(by_slug).collect())
    }
}

/// The figures of one identity.
pub(super) struct Evidence<'a> {
    /// Those that it names, in its order.
    pub(super) figures: Vec<&'a FigureInput>,
    /// The one that would settle it, where it is at hand.
    pub(super) deciding_figure: Option<&'a FigureInput>,
    /// All that are at hand.
    pub(super) all_figures: &'a FiguresBySlug,
}

impl<'a> Evidence<'a> {
    /// `None` where a figure that the identity names is not at hand.
    pub(super) fn gather(identity: &Identity, all: &'a FiguresBySlug) -> Option<Self> {
        let named = identity.figures.iter().map(|slug| all.get(slug));
        Some(Self {
            figures: named.collect::<Option<_>>()?,
            deciding_figure: identity.deciding_figure.and_then(|slug| all.get(slug)),
            all_figures: all,
        })
    }

    /// The named figures, where there are exactly `N`.
    pub(super) fn as_array<const N: usize>(&self) -> Option<[&'a FigureInput; N]> {
        self.figures.as_slice().try_into().ok()
    }
}
