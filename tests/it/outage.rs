//! PostgreSQL that goes away, moves, or consists of several servers. The tests need `TEST_DATABASE_URL`.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database};
use serde_json::Value;
use sistergraph::import::load;
use tempfile::TempDir;

use crate::support::{
    data_set::DataSet,
    database::TestDatabase,
    graph::TestGraph,
    process::{Server, get, sistergraph, wait_until},
    relay::Relay,
};

/// A server that reaches its database through a relay.
struct Setup {
    database: TestDatabase,
    /// The address of the PostgreSQL server.
    target: String,
    relay: Relay,
    server: Server,
    _folder: TempDir,
}

/// Returns a database with the data; `None` without PostgreSQL.
async fn loaded(data: &DataSet) -> Option<TestDatabase> {
    let database = TestDatabase::migrated().await;
    if database.url().starts_with("sqlite:") {
        return None;
    }
    load(database.connection(), &data.tables(), &())
        .await
        .unwrap();
    Some(database)
}

/// Returns the address in a URL, and the URL with another port on this host.
fn through_port(url: &str, port: u16) -> (String, String) {
    let (login, rest) = url.split_once('@').unwrap();
    let (address, path) = rest.split_once('/').unwrap();
    (
        address.to_owned(),
        format!("{login}@127.0.0.1:{port}/{path}"),
    )
}

async fn start(options: &[&str]) -> Option<Setup> {
    let database = loaded(&DataSet::real()).await?;
    let (target, _) = through_port(database.url(), 0);
    let relay = Relay::start(&target).await;
    let folder = TempDir::new().unwrap();
    let (_, url) = through_port(database.url(), relay.port);
    let mut command = sistergraph(&folder);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--database-url", &url])
        .args(options)
        // The test does not read the pipe of the log.
        .env("SISTERGRAPH_LOG", "sistergraph::cli=info");
    let server = Server::start(&mut command);
    Some(Setup {
        database,
        target,
        relay,
        server,
        _folder: folder,
    })
}

/// Sends a query that is not cached, and returns the status, the headers, and the body.
fn query(server: &Server, n: usize) -> (u16, String, Value) {
    let path = format!("/graphql?query=%7Bstates(first:{n})%7BtotalCount%20nodes%7Bname%7D%7D%7D");
    let (status, headers, body) = get(&server.address, &path);
    (status, headers, serde_json::from_str(&body).unwrap())
}

fn states(server: &Server, n: usize) -> usize {
    let (status, _, body) = query(server, n);
    assert_eq!(status, 200, "{body}");
    let nodes = body["data"]["states"]["nodes"].as_array();
    nodes.unwrap_or_else(|| panic!("{body}")).len()
}

/// As on a replica: nothing can be written, and nothing has to be.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_be_written_is_served_if_it_has_data() {
    let Some(loaded) = loaded(&DataSet::real()).await else {
        return;
    };
    let empty = TestDatabase::empty().await;
    let folder = TempDir::new().unwrap();
    let read_only = |url: &str| {
        url.replace(
            "search_path",
            "default_transaction_read_only%3Don%20-c%20search_path",
        )
    };
    let serve = |url: &str| {
        let mut command = sistergraph(&folder);
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database-url",
            &read_only(url),
        ]);
        command
    };
    let server = Server::start(&mut serve(loaded.url()));
    assert_eq!(states(&server, 1), 1);
    server.stop();
    let output = serve(empty.url()).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    let expected =
        "the database is read-only, as replicas are; migrate and load it at the primary server";
    assert!(errors.contains(expected), "{errors}");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_reported_at_once_with_the_reason() {
    let folder = TempDir::new().unwrap();
    for (address, reason) in [
        ("127.0.0.1:1", "Connection refused"),
        ("no-such-host.invalid", "no-such-host.invalid"),
    ] {
        for command in ["serve", "load"] {
            let started = Instant::now();
            let url = format!("postgres://user@{address}/sistergraph");
            let output = sistergraph(&folder)
                .args([command, "--database-url", &url])
                .env("SISTERGRAPH_LISTEN", "127.0.0.1:0")
                .output()
                .unwrap();
            let errors = String::from_utf8(output.stderr).unwrap();
            assert!(
                errors.contains("cannot open the database postgres://user@"),
                "{errors}"
            );
            assert!(errors.contains(reason), "{errors}");
            // sqlx's pool tries again for five seconds.
            assert!(started.elapsed() < Duration::from_secs(5), "{errors}");
        }
    }
}

/// What a restart, a failover, or an administrator does.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_server_closes_fail_no_request() {
    let Some(setup) = start(&[]).await else {
        return;
    };
    assert_eq!(states(&setup.server, 1), 1);
    for n in 2..6 {
        // The connections of this test itself have the same name.
        let admin = Database::connect(
            setup
                .database
                .url()
                .replace("application_name=", "application_name=admin_"),
        );
        let admin = admin.await.unwrap();
        let (_, name) = setup
            .database
            .url()
            .split_once("application_name=")
            .unwrap();
        let (name, _) = name.split_once('&').unwrap();
        let sql = format!(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{name}'"
        );
        admin.execute_unprepared(&sql).await.unwrap();
        admin.close().await.unwrap();
        assert_eq!(states(&setup.server, n), n);
        let (status, _, body) = get(&setup.server.address, "/export/figures.csv");
        assert_eq!(status, 200, "{body}");
        let (status, _, body) = get(&setup.server.address, "/readyz");
        assert_eq!(status, 200, "{body}");
    }
    setup.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_503_with_retry_after_until_the_database_is_back() {
    let Some(setup) = start(&["--cache-bytes", "0"]).await else {
        return;
    };
    let server = &setup.server;
    assert_eq!(states(server, 1), 1);
    setup.relay.close_connections(None);
    // At once, and after the server has noticed.
    for _ in 0..2 {
        let started = Instant::now();
        let (status, headers, body) = query(server, 2);
        assert_eq!(status, 503, "{body}");
        assert!(started.elapsed() < Duration::from_secs(4));
        assert!(
            headers.to_lowercase().contains("retry-after: 1"),
            "{headers}"
        );
        assert_eq!(
            body["errors"][0]["extensions"]["code"],
            "DATABASE_UNAVAILABLE"
        );
        assert_eq!(body.get("data"), None);
        let (status, headers, body) = get(&server.address, "/export/figures.csv");
        assert_eq!(status, 503, "{body}");
        assert!(
            headers.to_lowercase().contains("retry-after: 1"),
            "{headers}"
        );
        let is_ready = || get(&server.address, "/readyz").0 == 200;
        wait_until(|| !is_ready()).await;
    }
    assert!(
        get(&server.address, "/readyz")
            .2
            .contains("the database is not available")
    );
    assert_eq!(get(&server.address, "/livez").0, 200);
    setup.relay.close_connections(Some(&setup.target));
    wait_until(|| get(&server.address, "/readyz").0 == 200).await;
    assert_eq!(states(server, 3), 3);
    setup.server.stop();
}

/// Imitates a host that loses its power: nothing closes the connections, but new ones reach its successor.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_swallowed_are_replaced() {
    let Some(setup) = start(&["--cache-bytes", "0"]).await else {
        return;
    };
    assert_eq!(states(&setup.server, 1), 1);
    for round in 0..2 {
        setup.relay.swallow_connections();
        let started = Instant::now();
        // Meanwhile, the requests on these connections wait, and are then sent again.
        assert_eq!(states(&setup.server, 2 + round), 2 + round);
        let elapsed = started.elapsed();
        assert!(elapsed < Duration::from_secs(8), "{elapsed:?}");
    }
    setup.server.stop();
}

/// Replicas behind one address: the one whose revision is polled has the new data, the one that answers does not.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_a_replica_that_is_behind_is_not_cached() {
    let ahead = TestGraph::with_data(DataSet::real().set(
        "cities.csv",
        "us-or-portland",
        "name",
        "Stumptown",
    ))
    .await;
    if ahead.backend() == "sqlite" {
        return;
    }
    let behind = TestGraph::watching_revision_of(&ahead).await;
    let query = "{ city(slug: \"us-or-portland\") { name } }";
    for _ in 0..2 {
        let response = behind.query(query).await;
        assert_eq!(response.data()["city"]["name"], "Portland");
        assert_ne!(
            response.statements,
            Vec::<String>::new(),
            "the answer came from the cache"
        );
    }
}

/// One message begins the transaction and one reads the state; the end of the transaction is not waited for.
#[tokio::test(flavor = "multi_thread")]
async fn one_state_takes_two_round_trips() {
    let Some(setup) = start(&["--cache-bytes", "0", "--database-connections", "1"]).await else {
        return;
    };
    let name = |code: &str| {
        let state = setup
            .server
            .query(&format!("{{ state(code: \"{code}\") {{ name }} }}"));
        state["state"]["name"].clone()
    };
    assert_eq!(name("WA"), "Washington");
    setup.relay.take_sent();
    assert_eq!(name("OR"), "Oregon");
    let sent = setup.relay.take_sent();
    // Meanwhile, the server may look for new data over other connections.
    let client = sent.iter().find(|sent| sent.text.contains("STATE"));
    let client = client.unwrap().client;
    let before_answer: Vec<_> = sent
        .iter()
        .filter(|sent| sent.client == client && !sent.text.contains("rollback"))
        .collect();
    assert_eq!(before_answer.len(), 2, "{sent:#?}");
    setup.server.stop();
}
