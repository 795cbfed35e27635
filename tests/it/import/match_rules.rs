//! Rules for `match_model.csv`, `match_metrics.csv`, `restrictions.csv`, and the distance from the sea: rows
//! that break each rule, and the messages.

use super::rule_tests;

const RESTRICTION: &str = "tx-x,TX,CN,CITY,BARRED,2025,,Law,Text,https://example.org/,UNVERIFIED";

/// The row with one cell replaced.
fn restriction(n: usize, cell: &str) -> String {
    let mut cells: Vec<_> = RESTRICTION.split(',').collect();
    cells[n] = cell;
    cells.join(",")
}

rule_tests! {
    the_files_of_matches_may_be_missing: |data| {
        data.remove("match_model.csv").remove("match_metrics.csv").remove("restrictions.csv");
    } => [];
    the_distance_from_the_sea_may_be_missing: |data| {
        data.edit_rows("cities.csv", |header, rows| {
            let n = header.iter().position(|name| name == "coast_km").unwrap();
            header.remove(n);
            for row in rows {
                row.remove(n);
            }
        });
    } => [];
    a_distance_from_the_sea_is_negative: |data| data.set("cities.csv", "jp-nagoya", "coast_km", "-1") => [
        "cities.csv:477: coast_km: \"-1\" is out of range; enter kilometers from the nearest coast, from 0 to 5000",
    ];
    a_distance_from_the_sea_is_infinite: |data| data.set("cities.csv", "jp-nagoya", "coast_km", "inf") => [
        "cities.csv:477: coast_km: \"inf\" is not a number; enter kilometers from the nearest coast, from 0 to 5000",
    ];
    a_feature_is_unknown: |data| data.set("match_model.csv", "SIZE", "feature", "SIZES") => [
        "match_model.csv:2: feature: unknown value \"SIZES\"; enter one of SIZE, ROLE, COAST, BOTH_CAPITALS, STATE_COUNTRY, STATE_PROVINCE, SISTER_STATE, SAME_COUNTRY (did you mean \"SIZE\"?)",
    ];
    a_feature_is_duplicated: |data| data.set("match_model.csv", "SIZE", "feature", "ROLE") => [
        "match_model.csv:1: feature: no row has SIZE; add one for each feature, or run sistergraph fit",
        "match_model.csv:3: feature: duplicate feature (first in match_model.csv:2); remove one",
    ];
    features_are_missing: |data| data
        .remove_row("match_model.csv", "SIZE")
        .remove_row("match_model.csv", "COAST") => [
        "match_model.csv:1: feature: no row has SIZE, COAST; add one for each feature, or run sistergraph fit",
    ];
    a_coefficient_is_not_finite: |data| data.set("match_model.csv", "ROLE", "coefficient", "NaN") => [
        "match_model.csv:3: coefficient: \"NaN\" is not a number; enter a number, from -1000000 to 1000000",
    ];
    a_coefficient_is_blank: |data| data.set("match_model.csv", "ROLE", "coefficient", "") => [
        "match_model.csv:3: coefficient: blank; enter a number",
    ];
    a_standard_error_is_negative: |data| data.set("match_model.csv", "ROLE", "standard_error", "-0.1") => [
        "match_model.csv:3: standard_error: \"-0.1\" is out of range; enter a number, from 0 to 1000000",
    ];
    a_number_of_partnerships_is_malformed: |data| data.edit_text("match_model.csv", |text| text.replace(",1188,", ",0,")) => [
        "match_model.csv:2: partnerships: \"0\" is out of range; enter a number of partnerships, from 1 to 2147483647",
        "match_model.csv:3: partnerships: \"0\" is out of range; enter a number of partnerships, from 1 to 2147483647",
        "match_model.csv:4: partnerships: \"0\" is out of range; enter a number of partnerships, from 1 to 2147483647",
        "match_model.csv:5: partnerships: \"0\" is out of range; enter a number of partnerships, from 1 to 2147483647",
        "match_model.csv:6: partnerships: \"0\" is out of range; enter a number of partnerships, from 1 to 2147483647",
        "match_model.csv:7: partnerships: \"0\" is out of range; enter a number of partnerships, from 1 to 2147483647",
        "match_model.csv:8: partnerships: \"0\" is out of range; enter a number of partnerships, from 1 to 2147483647",
        "match_model.csv:9: partnerships: \"0\" is out of range; enter a number of partnerships, from 1 to 2147483647",
    ];
    a_model_has_several_numbers_of_partnerships: |data| data.set("match_model.csv", "ROLE", "partnerships", "7") => [
        "match_model.csv:3: partnerships: \"7\" is not the value of match_model.csv:2, \"1188\"; enter the same value in all rows",
    ];
    a_revision_is_malformed: |data| data.set("match_model.csv", "ROLE", "revision", "abc") => [
        "match_model.csv:3: revision: \"abc\" is not a SHA-256 hash; enter the hash that sistergraph fit writes",
    ];
    a_measure_is_duplicated: |data| data.add("match_metrics.csv", "random,model,hits@10 of 100,0.4,0.3,0.5") => [
        "match_metrics.csv:200: measure: duplicate measure (first in match_metrics.csv:51); remove one",
    ];
    a_measure_has_no_name: |data| data.add("match_metrics.csv", "random,,hits@10 of 100,0.4,0.3,0.5") => [
        "match_metrics.csv:200: method: blank; enter the ranking method",
    ];
    a_measure_is_not_a_number: |data| data.add("match_metrics.csv", "random,x,hits@10 of 100,inf,0.3,") => [
        "match_metrics.csv:200: value: \"inf\" is not a number; enter a number, from -1000000 to 1000000",
        "match_metrics.csv:200: high: blank; enter a number",
    ];
    an_interval_is_reversed: |data| data.add("match_metrics.csv", "random,x,hits@10 of 100,0.4,0.5,0.3") => [
        "match_metrics.csv:200: low: \"0.5\" is greater than high, \"0.3\"; exchange them",
    ];
    a_restriction_is_valid: |data| data.add("restrictions.csv", RESTRICTION) => [];
    a_restriction_is_duplicated: |data| data.add("restrictions.csv", &restriction(0, "tx-hb128-cn")) => [
        "restrictions.csv:12: id: duplicate id (first in restrictions.csv:2); remove one",
    ];
    a_restriction_has_an_unknown_state: |data| data.add("restrictions.csv", &restriction(1, "TY")) => [
        "restrictions.csv:12: state: unknown state \"TY\"; enter a code from states.csv (did you mean \"KY\"?)",
    ];
    a_restriction_has_an_unknown_country: |data| data.add("restrictions.csv", &restriction(2, "CX")) => [
        "restrictions.csv:12: country: unknown country \"CX\"; enter an iso2 code from countries.csv (did you mean \"CK\"?)",
    ];
    a_restriction_has_an_unknown_level: |data| data.add("restrictions.csv", &restriction(3, "CITY;TOWN")) => [
        "restrictions.csv:12: levels: unknown value \"TOWN\"; enter one of CITY, COUNTY, STATE",
    ];
    a_restriction_has_no_level: |data| data.add("restrictions.csv", &restriction(3, "")) => [
        "restrictions.csv:12: levels: blank; enter CITY, COUNTY, or STATE, or several of them",
    ];
    a_restriction_has_an_unknown_effect: |data| data.add("restrictions.csv", &restriction(4, "BANNED")) => [
        "restrictions.csv:12: effect: unknown value \"BANNED\"; enter one of BARRED, UNCLEAR",
    ];
    a_restriction_has_a_malformed_date: |data| data.add("restrictions.csv", &restriction(5, "2025-13")) => [
        "restrictions.csv:12: from: \"2025-13\" is not a date; enter one such as 1967, 1967-12, or 1967-12-18",
    ];
    a_restriction_ends_before_it_starts: |data| data.add("restrictions.csv", &restriction(6, "2024-12-31")) => [
        "restrictions.csv:12: until: \"2024-12-31\" is before from, \"2025\"; correct one of them",
    ];
    a_restriction_ends_in_the_year_in_which_it_starts: |data| data.add("restrictions.csv", &restriction(6, "2025-01-01")) => [];
    a_restriction_has_no_law: |data| data.add("restrictions.csv", &restriction(7, "")) => [
        "restrictions.csv:12: law: blank; enter the citation of the law",
    ];
    a_restriction_has_no_text: |data| data.add("restrictions.csv", &restriction(8, "")) => [
        "restrictions.csv:12: text: blank; enter a summary of the law",
    ];
    a_restriction_has_no_address: |data| data.add("restrictions.csv", &restriction(9, "")) => [
        "restrictions.csv:12: source_url: blank; enter the address of the law or of the report about it",
    ];
    a_restriction_has_a_malformed_address: |data| data.add("restrictions.csv", &restriction(9, "example.org")) => [
        "restrictions.csv:12: source_url: \"example.org\" is not a web address; it must start with https:// or http://",
    ];
    a_restriction_has_an_unknown_certainty: |data| data.add("restrictions.csv", &restriction(10, "SURE")) => [
        "restrictions.csv:12: certainty: unknown value \"SURE\"; enter one of PRIMARY_SOURCE, SECONDARY_SOURCE, UNVERIFIED",
    ];
}
