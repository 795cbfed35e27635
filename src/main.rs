//! Parses the command line, starts the log, runs the command and prints why it failed.

use std::{
    io::{Write, stderr},
    num::NonZero,
    process::ExitCode,
    sync::mpsc,
    thread,
};

use sistergraph::{
    cli::{Cli, FLUSH_TIMEOUT},
    import::Problems,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::from_process();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Data problems are printed one per line; any other error is one line with its causes.
            let message = if error.is::<Problems>() {
                error.to_string()
            } else {
                format!("error: {error:#}")
            };
            print_error(message);
            ExitCode::FAILURE
        }
    }
}

/// Prints to standard error, but does not wait forever if it is not read. If it is closed, there is nowhere to report
/// the error.
fn print_error(message: String) {
    let (sender, printed) = mpsc::channel::<()>();
    thread::spawn(move || {
        let _ = writeln!(stderr(), "{message}");
        drop(sender);
    });
    let _ = printed.recv_timeout(FLUSH_TIMEOUT);
}

fn run(cli: Cli) -> anyhow::Result<()> {
    // Dropped before `main` prints an error, so that the log comes first.
    let _log = cli.start_log()?;
    // SQLite is read on these threads, so one more than there are cores stays free for other work.
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores + 1)
        .enable_all()
        .build()?;
    let result = runtime.block_on(cli.run());
    // Work that a signal has ended may still occupy a thread.
    runtime.shutdown_background();
    result
}
