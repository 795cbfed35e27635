//! A running server while another process loads data.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sistergraph::{http::Settings, limits::Limits};

use crate::support::{
    data_set::DataSet,
    database::TestDatabase,
    graph::TestGraph,
    process::{Server, sistergraph},
};

const OREGON: &str = "{ state(code: \"OR\") { name partnerships { totalCount } } }";

fn oregano() -> DataSet {
    let mut data = DataSet::real();
    data.set("states.csv", "us-or", "name", "Oregano");
    data
}

fn serve(folder: &tempfile::TempDir, database_url: &str) -> Server {
    let mut command = sistergraph(folder);
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(["--database-url", database_url])
        // The test does not read the pipe of the log, which an entry for each request would fill.
        .env("SISTERGRAPH_LOG", "sistergraph::cli=info");
    Server::start(&mut command)
}

fn wait_for(server: &Server, name: &str, timeout: Duration) {
    let started = Instant::now();
    while server.query(OREGON)["state"]["name"] != name {
        assert!(started.elapsed() < timeout, "the name is still not {name}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_by_another_process_takes_effect_without_failed_requests() {
    let database = TestDatabase::empty().await;
    let folder = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    oregano().write_to(data.path());
    let server = Arc::new(serve(&folder, database.url()));
    let n_requests = Arc::new(AtomicUsize::new(0));
    let done = Arc::new(AtomicBool::new(false));
    let client = {
        let (server, n_requests, done) = (server.clone(), n_requests.clone(), done.clone());
        thread::spawn(move || {
            while !done.load(Ordering::Relaxed) {
                // Panics unless the response is 200 with data.
                let state = &server.query(OREGON)["state"];
                let name = state["name"].as_str().unwrap();
                assert!(name == "Oregon" || name == "Oregano", "{name}");
                assert_eq!(state["partnerships"]["totalCount"], 45);
                n_requests.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let mut load = sistergraph(&folder);
    load.args(["load", "--database-url", database.url(), "--data"])
        .arg(data.path());
    assert!(load.output().unwrap().status.success());
    wait_for(&server, "Oregano", Duration::from_secs(1));
    done.store(true, Ordering::Relaxed);
    client.join().unwrap();
    assert!(n_requests.load(Ordering::Relaxed) > 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_load_changes_nothing_for_a_running_server() {
    let database = TestDatabase::empty().await;
    let folder = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    // Changes many rows, so that the load is still writing when it is killed.
    let mut other = oregano();
    other.edit_rows("sources.csv", |header, rows| {
        let title = header.iter().position(|name| name == "title");
        for row in rows {
            row[title.unwrap()] += " (again)";
        }
    });
    other.write_to(data.path());
    let server = serve(&folder, database.url());
    let before = server.query("{ dataset { revision loadedAt } }");
    for wait in [20, 60, 120, 240] {
        let mut load = sistergraph(&folder);
        load.args(["load", "--database-url", database.url(), "--data"])
            .arg(data.path());
        let mut load = load.spawn().unwrap();
        thread::sleep(Duration::from_millis(wait));
        load.kill().unwrap();
        load.wait().unwrap();
        let after = server.query("{ dataset { revision loadedAt } state(code: \"OR\") { name } }");
        if after["dataset"]["revision"] == before["dataset"]["revision"] {
            assert_eq!(after["state"]["name"], "Oregon");
            assert_eq!(after["dataset"], before["dataset"]);
        } else {
            // The load had finished before it was killed.
            assert_eq!(after["state"]["name"], "Oregano");
            break;
        }
    }
    // The next load succeeds.
    let mut load = sistergraph(&folder);
    load.args(["load", "--database-url", database.url(), "--data"])
        .arg(data.path());
    let output = load.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    wait_for(&server, "Oregano", Duration::from_secs(1));
    server.stop();
}

#[tokio::test]
async fn subscribers_get_an_event_for_each_load() {
    let folder = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    oregano().write_to(data.path());
    let mut serve = sistergraph(&folder);
    serve
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("SISTERGRAPH_LOG", "sistergraph::cli=info");
    let server = Server::start(&mut serve);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let query = "subscription%7BdatasetChanged%7Brevision%20partnerships%20latest%7Brevision%20label%7D%7D%7D";
    let request = format!(
        "GET /graphql?query={query} HTTP/1.1\r\nhost: test\r\naccept: text/event-stream\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "HTTP/1.1 200 OK");
    assert!(lines.any(|line| line == "content-type: text/event-stream"));
    let mut load = sistergraph(&folder);
    load.args(["load", "--label", "oregano", "--data"])
        .arg(data.path());
    assert!(load.output().unwrap().status.success());
    assert!(lines.any(|line| line == "event: next"));
    let event = lines.next().unwrap();
    let event: serde_json::Value =
        serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap();
    let revision = server.query("{ dataset { revision } }")["dataset"]["revision"].clone();
    assert_eq!(event["data"]["datasetChanged"]["revision"], revision);
    let latest = &event["data"]["datasetChanged"]["latest"];
    assert_eq!(
        *latest,
        serde_json::json!({ "revision": revision, "label": "oregano" })
    );
    assert_eq!(
        event["data"]["datasetChanged"]["partnerships"],
        DataSet::real().row_count("partnerships.csv")
    );
    // The server stops despite the subscription. It does not send `complete`, so that clients
    // reconnect.
    server.signal("TERM");
    assert!(!lines.any(|line| line == "event: complete"));
    server.stop();
}

#[tokio::test]
async fn a_query_over_server_sent_events_is_one_event() {
    let graph = TestGraph::watching_revision(Limits::default(), Settings::default()).await;
    let request = super::get(&[("query", "{ __typename }")]).header("accept", "text/event-stream");
    let response = graph
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await;
    assert_eq!(
        response.text,
        "event: next\ndata: {\"data\":{\"__typename\":\"Query\"}}\n\nevent: complete\ndata:\n\n"
    );
}
