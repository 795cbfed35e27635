//! Published figures: percentages of respondents and other numbers, with their caveats.

use std::sync::Arc;

use async_graphql::dynamic::Interface;

use super::{
    connection::{ConnectionDefinition, OrderInput},
    filter, global_id, identity, place,
    relation::{StoredType, computed_list_field, reference_field},
    source, survey,
};
use crate::{
    db::{Cell, ColumnRef, Constant, FigureKind, Lookup, QuantityColumns, Record},
    engine::{Field, Graph, Object, ResolvedValue, interface_type},
    entity::{
        published_statistic, published_statistic_flag, respondent_aggregate,
        respondent_aggregate_category, respondent_aggregate_flag,
    },
    stats::{
        margin_of_error::{MarginOfError, simple_random_sample},
        quantity::BoundedQuantity,
    },
    vocabulary::{
        Direction, FigureFlag, MarginOfErrorMethod, Measure, PartnershipLevel, Qualifier,
        SegmentDimension, Vocabulary,
    },
};

pub(super) fn respondent_aggregate_connection() -> ConnectionDefinition {
    ConnectionDefinition {
        stored_type: StoredType::new("RespondentAggregate", respondent_aggregate::Column::Id),
        connection_name: "RespondentAggregateConnection",
        edge_name: "RespondentAggregateEdge",
        default_order: vec![ColumnRef::new(respondent_aggregate::Column::Position)],
        filter: &filter::RESPONDENT_AGGREGATE_FILTER,
        order_input: None,
    }
}

pub(super) fn published_statistic_connection() -> ConnectionDefinition {
    use published_statistic::Column as Col;
    ConnectionDefinition {
        stored_type: StoredType::new("PublishedStatistic", published_statistic::Column::Id),
        connection_name: "PublishedStatisticConnection",
        edge_name: "PublishedStatisticEdge",
        default_order: vec![ColumnRef::new(published_statistic::Column::Position)],
        filter: &filter::PUBLISHED_STATISTIC_FILTER,
        order_input: Some(OrderInput::new(
            "PublishedStatisticOrder",
            "PublishedStatisticOrderField",
            [
                (
                    "SUBJECT",
                    "By the subject, ignoring case and accents.",
                    Col::SortSubject,
                ),
                ("MEASURE", "By the name of the measure.", Col::Measure),
                (
                    "VALUE",
                    "By the number as printed, whatever its unit.",
                    Col::Value,
                ),
                ("YEAR", "By the year that the number is of.", Col::Year),
                ("QUALIFIER", "By the name of the qualifier.", Col::Qualifier),
                ("UNIT", "By the unit.", Col::Unit),
                (
                    "REGION",
                    "By the name of the region that the number is about.",
                    Col::RegionId,
                ),
                // The id of a state is `us-` and its code in lowercase: the import checks this.
                (
                    "STATE_CODE",
                    "By the USPS code of the state that the number is about.",
                    Col::StateId,
                ),
                (
                    "COUNTRY_CODE",
                    "By the ISO 3166-1 alpha-2 code of the country that the number is about.",
                    Col::CountryId,
                ),
                (
                    "LEVEL",
                    "By the name of the level that the number counts.",
                    Col::Level,
                ),
                ("SOURCE", "By the slug of the source.", Col::SourceId),
                ("SLUG", "By the slug.", Col::Id),
            ],
        )),
    }
}

pub(super) fn define(graph: Graph) -> Graph {
    let graph = graph
        .add_type(figure_interface())
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
    .fold(graph, |graph, connection| connection.define(graph))
}

const QUANTITY_DESCRIPTION: &str =
    "The number as printed, and the range that its rounding or wording allows.";
const FLAGS_DESCRIPTION: &str =
    "What the source leaves out, leaves open, or gets wrong. Empty if nothing is flagged.";
const NOTE_DESCRIPTION: &str =
    "A caveat to know before you quote the figure; null if there is none.";
const SOURCE_DESCRIPTION: &str = "The publication that the figure is from.";

fn figure_interface() -> Interface {
    let field = Field::new;
    interface_type(
        "Figure",
        "A published number with its source and its caveats.",
        [
            field("id", "ID!", global_id::ID_DESCRIPTION),
            field(
                "slug",
                "String!",
                "Stable, readable identifier, unique among figures of the same type.",
            ),
            field("quantity", "Quantity!", QUANTITY_DESCRIPTION),
            field("flags", "[FigureFlag!]!", FLAGS_DESCRIPTION),
            field("note", "String", NOTE_DESCRIPTION),
            field("source", "Source!", SOURCE_DESCRIPTION),
            field(
                "identities",
                "[Identity!]!",
                identity::IDENTITIES_DESCRIPTION,
            ),
        ],
    )
}

fn quantity_field(kind: FigureKind) -> Field {
    let QuantityColumns {
        value,
        qualifier,
        digits,
        unit,
    } = kind.quantity_columns();
    let (name, ty) = ("quantity", "Quantity!");
    let output = |cells: [&Cell; 3], unit: Option<&Cell>| {
        let quantity = QuantityColumns::quantity(cells, unit);
        ResolvedValue::from_option(
            quantity.map(|quantity| quantity_output(BoundedQuantity::from(&quantity))),
        )
    };
    let columns = [value, qualifier, digits];
    match unit {
        None => Field::new(name, ty, QUANTITY_DESCRIPTION)
            .compute_from_columns(columns, move |cells| output(cells, None)),
        Some(unit) => {
            let [value, qualifier, digits] = columns;
            Field::new(name, ty, QUANTITY_DESCRIPTION).compute_from_columns(
                [value, qualifier, digits, unit],
                move |[value, qualifier, digits, unit]| {
                    output([value, qualifier, digits], Some(unit))
                },
            )
        }
    }
}

pub(super) fn quantity_output(quantity: BoundedQuantity) -> ResolvedValue {
    ResolvedValue::object("Quantity", quantity)
}

pub(super) fn margin_of_error_output(margin: Option<MarginOfError>) -> ResolvedValue {
    ResolvedValue::from_option(margin.map(|margin| ResolvedValue::object("MarginOfError", margin)))
}

fn quantity_type() -> Object {
    Object::new::<BoundedQuantity>(
        "Quantity",
        "A number as printed, and the range of values that its rounding or wording allows. Sampling error is not included. The range of an `APPROXIMATE` number, such as \"about\" 20%, extends 10% of the number in both directions, or half a unit of its last printed digit if that is more. The 10% is our own choice, the same for every figure; no source states it.",
    )
    .field(Field::new(
        "value",
        "Float",
        "The number as printed; null if the source gives only words, such as \"most\".",
    )
    .compute(|quantity: &BoundedQuantity| ResolvedValue::from_option(quantity.value)))
    .field(Field::new(
        "unit",
        "String!",
        "The unit, such as `percent`, `partnerships`, or `USD billion`.",
    )
    .compute(|quantity: &BoundedQuantity| quantity.unit.clone()))
    .field(Field::new(
        "qualifier",
        "Qualifier!",
        "How the source words the number.",
    )
    .compute(|quantity: &BoundedQuantity| quantity.qualifier.as_str()))
    .field(Field::new(
        "low",
        "Float",
        "The lower end of the range, in `unit`; null if there is none. The end itself is excluded if the qualifier is `MORE_THAN` or `MAJORITY`. For percentages it is never below 0.",
    )
    .compute(|quantity: &BoundedQuantity| ResolvedValue::from_option(quantity.low)))
    .field(Field::new(
        "high",
        "Float",
        "The upper end of the range, in `unit`; null if there is none. The end itself is excluded if the qualifier is `LESS_THAN`. For percentages it is never above 100.",
    )
    .compute(|quantity: &BoundedQuantity| ResolvedValue::from_option(quantity.high)))
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

/// A group of respondents; several tables store such groups.
#[derive(Debug)]
pub(super) struct Category {
    dimension: Arc<str>,
    value: Arc<str>,
}

impl Category {
    /// Returns a category.
    pub(super) fn output(dimension: SegmentDimension, value: Arc<str>) -> ResolvedValue {
        let dimension = dimension.as_str().into();
        ResolvedValue::object("Category", Self { dimension, value })
    }

    /// Returns the category in two columns of a row; null if either column is null.
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
            _ => ResolvedValue::NULL,
        }
    }
}

fn category_type() -> Object {
    Object::new::<Category>(
        "Category",
        "A category of respondents: those with the same value of a dimension, such as `REGION` = `WEST`.",
    )
    .field(Field::new(
        "dimension",
        "SegmentDimension!",
        "The dimension of the breakdown, such as `REGION`.",
    )
    .compute(|category: &Category| category.dimension.clone()))
    .field(Field::new(
        "value",
        "String!",
        "The value that the respondents share, such as `WEST` or `NOT_SURE`.",
    )
    .compute(|category: &Category| category.value.clone()))
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
    Object::new::<RespondentBase>(
        "Base",
        "The respondents that a percentage is about. Their number is given only if the source publishes it; it is never inferred.",
    )
    .field(Field::new(
        "description",
        "String!",
        "Who the respondents are, in words.",
    )
    .compute(|base: &RespondentBase| ResolvedValue::from(&base.description)))
    .field(Field::new(
        "n",
        "Int",
        "The number of respondents; null if it is not published.",
    )
    .compute(|base: &RespondentBase| ResolvedValue::from(&base.n)))
}

fn margin_of_error_type() -> Object {
    Object::new::<MarginOfError>(
        "MarginOfError",
        "The sampling error of a percentage: how far it may be off because only a sample was surveyed. The design and the weights of the survey are not disclosed, so the true margin is likely larger than that of a simple random sample.",
    )
    .field(Field::new(
        "points",
        "Float!",
        "The margin in percentage points, rounded to two decimals: the interval extends this far above and below the percentage.",
    )
    .compute(|margin: &MarginOfError| margin.points))
    .field(Field::new(
        "level",
        "Float!",
        "The confidence level, from 0 to 1, such as 0.95.",
    )
    .compute(|margin: &MarginOfError| margin.confidence_level))
    .field(Field::new(
        "method",
        "MarginOfErrorMethod!",
        "How the margin was computed.",
    )
    .compute(|margin: &MarginOfError| margin.method.as_str()))
}

fn respondent_aggregate_type() -> Object {
    use respondent_aggregate::Column as Col;
    use respondent_aggregate_flag::Column as Flag;
    let (percent, base_n) = (ColumnRef::new(Col::Percent), ColumnRef::new(Col::BaseN));
    let base_description = ColumnRef::new(Col::BaseDescription);
    respondent_aggregate_connection().stored_type.object(
        "A published percentage of survey respondents: P(outcome | given), the share of the respondents in `given` who also have `outcome`. For example, \"46% of respondents in the West are aware\" has `given` REGION=WEST and `outcome` AWARENESS=YES.",
    )
    .implements("Node")
    .implements("Figure")
    .field(global_id::id_field("RespondentAggregate", ColumnRef::new(Col::Id)))
    .field(Field::column(
        "slug",
        "Stable, readable identifier, such as `aware-yes-west`.",
        Col::Id,
    ))
    .field(reference_field(
        "question",
        "Question!",
        "The survey question that the percentage comes from.",
        survey::question(),
        Col::QuestionId,
    ))
    .field(categories_field(
        "outcome",
        "The response or other characteristic that the percentage measures, such as `AWARENESS` = `YES`.",
        "OUTCOME",
    ))
    .field(categories_field(
        "given",
        "The respondents that the percentage is about: those who are in all of these categories. Empty if it is about all respondents.",
        "GIVEN",
    ))
    .field(Field::column(
        "percent",
        "The published percentage, from 0 to 100, the same as `quantity.value`; null if the source gives only words.",
        Col::Percent,
    ))
    .field(quantity_field(FigureKind::RespondentAggregate))
    .field(Field::column(
        "direction",
        "Whether the source makes clear which part is `outcome` and which is `given`.",
        Col::Direction,
    ).of_enum::<Direction>())
    .field(Field::new(
        "base",
        "Base!",
        "The respondents that the percentage is about: who they are and how many.",
    )
    .compute_from_columns([base_description, base_n], |[description, n]| {
        let (description, n) = (description.clone(), n.clone());
        ResolvedValue::object("Base", RespondentBase { description, n })
    }))
    .field(Field::new(
        "marginOfError",
        "MarginOfError",
        "The sampling error; null if `base.n` or `percent` is null.",
    )
    .compute_from_columns([percent, base_n], |[percent, n]| {
        let n = n.int().and_then(|n| u32::try_from(n).ok());
        margin_of_error_output(simple_random_sample(percent.float(), n))
    }))
    .field(reference_field(
        "region",
        "Region",
        "The region in `given`; null if `given` has none.",
        place::region(),
        Col::RegionId,
    ))
    .field(flags_field(
        Col::Id,
        Flag::RespondentAggregateId,
        Flag::Position,
        Flag::Flag,
    ))
    .field(Field::column("note", NOTE_DESCRIPTION, Col::Note))
    .field(reference_field("source", "Source!", SOURCE_DESCRIPTION, source::stored_type(), Col::SourceId))
    .field(identity::identities_field(ColumnRef::new(Col::Id)))
}

fn published_statistic_type() -> Object {
    use published_statistic::Column as Col;
    use published_statistic_flag::Column as Flag;
    published_statistic_connection().stored_type.object(
        "A published number that is not a percentage of respondents: such as a count, a share, a rank, or an amount of money.",
    )
    .implements("Node")
    .implements("Figure")
    .field(global_id::id_field("PublishedStatistic", ColumnRef::new(Col::Id)))
    .field(Field::column(
        "slug",
        "Stable, readable identifier, such as `california-share`.",
        Col::Id,
    ))
    .field(Field::column(
        "measure",
        "What the number measures.",
        Col::Measure,
    ).of_enum::<Measure>())
    .field(Field::column(
        "subject",
        "What the number is about, in words, such as `Partnerships of California with Asia`.",
        Col::Subject,
    ))
    .field(quantity_field(FigureKind::PublishedStatistic))
    .field(reference_field(
        "region",
        "Region",
        "The region that the number is about; null if it is not about one region.",
        place::region(),
        Col::RegionId,
    ))
    .field(reference_field(
        "state",
        "State",
        "The state that the number is about; null if it is not about one state.",
        place::state(),
        Col::StateId,
    ))
    .field(reference_field(
        "country",
        "Country",
        "The country that the number is about; null if it is not about one country.",
        place::country(),
        Col::CountryId,
    ))
    .field(Field::column(
        "level",
        "The level of government that the number is about; null if it is not about one level or the source does not say.",
        Col::Level,
    ).of_enum::<PartnershipLevel>())
    .field(Field::column(
        "year",
        "The year that the number is of: the one that it names, otherwise that of its source; null if neither says. An academic year counts as the year in which it ends.",
        Col::Year,
    ))
    .field(flags_field(
        Col::Id,
        Flag::PublishedStatisticId,
        Flag::Position,
        Flag::Flag,
    ))
    .field(Field::column("note", NOTE_DESCRIPTION, Col::Note))
    .field(reference_field("source", "Source!", SOURCE_DESCRIPTION, source::stored_type(), Col::SourceId))
    .field(identity::identities_field(ColumnRef::new(Col::Id)))
}
