//! The hash that identifies a dataset.

use sha2::{Digest, Sha256};

use super::{files::RespondentOptions, sheet::Sheet};

/// The files that the match model is fitted to. The revision of the whole data also covers the files of
/// the model itself, so it cannot be stored in them.
pub const MATCH_FILES: [&str; 5] = [
    "partnerships.csv",
    "cities.csv",
    "provinces.csv",
    "states.csv",
    "countries.csv",
];

/// Returns the SHA-256 hash, in hexadecimal, of every cell of the files, including unused columns.
///
/// Equal cells give an equal hash: files and columns are hashed in the order of their names, and
/// line endings, quotes, and a byte order mark have no effect. Rows are hashed in the order of the
/// file, because some tables store that order. With respondents, the options of their load are hashed too.
pub(super) fn revision<'a>(
    sheets: impl IntoIterator<Item = &'a Sheet>,
    respondents: Option<RespondentOptions>,
) -> String {
    let mut sheets: Vec<&Sheet> = sheets.into_iter().collect();
    sheets.sort_by_key(|sheet| sheet.file);
    let mut hash = Sha256::new();
    for sheet in sheets {
        let mut columns: Vec<(&str, usize)> = sheet
            .header()
            .iter()
            .enumerate()
            .map(|(n, name)| (name.as_str(), n))
            .collect();
        columns.sort_unstable();
        hash_text(&mut hash, sheet.file.as_bytes());
        hash_length(&mut hash, columns.len());
        for (name, _) in &columns {
            hash_text(&mut hash, name.as_bytes());
        }
        hash_length(&mut hash, sheet.len());
        for (_, row) in sheet.rows() {
            for (_, n) in &columns {
                hash_text(&mut hash, row.get(*n).unwrap_or_default().as_bytes());
            }
        }
    }
    if let Some(options) = respondents {
        hash_text(&mut hash, options.is_synthetic.to_string().as_bytes());
        hash_text(&mut hash, options.min_cell.to_string().as_bytes());
    }
    hex::encode(hash.finalize())
}

/// Hashes the length before the text, so that no two different datasets hash the same bytes.
pub(super) fn hash_text(hash: &mut Sha256, text: &[u8]) {
    hash_length(hash, text.len());
    hash.update(text);
}

pub(super) fn hash_length(hash: &mut Sha256, length: usize) {
    hash.update((length as u64).to_be_bytes());
}
