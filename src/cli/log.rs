//! The log on standard error, and traces if a collector is configured.

use std::io::{BufWriter, IsTerminal, stderr};

use clap::ValueEnum;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Level;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt,
};

use super::traces;

/// Entries that wait to be written. If there are more, requests wait; no entry is lost.
pub const MAX_BUFFERED_LOG_ENTRIES: usize = 16_384;

/// The format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text for people, one line for each entry.
    Text,
    /// JSON for programs, one object for each line.
    Json,
}

/// Writes the remaining log entries and sends the remaining spans when it is dropped.
#[must_use]
pub struct LogGuard {
    traces: Option<SdkTracerProvider>,
    // Dropped last, so that errors of sending traces are logged.
    _writer: WorkerGuard,
}

impl LogGuard {
    /// Starts the log of this process.
    ///
    /// # Errors
    /// If the settings of traces are not valid.
    pub(super) fn start(format: LogFormat) -> anyhow::Result<Self> {
        // A thread writes the entries, so that requests do not wait for the terminal or file.
        let (writer, guard) = NonBlockingBuilder::default()
            .lossy(false)
            .buffered_lines_limit(MAX_BUFFERED_LOG_ENTRIES)
            .thread_name("log")
            .finish(BufWriter::with_capacity(64 * 1024, stderr()));
        let filter = EnvFilter::try_from_env("SISTERGRAPH_LOG")
            .unwrap_or_else(|_| EnvFilter::new("warn,sistergraph=info"));
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(writer)
            .with_ansi(stderr().is_terminal());
        let log: Box<dyn Layer<Registry> + Send + Sync> = match format {
            LogFormat::Text => layer.with_filter(filter).boxed(),
            LogFormat::Json => layer.json().with_filter(filter).boxed(),
        };
        let traces = traces::tracer_provider()?;
        let spans = traces.as_ref().map(|provider| {
            // Only spans made for traces: the log has its own filter.
            let targets = Targets::new().with_target(traces::SPAN_TARGET, Level::TRACE);
            traces::layer(provider).with_filter(targets)
        });
        tracing_subscriber::registry().with(log).with(spans).init();
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
            tracing::warn!(error, "cannot send the remaining spans");
        }
    }
}
