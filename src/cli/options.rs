//! The limits and settings of `sistergraph serve` as command-line options.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use clap::{Args, ValueEnum};
use ipnet::IpNet;

use crate::{
    engine::Limits,
    http::{ForwardedHeader, Proxies, Settings},
};

/// The limits of a request, which clients can query as `limits`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitOptions {
    /// Maximum nesting of fields in a document, after fragment expansion.
    #[arg(long, env = "SISTERGRAPH_MAX_DEPTH", value_name = "LEVELS", default_value_t = Limits::default().max_depth)]
    max_depth: u64,

    /// Maximum cost of a request. Each field counts once for every object that the lists above it may return.
    #[arg(long, env = "SISTERGRAPH_MAX_COMPLEXITY", value_name = "FIELDS", default_value_t = Limits::default().max_complexity)]
    max_complexity: u64,

    /// Maximum number of rows on a page.
    #[arg(long, env = "SISTERGRAPH_MAX_PAGE_SIZE", value_name = "ROWS", default_value_t = Limits::default().max_page_size)]
    max_page_size: u64,

    /// Number of rows on a page if the query has neither `first` nor `last`.
    #[arg(long, env = "SISTERGRAPH_DEFAULT_PAGE_SIZE", value_name = "ROWS", default_value_t = Limits::default().default_page_size)]
    default_page_size: u64,

    /// Maximum number of aliases in a document, after fragment expansion.
    #[arg(long, env = "SISTERGRAPH_MAX_ALIASES", value_name = "ALIASES", default_value_t = Limits::default().max_aliases)]
    max_aliases: u64,

    /// Maximum time for executing a request; the database enforces it too.
    #[arg(long, env = "SISTERGRAPH_REQUEST_TIMEOUT_MS", value_name = "MS", default_value_t = ms(Limits::default().request_timeout))]
    request_timeout_ms: u64,

    /// Maximum length of a request body.
    #[arg(long, env = "SISTERGRAPH_MAX_REQUEST_BYTES", value_name = "BYTES", default_value_t = Limits::default().max_request_bytes)]
    max_request_bytes: u64,

    /// Maximum length of a query.
    #[arg(long, env = "SISTERGRAPH_MAX_QUERY_BYTES", value_name = "BYTES", default_value_t = Limits::default().max_query_bytes)]
    max_query_bytes: u64,

    /// Maximum number of tokens in a document: names, values, and punctuation.
    #[arg(long, env = "SISTERGRAPH_MAX_TOKENS", value_name = "TOKENS", default_value_t = Limits::default().max_tokens)]
    max_tokens: u64,

    /// Maximum number of fields and fragments in a document, after fragment expansion.
    #[arg(long, env = "SISTERGRAPH_MAX_SELECTIONS", value_name = "SELECTIONS", default_value_t = Limits::default().max_selections)]
    max_selections: u64,

    /// Maximum number of root fields in an operation, after fragment expansion.
    #[arg(long, env = "SISTERGRAPH_MAX_ROOT_FIELDS", value_name = "FIELDS", default_value_t = Limits::default().max_root_fields)]
    max_root_fields: u64,

    /// Maximum number of directives in an operation, after fragment expansion.
    #[arg(long, env = "SISTERGRAPH_MAX_DIRECTIVES", value_name = "DIRECTIVES", default_value_t = Limits::default().max_directives)]
    max_directives: u64,

    /// Maximum number of variables that a document declares.
    #[arg(long, env = "SISTERGRAPH_MAX_VARIABLES", value_name = "VARIABLES", default_value_t = Limits::default().max_variables)]
    max_variables: u64,

    /// Maximum number of values in each list of an argument or variable.
    #[arg(long, env = "SISTERGRAPH_MAX_LIST_SIZE", value_name = "VALUES", default_value_t = Limits::default().max_list_size)]
    max_list_size: u64,

    /// Maximum number of requests in a batch; 0 turns batches off.
    #[arg(long, env = "SISTERGRAPH_MAX_BATCH", value_name = "REQUESTS", default_value_t = Limits::default().max_batch)]
    max_batch: u64,

    /// Maximum number of requests that run at the same time.
    #[arg(long, env = "SISTERGRAPH_MAX_CONCURRENT_REQUESTS", value_name = "REQUESTS", default_value_t = Limits::default().max_concurrent_requests)]
    max_concurrent_requests: u64,

    /// Maximum number of requests that wait to run; further requests get 503.
    #[arg(long, env = "SISTERGRAPH_MAX_WAITING_REQUESTS", value_name = "REQUESTS", default_value_t = Limits::default().max_waiting_requests)]
    max_waiting_requests: u64,

    /// Maximum number of open event streams and WebSockets; further ones get 503.
    #[arg(long, env = "SISTERGRAPH_MAX_SUBSCRIBERS", value_name = "CLIENTS", default_value_t = Limits::default().max_subscribers)]
    max_subscribers: u64,

    /// Maximum number of open connections; further ones get 503.
    #[arg(long, env = "SISTERGRAPH_MAX_CONNECTIONS", value_name = "CONNECTIONS", default_value_t = Limits::default().max_connections)]
    max_connections: u64,

    /// Maximum time for the headers of a request, and for an idle connection to send the next request.
    #[arg(long, env = "SISTERGRAPH_HEADER_TIMEOUT_MS", value_name = "MS", default_value_t = ms(Limits::default().header_timeout))]
    header_timeout_ms: u64,

    /// Maximum time for a request body to arrive.
    #[arg(long, env = "SISTERGRAPH_BODY_TIMEOUT_MS", value_name = "MS", default_value_t = ms(Limits::default().body_timeout))]
    body_timeout_ms: u64,
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl LimitOptions {
    /// The limits set by the options.
    pub(super) fn limits(&self) -> Limits {
        Limits {
            max_depth: self.max_depth,
            max_complexity: self.max_complexity,
            max_page_size: self.max_page_size,
            default_page_size: self.default_page_size.min(self.max_page_size),
            max_aliases: self.max_aliases,
            request_timeout: Duration::from_millis(self.request_timeout_ms),
            max_request_bytes: self.max_request_bytes,
            max_query_bytes: self.max_query_bytes,
            max_tokens: self.max_tokens,
            max_selections: self.max_selections,
            max_root_fields: self.max_root_fields,
            max_directives: self.max_directives,
            max_variables: self.max_variables,
            max_list_size: self.max_list_size,
            max_batch: self.max_batch,
            max_concurrent_requests: self.max_concurrent_requests,
            max_waiting_requests: self.max_waiting_requests,
            max_subscribers: self.max_subscribers,
            max_connections: self.max_connections,
            header_timeout: Duration::from_millis(self.header_timeout_ms),
            body_timeout: Duration::from_millis(self.body_timeout_ms),
        }
    }
}

/// Caching, access, proxies, and shutdown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Serving")]
pub(super) struct ServingOptions {
    /// Memory for cached answers; 0 turns caching off.
    #[arg(long, env = "SISTERGRAPH_CACHE_BYTES", value_name = "BYTES", default_value_t = Settings::default().cache_bytes)]
    cache_bytes: u64,

    /// Memory for cached totals and groups, with SQLite files only; 0 turns this cache off.
    #[arg(long, env = "SISTERGRAPH_COUNTS_BYTES", value_name = "BYTES", default_value_t = 8 * 1024 * 1024)]
    pub(super) counts_bytes: u64,

    /// How long browsers and shared caches may use a response to GET without revalidating it.
    #[arg(long, env = "SISTERGRAPH_MAX_AGE", value_name = "SECONDS", default_value_t = Settings::default().max_age.as_secs())]
    max_age: u64,

    /// Origins whose pages may read responses, such as `https://example.org`, separated by commas; * allows all.
    #[arg(
        long,
        env = "SISTERGRAPH_ALLOWED_ORIGINS",
        value_name = "ORIGINS",
        value_delimiter = ',',
        default_value = "*"
    )]
    allowed_origins: Vec<String>,

    /// Folder of documents that clients can execute by documentId: .graphql files, or .json files of ids and documents.
    #[arg(long, env = "SISTERGRAPH_TRUSTED_DOCUMENTS", value_name = "DIR")]
    trusted_documents: Option<PathBuf>,

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
    only_trusted: bool,

    /// Maximum number of requests per second and client; further requests get 429. 0 turns the limit off.
    #[arg(long, env = "SISTERGRAPH_RATE_LIMIT", value_name = "REQUESTS", default_value_t = Settings::default().rate_limit)]
    rate_limit: u32,

    /// Maximum number of requests that a client may send in a burst.
    #[arg(long, env = "SISTERGRAPH_RATE_BURST", value_name = "REQUESTS", default_value_t = Settings::default().rate_burst, value_parser = clap::value_parser!(u32).range(1..))]
    rate_burst: u32,

    /// Trusted proxy networks whose forwarded headers are used, such as 10.0.0.0/8, separated by commas.
    #[arg(
        long,
        env = "SISTERGRAPH_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        value_delimiter = ',',
        value_parser = parse_network
    )]
    trusted_proxies: Vec<IpNet>,

    /// Header in which trusted proxies forward the address of the client.
    #[arg(
        long,
        env = "SISTERGRAPH_CLIENT_ADDRESS_FROM",
        value_enum,
        default_value = "x-forwarded-for"
    )]
    client_address_from: ClientAddressHeader,

    /// Separate address and port for /livez, /readyz, and /metrics, which are then not available elsewhere.
    #[arg(
        long,
        env = "SISTERGRAPH_OPERATIONS_LISTEN",
        value_name = "ADDRESS:PORT"
    )]
    pub(super) operations_listen: Option<SocketAddr>,

    /// Write timeout: how long a client may stop reading before it is disconnected.
    #[arg(long, env = "SISTERGRAPH_WRITE_TIMEOUT_MS", value_name = "MS", default_value_t = ms(Settings::default().write_timeout))]
    write_timeout_ms: u64,

    /// How long the server accepts connections after SIGTERM or SIGINT, while /readyz already returns 503.
    #[arg(long, env = "SISTERGRAPH_STOP_DELAY_MS", value_name = "MS", default_value_t = ms(Settings::default().stop_delay))]
    stop_delay_ms: u64,

    /// How long the server waits for the requests in progress when it shuts down.
    #[arg(long, env = "SISTERGRAPH_DRAIN_TIMEOUT_MS", value_name = "MS", default_value_t = ms(Settings::default().drain_timeout))]
    drain_timeout_ms: u64,
}

/// The values of `--client-address-from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ClientAddressHeader {
    XForwardedFor,
    Forwarded,
}

/// Parses a network in CIDR notation, or a single address.
///
/// # Errors
/// If the text is neither.
fn parse_network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    address.or_else(|_| text.parse()).map_err(|_| {
        "not a network or an IP address; write it like 10.0.0.0/8, 2001:db8::/32, or 127.0.0.1"
            .to_owned()
    })
}

impl ServingOptions {
    /// The settings set by the options.
    pub(super) fn settings(&self) -> Settings {
        Settings {
            cache_bytes: self.cache_bytes,
            max_age: Duration::from_secs(self.max_age),
            allowed_origins: self.allowed_origins.clone(),
            trusted_documents: self.trusted_documents.clone(),
            only_trusted: self.only_trusted,
            rate_limit: self.rate_limit,
            rate_burst: self.rate_burst,
            proxies: Proxies {
                trusted_networks: self.trusted_proxies.clone(),
                header: match self.client_address_from {
                    ClientAddressHeader::XForwardedFor => ForwardedHeader::XForwardedFor,
                    ClientAddressHeader::Forwarded => ForwardedHeader::Forwarded,
                },
            },
            write_timeout: Duration::from_millis(self.write_timeout_ms),
            stop_delay: Duration::from_millis(self.stop_delay_ms),
            drain_timeout: Duration::from_millis(self.drain_timeout_ms),
            has_operations_listener: self.operations_listen.is_some(),
        }
    }
}
