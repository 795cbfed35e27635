//! A server with the rows in its database, and the same rows in memory.

use std::fmt::Display;

use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, RngSeed, TestCaseError, TestRunner},
};
use serde_json::{Value as Json, json};
use sistergraph::engine::Limits;
use tokio::runtime::Runtime;

use super::{
    pages::{Cut, Page},
    strategies::Jsons,
    world::{Kind, Row, World, data},
};
use crate::support::graph::TestGraph;

/// Rows of a page where the request does not say.
const DEFAULT_PAGE_SIZE: usize = 20;

pub(super) struct Site {
    runtime: Runtime,
    graph: TestGraph,
    pub(super) world: World,
}

impl Kind {
    pub(super) fn field(self) -> &'static str {
        match self {
            Kind::States => "states",
            Kind::Countries => "countries",
            Kind::Cities => "cities",
            Kind::Partnerships => "partnerships",
            Kind::Aggregates => "respondentAggregates",
            Kind::Statistics => "publishedStatistics",
        }
    }

    fn object(self) -> &'static str {
        match self {
            Kind::States => "State",
            Kind::Countries => "Country",
            Kind::Cities => "City",
            Kind::Partnerships => "Partnership",
            Kind::Aggregates => "RespondentAggregate",
            Kind::Statistics => "PublishedStatistic",
        }
    }

    pub(super) fn is_ordered(self) -> bool {
        !matches!(self, Kind::Aggregates | Kind::Statistics)
    }

    /// The list under the name `list`, with what a page says of itself.
    pub(super) fn selection(self) -> String {
        let order = if self.is_ordered() {
            "orderBy: $orderBy, "
        } else {
            ""
        };
        let slug = if self == Kind::Countries {
            "slug: code"
        } else {
            "slug"
        };
        format!(
            "list: {}(filter: $filter, {order}first: $first, after: $after, last: $last, before: $before) {{
  totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
  edges {{ cursor node {{ {slug} }} }} nodes {{ {slug} }}
}}",
            self.field()
        )
    }

    /// The operation around a selection.
    pub(super) fn operation(self, selection: &str) -> String {
        let object = self.object();
        // A variable that is declared and not used is an error.
        let of = if selection.contains("$of") {
            "$of: [String!], "
        } else {
            ""
        };
        let order = match self.is_ordered() {
            true => format!(", $orderBy: [{object}Order!]"),
            false => String::new(),
        };
        format!(
            "query({of}$filter: {object}Filter{order}, $first: Int, $after: String, $last: Int, $before: String) {{ {selection} }}"
        )
    }
}

/// A part of a list, its ends as places among all rows of the table: a cursor of a row that is not
/// in the list means its place there.
#[derive(Clone, Debug)]
pub(super) struct Part {
    n: Option<usize>,
    from_end: bool,
    after: Option<Index>,
    before: Option<Index>,
}

pub(super) fn part(max: usize) -> impl Strategy<Value = Part> {
    let n = prop_oneof![Just(0), 1..=5_usize, 6..=max, Just(max)];
    let end = || proptest::option::weighted(0.3, any::<Index>());
    (
        proptest::option::weighted(0.9, n),
        any::<bool>(),
        end(),
        end(),
    )
        .prop_map(|(n, from_end, after, before)| Part {
            n,
            from_end: from_end && n.is_some(),
            after,
            before,
        })
}

/// What is asked of a list.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) kind: Kind,
    pub(super) filter: Json,
    pub(super) order: Json,
    pub(super) part: Part,
}

pub(super) fn question(
    kind: Kind,
    filter: Jsons,
    order: Jsons,
    max: usize,
) -> impl Strategy<Value = Question> {
    (filter, order, part(max)).prop_map(move |(filter, order, part)| Question {
        kind,
        filter,
        order,
        part,
    })
}

impl Site {
    pub(super) fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let tables = data().tables();
        Self {
            graph: runtime.block_on(TestGraph::over(Limits::default(), &tables)),
            world: World::new(),
            runtime,
        }
    }

    /// Runs a test on random values, always the same ones unless `PROPTEST_RNG_SEED` is set.
    pub(super) fn check<S: Strategy>(
        &self,
        cases: u32,
        strategy: &S,
        test: impl Fn(S::Value) -> Result<(), TestCaseError>,
    ) {
        let mut config = Config {
            cases,
            failure_persistence: None,
            max_shrink_iters: 2_000,
            ..Config::default()
        };
        if config.rng_seed == RngSeed::Random {
            config.rng_seed = RngSeed::Fixed(1);
        }
        let outcome = TestRunner::new(config).run(strategy, |value| {
            self.world.doubtful.set(false);
            test(value)
        });
        if let Err(error) = outcome {
            panic!("{error}");
        }
    }

    /// The data of an answer; errors fail the case.
    pub(super) fn ask(&self, query: &str, variables: &Json) -> Result<Json, TestCaseError> {
        let answer = self.graph.query_with(query, variables.clone());
        let answer = self.runtime.block_on(answer).json();
        match answer.get("errors") {
            None => Ok(answer["data"].clone()),
            Some(errors) => Err(wrong(query, variables, errors)),
        }
    }

    /// The row of an end of a part, with a cursor that a list of that one row gives under the order.
    fn end(
        &self,
        question: &Question,
        end: Option<Index>,
    ) -> Result<Option<(Row<'_>, Json)>, TestCaseError> {
        let Question { kind, order, .. } = question;
        let Some(end) = end else { return Ok(None) };
        let all = self.world.rows(*kind);
        let position = end.index(all.len());
        let row = all[position];
        let eq = |slug: &str| json!({ "slug": { "eq": slug } });
        let (only, first) = match row {
            // Naming `isPartner` lets the United States in.
            Row::Country(country) => {
                let is_partner = country.is_partner;
                let only = json!({ "code": { "eq": country.id }, "isPartner": is_partner });
                (only, 1)
            }
            Row::Place(place) if *kind == Kind::States => {
                (json!({ "code": { "eq": place.code } }), 1)
            }
            Row::Place(place) => (eq(&place.id), 1),
            Row::Tie(tie) => (
                json!({ "us": eq(&tie.us_id), "partner": eq(&tie.partner_id) }),
                1,
            ),
            // Their filters do not name one.
            Row::Aggregate(_) | Row::Statistic(_) => (Json::Null, position + 1),
        };
        let variables = json!({ "filter": only, "orderBy": order, "first": first });
        let answer = self.ask(&kind.operation(&kind.selection()), &variables)?;
        Ok(Some((row, answer["list"]["pageInfo"]["endCursor"].clone())))
    }

    /// Sends the question with a query that has the list in it, and compares all lists of the
    /// answer with those of their parents; `parents` are all that there should be.
    pub(super) fn compare(
        &self,
        question: &Question,
        query: &str,
        of: &Json,
        parents: &[Option<&str>],
    ) -> Result<(), TestCaseError> {
        let Question {
            kind,
            filter,
            order,
            part,
        } = question;
        let (after, before) = (
            self.end(question, part.after)?,
            self.end(question, part.before)?,
        );
        let mut variables = json!({
            "of": of,
            "filter": filter,
            "orderBy": order,
            if part.from_end { "last" } else { "first" }: part.n,
            "after": after.as_ref().map(|(_, cursor)| cursor),
            "before": before.as_ref().map(|(_, cursor)| cursor),
        });
        if !kind.is_ordered() {
            variables["orderBy"].take();
        }
        let answer = self.ask(query, &variables)?;
        let cut = Cut {
            n: part.n.unwrap_or(DEFAULT_PAGE_SIZE),
            from_end: part.from_end,
            after: after.map(|(row, _)| row),
            before: before.map(|(row, _)| row),
        };
        let mut found = Vec::new();
        lists(&answer, &mut found);
        let mut found_of: Vec<_> = found.iter().map(|(parent, _)| *parent).collect();
        found_of.sort_unstable();
        found_of.dedup();
        if found_of != parents {
            return Err(wrong(
                query,
                &variables,
                format!("lists of {found_of:?}, not of {parents:?}"),
            ));
        }
        for (parent, list) in found {
            let rows = self.world.list(*kind, parent, filter, order);
            let right = self.world.page(&rows, order, &cut);
            if self.world.doubtful.get() {
                return Ok(());
            }
            match page(list) {
                Ok(page) if page == right => {}
                Ok(page) => {
                    return Err(wrong(
                        query,
                        &variables,
                        format!("of {parent:?}\nanswered {page:?}\nright is {right:?}"),
                    ));
                }
                Err(fault) => {
                    return Err(wrong(query, &variables, format!("of {parent:?}: {fault}")));
                }
            }
        }
        Ok(())
    }
}

pub(super) fn wrong(query: &str, variables: &Json, fault: impl Display) -> TestCaseError {
    TestCaseError::fail(format!("{query}\nvariables: {variables}\n{fault}\n"))
}

/// Every list of an answer, with the slug beside it.
fn lists<'a>(answer: &'a Json, found: &mut Vec<(Option<&'a str>, &'a Json)>) {
    match answer {
        Json::Object(fields) => {
            if let Some(list) = fields.get("list") {
                found.push((fields.get("slug").and_then(Json::as_str), list));
            }
            fields.values().for_each(|value| lists(value, found));
        }
        Json::Array(values) => values.iter().for_each(|value| lists(value, found)),
        _ => {}
    }
}

/// The page in an answer, its parts in agreement with each other.
fn page(list: &Json) -> Result<Page, String> {
    let slug = |node: &Json| node["slug"].as_str().map(str::to_owned);
    let edges = list["edges"].as_array().ok_or("no edges")?;
    let nodes = list["nodes"].as_array().ok_or("no nodes")?;
    let slugs: Vec<String> = edges
        .iter()
        .filter_map(|edge| slug(&edge["node"]))
        .collect();
    let info = &list["pageInfo"];
    let cursor = |edge: Option<&Json>| edge.map_or(Json::Null, |edge| edge["cursor"].clone());
    if !slugs.iter().cloned().eq(nodes.iter().filter_map(slug)) {
        return Err(format!("edges are {slugs:?}, nodes {nodes:?}"));
    }
    if info["startCursor"] != cursor(edges.first()) || info["endCursor"] != cursor(edges.last()) {
        return Err(format!("the cursors of {info} are not those of {edges:?}"));
    }
    Ok(Page {
        slugs,
        total: list["totalCount"].as_u64().ok_or("no totalCount")? as usize,
        has_next: info["hasNextPage"].as_bool().ok_or("no hasNextPage")?,
        has_previous: info["hasPreviousPage"]
            .as_bool()
            .ok_or("no hasPreviousPage")?,
    })
}
