//! Rolling upgrades: servers of an older version read a database that a newer version has migrated.

use sea_orm::ConnectionTrait;
use sistergraph::db::{connection::connect, migration::migrate};

use crate::support::{
    database::TestDatabase,
    process::{Server, sistergraph},
};

const LATER: &str = "m20991231_000001_from_the_future";

#[tokio::test(flavor = "multi_thread")]
async fn a_database_with_a_later_migration_is_read_if_that_is_compatible() {
    let database = TestDatabase::loaded().await;
    let execute = async |sql: String| {
        let connection = connect(database.url()).await.unwrap();
        connection.execute_unprepared(&sql).await.unwrap();
        connection.close().await.unwrap();
    };
    execute(format!(
        "insert into seaql_migrations values ('{LATER}', 0)"
    ))
    .await;
    execute("create table later (id integer)".to_owned()).await;
    let folder = tempfile::tempdir().unwrap();
    let url = ["--database-url", database.url()];
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    let output = |arguments: &[&str]| {
        let mut command = sistergraph(&folder);
        let output = command.args(arguments).args(url).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let newer = "the database is newer than this program, which can only read it: it has the migration \
                 m20991231_000001_from_the_future; migrate and load it with the newer version";
    // Twice, because nothing may change it.
    for _ in 0..2 {
        let server = Server::start(sistergraph(&folder).args(serve).args(url));
        assert!(server.startup_log.contains(newer), "{}", server.startup_log);
        let answer = server.query("{ states { totalCount } }");
        assert_eq!(answer["states"]["totalCount"], 52);
        server.stop();
        assert_eq!(output(&["audit"]).0, Some(0));
        for arguments in [
            &["migrate"] as &[&str],
            &["load"],
            &["serve", "--listen", "127.0.0.1:0", "--data", data],
        ] {
            let (status, errors) = output(arguments);
            assert_eq!(status, Some(1), "{errors}");
            assert!(errors.contains(newer), "{errors}");
        }
    }
    // Without data, it would have to be loaded.
    let empty = TestDatabase::migrated().await;
    let sql = format!("insert into seaql_migrations values ('{LATER}', 0)");
    empty.connection().execute_unprepared(&sql).await.unwrap();
    let error = migrate(empty.connection()).await.unwrap_err();
    assert_eq!(error.to_string(), newer);
    // A later migration that removes what this program reads.
    execute(format!(
        "update schema_compatibility set required_migration = '{LATER}'"
    ))
    .await;
    for arguments in [&serve as &[&str], &["audit"], &["load"]] {
        let (status, errors) = output(arguments);
        assert_eq!(status, Some(1), "{errors}");
        let too_new = "the database is newer than this program: it has the migration";
        assert!(errors.contains(too_new), "{errors}");
    }
}
