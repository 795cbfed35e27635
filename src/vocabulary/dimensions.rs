//! The dimensions of the grouped views, and what arguments choose from. They belong to the API only; no data is stored under them.

use super::Vocabulary;

vocabulary! {
    /// The dimension by which coverage is broken down.
    CoverageDimension {
        /// One row for everything.
        Total = "TOTAL",
        /// One row per level of government.
        Level = "LEVEL",
        /// One row for each of the four regions, which do not include the District of Columbia or the territories.
        Region = "REGION",
        /// One row per state, including the District of Columbia and each territory.
        State = "STATE",
        /// One row per partner country.
        Country = "COUNTRY",
    }

    /// The groups over which concentration is measured.
    ConcentrationDimension {
        /// The four regions. Partnerships of the District of Columbia and the territories are in no region and are not counted.
        Region = "REGION",
        /// The states, the District of Columbia, and the territories in this dataset.
        State = "STATE",
        /// The partner countries.
        Country = "COUNTRY",
        /// The US side: every municipality, county, and state in this dataset. A partnership of a city or county counts for that community only, not for its state. The dataset contains every state, every state capital, and every community that has a partnership; other US municipalities, which have none, are not counted as groups.
        UsCommunity = "US_COMMUNITY",
        /// The partner side: every municipality, county, and province in this dataset. A partnership of a city or county counts for that community only, not for its province. The dataset contains every community that has a partnership and the provinces that those are in; other communities, which have none, are not counted as groups.
        PartnerCommunity = "PARTNER_COMMUNITY",
    }

    /// The dimension by which partnerships are grouped.
    PartnershipDimension {
        /// The region of the US side. Null for the District of Columbia and the territories.
        Region = "REGION",
        /// The US state: the US community itself, or the state that it is in. The value is its USPS code.
        State = "STATE",
        /// The partner country. The value is its ISO 3166-1 alpha-2 code.
        Country = "COUNTRY",
        /// The subregion of the partner country.
        Subregion = "SUBREGION",
        /// The level of government of the US side, such as `CITY`.
        Level = "LEVEL",
        /// The status of the partnership, such as `LISTED`.
        Status = "STATUS",
        /// The decade of the agreement, as its first year: 1960 means 1960 to 1969. Null if the year is unknown.
        Decade = "DECADE",
        /// The year of the agreement. Null if it is unknown.
        Year = "YEAR",
        /// How well the partnership is attested, such as `BOTH_SIDES`.
        Corroboration = "CORROBORATION",
        /// The community on the US side. The value is its slug.
        UsCommunity = "US_COMMUNITY",
        /// The community on the partner side. The value is its slug.
        PartnerCommunity = "PARTNER_COMMUNITY",
    }

    /// The period that a row of a timeline covers.
    TimelineUnit {
        /// One row per year.
        Year = "YEAR",
        /// One row per decade: 1960 means 1960 to 1969.
        Decade = "DECADE",
    }

    /// What happens to partnerships whose years are unknown.
    UnknownYears {
        /// Leaves out partnerships without a known year of the agreement, and ended ones without a known year of the end.
        Exclude = "EXCLUDE",
        /// Includes them unless a known year rules them out.
        Include = "INCLUDE",
    }
}
