//! The match model, its accuracy, and laws that limit new partnerships.

use super::{
    ArchiveTable, ColumnDescription, all_rows, community_condition, define_table, describe,
    referencing_rows,
};
use crate::{
    entity::{community, match_coefficient, match_metric, restriction},
    vocabulary::{MatchFeature, RestrictionCertainty, RestrictionEffect},
};

pub(super) fn match_coefficient() -> ArchiveTable {
    define_table::<match_coefficient::PrimaryKey>(
        "match_model.csv: fitted by this program",
        "The coefficients of the model behind matches.",
        describe_match_coefficient,
        all_rows,
    )
}

pub(super) fn match_metric() -> ArchiveTable {
    define_table::<match_metric::PrimaryKey>(
        "match_metrics.csv: computed for this project",
        "The accuracy of the model and of simpler rankings on held-out partnerships.",
        describe_match_metric,
        all_rows,
    )
}

pub(super) fn restriction() -> ArchiveTable {
    define_table::<restriction::PrimaryKey>(
        "restrictions.csv: the page in url",
        "Laws that limit new partnerships. Not every state was researched, and this is not legal advice.",
        describe_restriction,
        |filter| {
            referencing_rows(
                restriction::Column::StateId,
                community::Column::Id,
                community_condition(filter),
            )
        },
    )
}

fn describe_match_coefficient(column: match_coefficient::Column) -> ColumnDescription {
    use match_coefficient::Column as Col;
    match column {
        Col::Feature => describe("The feature.").with_vocabulary::<MatchFeature>(),
        Col::Coefficient => describe("The change in log-odds per unit of the feature."),
        Col::StandardError => describe("The standard error of the coefficient."),
        Col::Z => describe("The coefficient divided by its standard error."),
        Col::Partnerships => describe("The number of partnerships that the model was fitted to.")
            .with_unit("partnerships"),
        Col::Revision => describe(
            "The SHA-256 hash of the files that the model was fitted to: dataset.match_revision if it is current.",
        ),
    }
}

fn describe_match_metric(column: match_metric::Column) -> ColumnDescription {
    use match_metric::Column as Col;
    match column {
        Col::Position => describe("The position in lists."),
        Col::Split => describe("The held-out partnerships."),
        Col::Method => describe("The ranking method."),
        Col::Measure => describe("The accuracy measure."),
        Col::Value => describe("The value of the measure."),
        Col::Low => describe("The lower bound of the 95% interval."),
        Col::High => describe("The upper bound of the 95% interval."),
    }
}

fn describe_restriction(column: restriction::Column) -> ColumnDescription {
    use restriction::Column as Col;
    match column {
        Col::Id => describe("The slug."),
        Col::StateId => describe("The state whose law it is.").with_reference("community.id"),
        Col::CountryId => {
            describe("The country that partnerships are limited with.").with_reference("country.id")
        }
        Col::Levels => {
            describe("The levels of partnerships that it applies to, separated by semicolons.")
        }
        Col::Effect => {
            describe("The effect on new partnerships.").with_vocabulary::<RestrictionEffect>()
        }
        Col::Starts => describe("The start: a year, a month, or a day; empty if it is unknown."),
        Col::Ends => describe("The end: a year, a month, or a day; empty if no end is known."),
        Col::Law => describe("The citation of the law."),
        Col::Text => describe("A summary of the law, and what could not be verified."),
        Col::Url => describe("Where to read the law or the report about it."),
        Col::Certainty => {
            describe("How well it is documented.").with_vocabulary::<RestrictionCertainty>()
        }
    }
}
