//! The plan of an operation: its selection sets, merged per object type, with prepared arguments.
//!
//! All errors that depend only on the request are detected here, before anything is read.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, atomic::AtomicUsize},
};

use apollo_compiler::{
    Name, Node,
    ast::DirectiveList,
    executable::{self, Operation, Selection, SelectionSet},
    parser::{SourceMap, SourceSpan},
    schema::ExtendedType,
};
use async_graphql::{Pos, dynamic::TypeRef};
use indexmap::IndexMap;
use serde_json::Value as Json;

use super::{
    Erased, ErrorCode, ExecutionError, Field, Graph, GraphqlError, Limits, Object, Resolver,
    arguments::VariableValues, document::span_position, introspection::execute_introspection,
};
use crate::db::ColumnRef;

/// The plan of an operation.
pub struct Plan {
    /// The selection set of `Query` or `Subscription`.
    pub(super) selection_set: PlannedSelectionSet,
    source_map: SourceMap,
    /// The size of the plan in memory grows with the number of its fields, and of the tokens of the
    /// document.
    pub(super) field_count: u64,
    pub(super) token_count: u64,
    /// Whether the operation selects `__schema` or `__type`.
    pub(super) is_introspection: bool,
    /// The size of `data` in the last response, in bytes.
    pub(super) last_response_bytes: AtomicUsize,
    /// The cost of the request: one for each field, times the number of objects that the lists above it
    /// may return.
    pub cost: u64,
}

/// The fields that are selected of an object type.
pub(super) struct PlannedSelectionSet {
    pub(super) object_type: Arc<Object>,
    pub(super) fields: Vec<PlannedField>,
}

/// A field of a planned selection set.
pub(super) struct PlannedField {
    pub(super) response_key: String,
    /// The response key as JSON, with the colon after it. A name contains nothing that needs escaping.
    pub(super) json_key: String,
    pub(super) field: Arc<Field>,
    pub(super) args: Erased,
    /// What the field computed from the arguments and the selected subfields.
    pub(super) plan: Erased,
    pub(super) span: Option<SourceSpan>,
    /// Whether the value is a leaf, rather than an object or a list.
    pub(super) is_leaf: bool,
    /// The selected subfields for each object type that a value may have. Empty for leaves.
    pub(super) selection_sets: Vec<PlannedSelectionSet>,
}

/// Returns the columns of an object type at the end of a path of fields.
type ColumnsFn<'a> = dyn Fn(&[&str], &str) -> Vec<ColumnRef> + 'a;

/// The columns that the selected subfields of a field read, so that a resolver selects no others.
#[derive(Clone, Copy)]
pub struct SelectedColumns<'a>(&'a ColumnsFn<'a>);

impl<'a> SelectedColumns<'a> {
    /// Wraps a function that returns the columns of an object type at the end of a path of fields.
    pub fn new(columns: &'a ColumnsFn<'a>) -> Self {
        Self(columns)
    }

    /// The columns that the selected fields of an object type read.
    pub fn for_type(self, object: &str) -> Vec<ColumnRef> {
        (self.0)(&[], object)
    }

    /// The columns that the selected fields of an object type at the end of a path of fields read.
    pub fn for_type_at(self, path: &[&str], object: &str) -> Vec<ColumnRef> {
        (self.0)(path, object)
    }
}

fn columns_at(sets: &[PlannedSelectionSet], path: &[&str], object: &str) -> Vec<ColumnRef> {
    let sets = sets.iter();
    match path {
        [] => sets
            .filter(|set| set.object_type.name == object)
            .flat_map(|set| &set.fields)
            .flat_map(|planned| planned.field.required_columns.iter().copied())
            .collect(),
        [name, rest @ ..] => sets
            .flat_map(|set| &set.fields)
            .filter(|planned| planned.field.name == *name)
            .flat_map(|planned| columns_at(&planned.selection_sets, rest, object))
            .collect(),
    }
}

impl Plan {
    /// Plans an operation of a valid document.
    ///
    /// # Errors
    /// If an argument is invalid, or the cost exceeds the limit.
    pub(super) fn new(
        graph: &Graph,
        operation: &Operation,
        variables: &VariableValues<'_>,
    ) -> Result<Self, ExecutionError> {
        let (document, limits) = (variables.document, variables.limits);
        let mut planner = Planner {
            graph,
            variables,
            introspection_results: execute_introspection(operation, variables)?,
            path: Vec::new(),
            field_count: 0,
        };
        // Unreachable: the document is valid, so its root types and fields exist.
        let root_type = graph.objects.get(operation.object_type().as_str());
        let root_type = root_type.ok_or_else(GraphqlError::internal)?;
        let (selection_set, cost) =
            planner.plan_selection_set(root_type, 1, &[&operation.selection_set])?;
        if cost > limits.max_complexity {
            return Err(limits.complexity_error(cost).into());
        }
        Ok(Self {
            selection_set,
            field_count: planner.field_count,
            token_count: document.token_count,
            is_introspection: !planner.introspection_results.is_empty(),
            last_response_bytes: AtomicUsize::default(),
            cost,
            source_map: document.executable.sources.clone(),
        })
    }

    /// The location of a field in the document.
    pub(super) fn field_position(&self, planned: &PlannedField) -> Option<Pos> {
        span_position(planned.span, &self.source_map)
    }
}

impl Limits {
    /// The error for a request whose cost exceeds the limit.
    pub(super) fn complexity_error(&self, cost: u64) -> GraphqlError {
        GraphqlError::new(
            ErrorCode::ComplexityLimit,
            format!(
                "the request has a complexity of {cost}, but at most {} is allowed \
                 (limits.maxComplexity). Each field counts once for every object that the lists above \
                 it may return; request smaller pages or fewer fields",
                self.max_complexity
            ),
        )
    }
}

struct Planner<'a> {
    graph: &'a Graph,
    variables: &'a VariableValues<'a>,
    /// The values of `__schema` and `__type` by response key.
    introspection_results: HashMap<String, Arc<str>>,
    path: Vec<Json>,
    /// The number of fields planned so far. A field of an interface is planned for each type that
    /// implements it, but the cost counts only the most expensive type. So this bounds the work.
    field_count: u64,
}

type GroupedFieldSet<'a> = IndexMap<&'a str, Vec<&'a Node<executable::Field>>>;

impl<'a> Planner<'a> {
    /// Plans the merged selection sets of an object type, and returns their cost for this many rows.
    fn plan_selection_set(
        &mut self,
        object: &Arc<Object>,
        rows: u64,
        sets: &[&'a SelectionSet],
    ) -> Result<(PlannedSelectionSet, u64), ExecutionError> {
        let mut grouped = GroupedFieldSet::new();
        let mut visited = HashSet::new();
        for set in sets {
            self.collect_fields(object, set, &mut grouped, &mut visited);
        }
        let mut cost = 0_u64;
        let mut fields = Vec::with_capacity(grouped.len());
        for (key, nodes) in grouped {
            self.path.push(key.into());
            let (planned, field_cost) = self.plan_field(object, key, &nodes)?;
            self.path.pop();
            let times = if planned.field.is_page_level { 1 } else { rows };
            cost = cost.saturating_add(field_cost.saturating_mul(times));
            fields.push(planned);
        }
        let planned = PlannedSelectionSet {
            object_type: object.clone(),
            fields,
        };
        Ok((planned, cost))
    }

    fn plan_field(
        &mut self,
        object: &Arc<Object>,
        key: &str,
        nodes: &[&'a Node<executable::Field>],
    ) -> Result<(PlannedField, u64), ExecutionError> {
        let node = nodes[0];
        let (document, limits) = (self.variables.document, self.variables.limits);
        let locate = |mut error: GraphqlError, path: &[Json]| {
            error.path = path.to_vec();
            error.with_location(document.span_position(node.location()))
        };
        self.field_count += 1;
        if self.field_count > limits.max_complexity {
            let error = limits.complexity_error(self.field_count);
            return Err(locate(error, &self.path).into());
        }
        let name = node.name.as_str();
        let field = match (object.fields.get(name), self.introspection_results.get(key)) {
            (Some(field), _) => field.clone(),
            (None, _) if name == "__typename" => {
                let resolver = Resolver::TypeName;
                Arc::new(Field {
                    resolver,
                    ..Field::new("__typename", "String!", "")
                })
            }
            (None, Some(json)) => {
                let resolver = Resolver::Introspection(json.clone());
                Arc::new(Field {
                    resolver,
                    ..Field::new("__schema", "__Schema", "")
                })
            }
            (None, None) => return Err(GraphqlError::internal().into()),
        };
        let args = self
            .variables
            .coerce_argument_values(&field.arguments, node)
            .and_then(|arguments| (field.prepare)(&arguments, limits))
            .map_err(|error| locate(error, &self.path))?;
        let sets: Vec<&'a SelectionSet> = nodes.iter().map(|node| &node.selection_set).collect();
        let mut selection_sets = Vec::new();
        let size = (field.list_size)(&args);
        let mut max_cost = 0;
        for object in self.possible_types(field.ty.type_name()) {
            let (selection_set, cost) = self.plan_selection_set(&object, size, &sets)?;
            max_cost = cost.max(max_cost);
            selection_sets.push(selection_set);
        }
        let is_list = match &field.ty {
            TypeRef::NonNull(inner) => matches!(**inner, TypeRef::List(_)),
            ty => matches!(ty, TypeRef::List(_)),
        };
        let selected = |path: &[&str], object: &str| columns_at(&selection_sets, path, object);
        let plan = (field.plan)(&args, SelectedColumns::new(&selected))?;
        let planned = PlannedField {
            response_key: key.to_owned(),
            json_key: format!("\"{key}\":"),
            field,
            args,
            plan,
            span: node.location(),
            is_leaf: selection_sets.is_empty() && !is_list,
            selection_sets,
        };
        Ok((planned, max_cost.saturating_add(1)))
    }

    /// The object types that a value of the type named `name` may have. Empty for a leaf type.
    fn possible_types(&self, name: &str) -> Vec<Arc<Object>> {
        match (
            self.graph.objects.get(name),
            self.variables.types.types.get(name),
        ) {
            (Some(object), _) => vec![object.clone()],
            (None, Some(ExtendedType::Interface(_) | ExtendedType::Union(_))) => {
                let objects = self.graph.objects.values();
                let subtypes = objects.filter(|object| self.is_subtype_of(object, name));
                subtypes.cloned().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether an object type is the type named `name`, implements it, or is a member of it.
    ///
    /// This is [`DoesFragmentTypeApply`](https://spec.graphql.org/October2021/#DoesFragmentTypeApply()).
    fn is_subtype_of(&self, object: &Object, name: &str) -> bool {
        object.name == name || self.variables.types.is_subtype(name, object.name)
    }

    /// [`CollectFields`](https://spec.graphql.org/October2021/#CollectFields()) for an object type.
    fn collect_fields(
        &self,
        object: &Object,
        set: &'a SelectionSet,
        grouped: &mut GroupedFieldSet<'a>,
        visited: &mut HashSet<&'a Name>,
    ) {
        for selection in &set.selections {
            if !self.should_include_node(selection.directives()) {
                continue;
            }
            let (condition, set) = match selection {
                Selection::Field(node) => {
                    let key = node.response_key().as_str();
                    grouped.entry(key).or_default().push(node);
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    (fragment.type_condition.as_ref(), &fragment.selection_set)
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.fragment_name;
                    if !visited.insert(name) {
                        continue;
                    }
                    let Some(fragment) = self.variables.document.executable.fragments.get(name)
                    else {
                        continue;
                    };
                    (Some(fragment.type_condition()), &fragment.selection_set)
                }
            };
            let applies = condition.is_none_or(|condition| self.is_subtype_of(object, condition));
            if applies {
                self.collect_fields(object, set, grouped, visited);
            }
        }
    }

    /// Evaluates `@skip` and `@include`.
    fn should_include_node(&self, directives: &DirectiveList) -> bool {
        directives.iter().all(|directive| {
            let flag = || {
                let value = directive.specified_argument_by_name("if")?;
                self.variables.boolean_value(value)
            };
            match directive.name.as_str() {
                "skip" => flag() != Some(true),
                "include" => flag() != Some(false),
                _ => true,
            }
        })
    }
}
