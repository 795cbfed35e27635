//! Checks a document against the limits in linear time, before fragments are expanded.
//!
//! Fragments may spread each other many times, so a document of 2 KB can have a billion fields after
//! fragment expansion. Each fragment is counted once, and its counts are added wherever it is spread.

use std::collections::HashMap;

use apollo_compiler::{
    Name,
    ast::{Definition, Document, FragmentDefinition, Selection},
    parser::SourceSpan,
};

use super::{ErrorCode, GraphqlError, Limits};

/// How deep selection sets and fragments may nest in total, because later steps are recursive.
const MAX_LEVELS: u64 = 100;

/// The counts of a selection set after fragment expansion.
#[derive(Clone, Copy, Debug, Default)]
struct SelectionCounts {
    /// Fields, fragment spreads and inline fragments.
    selections: u64,
    top_level_fields: u64,
    aliases: u64,
    directives: u64,
    /// Nested fields.
    depth: u64,
    /// Nested selection sets and fragments.
    levels: u64,
}

impl SelectionCounts {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.top_level_fields = self.top_level_fields.saturating_add(other.top_level_fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.depth = self.depth.max(other.depth);
        self.levels = self.levels.max(other.levels);
    }
}

/// An error and the part of the document that it is about.
pub(super) type LocatedError = (GraphqlError, Option<SourceSpan>);

/// Checks the document against the limits.
///
/// # Errors
/// If the document exceeds a limit, or a fragment spreads itself.
pub(super) fn check(document: &Document, limits: &Limits) -> Result<(), LocatedError> {
    let mut counter = SelectionCounter {
        fragments: HashMap::new(),
        fragment_counts: HashMap::new(),
    };
    for definition in &document.definitions {
        if let Definition::FragmentDefinition(fragment) = definition {
            counter.fragments.insert(&fragment.name, fragment);
        }
    }
    // Of this operation and those before it.
    let (mut selections, mut variables) = (0_u64, 0_u64);
    for definition in &document.definitions {
        let Definition::OperationDefinition(operation) = definition else {
            continue;
        };
        let mut counts = counter.count_selection_set(&operation.selection_set, 0)?;
        counts.directives += operation.directives.len() as u64;
        selections = selections.saturating_add(counts.selections);
        variables += operation.variables.len() as u64;
        counts.selections = selections;
        if let Some(error) = counts.check(variables, limits) {
            return Err((error, operation.location()));
        }
    }
    Ok(())
}

impl SelectionCounts {
    /// The error for the first exceeded limit.
    fn check(&self, variables: u64, limits: &Limits) -> Option<GraphqlError> {
        use ErrorCode::{
            AliasLimit, DepthLimit, DirectiveLimit, RootFieldLimit, SelectionLimit, VariableLimit,
        };
        let found = [
            (SelectionLimit, self.selections, limits.max_selections),
            (
                RootFieldLimit,
                self.top_level_fields,
                limits.max_root_fields,
            ),
            (AliasLimit, self.aliases, limits.max_aliases),
            (DirectiveLimit, self.directives, limits.max_directives),
            (VariableLimit, variables, limits.max_variables),
        ]
        .into_iter()
        .find(|(_, count, max)| count > max);
        if let Some((code, count, max)) = found {
            let (noun, limit) = match code {
                SelectionLimit => (
                    "fields and fragments after fragment expansion",
                    "maxSelections",
                ),
                RootFieldLimit => ("root fields", "maxRootFields"),
                AliasLimit => ("aliases", "maxAliases"),
                DirectiveLimit => ("directives", "maxDirectives"),
                _ => ("variables", "maxVariables"),
            };
            let message = format!(
                "the document has {count} {noun}; at most {max} are allowed (limits.{limit})"
            );
            return Some(GraphqlError::new(code, message));
        }
        if self.depth > limits.max_depth {
            let message = format!(
                "the document nests {} levels deep; at most {} are allowed (limits.maxDepth)",
                self.depth, limits.max_depth
            );
            return Some(GraphqlError::new(DepthLimit, message));
        }
        (self.levels > MAX_LEVELS).then(too_many_levels)
    }
}

fn too_many_levels() -> GraphqlError {
    GraphqlError::new(
        ErrorCode::DepthLimit,
        format!(
            "the document nests more than {MAX_LEVELS} selection sets and fragments; send a \
             flatter document"
        ),
    )
}

struct SelectionCounter<'a> {
    fragments: HashMap<&'a Name, &'a FragmentDefinition>,
    /// The counts of each fragment; `None` while the fragment is being counted.
    fragment_counts: HashMap<&'a Name, Option<SelectionCounts>>,
}

impl<'a> SelectionCounter<'a> {
    fn count_selection_set(
        &mut self,
        set: &'a [Selection],
        level: u64,
    ) -> Result<SelectionCounts, LocatedError> {
        if level > MAX_LEVELS {
            let span = set.first().and_then(Selection::location);
            return Err((too_many_levels(), span));
        }
        let mut total = SelectionCounts::default();
        for selection in set {
            let mut counts = match selection {
                Selection::Field(field) => {
                    let mut counts = self.count_selection_set(&field.selection_set, level + 1)?;
                    counts.top_level_fields = 1;
                    counts.depth += 1;
                    counts.aliases += u64::from(field.alias.is_some());
                    counts.directives += field.directives.len() as u64;
                    counts
                }
                Selection::InlineFragment(fragment) => {
                    let mut counts =
                        self.count_selection_set(&fragment.selection_set, level + 1)?;
                    counts.directives += fragment.directives.len() as u64;
                    counts
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.fragment_name;
                    let mut counts = match self.fragment_counts.get(name) {
                        Some(Some(counts)) => *counts,
                        Some(None) => {
                            let message =
                                format!("Cannot spread fragment \"{name}\" within itself.");
                            let error = GraphqlError::new(ErrorCode::ValidationFailed, message);
                            return Err((error, spread.location()));
                        }
                        None => self.count_fragment(name, level + 1)?,
                    };
                    counts.directives += spread.directives.len() as u64;
                    counts
                }
            };
            counts.selections = counts.selections.saturating_add(1);
            counts.levels += 1;
            total.add(counts);
        }
        Ok(total)
    }

    /// Counts a fragment. An unknown fragment counts nothing; validation reports it.
    fn count_fragment(
        &mut self,
        name: &'a Name,
        level: u64,
    ) -> Result<SelectionCounts, LocatedError> {
        let Some(fragment) = self.fragments.get(name).copied() else {
            return Ok(SelectionCounts::default());
        };
        self.fragment_counts.insert(name, None);
        let counts = self.count_selection_set(&fragment.selection_set, level)?;
        self.fragment_counts.insert(name, Some(counts));
        Ok(counts)
    }
}
