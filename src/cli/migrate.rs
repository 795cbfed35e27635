//! `sistergraph migrate`.

use anyhow::Context;
use clap::Args;

use super::{DatabaseOptions, print};
use crate::db::{connection::connect, migration::migrate};

/// Options of `sistergraph migrate`.
#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    #[command(flatten)]
    database: DatabaseOptions,
}

impl MigrateArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let database = connect(self.database.url()).await?;
        let migrations = migrate(&database).await?;
        database
            .close()
            .await
            .context("cannot close the database")?;
        let summary = match migrations.len() {
            0 => "the schema of the database is current\n".to_owned(),
            n => format!("ran {n} migrations:\n{}\n", migrations.join("\n")),
        };
        print(summary, "the summary")
    }
}
