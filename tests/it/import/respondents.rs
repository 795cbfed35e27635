//! Loading respondent-level data.

use sea_orm::{EntityTrait, QueryOrder};
use sistergraph::{
    entity::{data_file, respondent, respondent_answer, respondent_data},
    import::{LoadOptions, load, load_with_options},
};

use crate::{
    history::small,
    support::{database::TestDatabase, process::run_sistergraph},
};

#[tokio::test]
async fn a_load_adds_and_removes_respondents() {
    let database = TestDatabase::migrated().await;
    let db = database.connection();
    let mut data = small();
    let without = data.tables();
    let with = data.add_respondents().tables();
    assert_ne!(without.revision, with.revision);
    load(db, &with, &()).await.unwrap();
    let rows = respondent::Entity::find()
        .order_by_asc(respondent::Column::Position)
        .all(db)
        .await
        .unwrap();
    assert!(with.respondent().eq(rows.iter().cloned()));
    assert_eq!(rows.len(), 1446);
    // Without a design, each respondent is a unit of one stratum.
    for (n, row) in (0..).zip(&rows) {
        assert_eq!((row.position, row.stratum, row.unit), (n, 0, n));
    }
    let answers = respondent_answer::Entity::find().all(db).await.unwrap();
    let cells = data.rows("respondents.csv").into_iter().flatten();
    let n_answers = cells
        .filter(|(column, cell)| {
            !["respondent_id", "weight"].contains(&column.as_str()) && !cell.is_empty()
        })
        .count();
    assert_eq!(answers.len(), n_answers);
    let surveys = respondent_data::Entity::find().all(db).await.unwrap();
    assert_eq!(surveys.len(), 1);
    assert!(surveys[0].is_synthetic);
    assert_eq!(
        (surveys[0].survey_id.as_str(), surveys[0].min_cell),
        ("states-survey-2021", 5)
    );

    // The files are not kept for the history, which only says that the data changed.
    let files = data_file::Entity::find().all(db).await.unwrap();
    assert!(files.iter().all(|file| {
        !["respondents.csv", "codebook.csv", "code_groups.csv"]
            .iter()
            .any(|name| file.name.starts_with(name))
    }));
    let summary = load_with_options(db, &without, &LoadOptions::default(), &())
        .await
        .unwrap();
    assert!(summary.has_changes);
    for (table, removed) in [
        ("respondent", 1446),
        ("respondent_data", 1),
        ("answer_code", 24),
        ("answer_code_group", 4),
    ] {
        let changes = summary
            .tables
            .iter()
            .find(|changes| changes.table == table)
            .unwrap();
        assert_eq!(
            (changes.added, changes.changed, changes.removed),
            (0, 0, removed),
            "{table}"
        );
    }
    assert_eq!(respondent::Entity::find().all(db).await.unwrap(), []);
    let history = sistergraph::entity::revision::Entity::find()
        .all(db)
        .await
        .unwrap();
    let counts: Vec<_> = history
        .iter()
        .map(|one| (one.added > 0, one.changed, one.removed))
        .collect();
    assert_eq!(counts, [(true, 0, 0), (false, 0, 0)]);
}

#[test]
fn the_order_of_respondents_makes_no_difference() {
    let mut data = small();
    let tables = data.add_respondents().tables();
    let reversed = data
        .edit_rows("respondents.csv", |_, rows| rows.reverse())
        .tables();
    assert!(tables.respondent().eq(reversed.respondent()));
    assert!(tables.respondent_answer().eq(reversed.respondent_answer()));
}

#[tokio::test]
async fn the_command_loads_respondents() {
    let database = TestDatabase::migrated().await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    small().write_to(folder.path());
    let load = ["load", "--database-url", database.url(), "--data", data];
    let with = |options: &[&str]| {
        let output = run_sistergraph(&[&load, options].concat());
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let surveys = || async {
        let all = respondent_data::Entity::find()
            .all(database.connection())
            .await
            .unwrap();
        all.into_iter()
            .map(|one| (one.is_synthetic, one.min_cell))
            .collect::<Vec<_>>()
    };
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/respondents");
    assert!(with(&["--respondents", examples, "--synthetic", "--min-cell", "10"]).0);
    assert_eq!(surveys().await, [(true, 10)]);
    // The options are part of the revision.
    let (_, stdout, _) = with(&["--respondents", examples]);
    assert!(stdout.starts_with("loaded revision"), "{stdout}");
    assert_eq!(surveys().await, [(false, 5)]);
    let (success, _, stderr) = with(&["--respondents", examples, "--min-cell", "2"]);
    assert!(!success && stderr.contains("--min-cell"), "{stderr}");
    let (success, _, stderr) = with(&["--respondents", data]);
    assert!(
        !success && stderr.starts_with("codebook.csv:1: the file is missing"),
        "{stderr}"
    );
    assert_eq!(surveys().await, [(false, 5)]);
    assert!(with(&[]).0);
    assert_eq!(surveys().await, []);
}
