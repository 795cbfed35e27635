//! Several PostgreSQL servers: a primary and standbys, which each test starts for itself.

mod hosts;
mod interruption;
mod lag;
mod standby;
mod waiting;

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use tempfile::TempDir;
use tokio::{runtime::Handle, task::block_in_place};

use crate::support::process::{Server, get, sistergraph};

fn serve(folder: &TempDir, url: &str, options: &[&str]) -> Server {
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--database-url", url];
    let mut command = sistergraph(folder);
    // The tests do not read the pipe of the log, which must not fill.
    command.env("SISTERGRAPH_LOG", "warn,sistergraph::cli=info");
    Server::start(command.args(arguments).args(options))
}

/// Sends a query that differs by `n`, and returns the status; 504 if the time limit of the request has ended. With status
/// 200, the answer has no errors. With 503, the database is not available or the server is overloaded, and the client may
/// try again.
fn get_states(address: &str, n: usize) -> u16 {
    let path = format!("/graphql?query=%7Bstates(first:{n})%7BtotalCount%20nodes%7Bname%7D%7D%7D");
    let (status, headers, body) = get(address, &path);
    match status {
        200 if body.contains("\"TIMEOUT\"") => return 504,
        200 => assert!(!body.contains("\"errors\""), "{body}"),
        _ => {
            let may_retry = ["DATABASE_UNAVAILABLE", "OVERLOADED"].map(|code| body.contains(code));
            assert!(may_retry.contains(&true), "{body}");
            assert!(
                headers.to_lowercase().contains("retry-after: 1"),
                "{headers}"
            );
        }
    }
    status
}

/// Sends queries to each address, one after the other, until `work` is done. It gets the number of answers so far. Returns
/// the statuses for each address.
async fn query_during<const N: usize>(
    addresses: [&str; N],
    work: impl AsyncFnOnce(&AtomicUsize),
) -> [Vec<u16>; N] {
    /// Also ends the queries if the work panics.
    struct SetOnDrop<'a>(&'a AtomicBool);

    impl Drop for SetOnDrop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    let (is_done, answers) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let clients = addresses.map(|address| {
            let (is_done, answers) = (&is_done, &answers);
            scope.spawn(move || {
                let mut statuses = Vec::new();
                while !is_done.load(Ordering::Relaxed) {
                    statuses.push(get_states(address, 1 + statuses.len() % 50));
                    answers.fetch_add(1, Ordering::Relaxed);
                }
                statuses
            })
        });
        let guard = SetOnDrop(&is_done);
        block_in_place(|| Handle::current().block_on(work(&answers)));
        drop(guard);
        clients.map(|client| client.join().unwrap())
    })
}
