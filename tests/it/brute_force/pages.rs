//! What a page of a list is: the filtered rows in order, cut between two places.

use std::cmp::Ordering;

use serde_json::Value as Json;
use sistergraph::collation::fold;

use super::world::{Kind, Row, World};

/// A page as an answer describes it.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) slugs: Vec<String>,
    pub(super) total: usize,
    pub(super) has_next: bool,
    pub(super) has_previous: bool,
}

/// Which rows of a list are asked for.
pub(super) struct Cut<'a> {
    pub(super) n: usize,
    pub(super) from_end: bool,
    pub(super) after: Option<Row<'a>>,
    pub(super) before: Option<Row<'a>>,
}

/// A value to sort by.
#[derive(Debug, PartialEq, PartialOrd)]
enum Key {
    Number(f64),
    Text(String),
}

impl World {
    /// All rows of a list, of one parent or of none, that satisfy a filter, in an order.
    pub(super) fn list(
        &self,
        kind: Kind,
        parent: Option<&str>,
        filter: &Json,
        order: &Json,
    ) -> Vec<Row<'_>> {
        let mut rows = self.rows(kind);
        rows.retain(|row| {
            parent.is_none_or(|parent| self.belongs(*row, parent)) && self.holds(filter, *row)
        });
        // Partner countries only, unless the filter says otherwise.
        if kind == Kind::Countries && !mentions(filter, "isPartner") {
            rows.retain(|row| row.slug() != "US");
        }
        let mut rows: Vec<_> = rows
            .into_iter()
            .map(|row| (self.keys(order, row), row))
            .collect();
        rows.sort_by(|(a, _), (b, _)| compare(order, a, b));
        rows.into_iter().map(|(_, row)| row).collect()
    }

    pub(super) fn page(&self, rows: &[Row<'_>], order: &Json, cut: &Cut<'_>) -> Page {
        let keys = |row: Row<'_>| self.keys(order, row);
        let (after, before) = (cut.after.map(keys), cut.before.map(keys));
        // Whether each row is at the one place or before it, at the other or after it.
        let outside: Vec<(bool, bool)> = rows
            .iter()
            .map(|row| match (&after, &before) {
                (None, None) => (false, false),
                (after, before) => {
                    let row = keys(*row);
                    let lies_before = |after| compare(order, &row, after).is_le();
                    let lies_after = |before| compare(order, &row, before).is_ge();
                    (
                        after.as_deref().is_some_and(lies_before),
                        before.as_deref().is_some_and(lies_after),
                    )
                }
            })
            .collect();
        let window: Vec<&str> = std::iter::zip(rows, &outside)
            .filter(|(_, outside)| **outside == (false, false))
            .map(|(row, _)| row.slug())
            .collect();
        let n = cut.n.min(window.len());
        let is_cut = n < window.len();
        let page = match cut.from_end {
            true => &window[window.len() - n..],
            false => &window[..n],
        };
        Page {
            slugs: page.iter().map(|slug| (*slug).to_owned()).collect(),
            total: rows.len(),
            has_next: !cut.from_end && is_cut || outside.iter().any(|(_, lies_after)| *lies_after),
            has_previous: cut.from_end && is_cut
                || outside.iter().any(|(lies_before, _)| *lies_before),
        }
    }

    /// What the row is sorted by: a key for each of the order, the place of a figure in its
    /// publication, and the slug.
    fn keys(&self, order: &Json, row: Row<'_>) -> Vec<Option<Key>> {
        let fields = order.as_array().into_iter().flatten();
        fields
            .map(|key| self.key(key["field"].as_str().unwrap(), row))
            .chain([Some(position(row)), Some(Key::Text(row.slug().to_owned()))])
            .collect()
    }

    fn key(&self, field: &str, row: Row<'_>) -> Option<Key> {
        let name = |name: &str| Some(Key::Text(fold(name)));
        let count = |number: i64| Some(Key::Number(number as f64));
        match (row, field) {
            (Row::Place(place), "NAME") => name(&place.name),
            (Row::Place(place), "CODE") => place.code.clone().map(Key::Text),
            (Row::Place(place), "POPULATION") => count(place.population?.into()),
            (Row::Country(country), "NAME") => name(&country.name),
            (Row::Country(country), "CODE") => Some(Key::Text(country.id.clone())),
            (Row::Country(country), "POPULATION") => count(country.population?.into()),
            (row, "PARTNERSHIP_COUNT") => count(self.count(row.slug())),
            (Row::Tie(tie), "ESTABLISHED_YEAR") => count(tie.established_year?.into()),
            (Row::Tie(tie), "US_NAME") => name(&self.place(&tie.us_id).name),
            (Row::Tie(tie), "PARTNER_NAME") => name(&self.place(&tie.partner_id).name),
            (Row::Tie(tie), "STATE_CODE") => self.state_of(tie).code.clone().map(Key::Text),
            (Row::Tie(tie), "COUNTRY_NAME") => {
                name(&self.country(&self.place(&tie.partner_id).country_id).name)
            }
            (Row::Tie(tie), "DISTANCE") => tie.distance_km.map(Key::Number),
            (_, field) => panic!("no meaning of {field}"),
        }
    }
}

/// Unknown values last in either direction.
fn compare(order: &Json, a: &[Option<Key>], b: &[Option<Key>]) -> Ordering {
    let is_descending = |n: usize| order.get(n).is_some_and(|key| key["direction"] == "DESC");
    std::iter::zip(a, b)
        .enumerate()
        .map(|(n, keys)| match keys {
            (None, None) => Ordering::Equal,
            (None, _) => Ordering::Greater,
            (_, None) => Ordering::Less,
            (Some(a), Some(b)) if is_descending(n) => b.partial_cmp(a).unwrap(),
            (Some(a), Some(b)) => a.partial_cmp(b).unwrap(),
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn position(row: Row<'_>) -> Key {
    Key::Number(match row {
        Row::Aggregate(row) => row.position.into(),
        Row::Statistic(row) => row.position.into(),
        _ => 0.0,
    })
}

/// Whether a filter gives a field, however deep.
fn mentions(filter: &Json, name: &str) -> bool {
    match filter {
        Json::Object(fields) => fields
            .iter()
            .any(|(field, value)| !value.is_null() && (field == name || mentions(value, name))),
        Json::Array(values) => values.iter().any(|value| mentions(value, name)),
        _ => false,
    }
}
