//! What a load did.

use std::fmt;

/// What a load did to one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableChanges {
    /// The table.
    pub table: String,
    /// New rows.
    pub added: usize,
    /// Rows that were there and have other values now.
    pub changed: usize,
    /// Rows that are gone.
    pub removed: usize,
}

impl TableChanges {
    /// Whether the table stayed as it was.
    pub fn is_empty(&self) -> bool {
        self.added + self.changed + self.removed == 0
    }
}

/// What a load did, table by table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadSummary {
    /// The revision that is loaded now.
    pub revision: String,
    /// Whether anything was written.
    pub has_changes: bool,
    /// Every table, also those that stayed as they were.
    pub tables: Vec<TableChanges>,
}

impl fmt::Display for LoadSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.has_changes {
            return write!(
                f,
                "nothing to do: revision {} is loaded already",
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
            return f.write_str("no row of any table differs");
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
