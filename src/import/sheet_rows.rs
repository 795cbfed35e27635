//! The rows of a file: the first ones in memory, the others in a temporary file.

use std::{
    env,
    fs::File,
    io::{self, Write},
    os::unix::fs::FileExt,
    sync::{Arc, OnceLock},
};

/// How many bytes of text a chunk has before it is complete.
const CHUNK_BYTES: usize = 256 * 1024;

/// How many chunks of a file are in memory. With the built-in data, all are.
const MAX_CHUNKS_IN_MEMORY: usize = 4;

/// Rows, each with any number of cells.
#[derive(Debug, Default)]
pub(super) struct SheetRows {
    chunks: Vec<StoredChunk>,
    /// The chunk that rows are added to.
    last: RowChunk,
    /// The temporary file, which has no name, and its length. The operating system removes it when it is closed.
    file: Option<(File, u64)>,
    n_rows: usize,
    /// The number of bytes of all cells, with a separator after each.
    n_bytes: usize,
    /// Why rows could not be read back.
    read_error: OnceLock<io::Error>,
}

#[derive(Debug)]
enum StoredChunk {
    Memory(Arc<RowChunk>),
    /// A range of the temporary file.
    Disk {
        start: u64,
        n_bytes: usize,
    },
}

/// Consecutive rows.
#[derive(Debug, Default)]
struct RowChunk {
    /// The lines on which rows start.
    lines: Vec<u64>,
    /// The number of cells in this and all previous rows.
    row_ends: Vec<u32>,
    /// The end of each cell in the text.
    cell_ends: Vec<u32>,
    text: String,
}

/// The cells of a row.
#[derive(Clone, Debug)]
pub(super) struct SheetRow {
    chunk: Arc<RowChunk>,
    /// The index of the row in the chunk.
    index: usize,
}

impl SheetRows {
    /// Adds a row.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub(super) fn push<'a>(
        &mut self,
        line: u64,
        cells: impl Iterator<Item = &'a str>,
    ) -> io::Result<()> {
        let chunk = &mut self.last;
        for cell in cells {
            self.n_bytes += cell.len() + 1;
            chunk.text.push_str(cell);
            chunk.cell_ends.push(to_u32(chunk.text.len())?);
        }
        chunk.lines.push(line);
        chunk.row_ends.push(to_u32(chunk.cell_ends.len())?);
        self.n_rows += 1;
        match chunk.text.len() < CHUNK_BYTES {
            true => Ok(()),
            false => self.finish(),
        }
    }

    /// Completes the last chunk.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        let chunk = std::mem::take(&mut self.last);
        let stored = match self.chunks.len() < MAX_CHUNKS_IN_MEMORY {
            true => StoredChunk::Memory(Arc::new(chunk)),
            false => self.write(&chunk).map_err(|error| {
                let folder = env::temp_dir();
                let message = format!(
                    "cannot write a temporary file in {} (TMPDIR): {error}",
                    folder.display()
                );
                io::Error::new(error.kind(), message)
            })?,
        };
        self.chunks.push(stored);
        Ok(())
    }

    fn write(&mut self, chunk: &RowChunk) -> io::Result<StoredChunk> {
        let (file, end) = match &mut self.file {
            Some(file) => file,
            None => self.file.insert((tempfile::tempfile()?, 0)),
        };
        let bytes = chunk.to_bytes()?;
        file.write_all(&bytes)?;
        let (start, n_bytes) = (*end, bytes.len());
        *end += n_bytes as u64;
        Ok(StoredChunk::Disk { start, n_bytes })
    }

    pub(super) fn len(&self) -> usize {
        self.n_rows
    }

    pub(super) fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// Returns each row, with the line on which it starts. Ends early if the temporary file cannot be read; then there is a
    /// [`Self::read_error`].
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, SheetRow)> {
        let chunks = self.chunks.iter().map_while(|chunk| {
            let chunk = self.read(chunk);
            chunk.map_err(|error| self.read_error.set(error)).ok()
        });
        chunks.flat_map(|chunk| {
            (0..chunk.lines.len()).map(move |index| {
                let chunk = chunk.clone();
                (chunk.lines[index], SheetRow { chunk, index })
            })
        })
    }

    fn read(&self, chunk: &StoredChunk) -> io::Result<Arc<RowChunk>> {
        match (chunk, &self.file) {
            (StoredChunk::Memory(chunk), _) => Ok(chunk.clone()),
            (StoredChunk::Disk { start, n_bytes }, Some((file, _))) => {
                let mut bytes = vec![0; *n_bytes];
                file.read_exact_at(&mut bytes, *start)?;
                let chunk = RowChunk::from_bytes(&bytes);
                Ok(Arc::new(chunk.ok_or(io::ErrorKind::InvalidData)?))
            }
            (StoredChunk::Disk { .. }, None) => Err(io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn read_error(&self) -> Option<&io::Error> {
        self.read_error.get()
    }
}

/// No file has a chunk of 4 GiB, unless a cell is as long.
fn to_u32(n: usize) -> io::Result<u32> {
    u32::try_from(n).map_err(|_| io::ErrorKind::FileTooLarge.into())
}

impl RowChunk {
    /// Returns the numbers of rows and cells, the numbers of each, and the text.
    fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let counts = [to_u32(self.row_ends.len())?, to_u32(self.cell_ends.len())?];
        let numbers = counts.iter().chain(&self.row_ends).chain(&self.cell_ends);
        let mut bytes: Vec<u8> = numbers.flat_map(|n| n.to_le_bytes()).collect();
        bytes.extend(self.lines.iter().flat_map(|line| line.to_le_bytes()));
        bytes.extend_from_slice(self.text.as_bytes());
        Ok(bytes)
    }

    /// Returns the chunk from [`Self::to_bytes`]; `None` if the bytes are not complete.
    fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let counts = split_u32s(&mut bytes, 2)?;
        let (n_rows, n_cells) = (counts[0] as usize, counts[1] as usize);
        let row_ends = split_u32s(&mut bytes, n_rows)?;
        let cell_ends = split_u32s(&mut bytes, n_cells)?;
        let (lines, text) = bytes.split_at_checked(n_rows * 8)?;
        let lines = lines.as_chunks().0.iter();
        Some(Self {
            lines: lines.map(|line| u64::from_le_bytes(*line)).collect(),
            row_ends,
            cell_ends,
            text: String::from_utf8(text.to_vec()).ok()?,
        })
    }
}

/// Splits off numbers.
fn split_u32s(bytes: &mut &[u8], n: usize) -> Option<Vec<u32>> {
    let (numbers, rest) = bytes.split_at_checked(n * 4)?;
    *bytes = rest;
    let numbers = numbers.as_chunks().0.iter();
    Some(numbers.map(|number| u32::from_le_bytes(*number)).collect())
}

impl SheetRow {
    /// Returns the number of cells.
    pub(super) fn len(&self) -> usize {
        self.end() - self.start()
    }

    fn start(&self) -> usize {
        let before = self.index.checked_sub(1);
        before.map_or(0, |before| self.chunk.row_ends[before] as usize)
    }

    fn end(&self) -> usize {
        self.chunk.row_ends[self.index] as usize
    }

    /// Returns the text of a cell; `None` if the row has fewer cells.
    pub(super) fn get(&self, n: usize) -> Option<&str> {
        let cell = self.start() + n;
        if cell >= self.end() {
            return None;
        }
        let ends = &self.chunk.cell_ends;
        let start = cell.checked_sub(1).map_or(0, |before| ends[before]);
        self.chunk.text.get(start as usize..ends[cell] as usize)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|n| self.get(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_does_not_grow_with_the_number_of_rows() {
        const N_ROWS: usize = 200_000;
        let mut rows = SheetRows::default();
        let cells = |n: usize| {
            let name = format!("a name that is much longer than a number, {n}");
            // Not all rows have the same number of cells.
            [n.to_string(), name, String::new()]
                .into_iter()
                .take(1 + n % 3)
        };
        for n in 0..N_ROWS {
            let cells: Vec<String> = cells(n).collect();
            let line = 2 + n as u64;
            rows.push(line, cells.iter().map(String::as_str)).unwrap();
        }
        rows.finish().unwrap();
        assert_eq!(rows.len(), N_ROWS);
        let in_memory = rows.chunks.iter().filter_map(|chunk| match chunk {
            StoredChunk::Memory(chunk) => Some(chunk.text.len()),
            StoredChunk::Disk { .. } => None,
        });
        assert!(in_memory.sum::<usize>() <= MAX_CHUNKS_IN_MEMORY * (CHUNK_BYTES + 100));
        assert!(rows.chunks.len() > 2 * MAX_CHUNKS_IN_MEMORY);
        for (n, (line, row)) in rows.iter().enumerate() {
            assert_eq!(line, 2 + n as u64);
            assert!(row.iter().eq(cells(n)));
            assert_eq!((row.len(), row.get(row.len())), (1 + n % 3, None));
        }
        assert_eq!(rows.iter().count(), N_ROWS);
        assert!(rows.read_error().is_none());
    }
}
