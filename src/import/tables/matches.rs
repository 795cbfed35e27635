//! `match_model.csv`, `match_metrics.csv`, and `restrictions.csv`, which may all be missing.

use std::sync::Arc;

use super::{Tables, communities::StateInfo, countries::CountryInfo};
use crate::{
    entity::{match_coefficient, match_metric, restriction},
    import::{
        key_index::{KeyIndex, UniqueKeys},
        row::CsvRow,
        sheets::Sheets,
    },
    stats::link::{Community, CommunityCategory, Network, NetworkData},
    vocabulary::{
        MatchFeature, PartnershipLevel, RestrictionCertainty, RestrictionEffect, Vocabulary,
    },
};

const MODEL: &str = "match_model.csv";

/// The range of coefficients and measures. It excludes infinity, and only mistakes are larger.
const NUMBERS: std::ops::RangeInclusive<f64> = -1e6..=1e6;

/// Reads the coefficients of the match model: all features, each once, or none without the file.
pub(super) fn read_coefficients(sheets: &Sheets) -> Vec<match_coefficient::Model> {
    let mut features = UniqueKeys::new(sheets);
    let mut first = None;
    let coefficients: Vec<_> = sheets
        .rows(MODEL)
        .map(|row| {
            let row = &row;
            let feature = row.enum_value::<MatchFeature>("feature");
            if !feature.is_empty() {
                features.add(row, "feature", &[feature], "feature");
            }
            let what = "the hash that sistergraph fit writes";
            let revision = row.required("revision", what);
            let is_hash = revision.len() == 64
                && revision
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
            if !revision.is_empty() && !is_hash {
                row.report_problem(
                    "revision",
                    format!("\"{revision}\" is not a SHA-256 hash; enter {what}"),
                );
            }
            let first = first.get_or_insert_with(|| row.clone());
            for column in ["partnerships", "revision"] {
                check_same(row, first, column);
            }
            match_coefficient::Model {
                feature: feature.to_owned(),
                coefficient: number(row, "coefficient", NUMBERS),
                standard_error: number(row, "standard_error", 0.0..=*NUMBERS.end()),
                z: number(row, "z", NUMBERS),
                partnerships: row.number("partnerships", 1..=i32::MAX, "a number of partnerships"),
                revision: revision.to_owned(),
            }
        })
        .collect();
    let has = |feature: &&str| coefficients.iter().any(|row| row.feature == **feature);
    let missing: Vec<_> = MatchFeature::spellings()
        .into_iter()
        .filter(|feature| !has(feature))
        .collect();
    // A misspelled feature has been reported already.
    if sheets.is_complete(MODEL)
        && !missing.is_empty()
        && coefficients.iter().all(|row| !row.feature.is_empty())
    {
        sheets.report_problem(
            MODEL,
            "feature",
            &format!(
                "no row has {}; add one for each feature, or run sistergraph fit",
                missing.join(", ")
            ),
        );
    }
    coefficients
}

/// Checks that a column has the same value as in the first row.
fn check_same(row: &CsvRow<'_>, first: &CsvRow<'_>, column: &str) {
    let (value, expected) = (row.cell(column), first.cell(column));
    if value != expected {
        row.report_follow_up(
            column,
            [row.dependencies(&[column]), first.dependencies(&[column])].concat(),
            format!(
                "\"{value}\" is not the value of {MODEL}:{}, \"{expected}\"; enter the same value in all rows",
                first.line
            ),
        );
    }
}

/// Reads a number that must not be blank.
fn number(row: &CsvRow<'_>, column: &str, range: std::ops::RangeInclusive<f64>) -> f64 {
    row.required(column, "a number");
    row.number(column, range, "a number").unwrap_or_default()
}

/// Reads the measures of accuracy.
pub(super) fn read_metrics(sheets: &Sheets) -> impl Iterator<Item = match_metric::Model> {
    let mut keys = UniqueKeys::new(sheets);
    (0..)
        .zip(sheets.rows("match_metrics.csv"))
        .map(move |(position, row)| {
            let row = &row;
            let split = row.required("split", "the held-out partnerships");
            let method = row.required("method", "the ranking method");
            let measure = row.required("measure", "the accuracy measure");
            keys.add(row, "measure", &[split, method, measure], "measure");
            let [value, low, high] =
                ["value", "low", "high"].map(|column| number(row, column, NUMBERS));
            if low > high {
                row.report_follow_up(
                    "low",
                    row.dependencies(&["low", "high"]),
                    format!("\"{low}\" is greater than high, \"{high}\"; exchange them"),
                );
            }
            match_metric::Model {
                position,
                split: split.to_owned(),
                method: method.to_owned(),
                measure: measure.to_owned(),
                value,
                low,
                high,
            }
        })
}

/// Reads the laws that limit new partnerships.
pub(super) fn read_restrictions(
    sheets: &Sheets,
    states: &KeyIndex<StateInfo>,
    countries: &KeyIndex<CountryInfo>,
) -> impl Iterator<Item = restriction::Model> {
    let mut ids = UniqueKeys::new(sheets);
    sheets.rows("restrictions.csv").map(move |row| {
        let row = &row;
        let id = row.slug("id");
        if !id.is_empty() {
            ids.add(row, "id", &[id], "id");
        }
        let state = row.required("state", "a code from states.csv");
        let country = row.required("country", "an iso2 code from countries.csv");
        countries.check(row, "country", country);
        row.required("levels", "CITY, COUNTY, or STATE, or several of them");
        let levels = row.list("levels");
        let levels = levels
            .into_iter()
            .filter_map(|level| row.parse_enum_value::<PartnershipLevel>("levels", level));
        let levels: Vec<_> = levels.collect();
        let starts = row.partial_date("from");
        let ends = row.partial_date("until");
        if let (Some(starts), Some(ends)) = (starts, ends)
            && *ends < starts[..starts.len().min(ends.len())]
        {
            row.report_problem(
                "until",
                format!("\"{ends}\" is before from, \"{starts}\"; correct one of them"),
            );
        }
        row.required(
            "source_url",
            "the address of the law or of the report about it",
        );
        restriction::Model {
            id: id.to_owned(),
            state_id: states
                .resolve(row, "state", state)
                .map_or_else(String::new, |state| state.value.id.to_string()),
            country_id: country.to_owned(),
            levels: levels.join(";"),
            effect: row.enum_value::<RestrictionEffect>("effect").to_owned(),
            starts: starts.map(str::to_owned),
            ends: ends.map(str::to_owned),
            law: row.required("law", "the citation of the law").to_owned(),
            text: row.required("text", "a summary of the law").to_owned(),
            url: row.url("source_url").unwrap_or_default(),
            certainty: row
                .enum_value::<RestrictionCertainty>("certainty")
                .to_owned(),
        }
    })
}

impl Tables {
    /// Returns the places and partnerships that the match model is fitted to.
    pub fn network(&self) -> Network {
        let shared = |text: &String| Arc::<str>::from(text.as_str());
        let optional = |text: &Option<String>| text.as_ref().map(shared);
        let communities = self.community().map(|row| Community {
            id: shared(&row.id),
            name: shared(&row.name),
            community_type: CommunityCategory::parse(&row.community_type, &row.kind),
            country_id: shared(&row.country_id),
            region_id: optional(&row.region_id),
            state_id: optional(&row.state_id),
            province_id: optional(&row.province_id),
            is_capital: row.is_capital,
            population: row.population.map(i64::from),
            coast_km: row.coast_km,
        });
        Network::new(NetworkData {
            regions: self.region().map(|row| shared(&row.id)).collect(),
            countries: self
                .country()
                .map(|row| (shared(&row.id), shared(&row.name), row.is_partner))
                .collect(),
            communities: communities.collect(),
            partnerships: self
                .partnership()
                .map(|row| [&row.id, &row.us_id, &row.partner_id].map(shared))
                .collect(),
        })
    }
}
