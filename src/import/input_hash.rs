//! The hash by which a load recognizes files that are already loaded, without parsing them.

use sha2::{Digest, Sha256};

use super::{
    files::{FILES, Files, RESPONDENT_FILES, RespondentFiles},
    revision::hash_text,
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

    /// Adds a file. Files that are missing or cannot be read are not added.
    pub(super) fn add(&mut self, file: &str, bytes: &[u8]) {
        hash_text(&mut self.0, file.as_bytes());
        hash_text(&mut self.0, bytes);
    }

    /// Returns the hash in hexadecimal.
    pub(super) fn finish(self) -> String {
        hex::encode(self.0.finalize())
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
        if let Ok(bytes) = files.read(name) {
            hash.add(name, &bytes);
        }
    }
    hash.finish()
}
