//! The limits and settings of `sistergraph serve` as command-line options.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, ValueEnum, value_parser};
use ipnet::IpNet;

use crate::{
    engine::Limits,
    http::{ForwardedHeader, Proxies, Settings},
};

/// The limits, as options that their definitions generate.
#[derive(Debug)]
pub(super) struct LimitOptions(pub(super) Limits);

impl Args for LimitOptions {
    fn augment_args(command: Command) -> Command {
        let defaults = Limits::default();
        let options = Limits::DEFINITIONS.iter().map(|limit| {
            Arg::new(limit.name)
                .long(limit.option_name())
                .env(limit.environment_variable())
                .value_name(limit.unit.to_uppercase())
                .value_parser(value_parser!(u64))
                .default_value((limit.get)(&defaults).to_string())
                .help(limit.description.trim_end_matches('.'))
        });
        command.next_help_heading("Limits").args(options)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for LimitOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut options = Self(Limits::default());
        options.update_from_arg_matches(matches)?;
        Ok(options)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let Self(limits) = self;
        for limit in Limits::DEFINITIONS {
            if let Some(number) = matches.get_one(limit.name) {
                (limit.set)(limits, *number);
            }
        }
        limits.default_page_size = limits.default_page_size.min(limits.max_page_size);
        Ok(())
    }
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
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
    #[arg(long, env = "SISTERGRAPH_RATE_BURST", value_name = "REQUESTS", default_value_t = Settings::default().rate_burst, value_parser = value_parser!(u32).range(1..))]
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
