//! Rules for places, sources, and partnerships: an edit that breaks each rule, and the messages.

use chrono::{Datelike, Utc};

use super::rule_tests;

rule_tests! {
    a_required_cell_is_blank: |data| data.set("cities.csv", "af-bamyan", "name", "") => [
        "cities.csv:3: name: blank; enter the English name",
    ];
    a_code_is_malformed: |data| data.set("countries.csv", "AF", "iso3", "af") => [
        "countries.csv:2: iso3: malformed code \"af\"; enter the three-letter ISO 3166-1 code in capital letters",
    ];
    a_code_is_duplicated: |data| data.set("countries.csv", "AF", "iso3", "AUS") => [
        "countries.csv:3: iso3: duplicate \"AUS\" (first in countries.csv:2); enter another value",
    ];
    a_country_is_duplicated: |data| data.add("countries.csv", "JP,JPX,Japan again,EAST_ASIA,,,") => [
        "countries.csv:48: iso2: duplicate \"JP\" (first in countries.csv:14); enter another value",
    ];
    the_united_states_is_missing: |data| data.set("countries.csv", "US", "iso2", "UX").remove_row("common_names.csv", "America") => [
        "countries.csv:1: iso2: no row has the code US; add a row for the United States",
    ];
    an_enum_value_is_unknown: |data| data.set("provinces.csv", "af-herat-province", "kind", "Province") => [
        "provinces.csv:4: kind: unknown value \"Province\"; enter one of PROVINCE, PREFECTURE, STATE, REGION, MUNICIPALITY, TERRITORY (did you mean \"PROVINCE\"?)",
    ];
    an_id_is_malformed: |data| data.set("sources.csv", "p-ktoo", "id", "P_ktoo") => [
        "sources.csv:120: id: malformed id \"P_ktoo\"; use lowercase letters, digits, and hyphens between them",
    ];
    an_id_is_duplicated_in_a_file: |data| data.add("sources.csv", "census-regions,Again,,,,,,true") => [
        "sources.csv:1039: id: duplicate \"census-regions\" (first in sources.csv:2); enter another value",
    ];
    an_id_is_in_two_files: |data| data.add("cities.csv", "af-herat-province,Herat,CITY,AF,,,,,,false,,,") => [
        "cities.csv:1638: id: duplicate \"af-herat-province\" (first in provinces.csv:4); enter another value",
    ];
    a_source_is_in_two_files: |data| data.add("figure_sources.csv", "census-regions,Again,,,,") => [
        "figure_sources.csv:20: id: duplicate \"census-regions\" (first in sources.csv:2); enter another value",
    ];
    a_country_is_unknown: |data| data.set("provinces.csv", "jp-aichi-prefecture", "country_iso2", "JX") => [
        "cities.csv:283: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:328: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:334: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:358: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:417: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:456: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:477: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:501: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:511: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:562: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:573: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:600: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:618: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:619: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:621: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "cities.csv:629: province_id: \"jp-aichi-prefecture\" is in JX, but the city is in JP; enter a province of JP",
        "provinces.csv:71: country_iso2: unknown country \"JX\"; enter an iso2 code from countries.csv (did you mean \"JP\"?)",
        "provinces.csv:71: id: \"jp-aichi-prefecture\" does not match the location; it must start with \"jx-\"",
    ];
    a_state_is_unknown: |data| data.set("cities.csv", "us-ak-juneau", "us_state_code", "AX") => [
        "cities.csv:884: us_state_code: unknown state \"AX\"; enter a code from states.csv (did you mean \"AK\"?)",
        "states.csv:2: capital: \"Juneau\" is not the capital of AK in cities.csv; enter the name of a city that has us_state_code AK and is_capital true",
    ];
    a_state_id_does_not_match_its_code: |data| data.set("states.csv", "us-gu", "code", "GM") => [
        "cities.csv:1161: us_state_code: unknown state \"GU\"; enter a code from states.csv (did you mean \"GA\"?)",
        "cities.csv:1162: us_state_code: unknown state \"GU\"; enter a code from states.csv (did you mean \"GA\"?)",
        "cities.csv:1163: us_state_code: unknown state \"GU\"; enter a code from states.csv (did you mean \"GA\"?)",
        "cities.csv:1164: us_state_code: unknown state \"GU\"; enter a code from states.csv (did you mean \"GA\"?)",
        "cities.csv:1165: us_state_code: unknown state \"GU\"; enter a code from states.csv (did you mean \"GA\"?)",
        "cities.csv:1166: us_state_code: unknown state \"GU\"; enter a code from states.csv (did you mean \"GA\"?)",
        "cities.csv:1167: us_state_code: unknown state \"GU\"; enter a code from states.csv (did you mean \"GA\"?)",
        "states.csv:13: capital: \"Hagatna\" is not the capital of GM in cities.csv; enter the name of a city that has us_state_code GM and is_capital true",
        "states.csv:13: id: \"us-gu\" does not match the location; it must be \"us-gm\"",
    ];
    a_state_has_no_region: |data| data.set("states.csv", "us-ak", "census_region", "") => [
        "states.csv:2: census_region: blank for a STATE; enter one of WEST, MIDWEST, SOUTH, NORTHEAST",
    ];
    a_capital_is_not_a_capital_city_of_the_state: |data| data.set("states.csv", "us-ak", "capital", "Anchorage") => [
        "states.csv:2: capital: \"Anchorage\" is not the capital of AK in cities.csv; enter the name of a city that has us_state_code AK and is_capital true",
    ];
    a_fips_code_is_malformed: |data| data.set("states.csv", "us-ak", "fips", "2") => [
        "states.csv:2: fips: malformed code \"2\"; enter two digits, such as \"02\" (in a spreadsheet, the column must be text)",
    ];
    a_us_city_has_no_state: |data| data.set("cities.csv", "us-ak-juneau", "us_state_code", "") => [
        "cities.csv:884: us_state_code: blank for a US city; enter the code of its state",
    ];
    a_partner_city_has_a_state: |data| data.set("cities.csv", "af-bamyan", "us_state_code", "AK") => [
        "cities.csv:3: us_state_code: \"AK\" for a city in AF; leave it blank outside the US",
    ];
    a_province_is_unknown: |data| data.set("cities.csv", "jp-nagoya", "province_id", "jp-aichi-prefectur") => [
        "cities.csv:477: province_id: unknown province \"jp-aichi-prefectur\"; enter an id from provinces.csv (did you mean \"jp-aichi-prefecture\"?)",
    ];
    a_province_is_a_city: |data| data.set("cities.csv", "jp-nagoya", "province_id", "jp-kyoto") => [
        "cities.csv:477: province_id: unknown province \"jp-kyoto\"; enter an id from provinces.csv",
    ];
    a_province_is_in_another_country: |data| data.set("cities.csv", "jp-nagoya", "province_id", "af-herat-province") => [
        "cities.csv:477: province_id: \"af-herat-province\" is in AF, but the city is in JP; enter a province of JP",
    ];
    a_latitude_is_out_of_range: |data| data.set("cities.csv", "jp-nagoya", "latitude", "91") => [
        "cities.csv:477: latitude: \"91\" is out of range; enter degrees north, from -90 to 90",
    ];
    a_longitude_is_out_of_range: |data| data.set("cities.csv", "jp-nagoya", "longitude", "-180.5") => [
        "cities.csv:477: longitude: \"-180.5\" is out of range; enter degrees east, from -180 to 180",
    ];
    a_latitude_has_no_longitude: |data| data.set("cities.csv", "jp-nagoya", "longitude", "") => [
        "cities.csv:477: longitude: blank, but latitude is not; enter both or neither",
    ];
    a_number_is_malformed: |data| data.set("cities.csv", "jp-nagoya", "population", "2 million") => [
        "cities.csv:477: population: \"2 million\" is not a number; enter the number of inhabitants, from 0 to 2147483647",
    ];
    a_number_is_in_scientific_notation: |data| data.set("cities.csv", "jp-nagoya", "latitude", "3.5e1") => [
        "cities.csv:477: latitude: \"3.5e1\" is not a number; enter degrees north, from -90 to 90",
    ];
    a_population_is_negative: |data| data.set("cities.csv", "jp-nagoya", "population", "-1") => [
        "cities.csv:477: population: \"-1\" is out of range; enter the number of inhabitants, from 0 to 2147483647",
    ];
    a_population_is_too_large: |data| data.set("cities.csv", "jp-nagoya", "population", "99999999999") => [
        "cities.csv:477: population: \"99999999999\" is out of range; enter the number of inhabitants, from 0 to 2147483647",
    ];
    a_boolean_is_malformed: |data| data.set("cities.csv", "jp-nagoya", "is_capital", "yes") => [
        "cities.csv:477: is_capital: \"yes\" is neither true nor false; enter one of them",
    ];
    a_wikidata_item_is_malformed: |data| data.set("cities.csv", "jp-nagoya", "wikidata_qid", "11568") => [
        "cities.csv:477: wikidata_qid: malformed Wikidata item \"11568\"; enter one such as Q17",
    ];
    an_alternate_name_has_an_unknown_community: |data| data.add("alternate_names.csv", "jp-nagoyaa,Nagoia,LATIN") => [
        "alternate_names.csv:9694: community_id: unknown community \"jp-nagoyaa\"; enter the id of a city, state, or province (did you mean \"jp-nagoya\"?)",
    ];
    a_common_name_has_an_unknown_place: |data| data.add("common_names.csv", "Nagoia,jp-nagoyaa,former spelling") => [
        "common_names.csv:108: place: unknown place \"jp-nagoyaa\"; enter the id of a city, state, or province, or the iso2 code of a country (did you mean \"jp-nagoya\"?)",
    ];
    a_common_name_is_duplicated_in_another_case: |data| data.add("common_names.csv", "nyc,US,abbreviation") => [
        "common_names.csv:108: name: duplicate name (first in common_names.csv:91); remove one",
    ];
    a_common_name_is_blank: |data| data.add("common_names.csv", ",us-or,nickname").add("common_names.csv", "Beaver State,,") => [
        "common_names.csv:108: name: blank; enter an abbreviation, nickname, or former name",
        "common_names.csv:109: place: blank; enter the id of a community, or the code of a country",
        "common_names.csv:109: note: blank; enter what kind of name it is",
    ];
    an_alternate_name_is_duplicated: |data| data.add("alternate_names.csv", "af-asadabad,Assad-Abad,LATIN") => [
        "alternate_names.csv:9694: name: duplicate name for this community (first in alternate_names.csv:2); remove one",
    ];
    a_url_is_malformed: |data| data.set("sources.csv", "p-ktoo", "url", "www.ktoo.org") => [
        "sources.csv:120: url: \"www.ktoo.org\" is not a web address; it must start with https:// or http://",
    ];
    a_community_is_unknown: |data| data.set("partnerships.csv", "ak-anchorage--cn-harbin", "partner_community_id", "cn-harbinn") => [
        "partnerships.csv:4: partner_community_id: unknown community \"cn-harbinn\"; enter the id of a city, state, or province (did you mean \"cn-harbin\"?)",
    ];
    the_us_community_is_not_in_the_us: |data| data.set("partnerships.csv", "ak-anchorage--cn-harbin", "us_community_id", "jp-nagoya") => [
        "partnerships.csv:4: us_community_id: \"jp-nagoya\" is in JP; enter the id of a US city or state",
        "partnerships.csv:4: id: \"ak-anchorage--cn-harbin\" does not match the two communities; it must be \"jp-nagoya--cn-harbin\"",
    ];
    the_partner_is_in_the_us: |data| data.set("partnerships.csv", "ak-anchorage--cn-harbin", "partner_community_id", "us-ak-juneau") => [
        "partnerships.csv:4: partner_community_id: \"us-ak-juneau\" is in the US; enter the id of a city or province in another country",
        "partnerships.csv:4: id: \"ak-anchorage--cn-harbin\" does not match the two communities; it must be \"ak-anchorage--us-ak-juneau\"",
    ];
    an_id_does_not_match_the_communities: |data| data.set("partnerships.csv", "ak-anchorage--cn-harbin", "id", "anchorage--harbin") => [
        "partnerships.csv:4: id: \"anchorage--harbin\" does not match the two communities; it must be \"ak-anchorage--cn-harbin\"",
    ];
    a_partnership_is_duplicated: |data| data.add("partnerships.csv", "ak-anchorage--cn-harbin,us-ak-anchorage,cn-harbin,CITY,,LISTED,,,kompot2023") => [
        "partnerships.csv:1323: id: duplicate \"ak-anchorage--cn-harbin\" (first in partnerships.csv:4); enter another value",
        "partnerships.csv:1323: partner_community_id: duplicate pair of communities (first in partnerships.csv:4); remove one",
    ];
    the_level_of_a_city_is_wrong: |data| data.set("partnerships.csv", "ak-anchorage--cn-harbin", "level", "STATE") => [
        "partnerships.csv:4: level: \"STATE\" does not match \"us-ak-anchorage\", which is a CITY; enter CITY",
    ];
    the_level_of_a_county_is_wrong: |data| data.set("cities.csv", "us-ak-anchorage", "kind", "COUNTY") => [
        "partnerships.csv:3: level: \"CITY\" does not match \"us-ak-anchorage\", which is a COUNTY; enter COUNTY",
        "partnerships.csv:4: level: \"CITY\" does not match \"us-ak-anchorage\", which is a COUNTY; enter COUNTY",
        "partnerships.csv:5: level: \"CITY\" does not match \"us-ak-anchorage\", which is a COUNTY; enter COUNTY",
        "partnerships.csv:6: level: \"CITY\" does not match \"us-ak-anchorage\", which is a COUNTY; enter COUNTY",
    ];
    the_level_of_a_state_is_wrong: |data| data.set("partnerships.csv", "ak--tw-taiwan-province", "level", "CITY") => [
        "partnerships.csv:2: level: \"CITY\" does not match \"us-ak\", which is a STATE; enter STATE",
    ];
    a_year_is_in_the_future: |data| data.set("partnerships.csv", "ak-anchorage--cn-harbin", "established_year", "9999") => [
        format!("partnerships.csv:4: established_year: \"9999\" is in the future; enter a year from 1700 to {}", Utc::now().year()),
    ];
    a_year_is_too_early: |data| data.set("partnerships.csv", "ak-anchorage--cn-harbin", "established_year", "1066") => [
        format!("partnerships.csv:4: established_year: \"1066\" is too early; enter a year from 1700 to {}", Utc::now().year()),
    ];
    an_ended_year_requires_the_status_ended: |data| data.set("partnerships.csv", "ak-anchorage--cn-harbin", "ended_year", "2018") => [
        "partnerships.csv:4: ended_year: \"2018\" does not match the status LISTED; enter the status ENDED, or leave the year blank",
    ];
    an_ended_year_is_before_the_established_year: |data| data.set("partnerships.csv", "ca-milpitas--ph-dagupan", "ended_year", "2001") => [
        "partnerships.csv:223: ended_year: \"2001\" is before established_year 2002; enter 2002 or a later year",
    ];
    the_status_ended_has_no_source: |data| data.set("partnerships.csv", "ca-milpitas--ph-dagupan", "status_sources", "") => [
        "partnerships.csv:223: status_sources: blank for the status ENDED; enter the id of the source that reports it, or the status LISTED",
    ];
    a_partnership_has_no_source: |data| data.set("partnerships.csv", "ak-anchorage--cn-harbin", "sources", "") => [
        "partnerships.csv:4: sources: blank; enter the id of at least one source",
    ];
    a_source_is_unknown: |data| data.set("partnerships.csv", "ak-anchorage--cn-harbin", "sources", "kompot2022;wikidata2016") => [
        "partnerships.csv:4: sources: unknown source \"kompot2022\"; enter an id from sources.csv or figure_sources.csv (did you mean \"kompot2023\"?)",
    ];
    a_source_is_listed_twice: |data| data.set("partnerships.csv", "ak-anchorage--cn-harbin", "sources", "kompot2023;kompot2023") => [
        "partnerships.csv:4: sources: \"kompot2023\" is listed twice; remove one",
    ];
    a_list_has_an_empty_item: |data| data.set("partnerships.csv", "ak-anchorage--cn-harbin", "sources", "kompot2023;;wikidata2016") => [
        "partnerships.csv:4: sources: \"kompot2023;;wikidata2016\" has a blank item or a space next to a semicolon; separate items with a single semicolon",
    ];
    a_note_has_an_unknown_partnership: |data| data.add("partnership_notes.csv", "ak-juneau--ph-kalib,DOUBT,Is it?") => [
        "partnership_notes.csv:776: partnership_id: unknown partnership \"ak-juneau--ph-kalib\"; enter an id from partnerships.csv (did you mean \"ak-juneau--ph-kalibo\"?)",
    ];
    a_note_is_a_year_conflict: |data| data.add("partnership_notes.csv", "ak-juneau--ph-kalibo,YEAR_CONFLICT,Is it?") => [
        "partnership_notes.csv:776: kind: \"YEAR_CONFLICT\" is not allowed in this file; enter SOURCE_NOTE, STATUS_NOTE, or DOUBT, or move the row to year_conflicts.csv",
    ];
    a_year_conflict_uses_another_year: |data| data.set("year_conflicts.csv", "wa-kent--jp-tamba", "year_used", "1969") => [
        "year_conflicts.csv:23: year_used: \"1969\" is not the established_year of the partnership; enter \"1968\"",
    ];
    a_year_conflict_is_malformed: |data| data.set("year_conflicts.csv", "wa-kent--jp-tamba", "years_by_source", "1968, 1969") => [
        "year_conflicts.csv:23: years_by_source: malformed item \"1968, 1969\"; write years and sources like \"1998: a-source; 2017: b-source, c-source\"",
    ];
    a_year_conflict_is_duplicated: |data| data.add("year_conflicts.csv", "wa-kent--jp-tamba,1968,1968: p-cgseattle") => [
        "year_conflicts.csv:25: partnership_id: duplicate partnership (first in year_conflicts.csv:23); remove one",
    ];
}
