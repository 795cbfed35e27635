//! Groups of a connection: its rows counted by one to three dimensions.

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use futures_util::FutureExt;

use super::{
    connection::{Connection, connections, page_size},
    group_key::{GroupKey, Reference, words},
    place,
};
use crate::{
    db::{Cell, Column, Group, GroupBy, GroupQuery, ListKey, Lookup, Record, Rows, Selected},
    engine::{
        Argument, Arguments, Call, Code, Context, Enum, Fault, Field, Graph, Limits, Object,
        Output, Refusal, text,
    },
    entity::{
        community::Column as Community, country::Column as Country, partnership::Column as Of,
    },
    vocabulary::{PartnershipDimension as Dimension, Vocabulary},
};

const GROUP: &str = "PartnershipGroup";

/// How many dimensions one set of groups may have.
const MAX_DIMENSIONS: usize = 3;

/// Adds the types of this file, and the field to the connection of partnerships.
pub(super) fn define(graph: Graph) -> Graph {
    graph
        .extend("PartnershipConnection", field())
        .object(group_type())
        .vocabulary::<Dimension>()
        .enumeration(Enum {
            name: "GroupOrder",
            description: "The order of groups. Equal counts come in the order of the keys; null keys come last.",
            values: vec![
                ("COUNT_DESC", "The largest first."),
                ("COUNT_ASC", "The smallest first."),
                (
                    "KEY_ASC",
                    "By the keys: codes and slugs from A to Z, decades from the first.",
                ),
            ],
        })
}

/// The arguments of `groups`.
struct Asked {
    by: Vec<Dimension>,
    order: GroupOrder,
    min_count: i64,
    first: Option<u64>,
    max: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum GroupOrder {
    CountDesc,
    CountAsc,
    KeyAsc,
}

fn field() -> Field {
    Field::batch(
        "groups",
        "[PartnershipGroup!]!",
        "All partnerships of the connection, not of the page, grouped. At most three dimensions. Without `first` all groups are given, and it is an error where they are more than a page may hold.",
        &[],
        |call| groups(call).boxed(),
    )
    .argument(Argument::new(
        "by",
        "[PartnershipDimension!]!",
        "One to three dimensions: a group for each combination of their values that occurs.",
    ))
    .argument(
        Argument::new("orderBy", "GroupOrder", "The order of the groups.")
            .default(async_graphql::Value::Enum(async_graphql::Name::new("COUNT_DESC"))),
    )
    .argument(
        Argument::new("minCount", "Int", "Only groups of so many partnerships or more.")
            .default(1.into()),
    )
    .argument(Argument::new(
        "first",
        "Int",
        "Only so many groups; at most `limits.maxPageSize`.",
    ))
    .prepared(asked)
    .sized(|asked: &Asked| asked.first.unwrap_or(50))
    .of_page()
}

fn asked(arguments: &Arguments, limits: &Limits) -> Result<Asked, Refusal> {
    let by: Vec<Dimension> = arguments
        .list("by")
        .unwrap_or_default()
        .iter()
        .filter_map(|value| Dimension::parse(text(value)?))
        .collect();
    if by.is_empty() || by.len() > MAX_DIMENSIONS {
        return Err(Refusal::input(format!(
            "by names {} dimensions; give 1 to {MAX_DIMENSIONS}",
            by.len()
        )));
    }
    let first = arguments.int("first");
    Ok(Asked {
        by,
        order: match arguments.text("orderBy") {
            Some("COUNT_ASC") => GroupOrder::CountAsc,
            Some("KEY_ASC") => GroupOrder::KeyAsc,
            _ => GroupOrder::CountDesc,
        },
        min_count: arguments.int("minCount").unwrap_or(1),
        first: match first {
            Some(_) => Some(page_size("first", first, limits)?),
            None => None,
        },
        max: limits.max_page_size,
    })
}

fn grouped_by(dimension: Dimension) -> GroupBy {
    let value = |column| GroupBy::Value(Column::of(column));
    match dimension {
        Dimension::Region => value(Of::RegionId),
        Dimension::State => value(Of::StateId),
        Dimension::Country => value(Of::CountryId),
        Dimension::Subregion => GroupBy::Through {
            column: Column::of(Of::CountryId),
            id: Column::of(Country::Id),
            value: Column::of(Country::Subregion),
        },
        Dimension::Level => value(Of::Level),
        Dimension::Status => value(Of::Status),
        Dimension::Decade => GroupBy::Decade(Column::of(Of::EstablishedYear)),
        Dimension::UsCommunity => value(Of::UsId),
        Dimension::PartnerCommunity => value(Of::PartnerId),
    }
}

/// One statement groups the lists of all connections of the level, and at most two name the
/// states, communities and countries among the keys.
async fn groups(call: Call<'_>) -> Result<Vec<Output>, Fault> {
    let asked = call.args::<Asked>()?;
    let connections = connections(&call)?;
    let keys = list_keys(&call, &connections, asked);
    let answers = call.context.load(&keys).await?;
    let mut lists = Vec::with_capacity(keys.len());
    for key in &keys {
        let all = answers.get(key).map_or(&[][..], AsRef::as_ref);
        let total: i64 = all.iter().map(|group| group.count).sum();
        lists.push((total, chosen(all, asked)));
    }
    if lists
        .iter()
        .any(|(_, groups)| asked.first.is_none() && groups.len() as u64 > asked.max)
    {
        return Err(Fault::Refused(Refusal::new(
            Code::PageTooLarge,
            format!(
                "there are more than {} groups (limits.maxPageSize); give first, a larger minCount \
                 or a narrower filter",
                asked.max
            ),
        )));
    }
    let names = Names::load(
        call.context,
        asked,
        lists.iter().flat_map(|(_, groups)| groups),
    )
    .await?;
    Ok(lists
        .into_iter()
        .map(|(total, groups)| {
            let groups = groups.into_iter().map(|group| {
                let key = std::iter::zip(&asked.by, &group.values)
                    .map(|(dimension, value)| Arc::new(names.key(*dimension, value)))
                    .collect();
                #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
                let share = group.count as f64 / total as f64;
                Output::object(GROUP, Counted { key, group, share })
            });
            Output::List(groups.collect())
        })
        .collect())
}

/// The lists of connections that share their rows share the query, so that it is asked once.
fn list_keys(
    call: &Call<'_>,
    connections: &[&Connection],
    asked: &Asked,
) -> Vec<ListKey<GroupQuery>> {
    let Some(first) = connections.first() else {
        return Vec::new();
    };
    let wanted = call.wanted.columns(GROUP);
    let if_wanted = |column| Some(Column::of(column)).filter(|column| wanted.contains(column));
    let of = |connection: &Connection| {
        let query = GroupQuery::new(
            connection.queries.total.listed.clone(),
            asked.by.iter().copied().map(grouped_by).collect(),
            if_wanted(Of::EstablishedYear),
            if_wanted(Of::DistanceKm),
        );
        (connection.queries.total.clone(), Arc::new(query))
    };
    // Those of a plan are the same each time it is run.
    let mut queries = vec![(*call.once(|| of(first))).clone()];
    connections
        .iter()
        .map(|connection| {
            let known = queries
                .iter()
                .find(|(total, _)| Arc::ptr_eq(total, &connection.queries.total));
            let query = match known {
                Some((_, query)) => query.clone(),
                None => {
                    queries.push(of(connection));
                    queries[queries.len() - 1].1.clone()
                }
            };
            ListKey {
                query,
                parent: connection.parent.clone(),
            }
        })
        .collect()
}

/// The groups that are asked for, in the order that is asked for.
fn chosen(all: &[Group], asked: &Asked) -> Vec<Group> {
    let mut groups: Vec<Group> = all
        .iter()
        .filter(|group| group.count >= asked.min_count)
        .cloned()
        .collect();
    groups.sort_by(|a, b| {
        let by_count = match asked.order {
            GroupOrder::CountDesc => b.count.cmp(&a.count),
            GroupOrder::CountAsc => a.count.cmp(&b.count),
            GroupOrder::KeyAsc => Ordering::Equal,
        };
        by_count.then_with(|| {
            std::iter::zip(&a.values, &b.values)
                .map(|(a, b)| a.compare(b))
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        })
    });
    if let Some(first) = asked.first {
        groups.truncate(usize::try_from(first).unwrap_or(usize::MAX));
    }
    groups
}

async fn named(
    context: &Context,
    selected: &Selected,
    keys: Vec<&Arc<str>>,
) -> Result<HashMap<Arc<str>, Rows>, Fault> {
    let keys: Vec<_> = keys.into_iter().map(Some).collect();
    let rows = context.rows_of_counts(selected, &keys).await?;
    Ok(keys.into_iter().flatten().cloned().zip(rows).collect())
}

/// The names and codes of what keys stand for.
#[derive(Default)]
struct Names {
    communities: HashMap<Arc<str>, Rows>,
    countries: HashMap<Arc<str>, Rows>,
}

impl Names {
    async fn load(
        context: &Context,
        asked: &Asked,
        groups: impl Iterator<Item = &Group>,
    ) -> Result<Self, Fault> {
        let (mut communities, mut countries) = (Vec::new(), Vec::new());
        for group in groups {
            for (dimension, value) in std::iter::zip(&asked.by, &group.values) {
                match dimension {
                    Dimension::State | Dimension::UsCommunity | Dimension::PartnerCommunity => {
                        communities.extend(value.text());
                    }
                    Dimension::Country => countries.extend(value.text()),
                    _ => {}
                }
            }
        }
        // With the id, as edges read: what a key's object asks for may then be known already.
        let select =
            |id, columns: &[Column]| Selected::new(Lookup::by_id(id), [columns, &[id]].concat());
        let community = select(
            Column::of(Community::Id),
            &[
                Column::of(Community::Name),
                Column::of(Community::Code),
                Column::of(Community::CommunityType),
            ],
        );
        let country = select(Column::of(Country::Id), &[Column::of(Country::Name)]);
        Ok(Self {
            communities: named(context, &community, communities).await?,
            countries: named(context, &country, countries).await?,
        })
    }

    /// The key of a value of a dimension.
    fn key(&self, dimension: Dimension, value: &Cell) -> GroupKey {
        let text_of = |rows: &HashMap<Arc<str>, Rows>, id: &Arc<str>, column: Column| {
            let record: Option<&Record> = rows.get(id)?.first().map(AsRef::as_ref);
            record?.text(column).cloned()
        };
        let community = |id: &Arc<str>, column| text_of(&self.communities, id, Column::of(column));
        let (value, label, reference) = match (dimension, value) {
            (Dimension::Decade, Cell::Int(decade)) => (
                Some(decade.to_string().into()),
                format!("{decade}s"),
                Reference::Nothing,
            ),
            (Dimension::State, Cell::Text(id)) => (
                community(id, Community::Code),
                label(community(id, Community::Name), id),
                Reference::State(id.clone()),
            ),
            (Dimension::UsCommunity | Dimension::PartnerCommunity, Cell::Text(id)) => {
                let of_type = community(id, Community::CommunityType);
                (
                    Some(id.clone()),
                    label(community(id, Community::Name), id),
                    place::object_of(of_type.as_deref().unwrap_or_default())
                        .map_or(Reference::Nothing, |object| {
                            Reference::Community(object, id.clone())
                        }),
                )
            }
            (Dimension::Country, Cell::Text(id)) => (
                Some(id.clone()),
                label(text_of(&self.countries, id, Column::of(Country::Name)), id),
                Reference::Country(id.clone()),
            ),
            (Dimension::Region, Cell::Text(id)) => {
                (Some(id.clone()), words(id), Reference::Region(id.clone()))
            }
            (_, Cell::Text(value)) => (Some(value.clone()), words(value), Reference::Nothing),
            _ => (None, unknown(dimension).to_owned(), Reference::Nothing),
        };
        GroupKey {
            dimension: dimension.as_str(),
            value,
            label,
            reference,
        }
    }
}

fn label(name: Option<Arc<str>>, id: &str) -> String {
    name.map_or_else(|| id.to_owned(), |name| name.to_string())
}

fn unknown(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Region => "In no region",
        Dimension::Decade => "Year not known",
        _ => "Not known",
    }
}

/// A group as it is shown.
struct Counted {
    key: Vec<Arc<GroupKey>>,
    group: Group,
    share: f64,
}

fn group_type() -> Object {
    let year = Column::of(Of::EstablishedYear);
    Object::new(
        GROUP,
        "Partnerships that share their values of some dimensions.",
    )
    .field(Field::of(
        "key",
        "[GroupKey!]!",
        "One key per dimension, in the order asked for.",
        |of: &Counted| {
            let keys = of.key.iter();
            Output::List(
                keys.map(|key| Output::Object("GroupKey", key.clone()))
                    .collect(),
            )
        },
    ))
    .field(Field::of(
        "count",
        "Int!",
        "How many partnerships.",
        |of: &Counted| of.group.count,
    ))
    .field(Field::of(
        "share",
        "Float!",
        "count / the total of the connection, 0 to 1.",
        |of: &Counted| of.share,
    ))
    .field(
        Field::of(
            "earliestYear",
            "Int",
            "The earliest year of an agreement among them that is known.",
            |of: &Counted| Output::from(&of.group.earliest),
        )
        .needing(&[year]),
    )
    .field(
        Field::of(
            "latestYear",
            "Int",
            "The latest year of an agreement among them that is known.",
            |of: &Counted| Output::from(&of.group.latest),
        )
        .needing(&[year]),
    )
    .field(
        Field::of(
            "meanDistanceKm",
            "Float",
            "The mean of their great-circle distances that are known, in kilometres, to the metre.",
            |of: &Counted| Output::from(&of.group.mean_distance),
        )
        .needing(&[Column::of(Of::DistanceKm)]),
    )
}
