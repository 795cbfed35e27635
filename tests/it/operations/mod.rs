//! What operators ask of a server, and what it tells them.

mod health;
mod metrics;
mod rate;
