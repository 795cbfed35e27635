//! Published figures: percentages of respondents and other numbers, with what is needed to read
//! them.

use std::sync::Arc;

use super::{
    connection::Paged,
    edge::{Stored, items, one},
    filter, id, identity, place, source, survey,
};
use crate::{
    db::{Cell, Column, Constant, FigureKind, Lookup, Record},
    engine::{Field, Graph, Interface, Object, Output},
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

pub(super) fn respondent_aggregates() -> Paged {
    Paged {
        target: Stored::new("RespondentAggregate", respondent_aggregate::Column::Id),
        connection: "RespondentAggregateConnection",
        edge: "RespondentAggregateEdge",
        order: vec![Column::of(respondent_aggregate::Column::Position)],
        filter: filter::respondent_aggregate(),
        orders: None,
    }
}

pub(super) fn published_statistics() -> Paged {
    Paged {
        target: Stored::new("PublishedStatistic", published_statistic::Column::Id),
        connection: "PublishedStatisticConnection",
        edge: "PublishedStatisticEdge",
        order: vec![Column::of(published_statistic::Column::Position)],
        filter: filter::published_statistic(),
        orders: None,
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
    [respondent_aggregates(), published_statistics()]
        .iter()
        .fold(graph, |graph, paged| paged.define(graph))
}

const QUANTITY: &str = "The number, and the interval that its rounding or wording allows.";
const FLAGS: &str = "What the source leaves open, or says wrongly.";
const NOTE: &str = "What to know before quoting it.";
const SOURCE: &str = "Where it was published.";

fn figure_interface() -> Interface {
    let described =
        |name, ty: &str, description| Field::of(name, ty, description, |(): &()| Output::Null);
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
            described("quantity", "Quantity!", QUANTITY),
            described("flags", "[FigureFlag!]!", FLAGS),
            described("note", "String", NOTE),
            described("source", "Source!", SOURCE),
            described("identities", "[Identity!]!", identity::OF_FIGURE),
        ],
    }
}

fn quantity(kind: FigureKind) -> Field {
    let columns = kind.quantity();
    let mut needs = vec![columns.value, columns.qualifier, columns.digits];
    needs.extend(columns.unit);
    Field::computed("quantity", "Quantity!", QUANTITY, &needs, move |record| {
        let quantity = columns.read(record);
        Output::maybe(quantity.map(|quantity| Output::object("Quantity", quantity)))
    })
}

fn quantity_type() -> Object {
    Object::new(
        "Quantity",
        "The value as printed, and the interval that its rounding or wording allows; sampling error is not in it. A number printed as about, nearly or around is allowed a tenth of itself either way: that allowance is ours, the same for every figure, and no source states one.",
    )
    .field(Field::of(
        "value",
        "Float",
        "As printed; null where the source gives words only, such as \"most\".",
        |quantity: &Quantity| Output::maybe(quantity.value),
    ))
    .field(Field::of(
        "unit",
        "String!",
        "What is counted or measured, such as `percent`, `partnerships` or `USD billion`.",
        |quantity: &Quantity| quantity.unit.clone(),
    ))
    .field(Field::of(
        "qualifier",
        "Qualifier!",
        "How the source words the number.",
        |quantity: &Quantity| quantity.qualifier.as_str(),
    ))
    .field(Field::of(
        "low",
        "Float",
        "Null where the wording sets no lower bound. Of `MORE_THAN` and `MAJORITY` the bound itself is not allowed.",
        |quantity: &Quantity| Output::maybe(quantity.low()),
    ))
    .field(Field::of(
        "high",
        "Float",
        "Null where the wording sets no upper bound. Of `LESS_THAN` the bound itself is not allowed.",
        |quantity: &Quantity| Output::maybe(quantity.high()),
    ))
}

fn flags(
    by: impl sea_orm::ColumnTrait,
    owner: impl sea_orm::ColumnTrait,
    position: impl sea_orm::ColumnTrait,
    flag: impl sea_orm::ColumnTrait,
) -> Field {
    let (owner, flag) = (Column::of(owner), Column::of(flag));
    items(
        "flags",
        "[FigureFlag!]!",
        FLAGS,
        by,
        Lookup::pointing(owner, owner, &[Column::of(position)]),
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
    pub(super) fn output(record: &Record, dimension: Column, value: Column) -> Output {
        match (record.text(dimension), record.text(value)) {
            (Some(dimension), Some(value)) => Output::object(
                "Category",
                Self {
                    dimension: dimension.clone(),
                    value: value.clone(),
                },
            ),
            _ => Output::Null,
        }
    }
}

fn category_type() -> Object {
    Object::new(
        "Category",
        "A group of respondents: those with a value of a dimension, such as `REGION` = `WEST`.",
    )
    .field(Field::of(
        "dimension",
        "SegmentDimension!",
        "By what respondents are parted.",
        |category: &Category| Output::Text(category.dimension.clone()),
    ))
    .field(Field::of(
        "value",
        "String!",
        "The value that they have, such as `WEST` or `NOT_SURE`.",
        |category: &Category| Output::Text(category.value.clone()),
    ))
}

fn categories(name: &'static str, description: &'static str, role: &'static str) -> Field {
    use respondent_aggregate_category::Column as Of;
    let owner = Column::of(Of::RespondentAggregateId);
    let (dimension, value) = (Column::of(Of::Dimension), Column::of(Of::Value));
    items(
        name,
        "[Category!]!",
        description,
        respondent_aggregate::Column::Id,
        Lookup::pointing(owner, owner, &[Column::of(Of::Position)])
            .only(&[(Column::of(Of::Role), Constant::Text(role))]),
        &[dimension, value],
        move |record| Category::output(record, dimension, value),
    )
}

struct Base {
    description: Cell,
    n: Cell,
}

fn base_type() -> Object {
    Object::new(
        "Base",
        "The respondents that a percentage is of: `n` as published, never inferred.",
    )
    .field(Field::of(
        "description",
        "String!",
        "Who they are.",
        |base: &Base| Output::from(&base.description),
    ))
    .field(Field::of(
        "n",
        "Int",
        "How many they are; null where that is not published.",
        |base: &Base| Output::from(&base.n),
    ))
}

fn margin_of_error_type() -> Object {
    Object::new(
        "MarginOfError",
        "How far a percentage may be off because a sample was asked. The design and the weights of the survey are not disclosed: the true margin is likely larger than that of a simple random sample.",
    )
    .field(Field::of(
        "points",
        "Float!",
        "In percentage points, either way.",
        |margin: &MarginOfError| margin.points,
    ))
    .field(Field::of(
        "level",
        "Float!",
        "Confidence level, such as 0.95.",
        |margin: &MarginOfError| margin.level,
    ))
    .field(Field::of(
        "method",
        "MarginOfErrorMethod!",
        "How it was come by.",
        |margin: &MarginOfError| margin.method.as_str(),
    ))
}

fn respondent_aggregate_type() -> Object {
    use respondent_aggregate::Column as Of;
    use respondent_aggregate_flag::Column as Flag;
    let (percent, base_n) = (Column::of(Of::Percent), Column::of(Of::BaseN));
    let description = Column::of(Of::BaseDescription);
    Object::new(
        "RespondentAggregate",
        "A published percentage of survey respondents: P(outcome | given).\n\"46% of respondents in the West are aware\" has `given` REGION=WEST and `outcome` AWARENESS=YES.",
    )
    .implements("Node")
    .implements("Figure")
    .field(id::field("RespondentAggregate", Column::of(Of::Id)))
    .field(Field::column("slug", "String!", "Stable and readable.", Of::Id))
    .field(one(
        "question",
        "Question!",
        "The question that was asked.",
        survey::question(),
        Of::QuestionId,
    ))
    .field(categories(
        "outcome",
        "What they answered, or what else they have in common.",
        "OUTCOME",
    ))
    .field(categories(
        "given",
        "Whom the percentage is of; empty for all respondents.",
        "GIVEN",
    ))
    .field(Field::column(
        "percent",
        "Float",
        "The published percentage; the same as `quantity.value`.",
        Of::Percent,
    ))
    .field(quantity(FigureKind::RespondentAggregate))
    .field(Field::column(
        "direction",
        "Direction!",
        "Whether the source makes clear which way round the percentage runs.",
        Of::Direction,
    ))
    .field(Field::computed(
        "base",
        "Base!",
        "The respondents that the percentage is of.",
        &[description, base_n],
        move |record| {
            Output::object(
                "Base",
                Base {
                    description: record.get(description).clone(),
                    n: record.get(base_n).clone(),
                },
            )
        },
    ))
    .field(Field::computed(
        "marginOfError",
        "MarginOfError",
        "Null where the base is not published.",
        &[percent, base_n],
        move |record| {
            let n = record.get(base_n).int().and_then(|n| u32::try_from(n).ok());
            let margin = simple_random_sample(record.get(percent).float(), n);
            Output::maybe(margin.map(|margin| Output::object("MarginOfError", margin)))
        },
    ))
    .field(one(
        "region",
        "Region",
        "Set where `given` names a region.",
        place::region(),
        Of::RegionId,
    ))
    .field(flags(
        Of::Id,
        Flag::RespondentAggregateId,
        Flag::Position,
        Flag::Flag,
    ))
    .field(Field::column("note", "String", NOTE, Of::Note))
    .field(one("source", "Source!", SOURCE, source::stored(), Of::SourceId))
    .field(identity::of_figure(Column::of(Of::Id)))
}

fn published_statistic_type() -> Object {
    use published_statistic::Column as Of;
    use published_statistic_flag::Column as Flag;
    Object::new(
        "PublishedStatistic",
        "A published number that is not a percentage of respondents: a count, a share, a rank or an amount.",
    )
    .implements("Node")
    .implements("Figure")
    .field(id::field("PublishedStatistic", Column::of(Of::Id)))
    .field(Field::column("slug", "String!", "Stable and readable.", Of::Id))
    .field(Field::column(
        "measure",
        "Measure!",
        "What it measures.",
        Of::Measure,
    ))
    .field(Field::column(
        "subject",
        "String!",
        "What it is a number of.",
        Of::Subject,
    ))
    .field(quantity(FigureKind::PublishedStatistic))
    .field(one(
        "region",
        "Region",
        "The region that it is about.",
        place::region(),
        Of::RegionId,
    ))
    .field(one(
        "state",
        "State",
        "The state that it is about.",
        place::state(),
        Of::StateId,
    ))
    .field(one(
        "country",
        "Country",
        "The country that it is about.",
        place::country(),
        Of::CountryId,
    ))
    .field(Field::column(
        "level",
        "PartnershipLevel",
        "Null where the source does not say which levels it counts.",
        Of::Level,
    ))
    .field(flags(
        Of::Id,
        Flag::PublishedStatisticId,
        Flag::Position,
        Flag::Flag,
    ))
    .field(Field::column("note", "String", NOTE, Of::Note))
    .field(one("source", "Source!", SOURCE, source::stored(), Of::SourceId))
    .field(identity::of_figure(Column::of(Of::Id)))
}
