//! Search results compared with a simple evaluation over the rows of the files.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sistergraph::{
    search::{
        INHERITED_WEIGHT, PARTNERSHIP_PENALTY, SearchNames, WordWeights, match_points, query_words,
        score, word_weights,
    },
    vocabulary::{SearchType, Vocabulary},
};

use super::all;
use crate::support::{data_set::DataSet, graph::TestGraph, table_rows::TableRows};

/// A searchable object.
struct ReferenceObject {
    search_type: SearchType,
    slug: String,
    words: WordWeights,
    /// The slugs of the state, the province, and the country that it is in.
    containers: Vec<String>,
}

/// All searchable objects.
struct ReferenceModel(Vec<ReferenceObject>);

impl ReferenceModel {
    fn of(tables: &TableRows) -> Self {
        let common_names = |place: &str| {
            let rows = tables.common_name.iter();
            let rows = rows.filter(move |row| {
                [&row.country_id, &row.community_id].contains(&&Some(place.to_owned()))
            });
            rows.map(|row| row.name.as_str()).collect::<Vec<_>>()
        };
        let mut objects = Vec::new();
        let mut words_by_community: HashMap<&str, WordWeights> = HashMap::new();
        for community in &tables.community {
            let primary: Vec<&str> = [Some(community.name.as_str()), community.code.as_deref()]
                .into_iter()
                .flatten()
                .collect();
            let alternate: Vec<&str> = tables
                .alternate_name
                .iter()
                .filter(|other| other.community_id == community.id)
                .map(|other| other.name.as_str())
                .chain(common_names(&community.id))
                .collect();
            let words = word_weights(SearchNames {
                primary: &primary,
                alternate: &alternate,
                slug: &community.id,
            });
            let search_type = SearchType::parse(&community.community_type).unwrap();
            let containers = [
                Some(&community.country_id),
                community.state_id.as_ref(),
                community.province_id.as_ref(),
            ];
            objects.push(ReferenceObject {
                search_type,
                slug: community.id.clone(),
                words: words.clone(),
                containers: containers.into_iter().flatten().cloned().collect(),
            });
            words_by_community.insert(&community.id, words);
        }
        for country in &tables.country {
            let words = word_weights(SearchNames {
                primary: &[&country.name, &country.id, &country.code3],
                alternate: &common_names(&country.id),
                slug: "",
            });
            objects.push(ReferenceObject {
                search_type: SearchType::Country,
                slug: country.id.clone(),
                words,
                containers: Vec::new(),
            });
        }
        for partnership in &tables.partnership {
            let mut words = word_weights(SearchNames {
                slug: &partnership.id,
                ..SearchNames::default()
            });
            for id in [&partnership.us_id, &partnership.partner_id] {
                for (word, weight) in &words_by_community[id.as_str()] {
                    let best = words.entry(word.clone()).or_insert(i32::MIN);
                    *best = (weight - PARTNERSHIP_PENALTY).max(*best);
                }
            }
            let containers = [
                Some(&partnership.country_id),
                Some(&partnership.state_id),
                partnership.province_id.as_ref(),
            ];
            objects.push(ReferenceObject {
                search_type: SearchType::Partnership,
                slug: partnership.id.clone(),
                words,
                containers: containers.into_iter().flatten().cloned().collect(),
            });
        }
        Self(objects)
    }

    /// The ordered results with their scores.
    fn search(&self, text: &str) -> Vec<(String, f64)> {
        let query = query_words(text);
        let words: BTreeSet<&String> = self
            .0
            .iter()
            .flat_map(|object| object.words.keys())
            .collect();
        let matches: Vec<BTreeMap<&String, i32>> = query
            .iter()
            .map(|query_word| {
                let points = |word: &&String| match_points(query_word, word);
                words
                    .iter()
                    .filter_map(|word| Some((*word, points(word)?)))
                    .collect()
            })
            .collect();
        let own_points = |words: &WordWeights, matches: &BTreeMap<&String, i32>| {
            words
                .iter()
                .filter_map(|(word, weight)| Some(i64::from(matches.get(word)? + weight)))
                .max()
        };
        let inherited_points = |words: &WordWeights, matches: &BTreeMap<&String, i32>| {
            words
                .iter()
                .filter(|(_, weight)| **weight > 0)
                .filter_map(|(word, _)| Some(i64::from(matches.get(word)? + INHERITED_WEIGHT)))
                .max()
        };
        let places: HashMap<&str, &WordWeights> = self
            .0
            .iter()
            .map(|object| (object.slug.as_str(), &object.words))
            .collect();
        let total = |object: &ReferenceObject| -> Option<i64> {
            let own: Vec<_> = matches
                .iter()
                .map(|matches| own_points(&object.words, matches))
                .collect();
            own.iter().flatten().next()?;
            if let [points] = own.as_slice() {
                return *points;
            }
            let best = |(matches, own): (&BTreeMap<&String, i32>, &Option<i64>)| {
                let containers = object.containers.iter();
                let inherited =
                    containers.filter_map(|slug| inherited_points(places[slug.as_str()], matches));
                inherited.chain(*own).max()
            };
            matches.iter().zip(&own).map(best).sum()
        };
        let mut results: Vec<_> = self
            .0
            .iter()
            .filter(|_| !query.is_empty())
            .filter_map(|object| Some((-total(object)?, object.search_type, &object.slug)))
            .collect();
        results.sort_unstable();
        results
            .into_iter()
            .map(|(points, search_type, slug)| {
                let name = match search_type {
                    SearchType::State => "State",
                    SearchType::Country => "Country",
                    SearchType::Province => "Province",
                    SearchType::City => "City",
                    SearchType::Partnership => "Partnership",
                };
                (format!("{name} {slug}"), score(-points, query.len()))
            })
            .collect()
    }
}

/// Names as users type them: whole, in part, with a typo, or in pairs. The same in every run.
fn texts(tables: &TableRows) -> Vec<String> {
    let names: Vec<&str> = tables
        .community
        .iter()
        .map(|community| community.name.as_str())
        .chain(
            tables
                .alternate_name
                .iter()
                .map(|other| other.name.as_str()),
        )
        .collect();
    let mut texts: Vec<String> = [
        "k",
        "or",
        "jp",
        "us",
        "島",
        "shan",
        "new york",
        "bei shang",
        "sapporo japan",
        "portland, or",
        "or japan",
        "mt vernon",
    ]
    .map(str::to_owned)
    .into();
    for (n, name) in names.iter().enumerate().step_by(149) {
        let chars: Vec<char> = name.chars().collect();
        let middle = chars.len() / 2;
        let part = |chars: &[char]| chars.iter().collect::<String>();
        texts.push(match n % 7 {
            0 => (*name).to_owned(),
            1 => part(&chars[..(middle + 1).min(chars.len())]),
            2 => part(&chars[middle.saturating_sub(1)..]),
            3 => part(&[&chars[..middle], &chars[(middle + 1).min(chars.len())..]].concat()),
            4 => part(&[&chars[..middle], &['x'], &chars[middle..]].concat()),
            5 => format!("{} {}", part(&chars[..2.min(chars.len())]), names[n / 2]),
            _ => name.to_uppercase(),
        });
    }
    texts
}

#[tokio::test]
async fn search_agrees_with_brute_force() {
    let graph = TestGraph::loaded().await;
    let tables = DataSet::real().table_rows();
    let model = ReferenceModel::of(&tables);
    let (mut n_found, mut n_several) = (0, 0);
    for text in texts(&tables) {
        let expected = model.search(&text);
        let results = all(&graph, &text).await;
        assert_eq!(results.total, expected.len(), "{text:?}");
        n_found += usize::from(!expected.is_empty());
        n_several += usize::from(expected.len() > 3);
        for (n, (name, score)) in expected.iter().enumerate().take(2000) {
            assert_eq!(results.names[n], *name, "{text:?}, result {n}");
            assert!(
                (results.scores[n] - score).abs() < 1e-12,
                "{text:?}, result {n}"
            );
        }
    }
    assert!(
        n_found > 50 && n_several > 25,
        "{n_found} {n_several}: too few searches have results"
    );
}
