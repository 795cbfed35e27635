//! Bounds on a document, counted in linear time before anything that may expand fragments.
//!
//! A fragment may be spread many times, and fragments may spread each other: written out, a
//! document of 2 KB can have a billion fields. Each fragment is counted once, and what it counts
//! is added up where it is spread.

use std::collections::HashMap;

use apollo_compiler::{
    Name,
    ast::{Definition, Document, FragmentDefinition, Selection},
    parser::SourceSpan,
};

use super::{ErrorCode, GraphqlError, Limits};

/// How many lists of introspection may lie within each other. Types lead to fields and fields to
/// types, so a short document could ask for millions of them; the introspection queries of clients
/// nest two.
const MAX_INTROSPECTION_LISTS: u64 = 3;

/// How deep selection sets and fragments may nest, in all: what follows descends into them.
const MAX_LEVELS: u64 = 100;

/// What a selection set counts, fragments written out.
#[derive(Clone, Copy, Debug, Default)]
struct SelectionCounts {
    /// Fields, spreads and inline fragments.
    selections: u64,
    /// Fields at the top.
    top_level_fields: u64,
    aliases: u64,
    directives: u64,
    /// Fields within each other.
    depth: u64,
    /// Selection sets and fragments within each other.
    levels: u64,
    introspection_lists: u64,
}

impl SelectionCounts {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.top_level_fields = self.top_level_fields.saturating_add(other.top_level_fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.depth = self.depth.max(other.depth);
        self.levels = self.levels.max(other.levels);
        self.introspection_lists = self.introspection_lists.max(other.introspection_lists);
    }
}

/// What a refusal blames, and where that stands.
pub(super) type LocatedError = (GraphqlError, Option<SourceSpan>);

/// Checks the document against the limits.
///
/// # Errors
/// Where it is over one of them, or fragments spread each other in a circle.
pub(super) fn check(document: &Document, limits: &Limits) -> Result<(), LocatedError> {
    let mut counting = SelectionCounter {
        fragments: HashMap::new(),
        fragment_counts: HashMap::new(),
    };
    for definition in &document.definitions {
        if let Definition::FragmentDefinition(fragment) = definition {
            counting.fragments.insert(&fragment.name, fragment);
        }
    }
    let (mut selections, mut variables) = (0_u64, 0_u64);
    for definition in &document.definitions {
        let Definition::OperationDefinition(operation) = definition else {
            continue;
        };
        let mut extent = counting.count_selection_set(&operation.selection_set, 0)?;
        extent.directives += operation.directives.len() as u64;
        selections = selections.saturating_add(extent.selections);
        variables += operation.variables.len() as u64;
        let found = DocumentCounts {
            operation_counts: extent,
            selections,
            variables,
        };
        if let Some(refusal) = found.exceeded_limit(limits) {
            return Err((refusal, operation.location()));
        }
    }
    Ok(())
}

/// What was counted so far.
struct DocumentCounts {
    /// Of this operation.
    operation_counts: SelectionCounts,
    /// Of this operation and those before it.
    selections: u64,
    variables: u64,
}

impl DocumentCounts {
    /// The limit that it is over, if any.
    fn exceeded_limit(&self, limits: &Limits) -> Option<GraphqlError> {
        let extent = &self.operation_counts;
        let counts = [
            (
                self.selections,
                limits.max_selections,
                ErrorCode::SelectionLimit,
                "fields and fragments, with what is spread written out",
                "limits.maxSelections",
            ),
            (
                extent.top_level_fields,
                limits.max_root_fields,
                ErrorCode::RootFieldLimit,
                "root fields",
                "limits.maxRootFields",
            ),
            (
                extent.aliases,
                limits.max_aliases,
                ErrorCode::AliasLimit,
                "aliases",
                "limits.maxAliases",
            ),
            (
                extent.directives,
                limits.max_directives,
                ErrorCode::DirectiveLimit,
                "directives",
                "limits.maxDirectives",
            ),
            (
                self.variables,
                limits.max_variables,
                ErrorCode::VariableLimit,
                "variables",
                "limits.maxVariables",
            ),
        ];
        if let Some((given, most, code, what, limit)) =
            counts.into_iter().find(|(given, most, ..)| given > most)
        {
            return Some(GraphqlError::new(
                code,
                format!("the document has {given} {what}; at most {most} are allowed ({limit})"),
            ));
        }
        let refuse = |message| Some(GraphqlError::new(ErrorCode::DepthLimit, message));
        if extent.introspection_lists > MAX_INTROSPECTION_LISTS {
            return refuse(format!(
                "the document nests {} lists of introspection; at most {MAX_INTROSPECTION_LISTS} \
                 are allowed",
                extent.introspection_lists
            ));
        }
        if extent.depth > limits.max_depth {
            return refuse(format!(
                "the document nests {} levels deep; at most {} are allowed (limits.maxDepth)",
                extent.depth, limits.max_depth
            ));
        }
        (extent.levels > MAX_LEVELS).then(too_many_levels)
    }
}

fn too_many_levels() -> GraphqlError {
    GraphqlError::new(
        ErrorCode::DepthLimit,
        format!(
            "the document nests more than {MAX_LEVELS} selection sets and fragments; write a \
             flatter one"
        ),
    )
}

struct SelectionCounter<'a> {
    fragments: HashMap<&'a Name, &'a FragmentDefinition>,
    /// What is known of a fragment: nothing yet while it is being counted.
    fragment_counts: HashMap<&'a Name, Option<SelectionCounts>>,
}

impl<'a> SelectionCounter<'a> {
    fn count_selection_set(
        &mut self,
        set: &'a [Selection],
        level: u64,
    ) -> Result<SelectionCounts, LocatedError> {
        if level > MAX_LEVELS {
            let at = set.first().and_then(Selection::location);
            return Err((too_many_levels(), at));
        }
        let mut total = SelectionCounts::default();
        for selection in set {
            let mut below = match selection {
                Selection::Field(field) => {
                    let mut below = self.count_selection_set(&field.selection_set, level + 1)?;
                    below.top_level_fields = 1;
                    below.depth += 1;
                    below.aliases += u64::from(field.alias.is_some());
                    below.directives += field.directives.len() as u64;
                    below.introspection_lists += u64::from(matches!(
                        field.name.as_str(),
                        "fields" | "inputFields" | "interfaces" | "possibleTypes"
                    ));
                    below
                }
                Selection::InlineFragment(fragment) => {
                    let mut below = self.count_selection_set(&fragment.selection_set, level + 1)?;
                    below.directives += fragment.directives.len() as u64;
                    below
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.fragment_name;
                    let mut below = match self.fragment_counts.get(name) {
                        Some(Some(known)) => *known,
                        Some(None) => {
                            let message =
                                format!("fragment {name} spreads itself; a fragment cannot");
                            let refusal = GraphqlError::new(ErrorCode::ValidationFailed, message);
                            return Err((refusal, spread.location()));
                        }
                        None => self.count_fragment(name, level + 1)?,
                    };
                    below.directives += spread.directives.len() as u64;
                    below
                }
            };
            below.selections = below.selections.saturating_add(1);
            below.levels += 1;
            total.add(below);
        }
        Ok(total)
    }

    /// Counts a fragment. An unknown one is the validator's to report.
    fn count_fragment(
        &mut self,
        name: &'a Name,
        level: u64,
    ) -> Result<SelectionCounts, LocatedError> {
        let Some(fragment) = self.fragments.get(name).copied() else {
            return Ok(SelectionCounts::default());
        };
        self.fragment_counts.insert(name, None);
        let known = self.count_selection_set(&fragment.selection_set, level)?;
        self.fragment_counts.insert(name, Some(known));
        Ok(known)
    }
}
