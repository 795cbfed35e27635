//! Rules for surveys and figures: an edit that breaks each rule, and the messages.

use chrono::{Datelike, Utc};

use super::rule_tests;

rule_tests! {
    a_date_is_malformed: |data| data.set("surveys.csv", "states-survey-2021", "fielded_from", "21.9.2021") => [
        "surveys.csv:2: fielded_from: \"21.9.2021\" is not a date; enter one such as 2021-09-21",
    ];
    a_survey_ends_before_it_begins: |data| data.set("surveys.csv", "states-survey-2021", "fielded_to", "2021-09-20") => [
        "surveys.csv:2: fielded_to: \"2021-09-20\" is before fielded_from 2021-09-21; enter 2021-09-21 or a later date",
    ];
    the_sample_size_is_zero: |data| data.set("surveys.csv", "states-survey-2021", "sample_size", "0") => [
        "surveys.csv:2: sample_size: \"0\" is out of range; enter the number of respondents, from 1 to 2147483647",
    ];
    the_year_of_a_survey_is_not_that_of_its_dates: |data| data.set("surveys.csv", "states-survey-2021", "year", "2020") => [
        "surveys.csv:2: year: \"2020\" is not a year of the dates of fieldwork; enter 2021",
    ];
    the_year_of_a_survey_is_in_the_future: |data| data.set("surveys.csv", "public-survey-2024", "year", "9999") => [
        format!("surveys.csv:5: year: \"9999\" is in the future; enter a year from 1700 to {}", Utc::now().year()),
    ];
    the_url_of_a_figure_source_is_malformed: |data| data.set("figure_sources.csv", "scmp-2022", "url", "www.scmp.com") => [
        "figure_sources.csv:5: url: \"www.scmp.com\" is not a web address; it must start with https:// or http://",
    ];
    a_survey_has_an_unknown_source: |data| data.set("surveys.csv", "states-survey-2021", "source", "states-survey-2020") => [
        "surveys.csv:2: source: unknown source \"states-survey-2020\"; enter an id from sources.csv or figure_sources.csv (did you mean \"states-survey-2021\"?)",
    ];
    a_disclosure_item_is_duplicated: |data| data.add("survey_disclosure.csv", "states-survey-2021,Sponsor,Nobody") => [
        "survey_disclosure.csv:52: item: duplicate item for this survey (first in survey_disclosure.csv:2); remove one",
    ];
    a_question_has_an_unknown_survey: |data| data.set("questions.csv", "employer", "survey", "states-survey-2020") => [
        "questions.csv:4: survey: unknown survey \"states-survey-2020\"; enter an id from surveys.csv (did you mean \"states-survey-2021\"?)",
    ];
    a_question_has_an_unknown_country: |data| data.set("questions.csv", "china-jobs", "country", "CHN") => [
        "questions.csv:9: country: unknown country \"CHN\"; enter an iso2 code from countries.csv (did you mean \"CN\"?)",
    ];
    a_response_is_malformed: |data| data.set("questions.csv", "study-abroad", "responses", "YES;Not sure") => [
        "questions.csv:7: responses: malformed response \"Not sure\"; use capital letters, digits, and _",
    ];
    a_condition_is_malformed: |data| data.set("questions.csv", "benefit", "asked_of", "AWARENESS") => [
        "questions.csv:3: asked_of: malformed condition \"AWARENESS\"; write it like \"AWARENESS=YES\"",
    ];
    a_dimension_is_unknown: |data| data.set("questions.csv", "benefit", "asked_of", "AWARE=YES") => [
        "questions.csv:3: asked_of: unknown value \"AWARE\"; enter one of REGION, EMPLOYER, PARTY, AWARENESS, BENEFIT, ASIA_MATTERS, STUDY_ABROAD, CHINA_TRADE_BENEFIT, CHINA_JOBS, ASIA_JOBS, CHINA_COMPETITION",
    ];
    a_percentage_has_an_unknown_question: |data| data.set("respondent_aggregates.csv", "study-abroad-among-aware", "question", "abroad") => [
        "respondent_aggregates.csv:22: question: unknown question \"abroad\"; enter an id from questions.csv",
    ];
    an_outcome_is_not_a_response: |data| data.set("respondent_aggregates.csv", "aware-no", "outcome", "AWARENESS=NEVER") => [
        "respondent_aggregates.csv:4: outcome: \"NEVER\" is not a response to question \"aware\"; enter one of YES, NO, NOT_SURE",
    ];
    an_outcome_belongs_to_another_question: |data| data.set("respondent_aggregates.csv", "aware-no", "outcome", "PARTY=DEMOCRAT") => [
        "respondent_aggregates.csv:4: outcome: \"DEMOCRAT\" is not a response to question \"aware\"; enter one of YES, NO, NOT_SURE",
        "respondent_aggregates.csv:18: outcome: \"PARTY\" is already an outcome of question \"aware\"; use each dimension with one question of a survey only",
        "respondent_aggregates.csv:19: outcome: \"PARTY\" is already an outcome of question \"aware\"; use each dimension with one question of a survey only",
        "respondent_aggregates.csv:20: outcome: \"PARTY\" is already an outcome of question \"aware\"; use each dimension with one question of a survey only",
    ];
    a_condition_is_not_a_response: |data| data.set("respondent_aggregates.csv", "study-abroad-among-aware", "given", "AWARENESS=MAYBE") => [
        "respondent_aggregates.csv:22: given: \"MAYBE\" is not a response to question \"aware\"; enter one of YES, NO, NOT_SURE",
    ];
    a_condition_is_not_a_region: |data| data.set("respondent_aggregates.csv", "aware-yes-west", "given", "REGION=WESTERN") => [
        "respondent_aggregates.csv:5: given: unknown value \"WESTERN\"; enter one of WEST, MIDWEST, SOUTH, NORTHEAST",
    ];
    a_percentage_is_above_a_hundred: |data| data.set("respondent_aggregates.csv", "aware-no", "percent", "101") => [
        "respondent_aggregates.csv:4: percent: \"101\" is out of range; enter the printed number, from 0 to 100",
    ];
    a_percentage_is_blank: |data| data.set("respondent_aggregates.csv", "aware-no", "percent", "") => [
        "respondent_aggregates.csv:4: percent: blank with the qualifier APPROXIMATE; enter the printed number, or the qualifier MAJORITY if the source gives no number",
    ];
    a_flag_is_unknown: |data| data.set("respondent_aggregates.csv", "aware-no", "flags", "DISPUTE") => [
        "respondent_aggregates.csv:4: flags: unknown value \"DISPUTE\"; enter one of BASE_NOT_PUBLISHED, BASE_NOT_STATED, WORDING_NOT_PUBLISHED, DIRECTION_REVERSED_IN_PROSE, SCOPE_DRIFT, SOURCE_IMPLIED, DISPUTED, SECOND_HAND (did you mean \"DISPUTED\"?)",
    ];
    a_percentage_is_duplicated: |data| data.set("respondent_aggregates.csv", "aware-no", "id", "aware-yes") => [
        "respondent_aggregates.csv:4: id: duplicate \"aware-yes\" (first in respondent_aggregates.csv:2); enter another value",
    ];
    a_number_is_blank: |data| data.set("published_statistics.csv", "japan", "value", "") => [
        "published_statistics.csv:12: value: blank with the qualifier EXACT; enter the printed number, or the qualifier MAJORITY if the source gives no number",
    ];
    a_share_is_above_a_hundred: |data| data.set("published_statistics.csv", "west-share", "value", "150") => [
        "published_statistics.csv:20: value: \"150\" is out of range; enter the printed number, from 0 to 100",
    ];
    digits_are_fewer_than_the_decimals_of_the_value: |data| data.set("published_statistics.csv", "asia-share-worldwide", "digits", "0") => [
        "published_statistics.csv:9: digits: \"0\" is too few decimals for the value 33.8; enter at least 1",
    ];
    the_year_of_a_statistic_is_in_the_future: |data| data.set("published_statistics.csv", "japan-cities-2024", "year", "9999") => [
        format!("published_statistics.csv:56: year: \"9999\" is in the future; enter a year from 1700 to {}", Utc::now().year()),
    ];
    a_statistic_has_an_unknown_state: |data| data.set("published_statistics.csv", "mississippi", "state", "MX") => [
        "published_statistics.csv:6: state: unknown state \"MX\"; enter a code from states.csv (did you mean \"MA\"?)",
    ];
    a_statistic_has_an_unknown_country: |data| data.set("published_statistics.csv", "japan", "country", "JA") => [
        "published_statistics.csv:12: country: unknown country \"JA\"; enter an iso2 code from countries.csv (did you mean \"JP\"?)",
    ];
    a_statistic_has_an_unknown_region: |data| data.set("published_statistics.csv", "west", "region", "WESTERN") => [
        "published_statistics.csv:19: region: unknown value \"WESTERN\"; enter one of WEST, MIDWEST, SOUTH, NORTHEAST",
    ];
    a_statistic_is_duplicated: |data| data.set("published_statistics.csv", "japan", "id", "china") => [
        "published_statistics.csv:13: id: duplicate \"china\" (first in published_statistics.csv:12); enter another value",
    ];
}
