//! Data of a load that need not fit in memory, in a temporary file.

use std::{
    env,
    fmt::Display,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Connection, OptionalExtension, params};
use tempfile::NamedTempFile;

/// How much of the file is in memory, in KiB.
const CACHE_KIB: i32 = 8192;

/// Values by key, in the order of the keys, in a temporary file without a name. The operating system removes it when it is
/// closed.
#[derive(Debug)]
pub struct Scratch(Mutex<Connection>);

impl Scratch {
    /// Creates an empty file in the folder for temporary files.
    ///
    /// # Errors
    /// If the file cannot be created.
    pub fn create() -> io::Result<Self> {
        let file = NamedTempFile::new().map_err(to_io_error)?;
        let connection = Connection::open(file.path()).map_err(to_io_error)?;
        // Nobody else reads the file, and nothing is left of it after a crash. Values are in the order in which they were added, which is
        // often that in which they are read; so the cache needs to hold little more than the index.
        let settings = format!(
            "pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive; \
             pragma cache_size = -{CACHE_KIB}; begin; \
             create table entry (key blob not null unique, value blob not null)"
        );
        connection.execute_batch(&settings).map_err(to_io_error)?;
        Ok(Self(Mutex::new(connection)))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a value, unless the key already has one. Returns the value that it already has.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn insert(&self, key: &[u8], value: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let insert = || {
            let connection = self.connection();
            let insert = "insert into entry (key, value) values (?1, ?2) on conflict do nothing";
            connection.prepare_cached(insert)?.execute([key, value])
        };
        match insert().map_err(to_io_error)? {
            0 => self.get(key),
            _ => Ok(None),
        }
    }

    /// Returns the value of a key.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn get(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let get = || {
            let connection = self.connection();
            let mut select = connection.prepare_cached("select value from entry where key = ?1")?;
            select.query_one([key], |row| row.get(0)).optional()
        };
        get().map_err(to_io_error)
    }

    /// Returns the first `n` keys after another one, which may be empty, with their values.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn after(&self, key: &[u8], n: usize) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let after = || {
            let connection = self.connection();
            let select = "select key, value from entry where key > ?1 order by key limit ?2";
            let mut select = connection.prepare_cached(select)?;
            let rows =
                select.query_map(params![key, n as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()
        };
        after().map_err(to_io_error)
    }
}

fn to_io_error(error: impl Display) -> io::Error {
    let folder = env::temp_dir();
    io::Error::other(format!("{error} (in {}, TMPDIR)", folder.display()))
}
