//! Parses the command line, starts the log, runs the command and prints why it failed.

use std::{
    io::{Write, stderr},
    process::ExitCode,
};

use clap::Parser;
use sistergraph::{cli::Cli, import::Problems};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
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

fn run(cli: Cli) -> anyhow::Result<()> {
    // What was logged is written before it is said why the command failed.
    let _log = cli.start_log()?;
    tokio::runtime::Runtime::new()?.block_on(cli.run())
}
