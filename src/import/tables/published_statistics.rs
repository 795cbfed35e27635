//! `published_statistics.csv`: published numbers other than percentages of respondents.

use chrono::{Datelike, Utc};

use super::{
    communities::StateInfo,
    countries::CountryInfo,
    respondent_aggregates::{decimal_places, read_flags, read_printed_number},
    sources::SourceInfo,
    surveys::read_source_id,
};
use crate::{
    collation::fold,
    entity::{published_statistic, published_statistic_flag},
    import::{key_index::KeyIndex, row::CsvRow, sheets::Sheets},
    vocabulary::{Measure, PartnershipLevel, Qualifier, RegionName, Vocabulary},
};

/// The numbers and their flags.
pub(super) type StatisticRows = (
    Vec<published_statistic::Model>,
    Vec<published_statistic_flag::Model>,
);

pub(super) fn read(
    sheets: &Sheets,
    countries: &KeyIndex<CountryInfo>,
    states: &KeyIndex<StateInfo>,
    sources: &KeyIndex<SourceInfo>,
) -> StatisticRows {
    let mut ids = KeyIndex::new(sheets, "", "", true);
    let (mut statistics, mut flags) = StatisticRows::default();
    for (position, row) in (0..).zip(sheets.rows("published_statistics.csv")) {
        let row = &row;
        let id = row.slug("id");
        ids.insert(row, "id", id, ());
        countries.check(row, "country", row.cell("country"));
        let state = states.resolve(row, "state", row.cell("state"));
        let state_id = state.map(|state| state.value.id.to_string());
        statistics.push(read_statistic(row, position, state_id, sources));
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

fn read_statistic(
    row: &CsvRow<'_>,
    position: i32,
    state_id: Option<String>,
    sources: &KeyIndex<SourceInfo>,
) -> published_statistic::Model {
    let qualifier = row.enum_value::<Qualifier>("qualifier");
    let measure = row.enum_value::<Measure>("measure");
    let range = match Measure::parse(measure) {
        Some(Measure::Share) => 0.0..=100.0,
        Some(Measure::Rank) => 1.0..=1e15,
        _ => 0.0..=1e15,
    };
    row.required("digits", "the number of printed decimals");
    let digits = row
        .number("digits", 0..=9, "the number of printed decimals")
        .unwrap_or_default();
    let value_digits = decimal_places(row.cell("value"));
    if value_digits > digits && !row.cell("digits").is_empty() {
        row.report_problem(
            "digits",
            format!(
                "\"{digits}\" is too few decimals for the value {}; enter at least {value_digits}",
                row.cell("value")
            ),
        );
    }
    let subject = row.required("subject", "what the number counts or measures");
    published_statistic::Model {
        id: row.cell("id").to_owned(),
        position,
        measure: measure.to_owned(),
        subject: subject.to_owned(),
        sort_subject: fold(subject),
        value: read_printed_number(row, "value", qualifier, range),
        unit: row.required("unit", "the unit").to_owned(),
        qualifier: qualifier.to_owned(),
        digits,
        region_id: row
            .optional_enum_value::<RegionName>("region")
            .map(str::to_owned),
        state_id,
        country_id: row.text("country").map(str::to_owned),
        level: row
            .optional_enum_value::<PartnershipLevel>("level")
            .map(str::to_owned),
        year: row.year("year", Utc::now().year()),
        note: row.text("note").map(str::to_owned),
        source_id: read_source_id(row, sources),
    }
}
