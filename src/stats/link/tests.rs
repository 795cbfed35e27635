use std::sync::Arc;

use proptest::prelude::*;

use super::*;

#[test]
fn percentiles_count_equal_values_half() {
    assert_eq!(percentiles(&[3.0, 1.0, 3.0, 7.0]), [0.5, 0.125, 0.5, 0.875]);
    assert_eq!(percentiles(&[5.0]), [0.5]);
    assert_eq!(percentiles(&[]), [0.0; 0]);
}

#[test]
fn the_weight_of_equity_mixes_percentiles() {
    let (scores, equity) = ([2.0, -1.0], [0.25, 0.75]);
    assert_eq!(sort_keys(&scores, &equity, 0.0), scores);
    assert_eq!(sort_keys(&scores, &equity, 1.0), equity);
    assert_eq!(sort_keys(&scores, &equity, 0.5), [0.5, 0.5]);
}

/// Two states, three partner countries, one province, and some places of each side.
fn data() -> impl Strategy<Value = NetworkData> {
    let place = (
        0..2_usize,
        prop::option::of(0..5_000_i64),
        prop::option::of(0.0..500.0),
        any::<bool>(),
    );
    let places = prop::collection::vec(place, 12);
    let pairs = prop::collection::btree_set((0..6_usize, 6..12_usize), 0..20);
    (places, pairs, any::<bool>()).prop_map(|(places, pairs, are_sisters)| {
        let text = |text: &str| Arc::<str>::from(text);
        let community = |id: &str, community_type, country: &str| Community {
            id: text(id),
            name: text(id),
            community_type,
            country_id: text(country),
            region_id: None,
            state_id: None,
            province_id: None,
            is_capital: false,
            population: None,
            coast_km: None,
        };
        let mut communities = vec![
            community("us-ca", CommunityCategory::State, "US"),
            community("us-or", CommunityCategory::State, "US"),
            community("jp-aichi", CommunityCategory::Province, "JP"),
        ];
        for (n, (area, population, coast_km, is_capital)) in places.into_iter().enumerate() {
            let country = match n {
                0..6 => "US",
                _ => ["CN", "JP"][area],
            };
            communities.push(Community {
                state_id: (n < 6).then(|| text(["us-ca", "us-or"][area])),
                province_id: (country == "JP" && n % 2 == 0).then(|| text("jp-aichi")),
                population,
                coast_km,
                is_capital,
                ..community(
                    &format!("place-{n}"),
                    CommunityCategory::Municipality,
                    country,
                )
            });
        }
        let mut partnerships: Vec<_> = pairs
            .into_iter()
            .map(|(us, partner)| {
                [
                    format!("{us}--{partner}"),
                    format!("place-{us}"),
                    format!("place-{partner}"),
                ]
                .map(Arc::from)
            })
            .collect();
        if are_sisters {
            partnerships.push(["or--aichi", "us-or", "jp-aichi"].map(Arc::from));
        }
        let country = |id: &str| (text(id), text(id), id != "US");
        NetworkData {
            regions: Vec::new(),
            countries: ["US", "CN", "JP", "NZ"].map(country).to_vec(),
            communities,
            partnerships,
        }
    })
}

const COEFFICIENTS: FeatureArray = [0.2, 2.0, 0.2, 1.3, 0.6, 0.5, 0.7, -1.4];

/// The slug of each place with the slugs and scores of its candidates.
type AllCandidates = Vec<(Arc<str>, Vec<(Arc<str>, f64)>)>;

fn all_candidates(network: &Network) -> AllCandidates {
    let us = (0..network.us().len()).map(PlaceRef::Us);
    let partners = (0..network.partners().len()).map(PlaceRef::Partner);
    us.chain(partners)
        .map(|place| {
            let index = match place {
                PlaceRef::Us(index) | PlaceRef::Partner(index) => index,
            };
            let candidates = network.candidates(place, &COEFFICIENTS).list.into_iter();
            let others = network.other_side_of(place);
            let list = candidates.map(|one| (others[one.index].id.clone(), one.score));
            (network.side_of(place)[index].id.clone(), list.collect())
        })
        .collect()
}

proptest! {
    #[test]
    fn known_contributions_average_zero(data in data()) {
        let network = Network::new(data);
        for u in 0..network.us().len() {
            let candidates = network.candidates(PlaceRef::Us(u), &COEFFICIENTS);
            let mut sums = [0.0; N_FEATURES];
            for candidate in &candidates.list {
                prop_assert!(!network.are_partners(u, candidate.index));
                let features = network.features(u, candidate.index);
                let parts = contributions(&features, &candidates.means, &COEFFICIENTS);
                prop_assert_eq!(candidate.score, score(&parts));
                for k in 0..N_FEATURES {
                    prop_assert!(features[k].is_some() || parts[k] == 0.0);
                    prop_assert!(features[k].is_none_or(f64::is_finite));
                    sums[k] += parts[k];
                }
            }
            prop_assert!(sums.iter().all(|sum: &f64| sum.abs() < 1e-9));
        }
    }

    #[test]
    fn the_order_of_the_data_does_not_matter(data in data()) {
        let mut reversed = data.clone();
        reversed.communities.reverse();
        reversed.countries.reverse();
        reversed.partnerships.reverse();
        prop_assert_eq!(all_candidates(&Network::new(data)), all_candidates(&Network::new(reversed)));
    }

    #[test]
    fn a_candidates_own_partnerships_do_not_count(data in data(), v in 6..12_usize) {
        // Without its partnerships, the state-related features of a candidate stay the same, except for the
        // share of its country in all partnerships.
        let id: Arc<str> = format!("place-{v}").into();
        let network = Network::new(data.clone());
        let mut without = data;
        without.partnerships.retain(|[_, _, partner]| *partner != id);
        let without = Network::new(without);
        let Ok(Some(PlaceRef::Partner(v))) = network.place(&id) else { panic!("{id}") };
        for u in 0..network.us().len() {
            prop_assert_eq!(network.n_state_country(u, v), without.n_state_country(u, v));
            prop_assert_eq!(network.n_state_province(u, v), without.n_state_province(u, v));
        }
    }
}
