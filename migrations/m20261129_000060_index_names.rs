//! An index for text within the names of communities, where PostgreSQL has `pg_trgm`. SQLite reads the names in the
//! order of an index instead.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

use crate::portable::create_trigram_index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const INDEX: &str = "ix_community_sort_name_trigram";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_trigram_index(manager, INDEX, "community", "sort_name").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            let drop = Index::drop().name(INDEX).if_exists().to_owned();
            manager.drop_index(drop).await?;
        }
        Ok(())
    }
}
