//! What is the case at the moment, asked for when somebody reads.

use std::sync::Arc;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::ConstCounter, family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use crate::{db::PoolStatus, http::Server};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VersionLabels {
    version: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RevisionLabels {
    revision: Arc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConnectionStateLabels {
    state: &'static str,
}

/// The state of a server as it is now.
pub(super) fn registry(server: &Server) -> Registry {
    let mut registry = Registry::with_prefix(super::PREFIX);
    register_info(server, &mut registry);
    register_load(server, &mut registry);
    register_cache(server, &mut registry);
    register_database(server, &mut registry);
    registry
}

fn register_info(server: &Server, registry: &mut Registry) {
    let build = Family::<VersionLabels, Gauge>::default();
    let version = env!("CARGO_PKG_VERSION");
    build.get_or_create(&VersionLabels { version }).set(1);
    registry.register("build_info", "The version of the program", build);
    let Some(live) = server.revision_watch() else {
        return;
    };
    let data = Family::<RevisionLabels, Gauge>::default();
    if let Some(revision) = live.revision() {
        data.get_or_create(&RevisionLabels { revision }).set(1);
    }
    registry.register("data_info", "The revision of the data that is served", data);
    let changes = ConstCounter::new(live.generation());
    let help = "Changes of the data that were seen, by a load in any process";
    registry.register("data_changes", help, changes);
}

fn register_load(server: &Server, registry: &mut Registry) {
    let admission = server.admission();
    let (running, waiting) = admission.running_and_waiting();
    let help = "Operations that are executed now";
    registry.register("operations_running", help, gauge(running));
    let help = "Operations that wait for their turn";
    registry.register("operations_waiting", help, gauge(waiting));
    let help = "Connections of clients that are open";
    let open = server.open_connections();
    registry.register("connections_open", help, gauge(open));
    let help = "Subscriptions over server-sent events, and WebSockets, that are open";
    registry.register("subscribers", help, gauge(server.open_subscriptions()));
}

fn register_cache(server: &Server, registry: &mut Registry) {
    let bytes = server.0.response_cache.memory_bytes() + server.raw_cache().weighted_size();
    let capacity = server.settings().cache_bytes;
    let help = "What the answers kept in memory take";
    registry.register_with_unit("cache", help, Unit::Bytes, gauge(bytes));
    let help = "What the answers kept in memory may take";
    registry.register_with_unit("cache_capacity", help, Unit::Bytes, gauge(capacity));
}

fn register_database(server: &Server, registry: &mut Registry) {
    let statements = server.metrics().statement_totals();
    let count = ConstCounter::new(statements.count());
    let help = "Statements that the database executed for requests";
    registry.register("sql_statements", help, count);
    let time = ConstCounter::new(statements.time().as_secs_f64());
    let help = "Time that the database took for them";
    registry.register_with_unit("sql", help, Unit::Seconds, time);
    let PoolStatus { open, idle, max } = server.reader().pool_status();
    let connections = Family::<ConnectionStateLabels, Gauge>::default();
    for (state, n) in [("idle", idle), ("used", open - idle)] {
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        connections
            .get_or_create(&ConnectionStateLabels { state })
            .set(n);
    }
    let help = "Connections to the database for requests";
    registry.register("database_connections", help, connections);
    let help = "Connections to the database that there may be";
    registry.register("database_connections_max", help, gauge(max));
}

fn gauge(value: impl TryInto<i64>) -> Gauge {
    let gauge: Gauge = Gauge::default();
    gauge.set(value.try_into().unwrap_or(i64::MAX));
    gauge
}
