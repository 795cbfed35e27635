//! Candidate partners of a place: the root field `matches`, and its types.

mod model;
mod reason;
pub(super) mod restriction;

use std::{collections::HashSet, sync::Arc};

use async_graphql::{Name, Value};
use futures_util::FutureExt;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

pub(super) use self::model::field as model_field;
use self::reason::{MatchReason, reasons};
use super::{
    connection::{PageInfo, forward_arguments, parse_page_size},
    cursor,
    filter::CITY_FILTER,
    place,
    relation::resolve_references,
};
use crate::{
    db::{AggregateCountKey, AggregateCountQuery, CountBy, DerivedKey, Filter, MatchData},
    engine::{
        Argument, ArgumentValue, Context, ExecutionError, Field, Graph, Object, ResolvedValue,
        SelectedColumns, no_plan,
    },
    graphql_error::GraphqlError,
    limits::Limits,
    stats::link::{Candidate, FeatureArray, PlaceRef, percentiles, sort_keys},
    vocabulary::{ConcentrationDimension, Vocabulary},
};

const CONNECTION_TYPE_NAME: &str = "MatchConnection";
const EDGE_TYPE_NAME: &str = "MatchEdge";
const MATCH_TYPE_NAME: &str = "Match";

/// Adds the types of matches, and of the model behind them.
pub(super) fn define(graph: Graph) -> Graph {
    let graph = graph
        .object(connection_type())
        .object(edge_type())
        .object(match_type());
    let graph = reason::define(graph);
    restriction::define(model::define(graph))
}

/// The arguments of `matches`.
#[derive(Debug)]
struct MatchArguments {
    slug: Arc<str>,
    filter: Filter,
    equity_weight: f64,
    include_barred: bool,
    limit: u64,
    /// The sort key and the slug of the row before the page.
    after: Option<(f64, Arc<str>)>,
    /// What cursors are bound to.
    signature: String,
}

/// A page of matches.
#[derive(Clone, Debug)]
struct MatchPage {
    rows: Vec<Arc<Match>>,
    signature: Arc<str>,
    total: usize,
    n_barred: usize,
    has_next: bool,
    has_previous: bool,
}

/// A candidate partner.
#[derive(Debug)]
struct Match {
    data: Arc<MatchData>,
    coefficients: FeatureArray,
    means: Arc<FeatureArray>,
    u: usize,
    v: usize,
    slug: Arc<str>,
    score: f64,
    equity: f64,
    sort_key: f64,
}

#[derive(Debug)]
struct MatchEdge {
    signature: Arc<str>,
    row: Arc<Match>,
}

const DESCRIPTION: &str = "Candidate partners for a municipality or county: places on the other side with which it has no partnership, ranked by how closely they resemble the partners of similar places. Null if the slug is unknown, or if no model is loaded.

The ranking comes from a model of past partnerships; `matchModel` reports how well it predicts partnerships that it was not fitted to. It does not forecast which partnerships will be signed or would succeed. It knows nothing about languages, industries, universities, diasporas or whether a community is looking for a partner, and it can only suggest places in this data set, nearly all of which already have one.";

/// Defines the root field `matches`.
pub(super) fn field() -> Field {
    let slug = Argument::new(
        "for",
        "String!",
        "Slug of a municipality or county on either side, such as `us-or-portland` or `jp-sapporo`.",
    );
    let filter = Argument::new(
        "filter",
        "CityFilter",
        "Only candidates that match this filter. Scores do not depend on it.",
    );
    let equity_weight = Argument::new(
        "equityWeight",
        "Float!",
        "Weight of equity in the ranking, from 0 (score only) to 1 (fewest partnerships first).",
    )
    .with_default(Value::from(0));
    let include_barred = Argument::new(
        "includeBarred",
        "Boolean!",
        "Whether to include candidates that a law rules out; `restrictions` names the law.",
    )
    .with_default(Value::from(false));
    let [first, after] = forward_arguments();
    Field::new("matches", CONNECTION_TYPE_NAME, DESCRIPTION)
        .once(
            |arguments: &MatchArguments, _| {
                (!arguments.filter.is_empty()).then(|| id_query(arguments.filter.clone()))
            },
            |call| {
                async move {
                    let page = match_page(call.context, call.args, call.plan.as_ref()).await?;
                    let page = page.map(|page| ResolvedValue::object(CONNECTION_TYPE_NAME, page));
                    Ok(ResolvedValue::from_option(page))
                }
                .boxed()
            },
        )
        .with_arguments(
            [slug, filter, equity_weight, include_barred, first, after],
            MatchArguments::parse,
        )
        .list_size_from(|arguments: &MatchArguments| arguments.limit)
}

impl MatchArguments {
    fn parse(
        [slug, filter, equity_weight, include_barred, first, after]: [ArgumentValue<'_>; 6],
        limits: &Limits,
    ) -> Result<Self, GraphqlError> {
        let weight = equity_weight.float().unwrap_or(0.0);
        if !(0.0..=1.0).contains(&weight) {
            return Err(GraphqlError::bad_user_input(format!(
                "equityWeight is {weight}; it must be from 0 to 1"
            )));
        }
        let slug = slug.str().unwrap_or_default();
        let filter = CITY_FILTER.parse(filter.get())?;
        let mut hash = Sha256::new();
        // The length of the slug keeps it apart from the weight. The filter has the order of its definition.
        hash.update(format!("{} {slug} {weight} {filter:?}", slug.len()));
        let signature = format!("match{}", hex::encode(&hash.finalize()[..8]));
        let after = after.str().map(|after| decode_cursor(after, &signature));
        Ok(Self {
            slug: slug.into(),
            filter,
            equity_weight: weight,
            include_barred: include_barred.get() == Some(&Value::Boolean(true)),
            limit: parse_page_size("first", first.int(), limits)?,
            after: after.transpose()?,
            signature,
        })
    }
}

fn encode_cursor(row: &Match, signature: &str) -> String {
    let values = [Json::from(row.sort_key), row.slug.as_ref().into()];
    cursor::encode_values(signature.to_owned(), values)
}

fn decode_cursor(after: &str, signature: &str) -> Result<(f64, Arc<str>), GraphqlError> {
    match cursor::decode_values("after", after, signature)?.as_slice() {
        [Json::Number(sort_key), Json::String(slug)] => sort_key
            .as_f64()
            .map(|sort_key| (sort_key, Arc::from(slug.as_str()))),
        _ => None,
    }
    .ok_or_else(|| cursor::invalid_cursor("after", after))
}

/// Returns a query for the ids of the cities that match a filter: each is a group of one row.
pub(super) fn id_query(filter: Filter) -> AggregateCountKey {
    let row_set = place::city().row_set(filter);
    AggregateCountKey(Arc::new(AggregateCountQuery {
        by: CountBy::Value(row_set.id),
        row_set,
        filters: Vec::new(),
    }))
}

/// Returns the requested page; `None` if the place is unknown or no model is loaded.
async fn match_page(
    context: &Context,
    arguments: &MatchArguments,
    ids: Option<&AggregateCountKey>,
) -> Result<Option<MatchPage>, ExecutionError> {
    let data = context.load_one(DerivedKey::<MatchData>::default()).await?;
    let Some(model) = &data.model else {
        return Ok(None);
    };
    let place = data.network.place(&arguments.slug).map_err(|_| {
        GraphqlError::bad_user_input(
            "matches exist for municipalities and counties, not for states or provinces",
        )
    })?;
    let Some(place) = place else {
        return Ok(None);
    };
    let others = data.network.other_side_of(place);
    let candidates = data.network.candidates(place, &model.coefficients);
    let mut list = candidates.list;
    if let Some(ids) = ids {
        let ids = context.load_one(ids.clone()).await?;
        let ids: HashSet<&str> = ids
            .iter()
            .filter_map(|group| group.value.text().map(AsRef::as_ref))
            .collect();
        list.retain(|candidate| ids.contains(&*others[candidate.index].id));
    }
    let n_matching = list.len();
    if !arguments.include_barred {
        list.retain(|candidate| !data.is_barred_pair(place, candidate.index));
    }
    let n_barred = n_matching - list.len();
    let ranking = Ranking::new(&data, place, &list, arguments.equity_weight);
    let start = arguments.after.as_ref().map_or(0, |(sort_key, slug)| {
        ranking.order.partition_point(|&n| {
            let key = ranking.sort_keys[n];
            key > *sort_key || (key == *sort_key && others[list[n].index].id <= *slug)
        })
    });
    let limit = usize::try_from(arguments.limit).unwrap_or(usize::MAX);
    let end = start.saturating_add(limit).min(list.len());
    let means = Arc::new(candidates.means);
    let rows = ranking.order[start..end].iter().map(|&n| {
        let (u, v) = place.pair_with(list[n].index);
        Arc::new(Match {
            data: data.clone(),
            coefficients: model.coefficients,
            means: means.clone(),
            u,
            v,
            slug: others[list[n].index].id.clone(),
            score: list[n].score,
            equity: ranking.equity[n],
            sort_key: ranking.sort_keys[n],
        })
    });
    Ok(Some(MatchPage {
        rows: rows.collect(),
        signature: arguments.signature.as_str().into(),
        total: list.len(),
        n_barred,
        has_next: end < list.len(),
        has_previous: start > 0,
    }))
}

/// The order of candidates, by their indexes in a list.
struct Ranking {
    equity: Vec<f64>,
    sort_keys: Vec<f64>,
    order: Vec<usize>,
}

impl Ranking {
    /// Sorts a list of candidates that is sorted by slug.
    fn new(data: &MatchData, place: PlaceRef, list: &[Candidate], equity_weight: f64) -> Self {
        let others = data.network.other_side_of(place);
        let fewest = list
            .iter()
            .map(|candidate| -f64::from(others[candidate.index].partnerships));
        let equity = percentiles(&fewest.collect::<Vec<_>>());
        let scores: Vec<_> = list.iter().map(|candidate| candidate.score).collect();
        let sort_keys = sort_keys(&scores, &equity, equity_weight);
        let mut order: Vec<usize> = (0..list.len()).collect();
        order.sort_by(|&a, &b| sort_keys[b].total_cmp(&sort_keys[a]).then(a.cmp(&b)));
        Self {
            equity,
            sort_keys,
            order,
        }
    }
}

impl Match {
    /// Returns the change of the Gini coefficient over a dimension if the partnership were added.
    fn gini_change(&self, dimension: ConcentrationDimension) -> Option<f64> {
        let network = &self.data.network;
        let group = network.group_of(dimension, self.u, self.v)?;
        network.groups(dimension).gini_change(group)
    }

    fn reasons(&self) -> Vec<MatchReason> {
        reasons(
            &self.data.network,
            (self.u, self.v),
            &self.means,
            &self.coefficients,
        )
    }
}

fn count_output(n: usize) -> ResolvedValue {
    ResolvedValue::from(i64::try_from(n).unwrap_or(i64::MAX))
}

fn match_output(row: &Arc<Match>) -> ResolvedValue {
    ResolvedValue::object(MATCH_TYPE_NAME, row.clone())
}

fn connection_type() -> Object {
    Object::new::<MatchPage>(
        CONNECTION_TYPE_NAME,
        "A page of matches, with totals for the whole list.",
    )
    .field(
        Field::new(
            "edges",
            "[MatchEdge!]!",
            "Rows of the page with their cursors.",
        )
        .compute(|page: &MatchPage| {
            let edges = page.rows.iter().map(|row| {
                let edge = MatchEdge {
                    signature: page.signature.clone(),
                    row: row.clone(),
                };
                ResolvedValue::object(EDGE_TYPE_NAME, edge)
            });
            ResolvedValue::List(edges.collect())
        }),
    )
    .field(
        Field::new("nodes", "[Match!]!", "Rows of the page.").compute(|page: &MatchPage| {
            ResolvedValue::List(page.rows.iter().map(match_output).collect())
        }),
    )
    .field(
        Field::new("pageInfo", "PageInfo!", "Position of the page in the list.")
            .compute(|page: &MatchPage| {
                let cursor =
                    |row: Option<&Arc<Match>>| row.map(|row| encode_cursor(row, &page.signature));
                ResolvedValue::object(
                    "PageInfo",
                    PageInfo::Precomputed {
                        has_next: page.has_next,
                        has_previous: page.has_previous,
                        start_cursor: cursor(page.rows.first()),
                        end_cursor: cursor(page.rows.last()),
                    },
                )
            })
            .page_level(),
    )
    .field(
        Field::new("totalCount", "Int!", "Number of rows in the whole list.")
            .compute(|page: &MatchPage| count_output(page.total))
            .page_level(),
    )
    .field(
        Field::new(
            "barredCount",
            "Int!",
            "Number of candidates that match the filter but were left out because a law rules them out. 0 with `includeBarred`.",
        )
        .compute(|page: &MatchPage| count_output(page.n_barred))
        .page_level(),
    )
}

fn edge_type() -> Object {
    Object::new::<MatchEdge>(EDGE_TYPE_NAME, "A row of a page of matches.")
        .field(
            Field::new(
                "cursor",
                "String!",
                "Opaque position of the row; pass it as `after` to continue from there. Valid only for the same place, filter and weight.",
            )
            .compute(|edge: &MatchEdge| encode_cursor(&edge.row, &edge.signature)),
        )
        .field(
            Field::new("node", "Match!", "The row.")
                .compute(|edge: &MatchEdge| match_output(&edge.row)),
        )
}

fn match_type() -> Object {
    Object::new::<Arc<Match>>(MATCH_TYPE_NAME, "A candidate partner.")
        .field(city_field())
        .field(
            Field::new(
                "score",
                "Float!",
                "Sum of the contributions in `reasons`, rounded to six decimals. 0 is the average candidate of the place; each additional 0.69 doubles the odds of having been chosen among candidates with the same number of partnerships. Not a probability.",
            )
            .compute(|row: &Arc<Match>| row.score),
        )
        .field(
            Field::new(
                "equity",
                "Float!",
                "Share of the candidates with more partnerships than this one, from 0 to 1; candidates with equally many count half.",
            )
            .compute(|row: &Arc<Match>| row.equity),
        )
        .field(gini_change_field())
        .field(
            Field::new(
                "reasons",
                "[MatchReason!]!",
                "Breakdown of the score: one row per feature, largest absolute contribution first.",
            )
            .compute(|row: &Arc<Match>| {
                let reasons = row.reasons().into_iter();
                ResolvedValue::List(reasons.map(MatchReason::output).collect())
            })
            .assumed_list_size(crate::stats::link::N_FEATURES as u64),
        )
        .field(
            Field::new(
                "restrictions",
                "[Restriction!]!",
                "Laws that rule out such a partnership or might. An empty list means that none is on file, not that none exists.",
            )
            .compute(|row: &Arc<Match>| {
                let restrictions = row.data.restrictions(row.u, row.v);
                ResolvedValue::List(restrictions.map(restriction::output).collect())
            })
            .assumed_list_size(1),
        )
}

fn city_field() -> Field {
    Field::new("city", "City!", "The candidate.").batch::<Arc<Match>, _, _>(
        |(): &(), selected: SelectedColumns<'_>| {
            place::city().lookup_query(place::city().lookup_by_id(), selected)
        },
        |call| {
            async move {
                let slugs: Vec<_> = call.rows.iter().map(|row| Some(&row.slug)).collect();
                resolve_references(call.context, call.plan, "City", &slugs).await
            }
            .boxed()
        },
    )
}

fn gini_change_field() -> Field {
    let by = Argument::new(
        "by",
        "ConcentrationDimension!",
        "Groups over which the Gini coefficient is computed.",
    )
    .with_default(Value::Enum(Name::new(
        ConcentrationDimension::State.as_str(),
    )));
    Field::new(
        "giniChange",
        "Float",
        "Change in `concentration(by:).gini` if this partnership were added; negative means more even. Null if the partnership would belong to no group of the dimension.",
    )
    .batch::<Arc<Match>, ConcentrationDimension, ()>(no_plan, |call| {
        let changes = call.rows.iter();
        let changes = changes
            .map(|row| ResolvedValue::from_option(row.gini_change(*call.args)))
            .collect();
        async move { Ok(changes) }.boxed()
    })
    .with_arguments([by], |[by], _| {
        ConcentrationDimension::parse(by.str().unwrap_or_default()).ok_or_else(|| {
            GraphqlError::bad_user_input("by is not a value of ConcentrationDimension")
        })
    })
}
