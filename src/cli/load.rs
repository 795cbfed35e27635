//! `sistergraph load`.

use std::io::{Write, stdout};

use anyhow::Context;
use clap::Args;

use super::{DataOptions, progress::TerminalProgress};
use crate::{
    db::connection::{connect, migrate},
    import::{Tables, load},
};

/// Options of `sistergraph load`.
#[derive(Debug, Args)]
pub(super) struct LoadArgs {
    #[command(flatten)]
    data: DataOptions,
}

impl LoadArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let tables = Tables::read(&self.data.files())?;
        let db = connect(&self.data.database_url).await?;
        migrate(&db).await?;
        let bar = TerminalProgress::default();
        let summary = load(&db, &tables, &bar).await;
        bar.finish();
        let summary = summary?;
        // Closing moves SQLite's write-ahead log into the database, which is then one file to copy.
        db.close().await.context("cannot close the database")?;
        writeln!(stdout(), "{summary}").context("cannot print the summary")
    }
}
