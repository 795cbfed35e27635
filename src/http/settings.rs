//! The settings of the server, apart from the limits of a request.

use std::{path::PathBuf, time::Duration};

use axum::http::{HeaderValue, Uri};
use clap::{Args, Command, FromArgMatches};

use super::{ListenAddress, Proxies};
use crate::{db::POOL_SIZE, limits::parse_whole_number};

/// What operators can set, apart from [`crate::limits::Limits`]; the options of `sistergraph serve`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(next_help_heading = "Serving")]
pub struct Settings {
    /// Memory for cached answers; 0 turns caching off.
    #[arg(long, env = "SISTERGRAPH_CACHE_BYTES", value_name = "BYTES", default_value_t = 32 * 1024 * 1024, value_parser = parse_whole_number)]
    pub cache_bytes: u64,

    /// Memory for cached totals, groups, and search results; 0 turns this cache off.
    #[arg(long, env = "SISTERGRAPH_COUNTS_BYTES", value_name = "BYTES", default_value_t = 8 * 1024 * 1024, value_parser = parse_whole_number)]
    pub counts_bytes: u64,

    /// Maximum number of database connections for requests, from 1 to 1000. Files and watching the data have their own.
    #[arg(
        long,
        env = "SISTERGRAPH_DATABASE_CONNECTIONS",
        value_name = "CONNECTIONS",
        default_value_t = POOL_SIZE,
        value_parser = clap::value_parser!(u32).range(1..=1_000)
    )]
    pub database_connections: u32,

    /// How far a PostgreSQL replica may be behind, after which /readyz returns 503; 0 turns this off.
    #[arg(long = "max-replica-lag-ms", env = "SISTERGRAPH_MAX_REPLICA_LAG_MS", value_name = "MS", default_value = "0", value_parser = milliseconds)]
    pub max_replica_lag: Duration,

    /// How long browsers and shared caches may use a response to GET without revalidating it.
    #[arg(long, env = "SISTERGRAPH_MAX_AGE", value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub max_age: Duration,

    /// Origins whose pages may read responses, such as `https://example.org`, separated by commas; * allows all.
    #[arg(
        long,
        env = "SISTERGRAPH_ALLOWED_ORIGINS",
        value_name = "ORIGINS",
        value_delimiter = ',',
        value_parser = parse_origin,
        default_value = "*"
    )]
    pub allowed_origins: Vec<String>,

    /// Public address of the pages, such as `https://example.org/sister`. With it, pages name their canonical address and their picture, and there are a sitemap and oEmbed.
    #[arg(long, env = "SISTERGRAPH_PUBLIC_URL", value_name = "URL", value_parser = parse_public_url)]
    pub public_url: Option<String>,

    /// Folder of documents that clients can execute by documentId: .graphql files, or .json files of ids and documents.
    #[arg(long, env = "SISTERGRAPH_TRUSTED_DOCUMENTS", value_name = "DIR")]
    pub trusted_documents: Option<PathBuf>,

    /// Whether to execute only trusted documents: true or false.
    #[arg(
        long,
        env = "SISTERGRAPH_ONLY_TRUSTED",
        value_name = "BOOL",
        requires = "trusted_documents",
        num_args = 0..=1,
        default_missing_value = "true",
        default_value = "false",
        action = clap::ArgAction::Set
    )]
    pub only_trusted: bool,

    /// Whether to serve the Model Context Protocol, which assistants use, at /mcp: true or false.
    #[arg(
        long,
        env = "SISTERGRAPH_MCP",
        value_name = "BOOL",
        num_args = 0..=1,
        default_missing_value = "true",
        default_value = "true",
        action = clap::ArgAction::Set
    )]
    pub mcp: bool,

    /// Maximum number of requests per second and client; further requests get 429. 0 turns the limit off.
    #[arg(
        long,
        env = "SISTERGRAPH_RATE_LIMIT",
        value_name = "REQUESTS",
        default_value_t = 0
    )]
    pub rate_limit: u32,

    /// Maximum number of requests that a client may send in a burst.
    #[arg(long, env = "SISTERGRAPH_RATE_BURST", value_name = "REQUESTS", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub rate_burst: u32,

    /// The proxies in front of the server.
    #[command(flatten)]
    pub proxies: Proxies,

    /// Separate address and port for /livez, /readyz, and /metrics, which are then not available elsewhere.
    #[arg(
        long,
        env = "SISTERGRAPH_OPERATIONS_LISTEN",
        value_name = "ADDRESS:PORT"
    )]
    pub operations_listen: Option<ListenAddress>,

    /// How long a connection may be idle between two requests. It should be longer than a proxy keeps idle connections.
    #[arg(long = "keep-alive-timeout-ms", env = "SISTERGRAPH_KEEP_ALIVE_TIMEOUT_MS", value_name = "MS", default_value = "150000", value_parser = milliseconds)]
    pub keep_alive_timeout: Duration,

    /// Write timeout: how long a client may stop reading before it is disconnected.
    #[arg(long = "write-timeout-ms", env = "SISTERGRAPH_WRITE_TIMEOUT_MS", value_name = "MS", default_value = "30000", value_parser = milliseconds)]
    pub write_timeout: Duration,

    /// How long the server accepts connections after SIGTERM, SIGINT, or SIGHUP, while /readyz already returns 503.
    #[arg(long = "stop-delay-ms", env = "SISTERGRAPH_STOP_DELAY_MS", value_name = "MS", default_value = "0", value_parser = milliseconds)]
    pub stop_delay: Duration,

    /// How long the server waits for the requests in progress when it shuts down.
    #[arg(long = "drain-timeout-ms", env = "SISTERGRAPH_DRAIN_TIMEOUT_MS", value_name = "MS", default_value = "10000", value_parser = milliseconds)]
    pub drain_timeout: Duration,
}

/// Parses an origin as browsers send it, `null`, or `*`.
///
/// # Errors
/// If it has no scheme or no host, or more than these and a port.
fn parse_origin(text: &str) -> Result<String, String> {
    let origin = text.trim();
    if matches!(origin, "*" | "null") {
        return Ok(origin.to_owned());
    }
    let uri = origin.parse::<Uri>().ok();
    let parts = uri.filter(|uri| uri.path() == "/" && uri.query().is_none());
    let origin =
        parts.and_then(|uri| Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?)));
    origin
        .map(|origin| origin.to_ascii_lowercase())
        .ok_or_else(|| {
            "not an origin; write it like https://example.org, without a path".to_owned()
        })
}

/// Parses an address with or without a path; it is returned without the final slash.
///
/// # Errors
/// If it is not an http or https address, or has a query.
fn parse_public_url(text: &str) -> Result<String, &'static str> {
    let uri = text.trim().parse::<Uri>().ok();
    let is_address = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none()
    });
    match is_address && !text.contains(['"', '<', '&', '#']) {
        true => Ok(text.trim().trim_end_matches('/').to_owned()),
        false => {
            Err("not an address; write it like https://example.org or https://example.org/sister")
        }
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    parse_whole_number(text).map(Duration::from_secs)
}

fn milliseconds(text: &str) -> Result<Duration, &'static str> {
    parse_whole_number(text).map(Duration::from_millis)
}

impl Settings {
    /// Whether pages of an origin may read responses.
    pub(super) fn allows_origin(&self, origin: &HeaderValue) -> bool {
        self.allows_any_origin()
            || self
                .allowed_origins
                .iter()
                .any(|allowed| origin == allowed.as_str())
    }

    /// Whether pages of every origin may read responses.
    pub(super) fn allows_any_origin(&self) -> bool {
        self.allowed_origins.iter().any(|allowed| allowed == "*")
    }
}

impl Default for Settings {
    /// The defaults of the options, whatever the environment sets.
    fn default() -> Self {
        let command = Self::augment_args(Command::new("serve")).mut_args(|option| option.env(None));
        Self::from_arg_matches(&command.get_matches_from(["serve"]))
            .unwrap_or_else(|error| error.exit())
    }
}
