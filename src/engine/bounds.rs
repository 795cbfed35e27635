//! Bounds on a document, counted in linear time before anything else looks at it.
//!
//! A fragment may be spread many times, and fragments may spread each other: written out, a
//! document of 2 KB can have a billion fields. Each fragment is counted once, and what it counts
//! is added up where it is spread.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, InlineFragment, OperationDefinition,
        Selection, SelectionSet,
    },
};
use async_graphql_value::Value as Written;

use super::{Code, Limits, Refusal};

/// How many fields a document may have when its fragments are written out.
const MAX_SELECTIONS: u64 = 10_000;

/// How many lists of introspection may lie within each other. Types lead to fields and fields to
/// types, so a short document could ask for millions of them; the introspection queries of clients
/// nest two.
const MAX_INTROSPECTION_LISTS: u64 = 3;

/// What a selection set counts, fragments written out.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    selections: u64,
    aliases: u64,
    depth: u64,
    introspection_lists: u64,
}

/// Checks the document against the limits.
///
/// # Errors
/// Where it is over one of them, or fragments spread each other in a circle.
pub(super) fn check(document: &ExecutableDocument, limits: &Limits) -> Result<(), Refusal> {
    let mut counted = HashMap::new();
    for (_, operation) in document.operations.iter() {
        let at = |refusal: Refusal| Err(refusal.at(operation.pos));
        let extent = extent(document, &operation.node.selection_set.node, &mut counted)?;
        if extent.selections > MAX_SELECTIONS {
            return at(Refusal::new(
                Code::ComplexityLimit,
                format!(
                    "the document has {} fields with its fragments written out; at most \
                     {MAX_SELECTIONS} are allowed",
                    extent.selections
                ),
            ));
        }
        if extent.introspection_lists > MAX_INTROSPECTION_LISTS {
            return at(Refusal::new(
                Code::DepthLimit,
                format!(
                    "the document nests {} lists of introspection; at most \
                     {MAX_INTROSPECTION_LISTS} are allowed",
                    extent.introspection_lists
                ),
            ));
        }
        if extent.depth > limits.max_depth {
            return at(Refusal::new(
                Code::DepthLimit,
                format!(
                    "the document nests {} levels deep; at most {} are allowed (limits.maxDepth)",
                    extent.depth, limits.max_depth
                ),
            ));
        }
        if extent.aliases > limits.max_aliases {
            return at(Refusal::new(
                Code::AliasLimit,
                format!(
                    "the document has {} aliases; at most {} are allowed (limits.maxAliases)",
                    extent.aliases, limits.max_aliases
                ),
            ));
        }
    }
    Ok(())
}

/// What is known of a fragment: nothing yet while it is being counted.
type Counted<'a> = HashMap<&'a Name, Option<Extent>>;

fn extent<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    counted: &mut Counted<'a>,
) -> Result<Extent, Refusal> {
    let mut total = Extent::default();
    let mut add = |below: Extent, field: Extent| {
        let sum =
            |total: u64, below: u64, own: u64| total.saturating_add(below).saturating_add(own);
        total.selections = sum(total.selections, below.selections, field.selections);
        total.aliases = sum(total.aliases, below.aliases, field.aliases);
        total.depth = total.depth.max(below.depth + field.depth);
        total.introspection_lists = total
            .introspection_lists
            .max(below.introspection_lists + field.introspection_lists);
    };
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let below = extent(document, &field.node.selection_set.node, counted)?;
                let is_list = matches!(
                    field.node.name.node.as_str(),
                    "fields" | "inputFields" | "interfaces" | "possibleTypes"
                );
                add(
                    below,
                    Extent {
                        selections: 1,
                        aliases: u64::from(field.node.alias.is_some()),
                        depth: 1,
                        introspection_lists: u64::from(is_list),
                    },
                );
            }
            Selection::InlineFragment(fragment) => {
                let below = extent(document, &fragment.node.selection_set.node, counted)?;
                add(below, Extent::default());
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                match counted.get(name) {
                    Some(Some(known)) => add(*known, Extent::default()),
                    Some(None) => {
                        return Err(Refusal::new(
                            Code::ValidationFailed,
                            format!("fragment {name} spreads itself; a fragment cannot"),
                        )
                        .at(spread.pos));
                    }
                    // An unknown fragment is the validator's to report.
                    None => {
                        if let Some(fragment) = document.fragments.get(name) {
                            counted.insert(name, None);
                            let known =
                                extent(document, &fragment.node.selection_set.node, counted)?;
                            counted.insert(name, Some(known));
                            add(known, Extent::default());
                        }
                    }
                }
            }
        }
    }
    Ok(total)
}

/// The document that asks for `__schema` and `__type` as the operation does, and for nothing else;
/// `None` where it does not.
pub(super) fn introspection(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Option<ExecutableDocument> {
    let mut items = Vec::new();
    collect_introspection(document, &operation.selection_set.node, &mut items);
    if items.is_empty() {
        return None;
    }
    let pos = operation.selection_set.pos;
    let mut operation = operation.clone();
    operation.selection_set.node.items = items;
    // What only the rest of the operation uses would be refused as unused.
    let mut used = Used::default();
    used.directives(&operation.directives);
    used.set(document, &operation.selection_set.node);
    operation
        .variable_definitions
        .retain(|variable| used.variables.contains(&variable.node.name.node));
    let mut fragments = document.fragments.clone();
    fragments.retain(|name, _| used.fragments.contains(name));
    Some(ExecutableDocument {
        operations: DocumentOperations::Single(Positioned::new(operation, pos)),
        fragments,
    })
}

/// The variables and fragments that a selection set uses.
#[derive(Default)]
struct Used {
    variables: HashSet<Name>,
    fragments: HashSet<Name>,
}

impl Used {
    fn set(&mut self, document: &ExecutableDocument, set: &SelectionSet) {
        for item in &set.items {
            self.directives(item.node.directives());
            match &item.node {
                Selection::Field(field) => {
                    for (_, value) in &field.node.arguments {
                        self.value(&value.node);
                    }
                    self.set(document, &field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    self.set(document, &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let is_new = self.fragments.insert(name.clone());
                    if let (true, Some(fragment)) = (is_new, document.fragments.get(name)) {
                        self.set(document, &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for directive in directives {
            for (_, value) in &directive.node.arguments {
                self.value(&value.node);
            }
        }
    }

    fn value(&mut self, value: &Written) {
        match value {
            Written::Variable(name) => {
                self.variables.insert(name.clone());
            }
            Written::List(values) => values.iter().for_each(|value| self.value(value)),
            Written::Object(fields) => fields.values().for_each(|value| self.value(value)),
            _ => {}
        }
    }
}

fn collect_introspection(
    document: &ExecutableDocument,
    set: &SelectionSet,
    found: &mut Vec<Positioned<Selection>>,
) {
    for item in &set.items {
        let (pos, directives) = (item.pos, item.node.directives());
        let below = match &item.node {
            Selection::Field(field) => {
                if matches!(field.node.name.node.as_str(), "__schema" | "__type") {
                    found.push(item.clone());
                }
                continue;
            }
            Selection::InlineFragment(fragment) => &fragment.node.selection_set,
            Selection::FragmentSpread(spread) => {
                match document.fragments.get(&spread.node.fragment_name.node) {
                    Some(fragment) => &fragment.node.selection_set,
                    None => continue,
                }
            }
        };
        let mut items = Vec::new();
        collect_introspection(document, &below.node, &mut items);
        if items.is_empty() {
            continue;
        }
        // What the spread says of @skip and @include goes for its fields.
        let fragment = InlineFragment {
            type_condition: None,
            directives: directives.clone(),
            selection_set: Positioned::new(SelectionSet { items }, pos),
        };
        found.push(Positioned::new(
            Selection::InlineFragment(Positioned::new(fragment, pos)),
            pos,
        ));
    }
}
