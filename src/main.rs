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
            // Data problems are printed one per line; any other error is one line with its causes. If
            // standard error is closed, there is nowhere to report it.
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
    // Dropped before `main` prints an error, so that the log comes first.
    let _log = cli.start_log()?;
    // SQLite is read on these threads, so one more than there are cores stays free for other work.
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores + 1)
        .enable_all()
        .build()?
        .block_on(cli.run())
}
