//! Coverage: what this data set records beside what was published, group by group.

mod groups;

use std::{collections::HashMap, sync::Arc};

use futures_util::FutureExt;
use sea_orm::{
    ColumnTrait,
    sea_query::{Condition, ExprTrait},
};

use self::groups::{groups, note_counties};
use super::{
    group_key::{GROUP_KEY, GroupKey},
    identity::{figures, object_of},
    partnership, place,
};
use crate::{
    db::{By, Column, Figure, FigureKind, FigureSet, Listed, Record, Tally, TallyKey},
    engine::{Argument, Context, Fault, Field, Graph, Object, Output, Refusal},
    entity::{community, country, partnership as ties, published_statistic},
    vocabulary::{CoverageDimension, Measure, PartnershipStatus, Qualifier, StateKind, Vocabulary},
};

const ROW: &str = "CoverageRow";

/// Adds the types of this file.
pub(super) fn define(graph: Graph) -> Graph {
    graph.object(row_type()).vocabulary::<CoverageDimension>()
}

/// A group: what is recorded of it and what was published.
struct Row {
    /// As figures and partnerships name the group; `None` where it is everything.
    id: Option<Arc<str>>,
    key: Arc<GroupKey>,
    recorded: i64,
    published: Option<Figure>,
    note: Option<String>,
}

/// The root field `coverage`.
pub(super) fn field() -> Field {
    Field::batch(
        "coverage",
        "[CoverageRow!]!",
        "What this data set records beside what was published, one row per group: every group of which something is recorded or published, in the order of its code or enum value.\n\nPartnerships that have ended do not count. The published total is the sum of the four regions and the District of Columbia: it leaves out the territories, such as Guam. What is recorded of them counts here all the same, and the note of a row says how many of its partnerships are theirs; `STATE` gives each territory a row of its own; `REGION` holds neither the District of Columbia nor the territories.\n\nMore recorded than published does not mean complete: the published counts are older and narrower.",
        &[],
        |call| {
            async move {
                let dimension = *call.args::<CoverageDimension>()?;
                let rows = rows(call.context, dimension).await?;
                let rows = rows.into_iter().map(|row| Output::object(ROW, row));
                let rows = Output::List(rows.collect());
                Ok(call.rows.iter().map(|_| rows.clone()).collect())
            }
            .boxed()
        },
    )
    .argument(Argument::new(
        "by",
        "CoverageDimension!",
        "By what it is broken down.",
    ))
    .prepared(|arguments, _| {
        CoverageDimension::parse(arguments.text("by").unwrap_or_default())
            .ok_or_else(|| Refusal::input("by names no dimension"))
    })
    .usually(30)
}

/// The rows of a dimension: one statement counts, one reads the figures.
async fn rows(context: &Context, dimension: CoverageDimension) -> Result<Vec<Row>, Fault> {
    let key = TallyKey(Arc::new(tally(dimension)));
    let counted = context.load(std::slice::from_ref(&key)).await?;
    let counted = counted.get(&key).map_or(&[][..], AsRef::as_ref);
    let figures = figures(context).await?;
    let mut published = published(&figures, dimension);
    let mut rows: Vec<Row> = groups(dimension, counted)
        .into_iter()
        .map(|mut row| {
            row.published = published.remove(&row.id).cloned();
            row
        })
        .filter(|row| row.recorded > 0 || row.published.is_some())
        .collect();
    if dimension == CoverageDimension::Level {
        note_counties(&mut rows);
    }
    Ok(rows)
}

/// Partnerships of territories, which the published counts leave out.
fn of_territories() -> Condition {
    let kind = community::Column::Kind.into_expr();
    let territories = kind.eq(StateKind::Territory.as_str());
    place::states()
        .listed(Condition::all().add(territories))
        .holds(Column::of(ties::Column::StateId))
}

fn tally(dimension: CoverageDimension) -> Tally {
    let by = |column, groups, columns: &[Column]| By::Row {
        column: Column::of(column),
        groups,
        columns: columns.into(),
    };
    let has_not_ended = ties::Column::Status
        .into_expr()
        .ne(PartnershipStatus::Ended.as_str());
    Tally {
        rows: Listed {
            id: partnership::stored().id,
            filter: Condition::all().add(has_not_ended),
        },
        by: match dimension {
            CoverageDimension::Total => By::Nothing,
            CoverageDimension::Level => By::Value(Column::of(ties::Column::Level)),
            CoverageDimension::Region => by(
                ties::Column::RegionId,
                Listed {
                    id: place::region().id,
                    filter: Condition::all(),
                },
                &[],
            ),
            CoverageDimension::State => by(
                ties::Column::StateId,
                place::states().listed(Condition::all()),
                &[
                    Column::of(community::Column::Code),
                    Column::of(community::Column::Name),
                    Column::of(community::Column::Kind),
                ],
            ),
            CoverageDimension::Country => by(
                ties::Column::CountryId,
                Listed {
                    id: place::country().id,
                    filter: Condition::all().add(country::Column::IsPartner.into_expr().eq(true)),
                },
                &[Column::of(country::Column::Name)],
            ),
        },
        of_which: vec![of_territories()],
    }
}

/// The exact published counts of the dimension by the id of the group that they are about alone:
/// those about a region of a level, say, are of another dimension.
fn published(
    figures: &FigureSet,
    dimension: CoverageDimension,
) -> HashMap<Option<Arc<str>>, &Figure> {
    use published_statistic::Column as Of;
    let is = |record: &Record, column, value: &str| {
        record.text(Column::of(column)).map(AsRef::as_ref) == Some(value)
    };
    let mut published = HashMap::new();
    for figure in &figures.figures {
        let record = &figure.record;
        if figure.kind != FigureKind::PublishedStatistic
            || !is(record, Of::Measure, Measure::PartnershipCount.as_str())
            || !is(record, Of::Qualifier, Qualifier::Exact.as_str())
        {
            continue;
        }
        let about: Vec<_> = [
            (CoverageDimension::Level, Of::Level),
            (CoverageDimension::Region, Of::RegionId),
            (CoverageDimension::State, Of::StateId),
            (CoverageDimension::Country, Of::CountryId),
        ]
        .into_iter()
        .filter_map(|(of, column)| Some((of, record.text(Column::of(column))?.clone())))
        .collect();
        let group = match about.as_slice() {
            [] if dimension == CoverageDimension::Total => None,
            [(of, id)] if *of == dimension => Some(id.clone()),
            _ => continue,
        };
        // Of several, the one that was published first.
        published.entry(group).or_insert(figure);
    }
    published
}

impl Row {
    fn ratio(&self) -> Option<f64> {
        let figure = self.published.as_ref()?;
        let value = figure.record.get(figure.kind.quantity().value).float()?;
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let recorded = self.recorded as f64;
        (value != 0.0).then(|| recorded / value)
    }
}

fn row_type() -> Object {
    Object::new(
        ROW,
        "A group: what this data set records of it beside what was published.",
    )
    .field(Field::of("key", "GroupKey!", "The group.", |row: &Row| {
        Output::Object(GROUP_KEY, row.key.clone())
    }))
    .field(Field::of(
        "recorded",
        "Int!",
        "Partnerships that this data set records, without those that have ended.",
        |row: &Row| row.recorded,
    ))
    .field(Field::of(
        "published",
        "PublishedStatistic",
        "The exact count that was published of the group; null where there is none.",
        |row: &Row| Output::maybe(row.published.as_ref().map(object_of)),
    ))
    .field(Field::of(
        "ratio",
        "Float",
        "recorded / published; null without a published figure, or where it is zero.",
        |row: &Row| Output::maybe(row.ratio()),
    ))
    .field(Field::of(
        "note",
        "String",
        "What to know before comparing the two.",
        |row: &Row| Output::maybe(row.note.clone()),
    ))
}
