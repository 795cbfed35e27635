//! Where the bytes of a file go: in pieces, to a reader who may be slow or leave.

use std::{io, time::Duration};

use tokio::{sync::mpsc, time::timeout};
use zip::result::ZipError;

use crate::{db::DatabaseError, engine::InternalError};

/// Bytes of a piece, but for the last.
const CHUNK_BYTES: usize = 64 * 1024;

/// Pieces that wait for the reader.
const QUEUED_CHUNKS: usize = 2;

/// How long a reader may take for a piece. A file holds a snapshot, and with it one of the few
/// connections to the database, which nobody may keep by not reading.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// What a reader receives. A file whose channel closes without an end is broken off.
#[derive(Debug)]
pub enum OutputChunk {
    /// The next bytes.
    Bytes(Vec<u8>),
    /// There are no more.
    End,
}

/// Why a file was not written to its end.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Whoever read it left, or did not read on for too long.
    #[error("nobody reads on")]
    ReaderGone,
    /// It could not be written.
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

/// Gathers bytes into pieces and hands them to a reader.
#[derive(Debug)]
pub struct ChunkWriter {
    sender: mpsc::Sender<OutputChunk>,
    buffer: Vec<u8>,
    read_timeout: Duration,
}

impl ChunkWriter {
    /// An output, and the end at which it is read.
    pub fn new() -> (Self, mpsc::Receiver<OutputChunk>) {
        let (reader, pieces) = mpsc::channel(QUEUED_CHUNKS);
        let output = Self {
            sender: reader,
            buffer: Vec::with_capacity(CHUNK_BYTES),
            read_timeout: READ_TIMEOUT,
        };
        (output, pieces)
    }

    /// What was written and not handed on yet; more can be added to it.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Hands on what was gathered, if it is enough for a piece, and waits until the reader has room
    /// for it.
    pub(super) async fn flush_full_chunks(&mut self) -> Result<(), ExportError> {
        while self.buffer.len() >= CHUNK_BYTES {
            let rest = self.buffer.split_off(CHUNK_BYTES);
            let piece = std::mem::replace(&mut self.buffer, rest);
            self.send(OutputChunk::Bytes(piece)).await?;
        }
        Ok(())
    }

    /// Hands on what is left, and says that it was the last.
    ///
    /// # Errors
    /// Where nobody reads on.
    pub async fn finish(mut self) -> Result<(), ExportError> {
        let last = std::mem::take(&mut self.buffer);
        if !last.is_empty() {
            self.send(OutputChunk::Bytes(last)).await?;
        }
        self.send(OutputChunk::End).await
    }

    async fn send(&self, piece: OutputChunk) -> Result<(), ExportError> {
        match timeout(self.read_timeout, self.sender.send(piece)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(ExportError::ReaderGone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_arrive_in_pieces_and_in_order() {
        let (mut output, mut pieces) = ChunkWriter::new();
        let bytes: Vec<u8> = (0..CHUNK_BYTES + 10)
            .map(|n| u8::try_from(n % 251).unwrap())
            .collect();
        output.buffer().extend_from_slice(&bytes);
        tokio::spawn(async move {
            output.flush_full_chunks().await.unwrap();
            output.finish().await.unwrap();
        });
        let mut read = Vec::new();
        while let Some(OutputChunk::Bytes(piece)) = pieces.recv().await {
            assert!(piece.len() <= CHUNK_BYTES);
            read.extend(piece);
        }
        assert!(read == bytes);
    }

    #[tokio::test]
    async fn a_reader_who_does_not_read_is_given_up() {
        let (mut output, mut pieces) = ChunkWriter::new();
        output.read_timeout = Duration::from_millis(1);
        for _ in 0..QUEUED_CHUNKS {
            output.buffer().resize(CHUNK_BYTES, 0);
            output.flush_full_chunks().await.unwrap();
        }
        output.buffer().resize(CHUNK_BYTES, 0);
        assert!(matches!(
            output.flush_full_chunks().await,
            Err(ExportError::ReaderGone)
        ));
        drop(output);
        for _ in 0..QUEUED_CHUNKS {
            assert!(matches!(pieces.recv().await, Some(OutputChunk::Bytes(_))));
        }
        assert!(pieces.recv().await.is_none(), "closed without an end");
    }

    #[tokio::test]
    async fn a_reader_who_leaves_is_given_up() {
        let (mut output, pieces) = ChunkWriter::new();
        drop(pieces);
        output.buffer().resize(CHUNK_BYTES, 0);
        assert!(matches!(
            output.flush_full_chunks().await,
            Err(ExportError::ReaderGone)
        ));
    }
}
