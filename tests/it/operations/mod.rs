//! What operators ask of a server, and what it tells them.

mod health;
mod log;
mod metrics;
mod rate;
mod traces;
