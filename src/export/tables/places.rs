//! Regions, countries, communities and their other names.

use sea_orm::sea_query::Condition;

use super::{
    ArchiveTable, COMPUTED, ColumnDescription, all_rows, define_table, describe, referencing_rows,
};
use crate::{
    db::ColumnRef,
    entity::{alternate_name, community, country, partnership, published_statistic, region},
    export::filter::ExportFilter,
    vocabulary::{RegionName, Script, Subregion},
};

const GEONAMES: &str = "GeoNames";

pub(super) fn tables() -> [ArchiveTable; 4] {
    [
        define_table::<region::PrimaryKey>(
            "US Census Bureau, without the District of Columbia and the territories",
            "The four regions of the United States of the survey and the published totals.",
            describe_region,
            all_rows,
        ),
        define_table::<country::PrimaryKey>(
            "countries.csv",
            "The partner countries and the United States.",
            describe_country,
            all_rows,
        ),
        define_table::<community::PrimaryKey>(
            "states.csv, provinces.csv, cities.csv",
            "States, provinces and cities: the places that hold, or could hold, partnerships.",
            describe_community,
            community_condition,
        ),
        define_table::<alternate_name::PrimaryKey>(
            GEONAMES,
            "Other spellings of communities, and their names in other scripts.",
            describe_alternate_name,
            |narrowing| {
                referencing_rows(
                    alternate_name::Column::CommunityId,
                    community::Column::Id,
                    community_condition(narrowing),
                )
            },
        ),
    ]
}

/// The places that the partnerships and statistics of a narrowed archive refer to. The state and
/// the province that a side lies in are among them, so no place refers to one that is missing.
fn community_condition(narrowing: &ExportFilter) -> Condition {
    if narrowing.is_empty() {
        return Condition::all();
    }
    let id = ColumnRef::new(community::Column::Id);
    let of_partnerships = [
        partnership::Column::UsId,
        partnership::Column::PartnerId,
        partnership::Column::StateId,
        partnership::Column::ProvinceId,
    ];
    let state = ColumnRef::new(published_statistic::Column::StateId);
    of_partnerships.into_iter().fold(
        Condition::any().add(id.in_subquery(state, narrowing.published_statistic_condition())),
        |any, column| {
            any.add(id.in_subquery(ColumnRef::new(column), narrowing.partnership_condition()))
        },
    )
}

fn describe_region(column: region::Column) -> ColumnDescription {
    match column {
        region::Column::Id => describe("The region.").with_vocabulary::<RegionName>(),
        region::Column::Position => describe("Its place in lists."),
    }
}

fn describe_country(column: country::Column) -> ColumnDescription {
    use country::Column as Col;
    match column {
        Col::Id => describe("ISO 3166-1 alpha-2."),
        Col::Code3 => describe("ISO 3166-1 alpha-3."),
        Col::Name => describe("English name."),
        Col::SortName => describe(SORT_NAME).with_source(COMPUTED),
        Col::Subregion => describe("Subregion of the world.").with_vocabulary::<Subregion>(),
        Col::IsPartner => describe("False for the United States."),
        Col::Latitude => {
            describe("Degrees north of a point that stands for it.").with_unit(DEGREES)
        }
        Col::Longitude => describe("Degrees east of that point.").with_unit(DEGREES),
        Col::Population => describe("Inhabitants.").with_unit("people"),
        Col::PartnershipCount => describe(PARTNERSHIP_COUNT)
            .with_unit("partnerships")
            .with_source(COMPUTED),
    }
}

const DEGREES: &str = "degrees, WGS 84";
const SORT_NAME: &str = "The name as it is compared and sorted: in small letters, without accents.";
const PARTNERSHIP_COUNT: &str = "Partnerships of the place and of what lies in it, of every status; also in a narrowed archive the count of all that are loaded.";

fn describe_community(column: community::Column) -> ColumnDescription {
    use community::Column as Col;
    match column {
        Col::Id => describe("Slug, such as us-ca-los-angeles."),
        Col::CommunityType => describe("STATE, PROVINCE or CITY.").with_values(&["STATE", "PROVINCE", "CITY"]),
        Col::Kind => describe("What it is in law or in its own name; vocabulary.csv explains the values of StateKind, ProvinceKind and CityKind."),
        Col::Name => describe("English name."),
        Col::SortName => describe(SORT_NAME).with_source(COMPUTED),
        Col::CountryId => describe("The country that it lies in.").with_reference("country.id"),
        Col::RegionId => describe("The region of a state; blank for the District of Columbia, the territories and all else.").with_reference("region.id"),
        Col::StateId => describe("The state that a US city lies in.").with_reference("community.id"),
        Col::ProvinceId => describe("The province that a partner city lies in, where known.").with_reference("community.id"),
        Col::IsCapital => describe("Capital of its country, state or province."),
        Col::Latitude => describe("Degrees north of a point that stands for it: a label point of a city, the population-weighted centre of the known places of anything larger.").with_unit(DEGREES).with_source(POINT_SOURCES),
        Col::Longitude => describe("Degrees east of that point.").with_unit(DEGREES).with_source(POINT_SOURCES),
        Col::UnitX => describe("The point as a unit vector from the centre of the earth: through 0° N 0° E.").with_source(COMPUTED),
        Col::UnitY => describe("The same, through 0° N 90° E.").with_source(COMPUTED),
        Col::UnitZ => describe("The same, through the north pole.").with_source(COMPUTED),
        Col::Population => describe("Inhabitants: of states at the 2020 census, of cities from GeoNames.").with_unit("people").with_source("US Census Bureau; GeoNames"),
        Col::PartnershipCount => describe(PARTNERSHIP_COUNT).with_unit("partnerships").with_source(COMPUTED),
        Col::Code => describe("USPS code; states only."),
        Col::Fips => describe("FIPS 5-2 code; states only.").with_source("US Census Bureau"),
        Col::CensusDivision => describe("The Census Bureau's division; states only.").with_source("US Census Bureau"),
        Col::WikidataQid => describe("Item of Wikidata.").with_source("Wikidata"),
        Col::GeonamesId => describe("Id at GeoNames.").with_source(GEONAMES),
    }
}

const POINT_SOURCES: &str =
    "GeoNames; localgovjp for municipalities of Japan; US Cities Database for six small US places";

fn describe_alternate_name(column: alternate_name::Column) -> ColumnDescription {
    use alternate_name::Column as Col;
    match column {
        Col::CommunityId => describe("The place.").with_reference("community.id"),
        Col::Name => describe("The other name."),
        Col::Script => describe("The script that it is written in.").with_vocabulary::<Script>(),
    }
}
