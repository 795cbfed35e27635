//! The query string of a file: which rows it holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use sea_orm::{
    ColumnTrait,
    sea_query::{Condition, ExprTrait},
};
use serde_json::{Value, json};

use super::PAGE;
use crate::{
    collation::fold,
    db::{Column, Listed, Record, Snapshot, Walk},
    engine::{Fault, Refusal},
    entity::{community, country, partnership, published_statistic, respondent_aggregate},
    vocabulary::{PartnershipLevel, RegionName, Vocabulary},
};

/// By what a file can be narrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Parameter {
    Level,
    State,
    Country,
    Region,
}

impl Parameter {
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
            Self::State => "The state that the US side is, or lies in: its USPS code or its slug, such as OR or us-or.".to_owned(),
            Self::Country => "The partner country: its ISO 3166-1 code or its slug, such as JP, JPN or japan.".to_owned(),
            Self::Region => format!(
                "The region of that state, if it is in one: {}.",
                RegionName::spellings().join(", ")
            ),
        }
    }
}

/// The parameters, for the list of files.
pub(super) fn described() -> Value {
    let described = Parameter::ALL.into_iter().map(
        |parameter| json!({ "name": parameter.name(), "description": parameter.description() }),
    );
    described.collect()
}

/// What is asked for, each value as the tables have it; of several values of a parameter any will
/// do, of several parameters all must hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Narrowing(BTreeMap<Parameter, BTreeSet<String>>);

impl Narrowing {
    /// The parameters of a query string; several values by commas or by repetition, in capitals or
    /// not.
    ///
    /// # Errors
    /// `Fault::Refused` where a parameter or a value is not known; what the database refuses.
    pub(super) async fn read(
        parameters: &[(String, String)],
        snapshot: &Snapshot,
    ) -> Result<Self, Fault> {
        let mut given: BTreeMap<Parameter, Vec<&str>> = BTreeMap::new();
        for (name, values) in parameters {
            let parameter = Parameter::ALL
                .into_iter()
                .find(|parameter| parameter.name() == name)
                .ok_or_else(|| {
                    let names = Parameter::ALL.map(Parameter::name).join(", ");
                    refused(format!(
                        "unknown parameter {}; a file is narrowed by {names}",
                        shown(name)
                    ))
                })?;
            let values = values.split(',').map(str::trim);
            given.entry(parameter).or_default().extend(values);
        }
        let mut narrowing = Self::default();
        for (parameter, values) in given {
            let known = Known::read(parameter, snapshot).await?;
            let ids = values.into_iter().map(|value| {
                known.find(value).ok_or_else(|| {
                    refused(format!(
                        "{} is {}, which is not known; give {}",
                        parameter.name(),
                        shown(value),
                        known.allowed
                    ))
                })
            });
            let ids = ids.collect::<Result<_, _>>()?;
            narrowing.0.insert(parameter, ids);
        }
        Ok(narrowing)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Which partnerships.
    pub(super) fn partnerships(&self) -> Condition {
        use partnership::Column as Of;
        self.condition(|parameter| {
            Some(Column::of(match parameter {
                Parameter::Level => Of::Level,
                Parameter::State => Of::StateId,
                Parameter::Country => Of::CountryId,
                Parameter::Region => Of::RegionId,
            }))
        })
    }

    /// Which published statistics: those that are about what is asked for.
    pub(super) fn published_statistics(&self) -> Condition {
        use published_statistic::Column as Of;
        self.condition(|parameter| {
            Some(Column::of(match parameter {
                Parameter::Level => Of::Level,
                Parameter::State => Of::StateId,
                Parameter::Country => Of::CountryId,
                Parameter::Region => Of::RegionId,
            }))
        })
    }

    /// Which percentages of respondents: those of a region. None is about a level, a state or a
    /// country.
    pub(super) fn respondent_aggregates(&self) -> Condition {
        self.condition(|parameter| {
            let column = Column::of(respondent_aggregate::Column::RegionId);
            (parameter == Parameter::Region).then_some(column)
        })
    }

    /// Each parameter by the column that holds its values; no row where there is none.
    fn condition(&self, column: impl Fn(Parameter) -> Option<Column>) -> Condition {
        self.0
            .iter()
            .fold(Condition::all(), |all, (parameter, values)| {
                all.add(match column(*parameter) {
                    Some(column) => column.expr().is_in(values.iter().map(String::as_str)),
                    None => sea_orm::sea_query::Expr::val(1).eq(0),
                })
            })
    }

    /// As a JSON file says it: the values of each parameter.
    pub(super) fn json(&self) -> Value {
        let parameters = self
            .0
            .iter()
            .map(|(parameter, values)| (parameter.name().to_owned(), json!(values)));
        Value::Object(parameters.collect())
    }
}

/// The same for every query string that means the same.
impl fmt::Display for Narrowing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameters = self.0.iter().map(|(parameter, values)| {
            let values: Vec<_> = values.iter().map(String::as_str).collect();
            format!("{}={}", parameter.name(), values.join(","))
        });
        f.write_str(&parameters.collect::<Vec<_>>().join("&"))
    }
}

/// The values that a parameter takes, in small letters, and what the tables have for each.
struct Known {
    ids: BTreeMap<String, String>,
    /// What would be right, in words.
    allowed: String,
}

impl Known {
    async fn read(parameter: Parameter, snapshot: &Snapshot) -> Result<Self, Fault> {
        match parameter {
            Parameter::Level => Ok(Self::words::<PartnershipLevel>()),
            Parameter::Region => Ok(Self::words::<RegionName>()),
            Parameter::State => Self::states(snapshot).await,
            Parameter::Country => Self::countries(snapshot).await,
        }
    }

    fn words<V: Vocabulary>() -> Self {
        Self {
            ids: V::spellings()
                .into_iter()
                .map(|word| (word.to_lowercase(), word.to_owned()))
                .collect(),
            allowed: format!("one of {}", V::spellings().join(", ")),
        }
    }

    async fn states(snapshot: &Snapshot) -> Result<Self, Fault> {
        use community::Column as Of;
        let [id, code] = [Of::Id, Of::Code].map(Column::of);
        // Only states have a code.
        let filter = Condition::all().add(Of::Code.is_not_null());
        let mut ids = BTreeMap::new();
        let mut codes = BTreeSet::new();
        for state in rows(snapshot, id, filter, vec![code]).await? {
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
            allowed: format!("a USPS code or a slug such as us-or; the codes are {codes}"),
        })
    }

    async fn countries(snapshot: &Snapshot) -> Result<Self, Fault> {
        use country::Column as Of;
        let [id, code3, name] = [Of::Id, Of::Code3, Of::Name].map(Column::of);
        let mut ids = BTreeMap::new();
        let mut codes = BTreeSet::new();
        for country in rows(snapshot, id, Condition::all(), vec![code3, name]).await? {
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
            allowed: format!("an ISO 3166-1 code or a slug such as japan; the codes are {codes}"),
        })
    }

    fn find(&self, value: &str) -> Option<String> {
        self.ids.get(&value.to_lowercase()).cloned()
    }
}

/// Every row of a table that is short.
async fn rows(
    snapshot: &Snapshot,
    id: Column,
    filter: Condition,
    columns: Vec<Column>,
) -> Result<Vec<std::sync::Arc<Record>>, Fault> {
    let mut walk = Walk::new(Listed { id, filter }, &[id], columns, PAGE);
    let mut rows = Vec::new();
    while let Some(page) = walk.next(snapshot).await? {
        rows.extend(page);
    }
    Ok(rows)
}

/// A name as addresses have it: `south-korea`.
fn slug(name: &str) -> String {
    let folded = fold(name);
    let words = folded.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// What was given, not longer than a message should be.
fn shown(given: &str) -> String {
    let mut letters = given.chars();
    let start: String = letters.by_ref().take(40).collect();
    let more = if letters.next().is_some() { "..." } else { "" };
    format!("\"{start}{more}\"")
}

fn refused(message: String) -> Fault {
    Fault::Refused(Refusal::input(message))
}
