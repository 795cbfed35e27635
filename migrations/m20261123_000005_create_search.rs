//! The search index.
//!
//! `search_word` has every distinct word, and `search_posting` the objects in which it occurs. Both
//! databases have the same tables, because results and their order must not depend on the database.
//! Words with a given prefix are a range of the primary key. Words that contain a given text are looked
//! up in a trigram index: FTS5 on SQLite, `pg_trgm` on PostgreSQL.
//!
//! `pg_trgm` is included in PostgreSQL, but installing the extension requires the CREATE privilege on
//! the database. Without it, search reads all distinct words, which is slower but gives the same
//! results. An administrator can run `create extension pg_trgm` beforehand.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

use crate::portable::{Columns, create_trigram_index, drop_tables, one_of, primary_key};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// A copy of the words for the trigram index of FTS5.
const CREATE_FTS5: &str =
    "create virtual table search_trigram using fts5(word, tokenize = 'trigram')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        manager
            .create_table(
                Table::create()
                    .table("search_word")
                    .col(columns.text("word").primary_key())
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("search_posting")
                    .col(columns.text("word"))
                    .col(columns.text("type"))
                    .col(columns.text("slug"))
                    .col(ColumnDef::new("weight").integer().not_null())
                    .primary_key(&mut primary_key(&["word", "type", "slug"]))
                    .check(one_of(
                        "type",
                        &["STATE", "COUNTRY", "PROVINCE", "CITY", "PARTNERSHIP"],
                    ))
                    .to_owned(),
            )
            .await?;
        if manager.get_database_backend() != DatabaseBackend::Postgres {
            let connection = manager.get_connection();
            connection.execute_unprepared(CREATE_FTS5).await?;
        }
        create_trigram_index(manager, "ix_search_word_trigram", "search_word", "word").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The extension stays, because other schemas may use it.
        if manager.get_database_backend() != DatabaseBackend::Postgres {
            drop_tables(manager, &["search_trigram"]).await?;
        }
        drop_tables(manager, &["search_posting", "search_word"]).await
    }
}
