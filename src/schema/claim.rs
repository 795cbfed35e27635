//! What sources say about partnerships, and which of it contradicts itself.

use async_graphql::dynamic::Scalar;
use futures_util::FutureExt;

use super::{
    relation::{StoredType, reference_field},
    source,
};
use crate::{
    db::{Cell, ColumnRef, Comparison, Filter, LookupQuery, Record},
    engine::{
        Argument, ArgumentValue, Field, Graph, Object, ResolvedValue, SelectedColumns, value_as_str,
    },
    entity::{claim::Column as Col, partnership},
    stats::claims::disagreements,
    vocabulary::{ClaimKind, ClaimSide, Vocabulary},
};

fn stored_type() -> StoredType {
    StoredType::new("Claim", Col::SourceId)
}

/// Adds the type of a claim and its vocabularies.
pub(super) fn define(graph: Graph) -> Graph {
    graph
        .object(object())
        .vocabulary::<ClaimKind>()
        .vocabulary::<ClaimSide>()
        .add_type(Scalar::new("PartialDate").description("A date with reduced precision: a year, a month, or a day, such as `1967`, `1967-12`, or `1967-12-18` (ISO 8601)."))
}

/// Returns a query for the claims of partnerships that match a filter.
fn lookup_query(
    filter: Filter,
    more_columns: &[ColumnRef],
    selected: SelectedColumns<'_>,
) -> LookupQuery {
    let order = [Col::SourceId, Col::Kind].map(ColumnRef::new);
    let lookup = stored_type().lookup_by_foreign_key(Col::PartnershipId, &order);
    let columns = selected.for_type(stored_type().type_name);
    LookupQuery::new(
        lookup.with_filter(filter),
        [&columns, more_columns, &[stored_type().id_column]].concat(),
    )
}

/// Defines `Partnership.claims`.
pub(super) fn claims_field() -> Field {
    let kind = Argument::new(
        "kind",
        "[ClaimKind!]",
        "Returns only claims of one of these kinds. An empty list returns none.",
    );
    let side = Argument::new(
        "side",
        "[ClaimSide!]",
        "Returns only claims of sources that speak for one of these sides. An empty list returns none.",
    );
    Field::new(
        "claims",
        "[Claim!]!",
        "What each source says about this partnership, sorted by the slug of the source and then by kind in alphabetical order.",
    )
    .batch_from_columns(
        [ColumnRef::new(partnership::Column::Id)],
        |filter: &Filter, selected| lookup_query(filter.clone(), &[], selected),
        |call| {
            async move {
                let keys: Vec<_> = call.rows.iter().map(|[key]| key.text()).collect();
                let claims = call.context.lookup(call.plan, &keys).await?;
                let lists = claims.iter().map(|claims| {
                    let claims = claims.iter();
                    ResolvedValue::List(
                        claims
                            .map(|claim| ResolvedValue::Object("Claim", claim.clone()))
                            .collect(),
                    )
                });
                Ok(lists.collect())
            }
            .boxed()
        },
    )
    .with_arguments([kind, side], |[kind, side], _| {
        Ok(one_of::<ClaimKind>(Col::Kind, kind).and(one_of::<ClaimSide>(Col::Side, side)))
    })
    .assumed_list_size(5)
}

/// Matches rows with one of the listed values; all rows if there is no list.
fn one_of<V: Vocabulary>(column: Col, values: ArgumentValue<'_>) -> Filter {
    let Some(values) = values.list() else {
        return Filter::default();
    };
    let is_listed = |text: &str| values.iter().any(|value| value_as_str(value) == Some(text));
    let listed = V::spellings().into_iter().filter(|text| is_listed(text));
    Filter::compare(
        ColumnRef::new(column),
        Comparison::In(listed.map(Cell::from).collect()),
    )
}

/// Defines `Partnership.disagreements`. Claims are read only of partnerships that have any.
pub(super) fn disagreements_field() -> Field {
    let [kind, year] = [Col::Kind, Col::Year].map(ColumnRef::new);
    Field::new(
        "disagreements",
        "[Claim!]!",
        "The claims that contradict each other, in the order of `claims`: those with different years of the agreement, and an `ENDED` or `DORMANT` claim together with a `RENEWED` claim of the same or a later year. Empty if there are none.",
    )
    .batch_from_columns(
        [partnership::Column::Id, partnership::Column::HasDisagreement].map(ColumnRef::new),
        move |(): &(), selected| lookup_query(Filter::default(), &[kind, year], selected),
        move |call| {
            async move {
                let rows = call.rows.iter();
                let keys: Vec<_> = rows
                    .map(|[key, has_any]| key.text().filter(|_| has_any.bool() == Some(true)))
                    .collect();
                let claims = call.context.lookup(call.plan, &keys).await?;
                let lists = claims.iter().map(|claims| {
                    let kinds_and_years: Vec<_> = claims
                        .iter()
                        .filter_map(|claim| kind_and_year(claim, kind, year))
                        .collect();
                    let indexes = disagreements(&kinds_and_years).into_iter();
                    let claims = indexes.filter_map(|index| claims.get(index));
                    ResolvedValue::List(
                        claims
                            .map(|claim| ResolvedValue::Object("Claim", claim.clone()))
                            .collect(),
                    )
                });
                Ok(lists.collect())
            }
            .boxed()
        },
    )
    .assumed_list_size(2)
}

fn kind_and_year(
    claim: &Record,
    kind: ColumnRef,
    year: ColumnRef,
) -> Option<(ClaimKind, Option<i32>)> {
    let year = claim
        .get(year)
        .int()
        .and_then(|year| i32::try_from(year).ok());
    Some((ClaimKind::parse(claim.text(kind)?)?, year))
}

fn object() -> Object {
    stored_type()
        .object("What a source says about a partnership.")
        .field(reference_field(
            "source",
            "Source!",
            "The source.",
            source::stored_type(),
            Col::SourceId,
        ))
        .field(Field::column(
            "kind",
            "What the source says.",
            Col::Kind,
        ).of_enum::<ClaimKind>())
        .field(Field::column(
            "year",
            "The year that the source states; null if it states none, and always for `RECORDED`. For `DOUBTED`, the year that the source states instead of the one in use.",
            Col::Year,
        ))
        .field(Field::new(
            "date",
            "PartialDate",
            "The date that the source states, as precise as stated; at least the year if `year` is known.",
        )
        .compute_from_columns(
            [ColumnRef::new(Col::Date)],
            |[date]| ResolvedValue::from(date),
        ))
        .field(Field::column(
            "isReckoned",
            "Whether the year was computed from an anniversary, and may be off by one.",
            Col::Reckoned,
        ))
        .field(Field::column(
            "side",
            "For whom the source speaks.",
            Col::Side,
        ).of_enum::<ClaimSide>())
        .field(Field::column(
            "note",
            "What else the source says, in a few words.",
            Col::Note,
        ))
}
