//! Sends the bytes of a file in chunks to a client that may be slow or disconnect.

use std::{io, time::Duration};

use tokio::{sync::mpsc, time::timeout};
use zip::result::ZipError;

use crate::{db::DatabaseError, engine::InternalError};

/// The size of a chunk in bytes; the last one may be smaller.
const CHUNK_BYTES: usize = 64 * 1024;

/// The number of chunks that are queued for the client.
const QUEUED_CHUNKS: usize = 2;

/// How long to wait for space in the queue. A file in progress holds a snapshot, and with it one of the
/// few database connections, so a client that stops reading is disconnected.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// An item sent to the client. If the channel closes without [`Self::End`], the file is incomplete.
#[derive(Debug)]
pub enum OutputChunk {
    /// The next bytes.
    Bytes(Vec<u8>),
    /// The file is complete.
    End,
}

/// The reason why a file is incomplete.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The client disconnected or stopped reading for too long.
    #[error("the client stopped reading")]
    ReaderGone,
    /// The data could not be read or encoded.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DatabaseError> for ExportError {
    fn from(error: DatabaseError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<csv::Error> for ExportError {
    fn from(error: csv::Error) -> Self {
        io::Error::from(error).into()
    }
}

impl From<ZipError> for ExportError {
    fn from(error: ZipError) -> Self {
        io::Error::from(error).into()
    }
}

/// Collects bytes into chunks and sends them to the client.
#[derive(Debug)]
pub struct ChunkWriter {
    sender: mpsc::Sender<OutputChunk>,
    buffer: Vec<u8>,
    read_timeout: Duration,
}

impl ChunkWriter {
    /// Creates a writer and the receiver of its chunks.
    pub fn new() -> (Self, mpsc::Receiver<OutputChunk>) {
        let (sender, receiver) = mpsc::channel(QUEUED_CHUNKS);
        let writer = Self {
            sender,
            buffer: Vec::with_capacity(CHUNK_BYTES),
            read_timeout: READ_TIMEOUT,
        };
        (writer, receiver)
    }

    /// Returns the buffer of bytes that are not sent yet, for appending.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Sends the full chunks in the buffer and waits until the queue has space for them.
    pub(super) async fn flush_full_chunks(&mut self) -> Result<(), ExportError> {
        while self.buffer.len() >= CHUNK_BYTES {
            let rest = self.buffer.split_off(CHUNK_BYTES);
            let chunk = std::mem::replace(&mut self.buffer, rest);
            self.send(OutputChunk::Bytes(chunk)).await?;
        }
        Ok(())
    }

    /// Sends the rest of the buffer and [`OutputChunk::End`].
    ///
    /// # Errors
    /// Returns [`ExportError::ReaderGone`] if the client disconnected or stopped reading.
    pub async fn finish(mut self) -> Result<(), ExportError> {
        let last = std::mem::take(&mut self.buffer);
        if !last.is_empty() {
            self.send(OutputChunk::Bytes(last)).await?;
        }
        self.send(OutputChunk::End).await
    }

    async fn send(&self, chunk: OutputChunk) -> Result<(), ExportError> {
        match timeout(self.read_timeout, self.sender.send(chunk)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(ExportError::ReaderGone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_arrive_in_chunks_and_in_order() {
        let (mut writer, mut receiver) = ChunkWriter::new();
        let bytes: Vec<u8> = (0..CHUNK_BYTES + 10)
            .map(|n| u8::try_from(n % 251).unwrap())
            .collect();
        writer.buffer().extend_from_slice(&bytes);
        tokio::spawn(async move {
            writer.flush_full_chunks().await.unwrap();
            writer.finish().await.unwrap();
        });
        let mut read = Vec::new();
        while let Some(OutputChunk::Bytes(chunk)) = receiver.recv().await {
            assert!(chunk.len() <= CHUNK_BYTES);
            read.extend(chunk);
        }
        assert!(read == bytes);
    }

    #[tokio::test]
    async fn writing_fails_if_the_client_stops_reading() {
        let (mut writer, mut receiver) = ChunkWriter::new();
        writer.read_timeout = Duration::from_millis(1);
        for _ in 0..QUEUED_CHUNKS {
            writer.buffer().resize(CHUNK_BYTES, 0);
            writer.flush_full_chunks().await.unwrap();
        }
        writer.buffer().resize(CHUNK_BYTES, 0);
        assert!(matches!(
            writer.flush_full_chunks().await,
            Err(ExportError::ReaderGone)
        ));
        drop(writer);
        for _ in 0..QUEUED_CHUNKS {
            assert!(matches!(receiver.recv().await, Some(OutputChunk::Bytes(_))));
        }
        assert!(receiver.recv().await.is_none(), "closed without an end");
    }

    #[tokio::test]
    async fn writing_fails_if_the_client_disconnects() {
        let (mut writer, receiver) = ChunkWriter::new();
        drop(receiver);
        writer.buffer().resize(CHUNK_BYTES, 0);
        assert!(matches!(
            writer.flush_full_chunks().await,
            Err(ExportError::ReaderGone)
        ));
    }
}
