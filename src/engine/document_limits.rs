//! Checks a document against the limits in linear time, before fragments are expanded.
//!
//! Fragments may spread each other many times, so a document of 2 KB can have a billion fields after
//! fragment expansion. Each fragment is counted once, and its counts are added wherever it is spread.

use std::collections::HashMap;

use apollo_compiler::{
    Name, Node,
    ast::{Definition, Document, FragmentDefinition, FragmentSpread, Selection},
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
    root_fields: u64,
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
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
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
    let fragments = document.definitions.iter();
    let fragments = fragments.filter_map(Definition::as_fragment_definition);
    let mut counter = SelectionCounter {
        fragments: fragments
            .map(|fragment| (&fragment.name, &**fragment))
            .collect(),
        fragment_counts: HashMap::new(),
    };
    // Of this operation and those before it.
    let (mut selections, mut variables) = (0_u64, 0_u64);
    let operations = document.definitions.iter();
    for operation in operations.filter_map(Definition::as_operation_definition) {
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
        let rows = [
            (SelectionLimit, self.selections, limits.max_selections),
            (RootFieldLimit, self.root_fields, limits.max_root_fields),
            (AliasLimit, self.aliases, limits.max_aliases),
            (DirectiveLimit, self.directives, limits.max_directives),
            (VariableLimit, variables, limits.max_variables),
        ];
        if let Some((code, count, max)) = rows.into_iter().find(|(_, count, max)| count > max) {
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
            "the document nests more than {MAX_LEVELS} selection sets and fragments; send a flatter document"
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
            let (mut counts, directives) = match selection {
                Selection::Field(field) => {
                    let mut counts = self.count_selection_set(&field.selection_set, level + 1)?;
                    counts.root_fields = 1;
                    counts.depth += 1;
                    counts.aliases += u64::from(field.alias.is_some());
                    (counts, &field.directives)
                }
                Selection::InlineFragment(fragment) => {
                    let counts = self.count_selection_set(&fragment.selection_set, level + 1)?;
                    (counts, &fragment.directives)
                }
                Selection::FragmentSpread(spread) => {
                    (self.count_fragment(spread, level + 1)?, &spread.directives)
                }
            };
            counts.directives += directives.len() as u64;
            counts.selections = counts.selections.saturating_add(1);
            counts.levels += 1;
            total.add(counts);
        }
        Ok(total)
    }

    /// Counts a fragment. An unknown fragment counts nothing; validation reports it.
    fn count_fragment(
        &mut self,
        spread: &'a Node<FragmentSpread>,
        level: u64,
    ) -> Result<SelectionCounts, LocatedError> {
        let name = &spread.fragment_name;
        match (self.fragment_counts.get(name), self.fragments.get(name)) {
            (Some(Some(counts)), _) => Ok(*counts),
            (Some(None), _) => {
                let message = format!("Cannot spread fragment \"{name}\" within itself.");
                let error = GraphqlError::new(ErrorCode::ValidationFailed, message);
                Err((error, spread.location()))
            }
            (None, Some(fragment)) => {
                self.fragment_counts.insert(name, None);
                let counts = self.count_selection_set(&fragment.selection_set, level)?;
                self.fragment_counts.insert(name, Some(counts));
                Ok(counts)
            }
            (None, None) => Ok(SelectionCounts::default()),
        }
    }
}
