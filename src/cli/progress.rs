//! A progress bar for loads.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::import::Progress;

/// A progress bar on standard error; hidden if that is not a terminal.
pub(super) struct TerminalProgress(ProgressBar);

impl Default for TerminalProgress {
    fn default() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} rows, {eta} left") {
            bar.set_style(style);
        }
        Self(bar)
    }
}

impl TerminalProgress {
    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for TerminalProgress {
    fn begin(&self, n: usize) {
        tracing::debug!(rows = n, "writing rows");
        self.0.set_length(n as u64);
    }

    fn advance(&self, n: usize) {
        self.0.inc(n as u64);
        tracing::debug!(rows = n, "wrote rows");
    }
}
