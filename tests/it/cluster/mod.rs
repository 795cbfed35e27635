//! Several PostgreSQL servers: a primary and standbys, which each test starts for itself.

mod interruption;
mod standby;

use tempfile::TempDir;

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
