//! A PostgreSQL server that stands still or restarts while it is used.

use std::{
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{get_states, serve};
use crate::support::{
    cluster::Cluster,
    data_set::DataSet,
    process::{get, wait_until},
};

#[tokio::test(flavor = "multi_thread")]
async fn requests_to_a_frozen_or_restarted_database_get_503_in_time() {
    let Some(mut cluster) = Cluster::start(&[]) else {
        return;
    };
    cluster.primary.load(&DataSet::real()).await;
    let folder = TempDir::new().unwrap();
    let options = ["--cache-bytes", "0", "--request-timeout-ms", "3000"];
    let mut server = serve(&folder, &cluster.primary.url(), &options);
    let address = server.address.clone();
    assert_eq!(get_states(&address, 1), 200);

    cluster.primary.freeze();
    thread::scope(|scope| {
        let clients: Vec<_> = (1..=24)
            .map(|n| {
                let address = &address;
                scope.spawn(move || {
                    let started = Instant::now();
                    (get_states(address, n), started.elapsed())
                })
            })
            .collect();
        for client in clients {
            let (status, elapsed) = client.join().unwrap();
            assert!(matches!(status, 503 | 504), "{status}");
            // The time limit of a request is three seconds.
            assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
        }
    });
    wait_until(|| get(&address, "/readyz").0 == 503).await;
    cluster.primary.unfreeze();
    wait_until(|| get(&address, "/readyz").0 == 200).await;
    assert_eq!(get_states(&address, 1), 200);

    // All connections are closed, and no request fails because it used one of them.
    cluster.primary.restart();
    wait_until(|| get(&address, "/readyz").0 == 200).await;
    for n in 1..=8 {
        assert_eq!(get_states(&address, n), 200);
    }
    server.signal("TERM");
    let log = server.read_until("stopped");
    assert!(!log.contains("ERROR"), "{log}");
    let warnings = log.matches("cannot read the revision").count();
    assert!(warnings <= 2, "{log}");
}
