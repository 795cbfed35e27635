//! Fields that lead from a stored row to others: by a reference, or by what points at the row.

use std::{collections::HashMap, sync::Arc};

use futures_util::FutureExt;

use crate::{
    db::{Cell, Cells, Column, Constant, Lookup, Record, Rows, Selected},
    engine::{Call, Context, Fault, Field, Output, Wanted},
};

/// An object type that is stored: its name, the id column of its table, and which rows are of it.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) object: &'static str,
    pub(super) id: Column,
    pub(super) only: Vec<(Column, Constant)>,
}

impl Stored {
    pub(super) fn new(object: &'static str, id: impl sea_orm::ColumnTrait) -> Self {
        Self {
            object,
            id: Column::of(id),
            only: Vec::new(),
        }
    }

    pub(super) fn by_id(&self) -> Lookup {
        Lookup::by_id(self.id).only(&self.only)
    }

    pub(super) fn pointing(&self, by: impl sea_orm::ColumnTrait, order: &[Column]) -> Lookup {
        Lookup::pointing(self.id, Column::of(by), order).only(&self.only)
    }

    /// The lookup, reading what is wanted of this type, and the id.
    pub(super) fn select(&self, lookup: Lookup, wanted: Wanted<'_>) -> Selected {
        let mut columns = wanted.columns(self.object);
        columns.push(self.id);
        Selected::new(lookup, columns)
    }
}

/// The stored row that a field reads.
///
/// # Errors
/// Where the field is defined on a type that is not stored.
pub(super) fn records<'a>(call: &Call<'a>) -> Result<Vec<&'a Record>, Fault> {
    call.rows
        .iter()
        .map(|row| row.downcast_ref::<Record>())
        .collect::<Option<_>>()
        .ok_or_else(|| Fault::Definition("an edge starts at a row that is not stored".into()))
}

/// The rows of each of the distinct keys.
///
/// # Errors
/// What the database refuses.
pub(super) async fn rows_of<'k>(
    context: &Context,
    selected: &Selected,
    keys: impl Iterator<Item = &'k Arc<str>>,
) -> Result<HashMap<Arc<str>, Rows>, Fault> {
    let keys: Vec<_> = keys.map(Some).collect();
    let rows = context.rows(selected, &keys).await?;
    let keys = keys.into_iter().flatten().cloned();
    Ok(keys.zip(rows).collect())
}

/// The row that each reference points at. Where nothing but its id is wanted, the reference
/// itself is the answer: a foreign key says that the row exists.
pub(super) async fn referenced(
    context: &Context,
    selected: &Selected,
    references: &[Option<&Arc<str>>],
) -> Result<Vec<Option<Arc<Record>>>, Fault> {
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
    let rows = context.rows(selected, references).await?;
    Ok(rows.into_iter().map(|mut rows| rows.pop()).collect())
}

/// The object of type `target` that each reference points at.
///
/// # Errors
/// What the database refuses.
pub(super) async fn follow(
    call: &Call<'_>,
    target: &Stored,
    references: &[Option<&Arc<str>>],
) -> Result<Vec<Output>, Fault> {
    let selected = call.once(|| target.select(target.by_id(), call.wanted));
    let rows = referenced(call.context, &selected, references).await?;
    Ok(rows
        .into_iter()
        .map(|row| Output::maybe(row.map(|row| Output::Object(target.object, row))))
        .collect())
}

/// The object that each reference points at, of the type that it names. All types are stored in
/// one table, so this is one statement whichever they are.
///
/// # Errors
/// What the database refuses.
pub(super) async fn follow_any(
    call: &Call<'_>,
    targets: &[Stored],
    references: &[Option<(&Arc<str>, &'static str)>],
) -> Result<Vec<Output>, Fault> {
    let Some(first) = targets.first() else {
        return Ok(references.iter().map(|_| Output::Null).collect());
    };
    let selected = call.once(|| {
        let mut columns = Vec::new();
        for target in targets {
            columns.extend(call.wanted.columns(target.object));
            columns.push(target.id);
        }
        Selected::new(Lookup::by_id(first.id), columns)
    });
    let keys: Vec<_> = references
        .iter()
        .map(|reference| reference.map(|(key, _)| key))
        .collect();
    let rows = referenced(call.context, &selected, &keys).await?;
    Ok(std::iter::zip(references, rows)
        .map(|(reference, row)| {
            let object = reference.zip(row);
            Output::maybe(object.map(|((_, object), row)| Output::Object(object, row)))
        })
        .collect())
}

/// The object that a column points at.
pub(super) fn one(
    name: &'static str,
    ty: &str,
    description: &'static str,
    target: Stored,
    by: impl sea_orm::ColumnTrait,
) -> Field {
    let by = Column::of(by);
    Field::batch(name, ty, description, &[by], move |call| {
        let target = target.clone();
        async move {
            let mut near = 0;
            let references: Vec<_> = records(&call)?
                .into_iter()
                .map(|record| record.text_near(by, &mut near))
                .collect();
            follow(&call, &target, &references).await
        }
        .boxed()
    })
}

/// A type as the data names it, and the object type that it is.
pub(super) type Target = (&'static str, fn() -> Stored);

/// The object that a column points at, of the type that another column names.
pub(super) fn one_of(
    name: &'static str,
    ty: &str,
    description: &'static str,
    by: impl sea_orm::ColumnTrait,
    type_by: impl sea_orm::ColumnTrait,
    targets: &'static [Target],
) -> Field {
    let (by, type_by) = (Column::of(by), Column::of(type_by));
    Field::batch(name, ty, description, &[by, type_by], move |call| {
        async move {
            let known: Vec<_> = targets.iter().map(|(_, target)| target()).collect();
            let (mut near, mut type_near) = (0, 0);
            let references: Vec<_> = records(&call)?
                .into_iter()
                .map(|record| {
                    let of_type = record.text_near(type_by, &mut type_near)?;
                    let target = targets
                        .iter()
                        .position(|(name, _)| *name == of_type.as_ref())?;
                    Some((record.text_near(by, &mut near)?, known[target].object))
                })
                .collect();
            follow_any(&call, &known, &references).await
        }
        .boxed()
    })
}

/// The objects that a lookup finds by a column of the row, as a plain list.
pub(super) fn list(
    name: &'static str,
    ty: &str,
    description: &'static str,
    by: impl sea_orm::ColumnTrait,
    target: Stored,
    lookup: Lookup,
) -> Field {
    let by = Column::of(by);
    let object = target.object;
    let select = move |wanted: Wanted<'_>| target.select(lookup.clone(), wanted);
    found(name, ty, description, by, select, move |rows| {
        let objects = rows.iter().map(|row| Output::Object(object, row.clone()));
        Output::List(objects.collect())
    })
}

/// The one object that a lookup finds by a column of the row, or none.
pub(super) fn first(
    name: &'static str,
    ty: &str,
    description: &'static str,
    by: impl sea_orm::ColumnTrait,
    target: Stored,
    lookup: Lookup,
) -> Field {
    let by = Column::of(by);
    let object = target.object;
    let select = move |wanted: Wanted<'_>| target.select(lookup.clone(), wanted);
    found(name, ty, description, by, select, move |rows| {
        Output::maybe(rows.first().map(|row| Output::Object(object, row.clone())))
    })
}

/// What a list is made of where its items are not stored objects: one item for each row that a
/// lookup finds, made from certain columns.
pub(super) fn items(
    name: &'static str,
    ty: &str,
    description: &'static str,
    by: impl sea_orm::ColumnTrait,
    lookup: Lookup,
    columns: &[Column],
    item: impl Fn(&Record) -> Output + Send + Sync + 'static,
) -> Field {
    let selected = Selected::new(lookup, columns.to_vec());
    let select = move |_: Wanted<'_>| selected.clone();
    found(name, ty, description, Column::of(by), select, move |rows| {
        Output::List(rows.iter().map(|row| item(row)).collect())
    })
}

fn found(
    name: &'static str,
    ty: &str,
    description: &'static str,
    by: Column,
    select: impl Fn(Wanted<'_>) -> Selected + Send + Sync + 'static,
    output: impl Fn(&[Arc<Record>]) -> Output + Send + Sync + 'static,
) -> Field {
    let (select, output) = (Arc::new(select), Arc::new(output));
    Field::batch(name, ty, description, &[by], move |call| {
        let (select, output) = (select.clone(), output.clone());
        async move {
            let keys: Vec<_> = records(&call)?
                .into_iter()
                .map(|record| record.text(by))
                .collect();
            let selected = call.once(|| select(call.wanted));
            let rows = call.context.rows(&selected, &keys).await?;
            Ok(rows.iter().map(|rows| output(rows)).collect())
        }
        .boxed()
    })
}
