//! Rules for the format of the files: an edit that breaks each rule, and the messages.

use super::rule_tests;

rule_tests! {
    a_file_is_missing: |data| data.remove("states.csv") => [
        "states.csv:1: the file is missing; add it with the columns id, code, name, kind, fips, census_region, census_division, capital, population_2020, latitude, longitude",
    ];
    a_file_is_empty: |data| data.edit_bytes("surveys.csv", Vec::clear) => [
        "surveys.csv:1: the file is empty; add a header with the columns id, title, year, fielded_from, fielded_to, population, sample_size, source",
    ];
    a_column_is_missing: |data| data.edit_text("alternate_names.csv", |text| text.replacen("script", "language", 1)) => [
        "alternate_names.csv:1: script: the column is missing; the columns must be community_id, name, script",
        "alternate_names.csv:1: language: unknown column; the columns must be community_id, name, script",
    ];
    a_column_is_duplicated: |data| data.edit_text("figure_sources.csv", |text| text.replacen("as_of", "title", 1)) => [
        "figure_sources.csv:1: as_of: the column is missing; the columns must be id, title, publisher, url, as_of, note",
        "figure_sources.csv:1: title: the column appears twice; remove one",
    ];
    a_row_has_too_many_fields: |data| data.edit_text("cities.csv", |text| text.replacen("af-bamyan,Bamyan", "af-bamyan,Bamyan,Bamiyan", 1)) => [
        "cities.csv:3: the row has 14 fields; it must have 13, one for each column (put quotes around a cell that contains a comma)",
    ];
    a_row_has_too_few_fields: |data| data.edit_text("surveys.csv", |text| text.replacen(",1446,", ",", 1)) => [
        "surveys.csv:2: the row has 7 fields; it must have 8, one for each column (put quotes around a cell that contains a comma)",
    ];
    the_encoding_is_not_utf8: |data| data.edit_bytes("cities.csv", |bytes| { let n = bytes.windows(6).position(|window| window == b"Bamyan").unwrap(); bytes[n + 1] = 0xe1; }) => [
        "cities.csv:3: name: field 2 is not valid UTF-8; save the file as UTF-8",
    ];
    the_whole_file_is_in_another_encoding: |data| data.edit_bytes("cities.csv", |bytes| { for byte in bytes.iter_mut().filter(|byte| !byte.is_ascii()) { *byte = 0xe9; } }) => [
        "cities.csv:83: name: field 2 is not valid UTF-8; save the file as UTF-8",
    ];
    the_encoding_is_utf16: |data| data.edit_bytes("states.csv", |bytes| { let text = std::str::from_utf8(bytes).unwrap().to_owned(); *bytes = text.encode_utf16().flat_map(u16::to_le_bytes).collect(); bytes.splice(0..0, [0xff, 0xfe]); }) => [
        "states.csv:1: the file is UTF-16; save it as CSV in UTF-8",
    ];
    the_separator_is_a_semicolon: |data| data.edit_text("states.csv", |text| text.replace(',', ";")) => [
        "states.csv:1: the columns are separated by semicolons; save the file with commas",
    ];
    the_separator_is_a_tab: |data| data.edit_text("alternate_names.csv", |text| text.replace(',', "\t")) => [
        "alternate_names.csv:1: the columns are separated by tabs; save the file with commas",
    ];
    a_column_without_a_name_has_content: |data| data.edit_text("surveys.csv", |text| text.replace('\n', ",x\n").replacen(",x", ",", 1)) => [
        "surveys.csv:1: : unknown column; the columns must be id, title, year, fielded_from, fielded_to, population, sample_size, source",
    ];
    problems_that_follow_from_a_value_are_not_reported: |data| data.set("cities.csv", "us-ak-juneau", "is_capital", "yes") => [
        "cities.csv:884: is_capital: \"yes\" is neither true nor false; enter one of them",
    ];
    a_quote_is_not_closed: |data| data.edit_text("year_conflicts.csv", |text| text.replacen("t2a-oksca\"\n", "t2a-oksca\n", 1)) => [
        "year_conflicts.csv:24: years_by_source: contains a line break or another control character; remove it (is a closing quote missing?)",
    ];
    a_cell_begins_with_a_space: |data| data.set("cities.csv", "af-bamyan", "name", " Bamyan") => [
        "cities.csv:3: name: \" Bamyan\" starts or ends with a space; remove it",
    ];
    line_numbers_are_right_with_windows_line_endings: |data| data.edit_text("countries.csv", |text| text.replace("SOUTH_ASIA,34.", "ASIA,34.").replace("OCEANIA,7.3", "PACIFIC,7.3").replace('\n', "\r\n")) => [
        "countries.csv:2: subregion: unknown value \"ASIA\"; enter one of EAST_ASIA, SOUTHEAST_ASIA, SOUTH_ASIA, CENTRAL_ASIA, OCEANIA, NORTH_AMERICA",
        "countries.csv:36: subregion: unknown value \"PACIFIC\"; enter one of EAST_ASIA, SOUTHEAST_ASIA, SOUTH_ASIA, CENTRAL_ASIA, OCEANIA, NORTH_AMERICA",
    ];
    line_numbers_are_right_after_blank_lines_and_multiline_cells: |data| data.edit_text("survey_disclosure.csv", |text| text.replacen("Sponsor", "\"Spon\nsor\"", 1).replace("states-survey-2021,Mode", "\n\nstates-survey,Mode")) => [
        "survey_disclosure.csv:2: item: contains a line break or another control character; remove it (is a closing quote missing?)",
        "survey_disclosure.csv:11: survey: unknown survey \"states-survey\"; enter an id from surveys.csv",
    ];
}
