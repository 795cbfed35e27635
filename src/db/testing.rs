//! A small database for the unit tests of other modules.

use sea_orm::{ConnectionTrait, Database};

use super::DatabaseReader;

/// Returns a database with two rows of `items`: the sizes of `a` and `b`, which are 1 and 2.
pub(crate) async fn items() -> DatabaseReader {
    let database = Database::connect("sqlite::memory:").await.unwrap();
    let rows =
        "create table items (id text, size integer); insert into items values ('a', 1), ('b', 2)";
    database.execute_unprepared(rows).await.unwrap();
    DatabaseReader::from(database)
}
