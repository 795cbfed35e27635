//! `published_statistics.csv`: the published numbers that are not percentages of respondents.

use super::{
    communities::State,
    index::Index,
    respondent_aggregates::{decimals, printed, read_flags},
    row::Row,
    sheets::Sheets,
    sources::Source,
    surveys::source_of,
};
use crate::{
    entity::{published_statistic, published_statistic_flag},
    vocabulary::{Measure, PartnershipLevel, Qualifier, RegionName, Vocabulary},
};

/// The numbers and their flags.
pub(super) type Statistics = (
    Vec<published_statistic::Model>,
    Vec<published_statistic_flag::Model>,
);

pub(super) fn read(
    sheets: &Sheets,
    countries: &Index<'_, ()>,
    states: &Index<'_, State<'_>>,
    sources: &Index<'_, Source>,
) -> Statistics {
    let mut ids = Index::new("", "", true);
    let (mut statistics, mut flags) = Statistics::default();
    for (position, row) in (0..).zip(sheets.rows("published_statistics.csv")) {
        let id = row.slug("id");
        ids.insert(row, "id", id, ());
        countries.find(row, "country", row.cell("country"));
        let state = states.find(row, "state", row.cell("state"));
        let state_id = state.map(|state| state.id.to_owned());
        statistics.push(statistic_of(row, position, state_id, sources));
        for (position, flag) in (0..).zip(read_flags(row)) {
            flags.push(published_statistic_flag::Model {
                published_statistic_id: id.to_owned(),
                position,
                flag: flag.to_owned(),
            });
        }
    }
    (statistics, flags)
}

fn statistic_of(
    row: Row<'_>,
    position: i32,
    state_id: Option<String>,
    sources: &Index<'_, Source>,
) -> published_statistic::Model {
    let qualifier = row.word::<Qualifier>("qualifier");
    let measure = row.word::<Measure>("measure");
    let range = match Measure::parse(measure) {
        Some(Measure::Share) => 0.0..=100.0,
        Some(Measure::Rank) => 1.0..=1e15,
        _ => 0.0..=1e15,
    };
    row.required("digits", "the number of decimals printed");
    let digits = row
        .number("digits", 0..=9, "a number of decimals")
        .unwrap_or_default();
    let in_value = decimals(row.cell("value"));
    if in_value > digits && !row.cell("digits").is_empty() {
        row.wrong(
            "digits",
            format!(
                "{digits}, but {} is written with {in_value}; give at least {in_value}",
                row.cell("value")
            ),
        );
    }
    published_statistic::Model {
        id: row.cell("id").to_owned(),
        position,
        measure: measure.to_owned(),
        subject: row.required("subject", "what it is a number of").to_owned(),
        value: printed(row, "value", qualifier, range),
        unit: row.required("unit", "the unit").to_owned(),
        qualifier: qualifier.to_owned(),
        digits,
        region_id: row.word_if_any::<RegionName>("region").map(str::to_owned),
        state_id,
        country_id: row.text("country").map(str::to_owned),
        level: row
            .word_if_any::<PartnershipLevel>("level")
            .map(str::to_owned),
        note: row.text("note").map(str::to_owned),
        source_id: source_of(row, sources),
    }
}
