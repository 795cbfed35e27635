//! The history of the data: the revisions, and the rows that changed since one of them.

use std::sync::Arc;

use futures_util::FutureExt;

use super::{
    connection::{
        ConnectionQueries, connection_types, forward_arguments, list_columns, list_of,
        parse_forward_window,
    },
    figure, partnership, place,
    relation::StoredType,
    source, survey,
};
use crate::{
    changes::FieldChange,
    db::{
        Cell, ColumnRef, Comparison, Filter, ListKey, Lookup, LookupQuery, OrderKey, PageQuery,
        Parent, RowSet, Window,
    },
    engine::{
        Argument, Context, ExecutionError, Field, Graph, Object, ResolvedValue, SelectedColumns,
        value_as_str,
    },
    entity::{revision, row_change},
    vocabulary::{ChangeEntity, ChangeKind, Vocabulary},
};

fn stored_revision() -> StoredType {
    StoredType::new("Revision", revision::Column::Id)
}

fn stored_change() -> StoredType {
    StoredType::new("Change", row_change::Column::Id)
}

/// The order of revisions: the newest first.
fn revision_order() -> Vec<OrderKey> {
    vec![OrderKey {
        column: stored_revision().id_column,
        descending: true,
    }]
}

/// The order of changes: the oldest first; within a revision, by entity and slug.
fn change_order() -> Vec<OrderKey> {
    vec![OrderKey {
        column: stored_change().id_column,
        descending: false,
    }]
}

/// Adds the types of the history.
pub(super) fn define(graph: Graph) -> Graph {
    let revisions = connection_types(&stored_revision(), "RevisionConnection", "RevisionEdge");
    let changes = connection_types(&stored_change(), "ChangeConnection", "ChangeEdge");
    revisions
        .into_iter()
        .chain(changes)
        .fold(graph, Graph::object)
        .object(revision_type())
        .object(change_type())
        .object(field_change_type())
        .vocabulary::<ChangeEntity>()
        .vocabulary::<ChangeKind>()
}

/// Defines the field `history` of the dataset.
pub(super) fn history_field() -> Field {
    Field::new(
        "history",
        "RevisionConnection!",
        "The revisions that this database has held, the newest first. The server keeps a limited number of them.",
    )
    .once(
        |window: &Window, selected| {
            let order = revision_order();
            let columns = list_columns("Revision", &order, selected);
            let filter = Filter::default();
            ConnectionQueries::new(&stored_revision(), filter, order, window.clone(), columns)
        },
        |call| {
            let queries = Arc::new(call.plan.clone());
            let list = list_of("RevisionConnection", Parent::All, queries);
            async move { Ok(list) }.boxed()
        },
    )
    .with_arguments(forward_arguments(), |arguments, limits| {
        parse_forward_window(arguments, limits, "Revision", &revision_order())
    })
    .list_size_from(|window: &Window| window.limit)
}

/// Defines the field `latest` of the dataset.
pub(super) fn latest_field() -> Field {
    Field::new(
        "latest",
        "Revision!",
        "The newest revision of the history, which is the one that is loaded.",
    )
    .once(
        |(): &(), selected| {
            let id = stored_revision().id_column;
            let mut columns = selected.for_type("Revision");
            columns.push(id);
            columns.sort_unstable();
            columns.dedup();
            let window = Window {
                limit: 1,
                ..Window::default()
            };
            let rows = RowSet::all(id);
            Arc::new(PageQuery::new(
                rows,
                revision_order(),
                window,
                columns.into(),
            ))
        },
        |call| {
            async move {
                let key = ListKey {
                    query: call.plan.clone(),
                    parent: Parent::All,
                };
                let page = call.context.load_one(key).await?;
                let row = page.rows.first().cloned();
                let revision = row.map(|row| ResolvedValue::Object("Revision", row));
                Ok(ResolvedValue::from_option(revision))
            }
            .boxed()
        },
    )
}

fn revision_type() -> Object {
    use revision::Column as Col;
    stored_revision()
        .object("A state of the data that the database has held, and how many rows of the data files differ from the revision before. The oldest revision of the history counts every row as added, unless older ones were removed from the history.")
        .field(Field::column(
            "revision",
            "The SHA-256 hash of the data, in hexadecimal. If the same data was loaded again after other data, several revisions have the same hash.",
            Col::Revision,
        ))
        .field(Field::column("loadedAt", "The time of the load.", Col::LoadedAt))
        .field(Field::column(
            "label",
            "The name that the operator gave to the load; null if there is none.",
            Col::Label,
        ))
        .field(Field::column("added", "The number of rows that the revision before does not have.", Col::Added))
        .field(Field::column(
            "changed",
            "The number of rows with the same key as in the revision before and other values.",
            Col::Changed,
        ))
        .field(Field::column(
            "removed",
            "The number of rows that only the revision before has.",
            Col::Removed,
        ))
}

struct ChangesArguments {
    since: Arc<str>,
    entities: Filter,
    window: Window,
}

/// Defines the root field `changes`.
pub(super) fn changes_field() -> Field {
    let since = Argument::new(
        "since",
        "String!",
        "A `revision` of `dataset.history`, such as the one that a publication cites. If the history has it more than once, the newest counts.",
    );
    let entity = Argument::new(
        "entity",
        "[ChangeEntity!]",
        "Returns only changes of rows that describe these: all changes if omitted, none if the list is empty.",
    );
    let [first, after] = forward_arguments();
    Field::new(
        "changes",
        "ChangeConnection",
        "The changes of the data files since a revision, row by row: the oldest revision first, and within a revision sorted by entity and slug. Null if the history does not have the revision. A row that changed in several revisions occurs in each of them.",
    )
    .once(
        |_: &ChangesArguments, selected| {
            (
                last_change_query(),
                list_columns("Change", &change_order(), selected),
            )
        },
        |call| {
            async move {
                let ChangesArguments {
                    since,
                    entities,
                    window,
                } = call.args;
                let (revision_query, columns) = call.plan;
                let Some(last_change_id) =
                    load_last_change_id(call.context, revision_query, since).await?
                else {
                    return Ok(ResolvedValue::NULL);
                };
                let id = stored_change().id_column;
                let later = Filter::compare(id, Comparison::Gt(last_change_id));
                let queries = ConnectionQueries::new(
                    &stored_change(),
                    later.and(entities.clone()),
                    change_order(),
                    window.clone(),
                    columns.clone(),
                );
                Ok(list_of("ChangeConnection", Parent::All, Arc::new(queries)))
            }
            .boxed()
        },
    )
    .with_arguments(
        [since, entity, first, after],
        |[since, entity, first, after], limits| {
            let entities = entity.list().map_or(Filter::default(), |entities| {
                let entities = entities.iter().filter_map(value_as_str).map(Cell::from);
                let column = ColumnRef::new(row_change::Column::Entity);
                Filter::compare(column, Comparison::In(entities.collect()))
            });
            Ok(ChangesArguments {
                since: since.str().unwrap_or_default().into(),
                entities,
                window: parse_forward_window([first, after], limits, "Change", &change_order())?,
            })
        },
    )
    .list_size_from(|arguments: &ChangesArguments| arguments.window.limit)
}

/// Returns the query for the revisions with a hash, oldest first.
fn last_change_query() -> LookupQuery {
    let [id, hash, last_change_id] = [
        revision::Column::Id,
        revision::Column::Revision,
        revision::Column::LastChangeId,
    ]
    .map(ColumnRef::new);
    let lookup = Lookup::by_foreign_key(id, hash, &[id]);
    LookupQuery::new(lookup, vec![id, last_change_id])
}

/// Returns the id of the last change up to a revision; `None` if the history does not have it.
async fn load_last_change_id(
    context: &Context,
    query: &LookupQuery,
    since: &Arc<str>,
) -> Result<Option<Cell>, ExecutionError> {
    let rows = context.lookup(query, &[Some(since)]).await?;
    let newest = rows.iter().flatten().last();
    let column = ColumnRef::new(revision::Column::LastChangeId);
    Ok(newest.map(|row| row.get(column).clone()))
}

fn change_type() -> Object {
    use row_change::Column as Col;
    stored_change()
        .object("A row of the data files that was added, changed, or removed.")
        .field(Field::column(
            "revision",
            "The revision with the change, as in `Revision.revision`.",
            Col::Revision,
        ))
        .field(
            Field::column("kind", "What happened to the row.", Col::Kind).of_enum::<ChangeKind>(),
        )
        .field(
            Field::column("entity", "What the row describes.", Col::Entity)
                .of_enum::<ChangeEntity>(),
        )
        .field(Field::column(
            "slug",
            "The `slug` of the object, for a country its code. For a row that is not an object of its own, the key columns joined by `|`, such as the ids of a partnership and a source and the kind of a claim; further rows with the same key end in `|2` and so on.",
            Col::Slug,
        ))
        .field(node_field())
        .field(
            Field::new(
                "fields",
                "[FieldChange!]!",
                "The columns that changed, in the order of the file; all columns of a row that was added or removed.",
            )
            .compute_from_columns([ColumnRef::new(Col::Fields)], |[fields]| {
                let fields = fields.text().map_or("", AsRef::as_ref);
                let fields = FieldChange::list_from_json(fields).unwrap_or_default();
                let fields = fields.into_iter();
                let fields = fields.map(|field| ResolvedValue::object("FieldChange", field));
                ResolvedValue::List(fields.collect())
            })
            .assumed_list_size(4),
        )
}

fn field_change_type() -> Object {
    Object::new::<FieldChange>(
        "FieldChange",
        "The value of a column before and after a change, as written in the data file.",
    )
    .field(
        Field::new("name", "String!", "The column of the data file.")
            .compute(|field: &FieldChange| ResolvedValue::from(field.name.as_str())),
    )
    .field(
        Field::new(
            "before",
            "String",
            "The value before; null if the cell was blank or the row is new.",
        )
        .compute(|field: &FieldChange| ResolvedValue::from_option(field.before.as_deref())),
    )
    .field(
        Field::new(
            "after",
            "String",
            "The value after; null if the cell is blank or the row is gone.",
        )
        .compute(|field: &FieldChange| ResolvedValue::from_option(field.after.as_deref())),
    )
}

/// The entities whose rows are objects, with the types of the objects; those of one table are adjacent.
fn node_types() -> [(ChangeEntity, StoredType); 10] {
    [
        (ChangeEntity::State, place::state()),
        (ChangeEntity::Province, place::province()),
        (ChangeEntity::City, place::city()),
        (ChangeEntity::Country, place::country()),
        (ChangeEntity::Partnership, partnership::stored_type()),
        (ChangeEntity::Source, source::stored_type()),
        (ChangeEntity::Survey, survey::stored_type()),
        (ChangeEntity::Question, survey::question()),
        (
            ChangeEntity::Figure,
            figure::respondent_aggregate_connection().stored_type,
        ),
        (
            ChangeEntity::Figure,
            figure::published_statistic_connection().stored_type,
        ),
    ]
}

/// The objects of one table that changes may be about.
struct NodeQuery {
    targets: Vec<(ChangeEntity, StoredType)>,
    query: LookupQuery,
}

impl NodeQuery {
    /// Returns a query for each table.
    fn plan(selected: SelectedColumns<'_>) -> Vec<Self> {
        let types = node_types();
        types
            .chunk_by(|(_, one), (_, other)| one.id_column == other.id_column)
            .map(|targets| {
                let id = targets[0].1.id_column;
                let columns = targets.iter().flat_map(|(_, target)| {
                    let constraints = target.constraints.iter().map(|(column, _)| *column);
                    let mut columns = selected.for_type(target.type_name);
                    columns.extend(constraints);
                    columns
                });
                Self {
                    query: LookupQuery::new(Lookup::by_id(id), columns.chain([id]).collect()),
                    targets: targets.to_vec(),
                }
            })
            .collect()
    }
}

fn node_field() -> Field {
    let columns = [row_change::Column::Entity, row_change::Column::Slug].map(ColumnRef::new);
    Field::new(
        "node",
        "Node",
        "The object as it is now; null if it was removed or has no type of its own.",
    )
    .batch_from_columns(
        columns,
        |(): &(), selected| NodeQuery::plan(selected),
        |call| {
            async move {
                let mut nodes = vec![ResolvedValue::NULL; call.rows.len()];
                for NodeQuery { targets, query } in call.plan {
                    let of_row = |[entity, _]: &[&Cell; 2]| {
                        let entity = entity.text().and_then(|text| ChangeEntity::parse(text));
                        targets.iter().find(|(of, _)| Some(*of) == entity)
                    };
                    let slugs = call.rows.iter().map(|row| of_row(row).and(row[1].text()));
                    let slugs: Vec<_> = slugs.collect();
                    if slugs.iter().all(Option::is_none) {
                        continue;
                    }
                    let records = call.context.lookup(query, &slugs).await?;
                    for ((row, records), node) in call.rows.iter().zip(records).zip(&mut nodes) {
                        if let (Some((_, target)), Some(record)) = (of_row(row), records.first())
                            // The object with this id may have another type now.
                            && target.constraints.iter().all(|(column, value)| {
                                *record.get(*column) == Cell::from(*value)
                            })
                        {
                            *node = ResolvedValue::Object(target.type_name, record.clone());
                        }
                    }
                }
                Ok(nodes)
            }
            .boxed()
        },
    )
}
