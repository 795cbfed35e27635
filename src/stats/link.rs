//! Pairs of places that could become partners: their features, and scores from a model of past
//! partnerships. `docs/methods.md` has the formulas.
//!
//! A pair consists of a US municipality or county and a partner municipality. [`Network::new`] sorts the
//! places of each side by slug, and functions take their indexes: `u` into [`Network::us`] and `v` into
//! [`Network::partners`]. Features are in the order of `MatchFeature`.

mod fit;
mod groups;
#[cfg(test)]
mod tests;

use std::{borrow::Borrow, collections::HashMap, sync::Arc};

pub use self::{
    fit::{Fit, fit},
    groups::GroupCounts,
};
use crate::vocabulary::{CityKind, ConcentrationDimension, Vocabulary};

/// The number of features.
pub const N_FEATURES: usize = 8;

/// One number for each feature.
pub type FeatureArray = [f64; N_FEATURES];

/// The value of each feature of a pair; `None` if it is unknown.
pub type Features = [Option<f64>; N_FEATURES];

/// The type of a [`Community`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommunityCategory {
    /// A state of the US, or its like.
    State,
    /// A province of a partner country.
    Province,
    /// A municipality of either side.
    Municipality,
    /// A county of either side.
    County,
}

impl CommunityCategory {
    /// Returns the type of a community, given its columns `type` and `kind`.
    pub fn parse(community_type: &str, kind: &str) -> Self {
        match community_type {
            "STATE" => Self::State,
            "PROVINCE" => Self::Province,
            _ if kind == CityKind::County.as_str() => Self::County,
            _ => Self::Municipality,
        }
    }
}

/// A community as it is read from the data.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields of the table `community`")]
pub struct Community {
    pub id: Arc<str>,
    pub name: Arc<str>,
    pub community_type: CommunityCategory,
    pub country_id: Arc<str>,
    pub region_id: Option<Arc<str>>,
    pub state_id: Option<Arc<str>>,
    pub province_id: Option<Arc<str>>,
    pub is_capital: bool,
    pub population: Option<i64>,
    pub coast_km: Option<f64>,
}

/// What a [`Network`] is made from.
#[derive(Clone, Debug, Default)]
pub struct NetworkData {
    /// The regions.
    pub regions: Vec<Arc<str>>,
    /// The id, the name, and whether it is a partner country.
    pub countries: Vec<(Arc<str>, Arc<str>, bool)>,
    /// All communities.
    pub communities: Vec<Community>,
    /// The slug, the US community, and the partner community.
    pub partnerships: Vec<[Arc<str>; 3]>,
}

/// A state, a country, or a province.
#[derive(Clone, Debug)]
pub struct Area {
    /// The id.
    pub id: Arc<str>,
    /// The name.
    pub name: Arc<str>,
    /// The region of a state, if it is in one.
    pub region_id: Option<Arc<str>>,
}

/// A municipality or county, with what its features are computed from.
#[derive(Clone, Debug)]
pub struct Place {
    /// The slug.
    pub id: Arc<str>,
    /// The name.
    pub name: Arc<str>,
    /// The index of its state, on the US side, or of its country.
    pub area: usize,
    /// The index of its province; `None` on the US side or if it has none.
    pub province: Option<usize>,
    /// Whether it is a county.
    pub is_county: bool,
    /// Whether it is the capital of a country, state, or province.
    pub is_capital: bool,
    /// The number of inhabitants.
    pub population: Option<i64>,
    /// The percentile rank of the population among those of the places of its country, from 0 to 1. `None` if it or
    /// all but a few of the others are unknown.
    pub rank: Option<f64>,
    /// The distance from the sea in kilometers.
    pub coast_km: Option<f64>,
    /// The number of its partnerships, including those with states and provinces.
    pub partnerships: u32,
    /// The logarithms that SIZE and COAST compare.
    log_population: Option<f64>,
    log_coast: Option<f64>,
}

/// A place of either side, by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceRef {
    /// A US place.
    Us(usize),
    /// A partner place.
    Partner(usize),
}

/// A place that has no matches because it is not a municipality or county.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateOrProvince;

/// All places, with the counts that features are computed from.
#[derive(Clone, Debug)]
pub struct Network {
    places: Places,
    pairs: Pairs,
    /// The slug of each partnership between cities with the indexes of its places, sorted by slug.
    partnerships: Vec<(Arc<str>, usize, usize)>,
    groups: HashMap<ConcentrationDimension, GroupCounts>,
}

/// What does not depend on partnerships between cities.
#[derive(Clone, Debug)]
struct Places {
    us: Vec<Place>,
    partners: Vec<Place>,
    states: Vec<Area>,
    /// The partner countries.
    countries: Vec<Area>,
    provinces: Vec<Area>,
    /// Whether a state and a province are partners, in rows of states.
    sister_states: Vec<bool>,
    by_id: HashMap<Arc<str>, Option<PlaceRef>>,
}

/// Partnerships between cities, with counts by state and country or province as dense tables.
#[derive(Clone, Debug)]
struct Pairs {
    /// The partners of each US place, in ascending order.
    of_us: Vec<Vec<usize>>,
    /// The partners of each partner place, in ascending order.
    of_partner: Vec<Vec<usize>>,
    by_state: Vec<u32>,
    /// In rows of states.
    by_state_and_country: Vec<u32>,
    /// In rows of states.
    by_state_and_province: Vec<u32>,
    /// The smoothed share of each country in all partnerships.
    country_share: Vec<f64>,
}

/// A candidate partner of a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The index of the place on the other side.
    pub index: usize,
    /// The sum of the contributions, rounded to six decimals.
    pub score: f64,
}

/// The candidate partners of a place: all places of the other side with which it has no partnership.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// The mean of each feature over the candidates for which it is known.
    pub means: FeatureArray,
    /// The candidates, in the order of their slugs.
    pub list: Vec<Candidate>,
}

impl Network {
    /// Makes the network; the order of the data makes no difference.
    pub fn new(mut data: NetworkData) -> Self {
        data.communities.sort_by(|a, b| a.id.cmp(&b.id));
        data.countries.sort();
        data.partnerships.sort();
        let groups = groups::count(&data);
        let places = Places::new(&data);
        let partnerships: Vec<_> = data
            .partnerships
            .iter()
            .filter_map(|[id, us, partner]| {
                match (places.by_id.get(us)?, places.by_id.get(partner)?) {
                    (Some(PlaceRef::Us(u)), Some(PlaceRef::Partner(v))) => {
                        Some((id.clone(), *u, *v))
                    }
                    _ => None,
                }
            })
            .collect();
        let pairs = Pairs::new(&places, partnerships.iter().map(|(_, u, v)| (*u, *v)));
        Self {
            places,
            pairs,
            partnerships,
            groups,
        }
    }

    /// Returns the US municipalities and counties, sorted by slug.
    pub fn us(&self) -> &[Place] {
        &self.places.us
    }

    /// Returns the partner municipalities, sorted by slug.
    pub fn partners(&self) -> &[Place] {
        &self.places.partners
    }

    /// Returns the places of the side that a place is on.
    pub fn side_of(&self, place: PlaceRef) -> &[Place] {
        match place {
            PlaceRef::Us(_) => self.us(),
            PlaceRef::Partner(_) => self.partners(),
        }
    }

    /// Returns the places of the side that a place is not on, which its candidates are from.
    pub fn other_side_of(&self, place: PlaceRef) -> &[Place] {
        match place {
            PlaceRef::Us(_) => self.partners(),
            PlaceRef::Partner(_) => self.us(),
        }
    }

    /// Returns the state of a US place.
    pub fn state_of(&self, u: usize) -> &Area {
        &self.places.states[self.us()[u].area]
    }

    /// Returns the country of a partner place.
    pub fn country_of(&self, v: usize) -> &Area {
        &self.places.countries[self.partners()[v].area]
    }

    /// Returns the province of a partner place, if it has one.
    pub fn province_of(&self, v: usize) -> Option<&Area> {
        Some(&self.places.provinces[self.partners()[v].province?])
    }

    /// Returns the number of partnerships between cities.
    pub fn n_partnerships(&self) -> usize {
        self.partnerships.len()
    }

    /// Returns the place with a slug; `None` if there is none.
    ///
    /// # Errors
    /// If the slug is that of a state or a province.
    pub fn place(&self, slug: &str) -> Result<Option<PlaceRef>, StateOrProvince> {
        match self.places.by_id.get(slug) {
            Some(None) => Err(StateOrProvince),
            Some(place) => Ok(*place),
            None => Ok(None),
        }
    }

    /// Returns the counts of partnerships in the groups of a dimension.
    pub fn groups(&self, dimension: ConcentrationDimension) -> &GroupCounts {
        &self.groups[&dimension]
    }

    /// Returns the group of a dimension that a partnership between two places belongs to, if any.
    pub fn group_of(
        &self,
        dimension: ConcentrationDimension,
        u: usize,
        v: usize,
    ) -> Option<&Arc<str>> {
        Some(match dimension {
            ConcentrationDimension::Region => self.state_of(u).region_id.as_ref()?,
            ConcentrationDimension::State => &self.state_of(u).id,
            ConcentrationDimension::Country => &self.country_of(v).id,
            ConcentrationDimension::UsCommunity => &self.us()[u].id,
            ConcentrationDimension::PartnerCommunity => &self.partners()[v].id,
        })
    }

    /// Returns whether two places are partners.
    pub fn are_partners(&self, u: usize, v: usize) -> bool {
        self.pairs.of_us[u].binary_search(&v).is_ok()
    }

    /// Returns the features of a pair.
    pub fn features(&self, u: usize, v: usize) -> Features {
        self.places.features(&self.pairs, u, v)
    }

    /// Returns the number of partnerships between the state of `u` and the country of `v`, without those of `v`.
    pub fn n_state_country(&self, u: usize, v: usize) -> u32 {
        self.pairs.without_own(&self.places, u, v).0
    }

    /// Returns the number of partnerships between the state of `u` and the province of `v`, without those of
    /// `v`; 0 if it has no province.
    pub fn n_state_province(&self, u: usize, v: usize) -> u32 {
        self.pairs.without_own(&self.places, u, v).2
    }

    /// Scores all candidate partners of a place. Filters and restrictions apply to the result, so that they
    /// never change a score.
    pub fn candidates(&self, place: PlaceRef, coefficients: &FeatureArray) -> Candidates {
        let features: Vec<(usize, Features)> = self.candidate_features(place).collect();
        let means = means(features.iter().map(|(_, features)| features));
        let list = features.iter().map(|(index, features)| Candidate {
            index: *index,
            score: score(&contributions(features, &means, coefficients)),
        });
        Candidates {
            means,
            list: list.collect(),
        }
    }

    /// Returns the means of the features over the candidates of a place, like [`Self::candidates`].
    pub fn candidate_means(&self, place: PlaceRef) -> FeatureArray {
        means(self.candidate_features(place).map(|(_, features)| features))
    }

    /// Returns the index and the features of each candidate partner of a place.
    fn candidate_features(&self, place: PlaceRef) -> impl Iterator<Item = (usize, Features)> {
        let partners = match place {
            PlaceRef::Us(u) => &self.pairs.of_us[u],
            PlaceRef::Partner(v) => &self.pairs.of_partner[v],
        };
        (0..self.other_side_of(place).len())
            .filter(|index| partners.binary_search(index).is_err())
            .map(move |index| {
                let (u, v) = place.pair_with(index);
                (index, self.features(u, v))
            })
    }
}

/// Returns the mean of each feature over the pairs for which it is known.
fn means<F: Borrow<Features>>(pairs: impl Iterator<Item = F>) -> FeatureArray {
    let mut sums = [(0.0, 0_u32); N_FEATURES];
    for features in pairs {
        for (sum, value) in sums.iter_mut().zip(features.borrow()) {
            if let Some(value) = value {
                *sum = (sum.0 + value, sum.1 + 1);
            }
        }
    }
    sums.map(|(sum, n)| sum / f64::from(n.max(1)))
}

impl PlaceRef {
    /// Returns `u` and `v` of the pair with the place at an index of the other side.
    pub fn pair_with(self, index: usize) -> (usize, usize) {
        match self {
            Self::Us(u) => (u, index),
            Self::Partner(v) => (index, v),
        }
    }
}

/// Returns the contribution of each feature to the score; 0 if it is unknown.
pub fn contributions(
    features: &Features,
    means: &FeatureArray,
    coefficients: &FeatureArray,
) -> FeatureArray {
    std::array::from_fn(|k| features[k].map_or(0.0, |value| coefficients[k] * (value - means[k])))
}

/// Returns the sum of the contributions, rounded to six decimals.
pub fn score(contributions: &FeatureArray) -> f64 {
    round(contributions.iter().sum(), 1e6)
}

fn round(value: f64, scale: f64) -> f64 {
    (value * scale).round_ties_even() / scale
}

/// Returns the percentile rank of each value: the number of lower values and half the number of equal
/// ones, including itself, divided by the number of values.
pub fn percentiles(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = |value: &f64| {
        let lower = sorted.partition_point(|other| other < value);
        let not_higher = sorted.partition_point(|other| other <= value);
        (lower + not_higher) as f64 / 2.0 / sorted.len() as f64
    };
    values.iter().map(rank).collect()
}

/// Returns what candidates are sorted by in descending order, then by slug: the score or, with a weight of
/// equity above 0, the weighted mean of the percentile ranks of score and equity.
pub fn sort_keys(scores: &[f64], equity: &[f64], equity_weight: f64) -> Vec<f64> {
    if equity_weight == 0.0 {
        return scores.to_vec();
    }
    let ranks = percentiles(scores).into_iter().zip(equity);
    ranks
        .map(|(rank, equity)| round((1.0 - equity_weight) * rank + equity_weight * equity, 1e9))
        .collect()
}

impl Places {
    fn new(data: &NetworkData) -> Self {
        let area = |id: &Arc<str>, name: &Arc<str>, region_id: &Option<Arc<str>>| Area {
            id: id.clone(),
            name: name.clone(),
            region_id: region_id.clone(),
        };
        let areas = |of: CommunityCategory| -> Vec<Area> {
            let communities = data.communities.iter();
            communities
                .filter(|one| one.community_type == of)
                .map(|one| area(&one.id, &one.name, &one.region_id))
                .collect()
        };
        let (states, provinces) = (
            areas(CommunityCategory::State),
            areas(CommunityCategory::Province),
        );
        let countries: Vec<Area> = data
            .countries
            .iter()
            .filter(|(_, _, is_partner)| *is_partner)
            .map(|(id, name, _)| area(id, name, &None))
            .collect();
        let mut places = Self {
            us: Vec::new(),
            partners: Vec::new(),
            sister_states: vec![false; states.len() * provinces.len()],
            by_id: HashMap::with_capacity(data.communities.len()),
            states,
            countries,
            provinces,
        };
        let (mut counts, mut us_partners) = (HashMap::<&str, u32>::new(), Vec::new());
        for [_, us, partner] in &data.partnerships {
            *counts.entry(us).or_default() += 1;
            *counts.entry(partner).or_default() += 1;
            us_partners.push((us, partner));
        }
        for community in &data.communities {
            let place = places.add(community, counts.get(&*community.id).copied().unwrap_or(0));
            places.by_id.insert(community.id.clone(), place);
        }
        set_ranks(&mut places.us, |_| 0);
        set_ranks(&mut places.partners, |place| place.area);
        for (us, partner) in us_partners {
            let state = index_of(&places.states, us);
            let province = index_of(&places.provinces, partner);
            if let (Some(state), Some(province)) = (state, province) {
                places.sister_states[state * places.provinces.len() + province] = true;
            }
        }
        places
    }

    /// Adds a municipality or county, whose state or country is known; other communities are not places.
    fn add(&mut self, community: &Community, partnerships: u32) -> Option<PlaceRef> {
        use CommunityCategory::{County, Municipality};
        if !matches!(community.community_type, Municipality | County) {
            return None;
        }
        let area = match &community.state_id {
            Some(state) => index_of(&self.states, state)?,
            None => index_of(&self.countries, &community.country_id)?,
        };
        let province = community.province_id.as_ref();
        // Without inhabitants, there is no logarithm.
        let population = community.population.filter(|&people| people > 0);
        let place = Place {
            id: community.id.clone(),
            name: community.name.clone(),
            area,
            province: province.and_then(|id| index_of(&self.provinces, id)),
            is_county: community.community_type == County,
            is_capital: community.is_capital,
            population,
            log_population: population.map(|people| (people as f64).ln()),
            log_coast: community.coast_km.map(|km| (km / 10.0).ln_1p()),
            rank: None,
            coast_km: community.coast_km,
            partnerships,
        };
        let (side, place_ref): (_, fn(usize) -> PlaceRef) = match community.state_id {
            Some(_) => (&mut self.us, PlaceRef::Us),
            None => (&mut self.partners, PlaceRef::Partner),
        };
        side.push(place);
        Some(place_ref(side.len() - 1))
    }

    fn features(&self, pairs: &Pairs, u: usize, v: usize) -> Features {
        let (us, partner) = (&self.us[u], &self.partners[v]);
        let similarity = |value: fn(&Place) -> Option<f64>| {
            value(us).zip(value(partner)).map(|(a, b)| -(a - b).abs())
        };
        let indicator = |is_true: bool| Some(f64::from(u8::from(is_true)));
        let (n_sc, n_s, n_sp) = pairs.without_own(self, u, v);
        let share = pairs.country_share[partner.area];
        let ratio = (f64::from(n_sc) + 10.0 * share) / (f64::from(n_s) + 10.0) / share;
        let is_sister_state = partner
            .province
            .is_some_and(|province| self.sister_states[us.area * self.provinces.len() + province]);
        let mut partners = pairs.of_us[u].iter();
        let has_partner = partners.any(|&v| self.partners[v].area == partner.area);
        [
            similarity(|place| place.log_population),
            similarity(|place| place.rank),
            similarity(|place| place.log_coast),
            indicator(us.is_capital && partner.is_capital),
            Some(ratio.ln()),
            // Most are 0, whose logarithm of 1 + 0 needs no computation.
            Some(if n_sp == 0 {
                0.0
            } else {
                f64::from(n_sp).ln_1p()
            }),
            indicator(is_sister_state),
            indicator(has_partner),
        ]
    }
}

impl Pairs {
    fn new(places: &Places, pairs: impl Iterator<Item = (usize, usize)>) -> Self {
        let (n_states, n_countries) = (places.states.len(), places.countries.len());
        let mut new = Self {
            of_us: vec![Vec::new(); places.us.len()],
            of_partner: vec![Vec::new(); places.partners.len()],
            by_state: vec![0; n_states],
            by_state_and_country: vec![0; n_states * n_countries],
            by_state_and_province: vec![0; n_states * places.provinces.len()],
            country_share: Vec::new(),
        };
        let mut by_country = vec![0_u32; n_countries];
        let mut n = 0_u32;
        for (u, v) in pairs {
            new.of_us[u].push(v);
            new.of_partner[v].push(u);
            let (state, partner) = (places.us[u].area, &places.partners[v]);
            n += 1;
            by_country[partner.area] += 1;
            new.by_state[state] += 1;
            new.by_state_and_country[state * n_countries + partner.area] += 1;
            if let Some(province) = partner.province {
                new.by_state_and_province[state * places.provinces.len() + province] += 1;
            }
        }
        for list in new.of_us.iter_mut().chain(&mut new.of_partner) {
            list.sort_unstable();
        }
        let total = f64::from(n) + 0.5 * n_countries as f64;
        let share = |n: &u32| (f64::from(*n) + 0.5) / total;
        new.country_share = by_country.iter().map(share).collect();
        new
    }

    /// Returns the number of partnerships of the state of `u` with the country of `v`, with all countries, and
    /// with the province of `v`, each without those of `v` itself.
    fn without_own(&self, places: &Places, u: usize, v: usize) -> (u32, u32, u32) {
        let (state, partner) = (places.us[u].area, &places.partners[v]);
        let own = self.of_partner[v].iter();
        let own = own.filter(|&&u| places.us[u].area == state).count();
        let own = u32::try_from(own).unwrap_or(u32::MAX);
        let n_sc = self.by_state_and_country[state * places.countries.len() + partner.area];
        let n_sp = partner.province.map_or(0, |province| {
            self.by_state_and_province[state * places.provinces.len() + province] - own
        });
        (n_sc - own, self.by_state[state] - own, n_sp)
    }
}

/// Returns the index of the area with an id, in areas sorted by id.
fn index_of(areas: &[Area], id: &str) -> Option<usize> {
    areas.binary_search_by(|area| (*area.id).cmp(id)).ok()
}

/// Sets the percentile ranks of the populations within each country that has at least five known ones.
fn set_ranks(places: &mut [Place], country: impl Fn(&Place) -> usize) {
    let mut known: HashMap<usize, Vec<(usize, f64)>> = HashMap::new();
    for (n, place) in places.iter().enumerate() {
        if let Some(people) = place.population {
            known
                .entry(country(place))
                .or_default()
                .push((n, people as f64));
        }
    }
    for group in known.into_values().filter(|group| group.len() >= 5) {
        let populations: Vec<f64> = group.iter().map(|(_, people)| *people).collect();
        for ((n, _), rank) in group.iter().zip(percentiles(&populations)) {
            places[*n].rank = Some(rank);
        }
    }
}

const _: () = assert!(crate::vocabulary::MatchFeature::VALUES.len() == N_FEATURES);
