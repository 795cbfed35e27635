//! Partnerships, their notes, and the sources of everything.

use sea_orm::sea_query::Condition;

use super::{COMPUTED, Meaning, Table, every_row, referring, says, table};
use crate::{
    db::Column,
    entity::{
        partnership, partnership_note, partnership_source, published_statistic,
        respondent_aggregate, source, survey,
    },
    export::narrowing::Narrowing,
    vocabulary::{PartnershipLevel, PartnershipNoteKind, PartnershipStatus},
};

const PARTNERSHIPS: &str =
    "partnerships.csv: Wikipedia contributors and the sources in partnership_source";

pub(super) fn tables() -> [Table; 4] {
    [
        table::<source::PrimaryKey>(
            "sources.csv, figure_sources.csv",
            "Where partnerships, places and figures are recorded.",
            of_source,
            sources,
        ),
        table::<partnership::PrimaryKey>(
            PARTNERSHIPS,
            "Sister relationships between a US community and a partner community.",
            of_partnership,
            Narrowing::partnerships,
        ),
        table::<partnership_source::PrimaryKey>(
            PARTNERSHIPS,
            "Which source says what of a partnership.",
            of_partnership_source,
            |narrowing| {
                referring(
                    partnership_source::Column::PartnershipId,
                    partnership::Column::Id,
                    narrowing.partnerships(),
                )
            },
        ),
        table::<partnership_note::PrimaryKey>(
            "partnership_notes.csv, year_conflicts.csv",
            "What sources add to a partnership, and what is in doubt.",
            of_partnership_note,
            |narrowing| {
                referring(
                    partnership_note::Column::PartnershipId,
                    partnership::Column::Id,
                    narrowing.partnerships(),
                )
            },
        ),
    ]
}

/// The sources that the partnerships, figures and surveys of a narrowed archive name.
fn sources(narrowing: &Narrowing) -> Condition {
    if narrowing.is_empty() {
        return every_row(narrowing);
    }
    let id = Column::of(source::Column::Id);
    let of_partnerships = referring(
        partnership_source::Column::PartnershipId,
        partnership::Column::Id,
        narrowing.partnerships(),
    );
    [
        (
            Column::of(partnership_source::Column::SourceId),
            of_partnerships,
        ),
        (
            Column::of(respondent_aggregate::Column::SourceId),
            narrowing.respondent_aggregates(),
        ),
        (
            Column::of(published_statistic::Column::SourceId),
            narrowing.published_statistics(),
        ),
        (Column::of(survey::Column::SourceId), every_row(narrowing)),
    ]
    .into_iter()
    .fold(Condition::any(), |any, (column, condition)| {
        any.add(id.is_among(column, condition))
    })
}

fn of_source(column: source::Column) -> Meaning {
    use source::Column as Of;
    match column {
        Of::Id => says("Slug."),
        Of::Title => says("Title."),
        Of::Publisher => says("Publisher, where known."),
        Of::Kind => says("What it is, in a few words."),
        Of::Url => says("Its address."),
        Of::Licence => says(
            "The licence under which it is used; blank where none is stated: the page was read for facts.",
        ),
        Of::AsOf => says("The time that it speaks of: a year, a month or a day, as far as known."),
        Of::Independent => says(
            "False for lists derived from Wikipedia or Wikidata, which are not independent of each other.",
        ),
        Of::Note => says("What to know about it."),
    }
}

fn of_partnership(column: partnership::Column) -> Meaning {
    use partnership::Column as Of;
    match column {
        Of::Id => says("Slug, such as or-portland--jp-sapporo."),
        Of::Level => {
            says("The level of government; it follows the US side.").one_of::<PartnershipLevel>()
        }
        Of::UsId => says("The US side.").refers_to("community.id"),
        Of::UsType => says("Its type.").lists(&["STATE", "CITY"]).refers_to("community.type"),
        Of::PartnerId => says("The other side.").refers_to("community.id"),
        Of::PartnerType => {
            says("Its type.").lists(&["PROVINCE", "CITY"]).refers_to("community.type")
        }
        Of::StateId => says("The state that the US side is, or lies in.")
            .refers_to("community.id")
            .from(COMPUTED),
        Of::RegionId => {
            says("The region of that state; blank for the District of Columbia and the territories.")
                .refers_to("region.id")
                .from(COMPUTED)
        }
        Of::CountryId => says("The partner country.").refers_to("country.id").from(COMPUTED),
        Of::ProvinceId => says("The province that the other side is, or lies in, where known.")
            .refers_to("community.id")
            .from(COMPUTED),
        Of::UsSortName => says("sort_name of the US side.").from(COMPUTED),
        Of::PartnerSortName => says("sort_name of the other side.").from(COMPUTED),
        Of::CountrySortName => says("sort_name of the partner country.").from(COMPUTED),
        Of::EstablishedYear => says("The year of the agreement, where known.").in_unit("year"),
        Of::Status => says("What is known of its life. LISTED means recorded, and no source saying otherwise; not that it is lively.").one_of::<PartnershipStatus>(),
        Of::EndedYear => says("The year of the end, where the status is ENDED, if known.").in_unit("year"),
        Of::DistanceKm => says("Great-circle distance between the sides on a sphere of the mean radius of the earth.").in_unit("kilometres").from(COMPUTED),
        Of::Corroborated => says("Whether a source other than the lists derived from Wikipedia and Wikidata records it.").from(COMPUTED),
    }
}

fn of_partnership_source(column: partnership_source::Column) -> Meaning {
    use partnership_source::Column as Of;
    match column {
        Of::PartnershipId => says("The partnership.").refers_to("partnership.id"),
        Of::Role => {
            says("RECORD: the source records it; STATUS: it says that it has ended or paused.")
                .lists(&["RECORD", "STATUS"])
        }
        Of::SourceId => says("The source.").refers_to("source.id"),
    }
}

fn of_partnership_note(column: partnership_note::Column) -> Meaning {
    use partnership_note::Column as Of;
    match column {
        Of::PartnershipId => says("The partnership.").refers_to("partnership.id"),
        Of::Position => says("Order within the partnership."),
        Of::Kind => says("What the note is about.").one_of::<PartnershipNoteKind>(),
        Of::Text => says("The note."),
    }
}
