//! The plan of a request: its selection sets merged per object type, with arguments prepared.
//!
//! Everything that can be refused is refused here, before anything is read.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, atomic::AtomicUsize},
};

use apollo_compiler::{
    Name, Node,
    ast::DirectiveList,
    executable::{self, Operation, OperationType, Selection, SelectionSet},
    parser::{SourceMap, SourceSpan},
};
use async_graphql::{Pos, dynamic::TypeRef};
use indexmap::IndexMap;
use serde_json::Value as Json;

use super::{
    Document, ErrorCode, Field, Graph, GraphqlError, Limits, Object, PreparedArguments,
    arguments::{Coercion, VariableValues},
    definition::{QUERY, SUBSCRIPTION},
    field::PlanSlot,
    position::span_position,
};
use crate::db::ColumnRef;

/// The plan of an operation.
#[derive(Debug)]
pub struct Plan {
    /// What is selected of `Query` or `Subscription`.
    pub(super) selection_set: PlannedSelectionSet,
    source_map: SourceMap,
    /// How many fields it has; its memory grows with them.
    pub(super) field_count: u64,
    /// How long its last answer was, in bytes.
    pub(super) last_response_bytes: AtomicUsize,
    /// What the request costs: one for each field, times how many objects the lists above it may
    /// give.
    pub cost: u64,
}

/// What is selected of an object type.
#[derive(Debug)]
pub(super) struct PlannedSelectionSet {
    pub(super) object_type: Arc<Object>,
    pub(super) fields: Vec<PlannedField>,
}

/// A field of a selection.
pub(super) struct PlannedField {
    /// The response key.
    pub(super) response_key: String,
    /// The response key as it is written before a value.
    pub(super) json_key: String,
    pub(super) field: Arc<Field>,
    pub(super) arguments: PreparedArguments,
    pub(super) span: Option<SourceSpan>,
    /// Whether a value is a leaf, rather than an object or a list.
    pub(super) is_leaf: bool,
    /// What is selected below, for each type that a value may have; empty for a leaf.
    pub(super) selection_sets: Vec<PlannedSelectionSet>,
    /// What the field works out when the plan is run the first time.
    pub(super) slot: PlanSlot,
}

impl fmt::Debug for PlannedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {:?} {:?}",
            self.response_key, self.field, self.selection_sets
        )
    }
}

/// What is wanted below a field: which columns its rows should have.
#[derive(Clone, Copy, Debug)]
pub struct SelectedColumns<'a>(ColumnScope<'a>);

#[derive(Clone, Copy, Debug)]
enum ColumnScope<'a> {
    Selected(&'a [PlannedSelectionSet]),
    /// async-graphql's executor cannot tell what comes below.
    AllFields(&'a Graph),
}

impl<'a> SelectedColumns<'a> {
    pub(super) fn of_field(planned: &'a PlannedField) -> Self {
        Self(ColumnScope::Selected(&planned.selection_sets))
    }

    pub(super) fn of_all_fields(graph: &'a Graph) -> Self {
        Self(ColumnScope::AllFields(graph))
    }

    /// The columns that the fields selected of a type read.
    pub fn for_type(&self, object: &str) -> Vec<ColumnRef> {
        match self.0 {
            ColumnScope::Selected(selections) => selections
                .iter()
                .filter(|selection| selection.object_type.name == object)
                .flat_map(|selection| &selection.fields)
                .flat_map(|planned| planned.field.required_columns.iter().copied())
                .collect(),
            ColumnScope::AllFields(graph) => graph
                .objects
                .get(object)
                .map(|object| object.required_columns())
                .unwrap_or_default(),
        }
    }

    /// The columns that the objects of type `object` at the end of a path of fields read.
    pub fn for_type_at(&self, path: &[&str], object: &str) -> Vec<ColumnRef> {
        match (self.0, path) {
            (ColumnScope::Selected(selections), [name, rest @ ..]) => selections
                .iter()
                .flat_map(|selection| &selection.fields)
                .filter(|planned| planned.field.name == *name)
                .flat_map(|planned| Self::of_field(planned).for_type_at(rest, object))
                .collect(),
            _ => self.for_type(object),
        }
    }
}

impl Plan {
    /// Plans an operation of a valid document; what introspection it asks for is answered already.
    ///
    /// # Errors
    /// Where a variable or an argument cannot be used, or the cost is over the limit.
    pub(super) fn new(
        graph: &Graph,
        limits: &Limits,
        document: &Document,
        operation: &Operation,
        variables: &VariableValues,
        introspected: &HashMap<String, Arc<str>>,
    ) -> Result<Self, GraphqlError> {
        let mut planner = Planner {
            graph,
            limits,
            document,
            variables,
            introspection_results: introspected,
            path: Vec::new(),
            field_count: 0,
        };
        let root = match operation.operation_type {
            OperationType::Subscription => SUBSCRIPTION,
            _ => QUERY,
        };
        let query = graph.objects.get(root).ok_or_else(|| {
            GraphqlError::new(ErrorCode::ValidationFailed, format!("there is no {root}"))
        })?;
        let (root, cost) = planner.plan_selection_set(query, &[&operation.selection_set])?;
        let cost = cost.for_rows(1);
        if cost > limits.max_complexity {
            return Err(limits.complexity_error(cost));
        }
        Ok(Self {
            selection_set: root,
            field_count: planner.field_count,
            last_response_bytes: AtomicUsize::default(),
            cost,
            source_map: document.executable.sources.clone(),
        })
    }

    /// Where in the document a field is.
    pub(super) fn field_position(&self, planned: &PlannedField) -> Option<Pos> {
        span_position(planned.span, &self.source_map)
    }
}

/// A response key as JSON; it is a GraphQL name: letters, digits and underscores.
fn response_key_as_json(key: &str) -> String {
    format!("\"{key}\":")
}

struct Planner<'a> {
    graph: &'a Graph,
    limits: &'a Limits,
    document: &'a Document,
    variables: &'a VariableValues,
    /// The values of `__schema` and `__type` by response key.
    introspection_results: &'a HashMap<String, Arc<str>>,
    path: Vec<Json>,
    /// Fields planned so far. A field of an interface is planned for each type that implements
    /// it, so this bounds the work where the cost, which takes the dearest type, would not.
    field_count: u64,
}

/// What a selection costs.
#[derive(Clone, Copy, Debug, Default)]
struct SelectionSetCost {
    /// For each row of the list above.
    per_row: u64,
    /// Once for the page, however many rows it has.
    per_page: u64,
}

impl SelectionSetCost {
    /// For so many rows.
    fn for_rows(self, rows: u64) -> u64 {
        rows.saturating_mul(self.per_row)
            .saturating_add(self.per_page)
    }
}

type GroupedFieldSet<'a> = IndexMap<&'a str, Vec<&'a Node<executable::Field>>>;

impl<'a> Planner<'a> {
    /// The selection of `object` from the sets, and what it costs.
    fn plan_selection_set(
        &mut self,
        object: &Arc<Object>,
        sets: &[&'a SelectionSet],
    ) -> Result<(PlannedSelectionSet, SelectionSetCost), GraphqlError> {
        let mut grouped = GroupedFieldSet::new();
        let mut visited = HashSet::new();
        for set in sets {
            self.collect_fields(object, set, &mut grouped, &mut visited);
        }
        let mut cost = SelectionSetCost::default();
        let mut fields = Vec::with_capacity(grouped.len());
        for (key, nodes) in grouped {
            self.path.push(key.into());
            let (planned, own) = self.plan_field(object, key, &nodes)?;
            self.path.pop();
            let sum = match planned.field.is_page_level {
                true => &mut cost.per_page,
                false => &mut cost.per_row,
            };
            *sum = sum.saturating_add(own);
            fields.push(planned);
        }
        let object = object.clone();
        Ok((
            PlannedSelectionSet {
                object_type: object,
                fields,
            },
            cost,
        ))
    }

    fn plan_field(
        &mut self,
        object: &Arc<Object>,
        key: &str,
        nodes: &[&'a Node<executable::Field>],
    ) -> Result<(PlannedField, u64), GraphqlError> {
        let node = nodes[0];
        let document = self.document;
        let refuse = |refusal: GraphqlError, path: &[Json]| {
            refusal
                .with_optional_location(document.span_position(node.location()))
                .with_path(path)
        };
        self.field_count += 1;
        if self.field_count > self.limits.max_complexity {
            return Err(refuse(
                self.limits.complexity_error(self.field_count),
                &self.path,
            ));
        }
        let name = node.name.as_str();
        let field = match object.fields.get(name) {
            Some(field) => field.clone(),
            None if name == "__typename" => Arc::new(Field::typename()),
            None if self.introspection_results.contains_key(key) => {
                let field = Field::introspection(self.introspection_results[key].clone());
                let planned = PlannedField {
                    response_key: key.to_owned(),
                    json_key: response_key_as_json(key),
                    field: Arc::new(field),
                    arguments: Arc::new(()),
                    span: node.location(),
                    is_leaf: false,
                    selection_sets: Vec::new(),
                    slot: PlanSlot::default(),
                };
                return Ok((planned, 1));
            }
            None => {
                let message = format!("{} has no field {name}", object.name);
                return Err(refuse(
                    GraphqlError::new(ErrorCode::ValidationFailed, message),
                    &self.path,
                ));
            }
        };
        let coercion = Coercion {
            graph: self.graph,
            limits: self.limits,
        };
        let args = self
            .variables
            .coerce_argument_values(coercion, document, &field.arguments, &node.arguments)
            .and_then(|arguments| field.prepare_arguments(&arguments, self.limits))
            .map_err(|refusal| refuse(refusal, &self.path))?;
        let sets: Vec<&'a SelectionSet> = nodes.iter().map(|node| &node.selection_set).collect();
        let mut below = Vec::new();
        let size = field.list_size(&args);
        let mut dearest = 0;
        for object in self.graph.possible_types(field.ty.type_name()) {
            let (selection, cost) = self.plan_selection_set(&object, &sets)?;
            dearest = cost.for_rows(size).max(dearest);
            below.push(selection);
        }
        let is_list = match &field.ty {
            TypeRef::NonNull(inner) => matches!(**inner, TypeRef::List(_)),
            ty => matches!(ty, TypeRef::List(_)),
        };
        let cost = dearest.saturating_add(1);
        Ok((
            PlannedField {
                response_key: key.to_owned(),
                json_key: response_key_as_json(key),
                field,
                arguments: args,
                span: node.location(),
                is_leaf: below.is_empty() && !is_list,
                selection_sets: below,
                slot: PlanSlot::default(),
            },
            cost,
        ))
    }

    /// `CollectFields` of the specification (section 6.3.2), for one object type.
    fn collect_fields(
        &self,
        object: &Object,
        set: &'a SelectionSet,
        grouped: &mut GroupedFieldSet<'a>,
        visited: &mut HashSet<&'a Name>,
    ) {
        for item in &set.selections {
            if !self.should_include_node(item.directives()) {
                continue;
            }
            let (condition, set) = match item {
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
                    let Some(fragment) = self.document.executable.fragments.get(name) else {
                        continue;
                    };
                    (Some(fragment.type_condition()), &fragment.selection_set)
                }
            };
            let applies =
                condition.is_none_or(|condition| self.graph.is_subtype_of(object, condition));
            if applies {
                self.collect_fields(object, set, grouped, visited);
            }
        }
    }

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
