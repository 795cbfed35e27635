//! Several hosts in one URL.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DatabaseBackend, Statement};
use sistergraph::db::{
    DatabaseReader, ReaderOptions, Snapshot, StatementLog,
    connection::{ConnectError, connect},
};
use tempfile::TempDir;

use super::{get_states, query_during, serve};
use crate::support::{
    cluster::{Cluster, PostgresServer},
    data_set::DataSet,
    process::{get, wait_until},
};

fn url(hosts: &[&str], parameters: &str) -> String {
    let hosts = hosts.join(",");
    format!("postgres://postgres@{hosts}/postgres?{parameters}")
}

/// Connects, and returns whether the chosen host is a replica.
async fn is_replica(url: &str) -> Result<bool, ConnectError> {
    let options = ReaderOptions::with_timeout(Duration::from_secs(10));
    let reader = DatabaseReader::connect(url, options).await?.unwrap();
    // Further connections lead to the same host.
    let other = reader.with_options(options);
    let mut roles = Vec::new();
    for reader in [reader, other] {
        let snapshot = Snapshot::open(&reader, StatementLog::default()).await;
        let status = snapshot.unwrap().server_status().await.unwrap();
        roles.push(status.is_replica);
        reader.close().await.unwrap();
    }
    assert_eq!(roles[0], roles[1]);
    Ok(roles[0])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_of_the_chosen_host_is_the_one_that_the_url_requires() {
    let Some(mut cluster) = Cluster::start(&[]) else {
        return;
    };
    cluster.primary.load(&DataSet::real()).await;
    let standby = cluster.start_standby(&[]);
    let (primary, standby) = (&*cluster.primary.address(), &*standby.address());
    // Nothing listens there.
    let dead = "127.0.0.1:1";
    for (target, expected) in [
        ("any", None),
        ("read-write", Some(false)),
        ("read-only", Some(true)),
        ("primary", Some(false)),
        ("standby", Some(true)),
        ("prefer-standby", Some(true)),
    ] {
        for (hosts, is_first_replica) in [
            ([dead, primary, standby], false),
            ([standby, dead, primary], true),
        ] {
            let url = url(&hosts, &format!("target_session_attrs={target}"));
            let expected = expected.unwrap_or(is_first_replica);
            assert_eq!(is_replica(&url).await.unwrap(), expected, "{url}");
        }
    }
    let only_primary = url(&[dead, primary], "target_session_attrs=prefer-standby");
    assert!(!is_replica(&only_primary).await.unwrap());
    let no_standby = url(&[dead, primary], "target_session_attrs=standby");
    let error = is_replica(&no_standby).await.unwrap_err().to_string();
    for reason in [
        "127.0.0.1:1: Connection refused",
        &*format!("{primary}: the server is not a replica"),
    ] {
        assert!(error.contains(reason), "{error}");
    }
    // The chance of choosing the same host each time is one in a million.
    let random = url(&[primary, standby], "load_balance_hosts=random");
    let mut chosen = Vec::new();
    for _ in 0..20 {
        chosen.push(is_replica(&random).await.unwrap());
    }
    assert!(chosen.contains(&true) && chosen.contains(&false));

    // Loads write, whatever the URL requires of servers.
    let both = url(&[standby, primary], "target_session_attrs=standby");
    let database = connect(&both).await.unwrap();
    let sql = "select pg_is_in_recovery()";
    let statement = Statement::from_string(DatabaseBackend::Postgres, sql);
    let row = database.query_one_raw(statement).await.unwrap().unwrap();
    assert!(!row.try_get_by_index::<bool>(0).unwrap());
    database.close().await.unwrap();
    let error = connect(&url(&[standby], "")).await.unwrap_err();
    assert!(matches!(error, ConnectError::ReadOnly), "{error}");

    // A host that accepts connections and does not answer is left too.
    let folder = TempDir::new().unwrap();
    let server = serve(
        &folder,
        &url(&[primary, standby], ""),
        &["--cache-bytes", "0"],
    );
    assert_eq!(role(&server.address), Some("primary"));
    cluster.primary.freeze();
    let frozen_at = Instant::now();
    wait_until(|| role(&server.address) == Some("replica")).await;
    assert_eq!(get_states(&server.address, 1), 200);
    eprintln!("moved after {:?}", frozen_at.elapsed());
    server.stop();
}

/// The role in the metrics of a server.
fn role(address: &str) -> Option<&'static str> {
    let (_, _, metrics) = get(address, "/metrics");
    ["primary", "replica"]
        .into_iter()
        .find(|role| metrics.contains(&format!("sistergraph_database_info{{role=\"{role}\"")))
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_move_to_another_host_when_the_primary_is_replaced() {
    let Some(mut cluster) = Cluster::start(&[]) else {
        return;
    };
    cluster.primary.load(&DataSet::real()).await;
    let standbys: Vec<PostgresServer> = (0..2).map(|_| cluster.start_standby(&[])).collect();
    let primary = cluster.primary.address();
    let [first, second] = [standbys[0].address(), standbys[1].address()];
    let folder = TempDir::new().unwrap();
    let servers = [
        (url(&[&primary, &first], ""), "primary"),
        (
            url(&[&first, &second], "target_session_attrs=standby"),
            "replica",
        ),
        (
            url(&[&first, &primary], "target_session_attrs=primary"),
            "primary",
        ),
    ]
    .map(|(url, expected)| {
        let server = serve(&folder, &url, &["--cache-bytes", "0"]);
        assert_eq!(role(&server.address), Some(expected));
        server
    });
    let addresses = servers.each_ref().map(|server| server.address.clone());
    let statuses = query_during(addresses.each_ref().map(|address| &**address), async |_| {
        cluster.primary.stop();
        wait_until(|| get(&addresses[2], "/readyz").0 == 503).await;
        standbys[0].promote().await;
        wait_until(|| get(&addresses[2], "/readyz").0 == 200).await;
        wait_until(|| role(&addresses[1]) == Some("replica")).await;
    })
    .await;
    let failures = statuses.map(|statuses| statuses.iter().filter(|&&s| s != 200).count());
    // Another host could be used at once. The third server had no primary for a while.
    assert_eq!(failures[..2], [0, 0]);

    // The same URL serves loads, which all servers see, except the one whose replica has no primary any more.
    let mut data = DataSet::real();
    data.set("cities.csv", "us-or-portland", "name", "Stumptown");
    standbys[0].load(&data).await;
    for server in [&servers[0], &servers[2]] {
        let query = "{ city(slug: \"us-or-portland\") { name } }";
        wait_until(|| server.query(query)["city"]["name"] == "Stumptown").await;
    }
    for server in servers {
        server.stop();
    }
}
