//! `groups` of a connection of partnerships: counts by one to three dimensions.

use std::{
    cmp::Ordering,
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use futures_util::FutureExt;

use super::{
    connection::{ConnectionGroupQuery, RelayConnection, parse_page_size},
    group_key::{GroupKey, GroupKeyObject, title_case},
    place,
};
use crate::{
    db::{
        AggregateGroup, AggregateGroupQuery, Cell, ColumnRef, GroupBy, Lookup, LookupQuery, Record,
        Records,
    },
    engine::{
        Argument, ArgumentValue, Call, Context, ExecutionError, Field, Graph, InternalError,
        Object, ResolvedValue, SelectedColumns, enum_type, value_as_str,
    },
    entity::{
        community::Column as Community, country::Column as Country, partnership::Column as Col,
    },
    graphql_error::{ErrorCode, GraphqlError},
    limits::Limits,
    vocabulary::{Corroboration, PartnershipDimension as Dimension, Vocabulary},
};

const GROUP_TYPE_NAME: &str = "PartnershipGroup";

const MAX_DIMENSIONS: usize = 3;

/// Adds the types of this file, and the field `groups` to `PartnershipConnection`.
pub(super) fn define(graph: Graph) -> Graph {
    graph
        .add_field("PartnershipConnection", field())
        .object(group_type())
        .vocabulary::<Dimension>()
        .add_type(enum_type(
            "GroupOrder",
            "The order of groups. Groups with equal counts are sorted by key; null keys come last.",
            [
                ("COUNT_DESC", "Largest groups first."),
                ("COUNT_ASC", "Smallest groups first."),
                (
                    "KEY_ASC",
                    "By key: codes, slugs, and enum values from A to Z, earliest years first.",
                ),
            ],
        ))
}

struct GroupArguments {
    dimensions: Vec<Dimension>,
    order: GroupOrder,
    min_count: i64,
    first: Option<u64>,
    max_page_size: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum GroupOrder {
    CountDesc,
    CountAsc,
    KeyAsc,
}

fn field() -> Field {
    let by = Argument::new(
        "by",
        "[PartnershipDimension!]!",
        "One to three dimensions. The result has a group for each combination of their values that has at least one partnership.",
    );
    let order_by = Argument::new("orderBy", "GroupOrder", "The order of the groups.").with_default(
        async_graphql::Value::Enum(async_graphql::Name::new("COUNT_DESC")),
    );
    let min_count = Argument::new(
        "minCount",
        "Int",
        "Returns only groups with at least this many partnerships.",
    )
    .with_default(1.into());
    let first = Argument::new(
        "first",
        "Int",
        "The maximum number of groups to return, up to `limits.maxPageSize`.",
    );
    Field::new(
        "groups",
        "[PartnershipGroup!]!",
        "Counts all partnerships of the connection, not only those of the page, by one to three dimensions. Without `first`, all groups are returned; if there are more than `limits.maxPageSize`, the request fails with the code `PAGE_TOO_LARGE`.",
    )
    .batch(GroupPlan::new, |call| resolve_groups(call).boxed())
    .with_arguments([by, order_by, min_count, first], parse_arguments)
    .list_size_from(|arguments: &GroupArguments| arguments.first.unwrap_or(50))
    .page_level()
}

fn parse_arguments(
    [by, order_by, min_count, first]: [ArgumentValue<'_>; 4],
    limits: &Limits,
) -> Result<GroupArguments, GraphqlError> {
    let by: Vec<Dimension> = by
        .list()
        .unwrap_or_default()
        .iter()
        .filter_map(|value| Dimension::parse(value_as_str(value)?))
        .collect();
    if by.is_empty() || by.len() > MAX_DIMENSIONS {
        return Err(GraphqlError::bad_user_input(format!(
            "by has {} dimensions; it must have 1 to {MAX_DIMENSIONS}",
            by.len()
        )));
    }
    let first = first.int();
    Ok(GroupArguments {
        dimensions: by,
        order: match order_by.str() {
            Some("COUNT_ASC") => GroupOrder::CountAsc,
            Some("KEY_ASC") => GroupOrder::KeyAsc,
            _ => GroupOrder::CountDesc,
        },
        min_count: min_count.int().unwrap_or(1),
        first: match first {
            Some(_) => Some(parse_page_size("first", first, limits)?),
            None => None,
        },
        max_page_size: limits.max_page_size,
    })
}

fn group_by(dimension: Dimension) -> GroupBy {
    let value = |column| GroupBy::Value(ColumnRef::new(column));
    match dimension {
        Dimension::Region => value(Col::RegionId),
        Dimension::State => value(Col::StateId),
        Dimension::Country => value(Col::CountryId),
        Dimension::Subregion => GroupBy::Referenced {
            foreign_key: ColumnRef::new(Col::CountryId),
            id: ColumnRef::new(Country::Id),
            value: ColumnRef::new(Country::Subregion),
        },
        Dimension::Level => value(Col::Level),
        Dimension::Status => value(Col::Status),
        Dimension::Decade => GroupBy::Decade(ColumnRef::new(Col::EstablishedYear)),
        Dimension::Year => value(Col::EstablishedYear),
        Dimension::Corroboration => value(Col::Corroboration),
        Dimension::UsCommunity => value(Col::UsId),
        Dimension::PartnerCommunity => value(Col::PartnerId),
    }
}

/// Returns the groups of each connection. One statement groups the partnerships of all connections
/// of the level, and at most two more read the names of the states, communities, and countries
/// among the keys.
async fn resolve_groups(
    call: Call<'_, Vec<&RelayConnection>, GroupArguments, GroupPlan>,
) -> Result<Vec<ResolvedValue>, ExecutionError> {
    let arguments = call.args;
    let plan = call.plan;
    let keys = plan.queries.list_keys(&call.rows, |row_set| {
        let dimensions = arguments.dimensions.iter().copied().map(group_by).collect();
        AggregateGroupQuery::new(row_set, dimensions, plan.year, plan.distance)
    });
    let loaded = call.context.load(&keys).await?;
    let mut lists = Vec::with_capacity(keys.len());
    for all in &loaded {
        let total: i64 = all.iter().map(|group| group.count).sum();
        lists.push((total, select_groups(all, arguments)));
    }
    if lists.iter().any(|(_, groups)| {
        arguments.first.is_none() && groups.len() as u64 > arguments.max_page_size
    }) {
        return Err(ExecutionError::from(GraphqlError::new(
            ErrorCode::PageTooLarge,
            format!(
                "there are more than {} groups (limits.maxPageSize); set first, raise minCount, \
                 or narrow the filter",
                arguments.max_page_size
            ),
        )));
    }
    let labels = KeyLabels::load(
        call.context,
        arguments,
        lists.iter().flat_map(|(_, groups)| groups),
    )
    .await?;
    Ok(lists
        .into_iter()
        .map(|(total, groups)| {
            let groups = groups.into_iter().map(|group| {
                let keys = std::iter::zip(&arguments.dimensions, &group.values)
                    .map(|(dimension, value)| Arc::new(labels.group_key(*dimension, value)))
                    .collect();
                #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
                let share = group.count as f64 / total as f64;
                ResolvedValue::object(
                    GROUP_TYPE_NAME,
                    PartnershipGroup {
                        keys,
                        aggregate: group,
                        share,
                    },
                )
            });
            ResolvedValue::List(groups.collect())
        })
        .collect())
}

/// What the selected subfields need of each group.
struct GroupPlan {
    year: Option<ColumnRef>,
    distance: Option<ColumnRef>,
    queries: ConnectionGroupQuery,
}

impl GroupPlan {
    fn new(_: &GroupArguments, selected: SelectedColumns<'_>) -> Self {
        let selected = selected.for_type(GROUP_TYPE_NAME);
        let if_selected =
            |column| Some(ColumnRef::new(column)).filter(|column| selected.contains(column));
        Self {
            year: if_selected(Col::EstablishedYear),
            distance: if_selected(Col::DistanceKm),
            queries: ConnectionGroupQuery::default(),
        }
    }
}

/// Returns the groups that match the arguments, in the requested order.
fn select_groups(all: &[AggregateGroup], arguments: &GroupArguments) -> Vec<AggregateGroup> {
    let mut groups: Vec<AggregateGroup> = all
        .iter()
        .filter(|group| group.count >= arguments.min_count)
        .cloned()
        .collect();
    groups.sort_by(|a, b| {
        let by_count = match arguments.order {
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
    if let Some(first) = arguments.first {
        groups.truncate(usize::try_from(first).unwrap_or(usize::MAX));
    }
    groups
}

/// The rows that name the groups by community and by country. The queries include the id, like those of reference fields, so that
/// the rows can be reused for the object that a key stands for.
static COMMUNITY_LABELS: LazyLock<LookupQuery> = LazyLock::new(|| {
    let columns = [
        Community::Id,
        Community::Name,
        Community::Code,
        Community::CommunityType,
    ];
    let lookup = Lookup::by_id(ColumnRef::new(Community::Id));
    LookupQuery::cached(lookup, columns.map(ColumnRef::new).to_vec())
});
static COUNTRY_LABELS: LazyLock<LookupQuery> = LazyLock::new(|| {
    let columns = [Country::Id, Country::Name].map(ColumnRef::new);
    LookupQuery::cached(Lookup::by_id(columns[0]), columns.to_vec())
});

async fn load_label_rows(
    context: &Context,
    selected: &LookupQuery,
    keys: Vec<&Arc<str>>,
) -> Result<HashMap<Arc<str>, Records>, InternalError> {
    let keys: Vec<_> = keys.into_iter().map(Some).collect();
    let rows = context.lookup(selected, &keys).await?;
    Ok(keys.into_iter().flatten().cloned().zip(rows).collect())
}

/// The names and codes of the communities and countries that keys stand for.
#[derive(Default)]
struct KeyLabels {
    communities: HashMap<Arc<str>, Records>,
    countries: HashMap<Arc<str>, Records>,
}

impl KeyLabels {
    async fn load(
        context: &Context,
        arguments: &GroupArguments,
        groups: impl Iterator<Item = &AggregateGroup>,
    ) -> Result<Self, InternalError> {
        let (mut communities, mut countries) = (Vec::new(), Vec::new());
        for group in groups {
            for (dimension, value) in std::iter::zip(&arguments.dimensions, &group.values) {
                match dimension {
                    Dimension::State | Dimension::UsCommunity | Dimension::PartnerCommunity => {
                        communities.extend(value.text());
                    }
                    Dimension::Country => countries.extend(value.text()),
                    _ => {}
                }
            }
        }
        Ok(Self {
            communities: load_label_rows(context, &COMMUNITY_LABELS, communities).await?,
            countries: load_label_rows(context, &COUNTRY_LABELS, countries).await?,
        })
    }

    fn group_key(&self, dimension: Dimension, value: &Cell) -> GroupKey {
        let text_of = |rows: &HashMap<Arc<str>, Records>, id: &Arc<str>, column: ColumnRef| {
            let record: Option<&Record> = rows.get(id)?.first().map(AsRef::as_ref);
            record?.text(column).cloned()
        };
        let community =
            |id: &Arc<str>, column| text_of(&self.communities, id, ColumnRef::new(column));
        let (value, label, object) = match (dimension, value) {
            (Dimension::Decade, Cell::Int(decade)) => (
                Some(decade.to_string().into()),
                format!("{decade}s"),
                GroupKeyObject::Nothing,
            ),
            (Dimension::Year, Cell::Int(year)) => (
                Some(year.to_string().into()),
                year.to_string(),
                GroupKeyObject::Nothing,
            ),
            (Dimension::State, Cell::Text(id)) => (
                community(id, Community::Code),
                label_or_id(community(id, Community::Name), id),
                GroupKeyObject::State(id.clone()),
            ),
            (Dimension::UsCommunity | Dimension::PartnerCommunity, Cell::Text(id)) => {
                let community_type = community(id, Community::CommunityType);
                (
                    Some(id.clone()),
                    label_or_id(community(id, Community::Name), id),
                    place::community_object_name(community_type.as_deref().unwrap_or_default())
                        .map_or(GroupKeyObject::Nothing, |object| {
                            GroupKeyObject::Community(object, id.clone())
                        }),
                )
            }
            (Dimension::Country, Cell::Text(id)) => (
                Some(id.clone()),
                label_or_id(
                    text_of(&self.countries, id, ColumnRef::new(Country::Name)),
                    id,
                ),
                GroupKeyObject::Country(id.clone()),
            ),
            (Dimension::Region, Cell::Text(id)) => (
                Some(id.clone()),
                title_case(id),
                GroupKeyObject::Region(id.clone()),
            ),
            (Dimension::Corroboration, Cell::Text(value)) => (
                Some(value.clone()),
                Corroboration::parse(value)
                    .map_or("Unknown", Corroboration::label)
                    .to_owned(),
                GroupKeyObject::Nothing,
            ),
            (_, Cell::Text(value)) => (
                Some(value.clone()),
                title_case(value),
                GroupKeyObject::Nothing,
            ),
            _ => (
                None,
                unknown_label(dimension).to_owned(),
                GroupKeyObject::Nothing,
            ),
        };
        GroupKey {
            dimension: dimension.as_str(),
            value,
            label,
            object,
        }
    }
}

fn label_or_id(name: Option<Arc<str>>, id: &str) -> String {
    name.map_or_else(|| id.to_owned(), |name| name.to_string())
}

fn unknown_label(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Region => "No region",
        Dimension::Year | Dimension::Decade => "Year unknown",
        _ => "Unknown",
    }
}

struct PartnershipGroup {
    keys: Vec<Arc<GroupKey>>,
    aggregate: AggregateGroup,
    share: f64,
}

/// An aggregate, which is computed only if the field that returns it is selected.
fn if_read(aggregate: &Option<Cell>) -> ResolvedValue {
    match aggregate {
        Some(cell) => cell.into(),
        None => ResolvedValue::Invalid,
    }
}

fn group_type() -> Object {
    let year = ColumnRef::new(Col::EstablishedYear);
    Object::new::<PartnershipGroup>(
        GROUP_TYPE_NAME,
        "A group of partnerships with the same value in each requested dimension, such as those between California and Japan.",
    )
    .field(Field::new(
        "key",
        "[GroupKey!]!",
        "One key for each dimension, in the order of the argument `by`.",
    )
    .compute(|group: &PartnershipGroup| {
        let keys = group.keys.iter();
        ResolvedValue::List(
            keys.map(|key| ResolvedValue::Object("GroupKey", key.clone()))
                .collect(),
        )
    }))
    .field(Field::new(
        "count",
        "Int!",
        "The number of partnerships in the group.",
    )
    .compute(|group: &PartnershipGroup| group.aggregate.count))
    .field(Field::new(
        "share",
        "Float!",
        "`count` divided by the `totalCount` of the connection, from 0 to 1.",
    )
    .compute(|group: &PartnershipGroup| group.share))
    .field(Field::new(
        "earliestYear",
        "Int",
        "The earliest known year of an agreement in the group; null if no year is known.",
    )
    .requires_columns(&[year])
    .compute(|group: &PartnershipGroup| if_read(&group.aggregate.earliest)))
    .field(Field::new(
        "latestYear",
        "Int",
        "The latest known year of an agreement in the group; null if no year is known.",
    )
    .requires_columns(&[year])
    .compute(|group: &PartnershipGroup| if_read(&group.aggregate.latest)))
    .field(Field::new(
        "meanDistanceKm",
        "Float",
        "The mean great-circle distance between the two communities of a partnership, in kilometers, rounded to the meter. Partnerships whose distance is unknown are ignored; null if all are.",
    )
    .requires_columns(&[ColumnRef::new(Col::DistanceKm)])
    .compute(|group: &PartnershipGroup| if_read(&group.aggregate.mean_distance)))
}
