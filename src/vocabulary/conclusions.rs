//! The enums of what is concluded from the figures: awareness gaps and comparisons. They belong to the API only.

use super::Vocabulary;

vocabulary! {
    /// Dimension by which awareness is broken down.
    AwarenessDimension {
        /// All respondents, in one row.
        Total = "TOTAL",
        /// Region of the respondent.
        Region = "REGION",
        /// Sector in which the respondent works.
        Employer = "EMPLOYER",
    }

    /// What counts as being unaware of an existing partnership.
    AwarenessReading {
        /// Not aware of any partnership, although this dataset records one in the respondent's state: 100 - aware.
        AnyRecordedInState = "ANY_RECORDED_IN_STATE",
        /// Not aware of any partnership, although the published counts show one in the respondent's state. They show none in Mississippi.
        AnyPublishedInState = "ANY_PUBLISHED_IN_STATE",
        /// Answered that there is none, although this dataset records one in the respondent's state.
        SaysNone = "SAYS_NONE",
        /// Not sure, although this dataset records one in the respondent's state.
        NotSure = "NOT_SURE",
        /// Not aware of a partnership of the respondent's own city, county, or state government.
        OwnGovernment = "OWN_GOVERNMENT",
    }

    /// Why an awareness gap is unknown.
    MissingGapReason {
        /// These answers are not published for the group.
        AnswersNotPublished = "ANSWERS_NOT_PUBLISHED",
        /// The number of respondents in states without a partnership is not published.
        RespondentsInUnpairedStatesNotPublished = "RESPONDENTS_IN_UNPAIRED_STATES_NOT_PUBLISHED",
        /// The places that respondents had in mind are not published.
        RespondentPlacesNotPublished = "RESPONDENT_PLACES_NOT_PUBLISHED",
    }
}
