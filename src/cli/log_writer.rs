//! Lines of the log on their way to standard error.
//!
//! Whoever answers a request waits neither for a terminal or a file nor for another thread to wake:
//! lines gather in memory, and a thread of their own writes what has gathered a moment after the
//! first came.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

/// How long lines gather.
const FLUSH_DELAY: Duration = Duration::from_millis(20);

/// How many bytes may wait. Who logs more waits: a line is never lost.
const CAPACITY: usize = 4 * 1024 * 1024;

/// Where lines are put. Clones share what waits.
#[derive(Clone, Debug)]
pub(super) struct LogWriter(Arc<LogQueue>);

#[derive(Debug, Default)]
struct LogQueue {
    buffer: Mutex<LogBuffer>,
    /// There is something to write, or nothing will come any more.
    not_empty: Condvar,
    /// There is room again.
    not_full: Condvar,
}

#[derive(Debug, Default)]
struct LogBuffer {
    bytes: Vec<u8>,
    closed: bool,
}

/// When it is dropped, what waits is written.
#[derive(Debug)]
pub(super) struct WriterGuard {
    queue: Arc<LogQueue>,
    writer: Option<JoinHandle<()>>,
}

/// Starts the thread that writes to `out`.
///
/// # Errors
/// Where there is no thread to be had.
pub(super) fn start(mut out: impl Write + Send + 'static) -> io::Result<(LogWriter, WriterGuard)> {
    let shared = Arc::<LogQueue>::default();
    let from = shared.clone();
    let writer = thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || {
            while let Some(bytes) = from.next_chunk() {
                // Nobody is left to be told that standard error is closed.
                let _ = out.write_all(&bytes).and_then(|()| out.flush());
            }
        })?;
    let lines = LogWriter(shared.clone());
    let guard = WriterGuard {
        queue: shared,
        writer: Some(writer),
    };
    Ok((lines, guard))
}

impl LogQueue {
    fn lock(&self) -> MutexGuard<'_, LogBuffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has gathered; `None` when everything is written and nothing will come any more.
    fn next_chunk(&self) -> Option<Vec<u8>> {
        let mut waiting = self.lock();
        while waiting.bytes.is_empty() && !waiting.closed {
            waiting = self
                .not_empty
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if !waiting.closed {
            let gathered =
                |waiting: &mut LogBuffer| !waiting.closed && waiting.bytes.len() < CAPACITY;
            let (now, _) = self
                .not_empty
                .wait_timeout_while(waiting, FLUSH_DELAY, gathered)
                .unwrap_or_else(PoisonError::into_inner);
            waiting = now;
        }
        let bytes = mem::take(&mut waiting.bytes);
        self.not_full.notify_all();
        (!bytes.is_empty()).then_some(bytes)
    }
}

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.0.lock();
        while waiting.bytes.len() >= CAPACITY && !waiting.closed {
            self.0.not_empty.notify_one();
            waiting = self
                .0
                .not_full
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let is_first = waiting.bytes.is_empty();
        waiting.bytes.extend_from_slice(line);
        drop(waiting);
        if is_first {
            self.0.not_empty.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for WriterGuard {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.not_empty.notify_all();
        if let Some(writer) = self.writer.take() {
            // It cannot have panicked but by the writer it was given.
            let _ = writer.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Out(Arc<Mutex<Vec<u8>>>);

    impl Write for Out {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn no_line_is_lost() {
        let out = Out::default();
        let (lines, guard) = start(out.clone()).unwrap();
        // More than may wait.
        let line = [b'x'; 1023];
        thread::scope(|scope| {
            for _ in 0..4 {
                let mut lines = lines.clone();
                scope.spawn(move || {
                    for _ in 0..3_000 {
                        lines.write_all(&line).unwrap();
                        lines.write_all(b"\n").unwrap();
                    }
                });
            }
        });
        drop(guard);
        assert_eq!(out.0.lock().unwrap().len(), 4 * 3_000 * 1024);
    }

    #[test]
    fn a_line_is_written_though_no_other_comes() {
        let (sender, receiver) = std::sync::mpsc::channel();
        struct Sender(std::sync::mpsc::Sender<Vec<u8>>);
        impl Write for Sender {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.send(bytes.to_vec()).unwrap();
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (mut lines, _guard) = start(Sender(sender)).unwrap();
        lines.write_all(b"first\n").unwrap();
        assert_eq!(receiver.recv().unwrap(), b"first\n");
        lines.write_all(b"second\n").unwrap();
        assert_eq!(receiver.recv().unwrap(), b"second\n");
    }
}
