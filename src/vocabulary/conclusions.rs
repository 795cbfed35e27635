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
    /// Why two figures are not comparable (up to `BASES_OVERLAP`), or how comparable figures relate.
    ComparisonReason {
        /// They differ in measure or unit.
        DifferentMeasure = "DIFFERENT_MEASURE",
        /// They come from different surveys.
        DifferentSurvey = "DIFFERENT_SURVEY",
        /// One of them is published in words only.
        NoNumber = "NO_NUMBER",
        /// The source does not say on which group one of the percentages is based.
        DirectionNotSettled = "DIRECTION_NOT_SETTLED",
        /// They answer different questions.
        DifferentQuestion = "DIFFERENT_QUESTION",
        /// They are different answers from different respondents.
        DifferentOutcome = "DIFFERENT_OUTCOME",
        /// One answer includes the other.
        NestedOutcomes = "NESTED_OUTCOMES",
        /// The groups of respondents may overlap to an unknown extent.
        BasesOverlap = "BASES_OVERLAP",
        /// The groups of respondents do not overlap.
        SeparateGroups = "SEPARATE_GROUPS",
        /// One group is part of the other; it is tested against the rest.
        PartOfWhole = "PART_OF_WHOLE",
        /// They are two answers from the same respondents.
        SameRespondents = "SAME_RESPONDENTS",
        /// They are exact counts, not estimates from a sample.
        Counts = "COUNTS",
        /// The number of respondents behind one of them is not published.
        BaseNotPublished = "BASE_NOT_PUBLISHED",
        /// The direction of one of the percentages is inferred.
        DirectionInferred = "DIRECTION_INFERRED",
        /// The wording of the question is not published.
        WordingNotPublished = "WORDING_NOT_PUBLISHED",
        /// The source does not say what one of them is a share or a count of.
        BaseNotStated = "BASE_NOT_STATED",
    }

    /// A test of a difference.
    DifferenceTestKind {
        /// Pooled z-test of two proportions in separate groups.
        SeparateGroups = "SEPARATE_GROUPS",
        /// Pooled z-test of a part against the rest of the whole.
        PartAgainstRest = "PART_AGAINST_REST",
        /// z-test of two shares of one multinomial sample.
        SameRespondents = "SAME_RESPONDENTS",
    }

    /// Whether a difference is significant.
    DifferenceHolds {
        /// For every feasible sample size.
        ForEveryFeasibleBase = "FOR_EVERY_FEASIBLE_BASE",
        /// For some feasible sample sizes but not for others.
        DependsOnTheBase = "DEPENDS_ON_THE_BASE",
        /// For no feasible sample size.
        ForNoFeasibleBase = "FOR_NO_FEASIBLE_BASE",
        /// No sample sizes are consistent with the figures under the assumption.
        NotFeasible = "NOT_FEASIBLE",
    }
    /// What a plan minimizes.
    PlanObjective {
        /// The Gini coefficient of partnerships over the groups.
        MinGini = "MIN_GINI",
    }
}
