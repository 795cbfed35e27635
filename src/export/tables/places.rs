//! Regions, countries, communities and their other names.

use sea_orm::sea_query::Condition;

use super::{COMPUTED, Meaning, Table, every_row, referring, says, table};
use crate::{
    db::Column,
    entity::{alternate_name, community, country, partnership, published_statistic, region},
    export::narrowing::Narrowing,
    vocabulary::{RegionName, Script, Subregion},
};

const GEONAMES: &str = "GeoNames";

pub(super) fn tables() -> [Table; 4] {
    [
        table::<region::PrimaryKey>(
            "US Census Bureau, without the District of Columbia and the territories",
            "The four regions of the United States of the survey and the published totals.",
            of_region,
            every_row,
        ),
        table::<country::PrimaryKey>(
            "countries.csv",
            "The partner countries and the United States.",
            of_country,
            every_row,
        ),
        table::<community::PrimaryKey>(
            "states.csv, provinces.csv, cities.csv",
            "States, provinces and cities: the places that hold, or could hold, partnerships.",
            of_community,
            communities,
        ),
        table::<alternate_name::PrimaryKey>(
            GEONAMES,
            "Other spellings of communities, and their names in other scripts.",
            of_alternate_name,
            |narrowing| {
                referring(
                    alternate_name::Column::CommunityId,
                    community::Column::Id,
                    communities(narrowing),
                )
            },
        ),
    ]
}

/// The places that the partnerships and statistics of a narrowed archive refer to. The state and
/// the province that a side lies in are among them, so no place refers to one that is missing.
fn communities(narrowing: &Narrowing) -> Condition {
    if narrowing.is_empty() {
        return Condition::all();
    }
    let id = Column::of(community::Column::Id);
    let of_partnerships = [
        partnership::Column::UsId,
        partnership::Column::PartnerId,
        partnership::Column::StateId,
        partnership::Column::ProvinceId,
    ];
    let state = Column::of(published_statistic::Column::StateId);
    of_partnerships.into_iter().fold(
        Condition::any().add(id.is_among(state, narrowing.published_statistics())),
        |any, column| any.add(id.is_among(Column::of(column), narrowing.partnerships())),
    )
}

fn of_region(column: region::Column) -> Meaning {
    match column {
        region::Column::Id => says("The region.").one_of::<RegionName>(),
        region::Column::Position => says("Its place in lists."),
    }
}

fn of_country(column: country::Column) -> Meaning {
    use country::Column as Of;
    match column {
        Of::Id => says("ISO 3166-1 alpha-2."),
        Of::Code3 => says("ISO 3166-1 alpha-3."),
        Of::Name => says("English name."),
        Of::SortName => says(SORT_NAME).from(COMPUTED),
        Of::Subregion => says("Subregion of the world.").one_of::<Subregion>(),
        Of::IsPartner => says("False for the United States."),
        Of::Latitude => says("Degrees north of a point that stands for it.").in_unit(DEGREES),
        Of::Longitude => says("Degrees east of that point.").in_unit(DEGREES),
        Of::Population => says("Inhabitants.").in_unit("people"),
        Of::PartnershipCount => says(PARTNERSHIP_COUNT)
            .in_unit("partnerships")
            .from(COMPUTED),
    }
}

const DEGREES: &str = "degrees, WGS 84";
const SORT_NAME: &str = "The name as it is compared and sorted: in small letters, without accents.";
const PARTNERSHIP_COUNT: &str = "Partnerships of the place and of what lies in it, of every status; also in a narrowed archive the count of all that are loaded.";

fn of_community(column: community::Column) -> Meaning {
    use community::Column as Of;
    match column {
        Of::Id => says("Slug, such as us-ca-los-angeles."),
        Of::CommunityType => says("STATE, PROVINCE or CITY.").lists(&["STATE", "PROVINCE", "CITY"]),
        Of::Kind => says("What it is in law or in its own name; vocabulary.csv explains the values of StateKind, ProvinceKind and CityKind."),
        Of::Name => says("English name."),
        Of::SortName => says(SORT_NAME).from(COMPUTED),
        Of::CountryId => says("The country that it lies in.").refers_to("country.id"),
        Of::RegionId => says("The region of a state; blank for the District of Columbia, the territories and all else.").refers_to("region.id"),
        Of::StateId => says("The state that a US city lies in.").refers_to("community.id"),
        Of::ProvinceId => says("The province that a partner city lies in, where known.").refers_to("community.id"),
        Of::IsCapital => says("Capital of its country, state or province."),
        Of::Latitude => says("Degrees north of a point that stands for it: a label point of a city, the population-weighted centre of the known places of anything larger.").in_unit(DEGREES).from(POINTS),
        Of::Longitude => says("Degrees east of that point.").in_unit(DEGREES).from(POINTS),
        Of::UnitX => says("The point as a unit vector from the centre of the earth: through 0° N 0° E.").from(COMPUTED),
        Of::UnitY => says("The same, through 0° N 90° E.").from(COMPUTED),
        Of::UnitZ => says("The same, through the north pole.").from(COMPUTED),
        Of::Population => says("Inhabitants: of states at the 2020 census, of cities from GeoNames.").in_unit("people").from("US Census Bureau; GeoNames"),
        Of::PartnershipCount => says(PARTNERSHIP_COUNT).in_unit("partnerships").from(COMPUTED),
        Of::Code => says("USPS code; states only."),
        Of::Fips => says("FIPS 5-2 code; states only.").from("US Census Bureau"),
        Of::CensusDivision => says("The Census Bureau's division; states only.").from("US Census Bureau"),
        Of::WikidataQid => says("Item of Wikidata.").from("Wikidata"),
        Of::GeonamesId => says("Id at GeoNames.").from(GEONAMES),
    }
}

const POINTS: &str =
    "GeoNames; localgovjp for municipalities of Japan; US Cities Database for six small US places";

fn of_alternate_name(column: alternate_name::Column) -> Meaning {
    use alternate_name::Column as Of;
    match column {
        Of::CommunityId => says("The place.").refers_to("community.id"),
        Of::Name => says("The other name."),
        Of::Script => says("The script that it is written in.").one_of::<Script>(),
    }
}
