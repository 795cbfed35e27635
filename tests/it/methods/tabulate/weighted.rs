//! Weighted percentages, compared with those of R's package `survey`.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sistergraph::{
    stats::weighted::{Domain, SampledRespondent, WeightedSample, WeightedShare},
    vocabulary::Vocabulary,
};

use super::{Row, codes, golden, read_rows, respondents};

/// Returns the sample of the respondents. Without units, each respondent is one.
fn sample(rows: &[Row]) -> WeightedSample {
    let mut strata: BTreeMap<&str, u32> = BTreeMap::new();
    let mut units: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let design = rows.iter().map(|row| {
        let stratum = row["stratum"].as_str();
        let unit = match row["psu"].as_str() {
            "" => row["respondent_id"].as_str(),
            psu => psu,
        };
        let n_strata = strata.len() as u32;
        let stratum_number = *strata.entry(stratum).or_insert(n_strata);
        let n_units = units.len() as u32;
        SampledRespondent {
            weight: row["weight"].parse().expect("a number"),
            stratum: stratum_number,
            unit: *units.entry((stratum, unit)).or_insert(n_units),
        }
    });
    WeightedSample::new(design.collect())
}

/// Selects the respondents who answered a question and are in groups such as `aware=YES;benefit=VERY|SOMEWHAT`.
fn domain(sample: &WeightedSample, rows: &[Row], column: &str, given: &str) -> Domain {
    sample.domain(|index| {
        let row = &rows[index];
        let mut conditions = given.split(';').filter(|condition| !condition.is_empty());
        !row[column].is_empty()
            && conditions.all(|condition| {
                let (column, codes) = condition.split_once('=').expect("a condition");
                codes.split('|').any(|code| row[column] == code)
            })
    })
}

/// Checks a number that was printed with some decimals.
fn check(name: &str, value: f64, printed: &str) {
    let expected: f64 = printed.parse().expect("a number");
    let decimals = printed
        .split_once('.')
        .map_or(0, |(_, digits)| digits.len());
    let rounding = 0.500_001 * 10_f64.powi(-i32::try_from(decimals).expect("few digits"));
    let tolerance = rounding.max(1e-6 * expected.abs());
    assert!(
        (value - expected).abs() <= tolerance,
        "{name}: {value}, expected {printed}"
    );
}

fn check_optional(name: &str, value: Option<f64>, printed: &str) {
    match value {
        Some(value) => check(name, value, printed),
        None => assert_eq!(printed, "", "{name}"),
    }
}

#[test]
fn percentages_match_r() {
    for expected in golden("tabulate.csv") {
        let rows = respondents(&expected["file"]);
        let sample = sample(&rows);
        let column = expected["column"].as_str();
        let domain = domain(&sample, &rows, column, &expected["given"]);
        let has_outcome = |index: usize| {
            let code = rows[index][column].as_str();
            expected["codes"].split(';').any(|one| one == code)
        };
        let share = sample
            .estimate(&domain, has_outcome, 0.95)
            .expect("respondents");
        let name = format!("{expected:?}");
        let n_with_outcome = domain.members().filter(|index| has_outcome(*index)).count();
        assert_eq!(domain.len().to_string(), expected["n"], "{name}");
        assert_eq!(n_with_outcome.to_string(), expected["cell"], "{name}");
        assert_eq!(
            share.degrees_of_freedom.to_string(),
            expected["degrees_of_freedom"],
            "{name}"
        );
        check(&name, 100.0 * share.share, &expected["percent"]);
        check(
            &name,
            100.0 * share.standard_error,
            &expected["standard_error"],
        );
        check_optional(
            &name,
            share.margin.map(|margin| 100.0 * margin),
            &expected["margin"],
        );
        check_optional(
            &name,
            share.interval.map(|(low, _)| 100.0 * low),
            &expected["low"],
        );
        check_optional(
            &name,
            share.interval.map(|(_, high)| 100.0 * high),
            &expected["high"],
        );
        check_optional(&name, share.design_effect, &expected["design_effect"]);
        let effective = sample.effective_size(&domain);
        check(&name, effective, &expected["kish_n"]);
        check(
            &name,
            domain.len() as f64 / effective,
            &expected["kish_design_effect"],
        );
        let flags: Vec<_> = share
            .reliability()
            .into_iter()
            .map(Vocabulary::as_str)
            .collect();
        assert_eq!(flags.join(" "), expected["not_reliable"], "{name}");
    }
}

#[test]
fn tests_of_independence_match_r() {
    for expected in golden("independence.csv") {
        let rows = respondents(&expected["file"]);
        let sample = sample(&rows);
        let (a, b) = (expected["rows"].as_str(), expected["columns"].as_str());
        let domain = sample.domain(|n| !rows[n][a].is_empty() && !rows[n][b].is_empty());
        let position = |codes: &[String], code: &str| codes.iter().position(|one| one == code);
        let (row_codes, column_codes) = (codes(a), codes(b));
        let row = |n: usize| position(&row_codes, &rows[n][a]).expect("a code");
        let column = |n: usize| position(&column_codes, &rows[n][b]).expect("a code");
        let test = sample.independence(&domain, row, column).expect("a test");
        let transposed = sample.independence(&domain, column, row).expect("a test");
        for test in [test, transposed] {
            for (value, name) in [
                (test.statistic, "f"),
                (test.numerator, "numerator_df"),
                (test.denominator, "denominator_df"),
                (test.p_value, "p"),
            ] {
                let printed: f64 = expected[name].parse().expect("a number");
                assert!(
                    (value / printed - 1.0).abs() < 1e-6,
                    "{name}: {value}, {expected:?}"
                );
            }
        }
    }
}

/// Returns the percentages that a published figure allows.
fn published_range(figure: &Row) -> std::ops::RangeInclusive<f64> {
    let printed = figure["percent"].parse::<f64>();
    match (figure["qualifier"].as_str(), printed) {
        ("MAJORITY", _) => 50.0..=100.0,
        ("ROUNDED", Ok(printed)) => printed - 0.5..=printed + 0.5,
        ("APPROXIMATE", Ok(printed)) => printed - 2.0..=printed + 2.0,
        other => panic!("unexpected figure {other:?}"),
    }
}

#[test]
fn published_percentages_follow_from_the_synthetic_respondents() {
    let rows = respondents("respondents");
    let sample = sample(&rows);
    let columns: BTreeMap<String, String> = read_rows("examples/respondents/codebook.csv")
        .into_iter()
        .map(|row| (row["dimension"].clone(), row["column"].clone()))
        .collect();
    let groups = read_rows("examples/respondents/code_groups.csv");
    let has_code = |row: &Row, dimension: &str, value: &str| {
        let code = row[&columns[dimension]].as_str();
        let group = groups
            .iter()
            .find(|group| group["dimension"] == dimension && group["group"] == value);
        let codes = group.map_or(value, |group| group["codes"].as_str());
        codes.split(';').any(|one| one == code)
    };
    let is_in = |row: &Row, conditions: &str| {
        let mut conditions = conditions.split(';').filter(|part| !part.is_empty());
        conditions.all(|part| {
            let (dimension, value) = part.split_once('=').expect("a condition");
            has_code(row, dimension, value)
        })
    };
    let mut expected: BTreeMap<String, Row> = golden("reproduction.csv")
        .into_iter()
        .map(|row| (row["figure"].clone(), row))
        .collect();
    let mut n_figures = 0;
    for figure in read_rows("data/respondent_aggregates.csv") {
        let (dimension, _) = figure["outcome"].split_once('=').expect("an outcome");
        let Some(column) = columns.get(dimension) else {
            continue;
        };
        n_figures += 1;
        let group =
            sample.domain(|n| !rows[n][column].is_empty() && is_in(&rows[n], &figure["given"]));
        let share = sample.estimate(&group, |n| is_in(&rows[n], &figure["outcome"]), 0.95);
        let percent = 100.0 * share.expect("respondents").share;
        let name = &figure["id"];
        assert!(
            published_range(&figure).contains(&percent),
            "{name}: {percent}"
        );
        if let Some(expected) = expected.remove(name) {
            check(name, percent, &expected["tabulated"]);
            assert_eq!(group.len().to_string(), expected["n"], "{name}");
        }
    }
    assert_eq!((n_figures, expected.len()), (24, 0));
}

fn respondent() -> impl Strategy<Value = (SampledRespondent, u8)> {
    (1..50_u32, 0..3_u32, 0..4_u32, 0..3_u8).prop_map(|(weight, stratum, unit, code)| {
        let unit = stratum * 4 + unit;
        let weight = f64::from(weight) / 10.0;
        (
            SampledRespondent {
                weight,
                stratum,
                unit,
            },
            code,
        )
    })
}

fn estimate(rows: &[(SampledRespondent, u8)], level: f64) -> Option<WeightedShare> {
    let sample = WeightedSample::new(rows.iter().map(|(respondent, _)| *respondent).collect());
    let domain = sample.domain(|n| rows[n].1 != 2);
    sample.estimate(&domain, |n| rows[n].1 == 1, level)
}

proptest! {
    #[test]
    fn the_order_of_rows_does_not_matter(
        (rows, shuffled) in prop::collection::vec(respondent(), 1..80)
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        let (Some(one), Some(other)) = (estimate(&rows, 0.95), estimate(&shuffled, 0.95)) else {
            prop_assert!(estimate(&rows, 0.95).is_none() && estimate(&shuffled, 0.95).is_none());
            return Ok(());
        };
        prop_assert_eq!(one.degrees_of_freedom, other.degrees_of_freedom);
        for (a, b) in [
            (one.share, other.share),
            (one.standard_error, other.standard_error),
            (one.margin.unwrap_or(-1.0), other.margin.unwrap_or(-1.0)),
            (one.interval.map_or(-1.0, |(low, _)| low), other.interval.map_or(-1.0, |(low, _)| low)),
            (one.interval.map_or(-1.0, |(_, high)| high), other.interval.map_or(-1.0, |(_, high)| high)),
        ] {
            // The variance of proportions that hardly differ is a difference of nearly equal numbers.
            prop_assert!((a - b).abs() < 1e-6, "{} and {}", a, b);
        }
    }

    #[test]
    fn intervals_are_ordered_and_grow_with_the_level(rows in prop::collection::vec(respondent(), 1..80)) {
        let (Some(narrow), Some(wide)) = (estimate(&rows, 0.8), estimate(&rows, 0.99)) else {
            return Ok(());
        };
        let (Some((low, high)), Some((lower, higher))) = (narrow.interval, wide.interval) else {
            prop_assert_eq!(narrow.degrees_of_freedom, 0);
            prop_assert_eq!(narrow.margin, None);
            return Ok(());
        };
        prop_assert!(0.0 <= lower && lower <= low && high <= higher && higher <= 1.0);
        prop_assert!(low <= narrow.share + 1e-12 && narrow.share <= high + 1e-12);
    }

    #[test]
    fn nobody_and_everybody_are_exact(rows in prop::collection::vec(respondent(), 2..40), all in any::<bool>()) {
        let rows: Vec<_> = rows.into_iter().map(|(one, _)| (one, u8::from(all))).collect();
        let share = estimate(&rows, 0.95).expect("respondents");
        prop_assert_eq!(share.share, f64::from(u8::from(all)));
        prop_assert_eq!(share.standard_error, 0.0);
        prop_assert_eq!(share.design_effect, None);
        if let Some((low, high)) = share.interval {
            prop_assert_eq!(share.margin, Some(0.0));
            prop_assert_eq!(if all { high } else { low }, share.share);
            prop_assert!(low < high);
        }
    }
}
