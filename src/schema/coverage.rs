//! Coverage: the partnerships that this dataset records next to the published counts, by group.

mod groups;

use std::{collections::HashMap, sync::Arc};

use futures_util::FutureExt;

use self::groups::{add_county_notes, coverage_rows};
use super::{
    group_key::{GROUP_KEY_TYPE_NAME, GroupKey},
    identity::{figure_output, load_figures},
    partnership, place,
};
use crate::{
    db::{
        AggregateCountKey, AggregateCountQuery, Cell, ColumnRef, Comparison, CountBy, FigureKind,
        FigureSet, Filter, FilterRelation, PublishedFigure, Record, RowSet,
    },
    engine::{Argument, Context, Field, Graph, InternalError, Object, ResolvedValue, no_plan},
    entity::{community, country, partnership as partnership_entity, published_statistic},
    graphql_error::GraphqlError,
    vocabulary::{CoverageDimension, Measure, PartnershipStatus, Qualifier, StateKind, Vocabulary},
};

const ROW_TYPE_NAME: &str = "CoverageRow";

pub(super) fn define(graph: Graph) -> Graph {
    graph.object(row_type()).vocabulary::<CoverageDimension>()
}

struct CoverageRow {
    /// The id by which figures and partnerships refer to the group; `None` for everything.
    id: Option<Arc<str>>,
    key: Arc<GroupKey>,
    recorded: i64,
    published: Option<PublishedFigure>,
    note: Option<String>,
}

pub(super) fn field() -> Field {
    Field::new(
        "coverage",
        "[CoverageRow!]!",
        "The number of partnerships in this dataset next to the published number, one row per group. Groups with neither are left out. States and countries are sorted by code; levels and regions are in the order of their enum.\n\nPartnerships that have ended are not counted. The published total is the sum of the four regions and the District of Columbia, without the territories, such as Guam. This dataset does count partnerships of territories: the note of a row says how many it includes, and with `STATE` each territory has its own row. `REGION` includes neither the District of Columbia nor the territories.\n\nA recorded number above the published one does not mean that the dataset is complete: the published counts are older, and the dataset also includes dormant partnerships and friendship agreements.",
    )
    .once(no_plan, |call| {
        async move {
            let (dimension, as_of) = *call.args;
            let rows = load_rows(call.context, dimension, as_of).await?.into_iter();
            let rows = rows.map(|row| ResolvedValue::object(ROW_TYPE_NAME, row));
            Ok(ResolvedValue::List(rows.collect()))
        }
        .boxed()
    })
    .with_arguments(
        [
            Argument::new(
                "by",
                "CoverageDimension!",
                "The dimension of the breakdown.",
            ),
            Argument::new(
                "asOf",
                "Int",
                "Uses only published counts of this year or earlier.",
            ),
        ],
        |[by, as_of], _| {
            let dimension = CoverageDimension::parse(by.str().unwrap_or_default());
            let dimension = dimension.ok_or_else(|| {
                GraphqlError::bad_user_input("by is not a value of CoverageDimension")
            })?;
            Ok((dimension, as_of.int()))
        },
    )
    .assumed_list_size(30)
}

/// Loads the rows of a dimension: one statement counts partnerships, one reads the figures.
async fn load_rows(
    context: &Context,
    dimension: CoverageDimension,
    as_of: Option<i64>,
) -> Result<Vec<CoverageRow>, InternalError> {
    let key = AggregateCountKey(Arc::new(coverage_query(dimension)));
    let groups = context.load_one(key).await?;
    let figures = load_figures(context).await?;
    let mut published = published_counts(&figures, dimension, as_of);
    let mut rows: Vec<CoverageRow> = coverage_rows(dimension, &groups)
        .into_iter()
        .map(|mut row| {
            row.published = published.remove(&row.id).cloned();
            row
        })
        .filter(|row| row.recorded > 0 || row.published.is_some())
        .collect();
    if dimension == CoverageDimension::Level {
        add_county_notes(&mut rows);
    }
    Ok(rows)
}

/// Selects partnerships of territories, which the published counts leave out.
fn in_territories() -> Filter {
    let is_territory = Filter::equals(community::Column::Kind, StateKind::Territory.as_str());
    Filter::related(
        FilterRelation::new(partnership_entity::Column::StateId, community::Column::Id),
        place::state().row_set(is_territory).filter,
    )
}

/// Returns the partnerships that have not ended.
pub(super) fn recorded_partnerships() -> RowSet {
    let ended = Comparison::Ne(Cell::from(PartnershipStatus::Ended.as_str()));
    let status = ColumnRef::new(partnership_entity::Column::Status);
    partnership::stored_type().row_set(Filter::compare(status, ended))
}

fn coverage_query(dimension: CoverageDimension) -> AggregateCountQuery {
    let by_row = |column, groups, columns: &[ColumnRef]| CountBy::Row {
        foreign_key: ColumnRef::new(column),
        groups,
        columns: columns.into(),
    };
    AggregateCountQuery {
        row_set: recorded_partnerships(),
        by: match dimension {
            CoverageDimension::Total => CountBy::Nothing,
            CoverageDimension::Level => {
                CountBy::Value(ColumnRef::new(partnership_entity::Column::Level))
            }
            CoverageDimension::Region => by_row(
                partnership_entity::Column::RegionId,
                place::region().row_set(Filter::default()),
                &[],
            ),
            CoverageDimension::State => by_row(
                partnership_entity::Column::StateId,
                place::state().row_set(Filter::default()),
                &[
                    ColumnRef::new(community::Column::Code),
                    ColumnRef::new(community::Column::Name),
                    ColumnRef::new(community::Column::Kind),
                ],
            ),
            CoverageDimension::Country => by_row(
                partnership_entity::Column::CountryId,
                place::country().row_set(Filter::equals(country::Column::IsPartner, true)),
                &[ColumnRef::new(country::Column::Name)],
            ),
        },
        filters: vec![in_territories()],
    }
}

/// Returns the exact published count of each group, by the id of the group: the newest until
/// `as_of`. A count about groups of two dimensions, such as a level in a region, is left out.
///
/// If no count of a group has a year, the first one in the data is used. If one has a year, those
/// without a year are not used: in the data, they count parts of a group, such as ASEAN.
pub(super) fn published_counts(
    figures: &FigureSet,
    dimension: CoverageDimension,
    as_of: Option<i64>,
) -> HashMap<Option<Arc<str>>, &PublishedFigure> {
    use published_statistic::Column as Col;
    let equals = |record: &Record, column, value: &str| {
        record.text(ColumnRef::new(column)).map(AsRef::as_ref) == Some(value)
    };
    let mut counts: HashMap<_, Vec<&PublishedFigure>> = HashMap::new();
    for figure in &figures.figures {
        let record = &figure.record;
        if figure.kind != FigureKind::PublishedStatistic
            || !equals(record, Col::Measure, Measure::PartnershipCount.as_str())
            || !equals(record, Col::Qualifier, Qualifier::Exact.as_str())
        {
            continue;
        }
        let groups: Vec<_> = [
            (CoverageDimension::Level, Col::Level),
            (CoverageDimension::Region, Col::RegionId),
            (CoverageDimension::State, Col::StateId),
            (CoverageDimension::Country, Col::CountryId),
        ]
        .into_iter()
        .filter_map(|(dimension, column)| {
            Some((dimension, record.text(ColumnRef::new(column))?.clone()))
        })
        .collect();
        let group = match groups.as_slice() {
            [] if dimension == CoverageDimension::Total => None,
            [(group_dimension, id)] if *group_dimension == dimension => Some(id.clone()),
            _ => continue,
        };
        counts.entry(group).or_default().push(figure);
    }
    let counts = counts.into_iter();
    counts
        .filter_map(|(group, figures)| Some((group, newest(&figures, as_of)?)))
        .collect()
}

/// Returns the newest dated figure until `as_of`, or the first one if no figure has a year.
fn newest<'a>(figures: &[&'a PublishedFigure], as_of: Option<i64>) -> Option<&'a PublishedFigure> {
    let year_column = ColumnRef::new(published_statistic::Column::Year);
    let year_of = |figure: &PublishedFigure| figure.record.get(year_column).int();
    if figures.iter().all(|figure| year_of(figure).is_none()) {
        return figures.first().copied();
    }
    let until = as_of.unwrap_or(i64::MAX);
    let dated = figures
        .iter()
        .filter(|figure| year_of(figure).is_some_and(|year| year <= until));
    // Of several figures of the same year, the first one in the data is used.
    dated.rev().max_by_key(|figure| year_of(figure)).copied()
}

impl CoverageRow {
    fn ratio(&self) -> Option<f64> {
        let figure = self.published.as_ref()?;
        let value = figure
            .record
            .get(figure.kind.quantity_columns().value)
            .float()?;
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let recorded = self.recorded as f64;
        (value != 0.0).then(|| recorded / value)
    }
}

fn row_type() -> Object {
    Object::new::<CoverageRow>(
        ROW_TYPE_NAME,
        "The number of partnerships of a group in this dataset, next to the published number.",
    )
    .field(Field::new(
        "key",
        "GroupKey!",
        "The group: a level, a region, a state, a country, or everything.",
    )
    .compute(|row: &CoverageRow| ResolvedValue::Object(GROUP_KEY_TYPE_NAME, row.key.clone())))
    .field(Field::new(
        "recorded",
        "Int!",
        "The number of partnerships in this dataset, without those that have ended.",
    )
    .compute(|row: &CoverageRow| row.recorded))
    .field(Field::new(
        "published",
        "PublishedStatistic",
        "The exact count that was published for the group; null if there is none.",
    )
    .compute(
        |row: &CoverageRow| ResolvedValue::from_option(row.published.as_ref().map(figure_output)),
    ))
    .field(Field::new(
        "ratio",
        "Float",
        "`recorded` divided by the published count: 1 if they are equal. Null if there is no published count or it is zero.",
    )
    .compute(|row: &CoverageRow| ResolvedValue::from_option(row.ratio())))
    .field(Field::new(
        "note",
        "String",
        "A caveat about comparing the two numbers; null if there is none.",
    )
    .compute(|row: &CoverageRow| ResolvedValue::from_option(row.note.clone())))
}
