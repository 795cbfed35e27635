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
    executable::{self, Operation, OperationType, Selection as Item, SelectionSet},
    parser::{SourceMap, SourceSpan},
};
use async_graphql::{Pos, dynamic::TypeRef};
use indexmap::IndexMap;
use serde_json::Value as Json;

use super::{
    Code, Document, Field, Graph, Limits, Object, Prepared, Refusal,
    arguments::{Coercion, Variables},
    definition::{QUERY, SUBSCRIPTION},
    field::Kept,
    validation::place,
};
use crate::db::Column;

/// The plan of an operation.
#[derive(Debug)]
pub struct Plan {
    /// What is selected of `Query` or `Subscription`.
    pub(super) root: Selection,
    sources: SourceMap,
    /// How many fields it has; its memory grows with them.
    pub(super) fields: u64,
    /// How long its last answer was, in bytes.
    pub(super) length: AtomicUsize,
    /// What the request costs: one for each field, times how many objects the lists above it may
    /// give.
    pub cost: u64,
}

/// What is selected of an object type.
#[derive(Debug)]
pub(super) struct Selection {
    pub(super) object: Arc<Object>,
    pub(super) fields: Vec<Planned>,
}

/// A field of a selection.
pub(super) struct Planned {
    /// The response key.
    pub(super) key: String,
    /// The response key as it is written before a value.
    pub(super) written_key: String,
    pub(super) field: Arc<Field>,
    pub(super) args: Prepared,
    pub(super) at: Option<SourceSpan>,
    /// Whether a value is a leaf, rather than an object or a list.
    pub(super) is_leaf: bool,
    /// What is selected below, for each type that a value may have; empty for a leaf.
    pub(super) below: Vec<Selection>,
    /// What the field works out when the plan is run the first time.
    pub(super) kept: Kept,
}

impl fmt::Debug for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?} {:?}", self.key, self.field, self.below)
    }
}

/// What is wanted below a field: which columns its rows should have.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a>(Want<'a>);

#[derive(Clone, Copy, Debug)]
enum Want<'a> {
    Selected(&'a [Selection]),
    /// async-graphql's executor cannot tell what comes below.
    Everything(&'a Graph),
}

impl<'a> Wanted<'a> {
    pub(super) fn below(planned: &'a Planned) -> Self {
        Self(Want::Selected(&planned.below))
    }

    pub(super) fn everything(graph: &'a Graph) -> Self {
        Self(Want::Everything(graph))
    }

    /// The columns that the fields selected of a type read.
    pub fn columns(&self, object: &str) -> Vec<Column> {
        match self.0 {
            Want::Selected(selections) => selections
                .iter()
                .filter(|selection| selection.object.name == object)
                .flat_map(|selection| &selection.fields)
                .flat_map(|planned| planned.field.needs.iter().copied())
                .collect(),
            Want::Everything(graph) => graph
                .objects
                .get(object)
                .map(|object| object.all_columns())
                .unwrap_or_default(),
        }
    }

    /// The columns that the objects of type `object` at the end of a path of fields read.
    pub fn columns_through(&self, path: &[&str], object: &str) -> Vec<Column> {
        match (self.0, path) {
            (Want::Selected(selections), [name, rest @ ..]) => selections
                .iter()
                .flat_map(|selection| &selection.fields)
                .filter(|planned| planned.field.name == *name)
                .flat_map(|planned| Self::below(planned).columns_through(rest, object))
                .collect(),
            _ => self.columns(object),
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
        variables: &Variables,
        introspected: &HashMap<String, Arc<str>>,
    ) -> Result<Self, Refusal> {
        let mut planner = Planner {
            graph,
            limits,
            document,
            variables,
            introspected,
            path: Vec::new(),
            planned: 0,
        };
        let root = match operation.operation_type {
            OperationType::Subscription => SUBSCRIPTION,
            _ => QUERY,
        };
        let query = graph
            .objects
            .get(root)
            .ok_or_else(|| Refusal::new(Code::ValidationFailed, format!("there is no {root}")))?;
        let (root, cost) = planner.select(query, &[&operation.selection_set])?;
        let cost = cost.of(1);
        if cost > limits.max_complexity {
            return Err(over(cost, limits));
        }
        Ok(Self {
            root,
            fields: planner.planned,
            length: AtomicUsize::default(),
            cost,
            sources: document.valid.sources.clone(),
        })
    }

    /// Where in the document a field is.
    pub(super) fn place(&self, planned: &Planned) -> Option<Pos> {
        place(planned.at, &self.sources)
    }
}

/// A request that costs more than is allowed.
pub(super) fn over(cost: u64, limits: &Limits) -> Refusal {
    Refusal::new(
        Code::ComplexityLimit,
        format!(
            "the request has a complexity of {cost}: each field counts once for every object that \
             the lists above it may give; at most {} is allowed (limits.maxComplexity). Ask for \
             smaller pages or fewer fields",
            limits.max_complexity
        ),
    )
}

/// A response key as JSON; it is a GraphQL name: letters, digits and underscores.
fn written(key: &str) -> String {
    format!("\"{key}\":")
}

struct Planner<'a> {
    graph: &'a Graph,
    limits: &'a Limits,
    document: &'a Document,
    variables: &'a Variables,
    /// The values of `__schema` and `__type` by response key.
    introspected: &'a HashMap<String, Arc<str>>,
    path: Vec<Json>,
    /// Fields planned so far. A field of an interface is planned for each type that implements
    /// it, so this bounds the work where the cost, which takes the dearest type, would not.
    planned: u64,
}

/// What a selection costs.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    /// For each row of the list above.
    each: u64,
    /// Once for the page, however many rows it has.
    once: u64,
}

impl Cost {
    /// For so many rows.
    fn of(self, rows: u64) -> u64 {
        rows.saturating_mul(self.each).saturating_add(self.once)
    }
}

type Grouped<'a> = IndexMap<&'a str, Vec<&'a Node<executable::Field>>>;

impl<'a> Planner<'a> {
    /// The selection of `object` from the sets, and what it costs.
    fn select(
        &mut self,
        object: &Arc<Object>,
        sets: &[&'a SelectionSet],
    ) -> Result<(Selection, Cost), Refusal> {
        let mut grouped = Grouped::new();
        let mut visited = HashSet::new();
        for set in sets {
            self.collect(object, set, &mut grouped, &mut visited);
        }
        let mut cost = Cost::default();
        let mut fields = Vec::with_capacity(grouped.len());
        for (key, nodes) in grouped {
            self.path.push(key.into());
            let (planned, own) = self.plan(object, key, &nodes)?;
            self.path.pop();
            let sum = match planned.field.is_of_page {
                true => &mut cost.once,
                false => &mut cost.each,
            };
            *sum = sum.saturating_add(own);
            fields.push(planned);
        }
        let object = object.clone();
        Ok((Selection { object, fields }, cost))
    }

    fn plan(
        &mut self,
        object: &Arc<Object>,
        key: &str,
        nodes: &[&'a Node<executable::Field>],
    ) -> Result<(Planned, u64), Refusal> {
        let node = nodes[0];
        let document = self.document;
        let refuse = |refusal: Refusal, path: &[Json]| {
            refusal.at_some(document.place(node.location())).of(path)
        };
        self.planned += 1;
        if self.planned > self.limits.max_complexity {
            return Err(refuse(over(self.planned, self.limits), &self.path));
        }
        let name = node.name.as_str();
        let field = match object.fields.get(name) {
            Some(field) => field.clone(),
            None if name == "__typename" => Arc::new(Field::type_name()),
            None if self.introspected.contains_key(key) => {
                let field = Field::written(self.introspected[key].clone());
                let planned = Planned {
                    key: key.to_owned(),
                    written_key: written(key),
                    field: Arc::new(field),
                    args: Arc::new(()),
                    at: node.location(),
                    is_leaf: false,
                    below: Vec::new(),
                    kept: Kept::default(),
                };
                return Ok((planned, 1));
            }
            None => {
                let message = format!("{} has no field {name}", object.name);
                return Err(refuse(
                    Refusal::new(Code::ValidationFailed, message),
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
            .arguments(coercion, document, &field.arguments, &node.arguments)
            .and_then(|arguments| field.prepare(&arguments, self.limits))
            .map_err(|refusal| refuse(refusal, &self.path))?;
        let sets: Vec<&'a SelectionSet> = nodes.iter().map(|node| &node.selection_set).collect();
        let mut below = Vec::new();
        let size = field.size(&args);
        let mut dearest = 0;
        for object in self.graph.possible_types(field.ty.type_name()) {
            let (selection, cost) = self.select(&object, &sets)?;
            dearest = cost.of(size).max(dearest);
            below.push(selection);
        }
        let is_list = match &field.ty {
            TypeRef::NonNull(inner) => matches!(**inner, TypeRef::List(_)),
            ty => matches!(ty, TypeRef::List(_)),
        };
        let cost = dearest.saturating_add(1);
        Ok((
            Planned {
                key: key.to_owned(),
                written_key: written(key),
                field,
                args,
                at: node.location(),
                is_leaf: below.is_empty() && !is_list,
                below,
                kept: Kept::default(),
            },
            cost,
        ))
    }

    /// `CollectFields` of the specification (section 6.3.2), for one object type.
    fn collect(
        &self,
        object: &Object,
        set: &'a SelectionSet,
        grouped: &mut Grouped<'a>,
        visited: &mut HashSet<&'a Name>,
    ) {
        for item in &set.selections {
            if !self.is_included(item.directives()) {
                continue;
            }
            let (condition, set) = match item {
                Item::Field(node) => {
                    let key = node.response_key().as_str();
                    grouped.entry(key).or_default().push(node);
                    continue;
                }
                Item::InlineFragment(fragment) => {
                    (fragment.type_condition.as_ref(), &fragment.selection_set)
                }
                Item::FragmentSpread(spread) => {
                    let name = &spread.fragment_name;
                    if !visited.insert(name) {
                        continue;
                    }
                    let Some(fragment) = self.document.valid.fragments.get(name) else {
                        continue;
                    };
                    (Some(fragment.type_condition()), &fragment.selection_set)
                }
            };
            let applies = condition.is_none_or(|condition| self.graph.is_of(object, condition));
            if applies {
                self.collect(object, set, grouped, visited);
            }
        }
    }

    fn is_included(&self, directives: &DirectiveList) -> bool {
        directives.iter().all(|directive| {
            let flag = || {
                let value = directive.specified_argument_by_name("if")?;
                self.variables.flag(value)
            };
            match directive.name.as_str() {
                "skip" => flag() != Some(true),
                "include" => flag() != Some(false),
                _ => true,
            }
        })
    }
}
