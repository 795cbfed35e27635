//! Statements that are built once and run with different keys and values.
//!
//! Most requests run the same statements as earlier requests, for other rows or with other values in filters,
//! cursors, and limits. So queries keep the SQL that sea-query built, with placeholders among the bound values.

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

/// Surrounds the index of a value in its placeholder. No constant of a statement contains it, and texts of requests are
/// values, which are not searched for placeholders.
const VALUE_MARK: char = '\0';

/// Adds a value, and returns the text that stands for it until the statement runs, which may be part of a pattern. Not
/// written with `format!`, which is slower, because every request with new variables does this.
pub(super) fn add_value(values: &mut Vec<Value>, value: Value) -> String {
    let mut placeholder = String::from(VALUE_MARK);
    placeholder.push_str(itoa::Buffer::new().format(values.len()));
    placeholder.push(VALUE_MARK);
    values.push(value);
    placeholder
}

/// Adds a limit, and returns its index, which stands for it until the statement runs.
pub(super) fn add_limit(values: &mut Vec<Value>, limit: u64) -> usize {
    values.push(limit.into());
    values.len() - 1
}

/// A bound value of a [`Template`]: a constant, or what replaces it when the statement runs.
#[derive(Debug)]
enum Parameter {
    Constant(Value),
    Keys,
    /// The value with this index.
    Value(usize),
}

impl From<Value> for Parameter {
    fn from(value: Value) -> Self {
        let index = match &value {
            Value::Char(_) => return Self::Keys,
            // Only limits are unsigned.
            Value::BigUnsigned(Some(index)) => usize::try_from(*index).ok(),
            Value::String(Some(text)) => text.split(VALUE_MARK).nth(1).and_then(|n| n.parse().ok()),
            _ => None,
        };
        index.map_or(Self::Constant(value), Self::Value)
    }
}

/// The SQL of a statement, with placeholders for keys and values.
#[derive(Debug)]
struct Template {
    sql: Arc<str>,
    parameters: Vec<Parameter>,
}

impl Template {
    fn new(backend: DbBackend, select: &SelectStatement) -> Self {
        let BoundStatement { sql, values } = BoundStatement::new(backend, select);
        Self {
            sql,
            parameters: values.into_iter().map(Parameter::from).collect(),
        }
    }

    fn bind(&self, keys: &[Arc<str>], values: &[Value]) -> BoundStatement {
        let parameters = self.parameters.iter();
        let values = parameters.map(|parameter| match (parameter, keys) {
            (Parameter::Constant(value), _) => value.clone(),
            (Parameter::Value(index), _) => values[*index].clone(),
            (Parameter::Keys, [key]) => key.as_ref().into(),
            (Parameter::Keys, _) => keys_as_json(keys),
        });
        BoundStatement {
            sql: self.sql.clone(),
            values: values.collect(),
        }
    }
}

/// A statement that is built on first use.
#[derive(Debug, Default)]
pub(super) struct StatementTemplate(OnceLock<(DbBackend, Template)>);

impl StatementTemplate {
    /// Returns the statement with these keys and values; `build` builds it with placeholders for them.
    pub(super) fn bind(
        &self,
        backend: DbBackend,
        keys: &[Arc<str>],
        values: &[Value],
        build: impl Fn() -> SelectStatement,
    ) -> BoundStatement {
        let template = || Template::new(backend, &build());
        match self.0.get_or_init(|| (backend, template())) {
            (stored, shared) if *stored == backend => shared.bind(keys, values),
            _ => template().bind(keys, values),
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
    /// Returns the statement with these keys and values; `build` builds it with placeholders for them.
    pub(super) fn bind(
        &self,
        backend: DbBackend,
        keys: &[Arc<str>],
        values: &[Value],
        build: impl Fn(StatementKeys<'static>) -> SelectStatement,
    ) -> BoundStatement {
        let template = match keys {
            [_] => &self.one,
            _ => &self.many,
        };
        let placeholder = StatementKeys::placeholder_for(keys);
        template.bind(backend, keys, values, || build(placeholder))
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
        values: &[Value],
        build: impl Fn() -> SelectStatement,
    ) -> BoundStatement {
        self.all.bind(backend, &[], values, build)
    }

    /// Returns the statement for the lists of these keys, by the columns that hold them. Several
    /// columns are combined into one statement. `None` if there are no columns.
    pub(super) fn bind_keys(
        &self,
        backend: DbBackend,
        columns: &[(ColumnRef, Vec<Arc<str>>)],
        values: &[Value],
        build: impl Fn(ColumnRef, StatementKeys<'_>) -> SelectStatement,
    ) -> Option<BoundStatement> {
        let ((column, keys), others) = columns.split_first()?;
        if others.is_empty() {
            let (stored_column, template) =
                self.by_column.get_or_init(|| (*column, <_>::default()));
            let build = |keys: StatementKeys<'static>| build(*column, keys);
            return Some(match stored_column == column {
                true => template.bind(backend, keys, values, build),
                false => KeyedTemplate::default().bind(backend, keys, values, build),
            });
        }
        let mut union = build(*column, StatementKeys::Inline(keys));
        for (column, keys) in others {
            union.union(UnionType::All, build(*column, StatementKeys::Inline(keys)));
        }
        Some(Template::new(backend, &union).bind(&[], values))
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
        let run =
            |list: &[&str]| template.bind(DbBackend::Sqlite, &keys(list), &[], city_statement);
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
                .bind(backend, &["a".into()], &[], || {
                    city_statement(StatementKeys::One)
                })
                .sql
        };
        assert!(sql(DbBackend::Sqlite).contains("= ?"));
        assert!(sql(DbBackend::Postgres).contains("= $2"));
    }
}
