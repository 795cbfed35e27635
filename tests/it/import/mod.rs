//! Loading datasets.

mod claim_rules;
mod command;
mod figure_rules;
mod file_format_rules;
mod interruption;
mod libreoffice;
mod loading;
mod match_rules;
mod partnership_rules;
mod respondent_rules;
mod respondents;
mod revision;

/// One test for each rule: an edit of the built-in data without its claims, and all problems that it causes.
macro_rules! rule_tests {
    ($($name:ident: |$data:ident| $change:expr => [$($problem:expr),* $(,)?];)+) => { $(
        #[test]
        fn $name() {
            let mut data_set = $crate::support::data_set::DataSet::real();
            let $data = data_set.remove("claims.csv");
            $change;
            let expected: &[String] = &[$($problem.to_owned()),*];
            assert_eq!(data_set.problems(), expected);
        }
    )+ };
}

use rule_tests;
