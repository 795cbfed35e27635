//! Published figures: percentages of respondents and other numbers, with what is needed to read
//! them.

use std::sync::Arc;

use super::{
    connection::ConnectionDefinition,
    filter, global_id, identity, place,
    relation::{StoredType, computed_list_field, reference_field},
    source, survey,
};
use crate::{
    db::{Cell, ColumnRef, Constant, FigureKind, Lookup, Record},
    engine::{Field, Graph, Interface, Object, ResolvedValue},
    entity::{
        published_statistic, published_statistic_flag, respondent_aggregate,
        respondent_aggregate_category, respondent_aggregate_flag,
    },
    stats::{
        margin_of_error::{MarginOfError, simple_random_sample},
        quantity::Quantity,
    },
    vocabulary::{
        Direction, FigureFlag, MarginOfErrorMethod, Measure, Qualifier, SegmentDimension,
        Vocabulary,
    },
};

pub(super) fn respondent_aggregate_connection() -> ConnectionDefinition {
    ConnectionDefinition {
        stored_type: StoredType::new("RespondentAggregate", respondent_aggregate::Column::Id),
        connection_name: "RespondentAggregateConnection",
        edge_name: "RespondentAggregateEdge",
        default_order: vec![ColumnRef::new(respondent_aggregate::Column::Position)],
        filter: filter::respondent_aggregate_filter(),
        order_input: None,
    }
}

pub(super) fn published_statistic_connection() -> ConnectionDefinition {
    ConnectionDefinition {
        stored_type: StoredType::new("PublishedStatistic", published_statistic::Column::Id),
        connection_name: "PublishedStatisticConnection",
        edge_name: "PublishedStatisticEdge",
        default_order: vec![ColumnRef::new(published_statistic::Column::Position)],
        filter: filter::published_statistic_filter(),
        order_input: None,
    }
}

/// Adds the types of this file.
pub(super) fn define(graph: Graph) -> Graph {
    let graph = graph
        .interface(figure_interface())
        .object(respondent_aggregate_type())
        .object(published_statistic_type())
        .object(quantity_type())
        .object(category_type())
        .object(base_type())
        .object(margin_of_error_type())
        .vocabulary::<Qualifier>()
        .vocabulary::<FigureFlag>()
        .vocabulary::<SegmentDimension>()
        .vocabulary::<Direction>()
        .vocabulary::<MarginOfErrorMethod>()
        .vocabulary::<Measure>();
    [
        respondent_aggregate_connection(),
        published_statistic_connection(),
    ]
    .iter()
    .fold(graph, |graph, paged| paged.define(graph))
}

const QUANTITY_DESCRIPTION: &str =
    "The number, and the interval that its rounding or wording allows.";
const FLAGS_DESCRIPTION: &str = "What the source leaves open, or says wrongly.";
const NOTE_DESCRIPTION: &str = "What to know before quoting it.";
const SOURCE_DESCRIPTION: &str = "Where it was published.";

fn figure_interface() -> Interface {
    let described = |name, ty: &str, description| {
        Field::compute(name, ty, description, |(): &()| ResolvedValue::Null)
    };
    Interface {
        name: "Figure",
        description: "A published number, with what is needed to read it correctly.",
        fields: vec![
            described(
                "id",
                "ID!",
                "Globally unique and opaque; `node(id:)` finds the object again.",
            ),
            described("slug", "String!", "Stable and readable."),
            described("quantity", "Quantity!", QUANTITY_DESCRIPTION),
            described("flags", "[FigureFlag!]!", FLAGS_DESCRIPTION),
            described("note", "String", NOTE_DESCRIPTION),
            described("source", "Source!", SOURCE_DESCRIPTION),
            described(
                "identities",
                "[Identity!]!",
                identity::IDENTITIES_DESCRIPTION,
            ),
        ],
    }
}

fn quantity_field(kind: FigureKind) -> Field {
    let columns = kind.quantity_columns();
    let mut needs = vec![columns.value, columns.qualifier, columns.digits];
    needs.extend(columns.unit);
    Field::compute_from_columns(
        "quantity",
        "Quantity!",
        QUANTITY_DESCRIPTION,
        &needs,
        move |record| {
            let quantity = columns.read(record);
            ResolvedValue::from_option(
                quantity.map(|quantity| ResolvedValue::object("Quantity", quantity)),
            )
        },
    )
}

fn quantity_type() -> Object {
    Object::new(
        "Quantity",
        "The value as printed, and the interval that its rounding or wording allows; sampling error is not in it. A number printed as about, nearly or around is allowed a tenth of itself either way: that allowance is ours, the same for every figure, and no source states one.",
    )
    .field(Field::compute(
        "value",
        "Float",
        "As printed; null where the source gives words only, such as \"most\".",
        |quantity: &Quantity| ResolvedValue::from_option(quantity.value),
    ))
    .field(Field::compute(
        "unit",
        "String!",
        "What is counted or measured, such as `percent`, `partnerships` or `USD billion`.",
        |quantity: &Quantity| quantity.unit.clone(),
    ))
    .field(Field::compute(
        "qualifier",
        "Qualifier!",
        "How the source words the number.",
        |quantity: &Quantity| quantity.qualifier.as_str(),
    ))
    .field(Field::compute(
        "low",
        "Float",
        "Null where the wording sets no lower bound. Of `MORE_THAN` and `MAJORITY` the bound itself is not allowed.",
        |quantity: &Quantity| ResolvedValue::from_option(quantity.low()),
    ))
    .field(Field::compute(
        "high",
        "Float",
        "Null where the wording sets no upper bound. Of `LESS_THAN` the bound itself is not allowed.",
        |quantity: &Quantity| ResolvedValue::from_option(quantity.high()),
    ))
}

fn flags_field(
    by: impl sea_orm::ColumnTrait,
    owner: impl sea_orm::ColumnTrait,
    position: impl sea_orm::ColumnTrait,
    flag: impl sea_orm::ColumnTrait,
) -> Field {
    let (owner, flag) = (ColumnRef::new(owner), ColumnRef::new(flag));
    computed_list_field(
        "flags",
        "[FigureFlag!]!",
        FLAGS_DESCRIPTION,
        by,
        Lookup::by_foreign_key(owner, owner, &[ColumnRef::new(position)]),
        &[flag],
        move |record| record.get(flag).into(),
    )
}

/// A dimension and a value of it, from any of the tables that hold them.
#[derive(Debug)]
pub(super) struct Category {
    dimension: Arc<str>,
    value: Arc<str>,
}

impl Category {
    /// The category in two columns of a row.
    pub(super) fn output_from_record(
        record: &Record,
        dimension: ColumnRef,
        value: ColumnRef,
    ) -> ResolvedValue {
        match (record.text(dimension), record.text(value)) {
            (Some(dimension), Some(value)) => ResolvedValue::object(
                "Category",
                Self {
                    dimension: dimension.clone(),
                    value: value.clone(),
                },
            ),
            _ => ResolvedValue::Null,
        }
    }
}

fn category_type() -> Object {
    Object::new(
        "Category",
        "A group of respondents: those with a value of a dimension, such as `REGION` = `WEST`.",
    )
    .field(Field::compute(
        "dimension",
        "SegmentDimension!",
        "By what respondents are parted.",
        |category: &Category| ResolvedValue::Text(category.dimension.clone()),
    ))
    .field(Field::compute(
        "value",
        "String!",
        "The value that they have, such as `WEST` or `NOT_SURE`.",
        |category: &Category| ResolvedValue::Text(category.value.clone()),
    ))
}

fn categories_field(name: &'static str, description: &'static str, role: &'static str) -> Field {
    use respondent_aggregate_category::Column as Col;
    let owner = ColumnRef::new(Col::RespondentAggregateId);
    let (dimension, value) = (ColumnRef::new(Col::Dimension), ColumnRef::new(Col::Value));
    computed_list_field(
        name,
        "[Category!]!",
        description,
        respondent_aggregate::Column::Id,
        Lookup::by_foreign_key(owner, owner, &[ColumnRef::new(Col::Position)])
            .with_constraints(&[(ColumnRef::new(Col::Role), Constant::Text(role))]),
        &[dimension, value],
        move |record| Category::output_from_record(record, dimension, value),
    )
}

struct RespondentBase {
    description: Cell,
    n: Cell,
}

fn base_type() -> Object {
    Object::new(
        "Base",
        "The respondents that a percentage is of: `n` as published, never inferred.",
    )
    .field(Field::compute(
        "description",
        "String!",
        "Who they are.",
        |base: &RespondentBase| ResolvedValue::from(&base.description),
    ))
    .field(Field::compute(
        "n",
        "Int",
        "How many they are; null where that is not published.",
        |base: &RespondentBase| ResolvedValue::from(&base.n),
    ))
}

fn margin_of_error_type() -> Object {
    Object::new(
        "MarginOfError",
        "How far a percentage may be off because a sample was asked. The design and the weights of the survey are not disclosed: the true margin is likely larger than that of a simple random sample.",
    )
    .field(Field::compute(
        "points",
        "Float!",
        "In percentage points, either way.",
        |margin: &MarginOfError| margin.points,
    ))
    .field(Field::compute(
        "level",
        "Float!",
        "Confidence level, such as 0.95.",
        |margin: &MarginOfError| margin.confidence_level,
    ))
    .field(Field::compute(
        "method",
        "MarginOfErrorMethod!",
        "How it was come by.",
        |margin: &MarginOfError| margin.method.as_str(),
    ))
}

fn respondent_aggregate_type() -> Object {
    use respondent_aggregate::Column as Col;
    use respondent_aggregate_flag::Column as Flag;
    let (percent, base_n) = (ColumnRef::new(Col::Percent), ColumnRef::new(Col::BaseN));
    let description = ColumnRef::new(Col::BaseDescription);
    Object::new(
        "RespondentAggregate",
        "A published percentage of survey respondents: P(outcome | given).\n\"46% of respondents in the West are aware\" has `given` REGION=WEST and `outcome` AWARENESS=YES.",
    )
    .implements("Node")
    .implements("Figure")
    .field(global_id::id_field("RespondentAggregate", ColumnRef::new(Col::Id)))
    .field(Field::column("slug", "String!", "Stable and readable.", Col::Id))
    .field(reference_field(
        "question",
        "Question!",
        "The question that was asked.",
        survey::question(),
        Col::QuestionId,
    ))
    .field(categories_field(
        "outcome",
        "What they answered, or what else they have in common.",
        "OUTCOME",
    ))
    .field(categories_field(
        "given",
        "Whom the percentage is of; empty for all respondents.",
        "GIVEN",
    ))
    .field(Field::column(
        "percent",
        "Float",
        "The published percentage; the same as `quantity.value`.",
        Col::Percent,
    ))
    .field(quantity_field(FigureKind::RespondentAggregate))
    .field(Field::column(
        "direction",
        "Direction!",
        "Whether the source makes clear which way round the percentage runs.",
        Col::Direction,
    ))
    .field(Field::compute_from_columns(
        "base",
        "Base!",
        "The respondents that the percentage is of.",
        &[description, base_n],
        move |record| {
            ResolvedValue::object(
                "Base",
                RespondentBase {
                    description: record.get(description).clone(),
                    n: record.get(base_n).clone(),
                },
            )
        },
    ))
    .field(Field::compute_from_columns(
        "marginOfError",
        "MarginOfError",
        "Null where the base is not published.",
        &[percent, base_n],
        move |record| {
            let n = record.get(base_n).int().and_then(|n| u32::try_from(n).ok());
            let margin = simple_random_sample(record.get(percent).float(), n);
            ResolvedValue::from_option(margin.map(|margin| ResolvedValue::object("MarginOfError", margin)))
        },
    ))
    .field(reference_field(
        "region",
        "Region",
        "Set where `given` names a region.",
        place::region(),
        Col::RegionId,
    ))
    .field(flags_field(
        Col::Id,
        Flag::RespondentAggregateId,
        Flag::Position,
        Flag::Flag,
    ))
    .field(Field::column("note", "String", NOTE_DESCRIPTION, Col::Note))
    .field(reference_field("source", "Source!", SOURCE_DESCRIPTION, source::stored_type(), Col::SourceId))
    .field(identity::identities_field(ColumnRef::new(Col::Id)))
}

fn published_statistic_type() -> Object {
    use published_statistic::Column as Col;
    use published_statistic_flag::Column as Flag;
    Object::new(
        "PublishedStatistic",
        "A published number that is not a percentage of respondents: a count, a share, a rank or an amount.",
    )
    .implements("Node")
    .implements("Figure")
    .field(global_id::id_field("PublishedStatistic", ColumnRef::new(Col::Id)))
    .field(Field::column("slug", "String!", "Stable and readable.", Col::Id))
    .field(Field::column(
        "measure",
        "Measure!",
        "What it measures.",
        Col::Measure,
    ))
    .field(Field::column(
        "subject",
        "String!",
        "What it is a number of.",
        Col::Subject,
    ))
    .field(quantity_field(FigureKind::PublishedStatistic))
    .field(reference_field(
        "region",
        "Region",
        "The region that it is about.",
        place::region(),
        Col::RegionId,
    ))
    .field(reference_field(
        "state",
        "State",
        "The state that it is about.",
        place::state(),
        Col::StateId,
    ))
    .field(reference_field(
        "country",
        "Country",
        "The country that it is about.",
        place::country(),
        Col::CountryId,
    ))
    .field(Field::column(
        "level",
        "PartnershipLevel",
        "Null where the source does not say which levels it counts.",
        Col::Level,
    ))
    .field(flags_field(
        Col::Id,
        Flag::PublishedStatisticId,
        Flag::Position,
        Flag::Flag,
    ))
    .field(Field::column("note", "String", NOTE_DESCRIPTION, Col::Note))
    .field(reference_field("source", "Source!", SOURCE_DESCRIPTION, source::stored_type(), Col::SourceId))
    .field(identity::identities_field(ColumnRef::new(Col::Id)))
}
