//! Fields that return rows related to a stored row: the row that a foreign key points at, or the
//! rows whose foreign key points at it.

use std::sync::Arc;

use futures_util::FutureExt;

use crate::{
    db::{
        Cell, Cells, ColumnRef, Comparison, Constant, Filter, Lookup, LookupQuery, Record, RowSet,
    },
    engine::{
        Context, ExecutionError, Field, InternalError, Object, ResolvedValue, SelectedColumns,
    },
};

/// An object type whose objects are rows: its name, the id column of its table, and the column
/// values that distinguish its rows from those of other types in the same table.
#[derive(Clone, Debug)]
pub(super) struct StoredType {
    pub(super) type_name: &'static str,
    pub(super) id_column: ColumnRef,
    pub(super) constraints: Vec<(ColumnRef, Constant)>,
}

impl StoredType {
    pub(super) fn new(object: &'static str, id: impl sea_orm::ColumnTrait) -> Self {
        Self {
            type_name: object,
            id_column: ColumnRef::new(id),
            constraints: Vec::new(),
        }
    }

    /// Defines the object type, without fields.
    pub(super) fn object(&self, description: &'static str) -> Object {
        Object::stored(self.type_name, description, self.id_column)
    }

    /// Returns the objects that match a filter.
    pub(super) fn row_set(&self, filter: Filter) -> RowSet {
        let constraints = self.constraints.iter().map(|(column, value)| {
            let value = Comparison::Eq(Cell::from(*value));
            Filter::compare(*column, value)
        });
        RowSet {
            id: self.id_column,
            filter: constraints.fold(filter, Filter::and),
        }
    }

    pub(super) fn lookup_by_id(&self) -> Lookup {
        Lookup::by_id(self.id_column).with_constraints(&self.constraints)
    }

    pub(super) fn lookup_by_foreign_key(
        &self,
        foreign_key: impl sea_orm::ColumnTrait,
        order: &[ColumnRef],
    ) -> Lookup {
        Lookup::by_foreign_key(self.id_column, ColumnRef::new(foreign_key), order)
            .with_constraints(&self.constraints)
    }

    /// Returns a query that reads the id and the columns selected on this type.
    pub(super) fn lookup_query(
        &self,
        lookup: Lookup,
        selected: SelectedColumns<'_>,
    ) -> LookupQuery {
        let mut columns = selected.for_type(self.type_name);
        columns.push(self.id_column);
        LookupQuery::new(lookup, columns)
    }
}

/// Returns the row that each reference points at. If only the id is selected, no statement is
/// needed: a foreign key guarantees that the row exists.
pub(super) async fn load_referenced_rows(
    context: &Context,
    query: &LookupQuery,
    references: &[Option<&Arc<str>>],
) -> Result<Vec<Option<Arc<Record>>>, InternalError> {
    let columns = query.columns();
    if columns.len() == 1 {
        let record = |key: &Arc<str>| {
            let cells = Cells::from_iter([Cell::Text(key.clone())]);
            Arc::new(Record::new(columns.clone(), cells))
        };
        // References to the same row share one record, so the level below has one row for them.
        let mut records: foldhash::HashMap<&Arc<str>, Arc<Record>> = foldhash::HashMap::default();
        let rows = references
            .iter()
            .map(|key| key.map(|key| records.entry(key).or_insert_with(|| record(key)).clone()));
        return Ok(rows.collect());
    }
    let rows = context.lookup(query, references).await?;
    Ok(rows.into_iter().map(|mut rows| rows.pop()).collect())
}

/// Returns the object of type `type_name` that each reference points at.
///
/// # Errors
/// If the database fails.
pub(super) async fn resolve_references(
    context: &Context,
    query: &LookupQuery,
    type_name: &'static str,
    references: &[Option<&Arc<str>>],
) -> Result<Vec<ResolvedValue>, ExecutionError> {
    let rows = load_referenced_rows(context, query, references).await?;
    Ok(rows
        .into_iter()
        .map(|row| ResolvedValue::from_option(row.map(|row| ResolvedValue::Object(type_name, row))))
        .collect())
}

/// Returns a query for objects of several types, which are all stored in one table.
pub(super) fn polymorphic_query(
    targets: &[StoredType],
    selected: SelectedColumns<'_>,
) -> LookupQuery {
    let id = targets[0].id_column;
    let columns = targets
        .iter()
        .flat_map(|target| selected.for_type(target.type_name));
    LookupQuery::new(Lookup::by_id(id), columns.chain([id]).collect())
}

/// Returns the object that each reference points at, with the type that comes with the reference.
/// `query` is a [`polymorphic_query`].
///
/// # Errors
/// If the database fails.
pub(super) async fn resolve_polymorphic_references(
    context: &Context,
    query: &LookupQuery,
    references: &[Option<(&Arc<str>, &'static str)>],
) -> Result<Vec<ResolvedValue>, ExecutionError> {
    let keys: Vec<_> = references
        .iter()
        .map(|reference| reference.map(|(key, _)| key))
        .collect();
    let rows = load_referenced_rows(context, query, &keys).await?;
    Ok(std::iter::zip(references, rows)
        .map(|(reference, row)| {
            let object = reference.zip(row);
            ResolvedValue::from_option(
                object.map(|((_, object), row)| ResolvedValue::Object(object, row)),
            )
        })
        .collect())
}

/// Defines a field that returns the object that a foreign key points at.
pub(super) fn reference_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    target: StoredType,
    foreign_key: impl sea_orm::ColumnTrait,
) -> Field {
    let type_name = target.type_name;
    Field::new(name, ty, description).batch_from_columns(
        [ColumnRef::new(foreign_key)],
        move |(): &(), selected| target.lookup_query(target.lookup_by_id(), selected),
        move |call| {
            async move {
                let references: Vec<_> = call.rows.iter().map(|[key]| key.text()).collect();
                resolve_references(call.context, call.plan, type_name, &references).await
            }
            .boxed()
        },
    )
}

/// A value of the type column of a polymorphic reference, and the object type that it stands for.
pub(super) type PolymorphicTarget = (&'static str, fn() -> StoredType);

/// Defines a field that returns the object that a foreign key points at, if another column has the
/// type of that object.
pub(super) fn polymorphic_reference_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    foreign_key: impl sea_orm::ColumnTrait,
    type_column: impl sea_orm::ColumnTrait,
    targets: [PolymorphicTarget; 2],
) -> Field {
    let types = targets.map(|(_, target)| target());
    let names = targets.map(|(value, target)| (value, target().type_name));
    Field::new(name, ty, description).batch_from_columns(
        [ColumnRef::new(foreign_key), ColumnRef::new(type_column)],
        move |(): &(), selected| polymorphic_query(&types, selected),
        move |call| {
            async move {
                let rows = call.rows.iter();
                let references: Vec<_> = rows
                    .map(|[key, type_value]| {
                        let type_value = type_value.text()?.as_ref();
                        let mut names = names.iter();
                        let (_, type_name) = names.find(|(value, _)| *value == type_value)?;
                        Some((key.text()?, *type_name))
                    })
                    .collect();
                resolve_polymorphic_references(call.context, call.plan, &references).await
            }
            .boxed()
        },
    )
}

/// Defines a field that returns the objects of a lookup by a column of the row, as a plain list.
pub(super) fn list_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    key: impl sea_orm::ColumnTrait,
    target: StoredType,
    lookup: Lookup,
) -> Field {
    let key = ColumnRef::new(key);
    let object = target.type_name;
    let query = move |selected: SelectedColumns<'_>| target.lookup_query(lookup.clone(), selected);
    lookup_field(name, ty, description, key, query, move |rows| {
        let objects = rows
            .iter()
            .map(|row| ResolvedValue::Object(object, row.clone()));
        ResolvedValue::List(objects.collect())
    })
}

/// Defines a field that returns the first object of a lookup by a column of the row, or null.
pub(super) fn first_match_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    key: impl sea_orm::ColumnTrait,
    target: StoredType,
    lookup: Lookup,
) -> Field {
    let key = ColumnRef::new(key);
    let object = target.type_name;
    let query = move |selected: SelectedColumns<'_>| target.lookup_query(lookup.clone(), selected);
    lookup_field(name, ty, description, key, query, move |rows| {
        ResolvedValue::from_option(
            rows.first()
                .map(|row| ResolvedValue::Object(object, row.clone())),
        )
    })
}

/// Defines a field that returns a list of computed items: one for each row of a lookup by a column
/// of the row, made from the given columns.
pub(super) fn computed_list_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    key: impl sea_orm::ColumnTrait,
    lookup: Lookup,
    columns: &[ColumnRef],
    item: impl Fn(&Record) -> ResolvedValue + Send + Sync + 'static,
) -> Field {
    let key = ColumnRef::new(key);
    let query = LookupQuery::new(lookup, columns.to_vec());
    let query = move |_: SelectedColumns<'_>| query.clone();
    lookup_field(name, ty, description, key, query, move |rows| {
        ResolvedValue::List(rows.iter().map(|row| item(row)).collect())
    })
}

fn lookup_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    key: ColumnRef,
    query: impl Fn(SelectedColumns<'_>) -> LookupQuery + Send + Sync + 'static,
    output: impl Fn(&[Arc<Record>]) -> ResolvedValue + Send + Sync + 'static,
) -> Field {
    let output = Arc::new(output);
    Field::new(name, ty, description).batch_from_columns(
        [key],
        move |(): &(), selected| query(selected),
        move |call| {
            let output = output.clone();
            async move {
                let keys: Vec<_> = call.rows.iter().map(|[key]| key.text()).collect();
                let rows = call.context.lookup(call.plan, &keys).await?;
                Ok(rows.iter().map(|rows| output(rows)).collect())
            }
            .boxed()
        },
    )
}
