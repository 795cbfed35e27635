//! Plans: new partnerships that spread partnerships more evenly.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::{Name, Value};
use futures_util::FutureExt;
use tokio::task;

use super::{
    concentration::{self, Concentration, is_by_community},
    filter::CITY_FILTER,
    matches::{id_query, restriction},
    place,
    relation::resolve_references,
};
use crate::{
    db::{AggregateCountKey, DerivedKey, Filter, MatchData},
    engine::{
        Argument, ArgumentValue, Context, ExecutionError, Field, Graph, InternalError, Object,
        ResolvedValue, SelectedColumns,
    },
    graphql_error::GraphqlError,
    limits::Limits,
    stats::{
        augmenting::{PlanGroup, PlanPartner, PlannedPair, plan},
        concentration::Distribution,
        link::{FeatureArray, PlaceRef, contributions, score},
    },
    vocabulary::{ConcentrationDimension, PlanObjective, Vocabulary},
};

const PLAN_TYPE_NAME: &str = "Plan";
const PAIR_TYPE_NAME: &str = "PlanPair";

/// The most partnerships in a plan.
const MAX_SIZE: i64 = 100;

/// The most pairs of US and partner places among which a plan chooses: 15 times as many as there are in the built-in
/// data. Without a limit, a plan of 100 times the data would take minutes.
const MAX_PAIRS: usize = 10_000_000;

pub(super) fn define(graph: Graph) -> Graph {
    graph
        .vocabulary::<PlanObjective>()
        .object(plan_type())
        .object(pair_type())
}

/// The arguments of `plan`.
#[derive(Clone, Debug)]
struct PlanArguments {
    size: usize,
    dimension: ConcentrationDimension,
    us: Filter,
    partner: Filter,
}

struct PartnershipPlan {
    before: Concentration,
    after: Concentration,
    pairs: Vec<Arc<PlanPair>>,
}

/// A new partnership.
struct PlanPair {
    data: Arc<MatchData>,
    u: usize,
    v: usize,
    gini_change: f64,
    score: f64,
}

pub(super) fn field() -> Field {
    let enum_value = |value: &'static str| Value::Enum(Name::new(value));
    Field::new(
        "plan",
        "Plan!",
        "New partnerships that would spread partnerships more evenly over the groups of a dimension. They are added one at a time, always to the group with the fewest partnerships that can still receive one. Each place gets at most one new partnership; under that rule, no other set of the same size gives a lower Gini coefficient. Within a group, the place with the fewest partnerships comes first, then the highest score.",
    )
    .once(
        |arguments: &PlanArguments, _| {
            [&arguments.us, &arguments.partner]
                .map(|filter| (!filter.is_empty()).then(|| id_query(filter.clone())))
        },
        |call| {
            async move {
                let plan = make_plan(call.context, call.args, call.plan).await?;
                Ok(ResolvedValue::object(PLAN_TYPE_NAME, plan))
            }
            .boxed()
        },
    )
    .with_arguments(
        [
            Argument::new(
                "size",
                "Int!",
                "The number of new partnerships, from 1 to 100.",
            ),
            Argument::new("objective", "PlanObjective!", "What the plan minimizes.")
                .with_default(enum_value(PlanObjective::MinGini.as_str())),
            Argument::new(
                "by",
                "ConcentrationDimension!",
                "The groups over which partnerships are spread.",
            )
            .with_default(enum_value(ConcentrationDimension::State.as_str())),
            Argument::new("us", "CityFilter", "Only US places that match this filter."),
            Argument::new(
                "partner",
                "CityFilter",
                "Only partner places that match this filter.",
            ),
        ],
        PlanArguments::parse,
    )
}

impl PlanArguments {
    fn parse(
        [size, _, by, us, partner]: [ArgumentValue<'_>; 5],
        _: &Limits,
    ) -> Result<Self, GraphqlError> {
        let size = size.int().unwrap_or_default();
        if !(1..=MAX_SIZE).contains(&size) {
            return Err(GraphqlError::bad_user_input(format!(
                "size is {size}; it must be between 1 and {MAX_SIZE}"
            )));
        }
        let dimension = ConcentrationDimension::parse(by.str().unwrap_or_default());
        Ok(Self {
            size: usize::try_from(size).unwrap_or_default(),
            dimension: dimension.ok_or_else(|| {
                GraphqlError::bad_user_input("by is not a value of ConcentrationDimension")
            })?,
            us: CITY_FILTER.parse(us.get())?,
            partner: CITY_FILTER.parse(partner.get())?,
        })
    }
}

async fn make_plan(
    context: &Context,
    arguments: &PlanArguments,
    ids: &[Option<AggregateCountKey>; 2],
) -> Result<PartnershipPlan, ExecutionError> {
    let data = context.load_one(DerivedKey::<MatchData>::default()).await?;
    let network = &data.network;
    let sides = [network.us(), network.partners()];
    let mut allowed = sides.map(|places| vec![true; places.len()]);
    for ((is_allowed, places), ids) in allowed.iter_mut().zip(sides).zip(ids) {
        let Some(ids) = ids else {
            continue;
        };
        let ids = context.load_one(ids.clone()).await?;
        let ids: HashSet<&str> = ids
            .iter()
            .filter_map(|group| group.value.text().map(AsRef::as_ref))
            .collect();
        *is_allowed = places
            .iter()
            .map(|place| ids.contains(&*place.id))
            .collect();
    }
    let n_us = allowed[0].iter().filter(|is_allowed| **is_allowed).count();
    check_pairs(n_us, network.partners().len())?;
    let planner = PairPlanner {
        coefficients: data.model.as_ref().map(|model| model.coefficients),
        data: data.clone(),
        allowed,
        size: arguments.size,
        dimension: arguments.dimension,
    };
    let plan = task::spawn_blocking(move || planner.plan()).await;
    Ok(plan.map_err(|_| InternalError::Shutdown)?)
}

/// Rejects a plan among too many pairs. Scores depend on all partner places, whatever the filter.
fn check_pairs(n_us: usize, n_partners: usize) -> Result<(), GraphqlError> {
    let max_us = MAX_PAIRS / n_partners.max(1);
    match n_us <= max_us {
        true => Ok(()),
        false => Err(GraphqlError::bad_user_input(format!(
            "us matches {n_us} US places; of this dataset, a plan considers at most {max_us}, so use a filter that matches fewer"
        ))),
    }
}

/// What a plan is made from. Side A is the side that the dimension groups, and side B the other.
struct PairPlanner {
    data: Arc<MatchData>,
    /// The coefficients of the model; `None` if none is loaded, so that all scores are 0.
    coefficients: Option<FeatureArray>,
    /// Whether the filters match the US places and the partner places.
    allowed: [Vec<bool>; 2],
    size: usize,
    dimension: ConcentrationDimension,
}

impl PairPlanner {
    /// Returns the place with an index on side A.
    fn place(&self, a: usize) -> PlaceRef {
        use ConcentrationDimension as Dimension;
        match self.dimension {
            Dimension::Region | Dimension::State | Dimension::UsCommunity => PlaceRef::Us(a),
            Dimension::Country | Dimension::PartnerCommunity => PlaceRef::Partner(a),
        }
    }

    fn is_allowed(&self, (u, v): (usize, usize)) -> bool {
        self.allowed[0][u] && self.allowed[1][v] && !self.data.is_barred(u, v)
    }

    /// Returns the partners that a place may get, with their scores in the matches of the US place.
    fn partners_of(&self, place: PlaceRef) -> Vec<PlanPartner> {
        let network = &self.data.network;
        let coefficients = self.coefficients.unwrap_or_default();
        if let PlaceRef::Us(_) = place {
            let candidates = network.candidates(place, &coefficients).list.into_iter();
            return candidates
                .filter(|candidate| self.is_allowed(place.pair_with(candidate.index)))
                .map(|candidate| PlanPartner {
                    index: candidate.index,
                    score: candidate.score,
                })
                .collect();
        }
        let others = (0..network.us().len()).filter_map(|index| {
            let (u, v) = place.pair_with(index);
            (!network.are_partners(u, v) && self.is_allowed((u, v))).then(|| {
                let means = self.data.us_means(u);
                let contributions = contributions(&network.features(u, v), means, &coefficients);
                PlanPartner {
                    index,
                    score: score(&contributions),
                }
            })
        });
        others.collect()
    }

    fn plan(&self) -> PartnershipPlan {
        let network = &self.data.network;
        let places = network.side_of(self.place(0));
        let keys = &network.groups(self.dimension).counts;
        let mut groups: Vec<PlanGroup> = keys
            .values()
            .map(|count| PlanGroup {
                count: *count,
                places: Vec::new(),
            })
            .collect();
        let index_of: HashMap<_, _> = keys.keys().zip(0..).collect();
        let is_us = matches!(self.place(0), PlaceRef::Us(_));
        for a in 0..places.len() {
            // The group depends on this side only.
            let (u, v) = self.place(a).pair_with(0);
            let group = network.group_of(self.dimension, u, v);
            let index: Option<&usize> = group.and_then(|group| index_of.get(group));
            if let Some(index) = index.filter(|_| self.allowed[usize::from(!is_us)][a]) {
                groups[*index].places.push(a);
            }
        }
        let own_pairs: Vec<_> = places.iter().map(|place| place.partnerships).collect();
        let pairs = plan(self.size, &groups, &own_pairs, |a| {
            self.partners_of(self.place(a))
        });
        self.result(&groups, &pairs)
    }

    fn result(&self, groups: &[PlanGroup], pairs: &[PlannedPair]) -> PartnershipPlan {
        let places = self.data.network.side_of(self.place(0));
        let mut counts: Vec<_> = groups.iter().map(|group| group.count).collect();
        let before: Distribution = counts.iter().copied().collect();
        let capitals = places.iter().filter(|place| place.is_capital);
        let in_capitals: u64 = capitals.map(|place| u64::from(place.partnerships)).sum();
        let new_in_capitals = pairs
            .iter()
            .filter(|pair| places[pair.place].is_capital)
            .count();
        let capital_total = is_by_community(self.dimension).then_some(in_capitals);
        let mut after = before.clone();
        let mut previous = before.gini().unwrap_or_default();
        let pairs = pairs.iter().map(|pair| {
            after.increment(counts[pair.group]);
            counts[pair.group] += 1;
            let next = after.gini().unwrap_or_default();
            let gini_change = next - std::mem::replace(&mut previous, next);
            let (u, v) = self.place(pair.place).pair_with(pair.partner.index);
            Arc::new(PlanPair {
                data: self.data.clone(),
                u,
                v,
                gini_change,
                score: pair.partner.score,
            })
        });
        let pairs = pairs.collect();
        PartnershipPlan {
            before: Concentration {
                distribution: before,
                capital_total,
            },
            after: Concentration {
                distribution: after,
                capital_total: capital_total.map(|total| total + new_in_capitals as u64),
            },
            pairs,
        }
    }
}

fn plan_type() -> Object {
    Object::new::<PartnershipPlan>(
        PLAN_TYPE_NAME,
        "A set of new partnerships that spreads partnerships more evenly.",
    )
    .field(
        Field::new("before", "Concentration!", "The concentration today.")
            .compute(|plan: &PartnershipPlan| concentration::output(plan.before.clone())),
    )
    .field(
        Field::new(
            "after",
            "Concentration!",
            "The concentration with the new partnerships.",
        )
        .compute(|plan: &PartnershipPlan| concentration::output(plan.after.clone())),
    )
    .field(
        Field::new(
            "improves",
            "Boolean!",
            "Whether the plan lowers the Gini coefficient. It may not: if the groups with the fewest partnerships cannot receive one, new partnerships go to groups in the middle.",
        )
        .compute(|plan: &PartnershipPlan| plan.after.distribution.gini() < plan.before.distribution.gini()),
    )
    .field(
        Field::new(
            "pairs",
            "[PlanPair!]!",
            "The new partnerships in the order in which they were chosen; fewer than requested if no more are possible.",
        )
        .compute(|plan: &PartnershipPlan| {
            let pairs = plan.pairs.iter().cloned();
            let pairs = pairs.map(|pair| ResolvedValue::Object(PAIR_TYPE_NAME, pair));
            ResolvedValue::List(pairs.collect())
        })
        .assumed_list_size(MAX_SIZE.unsigned_abs()),
    )
}

fn pair_type() -> Object {
    Object::new::<PlanPair>(PAIR_TYPE_NAME, "A new partnership in a plan.")
        .field(city_field("us", "The US side.", |pair| {
            &pair.data.network.us()[pair.u].id
        }))
        .field(city_field("partner", "The partner.", |pair| {
            &pair.data.network.partners()[pair.v].id
        }))
        .field(
            Field::new(
                "giniChange",
                "Float!",
                "The change in the Gini coefficient from this partnership; negative means more even.",
            )
            .compute(|pair: &PlanPair| pair.gini_change),
        )
        .field(
            Field::new(
                "score",
                "Float!",
                "The score of the partner in `matches` for the US side; 0 if no model is loaded.",
            )
            .compute(|pair: &PlanPair| pair.score),
        )
        .field(
            Field::new(
                "restrictions",
                "[Restriction!]!",
                "Laws that might rule out the partnership. Partnerships that a law does rule out are never in a plan.",
            )
            .compute(|pair: &PlanPair| {
                let restrictions = pair.data.restrictions(pair.u, pair.v);
                ResolvedValue::List(restrictions.map(restriction::output).collect())
            })
            .assumed_list_size(1),
        )
}

fn city_field(
    name: &'static str,
    description: &'static str,
    slug: fn(&PlanPair) -> &Arc<str>,
) -> Field {
    Field::new(name, "City!", description).batch::<PlanPair, _, _>(
        |(): &(), selected: SelectedColumns<'_>| {
            place::city().lookup_query(place::city().lookup_by_id(), selected)
        },
        move |call| {
            async move {
                let slugs: Vec<_> = call.rows.iter().map(|pair| Some(slug(pair))).collect();
                resolve_references(call.context, call.plan, "City", &slugs).await
            }
            .boxed()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::check_pairs;

    #[test]
    fn plans_among_too_many_pairs_are_rejected() {
        assert!(check_pairs(749, 887).is_ok());
        assert!(check_pairs(10_000, 1_000).is_ok());
        let error = check_pairs(10_001, 1_000).expect_err("too many");
        assert_eq!(
            error.message,
            "us matches 10001 US places; of this dataset, a plan considers at most 10000, so use a filter that matches fewer"
        );
    }
}
