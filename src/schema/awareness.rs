//! Awareness: the share of respondents who are unaware of an existing partnership, by group.

use std::{collections::HashMap, sync::Arc};

use futures_util::FutureExt;

use super::{
    coverage::{published_counts, recorded_partnerships},
    figure::{margin_of_error_output, quantity_output},
    group_key::{GROUP_KEY_TYPE_NAME, GroupKey, GroupKeyObject, title_case},
    identity::{figure_output, load_figures},
    percentage::{Percentage, load_percentages},
    place,
};
use crate::{
    db::{
        AggregateCount, AggregateCountKey, AggregateCountQuery, ColumnRef, CountBy, FigureKind,
        FigureSet, Filter, PublishedFigure,
    },
    engine::{Argument, Field, Graph, Object, ResolvedValue},
    entity::{community, partnership as partnership_entity, published_statistic},
    graphql_error::GraphqlError,
    stats::{
        awareness::{Answer, Answers, Gap, PairedStates, assumption, gaps},
        margin_of_error::simple_random_sample,
    },
    vocabulary::{
        AwarenessDimension, AwarenessReading, CoverageDimension, Measure, MissingGapReason,
        Qualifier, Segment, SegmentDimension, Vocabulary,
    },
};

const ROW_TYPE_NAME: &str = "AwarenessRow";
const GAP_TYPE_NAME: &str = "AwarenessGap";

pub(super) fn define(graph: Graph) -> Graph {
    graph
        .object(row_type())
        .object(gap_type())
        .vocabulary::<AwarenessDimension>()
        .vocabulary::<AwarenessReading>()
        .vocabulary::<MissingGapReason>()
}

struct AwarenessRow {
    key: Arc<GroupKey>,
    aware: PublishedFigure,
    recorded: Option<i64>,
    recorded_per_million: Option<f64>,
    published: Option<PublishedFigure>,
    gaps: Vec<Arc<GapWithFigures>>,
}

struct GapWithFigures {
    gap: Gap,
    base_n: Option<u32>,
    figures: Vec<PublishedFigure>,
}

pub(super) fn field() -> Field {
    Field::new(
        "awareness",
        "[AwarenessRow!]!",
        "The share of respondents who are unaware of a partnership that exists, under several readings of the question. One row for each group with published awareness figures, in the order of its code or enum value.\n\nThe figures are those of one survey: that of the first published percentage who are aware.",
    )
    .once(
        |_: &AwarenessDimension, _| AggregateCountKey(Arc::new(states_query())),
        |call| {
            async move {
                let states = call.context.load_one(call.plan.clone()).await?;
                let figures = load_figures(call.context).await?;
                let percentages = load_percentages(call.context, &figures).await?;
                let rows = rows(*call.args, &states, &figures, &percentages).into_iter();
                let rows = rows.map(|row| ResolvedValue::object(ROW_TYPE_NAME, row));
                Ok(ResolvedValue::List(rows.collect()))
            }
            .boxed()
        },
    )
    .with_arguments(
        [
            Argument::new("by", "AwarenessDimension!", "Dimension of the breakdown.")
                .with_default(async_graphql::Value::Enum(async_graphql::Name::new("REGION"))),
        ],
        |[by], _| {
            AwarenessDimension::parse(by.str().unwrap_or_default()).ok_or_else(|| {
                GraphqlError::bad_user_input("by is not a value of AwarenessDimension")
            })
        },
    )
    .assumed_list_size(4)
}

/// Counts the recorded partnerships of each state.
fn states_query() -> AggregateCountQuery {
    AggregateCountQuery {
        row_set: recorded_partnerships(),
        by: CountBy::Row {
            foreign_key: ColumnRef::new(partnership_entity::Column::StateId),
            groups: place::state().row_set(Filter::default()),
            columns: [community::Column::RegionId, community::Column::Population]
                .map(ColumnRef::new)
                .into(),
        },
        filters: Vec::new(),
    }
}

/// The percentages who gave each answer to one question about awareness.
struct AwarenessQuestion<'a> {
    question: &'a str,
    percentages: &'a [Percentage],
}

fn answer(value: &str) -> Segment {
    Segment::new(SegmentDimension::Awareness, value)
}

impl<'a> AwarenessQuestion<'a> {
    /// Returns the question of the first percentage who are aware; `None` if there is none.
    fn first(percentages: &'a [Percentage]) -> Option<Self> {
        let is_awareness = |row: &&Percentage| row.outcome.iter().eq([&answer("YES")]);
        let first = percentages.iter().find(is_awareness)?;
        Some(Self {
            question: &first.question,
            percentages,
        })
    }

    /// Returns the percentage of a group that gave an answer.
    fn find(&self, value: &str, group: Option<&Segment>) -> Option<&'a PublishedFigure> {
        let row = self.percentages.iter().find(|row| {
            *row.question == *self.question
                && row.outcome.iter().eq([&answer(value)])
                && row.given.iter().eq(group)
        })?;
        row.figure.quantity().value?;
        Some(&row.figure)
    }

    /// Returns the groups of a dimension, sorted by value.
    fn groups(&self, dimension: SegmentDimension) -> Vec<Option<&'a Segment>> {
        let of_question = self
            .percentages
            .iter()
            .filter(|row| *row.question == *self.question);
        let mut groups: Vec<_> = of_question
            .filter_map(|row| row.given.first().filter(|_| row.given.len() == 1))
            .filter(|group| group.dimension == dimension)
            .collect();
        groups.sort_unstable();
        groups.dedup();
        groups.into_iter().map(Some).collect()
    }
}

fn rows(
    dimension: AwarenessDimension,
    states: &[AggregateCount],
    figures: &FigureSet,
    percentages: &[Percentage],
) -> Vec<AwarenessRow> {
    let Some(question) = AwarenessQuestion::first(percentages) else {
        return Vec::new();
    };
    let groups = match dimension {
        AwarenessDimension::Total => vec![None],
        AwarenessDimension::Region => question.groups(SegmentDimension::Region),
        AwarenessDimension::Employer => question.groups(SegmentDimension::Employer),
    };
    let published_by_state = published_counts(figures, CoverageDimension::State, None);
    let every_state = figures
        .figures
        .iter()
        .find(|figure| is_of_every_state(figure));
    let published = match dimension {
        AwarenessDimension::Total => published_counts(figures, CoverageDimension::Total, None),
        AwarenessDimension::Region => published_counts(figures, CoverageDimension::Region, None),
        AwarenessDimension::Employer => HashMap::new(),
    };
    let rows = groups.into_iter().filter_map(|group| {
        let aware = question.find("YES", group)?;
        let id = group.map(|group| group.value.clone());
        let region = id
            .clone()
            .filter(|_| dimension == AwarenessDimension::Region);
        let states = StatesOfGroup::new(states, region.as_ref());
        let evidence = states.published_evidence(&published_by_state, every_state);
        let gaps = gaps_with_figures(&question, group, &states, &evidence)?;
        let is_place = dimension != AwarenessDimension::Employer;
        Some(AwarenessRow {
            key: Arc::new(key(dimension, group)),
            aware: aware.clone(),
            recorded: is_place.then(|| states.recorded()),
            recorded_per_million: is_place.then(|| states.recorded_per_million()).flatten(),
            published: published.get(&id).map(|figure| (*figure).clone()),
            gaps,
        })
    });
    rows.collect()
}

fn key(dimension: AwarenessDimension, group: Option<&Segment>) -> GroupKey {
    let value = group.map(|group| group.value.clone());
    GroupKey {
        dimension: dimension.as_str(),
        label: value
            .as_deref()
            .map_or_else(|| "All".to_owned(), title_case),
        object: match (dimension, &value) {
            (AwarenessDimension::Region, Some(region)) => GroupKeyObject::Region(region.clone()),
            _ => GroupKeyObject::Nothing,
        },
        value,
    }
}

/// Whether a figure says that each state has a partnership, except those with a count of zero: it is
/// "at least one" partnership, of no place in particular.
fn is_of_every_state(figure: &PublishedFigure) -> bool {
    use published_statistic::Column as Col;
    let text = |column| figure.record.text(ColumnRef::new(column));
    figure.kind == FigureKind::PublishedStatistic
        && text(Col::Measure).map(AsRef::as_ref) == Some(Measure::PartnershipCount.as_str())
        && figure.quantity().qualifier == Qualifier::AtLeast
        && figure.quantity().value == Some(1.0)
        && [Col::RegionId, Col::StateId, Col::CountryId, Col::Level]
            .into_iter()
            .all(|column| text(column).is_none())
}

/// The states that a row is about: those of its region, or all.
struct StatesOfGroup<'a> {
    all: Vec<&'a AggregateCount>,
    /// Those that are in a region, unlike the District of Columbia and the territories, which the
    /// survey leaves out.
    in_region: Vec<&'a AggregateCount>,
}

fn region_of(state: &AggregateCount) -> Option<&Arc<str>> {
    state
        .row
        .as_ref()?
        .text(ColumnRef::new(community::Column::RegionId))
}

impl<'a> StatesOfGroup<'a> {
    fn new(states: &'a [AggregateCount], region: Option<&Arc<str>>) -> Self {
        let all: Vec<_> = states
            .iter()
            .filter(|state| region.is_none() || region_of(state) == region)
            .collect();
        let in_region = all.iter().copied();
        let in_region = in_region
            .filter(|state| region_of(state).is_some())
            .collect();
        Self { all, in_region }
    }

    fn recorded(&self) -> i64 {
        self.all.iter().map(|state| state.count).sum()
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    fn recorded_per_million(&self) -> Option<f64> {
        let population = ColumnRef::new(community::Column::Population);
        let populations = self.all.iter();
        let populations = populations.map(|state| state.row.as_ref()?.get(population).int());
        let inhabitants = populations.sum::<Option<i64>>().filter(|sum| *sum > 0)?;
        Some(self.recorded() as f64 / inhabitants as f64 * 1e6)
    }

    fn published_evidence<'f>(
        &self,
        counts: &HashMap<Option<Arc<str>>, &'f PublishedFigure>,
        every_state: Option<&'f PublishedFigure>,
    ) -> PublishedEvidence<'f> {
        let counts = self.in_region.iter().map(|state| {
            let count = counts.get(&state.value.text().cloned())?;
            Some((*count, count.quantity().value? > 0.0))
        });
        let counts: Vec<_> = counts.collect();
        let zero = counts
            .iter()
            .flatten()
            .filter(|(_, is_positive)| !is_positive);
        let zero: Vec<_> = zero.map(|(figure, _)| *figure).collect();
        let are_known = every_state.is_some() || counts.iter().all(Option::is_some);
        PublishedEvidence {
            every_state_is_paired: zero.is_empty() && are_known && !counts.is_empty(),
            figures: zero.into_iter().chain(every_state).collect(),
        }
    }
}

/// Whether the published counts show a partnership in every state, and the figures that say so.
struct PublishedEvidence<'a> {
    every_state_is_paired: bool,
    figures: Vec<&'a PublishedFigure>,
}

fn gaps_with_figures(
    question: &AwarenessQuestion<'_>,
    group: Option<&Segment>,
    states: &StatesOfGroup<'_>,
    published: &PublishedEvidence<'_>,
) -> Option<Vec<Arc<GapWithFigures>>> {
    let yes = question.find("YES", group)?;
    let no = question.find("NO", group);
    let not_sure = question.find("NOT_SURE", group);
    let answers = Answers {
        yes: yes.quantity(),
        no: no.map(PublishedFigure::quantity),
        not_sure: not_sure.map(PublishedFigure::quantity),
    };
    let paired = PairedStates {
        recorded: !states.in_region.is_empty()
            && states.in_region.iter().all(|state| state.count > 0),
        published: published.every_state_is_paired,
    };
    let gaps = gaps(answers, paired).into_iter().map(|gap| {
        let answers = gap.answers.iter().filter_map(|answer| match answer {
            Answer::Yes => Some(yes),
            Answer::No => no,
            Answer::NotSure => not_sure,
        });
        let of_states = match gap.reading {
            AwarenessReading::AnyPublishedInState => published.figures.as_slice(),
            _ => &[],
        };
        let figures = answers.chain(of_states.iter().copied());
        let figures: Vec<_> = figures.cloned().collect();
        Arc::new(GapWithFigures {
            base_n: figures.first().and_then(PublishedFigure::base_n),
            figures,
            gap,
        })
    });
    Some(gaps.collect())
}

fn row_type() -> Object {
    Object::new::<AwarenessRow>(
        ROW_TYPE_NAME,
        "Awareness in a group of respondents, beside the partnerships of its region.",
    )
    .field(Field::new("key", "GroupKey!", "The group.").compute(|row: &AwarenessRow| {
        ResolvedValue::Object(GROUP_KEY_TYPE_NAME, row.key.clone())
    }))
    .field(
        Field::new(
            "aware",
            "RespondentAggregate!",
            "The percentage who are aware of a partnership.",
        )
        .compute(|row: &AwarenessRow| figure_output(&row.aware)),
    )
    .field(
        Field::new(
            "recorded",
            "Int",
            "The partnerships recorded in the group, without those that have ended. Null if the group is not geographic.",
        )
        .compute(|row: &AwarenessRow| ResolvedValue::from_option(row.recorded)),
    )
    .field(
        Field::new(
            "published",
            "PublishedStatistic",
            "The published partnership count of the group; null if there is none.",
        )
        .compute(|row: &AwarenessRow| {
            ResolvedValue::from_option(row.published.as_ref().map(figure_output))
        }),
    )
    .field(
        Field::new(
            "recordedPerMillion",
            "Float",
            "`recorded` per million inhabitants. Null if `recorded` is, or if a population is unknown.",
        )
        .compute(|row: &AwarenessRow| ResolvedValue::from_option(row.recorded_per_million)),
    )
    .field(
        Field::new(
            "gaps",
            "[AwarenessGap!]!",
            "The share unaware of an existing partnership, one row per reading, in the order of the enum.",
        )
        .compute(|row: &AwarenessRow| {
            let gaps = row.gaps.iter().cloned();
            let gaps = gaps.map(|gap| ResolvedValue::Object(GAP_TYPE_NAME, gap));
            ResolvedValue::List(gaps.collect())
        })
        .assumed_list_size(5),
    )
}

fn gap_type() -> Object {
    let field = |name, ty: &str, description, read: fn(&GapWithFigures) -> ResolvedValue| {
        Field::new(name, ty, description).compute(read)
    };
    Object::new::<GapWithFigures>(
        GAP_TYPE_NAME,
        "The share of a group who are unaware of an existing partnership, under one reading.",
    )
    .field(field("reading", "AwarenessReading!", "The reading.", |row| {
        row.gap.reading.as_str().into()
    }))
    .field(field(
        "gap",
        "Quantity",
        "The percentage, with the range that rounding and wording allow. Null if the published figures do not determine it.",
        |row| ResolvedValue::from_option(row.gap.gap.clone().ok().map(quantity_output)),
    ))
    .field(field(
        "marginOfError",
        "MarginOfError",
        "The margin of error of the percentage from which the gap is computed. Null if `gap` is null or the number of respondents is not published.",
        |row| {
            let gap = row.gap.gap.as_ref().ok();
            margin_of_error_output(simple_random_sample(gap.and_then(|gap| gap.value), row.base_n))
        },
    ))
    .field(field(
        "low",
        "Float!",
        "The smallest value consistent with the published figures. Equal to `gap.low` if there is a gap.",
        |row| row.gap.low().into(),
    ))
    .field(field(
        "high",
        "Float!",
        "The largest value consistent with the published figures. Equal to `gap.high` if there is a gap.",
        |row| row.gap.high().into(),
    ))
    .field(field(
        "reason",
        "MissingGapReason",
        "Why `gap` is null; null if it is not.",
        |row| ResolvedValue::from_option(row.gap.gap.as_ref().err().map(|reason| reason.as_str())),
    ))
    .field(field(
        "assumption",
        "String",
        "The assumption behind this reading; null if there is none.",
        |row| ResolvedValue::from_option(assumption(row.gap.reading)),
    ))
    .field(
        field("figures", "[Figure!]!", "The figures from which the gap is computed.", |row| {
            ResolvedValue::List(row.figures.iter().map(figure_output).collect())
        })
        .assumed_list_size(3),
    )
}
