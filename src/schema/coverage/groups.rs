//! The groups of a coverage dimension, with their counts and notes.

use std::sync::Arc;

use super::CoverageRow;
use crate::{
    db::{AggregateCount, Cell, ColumnRef},
    entity::{community, country},
    schema::group_key::{GroupKey, GroupKeyObject, title_case},
    vocabulary::{CoverageDimension, PartnershipLevel, RegionName, StateKind, Vocabulary},
};

/// Returns every group of the dimension, including those without a partnership.
pub(super) fn coverage_rows(
    dimension: CoverageDimension,
    groups: &[AggregateCount],
) -> Vec<CoverageRow> {
    match dimension {
        CoverageDimension::Total => groups.iter().map(total_row).collect(),
        CoverageDimension::Level => {
            vocabulary_rows::<PartnershipLevel>(dimension, groups, |_| GroupKeyObject::Nothing)
        }
        CoverageDimension::Region => {
            vocabulary_rows::<RegionName>(dimension, groups, GroupKeyObject::Region)
        }
        CoverageDimension::State => groups.iter().filter_map(state_row).collect(),
        CoverageDimension::Country => groups.iter().filter_map(country_row).collect(),
    }
}

fn total_row(group: &AggregateCount) -> CoverageRow {
    let key = GroupKey {
        dimension: CoverageDimension::Total.as_str(),
        value: None,
        label: "All".to_owned(),
        object: GroupKeyObject::Nothing,
    };
    row_with_territory_note(None, key, Some(group))
}

/// Returns one group per value of the vocabulary, in the order of its values.
fn vocabulary_rows<V: Vocabulary>(
    dimension: CoverageDimension,
    groups: &[AggregateCount],
    object: fn(Arc<str>) -> GroupKeyObject,
) -> Vec<CoverageRow> {
    V::spellings()
        .into_iter()
        .map(|spelling| {
            let id: Arc<str> = spelling.into();
            let group = groups
                .iter()
                .find(|group| group.value == Cell::Text(id.clone()));
            let key = GroupKey {
                dimension: dimension.as_str(),
                value: Some(id.clone()),
                label: title_case(spelling),
                object: object(id.clone()),
            };
            row_with_territory_note(Some(id), key, group)
        })
        .collect()
}

/// Returns a row without a territory note, since each territory has a row of its own.
fn state_row(group: &AggregateCount) -> Option<CoverageRow> {
    let (id, record) = (group.value.text()?, group.row.as_ref()?);
    let text = |column| record.text(ColumnRef::new(column));
    let kind = StateKind::parse(text(community::Column::Kind)?)?;
    let note = match kind {
        StateKind::State => None,
        StateKind::District => Some("Included in the published total, but in no region."),
        StateKind::Territory => {
            Some("A territory: not included in the published total, and in no region.")
        }
    };
    Some(CoverageRow {
        id: Some(id.clone()),
        key: Arc::new(GroupKey {
            dimension: CoverageDimension::State.as_str(),
            value: text(community::Column::Code).cloned(),
            label: text(community::Column::Name)?.to_string(),
            object: GroupKeyObject::State(id.clone()),
        }),
        recorded: group.count,
        published: None,
        note: note.map(str::to_owned),
    })
}

fn country_row(group: &AggregateCount) -> Option<CoverageRow> {
    let (id, record) = (group.value.text()?, group.row.as_ref()?);
    let key = GroupKey {
        dimension: CoverageDimension::Country.as_str(),
        value: Some(id.clone()),
        label: record
            .text(ColumnRef::new(country::Column::Name))?
            .to_string(),
        object: GroupKeyObject::Country(id.clone()),
    };
    Some(row_with_territory_note(Some(id.clone()), key, Some(group)))
}

/// Adds a note if the group has partnerships of territories, which the published counts leave out.
fn row_with_territory_note(
    id: Option<Arc<str>>,
    key: GroupKey,
    group: Option<&AggregateCount>,
) -> CoverageRow {
    let territory_count = group
        .and_then(|group| group.filter_counts.first().copied())
        .unwrap_or(0);
    let note = (territory_count > 0).then(|| {
        let belong = match territory_count {
            1 => "belongs to a territory",
            _ => "belong to territories",
        };
        format!(
            "{territory_count} of these {belong}, such as Guam, which the published total leaves \
             out."
        )
    });
    CoverageRow {
        id,
        key: Arc::new(key),
        recorded: group.map_or(0, |group| group.count),
        published: None,
        note,
    }
}

/// Adds notes if no count of counties is published: the source names counties as a level, but its
/// counts of cities and states add up to the total.
pub(super) fn add_county_notes(rows: &mut [CoverageRow]) {
    let find = |level: PartnershipLevel| {
        rows.iter()
            .position(|row| row.key.value.as_deref() == Some(level.as_str()))
    };
    let (Some(cities), Some(counties)) =
        (find(PartnershipLevel::City), find(PartnershipLevel::County))
    else {
        return;
    };
    if rows[counties].published.is_some() || rows[cities].published.is_none() {
        return;
    }
    let together = rows[cities].recorded + rows[counties].recorded;
    for (row, text) in [
        (
            cities,
            format!(
                "The published count may include counties, for which no separate count is \
                 published. This dataset has {together} partnerships of cities and counties \
                 together, without those that have ended."
            ),
        ),
        (
            counties,
            "No count for counties is published; the one for cities may include them.".to_owned(),
        ),
    ] {
        let note = &mut rows[row].note;
        *note = Some(match note.take() {
            Some(territory_note) => format!("{territory_note} {text}"),
            None => text,
        });
    }
}
