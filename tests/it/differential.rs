//! Random queries get the same data from the engine and from async-graphql's executor.
//!
//! The queries are generated from the schema, so new fields and types are covered automatically.
//! `DIFFERENTIAL_SEED=n` sets the first seed; a failure prints the query.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
};

use async_graphql::parser::{
    parse_schema,
    types::{
        BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind,
        TypeSystemDefinition,
    },
};
use serde_json::{Value, json};
use sistergraph::{generate::SplitMix64, limits::Limits, schema};

use crate::{
    reference::ReferenceExecutor,
    support::{database::n_cases, graph::TestGraph},
};

/// Levels below the root.
const DEPTH: u32 = 5;

struct Types(BTreeMap<String, TypeDefinition>);

impl Types {
    fn read(sdl: &str) -> Self {
        let definitions = parse_schema(sdl).unwrap().definitions.into_iter();
        Self(
            definitions
                .filter_map(|definition| match definition {
                    TypeSystemDefinition::Type(ty) => {
                        Some((ty.node.name.node.to_string(), ty.node))
                    }
                    _ => None,
                })
                .collect(),
        )
    }

    /// The fields of an object type or an interface; empty for other types.
    fn fields(&self, name: &str) -> Vec<&FieldDefinition> {
        match self.0.get(name).map(|ty| &ty.kind) {
            Some(TypeKind::Object(ty)) => ty.fields.iter().map(|field| &field.node).collect(),
            Some(TypeKind::Interface(ty)) => ty.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether all fields with this name have the same type.
    fn has_one_type(&self, name: &str) -> bool {
        let types: BTreeSet<String> = self
            .0
            .keys()
            .flat_map(|ty| self.fields(ty))
            .filter(|field| field.name.node == name)
            .map(|field| field.ty.node.to_string())
            .collect();
        types.len() == 1
    }

    fn is_leaf(&self, name: &str) -> bool {
        !self.is_abstract(name) && self.fields(name).is_empty()
    }

    fn is_abstract(&self, name: &str) -> bool {
        let kind = self.0.get(name).map(|ty| &ty.kind);
        matches!(kind, Some(TypeKind::Interface(_) | TypeKind::Union(_)))
    }

    /// The object types that an interface or union can have.
    fn possible_types(&self, name: &str) -> Vec<&str> {
        if let Some(TypeKind::Union(union)) = self.0.get(name).map(|ty| &ty.kind) {
            return union
                .members
                .iter()
                .map(|member| member.node.as_str())
                .collect();
        }
        let implementations = self.0.iter().filter(|(_, ty)| match &ty.kind {
            TypeKind::Object(object) => object
                .implements
                .iter()
                .any(|interface| interface.node == name),
            _ => false,
        });
        implementations.map(|(name, _)| name.as_str()).collect()
    }
}

fn named_type(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named_type(inner),
    }
}

struct Dice(SplitMix64);

impl Dice {
    fn roll(&mut self, n: usize) -> usize {
        let n = u32::try_from(n).unwrap();
        usize::try_from(self.0.next_below(n)).unwrap()
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.roll(n) == 0
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.roll(items.len())]
    }
}

struct Writer<'a> {
    types: &'a Types,
    dice: Dice,
    fragments: String,
    n_fragments: usize,
    n_aliases: usize,
}

impl Writer<'_> {
    /// A selection set on an object type or an interface.
    fn set(&mut self, parent: &str, depth: u32) -> String {
        let types = self.types;
        let fields = types.fields(parent);
        let mut set = "{".to_owned();
        // So that the set is never empty.
        set += " __typename";
        for _ in 0..1 + self.dice.roll(4) {
            let usable: Vec<_> = fields
                .iter()
                .copied()
                .filter(|field| depth > 0 || types.is_leaf(named_type(&field.ty.node)))
                .collect();
            if !usable.is_empty() {
                let field = self.dice.pick(&usable);
                self.field(&mut set, parent, field, depth);
            }
        }
        if types.is_abstract(parent) {
            for possible_types in types.possible_types(parent) {
                if self.dice.one_in(2) {
                    write!(
                        set,
                        " ... on {possible_types} {}",
                        self.set(possible_types, depth.saturating_sub(1))
                    )
                    .unwrap();
                }
            }
        } else if depth > 0 && self.dice.one_in(4) {
            self.fragment(&mut set, parent, depth - 1);
        }
        set + " }"
    }

    /// Adds a selection set in a fragment on the type or on one of its interfaces.
    fn fragment(&mut self, set: &mut String, parent: &str, depth: u32) {
        let types = self.types;
        let mut on = vec![parent.to_owned()];
        if let Some(TypeKind::Object(object)) = types.0.get(parent).map(|ty| &ty.kind) {
            on.extend(
                object
                    .implements
                    .iter()
                    .map(|interface| interface.node.to_string()),
            );
        }
        let on = on[self.dice.roll(on.len())].clone();
        let inner = self.set(&on, depth);
        if self.dice.one_in(2) {
            write!(set, " ... on {on} {inner}").unwrap();
            return;
        }
        self.n_fragments += 1;
        let name = format!("F{}", self.n_fragments);
        write!(self.fragments, " fragment {name} on {on} {inner}").unwrap();
        write!(set, " ...{name}").unwrap();
    }

    fn field(&mut self, set: &mut String, parent: &str, field: &FieldDefinition, depth: u32) {
        let name = field.name.node.as_str();
        let ty = named_type(&field.ty.node);
        let Some(arguments) = self.arguments(parent, field) else {
            return;
        };
        // Selections of one field are merged only if their arguments are equal, so a field with
        // arguments gets an alias. Other fields get one sometimes.
        if !field.arguments.is_empty() || self.dice.one_in(4) {
            self.n_aliases += 1;
            write!(set, " a{}: {name}{arguments}", self.n_aliases).unwrap();
        } else if self.types.has_one_type(name) {
            write!(set, " {name}").unwrap();
        } else {
            // Values of different types must not share a response key.
            let suffix = field.ty.node.to_string();
            let suffix = suffix.replace('!', "_").replace(['[', ']'], "L");
            write!(set, " {name}_{suffix}: {name}").unwrap();
        }
        if self.dice.one_in(8) {
            let (directive, flag) = self.dice.pick(&[
                ("skip", true),
                ("skip", false),
                ("include", true),
                ("include", false),
            ]);
            write!(set, " @{directive}(if: {flag})").unwrap();
        }
        if !self.types.is_leaf(ty) {
            let inner = self.set(ty, depth.saturating_sub(1));
            write!(set, " {inner}").unwrap();
        }
    }

    /// The arguments of a field in parentheses, or `None` if a required one has no example value.
    fn arguments(&mut self, parent: &str, field: &FieldDefinition) -> Option<String> {
        let mut written = Vec::new();
        for argument in &field.arguments {
            let InputValueDefinition {
                name,
                ty,
                default_value,
                ..
            } = &argument.node;
            let is_required = !ty.node.nullable && default_value.is_none();
            let value = match name.node.as_str() {
                // Pages are small, because nested pages multiply.
                "first" => Some(self.dice.pick(&["0", "1", "2", "3"]).to_owned()),
                // One of its optional arguments is required.
                "measure" if field.name.node == "trend" => Some("PARTNERSHIP_COUNT".to_owned()),
                _ if !is_required => continue,
                required => self.example_value(parent, &field.name.node, required),
            }?;
            written.push(format!("{}: {value}", name.node));
        }
        Some(if written.is_empty() {
            String::new()
        } else {
            format!("({})", written.join(", "))
        })
    }

    fn example_value(&mut self, parent: &str, field: &str, argument: &str) -> Option<String> {
        let text = |text: &str| Some(format!("\"{text}\""));
        match (parent, field, argument) {
            ("Query", "state", "code") => text(self.dice.pick(&["OR", "GU", "US-CA", "dc", "XX"])),
            ("Query", "country", "code") => text(self.dice.pick(&["JP", "CHN", "us", "ZZ"])),
            ("Query", "city", "slug") => {
                text(
                    self.dice
                        .pick(&["jp-nagoya", "us-or-portland", "us-gu-hagatna", "none"]),
                )
            }
            ("Query", "partnership", "slug") => {
                text(
                    self.dice
                        .pick(&["or--cn-fujian", "or-portland--jp-sapporo", "none"]),
                )
            }
            ("Query", "changes", "since") => text("none"),
            ("Query", "matches", "for") => {
                text(
                    self.dice
                        .pick(&["us-ks-topeka", "us-tx-houston", "jp-nagoya", "none"]),
                )
            }
            ("Query", "plan", "size") => Some("3".to_owned()),
            ("Query", "compare", "a") => text(self.dice.pick(&["aware-yes", "california", "none"])),
            ("Query", "compare", "b") => {
                text(
                    self.dice
                        .pick(&["aware-not-sure", "aware-yes-public", "texas"]),
                )
            }
            ("Query", "province", "slug") => text(self.dice.pick(&["jp-hokkaido", "none"])),
            ("Query", "respondentAggregate", "slug") => {
                text(self.dice.pick(&["aware-yes-west", "none"]))
            }
            ("Query", "publishedStatistic", "slug") => {
                text(self.dice.pick(&["california-share", "none"]))
            }
            ("Query", "identity", "slug") => text(self.dice.pick(&["i01", "none"])),
            ("Query", "survey", "slug") => text(self.dice.pick(&["states-survey-2021", "none"])),
            ("Query", "region", "name") => Some(self.dice.pick(&["WEST", "SOUTH"]).to_owned()),
            ("Query", "node", "id") => {
                text(self.dice.pick(&["Q2l0eTpqcC1uYWdveWE", "UmVnaW9uOldFU1Q"]))
            }
            ("Query", "nodes", "ids") => {
                Some("[\"Q2l0eTpqcC1uYWdveWE\", \"UmVnaW9uOldFU1Q\"]".to_owned())
            }
            _ => None,
        }
    }
}

fn query(types: &Types, seed: u64) -> String {
    let mut writer = Writer {
        types,
        // Spreads neighboring seeds; a state of zero would stay zero.
        dice: Dice(SplitMix64(seed)),
        fragments: String::new(),
        n_fragments: 0,
        n_aliases: 0,
    };
    let set = writer.set("Query", DEPTH);
    format!("{set}{}", writer.fragments)
}

/// The number of values that are not null, to check that the queries find something.
fn n_values(data: &Value) -> usize {
    match data {
        Value::Array(items) => items.iter().map(n_values).sum(),
        Value::Object(fields) => fields.values().map(n_values).sum(),
        Value::Null => 0,
        _ => 1,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_executors_return_the_same_data() {
    // Random queries have many aliases.
    let limits = Limits {
        max_aliases: 10_000,
        max_directives: 10_000,
        ..Limits::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    let types = Types::read(&schema::build_engine(Limits::default()).unwrap().sdl());
    let reference = ReferenceExecutor::new(limits);
    let start: u64 = env::var("DIFFERENTIAL_SEED").map_or(0, |seed| seed.parse().unwrap());
    let n_cases = n_cases(300);
    let mut values = 0;
    for seed in start..start + u64::from(n_cases) {
        let query = query(&types, seed);
        let actual = graph.query(&query).await.json();
        assert_eq!(actual.get("errors"), None, "seed {seed}: {query}");
        // The second time, the plan comes from the cache.
        let again = graph.query(&query).await;
        assert_eq!(actual, again.json(), "seed {seed}: {query}");
        let expected = reference.execute(graph.reader(), &query, Value::Null).await;
        assert_eq!(expected.get("errors"), None, "seed {seed}: {query}");
        assert_eq!(actual["data"], expected["data"], "seed {seed}: {query}");
        values += n_values(&actual["data"]);
    }
    assert!(
        values > 20 * n_cases as usize,
        "{values} values in {n_cases} answers"
    );
}

/// Each set of variables gets its answer from the plan and the statements of the sets before it.
#[tokio::test(flavor = "multi_thread")]
async fn variables_in_turn_get_the_same_data() {
    let graph = TestGraph::loaded().await;
    let query = "query (
        $filter: PartnershipFilter, $city: CityFilter, $order: [PartnershipOrder!],
        $first: Int, $after: String, $last: Int, $before: String, $nested: String
    ) {
        partnerships(filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
            totalCount
            pageInfo { hasPreviousPage hasNextPage startCursor endCursor }
            nodes { slug establishedYear partner { slug ... on City { population } } }
            groups(by: [STATE, DECADE]) { count meanDistanceKm }
            timeline(by: DECADE) { year established }
        }
        states(first: 4) {
            nodes { partnerships(filter: $filter, first: 2) { totalCount nodes { slug } groups(by: [COUNTRY]) { count } } }
        }
        cities(filter: $city, first: 3) {
            totalCount
            nodes {
                name
                partnerships(filter: $filter, first: 2, after: $nested) {
                    totalCount
                    pageInfo { hasPreviousPage hasNextPage endCursor }
                    nodes { slug }
                    groups(by: [DECADE]) { count }
                }
            }
        }
    }";
    let year = |operator: &str, year: i64| json!({ "establishedYear": { operator: year } });
    let country = |codes: Value| json!({ "country": { "code": { "in": codes } } });
    let name = |operator: &str, text: &str| json!({ "name": { operator: text } });
    let near = |km: i64| json!({ "near": { "latitude": 35, "longitude": 139, "km": km } });
    let cities = json!({ "slug": { "in": ["jp-nagoya", "us-ca-fresno", "us-ca-los-angeles"] } });
    let mut sets = vec![
        json!({}),
        json!({ "filter": year("gte", 1960), "city": name("contains", "san") }),
        json!({ "filter": year("gte", 1990), "city": name("contains", "ō") }),
        json!({ "filter": year("lt", 1960), "city": name("startsWith", "San") }),
        json!({ "filter": { "not": year("eq", 1957) }, "city": name("contains", "_") }),
        json!({ "filter": { "not": year("eq", 1959) }, "city": name("startsWith", "%") }),
        json!({ "filter": { "not": country(json!(["JP"])) }, "city": { "not": name("contains", "o") } }),
        json!({ "filter": country(json!(["JP", "KR"])), "city": { "slug": { "eq": "jp-nagoya" } } }),
        json!({ "filter": country(json!(["CN", "IN"])), "city": { "slug": { "eq": "us-ca-fresno" } } }),
        json!({ "filter": country(json!([])), "city": { "population": { "isNull": true } } }),
        json!({ "filter": { "or": [year("eq", 1962), { "us": name("eq", "Portland") }] }, "city": near(50) }),
        json!({ "filter": { "or": [year("eq", 1963), { "us": name("eq", "Seattle") }] }, "city": near(20_000) }),
        json!({ "filter": { "source": { "contains": "sci" } }, "order": [{ "field": "ESTABLISHED_YEAR", "direction": "DESC" }] }),
        json!({ "filter": { "source": { "contains": "wiki" } }, "order": [{ "field": "ESTABLISHED_YEAR", "direction": "ASC" }] }),
        json!({ "filter": year("gte", 1950), "city": cities }),
        json!({ "filter": year("gte", 1970), "city": cities }),
        json!({ "last": 3, "order": [{ "field": "ESTABLISHED_YEAR", "direction": "DESC" }] }),
    ];
    for size in [3, 5] {
        let mut page = json!({ "first": size, "filter": year("gte", 1980 + size), "order": [{ "field": "ESTABLISHED_YEAR", "direction": "DESC" }] });
        for _ in 0..3 {
            sets.push(page.clone());
            let answer = graph.query_with(query, page.clone()).await.data();
            page["after"] = answer["partnerships"]["pageInfo"]["endCursor"].clone();
        }
        let object = page.as_object_mut().unwrap();
        let after = object.remove("after").unwrap();
        object.remove("first");
        object.extend([
            ("before".to_owned(), after),
            ("last".to_owned(), json!(size)),
        ]);
        sets.push(page);
    }
    // The pages of cities that are on different sides of partnerships.
    for year_of_nested in [1940, 1950] {
        let mut page = json!({ "filter": year("gte", year_of_nested), "city": cities });
        let answer = graph.query_with(query, page.clone()).await.data();
        let cities = answer["cities"]["nodes"].as_array().unwrap();
        for city in cities {
            page["nested"] = city["partnerships"]["pageInfo"]["endCursor"].clone();
            sets.push(page.clone());
        }
    }
    let reference = ReferenceExecutor::new(Limits::default());
    for round in 0..2 {
        for variables in &sets {
            let expected = reference
                .execute(graph.reader(), query, variables.clone())
                .await;
            let actual = graph.query_with(query, variables.clone()).await.json();
            assert_eq!(actual.get("errors"), None, "{variables}");
            assert_eq!(
                actual["data"], expected["data"],
                "round {round}: {variables}"
            );
        }
    }
}
