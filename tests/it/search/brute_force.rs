//! Search compared with a plain evaluation over the rows of the files, on whichever database.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sistergraph::{
    import::Tables,
    search::{
        PARTNERSHIP_PENALTY, SearchNames, WordWeights, match_points, query_words, score,
        word_weights,
    },
    vocabulary::{SearchType, Vocabulary},
};

use super::all;
use crate::support::{data_set::DataSet, graph::TestGraph};

/// Everything that can be found, with the words of each.
struct Model(Vec<(SearchType, String, WordWeights)>);

impl Model {
    fn of(tables: &Tables) -> Self {
        let mut objects = Vec::new();
        let mut places: HashMap<&str, WordWeights> = HashMap::new();
        for place in &tables.community {
            let usual: Vec<&str> = [Some(place.name.as_str()), place.code.as_deref()]
                .into_iter()
                .flatten()
                .collect();
            let other: Vec<&str> = tables
                .alternate_name
                .iter()
                .filter(|other| other.community_id == place.id)
                .map(|other| other.name.as_str())
                .collect();
            let words = word_weights(SearchNames {
                primary: &usual,
                alternate: &other,
                slug: &place.id,
            });
            let of = SearchType::parse(&place.community_type).unwrap();
            objects.push((of, place.id.clone(), words.clone()));
            places.insert(&place.id, words);
        }
        for country in &tables.country {
            let words = word_weights(SearchNames {
                primary: &[&country.name, &country.id, &country.code3],
                ..SearchNames::default()
            });
            objects.push((SearchType::Country, country.id.clone(), words));
        }
        for tie in &tables.partnership {
            let mut words = word_weights(SearchNames {
                slug: &tie.id,
                ..SearchNames::default()
            });
            for side in [&tie.us_id, &tie.partner_id] {
                for (word, weight) in &places[side.as_str()] {
                    let known = words.entry(word.clone()).or_insert(i32::MIN);
                    *known = (weight - PARTNERSHIP_PENALTY).max(*known);
                }
            }
            objects.push((SearchType::Partnership, tie.id.clone(), words));
        }
        Self(objects)
    }

    /// The results with their scores, in order.
    fn search(&self, text: &str) -> Vec<(String, f64)> {
        let asked = query_words(text);
        let words: BTreeSet<&String> = self.0.iter().flat_map(|(.., words)| words.keys()).collect();
        let matches: Vec<BTreeMap<&String, i32>> = asked
            .iter()
            .map(|asked| {
                let found = |word: &&String| match_points(asked, word);
                words
                    .iter()
                    .filter_map(|word| Some((*word, found(word)?)))
                    .collect()
            })
            .collect();
        let total = |words: &WordWeights| -> Option<i64> {
            let best = |matches: &BTreeMap<&String, i32>| {
                words
                    .iter()
                    .filter_map(|(word, weight)| Some(i64::from(matches.get(word)? + weight)))
                    .max()
            };
            matches.iter().map(best).sum()
        };
        let mut results: Vec<_> = self
            .0
            .iter()
            .filter(|_| !asked.is_empty())
            .filter_map(|(of, slug, words)| Some((-total(words)?, *of, slug)))
            .collect();
        results.sort_unstable();
        results
            .into_iter()
            .map(|(points, of, slug)| {
                let name = match of {
                    SearchType::State => "State",
                    SearchType::Country => "Country",
                    SearchType::Province => "Province",
                    SearchType::City => "City",
                    SearchType::Partnership => "Partnership",
                };
                (format!("{name} {slug}"), score(-points, asked.len()))
            })
            .collect()
    }
}

/// Names as people type them: in part, with an error, two at a time. The same in every run.
fn texts(tables: &Tables) -> Vec<String> {
    let names: Vec<&str> = tables
        .community
        .iter()
        .map(|place| place.name.as_str())
        .chain(
            tables
                .alternate_name
                .iter()
                .map(|other| other.name.as_str()),
        )
        .collect();
    let mut texts: Vec<String> = ["k", "or", "jp", "us", "島", "shan", "new york", "bei shang"]
        .map(str::to_owned)
        .into();
    for (n, name) in names.iter().enumerate().step_by(149) {
        let letters: Vec<char> = name.chars().collect();
        let middle = letters.len() / 2;
        let part = |letters: &[char]| letters.iter().collect::<String>();
        texts.push(match n % 7 {
            0 => (*name).to_owned(),
            1 => part(&letters[..(middle + 1).min(letters.len())]),
            2 => part(&letters[middle.saturating_sub(1)..]),
            3 => part(
                &[
                    &letters[..middle],
                    &letters[(middle + 1).min(letters.len())..],
                ]
                .concat(),
            ),
            4 => part(&[&letters[..middle], &['x'], &letters[middle..]].concat()),
            5 => format!(
                "{} {}",
                part(&letters[..2.min(letters.len())]),
                names[n / 2]
            ),
            _ => name.to_uppercase(),
        });
    }
    texts
}

#[tokio::test]
async fn search_agrees_with_brute_force() {
    let graph = TestGraph::loaded().await;
    let tables = DataSet::real().tables();
    let model = Model::of(&tables);
    let (mut found, mut several) = (0, 0);
    for text in texts(&tables) {
        let expected = model.search(&text);
        let results = all(&graph, &text).await;
        assert_eq!(results.total, expected.len(), "{text:?}");
        found += usize::from(!expected.is_empty());
        several += usize::from(expected.len() > 3);
        for (n, (name, score)) in expected.iter().enumerate().take(2000) {
            assert_eq!(results.names[n], *name, "{text:?}, result {n}");
            assert!(
                (results.scores[n] - score).abs() < 1e-12,
                "{text:?}, result {n}"
            );
        }
    }
    assert!(
        found > 50 && several > 25,
        "{found} {several}: a test of nothing"
    );
}
