//! A server that is started before its database can be used.

use tempfile::TempDir;

use super::{get_states, serve};
use crate::support::{
    cluster::Cluster,
    data_set::DataSet,
    process::{get, sistergraph, wait_until},
};

const WAIT: [&str; 2] = ["--database-wait-ms", "120000"];

/// Waits until the server reports a reason for not being ready, and checks the other routes.
async fn assert_waits(address: &str, reason: &str) {
    wait_until(|| get(address, "/readyz").2.contains(reason)).await;
    assert_eq!(get(address, "/readyz").0, 503);
    assert_eq!(get(address, "/livez").0, 200);
    assert_eq!(get_states(address, 1), 503);
    let (_, _, metrics) = get(address, "/metrics");
    assert!(metrics.contains("sistergraph_database_up 0\n"), "{metrics}");
    for path in ["/", "/schema.graphql", "/export/figures.csv", "/nothing"] {
        let (status, headers, body) = get(address, path);
        assert_eq!(status, 503, "{path}");
        assert!(body.contains("DATABASE_UNAVAILABLE"), "{body}");
        let headers = headers.to_lowercase();
        assert!(headers.contains("retry-after: 1"), "{headers}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_waits_for_its_database_to_start() {
    let Some(mut cluster) = Cluster::start(&[]) else {
        return;
    };
    cluster.primary.stop();
    let folder = TempDir::new().unwrap();
    let url = cluster.primary.url();
    let server = serve(&folder, &url, &WAIT);
    let reason = "waiting for the database: Connection refused";
    assert_waits(&server.address, reason).await;
    // Without waiting, and after waiting, the exit status is 1 and the reason is told.
    for wait in ["0", "300"] {
        let output = sistergraph(&folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--database-url", &url, "--database-wait-ms", wait])
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert!(errors.contains("Connection refused"), "{errors}");
    }
    let stopped_early = serve(&folder, &url, &WAIT);
    stopped_early.stop();
    // Then it migrates and loads the database, as it may write.
    cluster.primary.restart();
    wait_until(|| get(&server.address, "/readyz").0 == 200).await;
    assert_eq!(get_states(&server.address, 1), 200);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_write_waits_for_a_load() {
    let Some(mut cluster) = Cluster::start(&[]) else {
        return;
    };
    let sql = "create role reader login; grant pg_read_all_data to reader";
    cluster.primary.execute(sql).await;
    let standby = cluster.start_standby(&[]);
    let reader_url = cluster.primary.url().replace("postgres@", "reader@");
    let folder = TempDir::new().unwrap();
    let servers = [
        (
            standby.url(),
            "this is a replica without data",
            "the database is read-only, as replicas are",
        ),
        (
            reader_url,
            "the role \\\"reader\\\" may not write to the database",
            "the role \"reader\" may not write to the database",
        ),
    ]
    .map(|(url, reason, error)| {
        let output = sistergraph(&folder)
            .args(["serve", "--listen", "127.0.0.1:0", "--database-url", &url])
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains(error), "{errors}");
        (serve(&folder, &url, &WAIT), reason)
    });
    for (server, reason) in &servers {
        assert_waits(&server.address, reason).await;
    }
    cluster.primary.load(&DataSet::real()).await;
    for (server, _) in servers {
        wait_until(|| get(&server.address, "/readyz").0 == 200).await;
        assert_eq!(get_states(&server.address, 1), 200);
        server.stop();
    }
}
