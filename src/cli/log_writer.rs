//! A buffered writer for the log.
//!
//! A request waits neither for the terminal or file nor for another thread to wake up: log entries go
//! into a buffer, which a thread writes to standard error 20 ms after the first entry.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

/// The time between the first entry in the buffer and the write.
const FLUSH_DELAY: Duration = Duration::from_millis(20);

/// The size of the buffer, in bytes. If it is full, requests wait until it is written; no entry is lost.
pub const LOG_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// Writes to the buffer, which clones share.
#[derive(Clone, Debug)]
pub(super) struct LogWriter(Arc<LogQueue>);

#[derive(Debug, Default)]
struct LogQueue {
    buffer: Mutex<LogBuffer>,
    /// Signaled when there is something to write, or the buffer is closed.
    not_empty: Condvar,
    /// Signaled when the buffer was emptied.
    not_full: Condvar,
}

#[derive(Debug, Default)]
struct LogBuffer {
    bytes: Vec<u8>,
    closed: bool,
}

/// Closes the buffer and waits until it is written, when it is dropped.
#[derive(Debug)]
pub(super) struct WriterGuard {
    queue: Arc<LogQueue>,
    thread: Option<JoinHandle<()>>,
}

/// Starts the thread that writes to `out`.
///
/// # Errors
/// If the thread cannot be started.
pub(super) fn start(mut out: impl Write + Send + 'static) -> io::Result<(LogWriter, WriterGuard)> {
    let queue = Arc::<LogQueue>::default();
    let thread_queue = queue.clone();
    let thread = thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || {
            while let Some(bytes) = thread_queue.next_chunk() {
                // If standard error is closed, there is nowhere to report it.
                let _ = out.write_all(&bytes).and_then(|()| out.flush());
            }
        })?;
    let writer = LogWriter(queue.clone());
    let guard = WriterGuard {
        queue,
        thread: Some(thread),
    };
    Ok((writer, guard))
}

impl LogQueue {
    fn lock(&self) -> MutexGuard<'_, LogBuffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for entries and takes them all; `None` if the buffer is closed and empty.
    fn next_chunk(&self) -> Option<Vec<u8>> {
        let mut buffer = self.lock();
        while buffer.bytes.is_empty() && !buffer.closed {
            buffer = self
                .not_empty
                .wait(buffer)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if !buffer.closed {
            let may_grow =
                |buffer: &mut LogBuffer| !buffer.closed && buffer.bytes.len() < LOG_BUFFER_BYTES;
            (buffer, _) = self
                .not_empty
                .wait_timeout_while(buffer, FLUSH_DELAY, may_grow)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let bytes = mem::take(&mut buffer.bytes);
        self.not_full.notify_all();
        (!bytes.is_empty()).then_some(bytes)
    }
}

impl Write for LogWriter {
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        let mut buffer = self.0.lock();
        while buffer.bytes.len() >= LOG_BUFFER_BYTES && !buffer.closed {
            self.0.not_empty.notify_one();
            buffer = self
                .0
                .not_full
                .wait(buffer)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let is_first = buffer.bytes.is_empty();
        buffer.bytes.extend_from_slice(entry);
        drop(buffer);
        if is_first {
            self.0.not_empty.notify_one();
        }
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for WriterGuard {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.not_empty.notify_all();
        if let Some(thread) = self.thread.take() {
            // It panics only if `out` does.
            let _ = thread.join();
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
    fn no_entry_is_lost() {
        let out = Out::default();
        let (writer, guard) = start(out.clone()).unwrap();
        // More than fits into the buffer.
        let entry = [b'x'; 1023];
        thread::scope(|scope| {
            for _ in 0..4 {
                let mut writer = writer.clone();
                scope.spawn(move || {
                    for _ in 0..3_000 {
                        writer.write_all(&entry).unwrap();
                        writer.write_all(b"\n").unwrap();
                    }
                });
            }
        });
        drop(guard);
        assert_eq!(out.0.lock().unwrap().len(), 4 * 3_000 * 1024);
    }

    #[test]
    fn a_single_entry_is_written() {
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
        let (mut writer, _guard) = start(Sender(sender)).unwrap();
        writer.write_all(b"first\n").unwrap();
        assert_eq!(receiver.recv().unwrap(), b"first\n");
        writer.write_all(b"second\n").unwrap();
        assert_eq!(receiver.recv().unwrap(), b"second\n");
    }
}
