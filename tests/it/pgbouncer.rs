//! PgBouncer, which assigns a connection for each transaction, with the configuration in `deploy/`. The test needs PgBouncer and
//! `TEST_DATABASE_URL`.

use std::{
    fs,
    io::ErrorKind,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, Database};
use sistergraph::{
    db::{connection::connect, migration::migrate},
    import::load,
};
use tempfile::TempDir;

use crate::{
    deployment::deploy,
    support::{
        data_set::DataSet,
        process::{Server, get, sistergraph},
    },
};

/// PgBouncer, stopped on drop.
struct PgBouncer {
    process: Child,
    port: u16,
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Starts PgBouncer with connections to the server at `address`; `None` if it is not installed.
fn start_pgbouncer(folder: &TempDir, address: &str, user: &str) -> Option<PgBouncer> {
    let (host, server_port) = address.rsplit_once(':').unwrap();
    // The port is free again when the listener is dropped.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let file = folder.path().join("pgbouncer.ini");
    let mut configuration = deploy("pgbouncer.ini");
    for (documented, replacement) in [
        (
            "sistergraph = host=127.0.0.1 port=5432",
            &*format!("* = host={host} port={server_port} user={user}"),
        ),
        ("listen_port = 6432", &format!("listen_port = {port}")),
        // The test has no passwords. On Debian, only root may create the socket in the default folder.
        (
            "auth_type = scram-sha-256",
            "auth_type = any\nunix_socket_dir =",
        ),
        ("auth_file = /etc/pgbouncer/userlist.txt\n", ""),
        // So that connections are shared.
        ("default_pool_size = 8", "default_pool_size = 2"),
    ] {
        assert!(configuration.contains(documented), "{documented}");
        configuration = configuration.replace(documented, replacement);
    }
    fs::write(&file, configuration).unwrap();
    // PgBouncer does not run as root, and reads the file as another user.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("pgbouncer");
    if rustix::process::geteuid().is_root() {
        command.args(["-u", "nobody"]);
    }
    let process = command
        // On Debian, only root has this folder in the path.
        .env("PATH", format!("{path}:/usr/sbin"))
        .arg("-q")
        .arg(file)
        .stderr(Stdio::null())
        .spawn();
    let process = match process {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("PgBouncer is not installed");
            return None;
        }
        process => process.unwrap(),
    };
    let pgbouncer = PgBouncer { process, port };
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(started.elapsed() < Duration::from_secs(20));
        thread::yield_now();
    }
    Some(pgbouncer)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_reads_through_a_pool_of_transactions() {
    let Ok(url) = std::env::var("TEST_DATABASE_URL") else {
        return;
    };
    let Some((login, rest)) = url.split_once('@') else {
        return;
    };
    let (address, _) = rest.split_once('/').unwrap();
    let user = login.rsplit('/').next().unwrap().split(':').next().unwrap();
    let folder = TempDir::new().unwrap();
    let Some(pgbouncer) = start_pgbouncer(&folder, address, user) else {
        return;
    };
    // PgBouncer does not forward the options of a connection that name the schemas of other tests.
    let name = format!("test_pgbouncer_{}", std::process::id());
    let admin = Database::connect(&url).await.unwrap();
    let sql = format!("create database {name}");
    admin.execute_unprepared(&sql).await.unwrap();
    let database = connect(&format!("{login}@{address}/{name}")).await.unwrap();
    migrate(&database).await.unwrap();
    load(&database, DataSet::real_tables(), &()).await.unwrap();
    database.close().await.unwrap();

    let url = format!(
        "postgres://{user}@127.0.0.1:{}/{name}?statement-cache-capacity=0",
        pgbouncer.port
    );
    let server = Server::start(sistergraph(&folder).args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--cache-bytes",
        "0",
        "--database-url",
        &url,
        "--log-format",
        "json",
    ]));
    thread::scope(|scope| {
        for thread in 1..=8 {
            let address = &server.address;
            scope.spawn(move || {
                for n in 1..=10 {
                    let path = format!(
                        "/graphql?query=%7Bstates(first:{n})%7Bnodes%7Bname%20partnerships(first:{thread})%7BtotalCount%20nodes%7Bslug%20us%7Bname%7D%7D%7D%7D%7D%7D"
                    );
                    let (status, _, body) = get(address, &path);
                    assert_eq!(status, 200, "{body}");
                    assert!(!body.contains("\"errors\""), "{body}");
                }
            });
        }
    });
    let (status, _, body) = get(&server.address, "/export/figures.csv");
    assert_eq!(status, 200, "{body}");
    server.stop();
    drop(pgbouncer);
    let sql = format!("drop database {name} with (force)");
    admin.execute_unprepared(&sql).await.unwrap();
    admin.close().await.unwrap();
}
