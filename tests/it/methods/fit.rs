//! The command `sistergraph fit`, run as a process.

use std::fs;

use crate::support::{data_set::DataSet, process::run_sistergraph};

#[test]
fn the_built_in_model_agrees_with_the_fit() {
    let output = run_sistergraph(&["fit", "--check"]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        stdout,
        "fitted 8 coefficients to 1188 partnerships (251773 rows); log-likelihood -5512.0814, without features -5922.9750\n\
         match_model.csv agrees with the fit\n"
    );
    assert!(output.status.success());
}

#[test]
fn a_folder_gets_the_model_of_its_data() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let mut data = DataSet::real();
    // An invalid model does not keep it from being written again.
    data.set("match_model.csv", "ROLE", "coefficient", "x");
    data.write_to(folder.path());
    let output = run_sistergraph(&["fit", "--data", path]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(
        stdout.ends_with(&format!("\nwrote {path}/match_model.csv\n")),
        "{stdout}"
    );
    let written = fs::read_to_string(folder.path().join("match_model.csv")).unwrap();
    let built_in = sistergraph::import::Files::embedded_in_memory();
    assert_eq!(written.as_bytes(), built_in["match_model.csv"]);

    let mut data = DataSet::real();
    data.set("match_model.csv", "ROLE", "coefficient", "2.1")
        .set("match_model.csv", "SAME_COUNTRY", "coefficient", "1.401");
    data.write_to(folder.path());
    let output = run_sistergraph(&["fit", "--check", "--data", path]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: match_model.csv does not match the data; run sistergraph fit to write it again: ROLE is 2.1, fitted 2.052; SAME_COUNTRY is 1.401, fitted -1.401\n"
    );

    data.remove("match_model.csv");
    fs::remove_file(folder.path().join("match_model.csv")).unwrap();
    let output = run_sistergraph(&["fit", "--check", "--data", path]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: match_model.csv is missing; run sistergraph fit to write it\n"
    );
}
