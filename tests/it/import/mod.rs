//! Loading data sets.

mod command;
mod interruption;
mod loading;
mod revision;
mod rules;
mod rules_of_figures;
mod rules_of_form;

/// One test for each rule: the project's files with one change, and every problem that follows.
macro_rules! broken {
    ($($name:ident: |$data:ident| $change:expr => [$($problem:expr),+ $(,)?];)+) => { $(
        #[test]
        fn $name() {
            let mut set = $crate::support::data_set::DataSet::real();
            let $data = &mut set;
            $change;
            assert_eq!(set.problems(), [$($problem.to_owned()),+]);
        }
    )+ };
}

use broken;
