//! What a filter means, row by row: plainly, and without a thought for speed.

use serde_json::Value as Json;
use sistergraph::collation::fold;

use super::world::{Row, World};

/// Kilometres by which a place must be off the edge of a circle for its side of it to count.
const TOLERANCE_KM: f64 = 1e-6;
const MEAN_RADIUS_KM: f64 = 6371.0088;

impl World {
    /// Whether a filter holds of a row.
    pub(super) fn holds(&self, filter: &Json, row: Row<'_>) -> bool {
        given(filter).all(|(name, value)| match name {
            "and" => list(value).iter().all(|one| self.holds(one, row)),
            "or" => list(value).iter().any(|one| self.holds(one, row)),
            "not" => !self.holds(value, row),
            name => self.field_holds(name, value, row),
        })
    }

    fn field_holds(&self, name: &str, value: &Json, row: Row<'_>) -> bool {
        match (row, name) {
            (Row::Place(place), "slug") => plain(value, Some(&place.id)),
            (Row::Place(place), "code") => plain(value, place.code.as_deref()),
            (Row::Place(place), "name") => folded(value, &place.name),
            (Row::Place(place), "kind") => any_of(value, Some(&place.kind)),
            (Row::Place(place), "region") => any_of(value, place.region_id.as_deref()),
            (Row::Place(place), "isCapital") => flag(value, place.is_capital),
            (Row::Place(place), "population") => int(value, place.population.map(i64::from)),
            (Row::Place(place), "partnershipCount") => int(value, Some(self.count(&place.id))),
            (Row::Place(place), "state") => {
                let state = place.state_id.as_deref().map(|id| self.place(id));
                self.related(value, state.map(Row::Place))
            }
            (Row::Place(place), "country") => {
                self.related(value, Some(Row::Country(self.country(&place.country_id))))
            }
            (Row::Place(place), "near") => self.is_near(value, place.latitude, place.longitude),
            (Row::Place(place), "within") => is_within(value, place.latitude, place.longitude),

            (Row::Country(country), "code") => plain(value, Some(&country.id)),
            (Row::Country(country), "name") => folded(value, &country.name),
            (Row::Country(country), "subregion") => any_of(value, Some(&country.subregion)),
            (Row::Country(country), "isPartner") => flag(value, country.id != "US"),
            (Row::Country(country), "partnershipCount") => {
                int(value, Some(self.count(&country.id)))
            }

            (Row::Tie(tie), "level") => any_of(value, Some(&tie.level)),
            (Row::Tie(tie), "status") => any_of(value, Some(&tie.status)),
            (Row::Tie(tie), "establishedYear") => int(value, tie.established_year.map(i64::from)),
            (Row::Tie(tie), "state") => self.related(value, Some(Row::Place(self.state_of(tie)))),
            (Row::Tie(tie), "country") => {
                let country = &self.place(&tie.partner_id).country_id;
                self.related(value, Some(Row::Country(self.country(country))))
            }
            (Row::Tie(tie), "us") => self.related(value, Some(Row::Place(self.place(&tie.us_id)))),
            (Row::Tie(tie), "partner") => {
                self.related(value, Some(Row::Place(self.place(&tie.partner_id))))
            }
            (Row::Tie(tie), "source") => {
                says_nothing(value) || self.sources(tie).iter().any(|id| plain(value, Some(id)))
            }
            (Row::Tie(tie), "corroborated") => flag(value, self.is_corroborated(tie)),
            (Row::Tie(tie), "hasNotes") => flag(value, self.has_notes(tie)),

            (Row::Aggregate(row), "question") => plain(value, Some(&row.question_id)),
            (Row::Aggregate(row), "survey") => {
                let questions = self.tables.question.iter();
                let question = questions
                    .clone()
                    .find(|question| question.id == row.question_id);
                plain(value, question.map(|question| question.survey_id.as_str()))
            }
            (Row::Aggregate(row), "outcome" | "given") => {
                let role = name.to_uppercase();
                self.categories(&row.id, &role)
                    .any(|(dimension, category)| {
                        value["dimension"] == dimension
                            && (value["value"].is_null() || value["value"] == category)
                    })
            }
            (Row::Aggregate(row), "overall") => {
                flag(value, self.categories(&row.id, "GIVEN").next().is_none())
            }
            (Row::Statistic(row), "measure") => any_of(value, Some(&row.measure)),
            (Row::Statistic(row), "region") => any_of(value, row.region_id.as_deref()),
            (Row::Statistic(row), "state") => {
                let state = row.state_id.as_deref().map(|id| self.place(id));
                plain(value, state.and_then(|state| state.code.as_deref()))
            }
            (Row::Statistic(row), "country") => plain(value, row.country_id.as_deref()),
            (Row::Aggregate(_) | Row::Statistic(_), "flags") => {
                let flags = self.flags(row.slug());
                flags.iter().any(|flag| any_of(value, Some(flag)))
            }
            (_, name) => panic!("no meaning of {name}"),
        }
    }

    /// A filter across a relation: there is a row, and the filter holds of it.
    fn related(&self, filter: &Json, row: Option<Row<'_>>) -> bool {
        says_nothing(filter) || row.is_some_and(|row| self.holds(filter, row))
    }

    fn is_near(&self, near: &Json, latitude: Option<f64>, longitude: Option<f64>) -> bool {
        let (Some(latitude), Some(longitude)) = (latitude, longitude) else {
            return false;
        };
        let centre = (number(near, "latitude"), number(near, "longitude"));
        let (distance, km) = (
            haversine_km(centre, (latitude, longitude)),
            number(near, "km"),
        );
        if (distance - km).abs() <= TOLERANCE_KM {
            self.doubtful.set(true);
        }
        distance <= km
    }
}

/// Kilometres along a great circle.
pub(super) fn haversine_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (latitude, other) = (from.0.to_radians(), to.0.to_radians());
    let north = ((other - latitude) / 2.0).sin();
    let east = ((to.1 - from.1).to_radians() / 2.0).sin();
    let haversine = north * north + latitude.cos() * other.cos() * east * east;
    2.0 * MEAN_RADIUS_KM * haversine.sqrt().min(1.0).asin()
}

/// In a box, its edges included; the meridians of 180° west and east are one, and a pole lies on
/// every meridian.
fn is_within(area: &Json, latitude: Option<f64>, longitude: Option<f64>) -> bool {
    let (Some(latitude), Some(longitude)) = (latitude, longitude) else {
        return false;
    };
    let (west, east) = (number(area, "west"), number(area, "east"));
    let between = |longitude: f64| {
        if west <= east {
            west <= longitude && longitude <= east
        } else {
            west <= longitude || longitude <= east
        }
    };
    let is_pole = latitude.abs() == 90.0;
    let is_antimeridian = longitude.abs() == 180.0;
    (number(area, "south")..=number(area, "north")).contains(&latitude)
        && (is_pole || between(longitude) || is_antimeridian && between(-longitude))
}

/// Whether a filter is empty, or made of empty ones: then it is as if it had not been given.
fn says_nothing(filter: &Json) -> bool {
    filter.is_null()
        || filter.is_object()
            && given(filter).all(|(name, value)| match name {
                "and" => list(value).iter().all(says_nothing),
                "or" => list(value).iter().any(says_nothing),
                "not" => false,
                _ => says_nothing(value),
            })
}

/// A text of ASCII letters, such as a slug or a code.
fn plain(filter: &Json, text: Option<&str>) -> bool {
    string(filter, text, str::to_ascii_lowercase)
}

/// A name, in parts of which neither case nor accents count.
fn folded(filter: &Json, name: &str) -> bool {
    string(filter, Some(name), fold)
}

fn string(filter: &Json, text: Option<&str>, in_parts: impl Fn(&str) -> String) -> bool {
    given(filter).all(|(operator, wanted)| {
        let Some(text) = text else { return false };
        let part = || in_parts(wanted.as_str().unwrap());
        match operator {
            "eq" => wanted == text,
            "ne" => wanted != text,
            "in" => list(wanted).iter().any(|one| one == text),
            "contains" => in_parts(text).contains(&part()),
            "startsWith" => in_parts(text).starts_with(&part()),
            operator => panic!("no meaning of {operator}"),
        }
    })
}

fn int(filter: &Json, number: Option<i64>) -> bool {
    given(filter).all(|(operator, wanted)| {
        if operator == "isNull" {
            return wanted.as_bool().unwrap() == number.is_none();
        }
        let Some(number) = number else { return false };
        let than = || wanted.as_i64().unwrap();
        match operator {
            "eq" => number == than(),
            "ne" => number != than(),
            "gt" => number > than(),
            "gte" => number >= than(),
            "lt" => number < than(),
            "lte" => number <= than(),
            "in" => list(wanted).iter().any(|one| one == number),
            operator => panic!("no meaning of {operator}"),
        }
    })
}

fn any_of(values: &Json, value: Option<&str>) -> bool {
    value.is_some_and(|value| list(values).iter().any(|one| one == value))
}

fn flag(wanted: &Json, is: bool) -> bool {
    wanted == is
}

/// The fields that are given; null is as if it were not.
fn given(filter: &Json) -> impl Iterator<Item = (&str, &Json)> {
    let fields = filter.as_object().into_iter().flatten();
    fields
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.as_str(), value))
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(object: &Json, name: &str) -> f64 {
    object[name].as_f64().unwrap()
}
