//! Health checks, logs, metrics, rate limits, and traces.

mod health;
mod log;
mod metrics;
mod rate_limit;
mod traces;
