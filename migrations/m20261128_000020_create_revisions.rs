//! The history of the data: the revisions, the rows that each changed, and the files of the last one.

use sea_orm_migration::prelude::*;

use crate::portable::{Columns, create_indexes, drop_tables};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Records the data that is already loaded. Each row counts as added, as in any first revision. The
/// files are not known, so the next load with other data begins a new history. Claims are rows of a
/// file only if some are not RECORDED; otherwise, the load made them from other rows.
const RECORD_LOADED_DATA: &str = "\
insert into revision (id, revision, loaded_at, added, changed, removed, last_change_id)
select 1, revision, loaded_at,
    (select count(*) from country)
    + (select count(*) from community)
    + (select count(*) from alternate_name)
    + (select count(*) from common_name)
    + (select count(*) from partnership)
    + (select count(*) from partnership_note)
    + (select count(*) from source)
    + (select count(*) from claim where exists (select 1 from claim where kind <> 'RECORDED'))
    + (select count(*) from survey)
    + (select count(*) from question)
    + (select count(*) from disclosure)
    + (select count(*) from respondent_aggregate)
    + (select count(*) from published_statistic),
    0, 0, 0
from dataset";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        let integer = |name: &'static str| ColumnDef::new(name).integer().not_null().to_owned();
        manager
            .create_table(
                Table::create()
                    .table("revision")
                    .col(integer("id").primary_key())
                    .col(columns.text("revision"))
                    .col(
                        ColumnDef::new("loaded_at")
                            .timestamp_with_time_zone()
                            .not_null(),
                    )
                    .col(columns.text_null("label"))
                    .col(integer("added"))
                    .col(integer("changed"))
                    .col(integer("removed"))
                    .col(integer("last_change_id"))
                    .to_owned(),
            )
            .await?;
        let db = manager.get_connection();
        // The newest revision comes first; see `db::keyset`.
        let descending_id = columns.generated("revision", "id_desc", "bigint", "-id");
        db.execute_unprepared(&descending_id).await?;
        create_indexes(manager, "revision", &[&["id_desc"]]).await?;
        manager
            .create_table(
                Table::create()
                    .table("row_change")
                    .col(integer("id").primary_key())
                    .col(columns.text("revision"))
                    .col(columns.text("kind"))
                    .col(columns.text("entity"))
                    .col(columns.text("slug"))
                    .col(columns.text("fields"))
                    .to_owned(),
            )
            .await?;
        create_indexes(manager, "row_change", &[&["entity", "id"]]).await?;
        manager
            .create_table(
                Table::create()
                    .table("data_file")
                    .col(columns.text("name").primary_key())
                    .col(ColumnDef::new("content").blob().not_null())
                    .to_owned(),
            )
            .await?;
        db.execute_unprepared(RECORD_LOADED_DATA).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["data_file", "row_change", "revision"]).await
    }
}
