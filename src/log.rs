//! The buffer of the log. A thread writes it to standard error, so nothing waits for the reader of the log: entries
//! that do not fit are dropped and counted.

use std::{
    io::{self, Write, stderr},
    mem,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// The size of the buffer, in bytes. Further entries are dropped.
pub const LOG_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// The part of the buffer that only warnings and errors may fill.
const RESERVED_BYTES: usize = LOG_BUFFER_BYTES / 16;

/// The time between the first entry in the buffer and the write. Waking the thread for each entry costs 13 to 23%
/// of the cached answers at 32 connections.
const WRITE_DELAY: Duration = Duration::from_millis(20);

/// There is one log for each process.
static DROPPED: AtomicU64 = AtomicU64::new(0);

/// Returns the number of entries that this process has dropped.
pub fn dropped_entries() -> u64 {
    DROPPED.load(Relaxed)
}

/// Adds entries to the buffer, which clones share.
#[derive(Clone, Debug, Default)]
pub struct LogWriter(Arc<LogQueue>);

#[derive(Debug, Default)]
struct LogQueue {
    buffer: Mutex<LogBuffer>,
    /// Signaled when the first entry is in the buffer.
    not_empty: Condvar,
    /// Signaled when everything is written.
    written: Condvar,
}

#[derive(Debug, Default)]
struct LogBuffer {
    bytes: Vec<u8>,
    is_writing: bool,
}

impl LogWriter {
    /// Starts the thread that writes to standard error.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn start() -> io::Result<Self> {
        let writer = Self::default();
        let queue = writer.0.clone();
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || queue.write_forever())?;
        Ok(writer)
    }

    /// Waits until the entries are written, but not longer than `timeout`.
    pub fn flush(&self, timeout: Duration) {
        let is_pending = |buffer: &mut LogBuffer| buffer.is_writing || !buffer.bytes.is_empty();
        let buffer = self.0.lock();
        drop(
            self.0
                .written
                .wait_timeout_while(buffer, timeout, is_pending),
        );
    }
}

impl LogQueue {
    fn lock(&self) -> MutexGuard<'_, LogBuffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_forever(&self) {
        let mut chunk = Vec::new();
        let mut reported = 0;
        loop {
            let buffer = self.lock();
            let is_empty = |buffer: &mut LogBuffer| buffer.bytes.is_empty();
            drop(self.not_empty.wait_while(buffer, is_empty));
            thread::sleep(WRITE_DELAY);
            let mut buffer = self.lock();
            mem::swap(&mut buffer.bytes, &mut chunk);
            buffer.is_writing = true;
            drop(buffer);
            // If standard error is closed, there is nowhere to report it.
            let _ = stderr().write_all(&chunk);
            chunk.clear();
            self.lock().is_writing = false;
            self.written.notify_all();
            let dropped = dropped_entries();
            if dropped > reported {
                tracing::warn!(
                    entries = dropped - reported,
                    "log entries were dropped, because standard error was not read fast enough"
                );
                reported = dropped;
            }
        }
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = EntryWriter<'a>;

    fn make_writer(&'a self) -> EntryWriter<'a> {
        EntryWriter {
            queue: &self.0,
            max_bytes: LOG_BUFFER_BYTES - RESERVED_BYTES,
        }
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> EntryWriter<'a> {
        let mut writer = self.make_writer();
        if *metadata.level() <= Level::WARN {
            writer.max_bytes = LOG_BUFFER_BYTES;
        }
        writer
    }
}

/// Adds one entry to the buffer.
#[derive(Debug)]
pub struct EntryWriter<'a> {
    queue: &'a LogQueue,
    max_bytes: usize,
}

impl Write for EntryWriter<'_> {
    /// Each call is one entry: the formatter writes an entry at once.
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        let mut buffer = self.queue.lock();
        if buffer.bytes.len() + entry.len() > self.max_bytes {
            DROPPED.fetch_add(1, Relaxed);
            return Ok(entry.len());
        }
        let is_first = buffer.bytes.is_empty();
        buffer.bytes.extend_from_slice(entry);
        drop(buffer);
        if is_first {
            self.queue.not_empty.notify_one();
        }
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tracing::subscriber::with_default;

    use super::*;

    #[test]
    fn warnings_and_errors_are_dropped_last() {
        // No thread writes its entries.
        let writer = LogWriter::default();
        let subscriber = tracing_subscriber::fmt().with_writer(writer.clone());
        let mut written = Vec::new();
        with_default(subscriber.finish(), || {
            let fill = |log: fn()| {
                let dropped = dropped_entries();
                while dropped_entries() == dropped {
                    log();
                }
                writer.0.lock().bytes.len()
            };
            written.push(fill(|| tracing::info!("an entry")));
            written.push(fill(|| tracing::info!("an entry")));
            written.push(fill(|| tracing::warn!("a warning")));
            written.push(fill(|| tracing::error!("an error")));
        });
        assert_eq!(written[0], written[1]);
        assert!(written[0] <= LOG_BUFFER_BYTES - RESERVED_BYTES);
        assert!(written[2] > LOG_BUFFER_BYTES - 200);
        assert!(written[3] <= LOG_BUFFER_BYTES);
        assert_eq!(dropped_entries(), 4);
        // Gives up, because nothing writes them.
        writer.flush(Duration::from_millis(10));
    }
}
