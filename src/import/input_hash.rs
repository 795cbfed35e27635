//! The hash by which a load recognizes files that are already loaded, without parsing them.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use super::{
    files::{FILES, Files, RESPONDENT_FILES, RespondentFiles},
    revision::{hash_length, hash_text},
};

/// The hash of the source code of this program. Another version may derive other rows from the same files.
const SOURCE_HASH: &str = env!("SISTERGRAPH_SOURCE_HASH");

/// A hash of the bytes of the files, of how respondents are loaded, and of the program.
pub(super) struct InputHash(Sha256);

impl InputHash {
    pub(super) fn new(respondents: Option<&RespondentFiles>) -> Self {
        let mut hash = Sha256::new();
        hash_text(&mut hash, SOURCE_HASH.as_bytes());
        let options = respondents.map(|respondents| respondents.options);
        hash_text(&mut hash, format!("{options:?}").as_bytes());
        Self(hash)
    }

    /// Returns a reader that adds a file while it is read. Files that are missing are not added.
    pub(super) fn add<R: Read>(&mut self, file: &str, source: R) -> HashedFile<'_, R> {
        hash_text(&mut self.0, file.as_bytes());
        HashedFile {
            hash: &mut self.0,
            source,
            n_bytes: 0,
        }
    }

    /// Returns the hash in hexadecimal.
    pub(super) fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// A file that is hashed while it is read, and then its length.
pub(super) struct HashedFile<'a, R> {
    hash: &'a mut Sha256,
    source: R,
    n_bytes: usize,
}

impl<R: Read> Read for HashedFile<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(buffer)?;
        self.hash.update(&buffer[..n]);
        self.n_bytes += n;
        Ok(n)
    }
}

impl<R> Drop for HashedFile<'_, R> {
    fn drop(&mut self) {
        hash_length(self.hash, self.n_bytes);
    }
}

/// Returns the hash of the files in the order in which a load reads them.
pub(super) fn input_hash(files: &Files, respondents: Option<&RespondentFiles>) -> String {
    let mut hash = InputHash::new(respondents);
    let files = FILES.iter().map(|(name, _)| (files, *name));
    let respondents = respondents.into_iter().flat_map(|respondents| {
        let names = RESPONDENT_FILES.iter();
        names.map(|(name, _)| (&respondents.files, *name))
    });
    for (files, name) in files.chain(respondents) {
        if let Ok(source) = files.open(name) {
            // What cannot be read is not hashed, so the hash differs from that of a load.
            let _ = io::copy(&mut hash.add(name, source), &mut io::sink());
        }
    }
    hash.finish()
}
