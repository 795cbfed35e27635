//! The command `sistergraph load`, run as a process.

use sea_orm::{ConnectionTrait, DatabaseBackend, EntityTrait, Statement};
use sistergraph::entity::dataset;

use crate::support::{data_set::DataSet, database::TestDatabase, process::run_sistergraph};

#[tokio::test]
async fn load_without_options_loads_the_built_in_data() {
    let database = TestDatabase::empty().await;
    let output = run_sistergraph(&["load", "--database-url", database.url()]);
    assert!(output.status.success());
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.starts_with("loaded revision "), "{stdout}");
    assert!(
        stdout.contains(&format!(
            "partnership                          {}",
            DataSet::real().row_count("partnerships.csv")
        )),
        "{stdout}"
    );
    assert!(
        output.stderr.is_empty(),
        "no progress bar without a terminal"
    );

    let db = database.connection();
    if db.get_database_backend() == DatabaseBackend::Postgres {
        let analyzed =
            "select 1 from pg_class where oid = 'partnership'::regclass and reltuples > 1000";
        let analyzed = Statement::from_string(DatabaseBackend::Postgres, analyzed);
        assert!(db.query_one_raw(analyzed).await.unwrap().is_some());
    }

    // Only `--verify` notices what another program has changed.
    let damage =
        "update partnership set established_year = 1900 where id = 'ca-los-angeles--jp-nagoya'";
    db.execute_unprepared(damage).await.unwrap();
    let stdout = |options: &[&str]| {
        let load = ["load", "--database-url", database.url()];
        let output = run_sistergraph(&[&load, options].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let again = stdout(&[]);
    assert!(again.starts_with("nothing to do: "), "{again}");
    let verified = stdout(&["--verify"]);
    assert!(
        verified.ends_with("\npartnership                             0        1        0\n"),
        "{verified}"
    );
    let verified = stdout(&["--verify"]);
    assert!(verified.starts_with("nothing to do: "), "{verified}");
}

#[tokio::test]
async fn an_invalid_data_set_is_reported_and_not_loaded() {
    let database = TestDatabase::migrated().await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    DataSet::real().write_to(folder.path());
    let load = ["load", "--database-url", database.url(), "--data", data];
    assert!(run_sistergraph(&load).status.success());
    let stored = || async {
        let row = dataset::Entity::find().one(database.connection()).await;
        row.unwrap().unwrap()
    };
    let before = stored().await;

    DataSet::real()
        .set("countries.csv", "AF", "subregion", "ASIA")
        .set("cities.csv", "af-bamyan", "latitude", "134.8")
        .write_to(folder.path());
    let output = run_sistergraph(&load);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "cities.csv:3: latitude: \"134.8\" is out of range; enter degrees north, from -90 to 90\n\
         countries.csv:2: subregion: unknown value \"ASIA\"; enter one of EAST_ASIA, \
         SOUTHEAST_ASIA, SOUTH_ASIA, CENTRAL_ASIA, OCEANIA, NORTH_AMERICA\n\
         2 problems; nothing was loaded\n"
    );
    assert_eq!(stored().await, before);
}

#[test]
fn errors_are_one_line() {
    let output = run_sistergraph(&["load", "--database-url", "mysql://me:secret@host/db"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: invalid database URL \"mysql://me:***@host/db\": unknown kind of database; use \
         sqlite:PATH or postgres://USER@HOST/DATABASE\n"
    );
}
