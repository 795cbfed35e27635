//! The index of words that search reads.
//!
//! `search_word` has every distinct word and `search_posting` says where it occurs, on both
//! databases alike: what is found and in which order must not depend on the database. Words that
//! begin in some way are a range of the primary key; for words that contain something there is a
//! trigram index, of FTS5 on SQLite and of `pg_trgm` on PostgreSQL.
//!
//! `pg_trgm` comes with PostgreSQL, but installing it wants the right to create in the database.
//! Where that is missing, search reads all distinct words instead: slower, with the same result. An
//! administrator may run `create extension pg_trgm` first.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

use crate::portable::{Columns, drop_tables, one_of, primary_key};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The words again, because FTS5 indexes tables of its own only.
const CREATE_FTS5: &str =
    "create virtual table search_trigram using fts5(word, tokenize = 'trigram')";

/// The extension goes into `public`, which other schemas of the database can rely on: dropping one
/// of them must not take it away. Its operators need not be on the search path for `like` to use
/// the index.
const CREATE_TRIGRAM_INDEX: &str = "
do $$
declare home text;
begin
    begin
        create extension if not exists pg_trgm with schema public;
    exception when others then
        raise notice 'search works without pg_trgm, only slower: %', sqlerrm;
    end;
    select n.nspname into home
        from pg_extension e join pg_namespace n on n.oid = e.extnamespace
        where e.extname = 'pg_trgm';
    if home is not null then
        execute format(
            'create index ix_search_word_trigram on search_word using gin (word %I.gin_trgm_ops)',
            home
        );
    end if;
end
$$";

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
        let sql = match manager.get_database_backend() {
            DatabaseBackend::Postgres => CREATE_TRIGRAM_INDEX,
            _ => CREATE_FTS5,
        };
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The extension stays: others may use it by now.
        if manager.get_database_backend() != DatabaseBackend::Postgres {
            drop_tables(manager, &["search_trigram"]).await?;
        }
        drop_tables(manager, &["search_posting", "search_word"]).await
    }
}
