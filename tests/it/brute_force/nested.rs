//! Nested lists: a page for each of several parents.

use proptest::sample::select;
use serde_json::json;

use super::{
    harness::{Harness, list_request},
    reference_model::{Kind, Row},
    strategies::{filter, order},
};

/// A query with nested lists; `LIST` is replaced by the selection of the list.
struct NestedList {
    query: &'static str,
    kinds: &'static [Kind],
    /// The values that `$parents` can contain.
    parents: Parents,
}

#[derive(Clone, Copy, PartialEq)]
enum Parents {
    States,
    Regions,
    Countries,
    Provinces,
    Cities,
    Communities,
    Questions,
}

const NESTED: [NestedList; 7] = [
    NestedList {
        query: "states(first: 60, filter: { code: { in: $parents } }) { nodes { slug LIST } }",
        kinds: &[Kind::Cities, Kind::Partnerships, Kind::Statistics],
        parents: Parents::States,
    },
    NestedList {
        query: "regions { slug: name LIST }",
        kinds: &[Kind::Partnerships, Kind::Aggregates, Kind::Statistics],
        parents: Parents::Regions,
    },
    NestedList {
        query:
            "countries(first: 60, filter: { code: { in: $parents } }) { nodes { slug: code LIST } }
  us: country(code: \"US\") { slug: code LIST }",
        kinds: &[
            Kind::Cities,
            Kind::Partnerships,
            Kind::Aggregates,
            Kind::Statistics,
        ],
        parents: Parents::Countries,
    },
    NestedList {
        query: "countries(filter: { code: { in: $parents } }) { nodes { provinces { slug LIST } } }",
        kinds: &[Kind::Cities, Kind::Partnerships],
        parents: Parents::Provinces,
    },
    NestedList {
        query: "cities(first: 60, filter: { slug: { in: $parents } }) { nodes { slug LIST } }",
        kinds: &[Kind::Partnerships],
        parents: Parents::Cities,
    },
    // Both communities of some partnerships.
    NestedList {
        query: "partnerships(first: 60, filter: { us: { slug: { in: $parents } } }) { nodes { us { slug LIST } partner { slug LIST } } }",
        kinds: &[Kind::Partnerships],
        parents: Parents::Communities,
    },
    NestedList {
        query: "surveys { questions { slug LIST } }",
        kinds: &[Kind::Aggregates],
        parents: Parents::Questions,
    },
];

/// The values that `$parents` can contain.
fn choices(harness: &Harness, parents: Parents) -> Vec<String> {
    let model = &harness.model;
    let partnerships = model.tables.partnership.iter();
    let codes = model
        .tables
        .community
        .iter()
        .filter_map(|community| community.code.clone());
    // Countries and communities with many partnerships occur more often.
    match parents {
        Parents::States => codes.collect(),
        Parents::Countries | Parents::Provinces => partnerships
            .map(|partnership| partnership.country_id.clone())
            .collect(),
        Parents::Cities => partnerships
            .flat_map(|partnership| [&partnership.us_id, &partnership.partner_id])
            .cloned()
            .collect(),
        Parents::Communities => partnerships
            .map(|partnership| partnership.us_id.clone())
            .collect(),
        Parents::Regions | Parents::Questions => vec![String::new()],
    }
}

/// The slugs of the parents that the query returns.
fn parents_of<'a>(harness: &'a Harness, parents: Parents, names: &[String]) -> Vec<&'a str> {
    let model = &harness.model;
    let is_named = |id: &str| names.iter().any(|name| name == id);
    let communities = || model.tables.community.iter();
    let partnerships = model.tables.partnership.iter();
    let mut slugs: Vec<&str> = match parents {
        Parents::States => communities()
            .filter(|community| community.code.as_deref().is_some_and(is_named))
            .map(|community| community.id.as_str())
            .collect(),
        Parents::Regions => model
            .tables
            .region
            .iter()
            .map(|region| region.id.as_str())
            .collect(),
        Parents::Countries => {
            let countries = model.rows(Kind::Countries).into_iter().map(Row::slug);
            countries
                .filter(|code| is_named(code) || *code == "US")
                .collect()
        }
        Parents::Provinces => communities()
            .filter(|community| {
                community.community_type == "PROVINCE" && is_named(&community.country_id)
            })
            .map(|community| community.id.as_str())
            .collect(),
        Parents::Cities => communities()
            .filter(|community| community.community_type == "CITY" && is_named(&community.id))
            .map(|community| community.id.as_str())
            .collect(),
        Parents::Communities => partnerships
            .filter(|partnership| is_named(&partnership.us_id))
            .flat_map(|partnership| [partnership.us_id.as_str(), partnership.partner_id.as_str()])
            .collect(),
        Parents::Questions => model
            .tables
            .question
            .iter()
            .map(|question| question.id.as_str())
            .collect(),
    };
    slugs.sort_unstable();
    slugs.dedup();
    slugs
}

#[test]
fn nested_lists() {
    let harness = Harness::new();
    for nested in NESTED {
        for kind in nested.kinds {
            let requests = list_request(*kind, filter(&harness.model, *kind), order(*kind), 12);
            let names = proptest::collection::vec(select(choices(&harness, nested.parents)), 1..=3);
            let query = kind.operation(&nested.query.replace("LIST", &kind.selection()));
            harness.check(40, &(names, requests), |(names, request)| {
                let parents = parents_of(&harness, nested.parents, &names);
                let parents: Vec<_> = parents.into_iter().map(Some).collect();
                harness.compare(&request, &query, &json!(names), &parents)
            });
        }
    }
}
