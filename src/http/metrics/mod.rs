//! Metrics in the text formats of Prometheus and OpenMetrics. Each server has its own; nothing is
//! global.

mod gauges;
mod operation_names;
mod process;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    extract::State,
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

pub use self::operation_names::MAX_OPERATION_LABELS;
use self::operation_names::OperationNames;
use super::Server;
use crate::db::StatementTotals;

/// The upper bounds of the histogram buckets, in seconds: from a cached answer to the default of
/// `limits.requestTimeoutMs`.
const DURATION_BUCKETS: [f64; 15] = [
    0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0,
];

type HistogramFamily<L> = Family<L, Histogram, fn() -> Histogram>;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: Arc<str>,
    status: u16,
}

/// The only label of a metric, with its name.
type Label<V = &'static str> = [(&'static str, V); 1];

const HIT: &str = "hit";
const MISS: &str = "miss";

/// Counters and histograms since the server was created. Gauges are read on request: see [`gauges`].
pub(super) struct Metrics {
    requests: Family<RequestLabels, Counter>,
    durations: HistogramFamily<Label<Arc<str>>>,
    errors: Family<Label, Counter>,
    operations: HistogramFamily<Label<Arc<str>>>,
    operation_names: OperationNames,
    cache_results: Family<Label, Counter>,
    statement_totals: Arc<StatementTotals>,
    refused_connections: Counter,
    started: SystemTime,
}

/// The metrics of one cached response, looked up once for all the times that it is sent.
#[derive(Clone, Debug)]
pub(super) struct CachedResponseMetrics {
    requests: Counter,
    durations: Histogram,
    operations: Histogram,
    hits: Counter,
}

impl CachedResponseMetrics {
    /// Counts one response.
    pub(super) fn record(&self, elapsed: Duration) {
        let seconds = elapsed.as_secs_f64();
        self.requests.inc();
        self.durations.observe(seconds);
        self.operations.observe(seconds);
        self.hits.inc();
    }
}

impl Metrics {
    /// Creates empty metrics. Operations with these names always have a label of their own.
    pub(super) fn new<'a>(operation_names: impl IntoIterator<Item = &'a str>) -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(DURATION_BUCKETS);
        let cache_results = Family::<Label, Counter>::default();
        // Alerts need counters to start at 0, not to be absent.
        for result in [HIT, MISS] {
            cache_results.get_or_create_owned(&[("result", result)]);
        }
        Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(histogram),
            errors: Family::default(),
            operations: Family::new_with_constructor(histogram),
            operation_names: OperationNames::new(operation_names),
            cache_results,
            statement_totals: Arc::default(),
            refused_connections: Counter::default(),
            started: SystemTime::now(),
        }
    }

    /// Counts a request.
    pub(super) fn record_request(
        &self,
        method: &Method,
        route: &str,
        status: StatusCode,
        elapsed: Duration,
    ) {
        // Each file of the pages is a route of its own; one label is enough for all.
        let route = if route.starts_with("/assets/") {
            "/assets"
        } else {
            route
        };
        let (requests, durations) = self.request_metrics(method, route, status);
        requests.inc();
        durations.observe(elapsed.as_secs_f64());
    }

    fn request_metrics(
        &self,
        method: &Method,
        route: &str,
        status: StatusCode,
    ) -> (Counter, Histogram) {
        let route: Arc<str> = route.into();
        let durations = self
            .durations
            .get_or_create_owned(&[("route", route.clone())]);
        let labels = RequestLabels {
            method: method_label(method),
            route,
            status: status.as_u16(),
        };
        (self.requests.get_or_create_owned(&labels), durations)
    }

    /// Looks up the metrics of a response that will be sent from the raw cache.
    pub(super) fn cached_response_metrics(
        &self,
        method: &Method,
        route: &str,
        status: StatusCode,
        operation: Option<&str>,
    ) -> CachedResponseMetrics {
        let operation = self.operation_names.label(operation, true);
        let operation = [("operation", operation)];
        let (requests, durations) = self.request_metrics(method, route, status);
        CachedResponseMetrics {
            requests,
            durations,
            operations: self.operations.get_or_create_owned(&operation),
            hits: self.cache_results.get_or_create_owned(&[("result", HIT)]),
        }
    }

    /// Counts the errors of a response by their codes.
    pub(super) fn record_errors(&self, codes: &[&'static str]) {
        for &code in codes {
            self.errors.get_or_create(&[("code", code)]).inc();
        }
    }

    /// Counts an operation. `hit` is whether its answer was cached, `None` if caching is off.
    pub(super) fn record_operation(
        &self,
        name: Option<&str>,
        was_executed: bool,
        hit: Option<bool>,
        elapsed: Duration,
    ) {
        let operation = self.operation_names.label(name, was_executed);
        self.operations
            .get_or_create(&[("operation", operation)])
            .observe(elapsed.as_secs_f64());
        if let Some(hit) = hit.filter(|_| was_executed) {
            let result = if hit { HIT } else { MISS };
            self.cache_results
                .get_or_create(&[("result", result)])
                .inc();
        }
    }

    fn registry(&self) -> Registry {
        let mut registry = Registry::with_prefix(PREFIX);
        let requests = self.requests.clone();
        registry.register("http_requests", "HTTP requests answered", requests);
        registry.register_with_unit(
            "http_request_duration",
            "Time until a response begins",
            Unit::Seconds,
            self.durations.clone(),
        );
        let errors = self.errors.clone();
        registry.register("errors", "Errors in responses, by code", errors);
        registry.register_with_unit(
            "operation_duration",
            "Time to answer an operation, including cached answers and the time in the queue",
            Unit::Seconds,
            self.operations.clone(),
        );
        registry.register(
            "cache_answers",
            "Operations looked up in the cache of answers, by result",
            self.cache_results.clone(),
        );
        registry.register(
            "connections_refused",
            "Connections refused because too many were open",
            self.refused_connections.clone(),
        );
        registry
    }

    pub(super) fn statement_totals(&self) -> &Arc<StatementTotals> {
        &self.statement_totals
    }

    pub(super) fn refused_connections(&self) -> &Counter {
        &self.refused_connections
    }
}

/// The prefix of all metrics that are specific to this program.
const PREFIX: &str = "sistergraph";

/// Clients can make up methods, so only the usual ones have a label.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// `/metrics`.
pub(super) async fn metrics(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    // The text fits both formats. Browsers display only the older one.
    let content_type = if accepts_openmetrics(&headers) {
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    } else {
        "text/plain; version=0.0.4; charset=utf-8"
    };
    match render(&server) {
        Ok(text) => (
            [
                (header::CONTENT_TYPE, content_type),
                (header::CACHE_CONTROL, "no-store"),
            ],
            text,
        )
            .into_response(),
        // Writing to a string cannot fail.
        Err(fmt::Error) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn accepts_openmetrics(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("application/openmetrics-text"))
}

fn render(server: &Server) -> Result<String, fmt::Error> {
    let mut text = String::with_capacity(16 * 1024);
    let metrics = &server.metrics;
    text::encode_registry(&mut text, &metrics.registry())?;
    text::encode_registry(&mut text, &gauges::registry(server))?;
    text::encode_registry(&mut text, &process::registry(metrics.started))?;
    text::encode_eof(&mut text)?;
    Ok(text)
}
