//! Where the bytes of a file go: in pieces, to a reader who may be slow or leave.

use std::{io, time::Duration};

use sea_orm::DbErr;
use tokio::{sync::mpsc, time::timeout};

use crate::engine::Fault;

/// Bytes of a piece, but for the last.
const PIECE: usize = 64 * 1024;

/// Pieces that wait for the reader.
const WAITING: usize = 2;

/// How long a reader may take for a piece. A file holds a snapshot, and with it one of the few
/// connections to the database, which nobody may keep by not reading.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a reader receives. A file whose channel closes without an end is broken off.
#[derive(Debug)]
pub enum Piece {
    /// The next bytes.
    Bytes(Vec<u8>),
    /// There are no more.
    End,
}

/// Why a file was not written to its end.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// Whoever read it left, or did not read on for too long.
    #[error("nobody reads on")]
    Gone,
    /// It could not be written.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<DbErr> for Stop {
    fn from(error: DbErr) -> Self {
        Self::Fault(error.into())
    }
}

impl From<csv::Error> for Stop {
    fn from(error: csv::Error) -> Self {
        Self::Fault(Fault::Definition(error.to_string()))
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Fault(Fault::Definition(error.to_string()))
    }
}

impl From<zip::result::ZipError> for Stop {
    fn from(error: zip::result::ZipError) -> Self {
        Self::Fault(Fault::Definition(error.to_string()))
    }
}

/// Gathers bytes into pieces and hands them to a reader.
#[derive(Debug)]
pub struct Output {
    reader: mpsc::Sender<Piece>,
    gathered: Vec<u8>,
    patience: Duration,
}

impl Output {
    /// An output, and the end at which it is read.
    pub fn new() -> (Self, mpsc::Receiver<Piece>) {
        let (reader, pieces) = mpsc::channel(WAITING);
        let output = Self {
            reader,
            gathered: Vec::with_capacity(PIECE),
            patience: PATIENCE,
        };
        (output, pieces)
    }

    /// What was written and not handed on yet; more can be added to it.
    pub(super) fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.gathered
    }

    /// Hands on what was gathered, if it is enough for a piece, and waits until the reader has room
    /// for it.
    pub(super) async fn flow(&mut self) -> Result<(), Stop> {
        while self.gathered.len() >= PIECE {
            let rest = self.gathered.split_off(PIECE);
            let piece = std::mem::replace(&mut self.gathered, rest);
            self.send(Piece::Bytes(piece)).await?;
        }
        Ok(())
    }

    /// Hands on what is left, and says that it was the last.
    ///
    /// # Errors
    /// Where nobody reads on.
    pub async fn end(mut self) -> Result<(), Stop> {
        let last = std::mem::take(&mut self.gathered);
        if !last.is_empty() {
            self.send(Piece::Bytes(last)).await?;
        }
        self.send(Piece::End).await
    }

    async fn send(&self, piece: Piece) -> Result<(), Stop> {
        match timeout(self.patience, self.reader.send(piece)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Stop::Gone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_arrive_in_pieces_and_in_order() {
        let (mut output, mut pieces) = Output::new();
        let bytes: Vec<u8> = (0..PIECE + 10)
            .map(|n| u8::try_from(n % 251).unwrap())
            .collect();
        output.bytes().extend_from_slice(&bytes);
        tokio::spawn(async move {
            output.flow().await.unwrap();
            output.end().await.unwrap();
        });
        let mut read = Vec::new();
        while let Some(Piece::Bytes(piece)) = pieces.recv().await {
            assert!(piece.len() <= PIECE);
            read.extend(piece);
        }
        assert!(read == bytes);
    }

    #[tokio::test]
    async fn a_reader_who_does_not_read_is_given_up() {
        let (mut output, mut pieces) = Output::new();
        output.patience = Duration::from_millis(1);
        for _ in 0..WAITING {
            output.bytes().resize(PIECE, 0);
            output.flow().await.unwrap();
        }
        output.bytes().resize(PIECE, 0);
        assert!(matches!(output.flow().await, Err(Stop::Gone)));
        drop(output);
        for _ in 0..WAITING {
            assert!(matches!(pieces.recv().await, Some(Piece::Bytes(_))));
        }
        assert!(pieces.recv().await.is_none(), "closed without an end");
    }

    #[tokio::test]
    async fn a_reader_who_leaves_is_given_up() {
        let (mut output, pieces) = Output::new();
        drop(pieces);
        output.bytes().resize(PIECE, 0);
        assert!(matches!(output.flow().await, Err(Stop::Gone)));
    }
}
