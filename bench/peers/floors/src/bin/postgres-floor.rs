//! Returns JSON that a single hand-written SQL statement of PostgreSQL builds: the cost of the database and its driver.
//!
//! Every connection has prepared statements. Requests take the connections in turn, and the driver pipelines those that
//! share one.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::available_parallelism,
};

use axum::{Router, body::Bytes, http::StatusCode, response::IntoResponse, routing::post};
use floors::{arguments, files, json, serve};
use serde_json::Value;
use tokio_postgres::{Client, NoTls, Statement, types::ToSql};

/// The first line of a statement names its variables after this.
const VARIABLES: &str = "-- variables:";

/// A prepared statement on each of the connections.
struct Endpoint {
    prepared: Vec<(Arc<Client>, Statement)>,
    variables: Vec<String>,
    next: AtomicUsize,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [url, statements, address] = arguments("DATABASE-URL STATEMENTS-FOLDER ADDRESS:PORT")?;
    let mut clients = Vec::new();
    // Two for each core, so that PostgreSQL has work while the answers of others are on their way.
    for _ in 0..2 * available_parallelism()?.get() {
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
        tokio::spawn(connection);
        clients.push(Arc::new(client));
    }
    let mut routes = Router::new();
    for (name, statement) in files(&statements, "sql")? {
        let mut prepared = Vec::new();
        for client in &clients {
            prepared.push((client.clone(), client.prepare(&statement).await?));
        }
        let variables = statement
            .lines()
            .find_map(|line| line.strip_prefix(VARIABLES))
            .ok_or("a statement does not name its variables")?;
        let endpoint = Arc::new(Endpoint {
            prepared,
            variables: variables.split_whitespace().map(String::from).collect(),
            next: AtomicUsize::default(),
        });
        let handler = async move |request: Bytes| match endpoint.answer(&request).await {
            Ok(answer) => json(answer).into_response(),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        };
        routes = routes.route(&format!("/{name}"), post(handler));
    }
    serve(routes, &address).await
}

impl Endpoint {
    async fn answer(&self, request: &[u8]) -> Result<String, Box<dyn Error + Send + Sync>> {
        let mut values: Vec<Box<dyn ToSql + Send + Sync>> = Vec::new();
        if !self.variables.is_empty() {
            let request: Value = serde_json::from_slice(request)?;
            for name in &self.variables {
                values.push(match &request["variables"][name] {
                    Value::String(text) => Box::new(text.clone()),
                    number => Box::new(
                        number
                            .as_i64()
                            .ok_or("a variable is neither text nor a whole number")?,
                    ),
                });
            }
        }
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|value| value.as_ref() as _).collect();
        let index = self.next.fetch_add(1, Ordering::Relaxed) % self.prepared.len();
        let (client, statement) = &self.prepared[index];
        Ok(client.query_one(statement, &values).await?.get(0))
    }
}
