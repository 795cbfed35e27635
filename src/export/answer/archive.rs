//! A ZIP archive with the rows of a saved query, the query, and how to cite them.

use serde_json::{Map, Value as Json};

use super::AnswerTable;
use crate::{
    engine::{ExecutionError, InternalError},
    export::{
        archive::Archive,
        metadata::{ExportMetadata, readme_section},
        output::{FileContent, FileWriter},
    },
};

/// The name of [`DATASET_FIELD`] in the answer.
pub const DATASET_KEY: &str = "sistergraphDataset";
/// The field that a query must have in addition, so that an archive or a citation names the data of exactly these rows.
pub const DATASET_FIELD: &str = "sistergraphDataset: dataset { revision loadedAt }";

/// The saved query whose rows are in the archive.
#[derive(Clone, Debug)]
pub struct ArchivedQuery {
    /// The name of the operation.
    pub name: String,
    /// What the query returns.
    pub description: String,
    /// The document.
    pub text: String,
    /// The values of the variables.
    pub variables: Map<String, Json>,
    /// The address of the rows, from the root of the server.
    pub address: String,
}

/// Returns the archive. `data` is the data of the answer.
pub(super) fn write(
    table: &AnswerTable,
    query: &ArchivedQuery,
    data: &Json,
    rows: &[Json],
) -> Result<Vec<u8>, ExecutionError> {
    let metadata = ExportMetadata::from_answer(&data[DATASET_KEY])?;
    let mut output = FileWriter::default();
    let mut archive = Archive::new(&mut output, &metadata.loaded_at);
    archive.add_file("README.md", readme(query, &metadata, rows.len()).as_bytes())?;
    let licenses = format!("{}\n", readme_section("Licenses and credits"));
    archive.add_file("LICENCES.md", licenses.as_bytes())?;
    archive.add_file("query.graphql", query.text.as_bytes())?;
    let variables = format!("{:#}\n", Json::Object(query.variables.clone()));
    archive.add_file("variables.json", variables.as_bytes())?;
    archive.add_file("rows.csv", &table.write_csv(rows)?)?;
    archive.finish()?;
    match output.finish()?.content {
        FileContent::Memory(bytes) => Ok(bytes),
        // An answer has a few megabytes at most.
        FileContent::Disk(_) => {
            Err(InternalError::Data("the archive is too large".to_owned()).into())
        }
    }
}

fn readme(query: &ArchivedQuery, metadata: &ExportMetadata, row_count: usize) -> String {
    format!(
        "# {}\n\n{}\n\n\
         - Revision of the data: `{}`\n- Loaded: {}\n- Rows: {row_count}\n- Address of the rows: `{}`\n\n\
         ## How to cite\n\n{}\n\n\
         ## The files\n\n\
         - `rows.csv`: the rows as CSV (RFC 4180) in UTF-8 without a byte order mark: in Excel, use *Data > From Text/CSV*. An\n  \
         empty cell means unknown or not applicable, never zero. A text that a spreadsheet would run as a formula is prefixed\n  \
         with a single quote.\n\
         - `query.graphql` and `variables.json`: the query and the values of its variables. The descriptions of its fields are in\n  \
         the schema, at `/schema.graphql` on the server.\n\
         - `LICENCES.md`: the licenses and whom to credit.\n",
        query.name,
        query.description,
        metadata.revision,
        metadata.loaded_at,
        query.address,
        metadata.citation(),
    )
}
