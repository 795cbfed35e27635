//! The command line: one file per subcommand, its options and a `run` that is glue.

mod audit;
mod generate;
mod load;
mod log;
mod log_writer;
mod options;
mod progress;
mod schema;
mod serve;
mod traces;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use self::log::{LogFormat, LogGuard};
use crate::import::Files;

/// An open GraphQL query server over the sister partnerships between the United States and Asia.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// How the log is written, on standard error; what it holds is set by `SISTERGRAPH_LOG`, such as
    /// `warn` or `sistergraph=debug`.
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
    /// Serve the graph over HTTP, loading the data first where the database is empty.
    Serve(Box<serve::ServeArgs>),

    /// Check the data and load them into the database, in place of what is there.
    ///
    /// Everything is checked before anything is written: each problem is printed as
    /// `file:line: column: what is wrong, and what would be right`. Whoever reads the database
    /// meanwhile sees the old data or the new ones, never a mixture.
    Load(load::LoadArgs),

    /// Check the published figures against each other, and print which agree and which contradict.
    ///
    /// Reads the figures of the database, or, where none are loaded yet, those that are built in;
    /// with --data, those of the files in that folder. Changes nothing.
    Audit(audit::AuditArgs),

    /// Write a data set of many times the size of the real one, made of it: for finding out what is
    /// slow when there is more.
    #[command(hide = true)]
    Generate(generate::GenerateArgs),

    /// Print the schema of the API in the schema definition language; needs no database.
    Schema(schema::SchemaArgs),
}

impl Cli {
    /// Starts the log of this process, as the command line and the environment say.
    ///
    /// # Errors
    /// Where traces are asked for in a way that cannot be followed.
    pub fn start_log(&self) -> anyhow::Result<LogGuard> {
        LogGuard::start(self.log_format)
    }

    /// Does what the command line asks for.
    ///
    /// # Errors
    /// Whatever kept it from being done, as a chain of causes.
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

/// Where the data are kept, and where they come from: alike for every subcommand that needs them.
#[derive(Debug, Args)]
pub struct DataOptions {
    /// The database: sqlite:PATH, whose file is created if missing, or
    /// postgres://USER:PASSWORD@HOST:PORT/DATABASE.
    #[arg(
        long,
        env = "SISTERGRAPH_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL",
        default_value = "sqlite:sistergraph.db"
    )]
    pub database_url: String,

    /// A folder with CSV files to take instead of the data that are built in. The files must have
    /// the names and columns of the folder data of the source code.
    #[arg(long, env = "SISTERGRAPH_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
}

impl DataOptions {
    /// The files to load.
    pub fn files(&self) -> Files {
        Files::from(self.data.as_deref())
    }
}
