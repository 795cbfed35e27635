//! Lists of many parents at once, each a page of its own.

use proptest::sample::select;
use serde_json::json;

use super::{
    site::{Site, question},
    strategies::{filter, order},
    world::{Kind, Row},
};

/// Where lists stand in a query: `LIST` is put in there.
struct Nest {
    query: &'static str,
    kinds: &'static [Kind],
    /// What `$of` may name.
    parents: Parents,
}

#[derive(Clone, Copy, PartialEq)]
enum Parents {
    States,
    Regions,
    Countries,
    Provinces,
    Cities,
    Sides,
    Questions,
}

const NESTS: [Nest; 7] = [
    Nest {
        query: "states(first: 60, filter: { code: { in: $of } }) { nodes { slug LIST } }",
        kinds: &[Kind::Cities, Kind::Partnerships, Kind::Statistics],
        parents: Parents::States,
    },
    Nest {
        query: "regions { slug: name LIST }",
        kinds: &[Kind::Partnerships, Kind::Aggregates, Kind::Statistics],
        parents: Parents::Regions,
    },
    Nest {
        query: "countries(first: 60, filter: { code: { in: $of } }) { nodes { slug: code LIST } }
  us: country(code: \"US\") { slug: code LIST }",
        kinds: &[Kind::Cities, Kind::Partnerships, Kind::Statistics],
        parents: Parents::Countries,
    },
    Nest {
        query: "countries(filter: { code: { in: $of } }) { nodes { provinces { slug LIST } } }",
        kinds: &[Kind::Cities, Kind::Partnerships],
        parents: Parents::Provinces,
    },
    Nest {
        query: "cities(first: 60, filter: { slug: { in: $of } }) { nodes { slug LIST } }",
        kinds: &[Kind::Partnerships],
        parents: Parents::Cities,
    },
    // Both sides of some partnerships, whatever their type.
    Nest {
        query: "partnerships(first: 60, filter: { us: { slug: { in: $of } } }) { nodes { us { slug LIST } partner { slug LIST } } }",
        kinds: &[Kind::Partnerships],
        parents: Parents::Sides,
    },
    Nest {
        query: "surveys { questions { slug LIST } }",
        kinds: &[Kind::Aggregates],
        parents: Parents::Questions,
    },
];

/// What `$of` may hold.
fn choices(site: &Site, parents: Parents) -> Vec<String> {
    let world = &site.world;
    let ties = world.tables.partnership.iter();
    let codes = world
        .tables
        .community
        .iter()
        .filter_map(|place| place.code.clone());
    // Countries and sides with many partnerships come up more often.
    match parents {
        Parents::States => codes.collect(),
        Parents::Countries | Parents::Provinces => ties.map(|tie| tie.country_id.clone()).collect(),
        Parents::Cities => ties
            .flat_map(|tie| [&tie.us_id, &tie.partner_id])
            .cloned()
            .collect(),
        Parents::Sides => ties.map(|tie| tie.us_id.clone()).collect(),
        Parents::Regions | Parents::Questions => vec![String::new()],
    }
}

/// The parents that the query leads to.
fn parents_of<'a>(site: &'a Site, parents: Parents, of: &[String]) -> Vec<&'a str> {
    let world = &site.world;
    let is_named = |id: &str| of.iter().any(|one| one == id);
    let places = || world.tables.community.iter();
    let ties = world.tables.partnership.iter();
    let mut found: Vec<&str> = match parents {
        Parents::States => places()
            .filter(|place| place.code.as_deref().is_some_and(is_named))
            .map(|place| place.id.as_str())
            .collect(),
        Parents::Regions => world
            .tables
            .region
            .iter()
            .map(|region| region.id.as_str())
            .collect(),
        Parents::Countries => {
            let countries = world.rows(Kind::Countries).into_iter().map(Row::slug);
            countries
                .filter(|code| is_named(code) || *code == "US")
                .collect()
        }
        Parents::Provinces => places()
            .filter(|place| place.community_type == "PROVINCE" && is_named(&place.country_id))
            .map(|place| place.id.as_str())
            .collect(),
        Parents::Cities => places()
            .filter(|place| place.community_type == "CITY" && is_named(&place.id))
            .map(|place| place.id.as_str())
            .collect(),
        Parents::Sides => ties
            .filter(|tie| is_named(&tie.us_id))
            .flat_map(|tie| [tie.us_id.as_str(), tie.partner_id.as_str()])
            .collect(),
        Parents::Questions => world
            .tables
            .question
            .iter()
            .map(|question| question.id.as_str())
            .collect(),
    };
    found.sort_unstable();
    found.dedup();
    found
}

#[test]
fn nested_lists() {
    let site = Site::new();
    for nest in NESTS {
        for kind in nest.kinds {
            let questions = question(*kind, filter(&site.world, *kind), order(*kind), 12);
            let of = proptest::collection::vec(select(choices(&site, nest.parents)), 1..=3);
            let query = kind.operation(&nest.query.replace("LIST", &kind.selection()));
            site.check(40, &(of, questions), |(of, question)| {
                let parents = parents_of(&site, nest.parents, &of);
                let parents: Vec<_> = parents.into_iter().map(Some).collect();
                site.compare(&question, &query, &json!(of), &parents)
            });
        }
    }
}
