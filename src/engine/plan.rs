//! The plan of an operation: its selection sets, merged per object type, with prepared arguments.
//!
//! All errors that depend only on the request are detected here, before anything is read.
//!
//! Requests repeat an operation with other variables. So a plan is made from the previous plan of the
//! operation: what no variable affects is shared, with the statements that were built for it.

use std::sync::{Arc, atomic::AtomicUsize};

use apollo_compiler::{
    Name, Node,
    ast::{Argument, DirectiveList, Value as AstValue},
    executable::{self, Operation, Selection, SelectionSet},
    parser::{SourceMap, SourceSpan},
};
use async_graphql::Pos;
use foldhash::{HashMap, HashSet, fast::RandomState};
use indexmap::IndexMap;
use moka::sync::Cache;
use serde_json::{Map, Value as Json};

use super::{
    Erased, ExecutionError, Field, Graph, GraphqlError, Object, Resolver, answer_field::list_depth,
    arguments::VariableValues, document::span_position, introspection::execute_introspection,
};
use crate::db::ColumnRef;

/// The plan of an operation.
pub struct Plan {
    /// The variables that it was made for, before coercion.
    pub(super) variables: Map<String, Json>,
    /// The selection set of `Query` or `Subscription`.
    pub(super) selection_set: Arc<PlannedSelectionSet>,
    source_map: SourceMap,
    /// The size of the plan in memory grows with the number of tokens of the document.
    pub(super) token_count: u64,
    /// Whether the operation selects `__schema` or `__type`.
    pub(super) is_introspection: bool,
    /// The size of `data` in the last response to the operation, in bytes.
    pub(super) last_response_bytes: Arc<AtomicUsize>,
    /// The cost of the request: one for each field, times the number of objects that the lists above it
    /// may return.
    pub cost: u64,
}

/// The fields that are selected of an object type.
pub(super) struct PlannedSelectionSet {
    pub(super) object_type: Arc<Object>,
    pub(super) fields: Vec<Arc<PlannedField>>,
    /// The number of fields, with those below them.
    pub(super) field_count: u64,
    dependence: Dependence,
}

/// What the variables of an operation affect in a part of its plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Dependence {
    #[default]
    Nothing,
    /// The values of arguments.
    Arguments,
    /// Also which fields are selected, because of `@skip` or `@include`.
    Selection,
}

impl PlannedSelectionSet {
    /// The cost for this many rows.
    fn cost(&self, rows: u64) -> u64 {
        self.fields.iter().fold(0, |cost, planned| {
            let times = if planned.field.is_page_level { 1 } else { rows };
            cost.saturating_add(planned.cost.saturating_mul(times))
        })
    }
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
    /// The positions of the fields of the document that were merged.
    pub(super) spans: Vec<Option<SourceSpan>>,
    /// Whether the value is a leaf, rather than an object or a list.
    pub(super) is_leaf: bool,
    /// The selected subfields for each object type that a value may have. Empty for leaves.
    pub(super) selection_sets: Vec<Arc<PlannedSelectionSet>>,
    /// The cost for one row.
    cost: u64,
    /// The number of fields below this one, and itself.
    field_count: u64,
    dependence: Dependence,
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

fn columns_at(sets: &[Arc<PlannedSelectionSet>], path: &[&str], object: &str) -> Vec<ColumnRef> {
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
    /// Plans an operation of a valid document. `previous` is a plan of the same operation with other
    /// variables, if there is one; the plan is the same without it.
    ///
    /// # Errors
    /// If an argument is invalid, or the cost exceeds the limit.
    pub(super) fn new(
        graph: &Graph,
        operation: &Operation,
        sent_variables: &Map<String, Json>,
        variables: &VariableValues<'_>,
        previous: Option<&Self>,
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
        let selection_set = planner.plan_selection_set(
            root_type,
            &[&operation.selection_set],
            previous.map(|plan| &plan.selection_set),
        )?;
        let cost = selection_set.cost(1);
        if cost > limits.max_complexity {
            return Err(limits.complexity_error(cost).into());
        }
        Ok(Self {
            variables: sent_variables.clone(),
            selection_set,
            token_count: document.token_count,
            is_introspection: !planner.introspection_results.is_empty(),
            last_response_bytes: previous
                .map_or_else(Arc::default, |plan| plan.last_response_bytes.clone()),
            cost,
            source_map: document.executable.sources.clone(),
        })
    }

    /// The location of a field in the document.
    pub(super) fn field_position(&self, planned: &PlannedField) -> Option<Pos> {
        span_position(planned.spans[0], &self.source_map)
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

/// The result of [`CollectFields`](https://spec.graphql.org/October2021/#CollectFields()).
#[derive(Default)]
struct CollectedFields<'a> {
    by_key: IndexMap<&'a str, Vec<&'a Node<executable::Field>>, RandomState>,
    visited_fragments: HashSet<&'a Name>,
    /// What variables affect in the collected fields themselves.
    dependence: Dependence,
}

impl<'a> Planner<'a> {
    /// Returns a part of the previous plan if variables affect nothing in it.
    fn reuse<'p, T>(
        &mut self,
        previous: Option<&'p Arc<T>>,
        dependence: impl Fn(&T) -> Dependence,
        field_count: impl Fn(&T) -> u64,
    ) -> Option<&'p Arc<T>> {
        let part = previous.filter(|part| dependence(part) == Dependence::Nothing)?;
        let field_count = self.field_count + field_count(part);
        // Above the limit, it is planned again, so that the error has its position.
        (field_count <= self.variables.limits.max_complexity).then(|| {
            self.field_count = field_count;
            part
        })
    }

    /// Plans the merged selection sets of an object type.
    fn plan_selection_set(
        &mut self,
        object: &Arc<Object>,
        sets: &[&'a SelectionSet],
        previous: Option<&Arc<PlannedSelectionSet>>,
    ) -> Result<Arc<PlannedSelectionSet>, ExecutionError> {
        if let Some(same) = self.reuse(previous, |set| set.dependence, |set| set.field_count) {
            return Ok(same.clone());
        }
        let mut collected = CollectedFields::default();
        for set in sets {
            self.collect_fields(object, set, &mut collected);
        }
        let previous = previous.into_iter().flat_map(|set| &set.fields);
        let by_key = previous.map(|planned| (planned.response_key.as_str(), planned));
        let previous: HashMap<&str, _> = by_key.collect();
        let mut fields = Vec::with_capacity(collected.by_key.len());
        for (key, nodes) in &collected.by_key {
            let spans = || nodes.iter().map(|node| node.location());
            // With other variables, `@include` may add fields to those that are merged.
            let merges_same = |one: &&Arc<PlannedField>| one.spans.iter().copied().eq(spans());
            let previous = previous.get(key).copied().filter(merges_same);
            let reused = self.reuse(previous, |one| one.dependence, |one| one.field_count);
            fields.push(match reused {
                Some(same) => same.clone(),
                None => {
                    self.path.push((*key).into());
                    let planned = self.plan_field(object, key, nodes, previous)?;
                    self.path.pop();
                    Arc::new(planned)
                }
            });
        }
        let dependences = fields.iter().map(|planned| planned.dependence);
        Ok(Arc::new(PlannedSelectionSet {
            object_type: object.clone(),
            field_count: fields.iter().map(|planned| planned.field_count).sum(),
            dependence: dependences.fold(collected.dependence, Ord::max),
            fields,
        }))
    }

    fn plan_field(
        &mut self,
        object: &Arc<Object>,
        key: &str,
        nodes: &[&'a Node<executable::Field>],
        previous: Option<&Arc<PlannedField>>,
    ) -> Result<PlannedField, ExecutionError> {
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
        let meta_field = |resolver, name, ty| {
            Arc::new(Field {
                resolver,
                ..Field::new(name, ty, "")
            })
        };
        let field = match (object.fields.get(name), self.introspection_results.get(key)) {
            (Some(field), _) => field.clone(),
            (None, _) if name == "__typename" => {
                meta_field(Resolver::TypeName, "__typename", "String!")
            }
            (None, Some(json)) => meta_field(
                Resolver::Introspection(json.clone()),
                "__schema",
                "__Schema",
            ),
            (None, None) => return Err(GraphqlError::internal().into()),
        };
        let has_variable_arguments = have_variables(&node.arguments);
        let args = match previous {
            Some(planned) if !has_variable_arguments => planned.args.clone(),
            _ => self
                .variables
                .coerce_argument_values(&field.arguments, node)
                .and_then(|arguments| (field.prepare)(&arguments, limits))
                .map_err(|error| locate(error, &self.path))?,
        };
        let sets: Vec<&'a SelectionSet> = nodes.iter().map(|node| &node.selection_set).collect();
        let mut selection_sets = Vec::new();
        for (index, object) in self.possible_types(field.ty.type_name()).iter().enumerate() {
            let previous = previous.map(|planned| &planned.selection_sets[index]);
            selection_sets.push(self.plan_selection_set(object, &sets, previous)?);
        }
        let dependences = selection_sets.iter().map(|set| set.dependence);
        let dependence_below = dependences.max().unwrap_or_default();
        let size = (field.list_size)(&args);
        let costs = selection_sets.iter().map(|set| set.cost(size));
        // The plan step reads which columns are selected, and the arguments.
        let same_columns = previous.filter(|_| dependence_below < Dependence::Selection);
        let adapted = same_columns.and_then(|planned| match has_variable_arguments {
            true => (field.adapt_plan)(&planned.plan, [&planned.args, &args]),
            false => Some(planned.plan.clone()),
        });
        let selected = |path: &[&str], object: &str| columns_at(&selection_sets, path, object);
        let plan = match adapted {
            Some(plan) => plan,
            None => (field.plan)(&args, SelectedColumns::new(&selected))?,
        };
        Ok(PlannedField {
            response_key: key.to_owned(),
            json_key: format!("\"{key}\":"),
            args,
            plan,
            spans: nodes.iter().map(|node| node.location()).collect(),
            is_leaf: selection_sets.is_empty() && list_depth(&field.ty) == 0,
            cost: costs.max().unwrap_or_default().saturating_add(1),
            field_count: 1 + selection_sets
                .iter()
                .map(|set| set.field_count)
                .sum::<u64>(),
            dependence: match has_variable_arguments {
                true => dependence_below.max(Dependence::Arguments),
                false => dependence_below,
            },
            field,
            selection_sets,
        })
    }

    /// The object types that a value of the type named `name` may have. Empty for a leaf type.
    fn possible_types(&self, name: &str) -> Vec<Arc<Object>> {
        if let Some(object) = self.graph.objects.get(name) {
            return vec![object.clone()];
        }
        let ty = self.variables.types.types.get(name);
        let is_abstract = ty.is_some_and(|ty| ty.is_interface() || ty.is_union());
        let objects = self.graph.objects.values();
        let subtypes = objects.filter(|object| is_abstract && self.is_subtype_of(object, name));
        subtypes.cloned().collect()
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
        collected: &mut CollectedFields<'a>,
    ) {
        for selection in &set.selections {
            if selection
                .directives()
                .iter()
                .any(|one| have_variables(&one.arguments))
            {
                collected.dependence = Dependence::Selection;
            }
            if !self.should_include_node(selection.directives()) {
                continue;
            }
            let (condition, set) = match selection {
                Selection::Field(node) => {
                    let key = node.response_key().as_str();
                    collected.by_key.entry(key).or_default().push(node);
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    (fragment.type_condition.as_ref(), &fragment.selection_set)
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.fragment_name;
                    if !collected.visited_fragments.insert(name) {
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
                self.collect_fields(object, set, collected);
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

fn uses_variables(value: &AstValue) -> bool {
    match value {
        AstValue::Variable(_) => true,
        AstValue::List(items) => items.iter().any(|item| uses_variables(item)),
        AstValue::Object(fields) => fields.iter().any(|(_, field)| uses_variables(field)),
        _ => false,
    }
}

/// Whether the arguments of a field or a directive use variables.
fn have_variables(arguments: &[Node<Argument>]) -> bool {
    arguments.iter().any(|one| uses_variables(&one.value))
}

/// The last plan of each recent operation, from which plans for other variables are made.
pub(super) type PlanCache = Cache<PlanKey, Arc<Plan>, RandomState>;

/// The id of the document, and the name of the operation.
pub(super) type PlanKey = (u64, Option<Name>);

/// How many bytes of memory the cached plans may take.
pub const PLAN_CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// How many bytes a field takes, including the SQL statement that it may have.
const BYTES_PER_FIELD: u64 = 1024;
/// How many bytes a token of the document, or a byte of the variables, takes in prepared arguments.
const BYTES_PER_VALUE: u64 = 64;

pub(super) fn new_plan_cache() -> PlanCache {
    Cache::builder()
        .max_capacity(PLAN_CACHE_BYTES)
        .weigher(|_: &PlanKey, plan: &Arc<Plan>| {
            let variables = serde_json::to_string(&plan.variables).unwrap_or_default();
            let values = plan.token_count + variables.len() as u64;
            let bytes = plan.selection_set.field_count * BYTES_PER_FIELD + values * BYTES_PER_VALUE;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        })
        .build_with_hasher(RandomState::default())
}
