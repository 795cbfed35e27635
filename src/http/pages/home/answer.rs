//! The answer to the query of the story.

use serde::Deserialize;

use crate::http::pages::{
    answers::{GroupCount, MapPoint, Nodes},
    chart::{ranking::Comparisons, share::PublishedShare},
    entity::document,
};

pub(super) const STORY: &str = document!(
    "story",
    "chart_share",
    "chart_region_comparisons",
    "chart_compared_pair"
);

#[derive(Deserialize)]
pub(super) struct Located {
    pub(super) location: Option<MapPoint>,
    pub(super) region: Option<Named>,
}

#[derive(Deserialize)]
pub(super) struct Named {
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct FlowKey {
    pub(super) value: Option<String>,
    pub(super) state: Option<Located>,
    pub(super) country: Option<Located>,
}

#[derive(Deserialize)]
pub(super) struct FlowGroup {
    pub(super) key: Vec<FlowKey>,
    pub(super) count: u64,
}

#[derive(Deserialize)]
pub(super) struct CountryKey {
    pub(super) value: Option<String>,
    pub(super) label: String,
    pub(super) country: Option<Located>,
}

#[derive(Deserialize)]
pub(super) struct CountryGroup {
    pub(super) key: Vec<CountryKey>,
    pub(super) count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AllPartnerships {
    pub(super) total_count: u64,
    pub(super) statuses: Vec<GroupCount>,
    pub(super) evidence: Vec<GroupCount>,
    pub(super) countries: Vec<CountryGroup>,
    pub(super) flows: Vec<FlowGroup>,
}

#[derive(Deserialize)]
pub(super) struct EndedPartnership {
    pub(super) us: Located,
    pub(super) partner: Located,
}

#[derive(Deserialize)]
pub(super) struct EndedPartnerships {
    pub(super) groups: Vec<GroupCount>,
    pub(super) nodes: Vec<EndedPartnership>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TopShare {
    /// The number of countries, also of those without a partnership.
    pub(super) groups: u64,
    pub(super) top_share: Option<f64>,
}

#[derive(Deserialize)]
pub(super) struct StateShape {
    pub(super) name: String,
    pub(super) location: Option<MapPoint>,
}

#[derive(Deserialize)]
pub(super) struct StoryRegion {
    pub(super) name: String,
    pub(super) states: Vec<StateShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoryAnswer {
    pub(super) partnerships: AllPartnerships,
    pub(super) ended: EndedPartnerships,
    pub(super) concentration: TopShare,
    pub(super) regions: Vec<StoryRegion>,
    pub(super) respondent_aggregates: Nodes<PublishedShare>,
    #[serde(flatten)]
    pub(super) comparisons: Comparisons,
}
