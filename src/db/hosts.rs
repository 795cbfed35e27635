//! The hosts that a PostgreSQL URL names, and which of them is used.
//!
//! sqlx connects to one host and ignores parameters that it does not know. So the list of hosts is parsed here, as libpq
//! does: the hosts are tried in order until one has the role that `target_session_attrs` requires. All connections
//! lead to the same host until it is lost or its role changes, so the answers of a server never mix those of two replicas.

use std::{
    collections::hash_map::RandomState,
    env, fmt,
    hash::BuildHasher,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sea_orm::{
    SqlxError,
    sqlx::{ConnectOptions, Connection, PgConnection, Row, postgres::PgConnectOptions, raw_sql},
};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{
    connection::error_message, error::DatabaseError, pool::WAIT_TIMEOUT, postgres::no_answer,
};
use crate::suggestion::nearest;

/// The default time limit for connecting to one of several hosts.
const HOST_TIMEOUT: Duration = Duration::from_secs(2);

/// The parameters of a URL that sqlx understands, apart from its other spellings of them.
const SQLX_PARAMETERS: &[&str] = &[
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];
const SQLX_ALIASES: &[&str] = &["ssl-ca", "ssl-cert", "ssl-key", "ssl-mode", "ssl-root-cert"];

const TARGET: &str = "target_session_attrs";
const LOAD_BALANCE: &str = "load_balance_hosts";
const CONNECT_TIMEOUT: &str = "connect_timeout";

/// What a session must be able to do, or the role of its server, as in libpq's `target_session_attrs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionTarget {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

impl SessionTarget {
    const ALL: [(&str, Self); 6] = [
        ("any", Self::Any),
        ("read-write", Self::ReadWrite),
        ("read-only", Self::ReadOnly),
        ("primary", Self::Primary),
        ("standby", Self::Standby),
        ("prefer-standby", Self::PreferStandby),
    ];

    /// Returns why a session cannot be used; `None` if it can.
    fn mismatch(self, session: SessionRole) -> Option<&'static str> {
        match self {
            Self::ReadWrite if session.is_read_only => Some("the server is read-only"),
            Self::ReadOnly if !session.is_read_only => Some("the server is not read-only"),
            Self::Primary if session.is_replica => Some("the server is a replica"),
            Self::Standby | Self::PreferStandby if !session.is_replica => {
                Some("the server is not a replica")
            }
            _ => None,
        }
    }
}

/// What the server says about a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SessionRole {
    pub(super) is_replica: bool,
    /// Whether transactions are read-only by default, as they always are on a replica.
    pub(super) is_read_only: bool,
}

/// The reason why no host can be used.
#[derive(Debug)]
pub(super) enum HostsError {
    /// The connection failed for a reason that trying the next host does not change, such as a wrong password.
    Rejected(DatabaseError),
    /// Every host is unreachable or has another role.
    NoneUsable {
        /// The reason of each host.
        reasons: Vec<(String, String)>,
        /// Whether all could be reached, but had another role.
        is_role: bool,
    },
}

impl fmt::Display for HostsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(error) => error.fmt(f),
            Self::NoneUsable { reasons, .. } => match &reasons[..] {
                [(_, reason)] => f.write_str(reason),
                _ => {
                    let reasons: Vec<_> = reasons
                        .iter()
                        .map(|(host, reason)| format!("{host}: {reason}"))
                        .collect();
                    f.write_str(&reasons.join("; "))
                }
            },
        }
    }
}

impl From<HostsError> for DatabaseError {
    fn from(error: HostsError) -> Self {
        match error {
            HostsError::Rejected(error) => error,
            error => SqlxError::Io(io::Error::other(error.to_string())).into(),
        }
    }
}

/// The hosts of a URL, and the one that is used. All pools of a process share it.
#[derive(Debug)]
pub(super) struct PostgresHosts {
    hosts: Vec<PgConnectOptions>,
    target: SessionTarget,
    is_random: bool,
    connect_timeout: Duration,
    /// Whether statements get a name, under which the connection keeps them. PgBouncer before 1.21 does not support that.
    pub(super) uses_named_statements: bool,
    current: Mutex<CurrentHost>,
}

#[derive(Debug, Default)]
struct CurrentHost {
    /// `None` if none is used yet.
    index: Option<usize>,
    /// Cancelled when all connections to the host, idle or not, are given up.
    given_up: CancellationToken,
}

impl PostgresHosts {
    /// Parses a URL. Its parameters have precedence over libpq's environment variables.
    ///
    /// # Errors
    /// If the URL is malformed, or has a parameter that nobody would use.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let mut target = variable("PGTARGETSESSIONATTRS");
        let mut load_balance = variable("PGLOADBALANCEHOSTS");
        let mut connect_timeout = variable("PGCONNECT_TIMEOUT");
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut uses_named_statements = true;
        let mut parameters = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                TARGET => target = Some(value.into_owned()),
                LOAD_BALANCE => load_balance = Some(value.into_owned()),
                CONNECT_TIMEOUT => connect_timeout = Some(value.into_owned()),
                name if is_sqlx_parameter(name) => {
                    if (name, &*value) == ("statement-cache-capacity", "0") {
                        uses_named_statements = false;
                    }
                    parameters.append_pair(name, &value);
                }
                name => return Err(unknown_parameter(name)),
            }
        }
        let parameters = parameters.finish();
        let mut hosts = Vec::new();
        for base in split_hosts(base) {
            let url = format!("{base}?{parameters}");
            let options: PgConnectOptions = url
                .parse()
                .map_err(|error: SqlxError| error_message(&error))?;
            // PGHOST and the parameter `host` may be lists too.
            let names = options.get_host().to_owned();
            hosts.extend(names.split(',').map(|name| configure(&options, name)));
        }
        Ok(Self {
            target: match target {
                Some(name) => parse_name(TARGET, &name, &SessionTarget::ALL)?,
                None => SessionTarget::Any,
            },
            is_random: match load_balance {
                Some(name) => {
                    parse_name(LOAD_BALANCE, &name, &[("disable", false), ("random", true)])?
                }
                None => false,
            },
            connect_timeout: match connect_timeout {
                Some(seconds) => parse_seconds(&seconds)?,
                None if hosts.len() == 1 => WAIT_TIMEOUT,
                None => HOST_TIMEOUT,
            },
            hosts,
            uses_named_statements,
            current: Mutex::default(),
        })
    }

    /// Requires a session that can write, whatever the URL says.
    pub(super) fn for_writing(self) -> Self {
        Self {
            target: SessionTarget::ReadWrite,
            ..self
        }
    }

    /// Connects to the current host or, if that is lost, to the first one that can be used. Waits for each at most for `limit`.
    /// Returns the options of the host, the connection, and the token that is cancelled when it is given up.
    ///
    /// # Errors
    /// If no host can be used.
    pub(super) async fn connect(
        &self,
        limit: Duration,
    ) -> Result<(PgConnectOptions, PgConnection, CancellationToken), HostsError> {
        loop {
            let (current, seen) = {
                let current = self.lock_current();
                (current.index, current.given_up.clone())
            };
            let (index, connection) = tokio::select! {
                connected = self.connect_to_any(current, limit) => connected?,
                // Polls get no answer, or another host is the current one.
                () = seen.cancelled() => return Err(HostsError::Rejected(no_answer())),
            };
            // Otherwise another task has chosen another host meanwhile.
            if let Some(given_up) = self.select(index, &seen) {
                return Ok((self.hosts[index].clone(), connection, given_up));
            }
        }
    }

    async fn connect_to_any(
        &self,
        current: Option<usize>,
        limit: Duration,
    ) -> Result<(usize, PgConnection), HostsError> {
        let mut order: Vec<usize> = (0..self.hosts.len()).collect();
        if self.is_random {
            let random = RandomState::new();
            order.sort_by_cached_key(|index| random.hash_one(index));
        }
        // The sort is stable.
        order.sort_by_key(|&index| Some(index) != current);
        let targets = match self.target {
            SessionTarget::PreferStandby => &[SessionTarget::PreferStandby, SessionTarget::Any][..],
            target => &[target],
        };
        let mut reasons = Vec::new();
        let mut is_role = true;
        for &target in targets {
            reasons.clear();
            for &index in &order {
                let host = host_name(&self.hosts[index]);
                let open = open(&self.hosts[index], target);
                match timeout(self.connect_timeout.min(limit), open).await {
                    Ok(Ok(Ok(connection))) => return Ok((index, connection)),
                    Ok(Ok(Err(mismatch))) => reasons.push((host, mismatch.to_owned())),
                    Ok(Err(error)) => match DatabaseError::from(error) {
                        DatabaseError::Unavailable(error) => {
                            is_role = false;
                            reasons.push((host, error_message(&error)));
                        }
                        error => return Err(HostsError::Rejected(error)),
                    },
                    Err(_) => {
                        is_role = false;
                        reasons.push((host, "no answer".to_owned()));
                    }
                }
            }
        }
        Err(HostsError::NoneUsable { reasons, is_role })
    }

    /// Makes a host the current one, and gives up connections to another. Returns the token of its connections; `None` if
    /// another host is the current one since `seen` was read.
    fn select(&self, index: usize, seen: &CancellationToken) -> Option<CancellationToken> {
        let mut current = self.lock_current();
        if current.index.is_some_and(|current| current != index) {
            if seen.is_cancelled() {
                return None;
            }
            let host = host_name(&self.hosts[index]);
            tracing::info!(host, "another host of the database is used");
            std::mem::take(&mut *current).given_up.cancel();
        }
        current.index = Some(index);
        Some(current.given_up.clone())
    }

    /// Closes all connections, because the server does not answer. Transactions in progress fail.
    pub(super) fn give_up_connections(&self) {
        let mut current = self.lock_current();
        std::mem::take(&mut current.given_up).cancel();
    }

    /// Chooses a host again if the role of the current one does not fit any more.
    pub(super) fn check_role(&self, role: SessionRole) {
        let Some(reason) = self.target.mismatch(role) else {
            return;
        };
        // Without a replica, `prefer-standby` is content with any host.
        if self.target != SessionTarget::PreferStandby {
            tracing::info!(reason, "the role of the database has changed");
            std::mem::take(&mut *self.lock_current()).given_up.cancel();
        }
    }

    fn lock_current(&self) -> MutexGuard<'_, CurrentHost> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Connects to one host. Returns why the session cannot be used if it does not fit the target.
async fn open(
    options: &PgConnectOptions,
    target: SessionTarget,
) -> Result<Result<PgConnection, &'static str>, SqlxError> {
    let mut connection = PgConnection::connect_with(options).await?;
    if target == SessionTarget::Any {
        return Ok(Ok(connection));
    }
    let sql = "select pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'";
    let row = raw_sql(sql).fetch_one(&mut connection).await?;
    let role = SessionRole {
        is_replica: row.try_get(0)?,
        is_read_only: row.try_get(1)?,
    };
    match target.mismatch(role) {
        Some(mismatch) => {
            // It only says goodbye; the server also notices without it.
            _ = connection.close().await;
            Ok(Err(mismatch))
        }
        None => Ok(Ok(connection)),
    }
}

/// Splits a URL without parameters into one for each of its hosts.
fn split_hosts(base: &str) -> Vec<String> {
    let Some((scheme, rest)) = base.split_once("://") else {
        return vec![base.to_owned()];
    };
    let (authority, path) = match rest.find('/') {
        Some(index) => rest.split_at(index),
        None => (rest, ""),
    };
    let (login, hosts) = match authority.rfind('@') {
        Some(index) => authority.split_at(index + 1),
        None => ("", authority),
    };
    let hosts = hosts.split(',');
    hosts
        .map(|host| format!("{scheme}://{login}{host}{path}"))
        .collect()
}

fn configure(options: &PgConnectOptions, host: &str) -> PgConnectOptions {
    let options = options.clone().host(host);
    let options = match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("sistergraph"),
    };
    // PgBouncer rejects this parameter of sqlx. Results are binary, so it makes no difference.
    options.extra_float_digits(None).disable_statement_logging()
}

fn host_name(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

fn is_sqlx_parameter(name: &str) -> bool {
    SQLX_PARAMETERS.contains(&name)
        || SQLX_ALIASES.contains(&name)
        || (name.starts_with("options[") && name.ends_with(']'))
}

fn unknown_parameter(name: &str) -> String {
    let ours = [TARGET, LOAD_BALANCE, CONNECT_TIMEOUT];
    let known = SQLX_PARAMETERS.iter().copied().chain(ours);
    match nearest(name, known) {
        Some(nearest) => format!("unknown parameter \"{name}\"; did you mean \"{nearest}\"?"),
        None => format!("unknown parameter \"{name}\""),
    }
}

fn parse_name<T: Copy>(parameter: &str, name: &str, values: &[(&str, T)]) -> Result<T, String> {
    match values.iter().find(|(value, _)| *value == name) {
        Some((_, value)) => Ok(*value),
        None => {
            let names: Vec<_> = values.iter().map(|(value, _)| *value).collect();
            let names = names.join(", ");
            Err(format!(
                "{parameter} is \"{name}\", which is none of {names}"
            ))
        }
    }
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        // As in libpq, for no limit of its own.
        Ok(0) => Ok(WAIT_TIMEOUT),
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
        Err(_) => Err(format!(
            "{CONNECT_TIMEOUT} is \"{text}\", which is not a whole number of seconds"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(url: &str) -> Vec<String> {
        let hosts = PostgresHosts::parse(url).unwrap();
        hosts.hosts.iter().map(host_name).collect()
    }

    #[test]
    fn each_host_of_a_url_has_its_own_port() {
        for (url, expected) in [
            ("postgres://u@a:1/d", &["a:1"][..]),
            ("postgres://u:p%2C@a:1,b:2,c/d", &["a:1", "b:2", "c:5432"]),
            ("postgresql://a,b:2?dbname=d", &["a:5432", "b:2"]),
            ("postgres:///d?host=a,b&port=3", &["a:3", "b:3"]),
            ("postgres:///d?host=/run/postgresql", &["/run/postgresql"]),
        ] {
            assert_eq!(addresses(url), expected, "{url}");
        }
    }

    #[test]
    fn parameters_are_parsed_as_in_libpq() {
        let url = "postgres://a,b/d?target_session_attrs=prefer-standby&load_balance_hosts=random&connect_timeout=3";
        let hosts = PostgresHosts::parse(url).unwrap();
        assert_eq!(hosts.target, SessionTarget::PreferStandby);
        assert!(hosts.is_random);
        assert_eq!(hosts.connect_timeout, Duration::from_secs(3));
        let timeout = |url| PostgresHosts::parse(url).unwrap().connect_timeout;
        assert_eq!(timeout("postgres://a/d"), WAIT_TIMEOUT);
        assert_eq!(timeout("postgres://a,b/d"), HOST_TIMEOUT);
        for (parameters, expected) in [
            (
                "target_session_attr=any",
                "unknown parameter \"target_session_attr\"; did you mean \"target_session_attrs\"?",
            ),
            (
                "channel_binding=require",
                "unknown parameter \"channel_binding\"",
            ),
            (
                "target_session_attrs=master",
                "target_session_attrs is \"master\", which is none of any, read-write, read-only, primary, standby, prefer-standby",
            ),
            (
                "load_balance_hosts=yes",
                "load_balance_hosts is \"yes\", which is none of disable, random",
            ),
            (
                "connect_timeout=2s",
                "connect_timeout is \"2s\", which is not a whole number of seconds",
            ),
        ] {
            let url = format!("postgres://u:secret@a/d?{parameters}");
            assert_eq!(PostgresHosts::parse(&url).unwrap_err(), expected);
        }
    }

    #[test]
    fn hosts_are_accepted_by_their_role() {
        let [primary, replica, read_only] =
            [(false, false), (true, true), (false, true)].map(|(is_replica, is_read_only)| {
                SessionRole {
                    is_replica,
                    is_read_only,
                }
            });
        for (target, accepted) in [
            (SessionTarget::Any, [true, true, true]),
            (SessionTarget::ReadWrite, [true, false, false]),
            (SessionTarget::ReadOnly, [false, true, true]),
            (SessionTarget::Primary, [true, false, true]),
            (SessionTarget::Standby, [false, true, false]),
        ] {
            let roles = [primary, replica, read_only];
            let actual = roles.map(|role| target.mismatch(role).is_none());
            assert_eq!(actual, accepted, "{target:?}");
        }
    }
}
