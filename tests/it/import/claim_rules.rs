//! Rules for `claims.csv`: rows that break each rule, and the messages.

use chrono::{Datelike, Utc};

use super::rule_tests;

rule_tests! {
    claims_may_be_missing: |data| assert!(!data.names().contains(&"claims.csv".to_owned())) => [];
    claims_may_be_as_precise_as_the_source: |data| data.add_claims(&[
        "ak--tw-taiwan-province,p-amfa-tw,ESTABLISHED,1988,1988,false,THIRD,",
        "ak--tw-taiwan-province,p-amfa-tw,RENEWED,1998,1998-02,false,THIRD,",
        "ak--tw-taiwan-province,p-amfa-tw,ENDED,2004,2004-02-29,true,THIRD,",
        "ak--tw-taiwan-province,p-amfa-tw,DORMANT,,,false,THIRD,\"by then, at least\"",
    ]) => [];
    a_claim_has_an_unknown_partnership: |data| data.add_claims(&["ak-juneau--ph-kalib,p-amfa-tw,ENDED,,,false,THIRD,"]) => [
        "claims.csv:2: partnership_id: unknown partnership \"ak-juneau--ph-kalib\"; enter an id from partnerships.csv (did you mean \"ak-juneau--ph-kalibo\"?)",
    ];
    a_claim_has_no_partnership: |data| data.add_claims(&[",p-amfa-tw,ENDED,,,false,THIRD,"]) => [
        "claims.csv:2: partnership_id: blank; enter an id from partnerships.csv",
    ];
    a_claim_has_an_unknown_source: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-two,ENDED,,,false,THIRD,"]) => [
        "claims.csv:2: source_id: unknown source \"p-amfa-two\"; enter an id from sources.csv or figure_sources.csv (did you mean \"p-amfa-tw\"?)",
    ];
    a_claim_has_no_source: |data| data.add_claims(&["ak--tw-taiwan-province,,ENDED,,,false,THIRD,"]) => [
        "claims.csv:2: source_id: blank; enter an id from sources.csv",
    ];
    a_claim_has_an_unknown_kind: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,END,,,false,THIRD,"]) => [
        "claims.csv:2: kind: unknown value \"END\"; enter one of RECORDED, ESTABLISHED, ENDED, DORMANT, RENEWED, FRIENDSHIP, DOUBTED",
    ];
    a_claim_has_an_unknown_side: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,ENDED,,,false,BOTH,"]) => [
        "claims.csv:2: side: unknown value \"BOTH\"; enter one of US, PARTNER, THIRD, DERIVED",
    ];
    a_claim_is_duplicated: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,RECORDED,,,false,THIRD,"]) => [
        "claims.csv:3: kind: duplicate claim (first in claims.csv:2); remove one",
    ];
    the_side_of_an_independent_source_is_derived: |data| data
        .add_claims(&[])
        .set("claims.csv", "ak--tw-taiwan-province", "side", "DERIVED") => [
        "claims.csv:2: side: \"DERIVED\" does not match the source \"p-amfa-tw\", which is independent; enter US, PARTNER, or THIRD",
    ];
    the_side_of_a_derived_source_is_another: |data| data
        .add_claims(&[])
        .set("claims.csv", "ak-anchorage--cn-harbin", "side", "US") => [
        "claims.csv:10: side: \"US\" does not match the source \"hekman2026\", which is not independent; enter DERIVED",
    ];
    a_source_speaks_for_two_sides: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,ENDED,,,false,PARTNER,"]) => [
        "claims.csv:3: side: \"THIRD\" is not the side of the same source in claims.csv:2, \"PARTNER\"; enter the same side in both rows",
    ];
    an_established_claim_has_no_year: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,ESTABLISHED,,,false,THIRD,"]) => [
        "claims.csv:2: year: blank; enter the year of the agreement, or enter the kind RECORDED",
    ];
    a_recorded_claim_has_a_year: |data| data
        .add_claims(&[])
        .set("claims.csv", "ak--tw-taiwan-province", "year", "1988") => [
        "claims.csv:2: year: \"1988\" does not match the kind RECORDED; leave it blank, or enter the kind ESTABLISHED",
    ];
    the_year_of_a_claim_is_in_the_future: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,ENDED,9999,,false,THIRD,"]) => [
        format!("claims.csv:2: year: \"9999\" is in the future; enter a year from 1700 to {}", Utc::now().year()),
    ];
    a_date_is_malformed: |data| data.add_claims(&[
        "ak--tw-taiwan-province,p-amfa-tw,ENDED,2004,2004-13,false,THIRD,",
        "ak--tw-taiwan-province,p-amfa-tw,RENEWED,2003,2003-02-29,false,THIRD,",
        "ak--tw-taiwan-province,p-amfa-tw,DORMANT,2003,2003-2-1,false,THIRD,",
        "ak--tw-taiwan-province,p-amfa-tw,FRIENDSHIP,2003,2003/02,false,THIRD,",
        "ak--tw-taiwan-province,p-amfa-tw,DOUBTED,2003,2003-+2-01,false,THIRD,",
    ]) => [
        "claims.csv:2: date: \"2004-13\" is not a date; enter one such as 1967, 1967-12, or 1967-12-18",
        "claims.csv:3: date: \"2003-02-29\" is not a date; enter one such as 1967, 1967-12, or 1967-12-18",
        "claims.csv:4: date: \"2003-2-1\" is not a date; enter one such as 1967, 1967-12, or 1967-12-18",
        "claims.csv:5: date: \"2003/02\" is not a date; enter one such as 1967, 1967-12, or 1967-12-18",
        "claims.csv:6: date: \"2003-+2-01\" is not a date; enter one such as 1967, 1967-12, or 1967-12-18",
    ];
    a_date_is_not_in_the_year: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,ENDED,2004,2005-01-01,false,THIRD,"]) => [
        "claims.csv:2: date: \"2005-01-01\" is not in the year 2004; enter the year of the date in both columns",
    ];
    a_date_has_no_year: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,ENDED,,2005-01,false,THIRD,"]) => [
        "claims.csv:2: year: blank, but date is not; enter \"2005\"",
    ];
    a_claim_without_a_year_is_reckoned: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,ENDED,,,true,THIRD,"]) => [
        "claims.csv:2: reckoned: \"true\", but the year is blank; enter the year, or false",
    ];
    reckoned_is_neither_true_nor_false: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,ENDED,,,yes,THIRD,"]) => [
        "claims.csv:2: reckoned: \"yes\" is neither true nor false; enter one of them",
    ];
    the_note_of_a_claim_has_a_line_break: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,ENDED,,,false,THIRD,\"two\nlines\""]) => [
        "claims.csv:2: note: contains a line break or another control character; remove it (is a closing quote missing?)",
    ];
    the_note_of_a_claim_starts_with_a_space: |data| data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,ENDED,,,false,THIRD, by 2012"]) => [
        "claims.csv:2: note: \" by 2012\" starts or ends with a space; remove it",
    ];
    a_source_has_no_recorded_claim: |data| data
        .add_claims(&[])
        .remove_row("claims.csv", "ak--tw-taiwan-province") => [
        "partnerships.csv:2: sources: \"p-amfa-tw\" has no RECORDED claim about this partnership in claims.csv; add one, or remove the source",
        "partnerships.csv:2: sources: \"p-st-akleg\" has no RECORDED claim about this partnership in claims.csv; add one, or remove the source",
    ];
    a_recorded_claim_is_not_of_a_source_of_the_partnership: |data| data.add_claims(&["ak--tw-taiwan-province,py-muni,RECORDED,,,false,THIRD,"]) => [
        "claims.csv:2: source_id: \"py-muni\" is not one of the sources of the partnership in partnerships.csv; add it there, or remove the claim",
    ];
    the_claims_lack_a_column: |data| data
        .add_claims(&[])
        .edit_rows("claims.csv", |header, rows| {
            header.remove(6);
            rows.iter_mut().for_each(|row| drop(row.remove(6)));
        }) => [
        "claims.csv:1: side: the column is missing; the columns must be partnership_id, source_id, kind, year, date, reckoned, side, note",
    ];
}
