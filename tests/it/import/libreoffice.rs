//! The files of the data folder after LibreOffice opened and saved them. The tests pass without it if it is not installed.

use tempfile::TempDir;

use crate::support::{
    data_set::DataSet,
    process::{run_sistergraph, run_tool},
};

/// Opens each CSV file of the folder `in` and saves it in the folder `out`, both in UTF-8 and with commas. `columns` are
/// the types of the columns in LibreOffice's notation, and `detect` is whether `true` and dates are recognized.
///
/// Returns `None` if it is not installed.
fn open_and_save(folder: &TempDir, columns: &str, detect: bool) -> Option<()> {
    let profile = format!(
        "-env:UserInstallation=file://{}/profile",
        folder.path().display()
    );
    let read = format!("--infilter=CSV:44,34,76,1,{columns},1033,false,{detect}");
    let write = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true";
    let data = DataSet::real();
    std::fs::create_dir(folder.path().join("in")).unwrap();
    data.write_to(&folder.path().join("in"));
    let files: Vec<String> = data
        .names()
        .iter()
        .map(|name| format!("in/{name}"))
        .collect();
    let mut arguments = vec![
        &*profile,
        "--headless",
        &read,
        "--convert-to",
        write,
        "--outdir",
        "out",
    ];
    arguments.extend(files.iter().map(String::as_str));
    run_tool(folder, "soffice", &arguments).map(drop)
}

/// Loads the folder `out`, and returns what the program prints.
fn load(folder: &TempDir) -> (bool, String) {
    let data = folder.path().join("out").display().to_string();
    let output = run_sistergraph(&["load", "--data", &data, "--database-url", "sqlite::memory:"]);
    let printed = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(printed).unwrap())
}

/// As `data/README.md` recommends.
#[test]
fn files_with_text_columns_are_the_same() {
    let folder = TempDir::new().unwrap();
    let text: Vec<String> = (1..=40).map(|column| format!("{column}/2")).collect();
    if open_and_save(&folder, &text.join("/"), false).is_none() {
        return;
    }
    let path = |name: &str| folder.path().join(name).display().to_string();
    let output = run_sistergraph(&["diff", &path("in"), &path("out")]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("0 rows differ"), "{printed}");
    let (is_loaded, printed) = load(&folder);
    assert!(is_loaded, "{printed}");
}

/// The only values whose meaning changes are codes with a leading zero; each is reported.
#[test]
fn detected_types_change_codes_with_a_leading_zero_only() {
    let folder = TempDir::new().unwrap();
    if open_and_save(&folder, "", true).is_none() {
        return;
    }
    let (is_loaded, printed) = load(&folder);
    assert!(!is_loaded);
    let problems: Vec<&str> = printed
        .lines()
        .filter(|line| line.contains(".csv:"))
        .collect();
    let states = DataSet::real().rows("states.csv");
    let changed = states
        .iter()
        .filter(|state| state["fips"].starts_with('0'))
        .count();
    assert_eq!(problems.len(), changed, "{printed}");
    for problem in problems {
        assert!(problem.starts_with("states.csv:"), "{problem}");
        assert!(problem.contains("fips: malformed code"), "{problem}");
        assert!(
            problem.ends_with("(in a spreadsheet, the column must be text)"),
            "{problem}"
        );
    }
}
