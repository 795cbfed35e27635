//! The command line: one file for each subcommand, with its options and its `run`.

mod audit;
mod generate;
mod load;
mod log;
mod options;
mod progress;
mod schema;
mod serve;
mod traces;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use self::log::{LogFormat, LogGuard, MAX_BUFFERED_LOG_ENTRIES};
use crate::import::Files;

/// An open GraphQL query server over the sister partnerships between the United States and Asia.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// Format of the log on standard error. `SISTERGRAPH_LOG` sets the levels, such as `warn` or
    /// `sistergraph=debug`.
    #[arg(
        long,
        env = "SISTERGRAPH_LOG_FORMAT",
        value_enum,
        default_value = "text",
        global = true
    )]
    pub log_format: LogFormat,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the pages over HTTP. Loads the data first if the database is empty.
    Serve(Box<serve::ServeArgs>),

    /// Check data files and load them into the database, replacing its data.
    ///
    /// All files are checked before anything is written. Each problem is printed as
    /// `file:line: column: message`. The data is replaced in one transaction, so servers see either the
    /// old data or the new data.
    Load(load::LoadArgs),

    /// Check the published figures against each other, and print which agree and which contradict.
    ///
    /// Reads the figures from the folder in --data; without it, from the database; if that is empty, from
    /// the built-in data. Does not change the database.
    Audit(audit::AuditArgs),

    /// Write a dataset that is a multiple of the real one, for measuring how the server scales.
    #[command(hide = true)]
    Generate(generate::GenerateArgs),

    /// Print the GraphQL schema of the API. Needs no database.
    Schema(schema::SchemaArgs),
}

impl Cli {
    /// Starts the log, and traces if the environment names a collector.
    ///
    /// # Errors
    /// If the settings of traces are not valid.
    pub fn start_log(&self) -> anyhow::Result<LogGuard> {
        LogGuard::start(self.log_format)
    }

    /// Runs the subcommand.
    ///
    /// # Errors
    /// Any error of the subcommand, with its chain of causes.
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Serve(serve) => serve.run().await,
            Command::Load(load) => load.run().await,
            Command::Audit(audit) => audit.run().await,
            Command::Generate(generate) => generate.run(),
            Command::Schema(schema) => schema.run(),
        }
    }
}

/// The database and the source of the data; the same options for every subcommand that needs them.
#[derive(Debug, Args)]
pub struct DataOptions {
    /// Database URL: sqlite:PATH, whose file is created if missing, or
    /// postgres://USER:PASSWORD@HOST:PORT/DATABASE.
    #[arg(
        long,
        env = "SISTERGRAPH_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL",
        default_value = "sqlite:sistergraph.db"
    )]
    pub database_url: String,

    /// Folder of CSV files to load instead of the built-in data. The files must have the same names and
    /// columns as those in the folder data of the source code.
    #[arg(long, env = "SISTERGRAPH_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
}

impl DataOptions {
    /// The files to load.
    pub fn files(&self) -> Files {
        Files::from(self.data.as_deref())
    }
}
