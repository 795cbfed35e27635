//! Bounds on a document, counted in linear time before anything else looks at it.
//!
//! A fragment may be spread many times, and fragments may spread each other: written out, a
//! document of 2 KB can have a billion fields. Each fragment is counted once, and what it counts
//! is added up where it is spread.

use std::collections::HashMap;

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use super::{Code, Limits, Refusal};

/// How many fields a document may have when its fragments are written out.
const MAX_SELECTIONS: u64 = 10_000;

/// What a selection set counts, fragments written out.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    selections: u64,
    aliases: u64,
    depth: u64,
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
    let mut add = |below: Extent, own: u64, alias: u64| {
        total.selections = total.selections.saturating_add(below.selections + own);
        total.aliases = total.aliases.saturating_add(below.aliases + alias);
        total.depth = total.depth.max(below.depth + own);
    };
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let below = extent(document, &field.node.selection_set.node, counted)?;
                add(below, 1, u64::from(field.node.alias.is_some()));
            }
            Selection::InlineFragment(fragment) => {
                add(
                    extent(document, &fragment.node.selection_set.node, counted)?,
                    0,
                    0,
                );
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                match counted.get(name) {
                    Some(Some(known)) => add(*known, 0, 0),
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
                            add(known, 0, 0);
                        }
                    }
                }
            }
        }
    }
    Ok(total)
}
