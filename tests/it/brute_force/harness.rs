//! A server over a database, with the same rows in memory to compare its responses with.

use std::fmt::Display;

use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, RngSeed, TestCaseError, TestRunner},
};
use serde_json::{Value as Json, json};
use sistergraph::limits::Limits;
use tokio::runtime::Runtime;

use super::{
    pages::{Page, PageBounds},
    reference_model::{Kind, ReferenceModel, Row, data},
    strategies::JsonStrategy,
};
use crate::support::{database::n_cases, graph::TestGraph};

/// The size of a page if the request does not set it.
const DEFAULT_PAGE_SIZE: usize = 20;

pub(super) struct Harness {
    runtime: Runtime,
    graph: TestGraph,
    pub(super) model: ReferenceModel,
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
            Kind::Sources => "sources",
        }
    }

    fn type_name(self) -> &'static str {
        match self {
            Kind::States => "State",
            Kind::Countries => "Country",
            Kind::Cities => "City",
            Kind::Partnerships => "Partnership",
            Kind::Aggregates => "RespondentAggregate",
            Kind::Statistics => "PublishedStatistic",
            Kind::Sources => "Source",
        }
    }

    pub(super) fn is_ordered(self) -> bool {
        self != Kind::Aggregates
    }

    /// The selection of a page of the list, with the alias `list`.
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
        let type_name = self.type_name();
        // A declared variable that is not used would be an error.
        let parents = if selection.contains("$parents") {
            "$parents: [String!], "
        } else {
            ""
        };
        let order = match self.is_ordered() {
            true => format!(", $orderBy: [{type_name}Order!]"),
            false => String::new(),
        };
        format!(
            "query({parents}$filter: {type_name}Filter{order}, $first: Int, $after: String, $last: Int, $before: String) {{ {selection} }}"
        )
    }
}

/// The arguments of a page. The cursors are given as indexes into all rows of the table, because a
/// cursor of a row outside the list also has a position in it.
#[derive(Clone, Debug)]
pub(super) struct PageArguments {
    n: Option<usize>,
    from_end: bool,
    after: Option<Index>,
    before: Option<Index>,
}

fn page_arguments(max: usize) -> impl Strategy<Value = PageArguments> {
    let n = prop_oneof![Just(0), 1..=5_usize, 6..=max, Just(max)];
    let cursor = || proptest::option::weighted(0.3, any::<Index>());
    (
        proptest::option::weighted(0.9, n),
        any::<bool>(),
        cursor(),
        cursor(),
    )
        .prop_map(|(n, from_end, after, before)| PageArguments {
            n,
            from_end: from_end && n.is_some(),
            after,
            before,
        })
}

/// A random request for a list.
#[derive(Clone, Debug)]
pub(super) struct ListRequest {
    pub(super) kind: Kind,
    pub(super) filter: Json,
    pub(super) order: Json,
    pub(super) page: PageArguments,
}

pub(super) fn list_request(
    kind: Kind,
    filter: JsonStrategy,
    order: JsonStrategy,
    max: usize,
) -> impl Strategy<Value = ListRequest> {
    (filter, order, page_arguments(max)).prop_map(move |(filter, order, page)| ListRequest {
        kind,
        filter,
        order,
        page,
    })
}

impl Harness {
    pub(super) fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let tables = data().tables();
        Self {
            graph: runtime.block_on(TestGraph::with_tables(Limits::default(), &tables)),
            model: ReferenceModel::new(),
            runtime,
        }
    }

    /// Runs a test on random values, which are the same each time unless `PROPTEST_RNG_SEED` is set.
    pub(super) fn check<S: Strategy>(
        &self,
        cases: u32,
        strategy: &S,
        test: impl Fn(S::Value) -> Result<(), TestCaseError>,
    ) {
        let mut config = Config {
            cases: n_cases(cases),
            failure_persistence: None,
            max_shrink_iters: 2_000,
            ..Config::default()
        };
        if config.rng_seed == RngSeed::Random {
            config.rng_seed = RngSeed::Fixed(1);
        }
        let outcome = TestRunner::new(config).run(strategy, |value| {
            self.model.is_ambiguous.set(false);
            test(value)
        });
        if let Err(error) = outcome {
            panic!("{error}");
        }
    }

    /// Sends a query, and returns its data; errors fail the test case.
    pub(super) fn query(&self, query: &str, variables: &Json) -> Result<Json, TestCaseError> {
        let response = self.graph.query_with(query, variables.clone());
        let response = self.runtime.block_on(response).json();
        match response.get("errors") {
            None => Ok(response["data"].clone()),
            Some(errors) => Err(failure(query, variables, errors)),
        }
    }

    /// The row of a cursor argument, with the cursor that the server returns for it.
    fn cursor(
        &self,
        request: &ListRequest,
        index: Option<Index>,
    ) -> Result<Option<(Row<'_>, Json)>, TestCaseError> {
        let ListRequest { kind, order, .. } = request;
        let Some(index) = index else { return Ok(None) };
        let all = self.model.rows(*kind);
        let index = index.index(all.len());
        let row = all[index];
        let eq = |slug: &str| json!({ "slug": { "eq": slug } });
        let (filter, first) = match row {
            // A filter with `isPartner` can return the United States.
            Row::Country(country) => {
                let is_partner = country.is_partner;
                let filter = json!({ "code": { "eq": country.id }, "isPartner": is_partner });
                (filter, 1)
            }
            Row::Community(community) if *kind == Kind::States => {
                (json!({ "code": { "eq": community.code } }), 1)
            }
            Row::Community(community) => (eq(&community.id), 1),
            Row::Partnership(partnership) => (
                json!({ "us": eq(&partnership.us_id), "partner": eq(&partnership.partner_id) }),
                1,
            ),
            Row::Statistic(_) | Row::Source(_) => (eq(row.slug()), 1),
            // Their filters cannot select a single row.
            Row::Aggregate(_) | Row::Claim(_) => (Json::Null, index + 1),
        };
        let variables = json!({ "filter": filter, "orderBy": order, "first": first });
        let data = self.query(&kind.operation(&kind.selection()), &variables)?;
        Ok(Some((row, data["list"]["pageInfo"]["endCursor"].clone())))
    }

    /// Sends a query that contains the list, and compares every list in the response with the
    /// reference model. `parents` are the expected parents of the lists, `names` the values of
    /// `$parents`.
    pub(super) fn compare(
        &self,
        request: &ListRequest,
        query: &str,
        names: &Json,
        parents: &[Option<&str>],
    ) -> Result<(), TestCaseError> {
        let ListRequest {
            kind,
            filter,
            order,
            page,
        } = request;
        let (after, before) = (
            self.cursor(request, page.after)?,
            self.cursor(request, page.before)?,
        );
        let mut variables = json!({
            "parents": names,
            "filter": filter,
            "orderBy": order,
            if page.from_end { "last" } else { "first" }: page.n,
            "after": after.as_ref().map(|(_, cursor)| cursor),
            "before": before.as_ref().map(|(_, cursor)| cursor),
        });
        if !kind.is_ordered() {
            variables["orderBy"].take();
        }
        let data = self.query(query, &variables)?;
        let bounds = PageBounds {
            n: page.n.unwrap_or(DEFAULT_PAGE_SIZE),
            from_end: page.from_end,
            after: after.map(|(row, _)| row),
            before: before.map(|(row, _)| row),
        };
        let mut lists = Vec::new();
        collect_lists(&data, &mut lists);
        let mut actual_parents: Vec<_> = lists.iter().map(|(parent, _)| *parent).collect();
        actual_parents.sort_unstable();
        actual_parents.dedup();
        if actual_parents != parents {
            return Err(failure(
                query,
                &variables,
                format!("lists of {actual_parents:?}, not of {parents:?}"),
            ));
        }
        for (parent, list) in lists {
            let rows = self.model.list(*kind, parent, filter, order);
            let expected = self.model.page(&rows, order, &bounds);
            if self.model.is_ambiguous.get() {
                return Ok(());
            }
            match read_page(list) {
                Ok(page) if page == expected => {}
                Ok(page) => {
                    return Err(failure(
                        query,
                        &variables,
                        format!("parent: {parent:?}\nactual: {page:?}\nexpected: {expected:?}"),
                    ));
                }
                Err(problem) => {
                    let message = format!("parent: {parent:?}\n{problem}");
                    return Err(failure(query, &variables, message));
                }
            }
        }
        Ok(())
    }
}

pub(super) fn failure(query: &str, variables: &Json, message: impl Display) -> TestCaseError {
    TestCaseError::fail(format!("{query}\nvariables: {variables}\n{message}\n"))
}

/// Collects every list in the data of a response, each with the slug of its parent.
fn collect_lists<'a>(data: &'a Json, lists: &mut Vec<(Option<&'a str>, &'a Json)>) {
    match data {
        Json::Object(fields) => {
            if let Some(list) = fields.get("list") {
                lists.push((fields.get("slug").and_then(Json::as_str), list));
            }
            fields
                .values()
                .for_each(|value| collect_lists(value, lists));
        }
        Json::Array(values) => values.iter().for_each(|value| collect_lists(value, lists)),
        _ => {}
    }
}

/// Reads a page, and checks that its edges, nodes, and cursors agree.
fn read_page(list: &Json) -> Result<Page, String> {
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
