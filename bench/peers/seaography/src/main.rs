//! The tables of sistergraph as a GraphQL server that seaography makes of sea-orm entities.

mod entity;

use std::{env, error::Error, io::Write, sync::LazyLock};

use async_graphql::{Request, Response, dynamic::Schema};
use axum::{Json, Router, extract::State, routing::post};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use seaography::{Builder, BuilderContext};
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Readers at a time; sea-orm opens SQLite with one unless told.
const POOL_SIZE: u32 = 4;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<_> = env::args().skip(1).collect();
    let [database, address] = given.as_slice() else {
        return Err("give DATABASE ADDRESS:PORT".into());
    };
    let mut options = ConnectOptions::new(format!("sqlite:{database}?mode=ro"));
    options
        .max_connections(POOL_SIZE)
        .test_before_acquire(false)
        .sqlx_logging(false);
    let schema = schema(Database::connect(options).await?)?;
    let routes = Router::new()
        .route("/graphql", post(answer))
        .with_state(schema);
    let listener = TcpListener::bind(address).await?;
    writeln!(std::io::stdout(), "serving on {address}")?;
    Ok(axum::serve(listener, routes).await?)
}

/// Without limits of depth or complexity, as seaography comes.
fn schema(database: DatabaseConnection) -> Result<Schema, Box<dyn Error>> {
    static CONTEXT: LazyLock<BuilderContext> = LazyLock::new(BuilderContext::default);
    let builder = Builder::new(&CONTEXT, database.clone());
    let builder = entity::register_entity_modules(builder);
    Ok(builder.schema_builder().data(database).finish()?)
}

async fn answer(State(schema): State<Schema>, Json(request): Json<Request>) -> Json<Response> {
    Json(schema.execute(request).await)
}
