//! Statements that are written once and run with other keys.
//!
//! sea-query writes a statement anew for each request, though most requests ask what others asked
//! before, of other rows. So whatever asks keeps the text, with a mark among its values where the
//! keys go.

use std::sync::{Arc, OnceLock};

use sea_orm::{
    DbBackend, Statement, StatementBuilder, Values,
    sea_query::{SelectStatement, UnionType, Value},
};

use super::ColumnRef;

/// The text of a statement and its values, as they are run.
#[derive(Clone, Debug)]
pub(super) struct BoundStatement {
    pub(super) sql: Arc<str>,
    pub(super) values: Vec<Value>,
}

impl BoundStatement {
    /// The statement as sea-query writes it.
    pub(super) fn new(backend: DbBackend, select: &SelectStatement) -> Self {
        let Statement { sql, values, .. } = StatementBuilder::build(select, &backend);
        Self {
            sql: sql.into(),
            values: values.map_or_else(Vec::new, |Values(values)| values),
        }
    }

    /// The statement as sea-orm's driver takes it.
    pub(super) fn into_statement(self, backend: DbBackend) -> Statement {
        Statement {
            sql: self.sql.as_ref().to_owned(),
            values: Some(Values(self.values)),
            db_backend: backend,
        }
    }
}

/// For which keys a statement is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum StatementKeys<'a> {
    /// These.
    Inline(&'a [Arc<str>]),
    /// One, which is put in when it is run.
    One,
    /// Any number of them, which are put in when it is run.
    Many,
}

impl StatementKeys<'_> {
    /// Keys that are put in when the statement is run: most statements for one key are simpler.
    pub(super) fn placeholder_for(keys: &[Arc<str>]) -> StatementKeys<'static> {
        match keys {
            [_] => StatementKeys::One,
            _ => StatementKeys::Many,
        }
    }

    /// What stands for the keys among the values of a statement.
    pub(super) fn bound_value(self) -> Value {
        match self {
            Self::Inline(keys) => keys_as_json(keys),
            Self::One | Self::Many => PLACEHOLDER,
        }
    }
}

/// The place of keys among values. No other value is a single letter: texts are strings.
const PLACEHOLDER: Value = Value::Char(Some('?'));

/// A list of keys as JSON.
fn keys_as_json(keys: &[Arc<str>]) -> Value {
    let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    // Texts always can be written as JSON.
    serde_json::to_string(&keys).unwrap_or_default().into()
}

/// A statement as it was written the first time.
#[derive(Debug, Default)]
pub(super) struct StatementTemplate(OnceLock<(DbBackend, BoundStatement)>);

impl StatementTemplate {
    /// The statement, written where it is not known yet.
    pub(super) fn get_or_build(
        &self,
        backend: DbBackend,
        write: impl FnOnce() -> SelectStatement,
    ) -> BoundStatement {
        match self.0.get() {
            Some((known, bound)) if *known == backend => bound.clone(),
            Some(_) => BoundStatement::new(backend, &write()),
            None => {
                let bound = BoundStatement::new(backend, &write());
                // Another request may have been faster.
                let _ = self.0.set((backend, bound.clone()));
                bound
            }
        }
    }
}

/// A statement for one key and one for many, as they were written the first time.
#[derive(Debug, Default)]
pub(super) struct KeyedTemplate {
    one: StatementTemplate,
    many: StatementTemplate,
}

impl KeyedTemplate {
    /// The statement for these keys; `write` writes it for keys that are put in later.
    pub(super) fn bind(
        &self,
        backend: DbBackend,
        keys: &[Arc<str>],
        write: impl FnOnce(StatementKeys<'static>) -> SelectStatement,
    ) -> BoundStatement {
        let later = StatementKeys::placeholder_for(keys);
        let (template, given) = match keys {
            [key] => (&self.one, key.as_ref().into()),
            _ => (&self.many, keys_as_json(keys)),
        };
        let mut bound = template.get_or_build(backend, || write(later));
        for value in &mut bound.values {
            if *value == PLACEHOLDER {
                *value = given.clone();
            }
        }
        bound
    }
}

/// The statements of a list: of a whole table, and of the rows that a column ties to keys.
#[derive(Debug, Default)]
pub(super) struct ListTemplates {
    all: StatementTemplate,
    /// Lists are asked for by one column, but in a list of several types.
    by_column: OnceLock<(ColumnRef, KeyedTemplate)>,
}

impl ListTemplates {
    /// The statement for the whole table.
    pub(super) fn bind_all(
        &self,
        backend: DbBackend,
        write: impl FnOnce() -> SelectStatement,
    ) -> BoundStatement {
        self.all.get_or_build(backend, write)
    }

    /// The statement for the lists of these keys, by the columns that hold them; `None` where there
    /// are none. Several columns are one statement too.
    pub(super) fn bind_keys(
        &self,
        backend: DbBackend,
        columns: &[(ColumnRef, Vec<Arc<str>>)],
        write: impl Fn(ColumnRef, StatementKeys<'_>) -> SelectStatement,
    ) -> Option<BoundStatement> {
        let ((column, keys), others) = columns.split_first()?;
        if others.is_empty() {
            let (known, template) = self.by_column.get_or_init(|| (*column, <_>::default()));
            let write = |keys: StatementKeys<'static>| write(*column, keys);
            return Some(match known == column {
                true => template.bind(backend, keys, write),
                false => KeyedTemplate::default().bind(backend, keys, write),
            });
        }
        let mut first = write(*column, StatementKeys::Inline(keys));
        for (column, keys) in others {
            first.union(UnionType::All, write(*column, StatementKeys::Inline(keys)));
        }
        Some(BoundStatement::new(backend, &first))
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{Expr, ExprTrait, Query};

    use super::*;

    fn written(keys: StatementKeys<'static>) -> SelectStatement {
        Query::select()
            .column("name")
            .from("city")
            .and_where(Expr::col("note").eq("?"))
            .and_where(Expr::col("id").eq(Expr::val(keys.bound_value())))
            .to_owned()
    }

    #[test]
    fn a_statement_is_written_once_and_run_with_other_keys() {
        let template = KeyedTemplate::default();
        let keys = |keys: &[&str]| keys.iter().map(|key| Arc::from(*key)).collect::<Vec<_>>();
        let run = |list: &[&str]| template.bind(DbBackend::Sqlite, &keys(list), written);
        let (first, second) = (run(&["a"]), run(&["b"]));
        assert!(Arc::ptr_eq(&first.sql, &second.sql));
        assert_eq!(first.values, ["?".into(), "a".into()]);
        assert_eq!(second.values, ["?".into(), "b".into()]);
        assert_eq!(run(&["a", "\""]).values[1], r#"["a","\""]"#.into());
        assert_eq!(run(&[]).values[1], "[]".into());
    }

    #[test]
    fn each_database_has_its_own_text() {
        let template = StatementTemplate::default();
        let text = |backend| {
            template
                .get_or_build(backend, || written(StatementKeys::One))
                .sql
        };
        assert!(text(DbBackend::Sqlite).contains("= ?"));
        assert!(text(DbBackend::Postgres).contains("= $2"));
    }
}
