//! What operators ask of a server.

mod health;
mod metrics;
