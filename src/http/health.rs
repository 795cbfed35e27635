//! Probes: `/livez`, `/readyz`, and the routes for operators.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Map, json};

use super::{Server, error::JSON_CONTENT_TYPE, metrics};

/// `/readyz` fails if the database has not answered for this long. It is polled anyway, see
/// [`super::revision_watch`], so probes cost it nothing.
pub const MAX_DATABASE_SILENCE: Duration = Duration::from_secs(2);

/// The routes for operators: `/livez`, `/readyz`, and `/metrics`.
pub(super) fn routes() -> Router<Server> {
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
async fn livez() -> Response {
    respond_with_json(StatusCode::OK, json!({ "alive": true }).to_string())
}

/// 200 if all checks pass, otherwise 503; the body has the result of each check.
async fn readyz(State(server): State<Server>) -> Response {
    let checks = [
        ("database", check_database(&server)),
        ("data", check_data(&server)),
        ("serving", check_serving(&server)),
    ];
    let ready = checks.iter().all(|(_, check)| check.is_ok());
    let checks: Map<_, _> = checks
        .into_iter()
        .map(|(name, check)| {
            let result = check.err().unwrap_or_else(|| "ok".to_owned());
            (name.to_owned(), result.into())
        })
        .collect();
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    respond_with_json(
        status,
        json!({ "ready": ready, "checks": checks }).to_string(),
    )
}

fn check_database(server: &Server) -> Result<(), String> {
    let never = || "the database has not answered yet".to_owned();
    let silence = server
        .revision_watch()
        .ok_or_else(never)?
        .since_last_response()
        .ok_or_else(never)?;
    if silence < MAX_DATABASE_SILENCE {
        Ok(())
    } else {
        let seconds = silence.as_secs();
        Err(format!("the database has not answered for {seconds} s"))
    }
}

fn check_data(server: &Server) -> Result<(), String> {
    let revision = server.revision_watch().and_then(|watch| watch.revision());
    revision
        .map(drop)
        .ok_or_else(|| "no data is loaded; load it with `sistergraph load`".to_owned())
}

fn check_serving(server: &Server) -> Result<(), String> {
    if server.draining().is_cancelled() {
        Err("the server is shutting down".to_owned())
    } else {
        Ok(())
    }
}

fn respond_with_json(status: StatusCode, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, JSON_CONTENT_TYPE),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, body).into_response()
}
