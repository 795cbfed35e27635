//! Parses the command line, starts the log, runs the command and prints why it failed.

use std::{
    io::{IsTerminal, Write, stderr},
    process::ExitCode,
};

use clap::Parser;
use sistergraph::{
    cli::{Cli, LogFormat},
    import::Problems,
};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let log = tracing_subscriber::fmt()
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .with_env_filter(
            EnvFilter::try_from_env("SISTERGRAPH_LOG")
                .unwrap_or_else(|_| EnvFilter::new("warn,sistergraph=info")),
        );
    match cli.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    let outcome = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(cli.run()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Problems of the data have a line each and are the whole message; anything else is
            // one line with its causes. Nobody is left to be told that standard error is closed.
            let _ = if error.is::<Problems>() {
                writeln!(stderr(), "{error}")
            } else {
                writeln!(stderr(), "error: {error:#}")
            };
            ExitCode::FAILURE
        }
    }
}
