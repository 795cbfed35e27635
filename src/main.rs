//! Parses the command line, starts the log, runs the command and prints why it failed.

use std::{
    io::{Write, stderr},
    num::NonZero,
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
    // One thread more than there are cores: each core may be reading for a request, and one thread is
    // left for all else.
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores + 1)
        .enable_all()
        .build()?
        .block_on(cli.run())
}
