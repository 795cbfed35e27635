//! Counts of partnerships by group, as `concentration` counts them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{Community, CommunityCategory, NetworkData};
use crate::{
    stats::concentration::GiniCounts,
    vocabulary::{ConcentrationDimension, Vocabulary},
};

/// The number of partnerships in each group of a dimension, including those that have none.
#[derive(Clone, Debug)]
pub struct GroupCounts {
    /// The counts by the id of the group.
    pub counts: BTreeMap<Arc<str>, u64>,
    gini: GiniCounts,
}

impl GroupCounts {
    fn new(counts: BTreeMap<Arc<str>, u64>) -> Self {
        let gini = GiniCounts::new(counts.values().copied().collect());
        Self { counts, gini }
    }

    /// Returns the change of the Gini coefficient if the group gets one more partnership; `None` if there is
    /// no such group or no partnership.
    pub fn gini_change(&self, group: &str) -> Option<f64> {
        self.gini.change(*self.counts.get(group)?)
    }
}

/// Counts the partnerships of every dimension. Their communities are sorted by id.
pub(super) fn count(data: &NetworkData) -> HashMap<ConcentrationDimension, GroupCounts> {
    let community = |id: &str| {
        let index = data.communities.binary_search_by(|one| (*one.id).cmp(id));
        index.ok().map(|index| &data.communities[index])
    };
    let state_of = |one: &Community| match one.community_type {
        CommunityCategory::State => Some(one.id.clone()),
        _ => one.state_id.clone(),
    };
    let dimensions = ConcentrationDimension::VALUES.iter();
    dimensions
        .map(|(dimension, ..)| {
            let dimension = *dimension;
            let mut counts: BTreeMap<Arc<str>, u64> = groups(data, dimension)
                .map(|group| (group.clone(), 0))
                .collect();
            for [_, us, partner] in &data.partnerships {
                let group = match dimension {
                    ConcentrationDimension::UsCommunity => Some(us.clone()),
                    ConcentrationDimension::PartnerCommunity => Some(partner.clone()),
                    ConcentrationDimension::Country => {
                        community(partner).map(|one| one.country_id.clone())
                    }
                    ConcentrationDimension::State => community(us).and_then(state_of),
                    ConcentrationDimension::Region => community(us)
                        .and_then(state_of)
                        .and_then(|state| community(&state)?.region_id.clone()),
                };
                if let Some(count) = group.and_then(|group| counts.get_mut(&group)) {
                    *count += 1;
                }
            }
            (dimension, GroupCounts::new(counts))
        })
        .collect()
}

/// Returns the groups of a dimension.
fn groups(
    data: &NetworkData,
    dimension: ConcentrationDimension,
) -> Box<dyn Iterator<Item = &Arc<str>> + '_> {
    let is_partner = |id: &Arc<str>| {
        let mut countries = data.countries.iter();
        countries.any(|(country, _, is_partner)| country == id && *is_partner)
    };
    let communities = data.communities.iter();
    match dimension {
        ConcentrationDimension::Region => Box::new(data.regions.iter()),
        ConcentrationDimension::Country => {
            let countries = data.countries.iter();
            Box::new(
                countries
                    .filter(|country| country.2)
                    .map(|country| &country.0),
            )
        }
        ConcentrationDimension::State => Box::new(
            communities
                .filter(|one| one.community_type == CommunityCategory::State)
                .map(|one| &one.id),
        ),
        ConcentrationDimension::UsCommunity => Box::new(
            communities
                .filter(move |one| !is_partner(&one.country_id))
                .map(|one| &one.id),
        ),
        ConcentrationDimension::PartnerCommunity => Box::new(
            communities
                .filter(move |one| is_partner(&one.country_id))
                .map(|one| &one.id),
        ),
    }
}
