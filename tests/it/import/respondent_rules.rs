//! Rules for respondent-level data: an edit that breaks each rule, and the messages.

use super::rule_tests;
use crate::support::data_set::DataSet;

const HEADER: &str = "respondent_id,weight,stratum,psu,region,employer,party,aware,benefit,asia_matters,study_abroad";

/// Adds the codebook of the synthetic respondents, and these respondents.
fn add<'a>(data: &'a mut DataSet, rows: &str) -> &'a mut DataSet {
    let rows = rows.trim().replace(' ', "");
    data.add_respondents()
        .set_file("respondents.csv", &format!("{HEADER}\n{rows}\n"))
}

/// Three respondents without weights and without a design.
const ROWS: &str = "
    r1,,,,WEST,PUBLIC,,YES,VERY,,
    r2,,,,SOUTH,GOODS,OTHER,NO,,YES,NO
    r3,,,,SOUTH,,,,,,
";

rule_tests! {
    respondents_are_valid: |data| add(data, ROWS) => [];
    a_code_is_unknown: |data| add(data, ROWS).set("respondents.csv", "r2", "employer", "FARMS") => [
        "respondents.csv:3: employer: unknown code; enter one of PUBLIC, SERVICES, GOODS, or leave the cell blank",
    ];
    a_respondent_id_is_duplicated: |data| add(data, ROWS).set("respondents.csv", "r2", "respondent_id", "r1") => [
        "respondents.csv:3: respondent_id: duplicate id (first in respondents.csv:2); remove one",
    ];
    a_respondent_has_no_id: |data| add(data, ROWS).set("respondents.csv", "r2", "respondent_id", "") => [
        "respondents.csv:3: respondent_id: blank; enter an id",
    ];
    weights_are_not_valid: |data| add(data, "
        r1,0.5,,,,,,,,,
        r2,0,,,,,,,,,
        r3,inf,,,,,,,,,
        r4,-1,,,,,,,,,
        r5,NaN,,,,,,,,,
        r6,,,,,,,,,,
        r7,1e300,,,,,,,,,
    ") => [
        "respondents.csv:3: weight: not a valid weight; enter a decimal number above 0, up to 1000000000",
        "respondents.csv:4: weight: not a valid weight; enter a decimal number above 0, up to 1000000000",
        "respondents.csv:5: weight: not a valid weight; enter a decimal number above 0, up to 1000000000",
        "respondents.csv:6: weight: not a valid weight; enter a decimal number above 0, up to 1000000000",
        "respondents.csv:7: weight: blank, but other respondents of the survey have a weight; enter a decimal number above 0, up to 1000000000",
        "respondents.csv:8: weight: not a valid weight; enter a decimal number above 0, up to 1000000000",
    ];
    a_stratum_has_one_psu: |data| add(data, "
        r1,,a,1,,,,,,,
        r2,,a,2,,,,,,,
        r3,,b,1,,,,,,,
        r4,,b,1,,,,,,,
    ") => [
        "respondents.csv:4: stratum: the stratum has a single PSU, so its variance cannot be estimated; combine it with another stratum",
    ];
    a_psu_is_blank: |data| add(data, "
        r1,,a,1,,,,,,,
        r2,,a,2,,,,,,,
        r3,,a,,,,,,,,
        r4,,,2,,,,,,,
    ") => [
        "respondents.csv:4: psu: the PSU is blank, but other respondents of the survey have a stratum or PSU; enter both for every respondent",
        "respondents.csv:5: stratum: the stratum is blank, but other respondents of the survey have a stratum or PSU; enter both for every respondent",
    ];
    an_answer_was_not_asked_for: |data| add(data, ROWS).set("respondents.csv", "r2", "benefit", "VERY") => [
        "respondents.csv:3: benefit: an answer to a question that only respondents with AWARENESS=YES were asked; remove it",
    ];
    a_column_is_missing_from_the_codebook: |data| add(data, ROWS).edit_text("respondents.csv", |text| text.replace(",study_abroad", ",height")) => [
        "respondents.csv:1: study_abroad: the column is missing; the columns must be survey, respondent_id, weight, stratum, psu, region, employer, party, aware, benefit, asia_matters, study_abroad",
        "respondents.csv:1: height: the column is missing from codebook.csv; add it there, or remove it here",
    ];
    a_survey_of_respondents_is_unknown: |data| add(data, ROWS)
        .set_file("codebook.csv", "column,role,dimension,question,code,label\nid,ID,,,,\n")
        .set_file("code_groups.csv", "dimension,group,codes\n")
        .set_file("respondents.csv", "id,survey\n1,states-survey-2022\n2,\n3,states-survey-2021\n4,states-survey-2021\n") => [
        "respondents.csv:2: id: the stratum has a single PSU, so its variance cannot be estimated; combine it with another stratum",
        "respondents.csv:2: survey: unknown survey \"states-survey-2022\"; enter an id from surveys.csv (did you mean \"states-survey-2021\"?)",
        "respondents.csv:3: survey: blank; enter an id from surveys.csv",
        "respondents.csv:3: id: the stratum has a single PSU, so its variance cannot be estimated; combine it with another stratum",
    ];
    the_respondents_are_missing: |data| data.add_respondents().remove("respondents.csv") => [
        "respondents.csv:1: the file is missing; add it with the columns survey, respondent_id, weight, stratum, psu, region, employer, party, aware, benefit, asia_matters, study_abroad",
    ];
    the_codebook_is_not_valid: |data| add(data, ROWS).edit_text("codebook.csv", |text| text
        .replace("region,CATEGORY,REGION,,WEST,West", "region,CATEGORY,REGION,,West,West")
        .replace("region,CATEGORY,REGION,,SOUTH,South", "region,CATEGORY,EMPLOYER,,SOUTH,South")
        .replace("party,CATEGORY,PARTY,party,OTHER", "party,CATEGORY,PARTY,,OTHER")
        .replace("aware,CATEGORY,AWARENESS,aware,NO,", "aware,CATEGORY,AWARENESS,aware,YES,")
        .replace("psu,PSU", "psu,WEIGHT")
        .replace("study-abroad,YES", "abroad,YES")
        .replace("stratum,STRATUM", "stratum,LAYER")) => [
        "codebook.csv:4: role: unknown value \"LAYER\"; enter one of ID, WEIGHT, STRATUM, PSU, CATEGORY",
        "codebook.csv:5: role: another column has the role WEIGHT; remove one",
        "codebook.csv:6: code: malformed code \"West\"; use capital letters, digits, and _",
        "codebook.csv:8: dimension: the column \"region\" already has the dimension REGION; enter it",
        "codebook.csv:16: question: an earlier row of the column \"party\" has another question (party); enter the same",
        "codebook.csv:18: code: duplicate \"YES\"; enter another code",
        "codebook.csv:28: question: unknown question \"abroad\"; enter an id from questions.csv",
        "codebook.csv:29: question: an earlier row of the column \"study_abroad\" has another question (abroad); enter the same",
        "respondents.csv:2: region: unknown code; enter one of West, MIDWEST, NORTHEAST, or leave the cell blank",
        "respondents.csv:3: region: unknown code; enter one of West, MIDWEST, NORTHEAST, or leave the cell blank",
        "respondents.csv:3: party: unknown code; enter one of DEMOCRAT, REPUBLICAN, INDEPENDENT, or leave the cell blank",
        "respondents.csv:3: aware: unknown code; enter one of YES, NOT_SURE, or leave the cell blank",
        "respondents.csv:3: study_abroad: unknown code; enter one of YES, or leave the cell blank",
        "respondents.csv:4: region: unknown code; enter one of West, MIDWEST, NORTHEAST, or leave the cell blank",
    ];
    the_codebook_has_no_id: |data| add(data, ROWS).edit_text("codebook.csv", |text| text.replace("respondent_id,ID", "respondent_id,WEIGHT")) => [
        "codebook.csv:1: role: no column has the role ID; add one",
        "codebook.csv:3: role: another column has the role WEIGHT; remove one",
    ];
    a_dimension_has_two_columns: |data| add(data, ROWS).edit_text("codebook.csv", |text| text.replace("study_abroad,CATEGORY,STUDY_ABROAD,study-abroad,YES", "study_abroad,CATEGORY,PARTY,study-abroad,YES")) => [
        "codebook.csv:28: dimension: \"PARTY\" is already the dimension of the column \"party\"; use each dimension with one column",
    ];
    code_groups_are_not_valid: |data| add(data, ROWS).set_file("code_groups.csv", "dimension,group,codes\nBENEFIT,Good,VERY;EXTREMELY\nBENEFIT,TOP,VERY;HIGH\nBENEFIT,TOP,VERY\nEMPLOYER,PUBLIC,GOODS\nCHINA_JOBS,SOME,A;B\n") => [
        "code_groups.csv:2: group: malformed name \"Good\"; use capital letters, digits, and _",
        "code_groups.csv:3: codes: unknown code \"HIGH\"; enter one of EXTREMELY, VERY, SOMEWHAT, NOT_BENEFICIAL, NOT_SURE",
        "code_groups.csv:4: group: duplicate group of this dimension (first in code_groups.csv:3); remove one",
        "code_groups.csv:5: group: \"PUBLIC\" is a code of EMPLOYER; enter another name",
        "code_groups.csv:6: dimension: codebook.csv has no codes of CHINA_JOBS; add them, or remove the group",
    ];
}

#[test]
fn dimensions_have_few_codes_and_groups() {
    let mut data = DataSet::real();
    let codes: String = (0..21)
        .map(|n| format!("party,CATEGORY,PARTY,party,P{n},\n"))
        .collect();
    let groups: String = (0..21).map(|n| format!("PARTY,G{n},P0;P1\n")).collect();
    data.set_file(
        "codebook.csv",
        &format!("column,role,dimension,question,code,label\nid,ID,,,,\n{codes}"),
    )
    .set_file(
        "code_groups.csv",
        &format!("dimension,group,codes\n{groups}"),
    )
    .set_file("respondents.csv", "id,party\n1,P1\n2,P2\n");
    assert_eq!(
        data.problems(),
        [
            "code_groups.csv:22: group: PARTY has more than 20 groups; remove some",
            "codebook.csv:23: code: the column \"party\" has more than 20 codes; combine some",
        ]
    );
}

#[test]
fn messages_do_not_quote_respondents() {
    let secret = "Secret77";
    let mut data = DataSet::real();
    let cells = [secret; 11].join(",");
    let spaced = [" Secret77"; 11].join(",");
    add(&mut data, "").set_file(
        "respondents.csv",
        &format!("{HEADER}\n{cells}\n{cells}\n{spaced}\n"),
    );
    let problems = data.problems();
    assert!(problems.len() > 20, "{problems:?}");
    for problem in problems {
        assert!(!problem.contains(secret), "{problem}");
    }
}
