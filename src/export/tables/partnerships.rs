//! Partnerships, their notes, and the sources of everything.

use sea_orm::sea_query::Condition;

use super::{
    ArchiveTable, COMPUTED, ColumnDescription, all_rows, define_table, describe, referencing_rows,
};
use crate::{
    db::ColumnRef,
    entity::{
        partnership, partnership_note, partnership_source, published_statistic,
        respondent_aggregate, source, survey,
    },
    export::filter::ExportFilter,
    vocabulary::{PartnershipLevel, PartnershipNoteKind, PartnershipStatus},
};

const PARTNERSHIP_SOURCES: &str =
    "partnerships.csv: Wikipedia contributors and the sources in partnership_source";

pub(super) fn tables() -> [ArchiveTable; 4] {
    [
        define_table::<source::PrimaryKey>(
            "sources.csv, figure_sources.csv",
            "Where partnerships, places and figures are recorded.",
            describe_source,
            source_condition,
        ),
        define_table::<partnership::PrimaryKey>(
            PARTNERSHIP_SOURCES,
            "Sister relationships between a US community and a partner community.",
            describe_partnership,
            ExportFilter::partnership_condition,
        ),
        define_table::<partnership_source::PrimaryKey>(
            PARTNERSHIP_SOURCES,
            "Which source says what of a partnership.",
            describe_partnership_source,
            |narrowing| {
                referencing_rows(
                    partnership_source::Column::PartnershipId,
                    partnership::Column::Id,
                    narrowing.partnership_condition(),
                )
            },
        ),
        define_table::<partnership_note::PrimaryKey>(
            "partnership_notes.csv, year_conflicts.csv",
            "What sources add to a partnership, and what is in doubt.",
            describe_partnership_note,
            |narrowing| {
                referencing_rows(
                    partnership_note::Column::PartnershipId,
                    partnership::Column::Id,
                    narrowing.partnership_condition(),
                )
            },
        ),
    ]
}

/// The sources that the partnerships, figures and surveys of a narrowed archive name.
fn source_condition(narrowing: &ExportFilter) -> Condition {
    if narrowing.is_empty() {
        return all_rows(narrowing);
    }
    let id = ColumnRef::new(source::Column::Id);
    let of_partnerships = referencing_rows(
        partnership_source::Column::PartnershipId,
        partnership::Column::Id,
        narrowing.partnership_condition(),
    );
    [
        (
            ColumnRef::new(partnership_source::Column::SourceId),
            of_partnerships,
        ),
        (
            ColumnRef::new(respondent_aggregate::Column::SourceId),
            narrowing.respondent_aggregate_condition(),
        ),
        (
            ColumnRef::new(published_statistic::Column::SourceId),
            narrowing.published_statistic_condition(),
        ),
        (
            ColumnRef::new(survey::Column::SourceId),
            all_rows(narrowing),
        ),
    ]
    .into_iter()
    .fold(Condition::any(), |any, (column, condition)| {
        any.add(id.in_subquery(column, condition))
    })
}

fn describe_source(column: source::Column) -> ColumnDescription {
    use source::Column as Col;
    match column {
        Col::Id => describe("Slug."),
        Col::Title => describe("Title."),
        Col::Publisher => describe("Publisher, where known."),
        Col::Kind => describe("What it is, in a few words."),
        Col::Url => describe("Its address."),
        Col::Licence => describe(
            "The licence under which it is used; blank where none is stated: the page was read for facts.",
        ),
        Col::AsOf => {
            describe("The time that it speaks of: a year, a month or a day, as far as known.")
        }
        Col::Independent => describe(
            "False for lists derived from Wikipedia or Wikidata, which are not independent of each other.",
        ),
        Col::Note => describe("What to know about it."),
    }
}

fn describe_partnership(column: partnership::Column) -> ColumnDescription {
    use partnership::Column as Col;
    match column {
        Col::Id => describe("Slug, such as or-portland--jp-sapporo."),
        Col::Level => {
            describe("The level of government; it follows the US side.").with_vocabulary::<PartnershipLevel>()
        }
        Col::UsId => describe("The US side.").with_reference("community.id"),
        Col::UsType => describe("Its type.").with_values(&["STATE", "CITY"]).with_reference("community.type"),
        Col::PartnerId => describe("The other side.").with_reference("community.id"),
        Col::PartnerType => {
            describe("Its type.").with_values(&["PROVINCE", "CITY"]).with_reference("community.type")
        }
        Col::StateId => describe("The state that the US side is, or lies in.")
            .with_reference("community.id")
            .with_source(COMPUTED),
        Col::RegionId => {
            describe("The region of that state; blank for the District of Columbia and the territories.")
                .with_reference("region.id")
                .with_source(COMPUTED)
        }
        Col::CountryId => describe("The partner country.").with_reference("country.id").with_source(COMPUTED),
        Col::ProvinceId => describe("The province that the other side is, or lies in, where known.")
            .with_reference("community.id")
            .with_source(COMPUTED),
        Col::UsSortName => describe("sort_name of the US side.").with_source(COMPUTED),
        Col::PartnerSortName => describe("sort_name of the other side.").with_source(COMPUTED),
        Col::CountrySortName => describe("sort_name of the partner country.").with_source(COMPUTED),
        Col::EstablishedYear => describe("The year of the agreement, where known.").with_unit("year"),
        Col::Status => describe("What is known of its life. LISTED means recorded, and no source saying otherwise; not that it is lively.").with_vocabulary::<PartnershipStatus>(),
        Col::EndedYear => describe("The year of the end, where the status is ENDED, if known.").with_unit("year"),
        Col::DistanceKm => describe("Great-circle distance between the sides on a sphere of the mean radius of the earth.").with_unit("kilometres").with_source(COMPUTED),
        Col::Corroborated => describe("Whether a source other than the lists derived from Wikipedia and Wikidata records it.").with_source(COMPUTED),
    }
}

fn describe_partnership_source(column: partnership_source::Column) -> ColumnDescription {
    use partnership_source::Column as Col;
    match column {
        Col::PartnershipId => describe("The partnership.").with_reference("partnership.id"),
        Col::Role => {
            describe("RECORD: the source records it; STATUS: it says that it has ended or paused.")
                .with_values(&["RECORD", "STATUS"])
        }
        Col::SourceId => describe("The source.").with_reference("source.id"),
    }
}

fn describe_partnership_note(column: partnership_note::Column) -> ColumnDescription {
    use partnership_note::Column as Col;
    match column {
        Col::PartnershipId => describe("The partnership.").with_reference("partnership.id"),
        Col::Position => describe("Order within the partnership."),
        Col::Kind => describe("What the note is about.").with_vocabulary::<PartnershipNoteKind>(),
        Col::Text => describe("The note."),
    }
}
