//! The served schema matches the public contract (`contract/schema.graphql`, `evidence.graphql`, and
//! `conclusions.graphql`).
//!
//! `contract/pending.txt` lists the items of the contract that are not implemented yet, one on each
//! line. The list can only shrink: the test fails if a listed item is served, or if an item is
//! neither served nor listed.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{
            FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
        },
    },
};
use sistergraph::{limits::Limits, schema};

/// Everything that a schema defines: the path of each item, with its kind or type.
type Items = BTreeMap<String, String>;

fn items(sdl: &str) -> Items {
    let mut items = Items::new();
    for definition in parse_schema(sdl).unwrap().definitions {
        if let TypeSystemDefinition::Type(definition) = definition {
            add_type(&mut items, &definition.node);
        }
    }
    items
}

fn add_type(items: &mut Items, definition: &TypeDefinition) {
    let name = definition.name.node.as_str();
    let (kind, interfaces) = match &definition.kind {
        TypeKind::Scalar => ("scalar", &[][..]),
        TypeKind::Object(object) => {
            add_fields(items, name, &object.fields);
            ("type", &object.implements[..])
        }
        TypeKind::Interface(interface) => {
            add_fields(items, name, &interface.fields);
            ("interface", &interface.implements[..])
        }
        TypeKind::Union(union) => {
            for member in &union.members {
                items.insert(format!("{name} = {}", member.node), "member".to_owned());
            }
            ("union", &[][..])
        }
        TypeKind::Enum(definition) => {
            for value in &definition.values {
                let value = &value.node.value.node;
                items.insert(format!("{name}.{value}"), "value".to_owned());
            }
            ("enum", &[][..])
        }
        TypeKind::InputObject(input) => {
            for field in &input.fields {
                let item = format!("{name}.{}", field.node.name.node);
                items.insert(item, input_value(&field.node));
            }
            ("input", &[][..])
        }
    };
    for interface in interfaces {
        let item = format!("{name} implements {}", interface.node);
        items.insert(item, "interface".to_owned());
    }
    items.insert(name.to_owned(), kind.to_owned());
}

fn add_fields(items: &mut Items, parent: &str, fields: &[Positioned<FieldDefinition>]) {
    for field in fields {
        let name = format!("{parent}.{}", field.node.name.node);
        for argument in &field.node.arguments {
            let item = format!("{name}({})", argument.node.name.node);
            items.insert(item, input_value(&argument.node));
        }
        items.insert(name, field.node.ty.node.to_string());
    }
}

fn input_value(value: &InputValueDefinition) -> String {
    match &value.default_value {
        Some(default) => format!("{} = {}", value.ty.node, default.node),
        None => value.ty.node.to_string(),
    }
}

fn served() -> Items {
    items(&schema::build_engine(Limits::default()).unwrap().sdl())
}

fn contract() -> Items {
    let mut items = items(concat!(
        include_str!("contract/schema.graphql"),
        include_str!("contract/evidence.graphql"),
        include_str!("contract/conclusions.graphql"),
    ));
    for (item, ty) in WEAKENED {
        let replaced = items.insert(item.to_owned(), ty.to_owned());
        assert_eq!(replaced, Some(format!("{ty}!")));
    }
    items
}

/// Fields that are non-null in the contract and nullable in the API: not every survey publishes them.
const WEAKENED: [(&str, &str); 3] = [
    ("Survey.fieldedFrom", "Date"),
    ("Survey.fieldedTo", "Date"),
    ("Survey.sampleSize", "Int"),
];

/// The items that are not served, without the items below another missing one.
fn missing(contract: &Items, served: &Items) -> BTreeSet<String> {
    let is_missing = |item: &str| !served.contains_key(item);
    contract
        .keys()
        .filter(|item| is_missing(item))
        .filter(|item| {
            let ends = item
                .char_indices()
                .filter(|(_, letter)| ".( ".contains(*letter));
            ends.map(|(end, _)| &item[..end])
                .all(|parent| !contract.contains_key(parent) || !is_missing(parent))
        })
        .cloned()
        .collect()
}

/// Served items that are not in the contract. Additions do not break clients.
const ADDED: [&str; 122] = [
    "ChangeEntity.MATCH_MODEL",
    "ChangeEntity.RESTRICTION",
    "City.commonNames",
    "CityOrderField.COUNTRY_NAME",
    "CityOrderField.IS_CAPITAL",
    "CityOrderField.KIND",
    "CityOrderField.PROVINCE_SLUG",
    "CityOrderField.SLUG",
    "CityOrderField.STATE_CODE",
    "Community.commonNames",
    "Country.commonNames",
    "Country.publishedStatistics(orderBy)",
    "CoverageRow.note",
    "FigureFlag.SECOND_HAND",
    "Identity.finding",
    "Identity.unit",
    "Limits.bodyTimeoutMs",
    "Limits.headerTimeoutMs",
    "Limits.maxBatch",
    "Limits.maxConcurrentRequests",
    "Limits.maxConnections",
    "Limits.maxDirectives",
    "Limits.maxErrors",
    "Limits.maxListSize",
    "Limits.maxQueryBytes",
    "Limits.maxRootFields",
    "Limits.maxSelections",
    "Limits.maxSubscribers",
    "Limits.maxTokens",
    "Limits.maxVariables",
    "Limits.maxWaitingRequests",
    "Measure.JOB_COUNT",
    "Measure.PLACE_COUNT",
    "Measure.RATIO",
    "Measure.STUDENT_COUNT",
    "Measure.VISITOR_COUNT",
    "PartnershipOrderField.CORROBORATION",
    "PartnershipOrderField.ENDED_YEAR",
    "PartnershipOrderField.LEVEL",
    "PartnershipOrderField.PARTNER_POPULATION",
    "PartnershipOrderField.REGION",
    "PartnershipOrderField.SLUG",
    "PartnershipOrderField.STATUS",
    "PartnershipOrderField.US_POPULATION",
    "Province.commonNames",
    "PublishedStatisticFilter.and",
    "PublishedStatisticFilter.not",
    "PublishedStatisticFilter.or",
    "PublishedStatisticFilter.slug",
    "PublishedStatisticFilter.subject",
    "PublishedStatisticOrder",
    "PublishedStatisticOrder.direction",
    "PublishedStatisticOrder.field",
    "PublishedStatisticOrderField",
    "PublishedStatisticOrderField.COUNTRY_CODE",
    "PublishedStatisticOrderField.LEVEL",
    "PublishedStatisticOrderField.MEASURE",
    "PublishedStatisticOrderField.QUALIFIER",
    "PublishedStatisticOrderField.REGION",
    "PublishedStatisticOrderField.SLUG",
    "PublishedStatisticOrderField.SOURCE",
    "PublishedStatisticOrderField.STATE_CODE",
    "PublishedStatisticOrderField.SUBJECT",
    "PublishedStatisticOrderField.UNIT",
    "PublishedStatisticOrderField.VALUE",
    "PublishedStatisticOrderField.YEAR",
    "Query.coverage(asOf)",
    "Query.identity",
    "Query.identity(slug)",
    "Query.province",
    "Query.province(slug)",
    "Query.publishedStatistic",
    "Query.publishedStatistic(slug)",
    "Query.publishedStatistics(orderBy)",
    "Query.respondentAggregate",
    "Query.respondentAggregate(slug)",
    "Query.source",
    "Query.source(slug)",
    "Query.sources",
    "Query.sources(after)",
    "Query.sources(before)",
    "Query.sources(filter)",
    "Query.sources(first)",
    "Query.sources(last)",
    "Query.sources(orderBy)",
    "Region.publishedStatistics(orderBy)",
    "SegmentDimension.ASIA_JOBS",
    "SegmentDimension.CHINA_COMPETITION",
    "SegmentDimension.CHINA_JOBS",
    "SegmentDimension.CHINA_TRADE_BENEFIT",
    "SourceConnection",
    "SourceConnection.edges",
    "SourceConnection.nodes",
    "SourceConnection.pageInfo",
    "SourceConnection.totalCount",
    "SourceEdge",
    "SourceEdge.cursor",
    "SourceEdge.node",
    "SourceFilter",
    "SourceFilter.and",
    "SourceFilter.independent",
    "SourceFilter.kind",
    "SourceFilter.not",
    "SourceFilter.or",
    "SourceFilter.publisher",
    "SourceFilter.slug",
    "SourceFilter.title",
    "SourceOrder",
    "SourceOrder.direction",
    "SourceOrder.field",
    "SourceOrderField",
    "SourceOrderField.AS_OF",
    "SourceOrderField.INDEPENDENT",
    "SourceOrderField.KIND",
    "SourceOrderField.LICENCE",
    "SourceOrderField.PUBLISHER",
    "SourceOrderField.SLUG",
    "SourceOrderField.TITLE",
    "State.commonNames",
    "State.publishedStatistics(orderBy)",
    "Subscription",
    "Subscription.datasetChanged",
];

#[test]
fn served_items_match_the_contract() {
    let (contract, served) = (contract(), served());
    let different: Vec<_> = contract
        .iter()
        .filter_map(|(item, expected)| match served.get(item) {
            Some(actual) if actual != expected => Some(format!("{item}: {actual}, not {expected}")),
            _ => None,
        })
        .collect();
    assert_eq!(different, Vec::<String>::new());
}

#[test]
fn only_listed_items_are_added_to_the_contract() {
    let contract = contract();
    let additions: Vec<_> = served()
        .into_keys()
        .filter(|item| !contract.contains_key(item))
        .collect();
    assert_eq!(additions, ADDED);
}

#[test]
fn missing_items_are_listed_as_pending() {
    let pending: BTreeSet<String> = include_str!("contract/pending.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    let missing = missing(&contract(), &served());
    let listed_but_served: Vec<_> = pending.difference(&missing).collect();
    assert!(
        listed_but_served.is_empty(),
        "served now; remove these lines from tests/it/contract/pending.txt: {listed_but_served:#?}"
    );
    let unlisted: Vec<_> = missing.difference(&pending).collect();
    assert!(
        unlisted.is_empty(),
        "in the contract, but not served: {unlisted:#?}"
    );
}
