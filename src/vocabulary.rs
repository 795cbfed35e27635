//! The closed sets of values of the data and of the API, each defined once.
//!
//! A value has one spelling everywhere: in the CSV files, in the database and in GraphQL. The
//! descriptions are those that API readers see.

/// A closed set of values with a spelling and a description each.
pub trait Vocabulary: Copy + Sized + 'static {
    /// The name of the GraphQL enum.
    const NAME: &'static str;
    /// What the set is of, for API readers; empty where the name says it.
    const DESCRIPTION: &'static str;
    /// Every value with its spelling and its description, in the order of the API.
    const VALUES: &'static [(Self, &'static str, &'static str)];

    /// The spelling of the value, such as `MORE_THAN`.
    fn as_str(self) -> &'static str;

    /// The value spelt `text`; `None` where there is none.
    fn parse(text: &str) -> Option<Self> {
        Self::VALUES
            .iter()
            .find(|(_, spelling, _)| *spelling == text)
            .map(|(value, _, _)| *value)
    }

    /// All spellings, for messages that say what would be right.
    fn spellings() -> Vec<&'static str> {
        Self::VALUES
            .iter()
            .map(|(_, spelling, _)| *spelling)
            .collect()
    }
}

/// Declares enums with a [`Vocabulary`] from doc comments and spellings.
macro_rules! vocabulary {
    ($(
        $(#[doc = $about:literal])*
        $name:ident { $( $(#[doc = $doc:literal])* $variant:ident = $text:literal, )+ }
    )+) => { $(
        $(#[doc = $about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $( $(#[doc = $doc])* $variant, )+ }

        impl Vocabulary for $name {
            const NAME: &'static str = stringify!($name);
            const DESCRIPTION: &'static str = concat!($($about,)*);
            const VALUES: &'static [(Self, &'static str, &'static str)] =
                &[$( (Self::$variant, $text, concat!($($doc,)*)), )+];

            fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $text, )+ }
            }
        }
    )+ };
}

mod dimensions;

pub use dimensions::{ConcentrationDimension, CoverageDimension, PartnershipDimension};

vocabulary! {
    /// The four regions of the United States by which the survey and the published totals are broken down.
    RegionName {
        /// Alaska, Arizona, California, Colorado, Hawaii, Idaho, Montana, Nevada, New Mexico, Oregon, Utah, Washington, Wyoming.
        West = "WEST",
        /// Illinois, Indiana, Iowa, Kansas, Michigan, Minnesota, Missouri, Nebraska, North Dakota, Ohio, South Dakota, Wisconsin.
        Midwest = "MIDWEST",
        /// The sixteen states of the Census Bureau's South, without the District of Columbia.
        South = "SOUTH",
        /// New England, New Jersey, New York and Pennsylvania.
        Northeast = "NORTHEAST",
    }

    /// What a row of `states` is.
    StateKind {
        /// One of the fifty states.
        State = "STATE",
        /// The District of Columbia.
        District = "DISTRICT",
        /// A territory, such as Guam.
        Territory = "TERRITORY",
    }

    /// A subregion of the world, after the regional groupings that the published report uses.
    Subregion {
        /// East Asia, such as China, Japan, Mongolia, South Korea and Taiwan.
        EastAsia = "EAST_ASIA",
        /// Southeast Asia, such as Indonesia, the Philippines and Vietnam.
        SoutheastAsia = "SOUTHEAST_ASIA",
        /// South Asia, such as India, Nepal and Pakistan.
        SouthAsia = "SOUTH_ASIA",
        /// Central Asia, such as Kazakhstan and Uzbekistan.
        CentralAsia = "CENTRAL_ASIA",
        /// Australia, New Zealand and the islands of the Pacific.
        Oceania = "OCEANIA",
        /// The United States.
        NorthAmerica = "NORTH_AMERICA",
    }

    /// What a province is called in its country.
    ProvinceKind {
        /// A province.
        Province = "PROVINCE",
        /// A prefecture of Japan.
        Prefecture = "PREFECTURE",
        /// A state, such as those of Australia, India and Malaysia.
        State = "STATE",
        /// A region.
        Region = "REGION",
        /// A municipality of the rank of a province.
        Municipality = "MUNICIPALITY",
        /// A territory.
        Territory = "TERRITORY",
    }

    /// What a city is in law or in its own name.
    CityKind {
        /// A city.
        City = "CITY",
        /// A town.
        Town = "TOWN",
        /// A township.
        Township = "TOWNSHIP",
        /// A village.
        Village = "VILLAGE",
        /// A borough.
        Borough = "BOROUGH",
        /// A municipality.
        Municipality = "MUNICIPALITY",
        /// A district.
        District = "DISTRICT",
        /// A county.
        County = "COUNTY",
    }

    /// The script that a name is written in.
    Script {
        /// Latin letters: romanisations, older and other spellings.
        Latin = "LATIN",
        /// Chinese characters.
        Han = "HAN",
        /// Japanese hiragana and katakana.
        Kana = "KANA",
        /// Korean hangul.
        Hangul = "HANGUL",
        /// Thai.
        Thai = "THAI",
        /// Devanagari.
        Devanagari = "DEVANAGARI",
        /// Bengali.
        Bengali = "BENGALI",
        /// Tamil.
        Tamil = "TAMIL",
        /// Khmer.
        Khmer = "KHMER",
        /// Lao.
        Lao = "LAO",
        /// Burmese.
        Myanmar = "MYANMAR",
    }

    /// The level of government that a partnership joins; it follows the US side.
    PartnershipLevel {
        /// A city, town or other municipality on the US side.
        City = "CITY",
        /// A county on the US side.
        County = "COUNTY",
        /// A state, the District of Columbia or a territory on the US side.
        State = "STATE",
    }

    /// `LISTED` means recorded, and no source saying otherwise; not that it is lively. Lists and counts hold every status unless filtered; `coverage` leaves out what has ended.
    PartnershipStatus {
        /// Recorded, and no source says otherwise.
        Listed = "LISTED",
        /// A source says that nothing happens any more.
        Dormant = "DORMANT",
        /// A source says that it is paused.
        Suspended = "SUSPENDED",
        /// A source says that it has ended.
        Ended = "ENDED",
    }

    /// What a note on a partnership is about.
    PartnershipNoteKind {
        /// What a source adds.
        SourceNote = "SOURCE_NOTE",
        /// What a source says of an end or a pause.
        StatusNote = "STATUS_NOTE",
        /// What the compilers of the data doubt.
        Doubt = "DOUBT",
        /// Sources name different years.
        YearConflict = "YEAR_CONFLICT",
    }

    /// How the source words the number.
    Qualifier {
        /// A count or an exact amount.
        Exact = "EXACT",
        /// Rounded to the digits printed.
        Rounded = "ROUNDED",
        /// "About", "around", "nearly", "roughly", "half".
        Approximate = "APPROXIMATE",
        /// "At least": the value itself is allowed.
        AtLeast = "AT_LEAST",
        /// "Over", "more than": the value itself is not allowed.
        MoreThan = "MORE_THAN",
        /// "Less than", "below": the value itself is not allowed.
        LessThan = "LESS_THAN",
        /// "Most", "the majority": more than half.
        Majority = "MAJORITY",
    }

    /// What the source of a figure leaves open, or says wrongly.
    FigureFlag {
        /// The number of respondents behind the percentage is not published.
        BaseNotPublished = "BASE_NOT_PUBLISHED",
        /// The source does not say what the figure is a share or a count of.
        BaseNotStated = "BASE_NOT_STATED",
        /// The wording of the question is not published.
        WordingNotPublished = "WORDING_NOT_PUBLISHED",
        /// The prose turns the percentage round: it words P(outcome | given) as P(given | outcome).
        DirectionReversedInProse = "DIRECTION_REVERSED_IN_PROSE",
        /// The source changes its scope between sentences, such as from Asia to the Indo-Pacific.
        ScopeDrift = "SCOPE_DRIFT",
        /// The figure follows from what the source says without being printed in full.
        SourceImplied = "SOURCE_IMPLIED",
        /// Another source says otherwise.
        Disputed = "DISPUTED",
    }

    /// A way in which the survey parts its respondents.
    SegmentDimension {
        /// Region of the United States.
        Region = "REGION",
        /// Sector of employment.
        Employer = "EMPLOYER",
        /// Party affiliation.
        Party = "PARTY",
        /// Knows of a sister partnership of the own state or locality.
        Awareness = "AWARENESS",
        /// How beneficial the partnership is.
        Benefit = "BENEFIT",
        /// Whether Asia matters to the own state.
        AsiaMatters = "ASIA_MATTERS",
        /// Whether study abroad programs are supported.
        StudyAbroad = "STUDY_ABROAD",
    }

    /// Whether the source makes clear which way round a percentage runs.
    Direction {
        /// The source says it plainly.
        Clear = "CLEAR",
        /// The source words it otherwise or not at all; the other figures allow one reading only.
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
    }

    /// How a margin of error was come by.
    MarginOfErrorMethod {
        /// Published with the figure.
        Published = "PUBLISHED",
        /// Computed from the published base at the 95 % level as if it were a simple random sample: 1.96 * sqrt(p * (1 - p) / n). The survey's design and weights are not disclosed, so the true margin is likely larger.
        SimpleRandomSample = "SIMPLE_RANDOM_SAMPLE",
    }

    /// Whether published figures satisfy a statement, computed from the values as printed and the intervals that their rounding and wording allow. Sampling error is not considered.
    Verdict {
        /// The values as printed satisfy it, or all values that they may stand for do.
        Holds = "HOLDS",
        /// The values as printed miss it or leave it open; some of the values that rounding or wording allow satisfy it.
        HoldsWithinRounding = "HOLDS_WITHIN_ROUNDING",
        /// No values that rounding and wording allow satisfy it, under the assumption named.
        Contradicts = "CONTRADICTS",
        /// The source leaves open what is needed to tell.
        Undetermined = "UNDETERMINED",
    }

    /// What `search` finds. Of equally good results, the types come in this order.
    SearchType {
        /// US states, the District of Columbia and the territories.
        State = "STATE",
        /// Countries, the United States among them.
        Country = "COUNTRY",
        /// Provinces of partner countries.
        Province = "PROVINCE",
        /// Cities, on both sides.
        City = "CITY",
        /// Partnerships.
        Partnership = "PARTNERSHIP",
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
