//! Collects the bytes of a file: in memory while it is small, otherwise in a temporary file.

use std::{
    env,
    fs::File,
    io::{self, Write},
};

use sha2::{Digest, Sha256};
use tempfile::{SpooledData, SpooledTempFile};
use zip::result::ZipError;

use crate::engine::InternalError;

/// Larger files are on disk, in the folder that `TMPDIR` names. With the built-in data, no file is.
const MAX_BYTES_IN_MEMORY: usize = 16 * 1024 * 1024;

/// From how many bytes the buffer is moved to the file.
const BUFFER_BYTES: usize = 64 * 1024;

impl From<csv::Error> for InternalError {
    fn from(error: csv::Error) -> Self {
        io::Error::from(error).into()
    }
}

impl From<ZipError> for InternalError {
    fn from(error: ZipError) -> Self {
        io::Error::from(error).into()
    }
}

/// A file that is being written.
#[derive(Debug)]
pub struct FileWriter {
    buffer: Vec<u8>,
    file: SpooledTempFile,
    hash: Sha256,
    n_bytes: u64,
}

/// A file that has been written.
#[derive(Debug)]
pub struct WrittenFile {
    /// The bytes.
    pub content: FileContent,
    /// The number of bytes.
    pub n_bytes: u64,
    /// A hash of the bytes in hexadecimal.
    pub hash: String,
}

/// The bytes of a file.
#[derive(Debug)]
pub enum FileContent {
    /// A file of at most 16 MiB.
    Memory(Vec<u8>),
    /// A larger file, without a name. The operating system removes it when it is closed.
    Disk(File),
}

impl Default for FileWriter {
    fn default() -> Self {
        Self::new(MAX_BYTES_IN_MEMORY)
    }
}

impl FileWriter {
    fn new(max_bytes_in_memory: usize) -> Self {
        Self {
            buffer: Vec::new(),
            file: SpooledTempFile::new(max_bytes_in_memory),
            hash: Sha256::new(),
            n_bytes: 0,
        }
    }

    /// Returns the buffer of bytes that are not in the file yet, for appending. The caller then calls
    /// [`Self::flush_buffer`] from time to time.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Moves the buffer to the file if it is long enough.
    pub(super) fn flush_buffer(&mut self) -> io::Result<()> {
        if self.buffer.len() >= BUFFER_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Completes the file.
    ///
    /// # Errors
    /// If the temporary file cannot be created or written.
    pub fn finish(mut self) -> io::Result<WrittenFile> {
        self.flush()?;
        Ok(WrittenFile {
            content: match self.file.into_inner() {
                SpooledData::InMemory(bytes) => FileContent::Memory(bytes.into_inner()),
                SpooledData::OnDisk(file) => FileContent::Disk(file),
            },
            n_bytes: self.n_bytes,
            // 128 bits are enough to rule out collisions.
            hash: hex::encode(&self.hash.finalize()[..16]),
        })
    }
}

impl Write for FileWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        self.flush_buffer()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer).map_err(|error| {
            let folder = env::temp_dir();
            let message = format!(
                "cannot write a temporary file in {} (TMPDIR): {error}",
                folder.display()
            );
            io::Error::new(error.kind(), message)
        })?;
        self.hash.update(&self.buffer);
        self.n_bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;

    #[test]
    fn a_file_is_the_same_in_memory_and_on_disk() {
        let write = |max_bytes_in_memory| {
            let mut writer = FileWriter::new(max_bytes_in_memory);
            for n in 0..100_000_u32 {
                writer.write_all(&n.to_be_bytes()).unwrap();
            }
            writer.buffer().push(1);
            writer.finish().unwrap()
        };
        let (small, large) = (write(500_000), write(100_000));
        assert_eq!(small.n_bytes, 400_001);
        assert_eq!(
            (large.n_bytes, large.hash),
            (small.n_bytes, small.hash.clone())
        );
        let (FileContent::Memory(bytes), FileContent::Disk(file)) = (small.content, large.content)
        else {
            panic!("one file is in memory and the other on disk");
        };
        let mut read = vec![0; bytes.len()];
        file.read_exact_at(&mut read, 0).unwrap();
        assert!(read == bytes);
        assert_eq!(small.hash, hex::encode(&Sha256::digest(&bytes)[..16]));
    }
}
