//! Regions, countries, communities, and their other names.

use super::{
    ArchiveTable, COMPUTED, ColumnDescription, all_rows, define_table, describe, referencing_rows,
};
use crate::{
    db::{ColumnRef, Comparison, Filter, FilterRelation},
    entity::{
        alternate_name, common_name, community, country, partnership, published_statistic, region,
    },
    export::filter::ExportFilter,
    vocabulary::{CityKind, ProvinceKind, RegionName, Script, StateKind, Subregion},
};

const GEONAMES: &str = "GeoNames";

pub(super) fn region() -> ArchiveTable {
    define_table::<region::PrimaryKey>(
        "US Census Bureau, without the District of Columbia and the territories",
        "The four regions of the United States that the survey and the published totals use.",
        describe_region,
        all_rows,
    )
}

pub(super) fn country() -> ArchiveTable {
    define_table::<country::PrimaryKey>(
        "countries.csv",
        "The partner countries and the United States.",
        describe_country,
        all_rows,
    )
}

pub(super) fn community() -> ArchiveTable {
    define_table::<community::PrimaryKey>(
        "states.csv, provinces.csv, cities.csv",
        "States, provinces, and cities: the places that have or could have partnerships.",
        describe_community,
        community_condition,
    )
}

pub(super) fn alternate_name() -> ArchiveTable {
    define_table::<alternate_name::PrimaryKey>(
        GEONAMES,
        "Other spellings of the names of communities, and names in other scripts.",
        describe_alternate_name,
        |filter| {
            referencing_rows(
                alternate_name::Column::CommunityId,
                community::Column::Id,
                community_condition(filter),
            )
        },
    )
}

pub(super) fn common_name() -> ArchiveTable {
    define_table::<common_name::PrimaryKey>(
        "common_names.csv",
        "Abbreviations, nicknames, and former names of countries and communities.",
        describe_common_name,
        common_name_condition,
    )
}

/// Selects the places that the partnerships and statistics of a filtered archive refer to. They include
/// the state and the province of each side, so no place refers to a missing one.
pub(super) fn community_condition(filter: &ExportFilter) -> Filter {
    if filter.is_empty() {
        return Filter::default();
    }
    let state = FilterRelation::new(community::Column::Id, published_statistic::Column::StateId);
    let is_state = Filter::related(state, filter.published_statistic_condition());
    let columns = [
        partnership::Column::UsId,
        partnership::Column::PartnerId,
        partnership::Column::StateId,
        partnership::Column::ProvinceId,
    ];
    let is_place = columns.into_iter().map(|column| {
        let relation = FilterRelation::new(community::Column::Id, column);
        Filter::related(relation, filter.partnership_condition())
    });
    Filter::Any(std::iter::once(is_state).chain(is_place).collect())
}

/// Selects the names of the countries, which are all in a filtered archive, and of its communities.
fn common_name_condition(filter: &ExportFilter) -> Filter {
    let communities = referencing_rows(
        common_name::Column::CommunityId,
        community::Column::Id,
        community_condition(filter),
    );
    if communities.is_empty() {
        return communities;
    }
    let country = ColumnRef::new(common_name::Column::CountryId);
    Filter::Any(vec![
        Filter::compare(country, Comparison::IsNull(false)),
        communities,
    ])
}

fn describe_region(column: region::Column) -> ColumnDescription {
    match column {
        region::Column::Id => describe("The region.").with_vocabulary::<RegionName>(),
        region::Column::Position => describe("The position in lists."),
    }
}

fn describe_country(column: country::Column) -> ColumnDescription {
    use country::Column as Col;
    match column {
        Col::Id => describe("The ISO 3166-1 alpha-2 code."),
        Col::Code3 => describe("The ISO 3166-1 alpha-3 code."),
        Col::Name => describe("The English name."),
        Col::SortName => describe(SORT_NAME).with_source(COMPUTED),
        Col::Subregion => describe("The subregion of the world.").with_vocabulary::<Subregion>(),
        Col::IsPartner => describe("False for the United States."),
        Col::Latitude => describe("The latitude of a representative point.").with_unit(DEGREES),
        Col::Longitude => describe("The longitude of that point.").with_unit(DEGREES),
        Col::Population => describe("The number of inhabitants.").with_unit("people"),
        Col::PartnershipCount => describe(PARTNERSHIP_COUNT)
            .with_unit("partnerships")
            .with_source(COMPUTED),
    }
}

const DEGREES: &str = "degrees north or east, WGS 84";
const SORT_NAME: &str =
    "The name used for comparing and sorting: in lower case and without accents.";
const PARTNERSHIP_COUNT: &str = "The number of loaded partnerships of the place and of the places in it, whatever their status; it is the same in a filtered archive.";

fn describe_community(column: community::Column) -> ColumnDescription {
    use community::Column as Col;
    match column {
        Col::Id => describe("The slug, such as us-ca-los-angeles."),
        Col::CommunityType => describe("The type of the community.").with_values(&["STATE", "PROVINCE", "CITY"]),
        Col::Kind => describe("The legal kind, or the kind in its name. The values are those of StateKind, ProvinceKind, and CityKind in vocabulary.csv.")
            .with_vocabulary::<StateKind>()
            .with_vocabulary::<ProvinceKind>()
            .with_vocabulary::<CityKind>(),
        Col::Name => describe("The English name."),
        Col::SortName => describe(SORT_NAME).with_source(COMPUTED),
        Col::CountryId => describe("The country that it is in.").with_reference("country.id"),
        Col::CountrySortName => describe("The sort_name of the country.").with_source(COMPUTED),
        Col::RegionId => describe("The region of a state; empty for the District of Columbia, the territories, and all other communities.").with_reference("region.id"),
        Col::StateId => describe("The state that a US city is in.").with_reference("community.id"),
        Col::ProvinceId => describe("The province that a partner city is in, if known.").with_reference("community.id"),
        Col::IsCapital => describe("Whether it is the capital of its country, state, or province."),
        Col::Latitude => describe("The latitude of a representative point: a label point for a city; for a county, state, or province, the population-weighted center of its communities in the data.").with_unit(DEGREES).with_source(POINT_SOURCES),
        Col::Longitude => describe("The longitude of that point.").with_unit(DEGREES).with_source(POINT_SOURCES),
        Col::UnitX => describe("The point as a unit vector from the center of the earth: the component toward 0° N 0° E.").with_source(COMPUTED),
        Col::UnitY => describe("The component of that vector toward 0° N 90° E.").with_source(COMPUTED),
        Col::UnitZ => describe("The component of that vector toward the North Pole.").with_source(COMPUTED),
        Col::Population => describe("The number of inhabitants: for states from the 2020 census, for cities from GeoNames.").with_unit("people").with_source("US Census Bureau; GeoNames"),
        Col::CoastKm => describe("The distance of a city from the nearest coast; lakes do not count.").with_unit("km").with_source("Natural Earth 1:50m land"),
        Col::PartnershipCount => describe(PARTNERSHIP_COUNT).with_unit("partnerships").with_source(COMPUTED),
        Col::Code => describe("The USPS code; states only."),
        Col::Fips => describe("The FIPS 5-2 code; states only.").with_source("US Census Bureau"),
        Col::CensusDivision => describe("The Census Bureau division; states only.").with_source("US Census Bureau"),
        Col::WikidataQid => describe("The Wikidata item.").with_source("Wikidata"),
        Col::GeonamesId => describe("The GeoNames id.").with_source(GEONAMES),
    }
}

const POINT_SOURCES: &str =
    "GeoNames; localgovjp for municipalities of Japan; US Cities Database for six small US places";

fn describe_common_name(column: common_name::Column) -> ColumnDescription {
    use common_name::Column as Col;
    match column {
        Col::Name => describe("The name, which stands for only one place."),
        Col::CountryId => {
            describe("The country that it stands for; empty if it stands for a community.")
                .with_reference("country.id")
        }
        Col::CommunityId => {
            describe("The community that it stands for; empty if it stands for a country.")
                .with_reference("community.id")
        }
        Col::Note => describe("What kind of name it is, or until when it was used."),
    }
}

fn describe_alternate_name(column: alternate_name::Column) -> ColumnDescription {
    use alternate_name::Column as Col;
    match column {
        Col::CommunityId => describe("The place.").with_reference("community.id"),
        Col::Name => describe("The other name."),
        Col::Script => describe("The script of the name.").with_vocabulary::<Script>(),
    }
}
