//! The groups of a dimension, with what is recorded of each and what to know of it.

use std::sync::Arc;

use super::Row;
use crate::{
    db::{Cell, Column, Counted},
    entity::{community, country},
    graphql::group_key::{GroupKey, Reference, words},
    vocabulary::{CoverageDimension, PartnershipLevel, RegionName, StateKind, Vocabulary},
};

/// Every group of the dimension, those without a partnership too.
pub(super) fn groups(dimension: CoverageDimension, counted: &[Counted]) -> Vec<Row> {
    match dimension {
        CoverageDimension::Total => counted.iter().map(total).collect(),
        CoverageDimension::Level => {
            named::<PartnershipLevel>(dimension, counted, |_| Reference::Nothing)
        }
        CoverageDimension::Region => named::<RegionName>(dimension, counted, Reference::Region),
        CoverageDimension::State => counted.iter().filter_map(state).collect(),
        CoverageDimension::Country => counted.iter().filter_map(partner_country).collect(),
    }
}

fn total(counted: &Counted) -> Row {
    let key = GroupKey {
        dimension: CoverageDimension::Total.as_str(),
        value: None,
        label: "All".to_owned(),
        reference: Reference::Nothing,
    };
    across_states(None, key, Some(counted))
}

/// The groups that a vocabulary names, in its order.
fn named<V: Vocabulary>(
    dimension: CoverageDimension,
    counted: &[Counted],
    reference: fn(Arc<str>) -> Reference,
) -> Vec<Row> {
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
                label: words(spelling),
                reference: reference(id.clone()),
            };
            across_states(Some(id), key, counted)
        })
        .collect()
}

/// A state has all that is recorded of it: a territory has a row of its own.
fn state(counted: &Counted) -> Option<Row> {
    let (id, record) = (counted.value.text()?, counted.row.as_ref()?);
    let text = |column| record.text(Column::of(column));
    let kind = StateKind::parse(text(community::Column::Kind)?)?;
    let note = match kind {
        StateKind::State => None,
        StateKind::District => Some("In the published total, and in no region."),
        StateKind::Territory => Some("A territory: not in the published total, and in no region."),
    };
    Some(Row {
        id: Some(id.clone()),
        key: Arc::new(GroupKey {
            dimension: CoverageDimension::State.as_str(),
            value: text(community::Column::Code).cloned(),
            label: text(community::Column::Name)?.to_string(),
            reference: Reference::State(id.clone()),
        }),
        recorded: counted.count,
        published: None,
        note: note.map(str::to_owned),
    })
}

fn partner_country(counted: &Counted) -> Option<Row> {
    let (id, record) = (counted.value.text()?, counted.row.as_ref()?);
    let key = GroupKey {
        dimension: CoverageDimension::Country.as_str(),
        value: Some(id.clone()),
        label: record.text(Column::of(country::Column::Name))?.to_string(),
        reference: Reference::Country(id.clone()),
    };
    Some(across_states(Some(id.clone()), key, Some(counted)))
}

/// A group that may hold partnerships of territories, which the published counts leave out.
fn across_states(id: Option<Arc<str>>, key: GroupKey, counted: Option<&Counted>) -> Row {
    let of_territories = counted
        .and_then(|group| group.of_which.first().copied())
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
    Row {
        id,
        key: Arc::new(key),
        recorded: counted.map_or(0, |group| group.count),
        published: None,
        note,
    }
}

/// Says so where counties have no published count of their own: the source names counties among
/// the levels, and its counts of cities and states add up to the total.
pub(super) fn note_counties(rows: &mut [Row]) {
    let level =
        |row: &Row, level: PartnershipLevel| row.key.value.as_deref() == Some(level.as_str());
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
