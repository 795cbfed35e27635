//! Published figures: each against its row and its sentence, and what is computed from them.

mod article;
mod audit;
mod concentration;
mod coverage;
mod reconciliation;

use std::collections::HashMap;

use crate::support::data_set::DataSet;

type Row = HashMap<String, String>;

/// The partnerships as the files have them, with the places that they belong to. Counted here
/// without the program's own loading, which fills in the columns that the program counts by.
struct Ties(Vec<Tie>);

struct Tie {
    us: String,
    partner: String,
    level: String,
    status: String,
    /// USPS code.
    state: String,
    /// As published: none for the District of Columbia and the territories.
    region: Option<String>,
    country: String,
}

impl Ties {
    fn of(data: &DataSet) -> Self {
        let by = |file, key: &str| -> HashMap<String, Row> {
            let rows = data.rows(file).into_iter();
            rows.map(|row| (row[key].clone(), row)).collect()
        };
        let states = by("states.csv", "id");
        let codes = by("states.csv", "code");
        let (cities, provinces) = (by("cities.csv", "id"), by("provinces.csv", "id"));
        let tie = |row: Row| {
            let us = row["us_community_id"].clone();
            let partner = row["partner_community_id"].clone();
            let state = states
                .get(&us)
                .unwrap_or_else(|| &codes[&cities[&us]["us_state_code"]]);
            let place = provinces.get(&partner).or_else(|| cities.get(&partner));
            let is_state = state["kind"] == "STATE";
            Tie {
                us,
                level: row["level"].clone(),
                status: row["status"].clone(),
                state: state["code"].clone(),
                region: is_state.then(|| state["census_region"].clone()),
                country: place.unwrap()["country_iso2"].clone(),
                partner,
            }
        };
        Self(data.rows("partnerships.csv").into_iter().map(tie).collect())
    }

    /// How many there are of each group.
    fn count(
        &self,
        counts: impl Fn(&Tie) -> bool,
        group: impl Fn(&Tie) -> Option<String>,
    ) -> HashMap<String, u64> {
        let mut groups = HashMap::new();
        for group in self.0.iter().filter(|tie| counts(tie)).filter_map(group) {
            *groups.entry(group).or_default() += 1;
        }
        groups
    }
}
