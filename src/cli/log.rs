//! The log on standard error, and traces if a collector is configured.

use std::{
    io::{IsTerminal, stderr},
    panic,
    str::FromStr,
    time::Duration,
};

use anyhow::{Context, anyhow};
use clap::ValueEnum;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Level;
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use super::{traces, variable};
use crate::log::LogWriter;

/// How long the end of the program waits for the log to be written.
pub const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// The format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text for people, one line for each entry.
    Text,
    /// JSON for programs, one object for each line.
    Json,
}

/// Sends the remaining spans and writes the remaining log entries when it is dropped.
#[must_use]
pub struct LogGuard {
    traces: Option<SdkTracerProvider>,
    writer: LogWriter,
    flush_timeout: Duration,
}

impl LogGuard {
    /// Starts the log of this process. When the guard is dropped, it waits for `flush_timeout` at most.
    ///
    /// # Errors
    /// If the thread of the log cannot be started, or the levels or the settings of traces are not valid.
    pub(super) fn start(format: LogFormat, flush_timeout: Duration) -> anyhow::Result<Self> {
        let writer = LogWriter::start().context("cannot start the log")?;
        // The warnings of rmcp repeat what clients sent.
        let default_levels = "warn,rmcp=error,sistergraph=info";
        let levels = variable("SISTERGRAPH_LOG").unwrap_or_else(|| default_levels.into());
        let levels = levels.to_string_lossy();
        // To tracing, a misspelled level is the name of a module, and turns off the log of all others.
        let is_level = |directive: &str| {
            let directive = directive.trim();
            directive.is_empty()
                || directive.contains(['=', '['])
                || LevelFilter::from_str(directive).is_ok()
        };
        let filter = levels
            .split(',')
            .all(is_level)
            .then(|| EnvFilter::try_new(&levels).ok());
        let filter = filter.flatten().ok_or_else(|| {
            anyhow!("SISTERGRAPH_LOG is {levels:?}; write it like warn or sistergraph=debug")
        })?;
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(writer.clone())
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
        // By default, a thread that panics waits until standard error is read.
        panic::set_hook(Box::new(
            |panic| tracing::error!(%panic, "a thread panicked"),
        ));
        Ok(Self {
            traces,
            writer,
            flush_timeout,
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
        self.writer.flush(self.flush_timeout);
    }
}
