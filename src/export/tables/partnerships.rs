//! Partnerships, their notes, and all sources.

use super::{ArchiveTable, COMPUTED, ColumnDescription, define_table, describe, referencing_rows};
use crate::{
    db::{Filter, FilterRelation},
    entity::{
        claim, partnership, partnership_note, partnership_source, published_statistic,
        respondent_aggregate, source, survey,
    },
    export::filter::ExportFilter,
    vocabulary::{
        ClaimKind, ClaimSide, Corroboration, PartnershipLevel, PartnershipNoteKind,
        PartnershipStatus,
    },
};

const PARTNERSHIP_SOURCES: &str =
    "partnerships.csv: Wikipedia contributors and the sources in partnership_source";

pub(super) fn source() -> ArchiveTable {
    define_table::<source::PrimaryKey>(
        "sources.csv, figure_sources.csv",
        "The sources of partnerships, places, and figures.",
        describe_source,
        source_condition,
    )
}

pub(super) fn partnership() -> ArchiveTable {
    define_table::<partnership::PrimaryKey>(
        PARTNERSHIP_SOURCES,
        "Sister relationships between a US community and a partner community.",
        describe_partnership,
        ExportFilter::partnership_condition,
    )
}

pub(super) fn partnership_source() -> ArchiveTable {
    define_table::<partnership_source::PrimaryKey>(
        PARTNERSHIP_SOURCES,
        "The sources of each partnership and of its status.",
        describe_partnership_source,
        |filter| {
            referencing_rows(
                partnership_source::Column::PartnershipId,
                partnership::Column::Id,
                filter.partnership_condition(),
            )
        },
    )
}

pub(super) fn partnership_note() -> ArchiveTable {
    define_table::<partnership_note::PrimaryKey>(
        "partnership_notes.csv, year_conflicts.csv",
        "Additional information from sources about a partnership, and doubts about it.",
        describe_partnership_note,
        |filter| {
            referencing_rows(
                partnership_note::Column::PartnershipId,
                partnership::Column::Id,
                filter.partnership_condition(),
            )
        },
    )
}

pub(super) fn claim() -> ArchiveTable {
    define_table::<claim::PrimaryKey>(
        "claims.csv; without that file, partnerships.csv",
        "What each source says about a partnership.",
        describe_claim,
        |filter| {
            referencing_rows(
                claim::Column::PartnershipId,
                partnership::Column::Id,
                filter.partnership_condition(),
            )
        },
    )
}

/// Selects the sources of the partnerships, figures, and surveys of a filtered archive.
fn source_condition(filter: &ExportFilter) -> Filter {
    if filter.is_empty() {
        return Filter::default();
    }
    let of_partnerships = referencing_rows(
        partnership_source::Column::PartnershipId,
        partnership::Column::Id,
        filter.partnership_condition(),
    );
    let of_claims = referencing_rows(
        claim::Column::PartnershipId,
        partnership::Column::Id,
        filter.partnership_condition(),
    );
    let id = source::Column::Id;
    Filter::Any(vec![
        Filter::related(
            FilterRelation::new(id, partnership_source::Column::SourceId),
            of_partnerships,
        ),
        Filter::related(FilterRelation::new(id, claim::Column::SourceId), of_claims),
        Filter::related(
            FilterRelation::new(id, respondent_aggregate::Column::SourceId),
            filter.respondent_aggregate_condition(),
        ),
        Filter::related(
            FilterRelation::new(id, published_statistic::Column::SourceId),
            filter.published_statistic_condition(),
        ),
        Filter::related(
            FilterRelation::new(id, survey::Column::SourceId),
            Filter::default(),
        ),
    ])
}

fn describe_source(column: source::Column) -> ColumnDescription {
    use source::Column as Col;
    match column {
        Col::Id => describe("The slug."),
        Col::Title => describe("The title."),
        Col::SortTitle => describe("The title without case and accents.").with_source(COMPUTED),
        Col::Publisher => describe("The publisher, if known."),
        Col::SortPublisher => {
            describe("The publisher without case and accents.").with_source(COMPUTED)
        }
        Col::Kind => describe("The kind of source, in a few words."),
        Col::Url => describe("The URL."),
        Col::Licence => describe(
            "The license under which it is used; empty if the source states none, in which case it was used for facts only.",
        ),
        Col::AsOf => {
            describe("The date of its information: a year, a month, or a day, as precise as known.")
        }
        Col::Independent => describe(
            "False for sources derived from Wikipedia or Wikidata, which are not independent of each other.",
        ),
        Col::Note => describe("Remarks about the source."),
    }
}

fn describe_partnership(column: partnership::Column) -> ColumnDescription {
    use partnership::Column as Col;
    match column {
        Col::Id => describe("The slug, such as or-portland--jp-sapporo."),
        Col::Level => {
            describe("The level of government of the US side.").with_vocabulary::<PartnershipLevel>()
        }
        Col::UsId => describe("The US side.").with_reference("community.id"),
        Col::UsType => describe("The type of the US side.").with_values(&["STATE", "CITY"]).with_reference("community.type"),
        Col::PartnerId => describe("The partner side.").with_reference("community.id"),
        Col::PartnerType => {
            describe("The type of the partner side.").with_values(&["PROVINCE", "CITY"]).with_reference("community.type")
        }
        Col::StateId => describe("The state of the US side.")
            .with_reference("community.id")
            .with_source(COMPUTED),
        Col::RegionId => {
            describe("The region of the US side; empty for the District of Columbia and the territories.")
                .with_reference("region.id")
                .with_source(COMPUTED)
        }
        Col::CountryId => describe("The partner country.").with_reference("country.id").with_source(COMPUTED),
        Col::ProvinceId => describe("The province of the partner side, if known.")
            .with_reference("community.id")
            .with_source(COMPUTED),
        Col::UsSortName => describe("The sort_name of the US side.").with_source(COMPUTED),
        Col::PartnerSortName => describe("The sort_name of the partner side.").with_source(COMPUTED),
        Col::CountrySortName => describe("The sort_name of the partner country.").with_source(COMPUTED),
        Col::UsPopulation => describe("The population of the US side, if known.").with_unit("people").with_source(COMPUTED),
        Col::PartnerPopulation => describe("The population of the partner side, if known.").with_unit("people").with_source(COMPUTED),
        Col::EstablishedYear => describe("The year of the agreement, if known.").with_unit("year"),
        Col::Status => describe("The status. LISTED means that a source records the partnership and none says that it has ended or paused. It may be inactive.").with_vocabulary::<PartnershipStatus>(),
        Col::EndedYear => describe("The year of the end, if the status is ENDED and the year is known.").with_unit("year"),
        Col::DistanceKm => describe("The great-circle distance between the sides on a sphere with the mean radius of the earth.").with_unit("kilometers").with_source(COMPUTED),
        Col::EstablishedDate => describe("The best attested date of the agreement: a year, a month, or a day, as precise as stated. Empty if the year is unknown.").with_source(COMPUTED),
        Col::Corroboration => describe("How well it is attested, by the sides of the claims about it.").with_vocabulary::<Corroboration>().with_source(COMPUTED),
        Col::Corroborated => describe("Whether a source that is not derived from Wikipedia or Wikidata says anything about it but a doubt.").with_source(COMPUTED),
        Col::HasDisagreement => describe("Whether claims about it contradict each other: different years of the agreement, or an end or a pause together with a renewal of the same or a later year.").with_source(COMPUTED),
    }
}

fn describe_partnership_source(column: partnership_source::Column) -> ColumnDescription {
    use partnership_source::Column as Col;
    match column {
        Col::PartnershipId => describe("The partnership.").with_reference("partnership.id"),
        Col::Role => {
            describe("RECORD if the source records the partnership; STATUS if it says that the partnership has ended or paused.")
                .with_values(&["RECORD", "STATUS"])
        }
        Col::SourceId => describe("The source.").with_reference("source.id"),
    }
}

fn describe_partnership_note(column: partnership_note::Column) -> ColumnDescription {
    use partnership_note::Column as Col;
    match column {
        Col::PartnershipId => describe("The partnership.").with_reference("partnership.id"),
        Col::Position => describe("The position of the note within the partnership."),
        Col::Kind => describe("The kind of note.").with_vocabulary::<PartnershipNoteKind>(),
        Col::Text => describe("The text of the note."),
    }
}

fn describe_claim(column: claim::Column) -> ColumnDescription {
    use claim::Column as Col;
    match column {
        Col::PartnershipId => describe("The partnership.").with_reference("partnership.id"),
        Col::SourceId => describe("The source.").with_reference("source.id"),
        Col::Kind => describe("What the source says.").with_vocabulary::<ClaimKind>(),
        Col::Year => describe("The year that the source states, if any. For DOUBTED, the year that it states instead of the one in use.").with_unit("year"),
        Col::Date => describe("The date that the source states: a year, a month, or a day, as precise as stated."),
        Col::Reckoned => describe("Whether the year was computed from an anniversary, and may be off by one."),
        Col::Side => describe("For whom the source speaks.").with_vocabulary::<ClaimSide>(),
        Col::Note => describe("What else the source says, in a few words."),
    }
}
