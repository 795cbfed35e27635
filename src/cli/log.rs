//! The log on standard error, and traces where a collector is named.

use std::io::{IsTerminal, stderr};

use anyhow::Context;
use clap::ValueEnum;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Level;
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt,
};

use super::{log_writer, traces};

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// An object of JSON a line, for programs.
    Json,
}

/// The log under way; when it is dropped, what waits is written and sent.
#[must_use]
pub struct LogGuard {
    traces: Option<SdkTracerProvider>,
    // Dropped last: what went wrong with traces is logged.
    _writer: log_writer::WriterGuard,
}

impl LogGuard {
    /// Starts the log of this process.
    ///
    /// # Errors
    /// Where traces are asked for in a way that cannot be followed.
    pub(super) fn start(format: LogFormat) -> anyhow::Result<Self> {
        let (lines, guard) = log_writer::start(stderr()).context("cannot start the log")?;
        let filter = EnvFilter::try_from_env("SISTERGRAPH_LOG")
            .unwrap_or_else(|_| EnvFilter::new("warn,sistergraph=info"));
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(move || lines.clone())
            .with_ansi(stderr().is_terminal());
        let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
            LogFormat::Text => lines.with_filter(filter).boxed(),
            LogFormat::Json => lines.json().with_filter(filter).boxed(),
        };
        let traces = traces::tracer_provider()?;
        let spans = traces.as_ref().map(|provider| {
            // Only the spans that are meant for it: the log has its own filter.
            let ours = Targets::new().with_target(traces::SPAN_TARGET, Level::TRACE);
            traces::layer(provider).with_filter(ours)
        });
        tracing_subscriber::registry()
            .with(lines)
            .with(spans)
            .init();
        Ok(Self {
            traces,
            _writer: guard,
        })
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces
            && let Err(error) = traces.shutdown()
        {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "the last spans could not be sent");
        }
    }
}
