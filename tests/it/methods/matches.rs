//! Matches and their model, compared with `golden/match_pairs.csv` and `golden/matches.csv`, and their properties.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sistergraph::{
    import::load,
    stats::link::{PlaceRef, fit},
    vocabulary::{MatchFeature, Vocabulary},
};

use super::{assert_close, golden};
use crate::support::{data_set::DataSet, graph::TestGraph};

const PAGE: &str = "query Q($for: String!, $filter: CityFilter, $weight: Float! = 0, $barred: Boolean! = false, $first: Int, $after: String) {
    matches(for: $for, filter: $filter, equityWeight: $weight, includeBarred: $barred, first: $first, after: $after) {
        totalCount barredCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { score } }
        nodes {
            city { slug country { code } state { code } } score equity
            us: giniChange(by: US_COMMUNITY) partner: giniChange(by: PARTNER_COMMUNITY)
            reasons { feature value contribution text }
            restrictions { slug effect }
        }
    }
}";

async fn matches(graph: &TestGraph, variables: Value) -> Value {
    graph.query_with(PAGE, variables).await.data()["matches"].clone()
}

fn nodes(matches: &Value) -> &Vec<Value> {
    matches["nodes"].as_array().unwrap()
}

fn slugs(matches: &Value) -> Vec<&str> {
    let nodes = nodes(matches).iter();
    nodes
        .map(|node| node["city"]["slug"].as_str().unwrap())
        .collect()
}

/// All matches of a place, from pages of 100.
async fn all_matches(graph: &TestGraph, mut variables: Value) -> Vec<Value> {
    variables["first"] = json!(100);
    let mut all = Vec::new();
    loop {
        let page = matches(graph, variables.clone()).await;
        all.extend(nodes(&page).iter().cloned());
        let info = &page["pageInfo"];
        if info["hasNextPage"] == false {
            assert_eq!(page["totalCount"], all.len());
            return all;
        }
        variables["after"] = info["endCursor"].clone();
    }
}

#[test]
fn features_of_pairs_match_the_expected_ones() {
    let network = DataSet::real_tables().network();
    let pairs = golden("match_pairs.csv");
    assert_eq!(pairs.len(), 10);
    for row in &pairs {
        let place = |column: &str| network.place(&row[column]).unwrap().unwrap();
        let (PlaceRef::Us(u), PlaceRef::Partner(v)) = (place("us"), place("partner")) else {
            panic!("{row:?}");
        };
        let values = network.features(u, v).into_iter();
        for (value, feature) in values.zip(MatchFeature::spellings()) {
            let expected = &row[&feature.to_lowercase()];
            assert_close(&json!(value), expected, 6, &format!("{feature}: {row:?}"));
        }
    }
}

#[test]
fn fitting_gives_the_coefficients_of_the_data() {
    let tables = DataSet::real_tables();
    let fit = fit(&tables.network()).unwrap();
    assert_eq!((fit.n_sets, fit.n_rows), (1_188, 251_773));
    assert!((fit.log_likelihood - -5_512.081_4).abs() < 1e-4, "{fit:?}");
    assert!(
        (fit.null_log_likelihood - -5_922.975_0).abs() < 1e-4,
        "{fit:?}"
    );
    for (n, feature) in MatchFeature::spellings().into_iter().enumerate() {
        let mut rows = tables.match_coefficient();
        let row = rows.find(|row| row.feature == feature).unwrap();
        assert!(
            (fit.coefficients[n] - row.coefficient).abs() <= 0.002,
            "{fit:?}"
        );
        assert!(
            (fit.standard_errors[n] - row.standard_error).abs() <= 0.002,
            "{fit:?}"
        );
        assert_eq!(row.revision, tables.match_revision, "run sistergraph fit");
        assert_eq!(row.partnerships, Some(1_188));
    }
}

#[tokio::test]
async fn matches_are_the_expected_ones() {
    let graph = TestGraph::loaded().await;
    let expected = golden("matches.csv");
    let lists: BTreeSet<_> = expected
        .iter()
        .map(|row| (row["for"].as_str(), row["equity_weight"].as_str()))
        .collect();
    assert_eq!(lists.len(), 20);
    for (slug, weight) in lists {
        let weight_number: f64 = weight.parse().unwrap();
        let variables = json!({ "for": slug, "weight": weight_number, "first": 10 });
        let page = matches(&graph, variables).await;
        let rows = expected
            .iter()
            .filter(|row| row["for"] == slug && row["equity_weight"] == weight);
        for (row, node) in rows.zip(nodes(&page)) {
            let context = format!("{row:?}");
            let total = page["totalCount"].as_i64().unwrap();
            let candidates = total + page["barredCount"].as_i64().unwrap();
            assert_eq!(row["allowed"], total.to_string(), "{context}");
            assert_eq!(row["candidates"], candidates.to_string(), "{context}");
            assert_eq!(node["city"]["slug"], row["match"], "{context}");
            assert_close(&node["score"], &row["score"], 4, &context);
            let reasons = node["reasons"].as_array().unwrap();
            assert_eq!(reasons.len(), 8);
            for reason in reasons {
                let column = reason["feature"].as_str().unwrap().to_lowercase();
                assert_close(&reason["contribution"], &row[&column], 4, &context);
            }
            let sides = match slug.starts_with("us-") {
                true => ["us", "partner"],
                false => ["partner", "us"],
            };
            let columns = ["gini_change_own_side", "gini_change_other_side"];
            for (side, column) in sides.into_iter().zip(columns) {
                assert_close(&node[side], &row[column], 8, &context);
            }
        }
    }
}

#[tokio::test]
async fn scores_are_sums_of_contributions_that_average_zero() {
    let graph = TestGraph::loaded().await;
    for place in ["us-or-portland", "us-ny-ramapo", "jp-sapporo"] {
        let all = all_matches(&graph, json!({ "for": place, "barred": true })).await;
        let mut sums = std::collections::HashMap::<String, f64>::new();
        for node in &all {
            let reasons = node["reasons"].as_array().unwrap();
            let contributions = reasons.iter().map(|reason| reason["contribution"].as_f64());
            let contributions: Vec<f64> = contributions.map(Option::unwrap).collect();
            let sum: f64 = contributions.iter().sum();
            assert!(
                (sum - node["score"].as_f64().unwrap()).abs() <= 1e-6,
                "{node}"
            );
            let is_sorted = contributions.is_sorted_by(|a, b| a.abs() >= b.abs());
            assert!(is_sorted, "{node}");
            for (reason, contribution) in reasons.iter().zip(contributions) {
                let feature = reason["feature"].as_str().unwrap().to_owned();
                match reason["value"].is_null() {
                    true => assert_eq!(contribution, 0.0),
                    false => *sums.entry(feature).or_default() += contribution,
                }
            }
        }
        assert!(sums.values().all(|sum| sum.abs() < 1e-6), "{sums:?}");
    }
}

#[tokio::test]
async fn matches_are_new_pairs_that_no_law_bars() {
    let graph = TestGraph::loaded().await;
    let partners = |place: &str| -> BTreeSet<String> {
        let rows = DataSet::real().rows("partnerships.csv").into_iter();
        rows.filter(|row| row["us_community_id"] == place)
            .map(|row| row["partner_community_id"].clone())
            .collect()
    };
    for (place, bars) in [
        ("us-tx-houston", &["CN", "KP"][..]),
        ("us-in-indianapolis", &["CN", "KP"]),
        ("us-or-portland", &[]),
    ] {
        let partners = partners(place);
        let allowed = all_matches(&graph, json!({ "for": place })).await;
        let all = all_matches(&graph, json!({ "for": place, "barred": true })).await;
        let slug = |node: &Value| node["city"]["slug"].as_str().unwrap().to_owned();
        assert!(all.iter().all(|node| !partners.contains(&slug(node))));
        let is_barred = |node: &Value| {
            let laws = node["restrictions"].as_array().unwrap();
            laws.iter().any(|law| law["effect"] == "BARRED")
        };
        assert!(!allowed.iter().any(is_barred));
        for node in &all {
            let country = node["city"]["country"]["code"].as_str().unwrap();
            assert_eq!(is_barred(node), bars.contains(&country), "{node}");
        }
        let n_barred = all.iter().filter(|node| is_barred(node)).count();
        assert_eq!(n_barred > 0, !bars.is_empty());
        let page = matches(&graph, json!({ "for": place })).await;
        assert_eq!(page["barredCount"], n_barred);
        assert_eq!(page["totalCount"], all.len() - n_barred);
        let page = matches(&graph, json!({ "for": place, "barred": true })).await;
        assert_eq!(page["barredCount"], 0);
    }
    // From the other side, the same laws.
    let all = all_matches(&graph, json!({ "for": "cn-tianjin" })).await;
    assert!(all.iter().all(|node| {
        let state = node["city"]["state"]["code"].as_str().unwrap();
        !["TX", "IN", "AR"].contains(&state)
            || node["city"]["slug"].as_str().unwrap().contains("county")
    }));
}

#[tokio::test]
async fn filters_select_matches_without_changing_scores() {
    let graph = TestGraph::loaded().await;
    let all = all_matches(&graph, json!({ "for": "us-ks-topeka" })).await;
    let filter = json!({ "country": { "code": { "eq": "JP" } } });
    let filtered = all_matches(&graph, json!({ "for": "us-ks-topeka", "filter": filter })).await;
    let scores = |list: &[Value]| -> Vec<(Value, Value)> {
        list.iter()
            .filter(|node| node["city"]["country"]["code"] == "JP")
            .map(|node| (node["city"]["slug"].clone(), node["score"].clone()))
            .collect()
    };
    assert!(!filtered.is_empty());
    assert_eq!(scores(&filtered), scores(&all));
    assert_eq!(filtered.len(), scores(&all).len());
    // Equity is relative to the list.
    let mean = |list: &[Value]| {
        let equity = list.iter().map(|node| node["equity"].as_f64().unwrap());
        equity.sum::<f64>() / list.len() as f64
    };
    assert!((mean(&all) - 0.5).abs() < 1e-9 && (mean(&filtered) - 0.5).abs() < 1e-9);

    for nothing in [
        json!({ "name": { "eq": "Nowhere" } }),
        json!({ "country": { "code": { "eq": "US" } } }),
    ] {
        let page = matches(&graph, json!({ "for": "us-ks-topeka", "filter": nothing })).await;
        assert_eq!(page["totalCount"], 0);
        assert_eq!(page["nodes"], json!([]));
        assert_eq!(page["pageInfo"]["endCursor"], Value::Null);
    }
}

#[tokio::test]
async fn the_order_of_rows_does_not_matter() {
    let graph = TestGraph::loaded().await;
    let variables = json!({ "for": "us-ks-topeka", "weight": 0.3, "first": 30 });
    let expected = matches(&graph, variables.clone()).await;
    let mut data = DataSet::real();
    for file in [
        "partnerships.csv",
        "cities.csv",
        "provinces.csv",
        "countries.csv",
        "restrictions.csv",
        "match_model.csv",
    ] {
        data.edit_rows(file, |_, rows| rows.reverse());
    }
    let reversed = TestGraph::with_data(&data).await;
    assert_eq!(matches(&reversed, variables).await, expected);
}

#[tokio::test]
async fn the_weight_of_equity_changes_the_order_only() {
    let graph = TestGraph::loaded().await;
    let list = async |weight: f64| {
        all_matches(&graph, json!({ "for": "us-ks-topeka", "weight": weight })).await
    };
    let (by_score, mixed, by_equity) = (list(0.0).await, list(0.5).await, list(1.0).await);
    assert!(by_score.is_sorted_by(|a, b| a["score"].as_f64() >= b["score"].as_f64()));
    assert!(by_equity.is_sorted_by(|a, b| a["equity"].as_f64() >= b["equity"].as_f64()));
    let sorted = |list: &[Value]| {
        let mut texts: Vec<_> = list.iter().map(Value::to_string).collect();
        texts.sort();
        texts
    };
    assert_ne!(by_score, mixed);
    assert_eq!(sorted(&by_score), sorted(&mixed));
    assert_eq!(sorted(&by_score), sorted(&by_equity));
}

#[tokio::test]
async fn pages_continue_after_a_cursor() {
    let graph = TestGraph::loaded().await;
    for weight in [0.0, 0.4] {
        let page = async |first: i64, after: &Value| {
            let variables = json!({ "for": "us-or-portland", "weight": weight, "first": first, "after": after });
            matches(&graph, variables).await
        };
        let whole = page(12, &Value::Null).await;
        let mut slugs_of_pages: Vec<String> = Vec::new();
        let mut after = Value::Null;
        for n in 0..4 {
            let part = page(3, &after).await;
            assert_eq!(part["pageInfo"]["hasPreviousPage"], n > 0);
            assert_eq!(part["edges"][2]["cursor"], part["pageInfo"]["endCursor"]);
            slugs_of_pages.extend(slugs(&part).into_iter().map(str::to_owned));
            after = part["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(slugs_of_pages, slugs(&whole));
    }
    let first = matches(&graph, json!({ "for": "us-or-portland", "first": 1 })).await;
    let cursor = &first["pageInfo"]["endCursor"];
    for other in [
        json!({ "for": "us-ks-topeka", "after": cursor }),
        json!({ "for": "us-or-portland", "weight": 0.5, "after": cursor }),
        json!({ "for": "us-or-portland", "filter": { "isCapital": true }, "after": cursor }),
    ] {
        let (message, code) = graph.query_with(PAGE, other).await.error();
        assert_eq!(code, "BAD_CURSOR");
        assert!(
            message.starts_with("after is a cursor of a different list"),
            "{message}"
        );
    }
    let malformed = json!({ "for": "us-or-portland", "after": "x" });
    assert_eq!(
        graph.query_with(PAGE, malformed).await.error().1,
        "BAD_CURSOR"
    );
}

#[tokio::test]
async fn invalid_arguments_are_rejected() {
    let graph = TestGraph::loaded().await;
    for slug in ["us-or", "jp-hokkaido"] {
        assert_eq!(
            graph.query_with(PAGE, json!({ "for": slug })).await.error(),
            (
                "matches exist for municipalities and counties, not for states or provinces".into(),
                "BAD_USER_INPUT".into()
            )
        );
    }
    for (weight, message) in [
        (1.5, "equityWeight is 1.5; it must be from 0 to 1"),
        (-0.1, "equityWeight is -0.1; it must be from 0 to 1"),
    ] {
        let variables = json!({ "for": "us-or-portland", "weight": weight });
        let response = graph.query_with(PAGE, variables).await;
        response.assert_rejected(message);
        assert_eq!(response.error(), (message.into(), "BAD_USER_INPUT".into()));
    }
    let too_large = json!({ "for": "us-or-portland", "first": 100_000 });
    assert_eq!(
        graph.query_with(PAGE, too_large).await.error().1,
        "PAGE_TOO_LARGE"
    );
    for unknown in ["us-or-nowhere", "JP", ""] {
        let variables = json!({ "for": unknown });
        assert_eq!(matches(&graph, variables).await, Value::Null, "{unknown}");
    }
}

#[tokio::test]
async fn unknown_values_contribute_nothing() {
    let graph = TestGraph::loaded().await;
    // It has neither a location nor a population.
    let page = matches(&graph, json!({ "for": "us-ny-ramapo", "first": 3 })).await;
    for node in nodes(&page) {
        for reason in node["reasons"].as_array().unwrap() {
            let feature = reason["feature"].as_str().unwrap();
            if feature == "COAST" {
                assert_eq!(reason["value"], Value::Null);
                assert_eq!(reason["contribution"], 0.0);
                assert_eq!(reason["text"], "location unknown");
            }
        }
    }
    // Without a partnership, no candidate is in a country of a partner.
    let page = matches(&graph, json!({ "for": "us-vt-montpelier", "first": 100 })).await;
    for node in nodes(&page) {
        let reasons = node["reasons"].as_array().unwrap();
        let same = reasons
            .iter()
            .find(|reason| reason["feature"] == "SAME_COUNTRY");
        assert_eq!(same.unwrap()["value"], 0.0);
        assert_eq!(same.unwrap()["contribution"], 0.0);
    }
}

#[tokio::test]
async fn reasons_are_in_words() {
    let graph = TestGraph::loaded().await;
    let page = matches(&graph, json!({ "for": "us-or-portland", "first": 1 })).await;
    let reasons = nodes(&page)[0]["reasons"].as_array().unwrap();
    let texts: BTreeSet<_> = reasons
        .iter()
        .map(|reason| reason["text"].as_str().unwrap())
        .collect();
    let expected = [
        "1 partnership between places in Oregon and Waikato Region",
        "82 km and 31 km from the sea",
        "Oregon and Waikato Region are not partners",
        "Portland has no partner in New Zealand yet",
        "larger than 96% and 86% of the known places in their countries",
        "not both are capitals",
        "places in Oregon have 4 partnerships with New Zealand, 4.4 times the number expected from all states",
        "population 652,503 and 189,700: 3.4 times as large",
    ];
    assert_eq!(texts, BTreeSet::from(expected));
}

#[tokio::test]
async fn a_gini_change_is_the_difference_between_two_concentrations() {
    let data = DataSet::real();
    let graph = TestGraph::with_data(&data).await;
    let dimensions = [
        "REGION",
        "STATE",
        "COUNTRY",
        "US_COMMUNITY",
        "PARTNER_COMMUNITY",
    ];
    let fields = |field: &str, subfield: &str| {
        let fields = dimensions.map(|by| format!("{by}: {field}(by: {by}){subfield} "));
        fields.concat()
    };
    let concentrations = format!("{{ {} }}", fields("concentration", " { gini }"));
    let before = graph.query(&concentrations).await.data();
    for (us, partner) in [
        ("us-ks-topeka", "nz-hamilton"),
        ("us-dc-washington", "jp-sapporo"),
    ] {
        let query = format!(
            "{{ matches(for: \"{us}\", filter: {{ slug: {{ eq: \"{partner}\" }} }}) {{ nodes {{ {} }} }} }}",
            fields("giniChange", "")
        );
        let changes = graph.query(&query).await.data()["matches"]["nodes"][0].clone();
        let mut with_pair = DataSet::real();
        let (state, place) = us.strip_prefix("us-").unwrap().split_at(2);
        with_pair.remove("claims.csv").add(
            "partnerships.csv",
            &format!("{state}{place}--{partner},{us},{partner},CITY,,LISTED,,,p-amfa-tw"),
        );
        let after = TestGraph::with_data(&with_pair).await;
        let after = after.query(&concentrations).await.data();
        for by in dimensions {
            let gini = |data: &Value| data[by]["gini"].as_f64().unwrap();
            let difference = gini(&after) - gini(&before);
            match changes[by].as_f64() {
                Some(change) => assert!((change - difference).abs() < 1e-12, "{us} {by}"),
                None => assert_eq!((us, by, difference), ("us-dc-washington", "REGION", 0.0)),
            }
        }
    }
}

#[tokio::test]
async fn the_model_is_current_for_the_built_in_data() {
    let graph = TestGraph::loaded().await;
    let query = "{ matchModel { fittedRevision isCurrent partnerships coefficients { feature coefficient standardError } metrics { split method measure value low high } } }";
    let model = graph.query(query).await.data()["matchModel"].clone();
    assert_eq!(model["isCurrent"], true);
    assert_eq!(model["partnerships"], 1_188);
    assert_eq!(
        model["fittedRevision"],
        DataSet::real_tables().match_revision
    );
    let coefficients = model["coefficients"].as_array().unwrap();
    assert_eq!(
        coefficients[0],
        json!({ "feature": "SIZE", "coefficient": 0.178, "standardError": 0.03 })
    );
    assert_eq!(coefficients.len(), 8);
    let metrics = model["metrics"].as_array().unwrap();
    assert_eq!(
        metrics.len(),
        DataSet::real().row_count("match_metrics.csv")
    );
    assert_eq!(metrics[0]["method"], "random");

    // Other data make it outdated, whether or not they change a feature.
    let mut data = DataSet::real();
    data.set("cities.csv", "jp-sapporo", "name", "Sapporo City");
    load(graph.database().connection(), &data.tables(), &())
        .await
        .unwrap();
    let model = graph.query(query).await.data()["matchModel"].clone();
    assert_eq!(model["isCurrent"], false);
    // Other data of the model do not.
    let mut data = DataSet::real();
    data.set("match_model.csv", "SIZE", "z", "6");
    load(graph.database().connection(), &data.tables(), &())
        .await
        .unwrap();
    let model = graph.query(query).await.data()["matchModel"].clone();
    assert_eq!(model["isCurrent"], true);
    // Without a model, there are no matches.
    data.remove("match_model.csv");
    load(graph.database().connection(), &data.tables(), &())
        .await
        .unwrap();
    let both = "{ matchModel { isCurrent } matches(for: \"us-or-portland\") { totalCount } }";
    let both = graph.query(both).await.data();
    assert_eq!(both, json!({ "matchModel": null, "matches": null }));
}

#[tokio::test]
async fn places_are_read_once_for_each_revision() {
    let graph = TestGraph::loaded().await;
    let query = "{ matches(for: \"us-ks-topeka\", first: 1) { totalCount nodes { score } } }";
    let first = graph.query(query).await;
    assert_eq!(first.statements.len(), 6, "{:#?}", first.statements);
    let again = graph.query(query).await;
    assert_eq!(again.statements.len(), 1, "{:#?}", again.statements);
    assert_eq!(again.data(), first.data());

    let mut data = DataSet::real();
    data.remove_partnership("ca-los-angeles--jp-nagoya");
    load(graph.database().connection(), &data.tables(), &())
        .await
        .unwrap();
    let loaded = graph.query(query).await;
    assert_eq!(loaded.statements.len(), 6);
    assert_ne!(loaded.data(), first.data());
}
