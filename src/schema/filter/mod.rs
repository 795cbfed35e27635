//! Filters: the input types of the API, and what each of their fields compares with what.
//!
//! A field stands next to its meaning, and so does an operator ([`operators`]): the input types are
//! made from the same tables that values are parsed with. `db` translates the result to SQL.

mod figure;
mod operators;
mod partnership;
mod place;

pub(super) use figure::{PUBLISHED_STATISTIC_FILTER, RESPONDENT_AGGREGATE_FILTER, SOURCE_FILTER};
pub(super) use partnership::PARTNERSHIP_FILTER;
pub(super) use place::{CITY_FILTER, COUNTRY_FILTER, STATE_FILTER};

use std::sync::{Arc, LazyLock};

use async_graphql::{Value, dynamic::InputObject};
use sea_orm::ColumnTrait;

use self::operators::{INT_FILTER, STRING_FILTER, cells};
use crate::{
    db::{
        ColumnRef, Comparison, Filter, FilterLimitError, FilterRelation, MAX_COMPARISONS,
        MAX_LIST_VALUES, MAX_PATTERN_CHARS, MAX_TOTAL_VALUES,
    },
    engine::{Argument, Graph, input_object_type},
    graphql_error::GraphqlError,
    vocabulary::Vocabulary,
};

/// Ends the description of every input type.
const NULL_RULE: &str = "A field that is null is an error; omit it for no condition.";

/// How deep the objects of a filter may be nested. Parsing and translating a filter are recursive.
const MAX_NESTING: usize = 12;

/// A filter input type.
#[derive(Debug)]
pub(super) struct FilterDefinition {
    pub(super) name: &'static str,
    description: &'static str,
    fields: Vec<FilterField>,
}

/// A filter that is defined on first use, because definitions refer to each other.
type LazyFilter = LazyLock<FilterDefinition>;

/// A field of a filter, with its meaning.
#[derive(Debug)]
struct FilterField {
    name: &'static str,
    description: &'static str,
    meaning: Meaning,
}

/// What a field of a filter compares with what.
#[derive(Debug)]
enum Meaning {
    /// All filters of a list match.
    And,
    /// At least one filter of a list matches.
    Or,
    /// A filter does not match.
    Not,
    /// A `StringFilter` on a column that contains only ASCII, such as a slug or a code.
    Ascii(ColumnRef),
    /// A `StringFilter` on a name. The second column has the name without case and accents.
    Name(ColumnRef, ColumnRef),
    /// An `IntFilter`.
    Int(ColumnRef),
    /// A list of values of this enum, one of which the column must have.
    OneOf(&'static str, ColumnRef),
    /// A boolean that the column must equal.
    Equals(ColumnRef),
    /// A filter on the row that a foreign key points at.
    Reference(Arc<FilterRelation>, &'static LazyFilter),
    /// At least one related row has this meaning.
    Related(Arc<FilterRelation>, Box<Meaning>),
    /// A boolean that says whether there are related rows, or, if the second value is false, whether
    /// there are none.
    Exists(Arc<FilterRelation>, bool),
    /// A value of another type.
    Custom(&'static str, fn(&Value) -> Result<Filter, GraphqlError>),
}

impl FilterDefinition {
    fn new(name: &'static str, description: &'static str, fields: Vec<FilterField>) -> Self {
        Self {
            name,
            description,
            fields,
        }
    }

    /// Adds the fields `and`, `or`, and `not`.
    fn with_logical_operators(mut self) -> Self {
        let operators = [
            (
                "and",
                "All of these filters must match; an empty list matches everything.",
                Meaning::And,
            ),
            (
                "or",
                "At least one of these filters must match; an empty list matches nothing.",
                Meaning::Or,
            ),
            (
                "not",
                "Matches exactly the rows that this filter does not match.",
                Meaning::Not,
            ),
        ];
        let operators = operators
            .map(|(name, description, meaning)| FilterField::new(name, description, meaning));
        self.fields.splice(0..0, operators);
        self
    }

    /// Parses the value of a filter; without one, every row matches.
    ///
    /// # Errors
    /// If a value is null or out of range, or the filter exceeds a limit.
    pub(super) fn parse(&self, value: Option<&Value>) -> Result<Filter, GraphqlError> {
        let Some(value) = value else {
            return Ok(Filter::default());
        };
        reject_nulls("filter", value)?;
        let filter = self.parse_object(value, 1)?;
        filter.check_limits().map_err(limit_error)?;
        Ok(filter)
    }

    /// Parses an object at a level of nesting.
    fn parse_object(&self, value: &Value, level: usize) -> Result<Filter, GraphqlError> {
        if level > MAX_NESTING {
            return Err(GraphqlError::bad_user_input(format!(
                "filter is nested more than {MAX_NESTING} levels deep; use fewer levels"
            )));
        }
        let filters = self.fields.iter().filter_map(|field| {
            let value = field_value(value, field.name)?;
            Some(field.meaning.parse(self, value, level))
        });
        Ok(Filter::All(filters.collect::<Result<_, _>>()?))
    }

    fn input_type(&self) -> InputObject {
        let fields = self.fields.iter().map(|field| {
            let ty = field.meaning.type_name(self);
            Argument::new(field.name, &ty, field.description)
        });
        let description = format!("{} {NULL_RULE}", self.description);
        input_object_type(self.name, &description, fields)
    }
}

impl FilterField {
    fn new(name: &'static str, description: &'static str, meaning: Meaning) -> Self {
        Self {
            name,
            description,
            meaning,
        }
    }
}

impl Meaning {
    fn ascii(column: impl ColumnTrait) -> Self {
        Self::Ascii(ColumnRef::new(column))
    }

    fn name<C: ColumnTrait>(name: C, sort_name: C) -> Self {
        Self::Name(ColumnRef::new(name), ColumnRef::new(sort_name))
    }

    fn int(column: impl ColumnTrait) -> Self {
        Self::Int(ColumnRef::new(column))
    }

    fn one_of<V: Vocabulary>(column: impl ColumnTrait) -> Self {
        Self::OneOf(V::NAME, ColumnRef::new(column))
    }

    fn equals(column: impl ColumnTrait) -> Self {
        Self::Equals(ColumnRef::new(column))
    }

    fn reference(relation: FilterRelation, filter: &'static LazyFilter) -> Self {
        Self::Reference(Arc::new(relation), filter)
    }

    fn related(relation: FilterRelation, meaning: Self) -> Self {
        Self::Related(Arc::new(relation), Box::new(meaning))
    }

    fn exists(relation: FilterRelation) -> Self {
        Self::Exists(Arc::new(relation), true)
    }

    fn not_exists(relation: FilterRelation) -> Self {
        Self::Exists(Arc::new(relation), false)
    }

    /// Returns the type of the field's value.
    fn type_name(&self, parent: &FilterDefinition) -> String {
        match self {
            Self::And | Self::Or => format!("[{}!]", parent.name),
            Self::Not => parent.name.to_owned(),
            Self::Ascii(_) | Self::Name(..) => STRING_FILTER.name.to_owned(),
            Self::Int(_) => INT_FILTER.name.to_owned(),
            Self::OneOf(name, _) => format!("[{name}!]"),
            Self::Equals(_) | Self::Exists(..) => "Boolean".to_owned(),
            Self::Reference(_, filter) => filter.name.to_owned(),
            Self::Related(_, meaning) => meaning.type_name(parent),
            Self::Custom(name, _) => (*name).to_owned(),
        }
    }

    /// Parses the value of the field.
    fn parse(
        &self,
        parent: &FilterDefinition,
        value: &Value,
        level: usize,
    ) -> Result<Filter, GraphqlError> {
        let operand = |value| parent.parse_object(value, level + 1);
        Ok(match self {
            Self::And => Filter::All(list(value).iter().map(operand).collect::<Result<_, _>>()?),
            Self::Or => Filter::Any(list(value).iter().map(operand).collect::<Result<_, _>>()?),
            Self::Not => Filter::Not(Box::new(operand(value)?)),
            Self::Ascii(column) => {
                STRING_FILTER.parse(value, |comparison| Filter::compare(*column, comparison))
            }
            Self::Name(name, sort_name) => STRING_FILTER.parse(value, |comparison| {
                Filter::compare_name(*name, *sort_name, comparison)
            }),
            Self::Int(column) => {
                INT_FILTER.parse(value, |comparison| Filter::compare(*column, comparison))
            }
            Self::OneOf(..) if list(value).is_empty() => Filter::none(),
            Self::OneOf(_, column) => Filter::compare(*column, Comparison::In(cells(value))),
            Self::Equals(column) => {
                Filter::compare(*column, Comparison::Eq(operators::cell(value)))
            }
            Self::Reference(relation, filter) => {
                related(relation, filter.parse_object(value, level + 1)?)
            }
            Self::Related(relation, meaning) => {
                related(relation, meaning.parse(parent, value, level)?)
            }
            Self::Exists(relation, if_exists) => {
                let exists = Filter::related(relation.clone(), Filter::default());
                match *value == Value::Boolean(*if_exists) {
                    true => exists,
                    false => Filter::Not(Box::new(exists)),
                }
            }
            Self::Custom(_, parse) => parse(value)?,
        })
    }
}

/// Matches rows with a related row that matches a filter, and all rows if the filter is empty.
fn related(relation: &Arc<FilterRelation>, filter: Filter) -> Filter {
    match filter.is_empty() {
        true => filter,
        false => Filter::related(relation.clone(), filter),
    }
}

/// Adds the input types of all filters.
pub(super) fn define(graph: Graph) -> Graph {
    let filters: [&LazyFilter; 9] = [
        &STATE_FILTER,
        &COUNTRY_FILTER,
        &CITY_FILTER,
        &place::COMMUNITY_FILTER,
        &PARTNERSHIP_FILTER,
        &partnership::CLAIM_FILTER,
        &RESPONDENT_AGGREGATE_FILTER,
        &PUBLISHED_STATISTIC_FILTER,
        &SOURCE_FILTER,
    ];
    let types = [place::define, partnership::define, figure::define]
        .into_iter()
        .fold(graph, |graph, define| define(graph));
    let input_types = filters.into_iter().map(|filter| filter.input_type());
    input_types
        .chain([STRING_FILTER.input_type(), INT_FILTER.input_type()])
        .fold(types, Graph::add_type)
}

fn limit_error(error: FilterLimitError) -> GraphqlError {
    GraphqlError::bad_user_input(match error {
        FilterLimitError::Comparisons => format!(
            "filter has more than {MAX_COMPARISONS} comparisons; use fewer, or replace several \
             with one `in`"
        ),
        FilterLimitError::TotalValues => {
            format!("filter has more than {MAX_TOTAL_VALUES} values in its lists; use fewer")
        }
        FilterLimitError::ListValues(n) => {
            format!("a list in filter has {n} values; at most {MAX_LIST_VALUES} are allowed")
        }
        FilterLimitError::PatternChars { is_prefix, n_chars } => {
            let operator = if is_prefix { "startsWith" } else { "contains" };
            format!("{operator} has {n_chars} characters; at most {MAX_PATTERN_CHARS} are allowed")
        }
    })
}

/// Rejects nulls inside a filter. If they meant "no condition", a variable that the client has not set
/// yet would select everything.
fn reject_nulls(path: &str, value: &Value) -> Result<(), GraphqlError> {
    match value {
        Value::Null => Err(GraphqlError::bad_user_input(format!(
            "{path} is null; give it a value, or omit it for no condition"
        ))),
        Value::Object(fields) => (fields.iter())
            .try_for_each(|(name, value)| reject_nulls(&format!("{path}.{name}"), value)),
        Value::List(items) => (items.iter().enumerate())
            .try_for_each(|(index, item)| reject_nulls(&format!("{path}[{index}]"), item)),
        _ => Ok(()),
    }
}

/// Returns the field of an input object; `None` if it is absent.
pub(super) fn field_value<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => fields.get(name),
        _ => None,
    }
}

fn list(value: &Value) -> &[Value] {
    match value {
        Value::List(values) => values,
        _ => &[],
    }
}
