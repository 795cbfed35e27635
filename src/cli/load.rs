//! `sistergraph load`.

use anyhow::Context;
use clap::Args;

use super::{DataOptions, HistoryOptions, RespondentArgs, print, progress::TerminalProgress};
use crate::{
    db::connection::{connect, migrate},
    import::load_with_options,
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
        let tables = self.respondents.read_tables(&self.data)?;
        let db = connect(self.data.database.url()).await?;
        migrate(&db).await?;
        let bar = TerminalProgress::default();
        let options = self.history.load_options(self.label);
        let summary = load_with_options(&db, &tables, &options, &bar).await;
        bar.finish();
        let summary = summary?;
        // Closing moves SQLite's write-ahead log into the database, which is then one file to copy.
        db.close().await.context("cannot close the database")?;
        print(format_args!("{summary}\n"), "the summary")
    }
}
