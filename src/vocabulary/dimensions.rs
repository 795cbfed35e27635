//! The dimensions of the views that join records and figures; of the API only, nothing stores them.

use super::Vocabulary;

vocabulary! {
    /// By what coverage is broken down.
    CoverageDimension {
        /// One row for everything.
        Total = "TOTAL",
        /// A row for each level of government.
        Level = "LEVEL",
        /// A row for each of the four regions, which hold neither the District of Columbia nor the territories.
        Region = "REGION",
        /// A row for each state, the District of Columbia and each territory.
        State = "STATE",
        /// A row for each partner country.
        Country = "COUNTRY",
    }

    /// Over which groups concentration is measured.
    ConcentrationDimension {
        /// The four regions. Partnerships of the District of Columbia and the territories are in none and do not count.
        Region = "REGION",
        /// The states, the District of Columbia and the territories that this data set knows.
        State = "STATE",
        /// The partner countries.
        Country = "COUNTRY",
        /// The US side: each municipality, county and state that this data set knows, a state for the partnerships of its own government only. It knows those that hold a partnership, and every state and state capital; the many other municipalities of the United States, which hold none, are not counted.
        UsCommunity = "US_COMMUNITY",
        /// The other side: each municipality and province that this data set knows, a province for the partnerships of its own government only. It knows those that hold a partnership, and the provinces that these lie in; the many others, which hold none, are not counted.
        PartnerCommunity = "PARTNER_COMMUNITY",
    }

    /// By what partnerships are grouped.
    PartnershipDimension {
        /// The region of the US side; null for the District of Columbia and the territories.
        Region = "REGION",
        /// The state that the US side is, or lies in; the value is its USPS code.
        State = "STATE",
        /// The partner country; the value is its ISO 3166-1 alpha-2 code.
        Country = "COUNTRY",
        /// The subregion of the partner country.
        Subregion = "SUBREGION",
        /// The level of government.
        Level = "LEVEL",
        /// The status.
        Status = "STATUS",
        /// The decade of the agreement, such as 1960 for 1960 to 1969; null where the year is not known.
        Decade = "DECADE",
        /// The US side; the value is its slug.
        UsCommunity = "US_COMMUNITY",
        /// The other side; the value is its slug.
        PartnerCommunity = "PARTNER_COMMUNITY",
    }
}
