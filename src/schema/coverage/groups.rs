//! The groups of a dimension, with what is recorded of each and what to know of it.

use std::sync::Arc;

use super::CoverageRow;
use crate::{
    db::{AggregateCount, Cell, ColumnRef},
    entity::{community, country},
    schema::group_key::{GroupKey, GroupKeyObject, title_case},
    vocabulary::{CoverageDimension, PartnershipLevel, RegionName, StateKind, Vocabulary},
};

/// Every group of the dimension, those without a partnership too.
pub(super) fn coverage_rows(
    dimension: CoverageDimension,
    counted: &[AggregateCount],
) -> Vec<CoverageRow> {
    match dimension {
        CoverageDimension::Total => counted.iter().map(total_row).collect(),
        CoverageDimension::Level => {
            vocabulary_rows::<PartnershipLevel>(dimension, counted, |_| GroupKeyObject::Nothing)
        }
        CoverageDimension::Region => {
            vocabulary_rows::<RegionName>(dimension, counted, GroupKeyObject::Region)
        }
        CoverageDimension::State => counted.iter().filter_map(state_row).collect(),
        CoverageDimension::Country => counted.iter().filter_map(country_row).collect(),
    }
}

fn total_row(counted: &AggregateCount) -> CoverageRow {
    let key = GroupKey {
        dimension: CoverageDimension::Total.as_str(),
        value: None,
        label: "All".to_owned(),
        object: GroupKeyObject::Nothing,
    };
    row_with_territory_note(None, key, Some(counted))
}

/// The groups that a vocabulary names, in its order.
fn vocabulary_rows<V: Vocabulary>(
    dimension: CoverageDimension,
    counted: &[AggregateCount],
    reference: fn(Arc<str>) -> GroupKeyObject,
) -> Vec<CoverageRow> {
    V::spellings()
        .into_iter()
        .map(|spelling| {
            let id: Arc<str> = spelling.into();
            let counted = counted
                .iter()
                .find(|group| group.value == Cell::Text(id.clone()));
            let key = GroupKey {
                dimension: dimension.as_str(),
                value: Some(id.clone()),
                label: title_case(spelling),
                object: reference(id.clone()),
            };
            row_with_territory_note(Some(id), key, counted)
        })
        .collect()
}

/// A state has all that is recorded of it: a territory has a row of its own.
fn state_row(counted: &AggregateCount) -> Option<CoverageRow> {
    let (id, record) = (counted.value.text()?, counted.row.as_ref()?);
    let text = |column| record.text(ColumnRef::new(column));
    let kind = StateKind::parse(text(community::Column::Kind)?)?;
    let note = match kind {
        StateKind::State => None,
        StateKind::District => Some("In the published total, and in no region."),
        StateKind::Territory => Some("A territory: not in the published total, and in no region."),
    };
    Some(CoverageRow {
        id: Some(id.clone()),
        key: Arc::new(GroupKey {
            dimension: CoverageDimension::State.as_str(),
            value: text(community::Column::Code).cloned(),
            label: text(community::Column::Name)?.to_string(),
            object: GroupKeyObject::State(id.clone()),
        }),
        recorded: counted.count,
        published: None,
        note: note.map(str::to_owned),
    })
}

fn country_row(counted: &AggregateCount) -> Option<CoverageRow> {
    let (id, record) = (counted.value.text()?, counted.row.as_ref()?);
    let key = GroupKey {
        dimension: CoverageDimension::Country.as_str(),
        value: Some(id.clone()),
        label: record
            .text(ColumnRef::new(country::Column::Name))?
            .to_string(),
        object: GroupKeyObject::Country(id.clone()),
    };
    Some(row_with_territory_note(
        Some(id.clone()),
        key,
        Some(counted),
    ))
}

/// A group that may hold partnerships of territories, which the published counts leave out.
fn row_with_territory_note(
    id: Option<Arc<str>>,
    key: GroupKey,
    counted: Option<&AggregateCount>,
) -> CoverageRow {
    let of_territories = counted
        .and_then(|group| group.condition_counts.first().copied())
        .unwrap_or(0);
    let note = (of_territories > 0).then(|| {
        let are_of_territories = match of_territories {
            1 => "is of a territory",
            _ => "are of territories",
        };
        format!(
            "{of_territories} of these {are_of_territories}, such as Guam, which the published \
             total leaves out."
        )
    });
    CoverageRow {
        id,
        key: Arc::new(key),
        recorded: counted.map_or(0, |group| group.count),
        published: None,
        note,
    }
}

/// Says so where counties have no published count of their own: the source names counties among
/// the levels, and its counts of cities and states add up to the total.
pub(super) fn add_county_notes(rows: &mut [CoverageRow]) {
    let level = |row: &CoverageRow, level: PartnershipLevel| {
        row.key.value.as_deref() == Some(level.as_str())
    };
    let find = |wanted| rows.iter().position(|row| level(row, wanted));
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
                "The published count may hold counties, which have none of their own; {together} \
                 are recorded of cities and counties together."
            ),
        ),
        (
            counties,
            "No count of counties is published; that of cities may hold them.".to_owned(),
        ),
    ] {
        let note = &mut rows[row].note;
        *note = Some(match note.take() {
            Some(before) => format!("{before} {text}"),
            None => text,
        });
    }
}
