//! Statements that are built once and run with different keys.
//!
//! Most requests run the same statements as earlier requests, for other rows. So queries keep the SQL
//! that sea-query built, with a placeholder for the keys among the bound values.

use std::sync::{Arc, OnceLock};

use sea_orm::{
    DbBackend, Statement, StatementBuilder, Values,
    sea_query::{SelectStatement, UnionType, Value},
};

use super::ColumnRef;

/// The SQL of a statement, and its bound values.
#[derive(Clone, Debug)]
pub(super) struct BoundStatement {
    pub(super) sql: Arc<str>,
    pub(super) values: Vec<Value>,
}

impl BoundStatement {
    /// Builds the statement.
    pub(super) fn new(backend: DbBackend, select: &SelectStatement) -> Self {
        let Statement { sql, values, .. } = StatementBuilder::build(select, &backend);
        Self {
            sql: sql.into(),
            values: values.map_or_else(Vec::new, |Values(values)| values),
        }
    }

    /// Converts the statement to SeaORM's type.
    pub(super) fn into_statement(self, backend: DbBackend) -> Statement {
        Statement {
            sql: self.sql.as_ref().to_owned(),
            values: Some(Values(self.values)),
            db_backend: backend,
        }
    }
}

/// The keys that a statement is built for.
#[derive(Clone, Copy, Debug)]
pub(super) enum StatementKeys<'a> {
    /// These keys.
    Inline(&'a [Arc<str>]),
    /// A placeholder for one key.
    One,
    /// A placeholder for any number of keys.
    Many,
}

impl StatementKeys<'_> {
    /// Returns the placeholder for these keys. One key has its own, because most statements for one
    /// key are simpler.
    pub(super) fn placeholder_for(keys: &[Arc<str>]) -> StatementKeys<'static> {
        match keys {
            [_] => StatementKeys::One,
            _ => StatementKeys::Many,
        }
    }

    /// Returns the value to bind: the keys as JSON, or the placeholder.
    pub(super) fn bound_value(self) -> Value {
        match self {
            Self::Inline(keys) => keys_as_json(keys),
            Self::One | Self::Many => PLACEHOLDER,
        }
    }
}

/// The placeholder for the keys among the bound values. No other value is a `Char`: texts are strings.
const PLACEHOLDER: Value = Value::Char(Some('?'));

fn keys_as_json(keys: &[Arc<str>]) -> Value {
    let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    // Serializing strings cannot fail.
    serde_json::to_string(&keys).unwrap_or_default().into()
}

/// A statement that is built on first use.
#[derive(Debug, Default)]
pub(super) struct StatementTemplate(OnceLock<(DbBackend, BoundStatement)>);

impl StatementTemplate {
    /// Returns the stored statement, or builds and stores it.
    pub(super) fn get_or_build(
        &self,
        backend: DbBackend,
        build: impl FnOnce() -> SelectStatement,
    ) -> BoundStatement {
        match self.0.get() {
            Some((stored_backend, bound)) if *stored_backend == backend => bound.clone(),
            Some(_) => BoundStatement::new(backend, &build()),
            None => {
                let bound = BoundStatement::new(backend, &build());
                // If another request was faster, its statement stays.
                let _ = self.0.set((backend, bound.clone()));
                bound
            }
        }
    }
}

/// A statement for one key and a statement for many keys, each built on first use.
#[derive(Debug, Default)]
pub(super) struct KeyedTemplate {
    one: StatementTemplate,
    many: StatementTemplate,
}

impl KeyedTemplate {
    /// Returns the statement with these keys; `build` builds it for a placeholder.
    pub(super) fn bind(
        &self,
        backend: DbBackend,
        keys: &[Arc<str>],
        build: impl FnOnce(StatementKeys<'static>) -> SelectStatement,
    ) -> BoundStatement {
        let placeholder = StatementKeys::placeholder_for(keys);
        let (template, key_value) = match keys {
            [key] => (&self.one, key.as_ref().into()),
            _ => (&self.many, keys_as_json(keys)),
        };
        let mut bound = template.get_or_build(backend, || build(placeholder));
        for value in &mut bound.values {
            if *value == PLACEHOLDER {
                *value = key_value.clone();
            }
        }
        bound
    }
}

/// The statements of a list query: for the whole table, and for the lists of parents.
#[derive(Debug, Default)]
pub(super) struct ListTemplates {
    all: StatementTemplate,
    /// The statements for the first column that was used. Only parents of several types have more
    /// than one column.
    by_column: OnceLock<(ColumnRef, KeyedTemplate)>,
}

impl ListTemplates {
    /// Returns the statement for the whole table.
    pub(super) fn bind_all(
        &self,
        backend: DbBackend,
        build: impl FnOnce() -> SelectStatement,
    ) -> BoundStatement {
        self.all.get_or_build(backend, build)
    }

    /// Returns the statement for the lists of these keys, by the columns that hold them. Several
    /// columns are combined into one statement. `None` if there are no columns.
    pub(super) fn bind_keys(
        &self,
        backend: DbBackend,
        columns: &[(ColumnRef, Vec<Arc<str>>)],
        build: impl Fn(ColumnRef, StatementKeys<'_>) -> SelectStatement,
    ) -> Option<BoundStatement> {
        let ((column, keys), others) = columns.split_first()?;
        if others.is_empty() {
            let (stored_column, template) =
                self.by_column.get_or_init(|| (*column, <_>::default()));
            let build = |keys: StatementKeys<'static>| build(*column, keys);
            return Some(match stored_column == column {
                true => template.bind(backend, keys, build),
                false => KeyedTemplate::default().bind(backend, keys, build),
            });
        }
        let mut union = build(*column, StatementKeys::Inline(keys));
        for (column, keys) in others {
            union.union(UnionType::All, build(*column, StatementKeys::Inline(keys)));
        }
        Some(BoundStatement::new(backend, &union))
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{Expr, ExprTrait, Query};

    use super::*;

    fn city_statement(keys: StatementKeys<'static>) -> SelectStatement {
        Query::select()
            .column("name")
            .from("city")
            .and_where(Expr::col("note").eq("?"))
            .and_where(Expr::col("id").eq(Expr::val(keys.bound_value())))
            .to_owned()
    }

    #[test]
    fn statements_are_built_once_and_run_with_different_keys() {
        let template = KeyedTemplate::default();
        let keys = |keys: &[&str]| keys.iter().map(|key| Arc::from(*key)).collect::<Vec<_>>();
        let run = |list: &[&str]| template.bind(DbBackend::Sqlite, &keys(list), city_statement);
        let (first, second) = (run(&["a"]), run(&["b"]));
        assert!(Arc::ptr_eq(&first.sql, &second.sql));
        assert_eq!(first.values, ["?".into(), "a".into()]);
        assert_eq!(second.values, ["?".into(), "b".into()]);
        assert_eq!(run(&["a", "\""]).values[1], r#"["a","\""]"#.into());
        assert_eq!(run(&[]).values[1], "[]".into());
    }

    #[test]
    fn each_database_has_its_own_sql() {
        let template = StatementTemplate::default();
        let sql = |backend| {
            template
                .get_or_build(backend, || city_statement(StatementKeys::One))
                .sql
        };
        assert!(sql(DbBackend::Sqlite).contains("= ?"));
        assert!(sql(DbBackend::Postgres).contains("= $2"));
    }
}
