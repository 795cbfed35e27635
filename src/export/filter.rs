//! Query parameters that filter the rows of a file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::{Value, json};

use super::{
    ExportFile, PAGE_SIZE,
    options::{self, Parameter},
};
use crate::{
    collation::fold,
    db::{Cell, ColumnRef, Comparison, Filter, Record, RowSet, Scan, Snapshot},
    engine::{ExecutionError, InternalError},
    entity::{community, country, partnership, published_statistic, respondent_aggregate},
    graphql_error::GraphqlError,
    vocabulary::{PartnershipLevel, RegionName, Vocabulary},
};

/// A parameter that filters a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FilterParameter {
    Level,
    State,
    Country,
    Region,
}

impl FilterParameter {
    const ALL: [Self; 4] = [Self::Level, Self::State, Self::Country, Self::Region];

    fn name(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::State => "state",
            Self::Country => "country",
            Self::Region => "region",
        }
    }

    fn description(self) -> String {
        match self {
            Self::Level => format!(
                "The level of government: {}.",
                PartnershipLevel::spellings().join(", ")
            ),
            Self::State => {
                "The state of the US side: its USPS code or slug, such as OR or us-or.".to_owned()
            }
            Self::Country => {
                "The partner country: its ISO 3166-1 code or slug, such as JP, JPN, or japan."
                    .to_owned()
            }
            Self::Region => format!(
                "The region of the US side: {}.",
                RegionName::spellings().join(", ")
            ),
        }
    }
}

/// Describes the parameters, for the list of files.
pub(super) fn describe_parameters() -> impl Iterator<Item = Value> {
    FilterParameter::ALL.into_iter().map(
        |parameter| json!({ "name": parameter.name(), "description": parameter.description() }),
    )
}

/// The selected values of each parameter, as stored in the tables. A row must match every parameter,
/// and for each of them any of its values.
#[derive(Clone, Debug, Default)]
pub(super) struct ExportFilter(BTreeMap<FilterParameter, BTreeSet<String>>);

impl ExportFilter {
    /// Parses the parameters of a query string. Several values are separated by commas or given by
    /// repeating the parameter; case is ignored.
    ///
    /// # Errors
    /// Returns [`ExecutionError::Rejected`] if a parameter or a value is unknown, and
    /// [`ExecutionError::Internal`] if the database fails.
    pub(super) async fn parse(
        file: ExportFile,
        parameters: &[&Parameter],
        snapshot: &Snapshot,
    ) -> Result<Self, ExecutionError> {
        let mut values_by_parameter: BTreeMap<FilterParameter, Vec<&str>> = BTreeMap::new();
        for (name, values) in parameters {
            let parameter = FilterParameter::ALL
                .into_iter()
                .find(|parameter| parameter.name() == name)
                .ok_or_else(|| {
                    let names = FilterParameter::ALL.map(FilterParameter::name).into_iter();
                    let names = names
                        .chain(options::names(file))
                        .collect::<Vec<_>>()
                        .join(", ");
                    input_error(format!(
                        "unknown parameter {}; use one of {names}",
                        quote(name)
                    ))
                })?;
            let values = values.split(',').map(str::trim);
            values_by_parameter
                .entry(parameter)
                .or_default()
                .extend(values);
        }
        let mut filter = Self::default();
        for (parameter, values) in values_by_parameter {
            let allowed = AllowedValues::load(parameter, snapshot).await?;
            let ids = values.into_iter().map(|value| {
                allowed.resolve(value).ok_or_else(|| {
                    input_error(format!(
                        "unknown {} {}; use {}",
                        parameter.name(),
                        quote(value),
                        allowed.hint
                    ))
                })
            });
            let ids = ids.collect::<Result<_, _>>()?;
            filter.0.insert(parameter, ids);
        }
        Ok(filter)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Selects the matching partnerships.
    pub(super) fn partnership_condition(&self) -> Filter {
        use partnership::Column as Col;
        self.condition(|parameter| {
            Some(ColumnRef::new(match parameter {
                FilterParameter::Level => Col::Level,
                FilterParameter::State => Col::StateId,
                FilterParameter::Country => Col::CountryId,
                FilterParameter::Region => Col::RegionId,
            }))
        })
    }

    /// Selects the published statistics about the selected level, state, country, and region.
    pub(super) fn published_statistic_condition(&self) -> Filter {
        use published_statistic::Column as Col;
        self.condition(|parameter| {
            Some(ColumnRef::new(match parameter {
                FilterParameter::Level => Col::Level,
                FilterParameter::State => Col::StateId,
                FilterParameter::Country => Col::CountryId,
                FilterParameter::Region => Col::RegionId,
            }))
        })
    }

    /// Selects the percentages of respondents of the selected regions, from questions about the selected
    /// countries; none, if another parameter is given, because no percentage is about a level or a state.
    pub(super) fn respondent_aggregate_condition(&self) -> Filter {
        use respondent_aggregate::Column as Col;
        self.condition(|parameter| match parameter {
            FilterParameter::Region => Some(ColumnRef::new(Col::RegionId)),
            FilterParameter::Country => Some(ColumnRef::new(Col::CountryId)),
            FilterParameter::Level | FilterParameter::State => None,
        })
    }

    /// Combines the parameters, each compared with its column; a parameter without a column matches no
    /// row.
    fn condition(&self, column: impl Fn(FilterParameter) -> Option<ColumnRef>) -> Filter {
        let filters = self.0.iter().map(|(parameter, values)| {
            let values = values.iter().map(|value| Cell::from(value.as_str()));
            match column(*parameter) {
                Some(column) => Filter::compare(column, Comparison::In(values.collect())),
                None => Filter::none(),
            }
        });
        Filter::All(filters.collect())
    }

    /// Returns the values of each parameter as JSON.
    pub(super) fn to_json(&self) -> Value {
        let parameters = self
            .0
            .iter()
            .map(|(parameter, values)| (parameter.name().to_owned(), json!(values)));
        Value::Object(parameters.collect())
    }
}

/// Formats the filter; equivalent query strings give the same text.
impl fmt::Display for ExportFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameters = self.0.iter().map(|(parameter, values)| {
            let values: Vec<_> = values.iter().map(String::as_str).collect();
            format!("{}={}", parameter.name(), values.join(","))
        });
        f.write_str(&parameters.collect::<Vec<_>>().join("&"))
    }
}

/// The allowed values of a parameter in lower case, with the stored value of each.
struct AllowedValues {
    ids: BTreeMap<String, String>,
    /// A description of the allowed values, for error messages.
    hint: String,
}

impl AllowedValues {
    async fn load(parameter: FilterParameter, snapshot: &Snapshot) -> Result<Self, ExecutionError> {
        match parameter {
            FilterParameter::Level => Ok(Self::from_vocabulary::<PartnershipLevel>()),
            FilterParameter::Region => Ok(Self::from_vocabulary::<RegionName>()),
            FilterParameter::State => Self::load_states(snapshot).await,
            FilterParameter::Country => Self::load_countries(snapshot).await,
        }
    }

    fn from_vocabulary<V: Vocabulary>() -> Self {
        Self {
            ids: V::spellings()
                .into_iter()
                .map(|word| (word.to_lowercase(), word.to_owned()))
                .collect(),
            hint: format!("one of {}", V::spellings().join(", ")),
        }
    }

    async fn load_states(snapshot: &Snapshot) -> Result<Self, ExecutionError> {
        use community::Column as Col;
        let [id, code] = [Col::Id, Col::Code].map(ColumnRef::new);
        // Only states have a code.
        let filter = Filter::compare(code, Comparison::IsNull(false));
        let mut ids = BTreeMap::new();
        let mut codes = BTreeSet::new();
        for state in read_all(snapshot, id, filter, vec![code]).await? {
            let (Some(id), Some(code)) = (state.text(id), state.text(code)) else {
                continue;
            };
            codes.insert(code.to_string());
            ids.insert(id.to_lowercase(), id.to_string());
            ids.insert(code.to_lowercase(), id.to_string());
        }
        let codes = Vec::from_iter(codes).join(", ");
        Ok(Self {
            ids,
            hint: format!("a USPS code ({codes}) or a slug such as us-or"),
        })
    }

    async fn load_countries(snapshot: &Snapshot) -> Result<Self, ExecutionError> {
        use country::Column as Col;
        let [id, code3, name] = [Col::Id, Col::Code3, Col::Name].map(ColumnRef::new);
        let mut ids = BTreeMap::new();
        let mut codes = BTreeSet::new();
        for country in read_all(snapshot, id, Filter::default(), vec![code3, name]).await? {
            let Some(id) = country.text(id) else {
                continue;
            };
            codes.insert(id.to_string());
            let name = country.text(name).map(|name| slug(name));
            let code3 = country.text(code3).map(|code| code.to_lowercase());
            ids.insert(id.to_lowercase(), id.to_string());
            ids.extend(
                code3
                    .into_iter()
                    .chain(name)
                    .map(|key| (key, id.to_string())),
            );
        }
        let codes = Vec::from_iter(codes).join(", ");
        Ok(Self {
            ids,
            hint: format!("an ISO 3166-1 code ({codes}) or a slug such as japan"),
        })
    }

    fn resolve(&self, value: &str) -> Option<String> {
        self.ids.get(&value.to_lowercase()).cloned()
    }
}

/// Reads all matching rows; only for small tables.
pub(super) async fn read_all(
    snapshot: &Snapshot,
    id: ColumnRef,
    filter: Filter,
    columns: Vec<ColumnRef>,
) -> Result<Vec<std::sync::Arc<Record>>, InternalError> {
    let mut scan = Scan::new(RowSet { id, filter }, &[id], columns, PAGE_SIZE);
    let mut rows = Vec::new();
    while let Some(page) = scan.next_rows(snapshot).await? {
        rows.extend(page);
    }
    Ok(rows)
}

/// Converts a name to a slug, such as `south-korea`.
fn slug(name: &str) -> String {
    let folded = fold(name);
    let words = folded.split(|c: char| !c.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// Quotes an input, shortened to 40 characters.
pub(super) fn quote(input: &str) -> String {
    let mut chars = input.chars();
    let start: String = chars.by_ref().take(40).collect();
    let more = if chars.next().is_some() { "..." } else { "" };
    format!("\"{start}{more}\"")
}

pub(super) fn input_error(message: String) -> ExecutionError {
    GraphqlError::bad_user_input(message).into()
}
