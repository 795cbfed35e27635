//! `sistergraph audit`.

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use sea_orm::DatabaseConnection;

use super::{DataOptions, print};
use crate::{
    audit::report::{self, AuditSummary},
    db::{
        Snapshot, StatementLog,
        connection::{connect, connect_existing},
        migration::migrate,
    },
    import::{Files, Tables, load, stored_dataset},
};

/// Options of `sistergraph audit`.
#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    /// Format of the report.
    #[arg(long, value_enum, default_value = "text")]
    format: ReportFormat,

    /// Exit with status 1 if any figures contradict each other.
    #[arg(long)]
    strict: bool,

    #[command(flatten)]
    data: DataOptions,
}

/// The values of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// A paragraph for each identity, for a terminal.
    Text,
    /// A table with a row for each identity.
    Markdown,
    /// An object with a summary and the identities, with the field names of the API.
    Json,
}

impl AuditArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let database = self.open_database().await?;
        let snapshot = Snapshot::open(&database.clone().into(), StatementLog::default()).await;
        let figures = async { snapshot?.figures().await }
            .await
            .context("cannot read the figures")?;
        database
            .close()
            .await
            .context("cannot close the database")?;
        let outcomes: Vec<_> = figures
            .identities()
            .iter()
            .map(|outcome| outcome.as_ref().clone())
            .collect();
        let report = match self.format {
            ReportFormat::Text => report::text(&outcomes),
            ReportFormat::Markdown => report::markdown(&outcomes),
            ReportFormat::Json => format!("{:#}\n", report::json(&outcomes)),
        };
        print(report, "the report")?;
        let AuditSummary {
            contradict,
            identities,
            ..
        } = AuditSummary::from_outcomes(&outcomes);
        if self.strict && contradict > 0 {
            bail!("{contradict} of {identities} identities contradict");
        }
        Ok(())
    }

    /// Opens the data to check and logs which it is: the files in `--data`, the database, or, if that is
    /// empty, the built-in data.
    async fn open_database(&self) -> anyhow::Result<DatabaseConnection> {
        if let Some(folder) = &self.data.data {
            tracing::info!("auditing the files in {}", folder.display());
            return load_in_memory(&self.data.files()).await;
        }
        if let Some(database) = connect_existing(self.data.database.url()).await?
            && let Some(dataset) = stored_dataset(&database).await?
        {
            tracing::info!("auditing the loaded data, revision {}", dataset.revision);
            return Ok(database);
        }
        tracing::info!("auditing the built-in data, because the database is empty");
        load_in_memory(&Files::Embedded).await
    }
}

/// Loads files into a database in memory, so that figures are always read from a database.
async fn load_in_memory(files: &Files) -> anyhow::Result<DatabaseConnection> {
    let tables = Tables::read(files)?;
    let database = connect("sqlite::memory:").await?;
    migrate(&database).await?;
    load(&database, &tables, &()).await?;
    Ok(database)
}
