//! Published figures, compared with the files and the article, and the results computed from them.

mod article;
mod audit;
mod concentration;
mod coverage;
mod reconciliation;
mod trend;

use std::collections::HashMap;

use crate::support::data_set::DataSet;

type Row = HashMap<String, String>;

/// The partnerships of the files with the places that they belong to, computed without the import,
/// which fills the columns that the program counts by.
struct Partnerships(Vec<Partnership>);

struct Partnership {
    us: String,
    partner: String,
    level: String,
    status: String,
    /// USPS code.
    state: String,
    /// `None` for the District of Columbia and the territories, as in the publication.
    region: Option<String>,
    country: String,
}

impl Partnerships {
    fn of(data: &DataSet) -> Self {
        let by = |file, key: &str| -> HashMap<String, Row> {
            let rows = data.rows(file).into_iter();
            rows.map(|row| (row[key].clone(), row)).collect()
        };
        let states = by("states.csv", "id");
        let codes = by("states.csv", "code");
        let (cities, provinces) = (by("cities.csv", "id"), by("provinces.csv", "id"));
        let partnership = |row: Row| {
            let us = row["us_community_id"].clone();
            let partner = row["partner_community_id"].clone();
            let state = states
                .get(&us)
                .unwrap_or_else(|| &codes[&cities[&us]["us_state_code"]]);
            let community = provinces.get(&partner).or_else(|| cities.get(&partner));
            let is_state = state["kind"] == "STATE";
            Partnership {
                us,
                level: row["level"].clone(),
                status: row["status"].clone(),
                state: state["code"].clone(),
                region: is_state.then(|| state["census_region"].clone()),
                country: community.unwrap()["country_iso2"].clone(),
                partner,
            }
        };
        let rows = data.rows("partnerships.csv").into_iter();
        Self(rows.map(partnership).collect())
    }

    /// The number of partnerships that match a condition, by group.
    fn count(
        &self,
        condition: impl Fn(&Partnership) -> bool,
        group: impl Fn(&Partnership) -> Option<String>,
    ) -> HashMap<String, u64> {
        let mut groups = HashMap::new();
        let matching = self.0.iter().filter(|row| condition(row));
        for group in matching.filter_map(group) {
            *groups.entry(group).or_default() += 1;
        }
        groups
    }
}
