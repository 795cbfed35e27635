//! The enums of respondent-level data and of the tables computed from it.

use super::Vocabulary;

vocabulary! {
    /// Why a percentage is suppressed (the first three) or should be used with caution.
    TabulationFlag {
        /// Suppressed: the cell has fewer respondents than the disclosure threshold.
        SmallCell = "SMALL_CELL",
        /// Suppressed to protect a small cell elsewhere in the table.
        Complement = "COMPLEMENT",
        /// Suppressed: the sample size or the effective sample size is below 30.
        BaseTooSmall = "BASE_TOO_SMALL",
        /// The confidence interval is at least 30 points wide, or wider than both 5 points and 1.3 times the percentage.
        IntervalTooWide = "INTERVAL_TOO_WIDE",
        /// The variance estimate has fewer than eight degrees of freedom.
        FewDegreesOfFreedom = "FEW_DEGREES_OF_FREEDOM",
    }

    /// What a column of `respondents.csv` contains.
    CodebookRole {
        /// The id of the respondent.
        Id = "ID",
        /// The weight of the respondent.
        Weight = "WEIGHT",
        /// The stratum that the respondent was sampled from.
        Stratum = "STRATUM",
        /// The primary sampling unit of the respondent.
        Psu = "PSU",
        /// The answers in one dimension, as codes.
        Category = "CATEGORY",
    }
}
