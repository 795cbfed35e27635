//! Evaluates filters row by row: simply, without optimizations.

use serde_json::Value as Json;
use sistergraph::{collation::fold, entity::partnership};

use super::reference_model::{ReferenceModel, Row};

/// Results are only compared if every community is at least this far from the edge of a circle.
const TOLERANCE_KM: f64 = 1e-6;
const MEAN_RADIUS_KM: f64 = 6371.0088;

impl ReferenceModel {
    /// Whether a row matches a filter.
    pub(super) fn matches(&self, filter: &Json, row: Row<'_>) -> bool {
        fields(filter).all(|(name, value)| match name {
            "and" => list(value).iter().all(|filter| self.matches(filter, row)),
            "or" => list(value).iter().any(|filter| self.matches(filter, row)),
            "not" => !self.matches(value, row),
            name => self.field_matches(name, value, row),
        })
    }

    fn field_matches(&self, name: &str, value: &Json, row: Row<'_>) -> bool {
        match (row, name) {
            (Row::Community(community), "slug") => plain(value, Some(&community.id)),
            (Row::Community(community), "code") => plain(value, community.code.as_deref()),
            (Row::Community(community), "name") => folded(value, Some(&community.name)),
            (Row::Community(community), "kind") => any_of(value, Some(&community.kind)),
            (Row::Community(community), "region") => any_of(value, community.region_id.as_deref()),
            (Row::Community(community), "isCapital") => flag(value, community.is_capital),
            (Row::Community(community), "population") => {
                int(value, community.population.map(i64::from))
            }
            (Row::Community(community), "partnershipCount") => {
                int(value, Some(self.count(&community.id)))
            }
            (Row::Community(community), "state") => {
                let state = community.state_id.as_deref().map(|id| self.community(id));
                self.related_matches(value, state.map(Row::Community))
            }
            (Row::Community(community), "country") => self.related_matches(
                value,
                Some(Row::Country(self.country(&community.country_id))),
            ),
            (Row::Community(community), "near") => {
                self.is_near(value, community.latitude, community.longitude)
            }
            (Row::Community(community), "within") => {
                is_within(value, community.latitude, community.longitude)
            }

            (Row::Country(country), "code") => plain(value, Some(&country.id)),
            (Row::Country(country), "name") => folded(value, Some(&country.name)),
            (Row::Country(country), "subregion") => any_of(value, Some(&country.subregion)),
            (Row::Country(country), "isPartner") => flag(value, country.id != "US"),
            (Row::Country(country), "partnershipCount") => {
                int(value, Some(self.count(&country.id)))
            }

            (Row::Partnership(partnership), "level") => any_of(value, Some(&partnership.level)),
            (Row::Partnership(partnership), "status") => any_of(value, Some(&partnership.status)),
            (Row::Partnership(partnership), "establishedYear") => {
                int(value, partnership.established_year.map(i64::from))
            }
            (Row::Partnership(partnership), "state") => {
                self.related_matches(value, Some(Row::Community(self.state_of(partnership))))
            }
            (Row::Partnership(partnership), "country") => {
                let country = &self.community(&partnership.partner_id).country_id;
                self.related_matches(value, Some(Row::Country(self.country(country))))
            }
            (Row::Partnership(partnership), "us") => self.related_matches(
                value,
                Some(Row::Community(self.community(&partnership.us_id))),
            ),
            (Row::Partnership(partnership), "partner") => self.related_matches(
                value,
                Some(Row::Community(self.community(&partnership.partner_id))),
            ),
            (Row::Partnership(partnership), "source") => {
                is_empty(value)
                    || self
                        .sources(partnership)
                        .iter()
                        .any(|id| plain(value, Some(id)))
            }
            (Row::Partnership(partnership), "corroborated") => {
                flag(value, self.is_corroborated(partnership))
            }
            (Row::Partnership(partnership), "corroboration") => {
                any_of(value, Some(self.corroboration(partnership)))
            }
            (Row::Partnership(partnership), "hasDisagreement") => {
                flag(value, self.has_disagreement(partnership))
            }
            (Row::Partnership(partnership), "claim") => {
                is_empty(value)
                    || self
                        .claims(partnership)
                        .iter()
                        .any(|claim| self.matches(value, Row::Claim(claim)))
            }
            (Row::Partnership(partnership), "existedIn") => existed_in(value, partnership),
            (Row::Claim(claim), "kind") => any_of(value, Some(&claim.kind)),
            (Row::Claim(claim), "side") => any_of(value, Some(&claim.side)),
            (Row::Claim(claim), "source") => plain(value, Some(&claim.source_id)),
            (Row::Partnership(partnership), "hasNotes") => flag(value, self.has_notes(partnership)),

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
            (Row::Statistic(row), "slug") => plain(value, Some(&row.id)),
            (Row::Statistic(row), "subject") => folded(value, Some(&row.subject)),
            (Row::Statistic(row), "measure") => any_of(value, Some(&row.measure)),
            (Row::Statistic(row), "region") => any_of(value, row.region_id.as_deref()),
            (Row::Statistic(row), "state") => {
                let state = row.state_id.as_deref().map(|id| self.community(id));
                plain(value, state.and_then(|state| state.code.as_deref()))
            }
            (Row::Statistic(row), "country") => plain(value, row.country_id.as_deref()),
            (Row::Aggregate(_) | Row::Statistic(_), "flags") => {
                let flags = self.flags(row.slug());
                flags.iter().any(|flag| any_of(value, Some(flag)))
            }
            (Row::Source(row), "slug") => plain(value, Some(&row.id)),
            (Row::Source(row), "title") => folded(value, Some(&row.title)),
            (Row::Source(row), "publisher") => folded(value, row.publisher.as_deref()),
            (Row::Source(row), "kind") => plain(value, row.kind.as_deref()),
            (Row::Source(row), "independent") => flag(value, row.independent),
            (_, name) => panic!("unknown field {name}"),
        }
    }

    /// Whether a related row exists and matches a filter. An empty filter always matches.
    fn related_matches(&self, filter: &Json, row: Option<Row<'_>>) -> bool {
        is_empty(filter) || row.is_some_and(|row| self.matches(filter, row))
    }

    fn is_near(&self, near: &Json, latitude: Option<f64>, longitude: Option<f64>) -> bool {
        let (Some(latitude), Some(longitude)) = (latitude, longitude) else {
            return false;
        };
        let center = (number(near, "latitude"), number(near, "longitude"));
        let (distance, km) = (
            haversine_km(center, (latitude, longitude)),
            number(near, "km"),
        );
        if (distance - km).abs() <= TOLERANCE_KM {
            self.is_ambiguous.set(true);
        }
        distance <= km
    }
}

/// The great-circle distance in kilometers.
pub(super) fn haversine_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (latitude, other) = (from.0.to_radians(), to.0.to_radians());
    let north = ((other - latitude) / 2.0).sin();
    let east = ((to.1 - from.1).to_radians() / 2.0).sin();
    let haversine = north * north + latitude.cos() * other.cos() * east * east;
    2.0 * MEAN_RADIUS_KM * haversine.sqrt().min(1.0).asin()
}

/// Whether a point is in a box, including its edges. 180° west and 180° east are the same meridian,
/// and a pole is on every meridian.
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

/// Whether a filter is empty or consists of empty filters, which is the same as no filter.
fn is_empty(filter: &Json) -> bool {
    filter.is_null()
        || filter.is_object()
            && fields(filter).all(|(name, value)| match name {
                "and" => list(value).iter().all(is_empty),
                "or" => list(value).iter().any(is_empty),
                "not" => false,
                _ => is_empty(value),
            })
}

/// Matches an ASCII string such as a slug or a code.
fn plain(filter: &Json, text: Option<&str>) -> bool {
    string(filter, text, str::to_ascii_lowercase)
}

/// Matches a name. `contains` and `startsWith` ignore case and accents.
fn folded(filter: &Json, name: Option<&str>) -> bool {
    string(filter, name, fold)
}

fn string(filter: &Json, text: Option<&str>, normalize: impl Fn(&str) -> String) -> bool {
    fields(filter).all(|(operator, operand)| {
        let Some(text) = text else { return false };
        let part = || normalize(operand.as_str().unwrap());
        match operator {
            "eq" => operand == text,
            "ne" => operand != text,
            "in" => list(operand).iter().any(|item| item == text),
            "contains" => normalize(text).contains(&part()),
            "startsWith" => normalize(text).starts_with(&part()),
            operator => panic!("unknown operator {operator}"),
        }
    })
}

fn int(filter: &Json, number: Option<i64>) -> bool {
    fields(filter).all(|(operator, operand)| {
        if operator == "isNull" {
            return operand.as_bool().unwrap() == number.is_none();
        }
        let Some(number) = number else { return false };
        let number_operand = || operand.as_i64().unwrap();
        match operator {
            "eq" => number == number_operand(),
            "ne" => number != number_operand(),
            "gt" => number > number_operand(),
            "gte" => number >= number_operand(),
            "lt" => number < number_operand(),
            "lte" => number <= number_operand(),
            "in" => list(operand).iter().any(|item| item == number),
            operator => panic!("unknown operator {operator}"),
        }
    })
}

/// Whether a partnership existed in a year, if its own years say so.
fn existed_in(value: &Json, partnership: &partnership::Model) -> bool {
    let year = value["year"].as_i64().unwrap();
    let includes_unknown = value["unknownYears"] == "INCLUDE";
    let was_established = match partnership.established_year {
        Some(established) => i64::from(established) <= year,
        None => includes_unknown,
    };
    let had_ended = match (partnership.status.as_str(), partnership.ended_year) {
        ("ENDED", Some(ended)) => i64::from(ended) < year,
        ("ENDED", None) => !includes_unknown,
        _ => false,
    };
    was_established && !had_ended
}

fn any_of(values: &Json, value: Option<&str>) -> bool {
    value.is_some_and(|value| list(values).iter().any(|item| item == value))
}

fn flag(expected: &Json, value: bool) -> bool {
    expected == value
}

fn fields(filter: &Json) -> impl Iterator<Item = (&str, &Json)> {
    let fields = filter.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.as_str(), value))
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(object: &Json, name: &str) -> f64 {
    object[name].as_f64().unwrap()
}
