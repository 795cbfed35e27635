//! Probes: `/livez`, `/readyz`, and the routes for operators.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use serde_json::{Value, json};

use super::{Server, error::JSON_CONTENT_TYPE, metrics, revision_watch::RevisionWatch};

/// `/readyz` fails if the database has not answered for this long. It is polled anyway, see
/// [`super::revision_watch`], so probes cost it nothing.
pub const MAX_DATABASE_SILENCE: Duration = Duration::from_secs(2);

/// The routes for operators: `/livez`, `/readyz`, and `/metrics`.
pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics::metrics))
}

/// Whether a route is for operators. Probes come every few seconds, so they are not logged by default.
pub(super) fn is_operations_route(route: &str) -> bool {
    matches!(route, "/livez" | "/readyz" | "/metrics")
}

/// Always 200.
async fn livez() -> impl IntoResponse {
    respond_with_json(StatusCode::OK, &json!({ "alive": true }))
}

/// 200 if all checks pass, otherwise 503; the body has the result of each check.
async fn readyz(State(server): State<Arc<Server>>) -> impl IntoResponse {
    let watch = server.revision_watch.get();
    let problem = database_problem(&server);
    let database = problem.as_deref().unwrap_or("ok");
    let data = match watch.and_then(|watch| watch.generation().dataset) {
        Some(_) => "ok",
        None => "no data is loaded; load it with `sistergraph load`",
    };
    let serving = match server.draining.is_cancelled() {
        false => "ok",
        true => "the server is shutting down",
    };
    let is_ready = [database, data, serving] == ["ok"; 3];
    let status = match is_ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let checks = json!({ "database": database, "data": data, "serving": serving });
    respond_with_json(status, &json!({ "ready": is_ready, "checks": checks }))
}

/// Returns why the database cannot be used, or is too far behind; `None` if neither is so.
fn database_problem(server: &Server) -> Option<String> {
    if let Some(reason) = server.waiting_reason() {
        return Some(reason);
    }
    let watch = server.revision_watch.get();
    let Some(silence) = watch.and_then(RevisionWatch::since_last_response) else {
        return Some("the database has not answered yet".to_owned());
    };
    if server.is_database_down() {
        return Some("the database is not available".to_owned());
    }
    if silence >= MAX_DATABASE_SILENCE {
        let seconds = silence.as_secs();
        return Some(format!("the database has not answered for {seconds} s"));
    }
    let max_lag = server.settings.max_replica_lag;
    let lag = watch.and_then(RevisionWatch::replica_lag)?;
    let is_behind = !max_lag.is_zero() && lag > max_lag;
    is_behind.then(|| format!("the replica is {} s behind", lag.as_secs()))
}

fn respond_with_json(status: StatusCode, body: &Value) -> impl IntoResponse + use<> {
    let headers = [
        (header::CONTENT_TYPE, JSON_CONTENT_TYPE),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, body.to_string())
}
