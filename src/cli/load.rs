//! `sistergraph load`.

use anyhow::Context;
use clap::Args;

use super::{DataOptions, HistoryOptions, RespondentArgs, load_tables, print};
use crate::{
    db::{
        connection::{connect, connect_migrated},
        migration::migrate,
    },
    import::{Files, LoadSummary, RespondentFiles, Tables, find_loaded},
};

/// Options of `sistergraph load`.
#[derive(Debug, Args)]
pub(super) struct LoadArgs {
    #[command(flatten)]
    data: DataOptions,

    #[command(flatten)]
    respondents: RespondentArgs,

    /// What to call this load in the history, such as "2026-11 second round". Has no effect if the data
    /// is already loaded.
    #[arg(long, value_name = "TEXT", value_parser = parse_label)]
    label: Option<String>,

    /// Compare all rows with those in the database, even if these files are already loaded. This repairs rows that
    /// another program changed.
    #[arg(long)]
    verify: bool,

    #[command(flatten)]
    history: HistoryOptions,
}

/// The maximum length of a label.
const MAX_LABEL_CHARS: usize = 200;

/// Parses the label of a load.
///
/// # Errors
/// If the label is blank, too long, or not a single line.
fn parse_label(label: &str) -> Result<String, String> {
    let label = label.trim();
    if label.is_empty() {
        return Err("it is blank; enter a text".to_owned());
    }
    if label.chars().any(char::is_control) {
        return Err("it contains a control character; enter a single line of text".to_owned());
    }
    let n_chars = label.chars().count();
    if n_chars > MAX_LABEL_CHARS {
        return Err(format!(
            "it has {n_chars} characters; enter at most {MAX_LABEL_CHARS}"
        ));
    }
    Ok(label.to_owned())
}

impl LoadArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let (files, respondents) = (self.data.files(), self.respondents.files());
        let loaded = match self.verify {
            true => None,
            false => self.find_loaded(&files, respondents.as_ref()).await?,
        };
        if let Some(summary) = loaded {
            return print(format_args!("{summary}\n"), "the summary");
        }
        let tables = Tables::read_with_respondents(&files, respondents.as_ref())?;
        let db = connect(self.data.database.url()).await?;
        migrate(&db).await?;
        let summary = load_tables(&db, &tables, &self.history.load_options(self.label)).await?;
        // Closing moves SQLite's write-ahead log into the database, which is then one file to copy.
        db.close().await.context("cannot close the database")?;
        print(format_args!("{summary}\n"), "the summary")
    }

    /// Returns the summary of the load if the database has these files already. Creates and migrates nothing.
    async fn find_loaded(
        &self,
        files: &Files,
        respondents: Option<&RespondentFiles>,
    ) -> anyhow::Result<Option<LoadSummary>> {
        let Some(db) = connect_migrated(self.data.database.url()).await? else {
            return Ok(None);
        };
        let loaded = find_loaded(&db, files, respondents).await?;
        db.close().await.context("cannot close the database")?;
        Ok(loaded)
    }
}
