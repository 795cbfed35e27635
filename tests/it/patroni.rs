//! The cluster of `docs/cluster.md`: runs the commands of the page, and kills the primary database under load. Needs Patroni,
//! etcd, HAProxy, and PostgreSQL, and the ports of the page; `make test-cluster` runs it.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::docs::{blocks, root};

const CLUSTER: &str = include_str!("../../docs/cluster.md");

/// The page's address of HAProxy.
const ADDRESS: &str = "127.0.0.1:8000";

/// The section of the page in which the primary is killed.
const FAILOVER: &str = "### 5. ";

/// A shell that runs the commands of the page in a copy of the files that they use.
struct Shell {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    folder: TempDir,
}

impl Shell {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let release = folder.path().join("target/release");
        fs::create_dir_all(&release).unwrap();
        fs::copy(
            env!("CARGO_BIN_EXE_sistergraph"),
            release.join("sistergraph"),
        )
        .unwrap();
        run(Command::new("cp")
            .arg("-r")
            .args([root().join("data"), root().join("deploy")])
            .arg(folder.path()));
        let mut command = Command::new("bash");
        // PostgreSQL refuses to run as root.
        if rustix::process::geteuid().is_root() {
            run(Command::new("chown")
                .args(["-R", "postgres"])
                .arg(folder.path()));
            command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "bash"]);
        }
        let mut process = command
            .args(["-e", "-o", "pipefail"])
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: process.stdin.take().unwrap(),
            output: BufReader::new(process.stdout.take().unwrap()),
            process,
            folder,
        }
    }

    /// Runs the commands of the section whose heading starts with `heading`, and returns what they print.
    fn run_section(&mut self, heading: &str) -> String {
        let section = section(heading);
        blocks(section, "sh")
            .into_iter()
            .map(|block| self.run(block))
            .collect()
    }

    fn run(&mut self, commands: &str) -> String {
        const END: &str = "__end_of_commands__";
        eprintln!("{}", commands.trim_end());
        writeln!(self.input, "{commands}\necho {END}").unwrap();
        let mut printed = String::new();
        loop {
            let start = printed.len();
            let n = self.output.read_line(&mut printed).unwrap();
            assert_ne!(n, 0, "failed: {commands}\n{printed}\n{}", self.logs());
            if printed[start..].trim_end().ends_with(END) {
                printed.truncate(printed.len() - END.len() - 1);
                eprint!("{printed}");
                return printed;
            }
        }
    }

    /// The last lines of each log.
    fn logs(&self) -> String {
        let files = fs::read_dir(self.folder.path().join("target/cluster"));
        let files = files
            .into_iter()
            .flatten()
            .flatten()
            .map(|file| file.path());
        let logs =
            files.filter(|file| file.extension().is_some_and(|extension| extension == "log"));
        let ends = logs.map(|log| {
            let text = fs::read_to_string(&log).unwrap_or_default();
            let mut lines: Vec<_> = text.lines().rev().take(10).collect();
            lines.reverse();
            format!("--- {}\n{}\n", log.display(), lines.join("\n"))
        });
        ends.collect()
    }
}

/// Kills everything that the page started, if the test failed before it was stopped.
impl Drop for Shell {
    fn drop(&mut self) {
        let script = "cd target/cluster && kill -9 $(cat *.pid) $(head -qn 1 postgres?/postmaster.pid) 2> kill.log";
        _ = Command::new("bash")
            .args(["-c", script])
            .current_dir(&self.folder)
            .status();
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

/// The text below the heading that starts with `heading`, up to the next one.
fn section(heading: &str) -> &'static str {
    let (_, text) = CLUSTER.split_once(&format!("\n{heading}")).unwrap();
    let end = text.find("\n##").unwrap_or(text.len());
    &text[..end]
}

/// What clients have seen.
#[derive(Debug, Default)]
struct Seen {
    requests: usize,
    failures: Vec<String>,
    slowest: Duration,
    /// The longest time in which no client got an answer.
    gap: Duration,
    last_answer: Option<Instant>,
}

impl Seen {
    fn add(&mut self, sent: Instant, response: Result<String, std::io::Error>) {
        let now = Instant::now();
        self.requests += 1;
        self.slowest = self.slowest.max(now - sent);
        match response {
            Ok(text) if text.starts_with("HTTP/1.1 200 ") && !text.contains("\"errors\"") => {
                self.gap = self.gap.max(now - self.last_answer.unwrap_or(now));
                self.last_answer = Some(now);
            }
            response => self.failures.push(format!("{response:?}")),
        }
    }

    /// Prints what the clients have seen, and fails if a request failed.
    fn report(&self, what: &str) {
        eprintln!(
            "{what}: {} requests, {} failed, slowest {:.2?}, longest time without an answer {:.2?}",
            self.requests,
            self.failures.len(),
            self.slowest,
            self.gap
        );
        assert!(self.failures.is_empty(), "{:#?}", self.failures);
        assert!(self.requests > 100);
    }
}

/// Sends a query that no cache can answer.
fn post(n: usize) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(ADDRESS)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let body = format!(
        "{{\"query\":\"{{ states(first: {}) {{ nodes {{ name a{n}: partnerships(first: 3) {{ totalCount nodes {{ slug }} }} }} }} }}\"}}",
        n % 5
    );
    let length = body.len();
    write!(
        stream,
        "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    Ok(response)
}

/// Sends requests from four clients while `work` runs.
fn under_load<T>(work: impl FnOnce() -> T) -> (Seen, T) {
    let (seen, is_done) = (Mutex::new(Seen::default()), AtomicBool::new(false));
    let result = thread::scope(|scope| {
        for client in 0..4 {
            let (seen, is_done) = (&seen, &is_done);
            scope.spawn(move || {
                for n in (client * 1_000_000).. {
                    if is_done.load(Ordering::Relaxed) {
                        return;
                    }
                    let sent = Instant::now();
                    let response = post(n);
                    seen.lock().unwrap().add(sent, response);
                }
            });
        }
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        is_done.store(true, Ordering::Relaxed);
        result
    });
    let result = result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    (seen.into_inner().unwrap(), result)
}

#[test]
#[ignore = "starts a cluster on the ports of docs/cluster.md; `make test-cluster` runs it"]
fn no_request_fails_when_the_primary_is_killed() {
    let mut shell = Shell::start();
    for heading in [
        "## Step by step",
        "### 1. ",
        "### 2. ",
        "### 3. ",
        "### 4. ",
    ] {
        shell.run_section(heading);
    }
    let [kill, load] = blocks(section(FAILOVER), "sh")[..] else {
        panic!("two blocks");
    };
    let (seen, printed) = under_load(|| {
        shell.run(kill);
        shell.run(load)
    });
    assert_eq!(printed.matches("Stumptown").count(), 3, "{printed}");
    seen.report("failover");
    let (seen, printed) = under_load(|| shell.run_section("### 6. "));
    seen.report("return of the old primary, and rolling restart");
    let statuses: Vec<_> = printed.split_whitespace().collect();
    assert_eq!(statuses.len(), 2, "{printed}");
    assert_eq!(statuses[1], "200", "{printed}");
    shell.run_section("### 7. ");
}
