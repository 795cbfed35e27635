//! The features of the match model, and laws that limit new partnerships.

use super::Vocabulary;

vocabulary! {
    /// A feature of a pair of places that the model uses.
    MatchFeature {
        /// Similarity in population: -|ln(US population) - ln(partner population)|.
        Size = "SIZE",
        /// Similarity in rank: -|US rank - partner rank|, each the percentile rank of the population among the known places of the same country. Unknown if fewer than five populations are known in the country.
        Role = "ROLE",
        /// Similarity in distance from the sea: -|ln(1 + km / 10) - ln(1 + km / 10)|.
        Coast = "COAST",
        /// 1 if both places are the capital of a country, state, or province, otherwise 0.
        BothCapitals = "BOTH_CAPITALS",
        /// Log of the ratio between the state's share of partnerships with the country and the share of all states, smoothed. Partnerships of the candidate itself are excluded.
        StateCountry = "STATE_COUNTRY",
        /// ln(1 + number of partnerships between places in the state and places in the province). Partnerships of the candidate itself are excluded.
        StateProvince = "STATE_PROVINCE",
        /// 1 if the state and the province are partners themselves, otherwise 0.
        SisterState = "SISTER_STATE",
        /// 1 if the US place already has a partner in the country, otherwise 0.
        SameCountry = "SAME_COUNTRY",
    }

    /// Effect of a law on new partnerships.
    RestrictionEffect {
        /// The law rules them out.
        Barred = "BARRED",
        /// The law may rule them out: its text is ambiguous or was not checked on this point.
        Unclear = "UNCLEAR",
    }

    /// How well a restriction is documented.
    RestrictionCertainty {
        /// The text of the law was checked.
        PrimarySource = "PRIMARY_SOURCE",
        /// A report about the law was checked.
        SecondarySource = "SECONDARY_SOURCE",
        /// Neither was checked for this country.
        Unverified = "UNVERIFIED",
    }
}
