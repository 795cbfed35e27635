//! Fields that lead from a stored row to others: by a reference, or by what points at the row.

use std::{collections::HashMap, sync::Arc};

use futures_util::FutureExt;

use crate::{
    db::{Cell, Cells, ColumnRef, Constant, Lookup, LookupQuery, Record, Records},
    engine::{
        BatchCall, Context, ExecutionError, Field, InternalError, ResolvedValue, SelectedColumns,
    },
};

/// An object type that is stored: its name, the id column of its table, and which rows are of it.
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

    pub(super) fn lookup_by_id(&self) -> Lookup {
        Lookup::by_id(self.id_column).with_constraints(&self.constraints)
    }

    pub(super) fn lookup_by_foreign_key(
        &self,
        by: impl sea_orm::ColumnTrait,
        order: &[ColumnRef],
    ) -> Lookup {
        Lookup::by_foreign_key(self.id_column, ColumnRef::new(by), order)
            .with_constraints(&self.constraints)
    }

    /// The lookup, reading what is wanted of this type, and the id.
    pub(super) fn lookup_query(&self, lookup: Lookup, wanted: SelectedColumns<'_>) -> LookupQuery {
        let mut columns = wanted.for_type(self.type_name);
        columns.push(self.id_column);
        LookupQuery::new(lookup, columns)
    }
}

/// The stored row that a field reads.
///
/// # Errors
/// Where the field is defined on a type that is not stored.
pub(super) fn parent_records<'a>(call: &BatchCall<'a>) -> Result<Vec<&'a Record>, InternalError> {
    call.rows
        .iter()
        .map(|row| row.downcast_ref::<Record>())
        .collect::<Option<_>>()
        .ok_or_else(|| InternalError::Schema("an edge starts at a row that is not stored".into()))
}

/// The rows of each of the distinct keys.
///
/// # Errors
/// What the database refuses.
pub(super) async fn load_rows_by_key<'k>(
    context: &Context,
    selected: &LookupQuery,
    keys: impl Iterator<Item = &'k Arc<str>>,
) -> Result<HashMap<Arc<str>, Records>, InternalError> {
    let keys: Vec<_> = keys.map(Some).collect();
    let rows = context.lookup(selected, &keys).await?;
    let keys = keys.into_iter().flatten().cloned();
    Ok(keys.zip(rows).collect())
}

/// The row that each reference points at. Where nothing but its id is wanted, the reference
/// itself is the answer: a foreign key says that the row exists.
pub(super) async fn load_referenced_rows(
    context: &Context,
    selected: &LookupQuery,
    references: &[Option<&Arc<str>>],
) -> Result<Vec<Option<Arc<Record>>>, InternalError> {
    let columns = selected.columns();
    if columns.len() == 1 {
        let record = |key: &Arc<str>| {
            let cells = Cells::from_iter([Cell::Text(key.clone())]);
            Arc::new(Record::new(columns.clone(), cells))
        };
        // A row that several references point at is one row of the level below.
        let mut known: foldhash::HashMap<&Arc<str>, Arc<Record>> = foldhash::HashMap::default();
        let rows = references
            .iter()
            .map(|key| key.map(|key| known.entry(key).or_insert_with(|| record(key)).clone()));
        return Ok(rows.collect());
    }
    let rows = context.lookup(selected, references).await?;
    Ok(rows.into_iter().map(|mut rows| rows.pop()).collect())
}

/// The object of type `target` that each reference points at.
///
/// # Errors
/// What the database refuses.
pub(super) async fn resolve_references(
    call: &BatchCall<'_>,
    target: &StoredType,
    references: &[Option<&Arc<str>>],
) -> Result<Vec<ResolvedValue>, ExecutionError> {
    let selected = call
        .get_or_init_for_plan(|| target.lookup_query(target.lookup_by_id(), call.selected_columns));
    let rows = load_referenced_rows(call.context, &selected, references).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            ResolvedValue::from_option(row.map(|row| ResolvedValue::Object(target.type_name, row)))
        })
        .collect())
}

/// The object that each reference points at, of the type that it names. All types are stored in
/// one table, so this is one statement whichever they are.
///
/// # Errors
/// What the database refuses.
pub(super) async fn resolve_polymorphic_references(
    call: &BatchCall<'_>,
    targets: &[StoredType],
    references: &[Option<(&Arc<str>, &'static str)>],
) -> Result<Vec<ResolvedValue>, ExecutionError> {
    let Some(first) = targets.first() else {
        return Ok(references.iter().map(|_| ResolvedValue::Null).collect());
    };
    let selected = call.get_or_init_for_plan(|| {
        let mut columns = Vec::new();
        for target in targets {
            columns.extend(call.selected_columns.for_type(target.type_name));
            columns.push(target.id_column);
        }
        LookupQuery::new(Lookup::by_id(first.id_column), columns)
    });
    let keys: Vec<_> = references
        .iter()
        .map(|reference| reference.map(|(key, _)| key))
        .collect();
    let rows = load_referenced_rows(call.context, &selected, &keys).await?;
    Ok(std::iter::zip(references, rows)
        .map(|(reference, row)| {
            let object = reference.zip(row);
            ResolvedValue::from_option(
                object.map(|((_, object), row)| ResolvedValue::Object(object, row)),
            )
        })
        .collect())
}

/// The object that a column points at.
pub(super) fn reference_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    target: StoredType,
    by: impl sea_orm::ColumnTrait,
) -> Field {
    let by = ColumnRef::new(by);
    Field::batch(name, ty, description, &[by], move |call| {
        let target = target.clone();
        async move {
            let mut near = 0;
            let references: Vec<_> = parent_records(&call)?
                .into_iter()
                .map(|record| record.text_with_hint(by, &mut near))
                .collect();
            resolve_references(&call, &target, &references).await
        }
        .boxed()
    })
}

/// A type as the data names it, and the object type that it is.
pub(super) type PolymorphicTarget = (&'static str, fn() -> StoredType);

/// The object that a column points at, of the type that another column names.
pub(super) fn polymorphic_reference_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    by: impl sea_orm::ColumnTrait,
    type_by: impl sea_orm::ColumnTrait,
    targets: &'static [PolymorphicTarget],
) -> Field {
    let (by, type_by) = (ColumnRef::new(by), ColumnRef::new(type_by));
    Field::batch(name, ty, description, &[by, type_by], move |call| {
        async move {
            let known: Vec<_> = targets.iter().map(|(_, target)| target()).collect();
            let (mut near, mut type_near) = (0, 0);
            let references: Vec<_> = parent_records(&call)?
                .into_iter()
                .map(|record| {
                    let of_type = record.text_with_hint(type_by, &mut type_near)?;
                    let target = targets
                        .iter()
                        .position(|(name, _)| *name == of_type.as_ref())?;
                    Some((
                        record.text_with_hint(by, &mut near)?,
                        known[target].type_name,
                    ))
                })
                .collect();
            resolve_polymorphic_references(&call, &known, &references).await
        }
        .boxed()
    })
}

/// The objects that a lookup finds by a column of the row, as a plain list.
pub(super) fn list_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    by: impl sea_orm::ColumnTrait,
    target: StoredType,
    lookup: Lookup,
) -> Field {
    let by = ColumnRef::new(by);
    let object = target.type_name;
    let select = move |wanted: SelectedColumns<'_>| target.lookup_query(lookup.clone(), wanted);
    lookup_field(name, ty, description, by, select, move |rows| {
        let objects = rows
            .iter()
            .map(|row| ResolvedValue::Object(object, row.clone()));
        ResolvedValue::List(objects.collect())
    })
}

/// The one object that a lookup finds by a column of the row, or none.
pub(super) fn first_match_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    by: impl sea_orm::ColumnTrait,
    target: StoredType,
    lookup: Lookup,
) -> Field {
    let by = ColumnRef::new(by);
    let object = target.type_name;
    let select = move |wanted: SelectedColumns<'_>| target.lookup_query(lookup.clone(), wanted);
    lookup_field(name, ty, description, by, select, move |rows| {
        ResolvedValue::from_option(
            rows.first()
                .map(|row| ResolvedValue::Object(object, row.clone())),
        )
    })
}

/// What a list is made of where its items are not stored objects: one item for each row that a
/// lookup finds, made from certain columns.
pub(super) fn computed_list_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    by: impl sea_orm::ColumnTrait,
    lookup: Lookup,
    columns: &[ColumnRef],
    item: impl Fn(&Record) -> ResolvedValue + Send + Sync + 'static,
) -> Field {
    let selected = LookupQuery::new(lookup, columns.to_vec());
    let select = move |_: SelectedColumns<'_>| selected.clone();
    lookup_field(
        name,
        ty,
        description,
        ColumnRef::new(by),
        select,
        move |rows| ResolvedValue::List(rows.iter().map(|row| item(row)).collect()),
    )
}

fn lookup_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    by: ColumnRef,
    select: impl Fn(SelectedColumns<'_>) -> LookupQuery + Send + Sync + 'static,
    output: impl Fn(&[Arc<Record>]) -> ResolvedValue + Send + Sync + 'static,
) -> Field {
    let (select, output) = (Arc::new(select), Arc::new(output));
    Field::batch(name, ty, description, &[by], move |call| {
        let (select, output) = (select.clone(), output.clone());
        async move {
            let keys: Vec<_> = parent_records(&call)?
                .into_iter()
                .map(|record| record.text(by))
                .collect();
            let selected = call.get_or_init_for_plan(|| select(call.selected_columns));
            let rows = call.context.lookup(&selected, &keys).await?;
            Ok(rows.iter().map(|rows| output(rows)).collect())
        }
        .boxed()
    })
}
