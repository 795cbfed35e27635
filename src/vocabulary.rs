//! The enums of the data and of the API, each defined once.
//!
//! A value has the same spelling in the CSV files, in the database, and in GraphQL. The
//! descriptions are those of the GraphQL schema.

/// An enum whose values have a spelling and a description.
pub trait Vocabulary: Copy + Sized + 'static {
    /// The name of the GraphQL enum.
    const NAME: &'static str;
    /// The description of the GraphQL enum.
    const DESCRIPTION: &'static str;
    /// Every value with its spelling and its description, in the order of the schema.
    const VALUES: &'static [(Self, &'static str, &'static str)];

    /// The spelling of the value, such as `MORE_THAN`.
    fn as_str(self) -> &'static str;

    /// The value with the spelling `text`; `None` if no value has it.
    fn parse(text: &str) -> Option<Self> {
        Self::VALUES
            .iter()
            .find(|(_, spelling, _)| *spelling == text)
            .map(|(value, _, _)| *value)
    }

    /// All spellings, for error messages that list the allowed values.
    fn spellings() -> Vec<&'static str> {
        Self::VALUES
            .iter()
            .map(|(_, spelling, _)| *spelling)
            .collect()
    }
}

/// Declares enums that implement [`Vocabulary`]; the doc comments become the descriptions.
macro_rules! vocabulary {
    ($(
        $(#[doc = $description:literal])*
        $name:ident { $( $(#[doc = $doc:literal])* $variant:ident = $text:literal, )+ }
    )+) => { $(
        $(#[doc = $description])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $( $(#[doc = $doc])* $variant, )+ }

        impl Vocabulary for $name {
            const NAME: &'static str = stringify!($name);
            const DESCRIPTION: &'static str = concat!($($description,)*);
            const VALUES: &'static [(Self, &'static str, &'static str)] =
                &[$( (Self::$variant, $text, concat!($($doc,)*)), )+];

            fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $text, )+ }
            }
        }
    )+ };
}

mod conclusions;
mod dimensions;
mod matches;
mod segment;
mod tabulation;

pub use conclusions::{
    AwarenessDimension, AwarenessReading, ComparisonReason, DifferenceHolds, DifferenceTestKind,
    MissingGapReason, PlanObjective,
};
pub use dimensions::{
    ConcentrationDimension, CoverageDimension, PartnershipDimension, TimelineUnit, UnknownYears,
};
pub use matches::{MatchFeature, RestrictionCertainty, RestrictionEffect};
pub use segment::Segment;
pub use tabulation::{CodebookRole, TabulationFlag};

vocabulary! {
    /// The four regions of the United States that the survey and the published totals use.
    RegionName {
        /// Alaska, Arizona, California, Colorado, Hawaii, Idaho, Montana, Nevada, New Mexico, Oregon, Utah, Washington, and Wyoming.
        West = "WEST",
        /// Illinois, Indiana, Iowa, Kansas, Michigan, Minnesota, Missouri, Nebraska, North Dakota, Ohio, South Dakota, and Wisconsin.
        Midwest = "MIDWEST",
        /// The sixteen states of the Census Bureau's South, without the District of Columbia.
        South = "SOUTH",
        /// New England, New Jersey, New York, and Pennsylvania.
        Northeast = "NORTHEAST",
    }

    /// Whether a `State` is a state, the federal district, or a territory.
    StateKind {
        /// One of the fifty states.
        State = "STATE",
        /// The District of Columbia.
        District = "DISTRICT",
        /// A territory, such as Guam.
        Territory = "TERRITORY",
    }

    /// A part of the world, grouped as in the report that published the partnership counts.
    Subregion {
        /// East Asia, such as China, Japan, Mongolia, South Korea, and Taiwan.
        EastAsia = "EAST_ASIA",
        /// Southeast Asia, such as Indonesia, the Philippines, and Vietnam.
        SoutheastAsia = "SOUTHEAST_ASIA",
        /// South Asia, such as India, Nepal, and Pakistan.
        SouthAsia = "SOUTH_ASIA",
        /// Central Asia, such as Kazakhstan and Uzbekistan.
        CentralAsia = "CENTRAL_ASIA",
        /// Australia, New Zealand, and the islands of the Pacific.
        Oceania = "OCEANIA",
        /// The United States.
        NorthAmerica = "NORTH_AMERICA",
    }

    /// The kind of a province or other large division of a partner country.
    ProvinceKind {
        /// A province or similar division, such as Anhui in China.
        Province = "PROVINCE",
        /// A prefecture, such as those of Japan.
        Prefecture = "PREFECTURE",
        /// A state, such as those of Australia, India, and Malaysia.
        State = "STATE",
        /// A region, such as those of New Zealand and the Philippines.
        Region = "REGION",
        /// A municipality with the rank of a province, such as Beijing or Busan.
        Municipality = "MUNICIPALITY",
        /// A territory, such as the Northern Territory of Australia.
        Territory = "TERRITORY",
    }

    /// The kind of municipality or county, according to its legal status or its name.
    CityKind {
        /// A city, such as Nagoya in Japan.
        City = "CITY",
        /// A town, such as Greenwich in Connecticut.
        Town = "TOWN",
        /// A township, such as Edison in New Jersey.
        Township = "TOWNSHIP",
        /// A village, such as Bartlett in Illinois.
        Village = "VILLAGE",
        /// A borough, such as Brooklyn in New York.
        Borough = "BOROUGH",
        /// A municipality, such as Bacarra in the Philippines.
        Municipality = "MUNICIPALITY",
        /// A district, such as Chaoyang in Beijing.
        District = "DISTRICT",
        /// A county, such as Alameda County in California.
        County = "COUNTY",
    }

    /// The script in which a name is written.
    Script {
        /// The Latin alphabet: romanizations and other or older spellings.
        Latin = "LATIN",
        /// Chinese characters.
        Han = "HAN",
        /// Japanese hiragana and katakana, alone or together with Chinese characters.
        Kana = "KANA",
        /// Korean hangul.
        Hangul = "HANGUL",
        /// The Thai script.
        Thai = "THAI",
        /// Devanagari, the script of Hindi and Nepali.
        Devanagari = "DEVANAGARI",
        /// The Bengali script.
        Bengali = "BENGALI",
        /// The Tamil script.
        Tamil = "TAMIL",
        /// The Khmer script.
        Khmer = "KHMER",
        /// The Lao script.
        Lao = "LAO",
        /// The Burmese script.
        Myanmar = "MYANMAR",
    }

    /// The level of government of a partnership, which is that of its US side.
    PartnershipLevel {
        /// The US side is a city, a town, or another municipality.
        City = "CITY",
        /// The US side is a county.
        County = "COUNTY",
        /// The US side is a state, the District of Columbia, or a territory.
        State = "STATE",
    }

    /// What the sources say about whether a partnership still exists. Lists and counts include every status unless you filter by it; `coverage` leaves out partnerships that have ended.
    PartnershipStatus {
        /// A source records the partnership, and none says that it is dormant, is suspended, or has ended. It may be inactive.
        Listed = "LISTED",
        /// A source says that the partnership is no longer active, but not that it has ended.
        Dormant = "DORMANT",
        /// A source says that the partnership is paused.
        Suspended = "SUSPENDED",
        /// A source says that the partnership has ended.
        Ended = "ENDED",
    }

    /// The kind of a note on a partnership.
    PartnershipNoteKind {
        /// Additional information from a source.
        SourceNote = "SOURCE_NOTE",
        /// A statement by a source that the partnership has ended or is paused.
        StatusNote = "STATUS_NOTE",
        /// A doubt that the compilers of the dataset could not resolve.
        Doubt = "DOUBT",
        /// The sources give different years for the agreement.
        YearConflict = "YEAR_CONFLICT",
    }

    /// What a source says about a partnership.
    ClaimKind {
        /// The partnership exists or existed.
        Recorded = "RECORDED",
        /// The agreement was made.
        Established = "ESTABLISHED",
        /// The partnership ended.
        Ended = "ENDED",
        /// The partnership is inactive.
        Dormant = "DORMANT",
        /// The partnership was renewed or resumed.
        Renewed = "RENEWED",
        /// It is a friendship agreement rather than a sister agreement.
        Friendship = "FRIENDSHIP",
        /// The partnership may not exist, or may be confused with another.
        Doubted = "DOUBTED",
    }

    /// For whom a source speaks.
    ClaimSide {
        /// The US community: its government, its sister-city committee, or its local press.
        Us = "US",
        /// The partner community: its government, its committee, its local press, or a consulate of its country.
        Partner = "PARTNER",
        /// Neither side: an association, a national or international list, or other press.
        Third = "THIRD",
        /// Unknown: a list that is derived from Wikipedia or Wikidata, or whose origin is unknown.
        Derived = "DERIVED",
    }

    /// How the source words a number.
    Qualifier {
        /// An exact count or amount.
        Exact = "EXACT",
        /// A number rounded to the digits that are printed.
        Rounded = "ROUNDED",
        /// Worded as "about", "around", "nearly", "roughly", or "half".
        Approximate = "APPROXIMATE",
        /// Worded as "at least"; the number itself is included.
        AtLeast = "AT_LEAST",
        /// Worded as "over" or "more than"; the number itself is excluded.
        MoreThan = "MORE_THAN",
        /// Worded as "below" or "less than"; the number itself is excluded.
        LessThan = "LESS_THAN",
        /// Worded as "most" or "the majority", that is, more than half.
        Majority = "MAJORITY",
    }

    /// A caveat about a figure: something that its source leaves out, leaves open, or gets wrong.
    FigureFlag {
        /// The number of respondents behind the percentage is not published.
        BaseNotPublished = "BASE_NOT_PUBLISHED",
        /// The source does not say what the figure is a share of or what it counts.
        BaseNotStated = "BASE_NOT_STATED",
        /// The wording of the survey question is not published.
        WordingNotPublished = "WORDING_NOT_PUBLISHED",
        /// The text of the source reverses the percentage: it describes P(outcome | given) as P(given | outcome).
        DirectionReversedInProse = "DIRECTION_REVERSED_IN_PROSE",
        /// The source changes its scope from one sentence to the next, such as from Asia to the Indo-Pacific.
        ScopeDrift = "SCOPE_DRIFT",
        /// The figure follows from what the source says but is not printed in full.
        SourceImplied = "SOURCE_IMPLIED",
        /// Another source disagrees.
        Disputed = "DISPUTED",
        /// Known from a report about the publication, such as a press article, not from the publication itself.
        SecondHand = "SECOND_HAND",
    }

    /// A dimension by which the respondents of a survey are broken down.
    SegmentDimension {
        /// Region of the United States.
        Region = "REGION",
        /// Sector of employment.
        Employer = "EMPLOYER",
        /// Party affiliation.
        Party = "PARTY",
        /// Whether respondents know of a sister partnership of their own state or locality.
        Awareness = "AWARENESS",
        /// How beneficial respondents find the sister partnership of their own state or locality.
        Benefit = "BENEFIT",
        /// Whether respondents say that Asia matters to their own state.
        AsiaMatters = "ASIA_MATTERS",
        /// Whether respondents support study abroad programs.
        StudyAbroad = "STUDY_ABROAD",
        /// How beneficial respondents find trade with China for the economy of their own state.
        ChinaTradeBenefit = "CHINA_TRADE_BENEFIT",
        /// How many jobs in their own state respondents attribute to China or to trade with it.
        ChinaJobs = "CHINA_JOBS",
        /// How many jobs in their own state respondents attribute to trade with Asia.
        AsiaJobs = "ASIA_JOBS",
        /// How concerned respondents are that the United States loses trade competitiveness to China.
        ChinaCompetition = "CHINA_COMPETITION",
    }

    /// Whether the source makes clear which part of a percentage is the `outcome` and which is the `given` condition.
    Direction {
        /// The source states clearly which is which.
        Clear = "CLEAR",
        /// The source words it differently or not at all, but the other figures allow only one reading.
        Inferred = "INFERRED",
        /// The figures allow more than one reading.
        Ambiguous = "AMBIGUOUS",
    }

    /// What a published statistic measures.
    Measure {
        /// A number of partnerships.
        PartnershipCount = "PARTNERSHIP_COUNT",
        /// A share, in percent.
        Share = "SHARE",
        /// A rank; 1 is first.
        Rank = "RANK",
        /// A number of respondents.
        RespondentCount = "RESPONDENT_COUNT",
        /// An amount of money.
        Money = "MONEY",
        /// How many times as large one share or amount is as another.
        Ratio = "RATIO",
        /// A number of countries, states, or communities; the unit says which.
        PlaceCount = "PLACE_COUNT",
        /// A number of students.
        StudentCount = "STUDENT_COUNT",
        /// A number of visitors.
        VisitorCount = "VISITOR_COUNT",
        /// A number of jobs.
        JobCount = "JOB_COUNT",
    }

    /// How a margin of error was computed.
    MarginOfErrorMethod {
        /// The source publishes the margin with the figure.
        Published = "PUBLISHED",
        /// Computed from the published number of respondents `n` at the 95% confidence level, as if they were a simple random sample: `100 * 1.96 * sqrt(p * (1 - p) / n)` percentage points for a proportion `p` from 0 to 1 (Cochran, Sampling Techniques, 1977). The survey's design and weights are not disclosed, so the true margin is likely larger.
        SimpleRandomSample = "SIMPLE_RANDOM_SAMPLE",
    }

    /// Whether published figures satisfy a statement, judged by the values as printed and by the ranges that their rounding and wording allow. Sampling error is ignored.
    Verdict {
        /// The values as printed satisfy the statement, or every value within their ranges does.
        Holds = "HOLDS",
        /// The values as printed do not satisfy the statement or do not settle it, but some values within their ranges satisfy it.
        HoldsWithinRounding = "HOLDS_WITHIN_ROUNDING",
        /// No values within the ranges satisfy the statement, given the `assumption` if there is one.
        Contradicts = "CONTRADICTS",
        /// The source leaves out what is needed to decide.
        Undetermined = "UNDETERMINED",
    }

    /// The types of objects that `search` returns. Equally relevant results are sorted by type, in this order.
    SearchType {
        /// US states, the District of Columbia, and the territories.
        State = "STATE",
        /// Countries, including the United States.
        Country = "COUNTRY",
        /// Provinces of partner countries.
        Province = "PROVINCE",
        /// Cities and counties in the United States and in partner countries.
        City = "CITY",
        /// Partnerships.
        Partnership = "PARTNERSHIP",
    }

    /// What the row of a change describes.
    ChangeEntity {
        /// A state: a row of `states.csv`.
        State = "STATE",
        /// A country: a row of `countries.csv`.
        Country = "COUNTRY",
        /// A province: a row of `provinces.csv`.
        Province = "PROVINCE",
        /// A city or county: a row of `cities.csv`.
        City = "CITY",
        /// Another name of a place: a row of `alternate_names.csv` or `common_names.csv`.
        AlternateName = "ALTERNATE_NAME",
        /// A partnership: a row of `partnerships.csv`.
        Partnership = "PARTNERSHIP",
        /// A note about a partnership: a row of `partnership_notes.csv` or `year_conflicts.csv`.
        PartnershipNote = "PARTNERSHIP_NOTE",
        /// A source: a row of `sources.csv` or `figure_sources.csv`.
        Source = "SOURCE",
        /// What a source says about a partnership: a row of `claims.csv`.
        Claim = "CLAIM",
        /// A survey: a row of `surveys.csv`.
        Survey = "SURVEY",
        /// A question of a survey: a row of `questions.csv`.
        Question = "QUESTION",
        /// An item that a survey discloses about its method: a row of `survey_disclosure.csv`.
        Disclosure = "DISCLOSURE",
        /// A published figure: a row of `respondent_aggregates.csv` or `published_statistics.csv`.
        Figure = "FIGURE",
        /// The model behind `matches`: a coefficient, a row of `match_model.csv`, or a measure of its accuracy, a row of `match_metrics.csv`.
        MatchModel = "MATCH_MODEL",
        /// A law that limits new partnerships: a row of `restrictions.csv`.
        Restriction = "RESTRICTION",
    }

    /// What happened to a row of the data.
    ChangeKind {
        /// The row is new.
        Added = "ADDED",
        /// The row has the same key and other values.
        Changed = "CHANGED",
        /// The row is gone.
        Removed = "REMOVED",
    }

    /// How well a partnership is attested, by the sides of all its claims except `DOUBTED` ones.
    Corroboration {
        /// Sources from both sides record it.
        BothSides = "BOTH_SIDES",
        /// Of the two sides, only the US side records it.
        UsSide = "US_SIDE",
        /// Of the two sides, only the partner side records it.
        PartnerSide = "PARTNER_SIDE",
        /// Independent sources record it, but neither side does.
        ThirdParty = "THIRD_PARTY",
        /// Only derived lists record it.
        DerivedOnly = "DERIVED_ONLY",
    }
}

impl Corroboration {
    /// Whose sources record the partnership, after "sources from".
    pub const fn label(self) -> &'static str {
        match self {
            Self::BothSides => "Both sides",
            Self::UsSide => "The US side but not the partner",
            Self::PartnerSide => "The partner but not the US side",
            Self::ThirdParty => "Third parties but neither side",
            Self::DerivedOnly => "Only lists derived from Wikipedia",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_parses_to_its_value() {
        for (value, spelling, description) in FigureFlag::VALUES {
            assert_eq!(FigureFlag::parse(spelling), Some(*value));
            assert_eq!(value.as_str(), *spelling);
            assert!(!description.is_empty());
        }
        assert_eq!(FigureFlag::parse("disputed"), None, "case matters");
    }
}
