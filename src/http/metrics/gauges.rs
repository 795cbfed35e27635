//! Metrics that are read from the state of the server when they are requested.

use std::sync::{Arc, atomic::AtomicU64};

use prometheus_client::{
    metrics::{counter::ConstCounter, family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use super::Label;
use crate::{
    db::{PoolStatus, ServerStatus},
    http::{Server, revision_watch::RevisionWatch},
    limits::{LimitDefinition, Limits},
    log,
};

/// The current state of a server.
pub(super) fn registry(server: &Server) -> Registry {
    let mut registry = Registry::with_prefix(super::PREFIX);
    register_info(server, &mut registry);
    register_load(server, &mut registry);
    register_limits(server, &mut registry);
    register_cache(server, &mut registry);
    register_database(server, &mut registry);
    registry
}

fn register_info(server: &Server, registry: &mut Registry) {
    let build = Family::<Label, Gauge>::default();
    let version = env!("CARGO_PKG_VERSION");
    build.get_or_create(&[("version", version)]).set(1);
    registry.register("build_info", "The version of the program", build);
    let Some(watch) = server.revision_watch.get() else {
        return;
    };
    let data = Family::<Label<Arc<str>>, Gauge>::default();
    if let Some(dataset) = watch.generation().dataset {
        data.get_or_create(&[("revision", dataset.revision)]).set(1);
    }
    registry.register("data_info", "The revision of the data", data);
    let changes = ConstCounter::new(watch.generation().number);
    let help = "Changes of the data that the server has noticed, loaded by any process";
    registry.register("data_changes", help, changes);
}

fn register_load(server: &Server, registry: &mut Registry) {
    let admission = &server.admission;
    let (running, waiting) = admission.running_and_waiting();
    let help = "Operations that are running";
    registry.register("operations_running", help, gauge(running));
    let help = "Operations that are waiting to run";
    registry.register("operations_waiting", help, gauge(waiting));
    let help = "Open client connections";
    let open = server.open_connections();
    registry.register("connections_open", help, gauge(open));
    let help = "Open event streams and WebSockets";
    registry.register("subscribers", help, gauge(server.open_subscriptions()));
    let help = "Log entries dropped because standard error was not read fast enough";
    let dropped = ConstCounter::new(log::dropped_entries());
    registry.register("log_entries_dropped", help, dropped);
}

fn register_limits(server: &Server, registry: &mut Registry) {
    let limits = Family::<[(&str, &str); 2], Gauge>::default();
    for &LimitDefinition {
        name, unit, get, ..
    } in Limits::DEFINITIONS
    {
        let n = get(server.engine.limits());
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        limits
            .get_or_create(&[("name", name), ("unit", unit)])
            .set(n);
    }
    let help = "Limits on requests and connections, by their names in the API";
    registry.register("limit", help, limits);
}

fn register_cache(server: &Server, registry: &mut Registry) {
    let bytes = server.response_cache.memory_bytes() + server.raw_cache.weighted_size();
    let capacity = server.settings.cache_bytes;
    let help = "Memory that cached answers take";
    registry.register_with_unit("cache", help, Unit::Bytes, gauge(bytes));
    let help = "Memory that cached answers may take";
    registry.register_with_unit("cache_capacity", help, Unit::Bytes, gauge(capacity));
}

fn register_database(server: &Server, registry: &mut Registry) {
    register_server(server.revision_watch.get(), registry);
    let statements = server.metrics.statement_totals();
    let count = ConstCounter::new(statements.count());
    let help = "SQL statements executed for requests";
    registry.register("sql_statements", help, count);
    let time = ConstCounter::new(statements.time().as_secs_f64());
    let help = "Time in SQL statements executed for requests";
    registry.register_with_unit("sql", help, Unit::Seconds, time);
    let PoolStatus { open, idle, max } = server.reader.pool_status();
    let connections = Family::<Label, Gauge>::default();
    for (state, n) in [("idle", idle), ("used", open - idle)] {
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        connections.get_or_create(&[("state", state)]).set(n);
    }
    let help = "Database connections for requests, by state";
    registry.register("database_connections", help, connections);
    let help = "Limit of database connections for requests";
    registry.register("database_connections_max", help, gauge(max));
}

/// The state of the database as of the last poll. There is none while the server waits for its database.
fn register_server(watch: Option<&RevisionWatch>, registry: &mut Registry) {
    let is_up = watch.is_some_and(|watch| !watch.is_failing());
    let help = "Whether the database has answered the last poll";
    registry.register("database_up", help, gauge(u8::from(is_up)));
    let info = Family::<[(&str, Arc<str>); 2], Gauge>::default();
    if let Some(ServerStatus {
        version,
        is_replica,
        ..
    }) = watch.and_then(RevisionWatch::server_status)
    {
        let role = match is_replica {
            true => "replica",
            false => "primary",
        };
        let labels = [("role", role.into()), ("version", version)];
        info.get_or_create(&labels).set(1);
    }
    let help = "The role and the version of the database";
    registry.register("database_info", help, info);
    let lag = Gauge::<f64, AtomicU64>::default();
    let seconds = watch.and_then(RevisionWatch::replica_lag);
    lag.set(seconds.unwrap_or_default().as_secs_f64());
    let help = "How far the replica is behind; 0 on a primary";
    registry.register_with_unit("database_replica_lag", help, Unit::Seconds, lag);
}

fn gauge(value: impl TryInto<i64>) -> Gauge {
    let gauge: Gauge = Gauge::default();
    gauge.set(value.try_into().unwrap_or(i64::MAX));
    gauge
}
