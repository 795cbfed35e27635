//! The summary that `sistergraph load` prints.

use std::fmt;

use crate::db::difference::TableChanges;

/// The changes of a load, table by table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadSummary {
    /// The revision of the data after the load.
    pub revision: String,
    /// Whether the load wrote anything, including the revision and the search index.
    pub has_changes: bool,
    /// The changes of every table, including unchanged ones; empty if nothing was compared.
    pub tables: Vec<TableChanges>,
}

impl fmt::Display for LoadSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.has_changes {
            return write!(
                f,
                "nothing to do: revision {} is already loaded",
                self.revision
            );
        }
        writeln!(f, "loaded revision {}", self.revision)?;
        let mut changes = self
            .tables
            .iter()
            .filter(|table| !table.is_empty())
            .peekable();
        if changes.peek().is_none() {
            return f.write_str("no rows changed");
        }
        write!(
            f,
            "{:<32}{:>9}{:>9}{:>9}",
            "table", "added", "changed", "removed"
        )?;
        for table in changes {
            write!(
                f,
                "\n{:<32}{:>9}{:>9}{:>9}",
                table.table, table.added, table.changed, table.removed
            )?;
        }
        Ok(())
    }
}
