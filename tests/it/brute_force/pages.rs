//! Computes a page of a list: the filtered and ordered rows between two cursors.

use std::cmp::Ordering;

use serde_json::Value as Json;
use sistergraph::collation::fold;

use super::reference_model::{Kind, ReferenceModel, Row};

/// A page of a connection.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) slugs: Vec<String>,
    pub(super) total: usize,
    pub(super) has_next: bool,
    pub(super) has_previous: bool,
}

/// The bounds of a page: its size, its direction, and the rows of its cursors.
pub(super) struct PageBounds<'a> {
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

impl ReferenceModel {
    /// The ordered rows of a list that match a filter, of one parent or of all.
    pub(super) fn list(
        &self,
        kind: Kind,
        parent: Option<&str>,
        filter: &Json,
        order: &Json,
    ) -> Vec<Row<'_>> {
        let mut rows = self.rows(kind);
        rows.retain(|row| {
            parent.is_none_or(|parent| self.belongs_to(*row, parent)) && self.matches(filter, *row)
        });
        // Only partner countries, unless the filter has `isPartner`.
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

    pub(super) fn page(&self, rows: &[Row<'_>], order: &Json, bounds: &PageBounds<'_>) -> Page {
        let keys = |row: Row<'_>| self.keys(order, row);
        let (after, before) = (bounds.after.map(keys), bounds.before.map(keys));
        // Whether each row is before the page, and whether it is after the page.
        let outside: Vec<(bool, bool)> = rows
            .iter()
            .map(|row| match (&after, &before) {
                (None, None) => (false, false),
                (after, before) => {
                    let row = keys(*row);
                    let is_before = |after| compare(order, &row, after).is_le();
                    let is_after = |before| compare(order, &row, before).is_ge();
                    (
                        after.as_deref().is_some_and(is_before),
                        before.as_deref().is_some_and(is_after),
                    )
                }
            })
            .collect();
        let window: Vec<&str> = std::iter::zip(rows, &outside)
            .filter(|(_, outside)| **outside == (false, false))
            .map(|(row, _)| row.slug())
            .collect();
        let n = bounds.n.min(window.len());
        let is_truncated = n < window.len();
        let page = match bounds.from_end {
            true => &window[window.len() - n..],
            false => &window[..n],
        };
        Page {
            slugs: page.iter().map(|slug| (*slug).to_owned()).collect(),
            total: rows.len(),
            has_next: !bounds.from_end && is_truncated
                || outside.iter().any(|(_, is_after)| *is_after),
            has_previous: bounds.from_end && is_truncated
                || outside.iter().any(|(is_before, _)| *is_before),
        }
    }

    /// The sort keys of a row: one for each field of the order, or else the position of a figure in
    /// its publication, and the slug.
    fn keys(&self, order: &Json, row: Row<'_>) -> Vec<Option<Key>> {
        let fields = order.as_array().map_or(&[][..], Vec::as_slice);
        let position = fields.is_empty().then(|| Some(position(row)));
        fields
            .iter()
            .map(|key| self.key(key["field"].as_str().unwrap(), row))
            .chain(position)
            .chain([Some(Key::Text(row.slug().to_owned()))])
            .collect()
    }

    fn key(&self, field: &str, row: Row<'_>) -> Option<Key> {
        let name = |name: &str| Some(Key::Text(fold(name)));
        let text = |text: &str| Some(Key::Text(text.to_owned()));
        let count = |number: i64| Some(Key::Number(number as f64));
        match (row, field) {
            (Row::Community(community), "NAME") => name(&community.name),
            (Row::Community(community), "CODE") => community.code.clone().map(Key::Text),
            (Row::Community(community), "POPULATION") => count(community.population?.into()),
            (Row::Community(community), "KIND") => text(&community.kind),
            (Row::Community(community), "IS_CAPITAL") => count(community.is_capital.into()),
            (Row::Community(community), "STATE_CODE") => text(community.state_id.as_deref()?),
            (Row::Community(community), "PROVINCE_SLUG") => text(community.province_id.as_deref()?),
            (Row::Community(community), "COUNTRY_NAME") => {
                name(&self.country(&community.country_id).name)
            }
            (Row::Community(community), "SLUG") => text(&community.id),
            (Row::Country(country), "NAME") => name(&country.name),
            (Row::Country(country), "CODE") => Some(Key::Text(country.id.clone())),
            (Row::Country(country), "POPULATION") => count(country.population?.into()),
            (row, "PARTNERSHIP_COUNT") => count(self.count(row.slug())),
            (Row::Partnership(partnership), "ESTABLISHED_YEAR") => {
                count(partnership.established_year?.into())
            }
            (Row::Partnership(partnership), "US_NAME") => {
                name(&self.community(&partnership.us_id).name)
            }
            (Row::Partnership(partnership), "PARTNER_NAME") => {
                name(&self.community(&partnership.partner_id).name)
            }
            (Row::Partnership(partnership), "STATE_CODE") => {
                self.state_of(partnership).code.clone().map(Key::Text)
            }
            (Row::Partnership(partnership), "COUNTRY_NAME") => name(
                &self
                    .country(&self.community(&partnership.partner_id).country_id)
                    .name,
            ),
            (Row::Partnership(partnership), "DISTANCE") => partnership.distance_km.map(Key::Number),
            (Row::Partnership(partnership), "LEVEL") => text(&partnership.level),
            (Row::Partnership(partnership), "STATUS") => text(&partnership.status),
            (Row::Partnership(partnership), "ENDED_YEAR") => count(partnership.ended_year?.into()),
            (Row::Partnership(partnership), "CORROBORATION") => {
                text(self.corroboration(partnership))
            }
            (Row::Partnership(partnership), "SLUG") => text(&partnership.id),
            (Row::Partnership(partnership), "REGION") => text(partnership.region_id.as_deref()?),
            (Row::Partnership(partnership), "US_POPULATION") => {
                count(self.community(&partnership.us_id).population?.into())
            }
            (Row::Partnership(partnership), "PARTNER_POPULATION") => {
                count(self.community(&partnership.partner_id).population?.into())
            }
            (Row::Statistic(row), "QUALIFIER") => text(&row.qualifier),
            (Row::Statistic(row), "UNIT") => text(&row.unit),
            (Row::Statistic(row), "REGION") => text(row.region_id.as_deref()?),
            (Row::Statistic(row), "STATE_CODE") => text(row.state_id.as_deref()?),
            (Row::Statistic(row), "COUNTRY_CODE") => text(row.country_id.as_deref()?),
            (Row::Statistic(row), "LEVEL") => text(row.level.as_deref()?),
            (Row::Statistic(row), "SOURCE") => text(&row.source_id),
            (Row::Statistic(row), "SLUG") => text(&row.id),
            (Row::Statistic(row), "SUBJECT") => name(&row.subject),
            (Row::Statistic(row), "MEASURE") => text(&row.measure),
            (Row::Statistic(row), "VALUE") => row.value.map(Key::Number),
            (Row::Statistic(row), "YEAR") => count(row.year?.into()),
            (Row::Source(row), "INDEPENDENT") => count(row.independent.into()),
            (Row::Source(row), "LICENCE") => text(row.licence.as_deref()?),
            (Row::Source(row), "SLUG") => text(&row.id),
            (Row::Source(row), "TITLE") => name(&row.title),
            (Row::Source(row), "PUBLISHER") => name(row.publisher.as_deref()?),
            (Row::Source(row), "KIND") => row.kind.clone().map(Key::Text),
            (Row::Source(row), "AS_OF") => row.as_of.clone().map(Key::Text),
            (_, field) => panic!("unknown field {field}"),
        }
    }
}

/// Compares sort keys. Unknown values come last in both directions.
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

/// Whether a filter has a field at any depth.
fn mentions(filter: &Json, name: &str) -> bool {
    match filter {
        Json::Object(fields) => fields
            .iter()
            .any(|(field, value)| field == name || mentions(value, name)),
        Json::Array(values) => values.iter().any(|value| mentions(value, name)),
        _ => false,
    }
}
