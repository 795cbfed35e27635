//! Replicas that are behind, and what they cancel to catch up.

use std::{sync::atomic::Ordering, time::Duration};

use sistergraph::db::{DatabaseReader, ReaderOptions, Snapshot, StatementLog};
use tempfile::TempDir;
use tokio::time::timeout;

use super::{get_states, query_during, serve};
use crate::support::{
    cluster::Cluster,
    data_set::DataSet,
    process::{get, wait_until},
    relay::Relay,
};

const LIMIT: Duration = Duration::from_secs(60);

const PAUSE: &str = "select pg_wal_replay_pause()";
const RESUME: &str = "select pg_wal_replay_resume()";

fn renamed() -> DataSet {
    let mut data = DataSet::real();
    data.set("cities.csv", "us-or-portland", "name", "Stumptown");
    data
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_replica_is_too_far_behind_is_not_ready() {
    let Some(mut cluster) = Cluster::start(&[]) else {
        return;
    };
    cluster.primary.load(&DataSet::real()).await;
    let standby = cluster.start_standby(&[]);
    let folder = TempDir::new().unwrap();
    let limit = ["--max-replica-lag-ms", "1000"];
    let server = serve(&folder, &standby.url(), &limit);
    let unlimited = serve(&folder, &standby.url(), &[]);
    wait_until(|| get(&server.address, "/readyz").0 == 200).await;
    standby.execute(PAUSE).await;
    cluster
        .primary
        .execute("create table something_new ()")
        .await;
    wait_until(|| get(&server.address, "/readyz").0 == 503).await;
    let (_, _, readiness) = get(&server.address, "/readyz");
    assert!(readiness.contains("the replica is "), "{readiness}");
    assert!(readiness.contains(" s behind"), "{readiness}");
    // It still answers, and the lag is a metric.
    assert_eq!(get_states(&server.address, 1), 200);
    let (_, _, metrics) = get(&server.address, "/metrics");
    let lag = metrics
        .lines()
        .find_map(|line| line.strip_prefix("sistergraph_database_replica_lag_seconds "));
    let lag: f64 = lag.unwrap().parse().unwrap();
    assert!(lag > 1.0, "{lag}");
    assert!(metrics.contains("sistergraph_database_up 1\n"), "{metrics}");
    let info = "sistergraph_database_info{role=\"replica\",version=\"PostgreSQL ";
    assert!(metrics.contains(info), "{metrics}");
    assert_eq!(get(&unlimited.address, "/readyz").0, 200);
    standby.execute(RESUME).await;
    wait_until(|| get(&server.address, "/readyz").0 == 200).await;
    server.stop();
    unlimited.stop();
}

/// Behind one address are two replicas: the one whose revision is polled has the new data, the one that answers has not.
#[tokio::test(flavor = "multi_thread")]
async fn old_answers_are_not_kept_if_one_of_two_replicas_is_behind() {
    let Some(mut cluster) = Cluster::start(&[]) else {
        return;
    };
    cluster.primary.load(&DataSet::real()).await;
    let [answering, polled] = [(); 2].map(|()| cluster.start_standby(&[]));
    let relay = Relay::start(&answering.address()).await;
    let folder = TempDir::new().unwrap();
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", relay.port);
    let server = serve(&folder, &url, &["--database-connections", "1"]);
    let name = || {
        let query = "{ city(slug: \"us-or-portland\") { name } }";
        server.query(query)["city"]["name"].clone()
    };
    // Without requests, only polls connect again.
    relay.forward_to(&polled.address());
    let terminate = "select pg_terminate_backend(pid) from pg_stat_activity \
        where application_name = 'sistergraph'";
    answering.execute(terminate).await;
    let connections =
        "select count(*)::text from pg_stat_activity where application_name = 'sistergraph'";
    let is_polled = async { while polled.select(connections).await == "0" {} };
    timeout(LIMIT, is_polled).await.unwrap();
    relay.forward_to(&answering.address());
    assert_eq!(name(), "Portland");
    answering.execute(PAUSE).await;
    cluster.primary.load(&renamed()).await;
    polled.catch_up_with(&cluster.primary).await;
    let has_noticed = || {
        let (_, _, metrics) = get(&server.address, "/metrics");
        metrics.contains("sistergraph_data_changes_total 1\n")
    };
    wait_until(has_noticed).await;
    assert_eq!(name(), "Portland");
    answering.execute(RESUME).await;
    answering.catch_up_with(&cluster.primary).await;
    for _ in 0..40 {
        assert_eq!(name(), "Stumptown");
    }
    server.stop();
}

/// A replica that may not wait for its readers cancels them.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_replica_cancels_fails_no_request() {
    let Some(mut cluster) = Cluster::start(&[]) else {
        return;
    };
    cluster.primary.load(&DataSet::real()).await;
    let standby = cluster.start_standby(&["max_standby_streaming_delay=0"]);
    let folder = TempDir::new().unwrap();
    let server = serve(&folder, &standby.url(), &["--cache-bytes", "0"]);
    let address = &*server.address;
    let statuses = query_during([address; 3], async |answers| {
        for _ in 0..10 {
            for sql in [
                "update community set name = name",
                "vacuum community",
                "begin; lock table community in access exclusive mode; commit",
            ] {
                cluster.primary.execute(sql).await;
            }
            let before = answers.load(Ordering::Relaxed);
            wait_until(|| answers.load(Ordering::Relaxed) > before + 6).await;
        }
    })
    .await;
    let answers = statuses.concat();
    assert!(answers.iter().all(|&status| status == 200), "{answers:?}");
    let conflicts =
        "select (sum(confl_lock) + sum(confl_snapshot))::text from pg_stat_database_conflicts";
    let conflicts = standby.select(conflicts).await;
    eprintln!(
        "{} requests, {conflicts} canceled statements",
        answers.len()
    );
    server.stop();
}

/// Without this setting, a replica that waits for its readers would stop, or cancel a file after 30 seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_replica_with_feedback_does_not_wait_for_a_slow_reader() {
    let Some(mut cluster) = Cluster::start(&[]) else {
        return;
    };
    cluster.primary.load(&DataSet::real()).await;
    let standby = cluster.start_standby(&[
        "hot_standby_feedback=on",
        "wal_receiver_status_interval=1s",
        "max_standby_streaming_delay=-1",
    ]);
    let options = ReaderOptions::with_timeout(Duration::from_secs(60));
    let reader = DatabaseReader::connect(&standby.url(), options).await;
    let reader = reader.unwrap().unwrap();
    let snapshot = Snapshot::open(&reader, StatementLog::default()).await;
    let snapshot = snapshot.unwrap();
    let before = snapshot.loaded_dataset().await.unwrap();
    let feedback = "select (count(backend_xmin) > 0)::text from pg_stat_replication";
    while cluster.primary.select(feedback).await != "true" {
        tokio::task::yield_now().await;
    }
    cluster.primary.load(&renamed()).await;
    cluster.primary.execute("vacuum").await;
    standby.catch_up_with(&cluster.primary).await;
    assert_eq!(snapshot.loaded_dataset().await.unwrap(), before);
    drop(snapshot);
    reader.close().await.unwrap();
}
