//! Returns JSON that a single hand-written SQL statement builds: the cost of the database alone.
//!
//! Each thread of the runtime has a connection and executes statements itself, because switching to
//! another thread would take longer than most statements.

use std::{cell::OnceCell, error::Error};

use axum::{Router, body::Bytes, http::StatusCode, response::IntoResponse, routing::post};
use floors::{arguments, files, json, serve};
use rusqlite::{Connection, OpenFlags};

thread_local! {
    static CONNECTION: OnceCell<Connection> = const { OnceCell::new() };
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [database, statements, address] = arguments("DATABASE STATEMENTS-FOLDER ADDRESS:PORT")?;
    let database: &'static str = database.leak();
    let mut routes = Router::new();
    for (name, statement) in files(&statements, "sql")? {
        let statement: &'static str = statement.leak();
        let handler = async move |request: Bytes| match answer(database, statement, &request) {
            Ok(answer) => json(answer).into_response(),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        };
        routes = routes.route(&format!("/{name}"), post(handler));
    }
    serve(routes, &address).await
}

fn answer(database: &str, statement: &str, request: &[u8]) -> rusqlite::Result<String> {
    CONNECTION.with(|cell| {
        let connection = match cell.get() {
            Some(connection) => connection,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let opened = Connection::open_with_flags(database, flags)?;
                opened.pragma_update(None, "temp_store", "memory")?;
                cell.get_or_init(|| opened)
            }
        };
        let mut statement = connection.prepare_cached(statement)?;
        // The statement extracts the variables from the body of the request.
        if statement.parameter_count() > 0 {
            let request = String::from_utf8_lossy(request);
            statement.query_one([request.as_ref()], |row| row.get(0))
        } else {
            statement.query_one([], |row| row.get(0))
        }
    })
}
