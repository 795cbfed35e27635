//! The contributions of features to a score, in numbers and in words.

use crate::{
    engine::{Field, Graph, Object, ResolvedValue},
    stats::link::{FeatureArray, Network, contributions},
    vocabulary::{MatchFeature, Vocabulary},
};

const TYPE_NAME: &str = "MatchReason";

/// The contribution of a feature to a score.
#[derive(Clone, Debug)]
pub(super) struct MatchReason {
    feature: MatchFeature,
    value: Option<f64>,
    contribution: f64,
    text: String,
}

impl MatchReason {
    pub(super) fn output(self) -> ResolvedValue {
        ResolvedValue::object(TYPE_NAME, self)
    }
}

pub(super) fn define(graph: Graph) -> Graph {
    graph.vocabulary::<MatchFeature>().object(
        Object::new::<MatchReason>(TYPE_NAME, "The contribution of one feature to a score.")
            .field(
                Field::new("feature", "MatchFeature!", "The feature.")
                    .compute(|reason: &MatchReason| reason.feature.as_str()),
            )
            .field(
                Field::new(
                    "value",
                    "Float",
                    "Value of the feature for the pair. Null if unknown; it then contributes 0.",
                )
                .compute(|reason: &MatchReason| ResolvedValue::from_option(reason.value)),
            )
            .field(
                Field::new(
                    "contribution",
                    "Float!",
                    "Contribution to the score: coefficient * (value - mean over all candidates).",
                )
                .compute(|reason: &MatchReason| reason.contribution),
            )
            .field(
                Field::new("text", "String!", "The value in words.")
                    .compute(|reason: &MatchReason| ResolvedValue::from(reason.text.as_str())),
            ),
    )
}

/// Returns the contribution of each feature, the largest absolute one first.
pub(super) fn reasons(
    network: &Network,
    (u, v): (usize, usize),
    means: &FeatureArray,
    coefficients: &FeatureArray,
) -> Vec<MatchReason> {
    let features = network.features(u, v);
    let contributions = contributions(&features, means, coefficients);
    let values = features.into_iter().zip(contributions);
    let mut reasons: Vec<_> = MatchFeature::VALUES
        .iter()
        .zip(values)
        .map(|(&(feature, ..), (value, contribution))| MatchReason {
            feature,
            // Without negative zeros.
            value: value.map(|value| value + 0.0),
            contribution: contribution + 0.0,
            text: text(network, (u, v), feature, value),
        })
        .collect();
    reasons.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
    reasons
}

/// Describes the value of a feature. The US place comes first, whichever place the matches are for.
fn text(
    network: &Network,
    (u, v): (usize, usize),
    feature: MatchFeature,
    value: Option<f64>,
) -> String {
    let (us, partner) = (&network.us()[u], &network.partners()[v]);
    let state = with_article(&network.state_of(u).name);
    let country = with_article(&network.country_of(v).name);
    let province = network.province_of(v).map(|area| with_article(&area.name));
    match feature {
        MatchFeature::Size => match (us.population, partner.population) {
            (Some(a), Some(b)) => {
                let ratio = a.max(b) as f64 / a.min(b) as f64;
                let (a, b) = (with_commas(a), with_commas(b));
                format!("population {a} and {b}: {ratio:.1} times as large")
            }
            _ => "population unknown".to_owned(),
        },
        MatchFeature::Role => match (us.rank, partner.rank) {
            (Some(a), Some(b)) => {
                let [a, b] = [a, b].map(|rank| (rank * 100.0).round());
                format!("larger than {a}% and {b}% of the known places in their countries")
            }
            _ if us.population.is_none() || partner.population.is_none() => {
                "population unknown".to_owned()
            }
            (None, _) => "fewer than five populations are known in the United States".to_owned(),
            _ => format!("fewer than five populations are known in {country}"),
        },
        MatchFeature::Coast => match (us.coast_km, partner.coast_km) {
            (Some(a), Some(b)) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "distances on earth are small"
                )]
                let [a, b] = [a, b].map(|km| with_commas(km.round() as i64));
                format!("{a} km and {b} km from the sea")
            }
            _ => "location unknown".to_owned(),
        },
        MatchFeature::BothCapitals => match us.is_capital && partner.is_capital {
            true => "both are capitals".to_owned(),
            false => "not both are capitals".to_owned(),
        },
        MatchFeature::StateCountry => {
            let n = n_partnerships(network.n_state_country(u, v));
            let ratio = value.map_or(0.0, f64::exp);
            format!(
                "places in {state} have {n} with {country}, {ratio:.1} times the number expected from all states"
            )
        }
        MatchFeature::StateProvince => match province {
            Some(province) => {
                let n = n_partnerships(network.n_state_province(u, v));
                format!("{n} between places in {state} and {province}")
            }
            None => NO_PROVINCE.to_owned(),
        },
        MatchFeature::SisterState => match (province, value == Some(1.0)) {
            (Some(province), true) => format!("{state} and {province} are partners"),
            (Some(province), false) => format!("{state} and {province} are not partners"),
            (None, _) => NO_PROVINCE.to_owned(),
        },
        MatchFeature::SameCountry => match value == Some(1.0) {
            true => format!("{} already has a partner in {country}", us.name),
            false => format!("{} has no partner in {country} yet", us.name),
        },
    }
}

const NO_PROVINCE: &str = "no province on file";

fn n_partnerships(n: u32) -> String {
    match n {
        1 => "1 partnership".to_owned(),
        n => format!("{} partnerships", with_commas(n.into())),
    }
}

/// Returns the name as it is used in a sentence, such as `the Philippines`.
fn with_article(name: &str) -> String {
    let has_article = name.ends_with(" Islands")
        || name.ends_with(" Territory")
        || name.starts_with("District of ")
        || name.starts_with("Special Region of ")
        || ["Maldives", "Philippines"].contains(&name);
    match has_article {
        true => format!("the {name}"),
        false => name.to_owned(),
    }
}

/// Writes a number with thousands separators.
fn with_commas(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_american() {
        let numbers = [0, 7, 999, 1_000, 12_345, 652_503, 1_234_567].map(with_commas);
        assert_eq!(
            numbers,
            ["0", "7", "999", "1,000", "12,345", "652,503", "1,234,567"]
        );
        assert_eq!(
            [0, 1, 2].map(n_partnerships),
            ["0 partnerships", "1 partnership", "2 partnerships"]
        );
        let names = [
            "Philippines",
            "Solomon Islands",
            "District of Columbia",
            "Japan",
        ];
        assert_eq!(
            names.map(with_article),
            [
                "the Philippines",
                "the Solomon Islands",
                "the District of Columbia",
                "Japan"
            ]
        );
    }
}
