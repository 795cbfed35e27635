//! The command line: one file for each subcommand, with its options and its `run`.

mod audit;
mod diff;
mod fit;
mod generate;
mod health;
mod load;
mod log;
mod migrate;
mod options;
mod progress;
mod schema;
mod serve;
mod traces;

use std::{
    env,
    ffi::{OsStr, OsString},
    fmt::Display,
    fs,
    io::{ErrorKind, Write, stdout},
    path::PathBuf,
};

use anyhow::Context;
use clap::{
    Args, CommandFactory, FromArgMatches, Parser, Subcommand,
    builder::{NonEmptyStringValueParser, PathBufValueParser, TypedValueParser},
};
use sea_orm::DatabaseConnection;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

pub use self::log::{FLUSH_TIMEOUT, LogFormat, LogGuard};
use self::progress::TerminalProgress;
use crate::import::{
    DEFAULT_KEEP_REVISIONS, DEFAULT_MIN_CELL, Files, LOWEST_MIN_CELL, LoadError, LoadOptions,
    LoadSummary, RespondentFiles, RespondentOptions, Tables, load_with_options, update_statistics,
};

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

    /// Update the schema of the database to this version of the program, without loading data.
    ///
    /// `load` and `serve` do the same first. Before a rolling upgrade, run this once with the new version: servers of
    /// the old version keep running. Needs a database that can be written.
    Migrate(migrate::MigrateArgs),

    /// Check data files and load them into the database, replacing its data.
    ///
    /// All files are checked before anything is written. Each problem is printed as
    /// `file:line: column: message`. The data is replaced in one transaction, so servers see either the
    /// old data or the new data.
    Load(load::LoadArgs),

    /// Print the rows that differ between two folders of data files.
    ///
    /// The same changes are recorded in the history if the two are loaded one after the other. The order
    /// of rows and columns makes no difference. Needs no database.
    Diff(diff::DiffArgs),

    /// Check the published figures against each other, and print which agree and which contradict.
    ///
    /// Reads the figures from the folder in --data; without it, from the database; if that is empty, from
    /// the built-in data. Does not change the database.
    Audit(audit::AuditArgs),

    /// Fit the model behind `matches` to the partnerships, and write or check `match_model.csv`.
    ///
    /// Takes about a second, and needs no database. The result depends only on the data. Load the data
    /// afterwards.
    Fit(fit::FitArgs),

    /// Write a dataset that is a multiple of the real one, for measuring how the server scales.
    #[command(hide = true)]
    Generate(generate::GenerateArgs),

    /// Print the GraphQL schema of the API. Needs no database.
    Schema(schema::SchemaArgs),

    /// Check whether a server on this machine is alive, or ready to receive requests (--ready).
    ///
    /// Prints the response, and exits with status 1 if the server is not healthy. For containers without curl.
    Health(health::HealthArgs),
}

impl Cli {
    /// Parses the arguments and the environment of the process; prints what is wrong and exits if they are not
    /// valid. A variable without a value counts as not set: that is how a compose file passes it on.
    pub fn from_process() -> Self {
        fn ignore_empty_variables(command: clap::Command) -> clap::Command {
            command
                .mut_args(|option| match option.get_env() {
                    Some(name) if variable(name).is_none() => option.env(None),
                    _ => option,
                })
                .mut_subcommands(ignore_empty_variables)
        }
        let matches = ignore_empty_variables(Self::command()).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// Starts the log, and traces if the environment names a collector.
    ///
    /// # Errors
    /// If the settings of traces are not valid.
    pub fn start_log(&self) -> anyhow::Result<LogGuard> {
        let flush_timeout = match &self.command {
            Command::Serve(serve) => serve.drain_timeout().min(FLUSH_TIMEOUT),
            _ => FLUSH_TIMEOUT,
        };
        LogGuard::start(self.log_format, flush_timeout)
    }

    /// Runs the subcommand.
    ///
    /// # Errors
    /// Any error of the subcommand, with its chain of causes; also if a signal stops it, except `serve`.
    pub async fn run(self) -> anyhow::Result<()> {
        // First, because a signal without a handler does not reach process 1, which a container has.
        let stop = stop_on_signal()?;
        let completed = match self.command {
            Command::Serve(serve) => return serve.run(stop).await,
            Command::Migrate(migrate) => unless_stopped(&stop, migrate.run()).await?,
            Command::Load(load) => unless_stopped(&stop, load.run()).await?,
            Command::Diff(diff) => unless_stopped(&stop, async move { diff.run() }).await?,
            Command::Audit(audit) => unless_stopped(&stop, audit.run()).await?,
            Command::Fit(fit) => unless_stopped(&stop, async move { fit.run() }).await?,
            Command::Generate(generate) => {
                unless_stopped(&stop, async move { generate.run() }).await?
            }
            Command::Schema(schema) => return schema.run(),
            Command::Health(health) => unless_stopped(&stop, async move { health.run() }).await?,
        };
        completed.context("stopped by a signal")
    }
}

/// Prints to standard output. A reader that stops early, such as `head`, is no error.
fn print(text: impl Display, what: &str) -> anyhow::Result<()> {
    match write!(stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.with_context(|| format!("cannot print {what}")),
    }
}

/// Reads an environment variable; `None` if it is not set or empty.
fn variable(name: impl AsRef<OsStr>) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// Returns a token that SIGTERM, SIGINT, or SIGHUP cancels.
///
/// # Errors
/// If a signal handler cannot be installed.
fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot handle SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot handle SIGINT")?;
    let mut hang_up = match ignores_hangup() {
        true => None,
        false => Some(signal(SignalKind::hangup()).context("cannot handle SIGHUP")?),
    };
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            Some(_) = async { hang_up.as_mut()?.recv().await } => {}
        }
        stopped.cancel();
    });
    Ok(stop)
}

/// Whether the process was started with `nohup`, which a handler would undo. Linux lists the ignored signals as the
/// bits of a hexadecimal number, of which SIGHUP is the lowest.
fn ignores_hangup() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    ignored.is_some_and(|signals| signals & 1 == 1)
}

/// Runs `work` on a thread of its own, so that a signal ends it at once. Returns `None` if it was ended.
///
/// # Errors
/// Those of `work`.
async fn unless_stopped<T: Send + 'static>(
    stop: &CancellationToken,
    work: impl Future<Output = anyhow::Result<T>> + Send + 'static,
) -> anyhow::Result<Option<T>> {
    tokio::select! {
        result = AbortOnDropHandle::new(tokio::spawn(work)) => result?.map(Some),
        () = stop.cancelled() => Ok(None),
    }
}

/// Parses the path of a folder that exists.
fn folder_parser() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| match fs::metadata(&path) {
        Ok(metadata) if metadata.is_dir() => Ok(path),
        Ok(_) => Err("not a folder".to_owned()),
        Err(error) => Err(error.to_string()),
    })
}

/// Reads the URL of a database from a file.
fn url_file_parser() -> impl TypedValueParser<Value = String> {
    PathBufValueParser::new().try_map(|path| {
        let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
        match text.trim() {
            "" => Err("the file is empty; write the URL of the database into it".to_owned()),
            url => Ok(url.to_owned()),
        }
    })
}

/// The database; the same options for every subcommand that needs one.
#[derive(Debug, Args)]
pub struct DatabaseOptions {
    /// Database URL: sqlite:PATH, whose file is created if missing, or
    /// postgres://USER:PASSWORD@HOST:PORT/DATABASE.
    #[arg(
        long,
        env = "SISTERGRAPH_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL",
        value_parser = NonEmptyStringValueParser::new(),
        default_value = "sqlite:sistergraph.db"
    )]
    database_url: String,

    /// File with the database URL, such as a secret of systemd, Docker, or Kubernetes. Replaces --database-url and its
    /// environment variable.
    #[arg(
        long,
        env = "SISTERGRAPH_DATABASE_URL_FILE",
        value_name = "FILE",
        value_parser = url_file_parser(),
        conflicts_with = "database_url"
    )]
    database_url_file: Option<String>,
}

impl DatabaseOptions {
    /// The URL of the database.
    pub fn url(&self) -> &str {
        self.database_url_file
            .as_deref()
            .unwrap_or(&self.database_url)
    }
}

/// The database and the source of the data; the same options for every subcommand that needs them.
#[derive(Debug, Args)]
pub struct DataOptions {
    /// The database.
    #[command(flatten)]
    pub database: DatabaseOptions,

    /// Folder of CSV files to load instead of the built-in data. The files must have the same names and
    /// columns as those in the folder data of the source code.
    #[arg(long, env = "SISTERGRAPH_DATA", value_name = "DIR", value_parser = folder_parser())]
    pub data: Option<PathBuf>,
}

/// The respondent-level data to load; the same options for every subcommand that loads data.
#[derive(Debug, Args)]
struct RespondentArgs {
    /// Folder with respondent-level data to load: `respondents.csv`, `codebook.csv`, and, if there is one,
    /// `code_groups.csv`. It is used to compute tables and never served. A load without this option removes it.
    #[arg(long, env = "SISTERGRAPH_RESPONDENTS", value_name = "DIR")]
    respondents: Option<PathBuf>,

    /// Whether the respondents are synthetic, so that nobody gave these answers: true or false. Has no effect
    /// without --respondents.
    #[arg(
        long,
        env = "SISTERGRAPH_SYNTHETIC",
        value_name = "BOOL",
        num_args = 0..=1,
        default_missing_value = "true",
        default_value = "false",
        action = clap::ArgAction::Set
    )]
    synthetic: bool,

    /// Smallest number of respondents in a cell of a table that is shown. Has no effect without --respondents.
    #[arg(
        long,
        env = "SISTERGRAPH_MIN_CELL",
        value_name = "RESPONDENTS",
        default_value_t = DEFAULT_MIN_CELL,
        value_parser = clap::value_parser!(i32).range(i64::from(LOWEST_MIN_CELL)..)
    )]
    min_cell: i32,
}

impl RespondentArgs {
    /// Whether there are respondents to load.
    fn is_set(&self) -> bool {
        self.respondents.is_some()
    }

    /// The files to load; `None` if there are no respondents.
    fn files(&self) -> Option<RespondentFiles> {
        self.respondents.as_ref().map(|folder| RespondentFiles {
            files: Files::Folder(folder.clone()),
            options: RespondentOptions {
                is_synthetic: self.synthetic,
                min_cell: self.min_cell,
            },
        })
    }
}

/// How loads are recorded in the history; the same option for every subcommand that loads data.
#[derive(Debug, Args)]
struct HistoryOptions {
    /// Number of revisions that the history keeps, including the loaded one. A load with other data
    /// removes older ones.
    #[arg(
        long,
        env = "SISTERGRAPH_KEEP_REVISIONS",
        value_name = "REVISIONS",
        default_value_t = DEFAULT_KEEP_REVISIONS,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    keep_revisions: u32,
}

impl HistoryOptions {
    fn load_options(&self, label: Option<String>) -> LoadOptions {
        LoadOptions {
            label,
            keep_revisions: self.keep_revisions,
        }
    }
}

/// Loads the tables, with a progress bar.
///
/// # Errors
/// Those of [`load_with_options`].
async fn load_tables(
    database: &DatabaseConnection,
    tables: &Tables,
    options: &LoadOptions,
) -> Result<LoadSummary, LoadError> {
    let bar = TerminalProgress::default();
    let summary = load_with_options(database, tables, options, &bar).await;
    bar.finish();
    let summary = summary?;
    update_statistics(database, &summary).await;
    Ok(summary)
}

impl DataOptions {
    /// The files to load.
    pub fn files(&self) -> Files {
        Files::from(self.data.as_deref())
    }
}
