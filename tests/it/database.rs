//! Opening and migrating databases.

use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, EntityTrait, PaginatorTrait,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sistergraph::{
    db::{
        connection::{ConnectError, connect},
        migration::migrate,
        write,
    },
    entity::{
        disclosure, published_statistic, published_statistic_flag, question, question_category,
        question_response, respondent_aggregate, respondent_aggregate_category,
        respondent_aggregate_flag, survey,
    },
    import::{LoadError, load},
};

use crate::support::{data_set::DataSet, database::TestDatabase};

/// The tables of the database, without the shadow tables of FTS5.
async fn tables(db: &DatabaseConnection) -> Vec<String> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DatabaseBackend::Postgres => {
            "select tablename as name from pg_tables where schemaname = current_schema() order by 1"
        }
        _ => {
            "select name from sqlite_master where type = 'table' and name not glob 'search_trigram_*' order by 1"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await;
    let name = |row: &sea_orm::QueryResult| row.try_get("", "name").unwrap();
    rows.unwrap().iter().map(name).collect()
}

/// The number of tables after migrating; SQLite has one more, for trigrams.
fn n_tables(db: &DatabaseConnection) -> usize {
    match db.get_database_backend() {
        DatabaseBackend::Postgres => 37,
        _ => 38,
    }
}

#[tokio::test]
async fn migrations_go_up_and_down_and_up_again() {
    let database = TestDatabase::migrated().await;
    let db = database.connection();
    let up = tables(db).await;
    assert_eq!(up.len(), n_tables(db), "{up:?}");
    let transaction = write::begin(db).await.unwrap();
    Migrator::down(&transaction, None).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(tables(db).await, ["seaql_migrations"]);
    migrate(db).await.unwrap();
    assert_eq!(tables(db).await, up);
    migrate(db).await.unwrap();
}

#[tokio::test]
async fn figures_survive_the_migration_that_rebuilds_their_tables() {
    let database = TestDatabase::empty().await;
    let db = database.connection();
    let migrations = Migrator::migrations();
    let before = migrations
        .iter()
        .position(|migration| migration.name() == "m20261128_000030_add_surveys_and_years");
    let transaction = write::begin(db).await.unwrap();
    Migrator::up(&transaction, Some(before.unwrap().try_into().unwrap()))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    for statement in [
        "insert into source (id, title, independent) values ('s', 'Source', true)",
        "insert into survey values ('v', 'Survey', '2021-09-21', '2021-10-13', 'Elites', 1446, 's')",
        "insert into disclosure values ('v', 0, 'Mode', null)",
        "insert into question values ('q', 'v', 0, 'Topic', null)",
        "insert into question_response values ('q', 0, 'YES')",
        "insert into question_category values ('q', 0, 'AWARENESS', 'YES')",
        "insert into respondent_aggregate values ('a', 0, 'q', 31, 'ROUNDED', 0, 'CLEAR', 'All', 1446, null, null, 's')",
        "insert into respondent_aggregate_category values ('a', 'OUTCOME', 0, 'AWARENESS', 'YES')",
        "insert into respondent_aggregate_flag values ('a', 0, 'DISPUTED')",
        "insert into published_statistic values ('p', 0, 'RANK', 'Rank', 1, 'rank', 'EXACT', 0, null, null, null, null, 'A note', 's')",
        "insert into published_statistic_flag values ('p', 0, 'DISPUTED')",
    ] {
        db.execute_unprepared(statement).await.unwrap();
    }
    migrate(db).await.unwrap();
    assert_eq!(tables(db).await.len(), n_tables(db));
    let survey = survey::Entity::find_by_id("v")
        .one(db)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((survey.year, survey.sample_size), (None, Some(1446)));
    assert_eq!(survey.fielded_to.unwrap().to_string(), "2021-10-13");
    let statistic = published_statistic::Entity::find_by_id("p")
        .one(db)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (statistic.year, statistic.note.as_deref()),
        (None, Some("A note"))
    );
    let aggregate = respondent_aggregate::Entity::find_by_id("a")
        .one(db)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (aggregate.percent, aggregate.country_id),
        (Some(31.0), None)
    );
    assert_eq!(disclosure::Entity::find().count(db).await.unwrap(), 1);
    assert_eq!(question::Entity::find().count(db).await.unwrap(), 1);
    assert_eq!(
        question_response::Entity::find().count(db).await.unwrap(),
        1
    );
    assert_eq!(
        question_category::Entity::find().count(db).await.unwrap(),
        1
    );
    assert_eq!(
        respondent_aggregate_category::Entity::find()
            .count(db)
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        respondent_aggregate_flag::Entity::find()
            .count(db)
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        published_statistic_flag::Entity::find()
            .count(db)
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn concurrent_starts_migrate_once() {
    let database = TestDatabase::empty().await;
    let other = connect(database.url()).await.unwrap();
    let (one, two) = tokio::join!(migrate(database.connection()), migrate(&other));
    one.unwrap();
    two.unwrap();
    assert_eq!(tables(&other).await.len(), n_tables(&other));
}

#[tokio::test]
async fn a_newer_database_is_rejected_unchanged() {
    let database = TestDatabase::empty().await;
    let db = database.connection();
    for sql in [
        "create table seaql_migrations (version varchar primary key, applied_at bigint not null)",
        "insert into seaql_migrations values ('m20991231_000001_from_the_future', 0)",
    ] {
        db.execute_unprepared(sql).await.unwrap();
    }
    let error = migrate(db).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the database is newer than this program: it has the migration \
         m20991231_000001_from_the_future; use a newer version of the program, or another database"
    );
    assert_eq!(tables(db).await, ["seaql_migrations"]);
}

/// PostgreSQL has no such error: a second writer waits.
#[tokio::test]
async fn a_locked_sqlite_database_is_reported() {
    let database = TestDatabase::migrated().await;
    if database.connection().get_database_backend() == DatabaseBackend::Postgres {
        return;
    }
    let writer = write::begin(database.connection()).await.unwrap();
    let other = connect(database.url()).await.unwrap();
    let error = load(&other, DataSet::real_tables(), &()).await.unwrap_err();
    assert!(matches!(error, LoadError::Locked), "{error:?}");
    writer.rollback().await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("lock.db").display());
    let lock_holder = Database::connect(format!("{url}?mode=rwc")).await.unwrap();
    let lock = lock_holder
        .begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Exclusive),
            ..Default::default()
        })
        .await
        .unwrap();
    let error = connect(&url).await.unwrap_err();
    assert!(matches!(error, ConnectError::Locked), "{error:?}");
    lock.rollback().await.unwrap();
    connect(&url).await.unwrap();
}

#[tokio::test]
async fn errors_say_why_a_database_cannot_be_opened() {
    for (url, message) in [
        (
            "mysql://host/db",
            "invalid database URL \"mysql://host/db\": unknown kind of database; use sqlite:PATH or postgres://USER@HOST/DATABASE",
        ),
        (
            "postgres://me:secret@[bad/db",
            "invalid database URL \"postgres://me:***@[bad/db\": invalid IPv6 address; use sqlite:PATH or postgres://USER@HOST/DATABASE",
        ),
        (
            "sqlite:",
            "invalid database URL \"sqlite:\": the file name is missing; use sqlite:PATH or postgres://USER@HOST/DATABASE",
        ),
        (
            "sqlite:/no/such/folder/x.db",
            "cannot open the database sqlite:/no/such/folder/x.db: the folder /no/such/folder does not exist",
        ),
        (
            "postgres://me:secret@127.0.0.1:1/db",
            "cannot open the database postgres://me:***@127.0.0.1:1/db: Connection refused (os error 111)",
        ),
    ] {
        let error = connect(url).await.unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[tokio::test]
async fn data_in_memory_is_kept_between_connections() {
    let db = connect("sqlite::memory:").await.unwrap();
    migrate(&db).await.unwrap();
    load(&db, DataSet::real_tables(), &()).await.unwrap();
    assert_eq!(tables(&db).await.len(), n_tables(&db));
}
