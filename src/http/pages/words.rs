//! The words and number formats of the pages. `web/src/wording` has those of the pages that the browser renders.

use crate::vocabulary::{
    ClaimKind, ClaimSide, Corroboration, Direction, FigureFlag, PartnershipNoteKind,
    PartnershipStatus, Qualifier, Verdict, Vocabulary,
};

use super::answers::{FigureCategory, FigureLine, PrintedQuantity};

/// 1234567 as `1,234,567`.
pub(super) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// At most two decimals: 33.8 as `33.8`, 1049.0 as `1,049`.
pub(super) fn decimal(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), number);
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0.0 { "\u{2212}" } else { "" };
    match fraction {
        "" => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{fraction}"),
    }
}

/// `1 partnership`, `1,234 partnerships`.
pub(super) fn count(value: u64, singular: &str, plural: &str) -> String {
    let noun = if value == 1 { singular } else { plural };
    format!("{} {noun}", number(value))
}

pub(super) fn partnerships(value: u64) -> String {
    count(value, "partnership", "partnerships")
}

/// `A, B, and C`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [others @ .., last] => format!("{}, and {last}", others.join(", ")),
    }
}

/// `25 miles (40 km)`.
pub(super) fn distance(km: f64) -> String {
    let rounded = |value: f64| value.round().max(0.0) as u64;
    let miles = count(rounded(km / 1.609_344), "mile", "miles");
    format!("{miles} ({} km)", number(rounded(km)))
}

/// `EAST_ASIA` as `East Asia`.
pub(super) fn title_case(value: &str) -> String {
    let words = value
        .split('_')
        .map(|word| upper_first(&word.to_lowercase()));
    words.collect::<Vec<_>>().join(" ")
}

/// `NOT_SURE` as `Not sure`.
pub(super) fn sentence_case(value: &str) -> String {
    upper_first(&value.to_lowercase().replace('_', " "))
}

pub(super) fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A number up to nine in words.
pub(super) fn small_number(value: usize) -> String {
    const WORDS: [&str; 10] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    let word = WORDS.get(value).map(|word| (*word).to_owned());
    word.unwrap_or_else(|| number(value as u64))
}

/// At most one decimal: 3.14 as `3.1`.
pub(super) fn decimal_1(value: f64) -> String {
    decimal((value * 10.0).round() / 10.0)
}

pub(super) fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// A day of an ISO 8601 date or timestamp, a month, or a year: `November 8, 1959`.
pub(super) fn date(text: &str) -> String {
    let day = text.get(..10).unwrap_or(text);
    if let Ok(day) = chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d") {
        return day.format("%B %-d, %Y").to_string();
    }
    match chrono::NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d") {
        Ok(month) => month.format("%B %Y").to_string(),
        Err(_) => text.to_owned(),
    }
}

/// How well a partnership is attested, in a table.
pub(super) fn evidence(value: &str) -> &'static str {
    Corroboration::parse(value).map_or("Unknown", Corroboration::label)
}

/// How well a partnership is attested, as a sentence.
pub(super) fn evidence_sentence(value: &str) -> &'static str {
    match Corroboration::parse(value) {
        Some(Corroboration::BothSides) => "Sources from both sides record it.",
        Some(Corroboration::UsSide) => {
            "A source from the US side records it. We found none from its partner."
        }
        Some(Corroboration::PartnerSide) => {
            "A source from the partner records it. We found none from the US side."
        }
        Some(Corroboration::ThirdParty) => {
            "Independent sources record it. We found none from either side."
        }
        Some(Corroboration::DerivedOnly) => {
            "It is recorded only in lists derived from Wikipedia or Wikidata."
        }
        None => "",
    }
}

/// The status in a table; empty for a partnership that nothing says has ended.
pub(super) fn status(value: &str, ended_year: Option<i32>) -> String {
    match (PartnershipStatus::parse(value), ended_year) {
        (Some(PartnershipStatus::Listed) | None, _) => String::new(),
        (Some(PartnershipStatus::Dormant), _) => "Dormant".to_owned(),
        (Some(PartnershipStatus::Suspended), _) => "Suspended".to_owned(),
        (Some(PartnershipStatus::Ended), None) => "Ended".to_owned(),
        (Some(PartnershipStatus::Ended), Some(year)) => format!("Ended in {year}"),
    }
}

pub(super) fn status_sentence(value: &str) -> &'static str {
    match PartnershipStatus::parse(value) {
        Some(PartnershipStatus::Listed) => {
            "No source says it has ended, but we cannot tell whether it is active."
        }
        Some(PartnershipStatus::Dormant) => {
            "A source says that it is no longer active, but not that it has ended."
        }
        Some(PartnershipStatus::Suspended) => "A source says that it is paused.",
        Some(PartnershipStatus::Ended) => "A source says that it has ended.",
        None => "",
    }
}

/// What a source says, before its date.
pub(super) fn claim(kind: &str) -> &'static str {
    match ClaimKind::parse(kind) {
        Some(ClaimKind::Recorded) => "Lists it",
        Some(ClaimKind::Established) => "Founded",
        Some(ClaimKind::Ended) => "Ended",
        Some(ClaimKind::Dormant) => "Dormant",
        Some(ClaimKind::Renewed) => "Renewed",
        Some(ClaimKind::Friendship) => "Calls it a friendship agreement",
        Some(ClaimKind::Doubted) => "Doubts it",
        None => "",
    }
}

pub(super) fn claim_side(side: &str) -> &'static str {
    match ClaimSide::parse(side) {
        Some(ClaimSide::Us) => "The US side",
        Some(ClaimSide::Partner) => "The partner side",
        Some(ClaimSide::Third) => "A third party",
        Some(ClaimSide::Derived) => "A list derived from Wikipedia or Wikidata",
        None => "",
    }
}

pub(super) fn note_kind(kind: &str) -> &'static str {
    match PartnershipNoteKind::parse(kind) {
        Some(PartnershipNoteKind::SourceNote) => "Source note",
        Some(PartnershipNoteKind::StatusNote) => "Status",
        Some(PartnershipNoteKind::Doubt) => "Doubt",
        Some(PartnershipNoteKind::YearConflict) => "Sources disagree on the year",
        None => "",
    }
}

/// What a flag of a figure warns of.
pub(super) fn flag(flag: &str) -> &'static str {
    match FigureFlag::parse(flag) {
        Some(FigureFlag::BaseNotPublished) => "The number of respondents is not published.",
        Some(FigureFlag::BaseNotStated) => "The source does not define what is counted.",
        Some(FigureFlag::WordingNotPublished) => "The wording of the question is not published.",
        Some(FigureFlag::DirectionReversedInProse) => {
            "The text of the article that published this percentage reverses it: it describes it as a share of those who said yes."
        }
        Some(FigureFlag::ScopeDrift) => {
            "The source changes its scope between sentences, for example from Asia to the Indo-Pacific."
        }
        Some(FigureFlag::SourceImplied) => {
            "The figure is implied by the source, not printed in full."
        }
        Some(FigureFlag::Disputed) => "Another source contradicts this figure.",
        Some(FigureFlag::SecondHand) => {
            "Known from a report about the publication, not from the publication itself."
        }
        None => "",
    }
}

pub(super) fn direction(direction: &str) -> &'static str {
    match Direction::parse(direction) {
        Some(Direction::Inferred) => {
            "The base of the percentage is inferred, because no other base is consistent with the other figures."
        }
        Some(Direction::Ambiguous) => {
            "The base of the percentage is ambiguous: more than one is consistent with the other figures."
        }
        Some(Direction::Clear) | None => "",
    }
}

pub(super) fn verdict(verdict: &str) -> &'static str {
    match Verdict::parse(verdict) {
        Some(Verdict::Holds) => "✓ The figures agree",
        Some(Verdict::HoldsWithinRounding) => "≈ The figures agree within rounding",
        Some(Verdict::Contradicts) => "✕ The figures contradict this",
        Some(Verdict::Undetermined) => "? Undecidable from the source",
        None => "",
    }
}

pub(super) fn verdict_meaning(verdict: &str) -> &'static str {
    match Verdict::parse(verdict) {
        Some(Verdict::Holds) => {
            "They agree as published, or at every value that the rounding or wording allows."
        }
        Some(Verdict::HoldsWithinRounding) => {
            "It is not certain that the figures agree, but some values that the rounding or wording allows do."
        }
        Some(Verdict::Contradicts) => {
            "Under the stated assumption, the figures cannot all be right, even allowing for rounding and approximate wording."
        }
        Some(Verdict::Undetermined) => "The source leaves out something needed to decide.",
        None => "",
    }
}

/// The number as published, such as `more than 1,000` or `46%`.
pub(super) fn printed(quantity: &PrintedQuantity) -> String {
    let qualifier = match Qualifier::parse(&quantity.qualifier) {
        Some(Qualifier::Exact | Qualifier::Rounded) | None => "",
        Some(Qualifier::Approximate) => "about ",
        Some(Qualifier::AtLeast) => "at least ",
        Some(Qualifier::MoreThan) => "more than ",
        Some(Qualifier::LessThan) => "less than ",
        Some(Qualifier::Majority) => return "more than half".to_owned(),
    };
    let Some(value) = quantity.value.map(decimal) else {
        return "no number".to_owned();
    };
    match quantity.unit.as_str() {
        "percent" => format!("{qualifier}{value}%"),
        "rank" => format!("{qualifier}No. {value}"),
        "times" => format!("{qualifier}{value} times"),
        unit => match unit.strip_prefix("USD ") {
            Some(scale) => format!("{qualifier}${value} {scale}"),
            None => format!("{qualifier}{value}"),
        },
    }
}

/// The range that the rounding or the wording allows; `None` if the number is exact.
pub(super) fn range(quantity: &PrintedQuantity) -> Option<String> {
    match (quantity.low, quantity.high) {
        (Some(low), Some(high)) if low == high => None,
        (Some(low), Some(high)) => Some(format!("{} to {}", decimal(low), decimal(high))),
        (Some(low), None) if quantity.qualifier == "AT_LEAST" => {
            Some(format!("at least {}", decimal(low)))
        }
        (Some(low), None) => Some(format!("more than {}", decimal(low))),
        (None, Some(high)) => Some(format!("less than {}", decimal(high))),
        (None, None) => None,
    }
}

fn category(FigureCategory { dimension, value }: &FigureCategory) -> String {
    let dimension = match dimension.as_str() {
        "EMPLOYER" => "Sector".to_owned(),
        "AWARENESS" => "Know of a partnership".to_owned(),
        "BENEFIT" => "Rating".to_owned(),
        "ASIA_MATTERS" => "Asia matters to their state".to_owned(),
        "STUDY_ABROAD" => "Support study abroad".to_owned(),
        "CHINA_TRADE_BENEFIT" => "Trade with China".to_owned(),
        "CHINA_JOBS" => "Jobs from China".to_owned(),
        "ASIA_JOBS" => "Jobs from Asia".to_owned(),
        "CHINA_COMPETITION" => "Concern about competition from China".to_owned(),
        other => title_case(other),
    };
    let value = match value.as_str() {
        "DEMOCRAT" | "REPUBLICAN" => title_case(value),
        "EXTREMELY" => "extremely beneficial".to_owned(),
        "VERY_OR_EXTREMELY" => "very or extremely beneficial".to_owned(),
        "DONT_KNOW" => "don’t know".to_owned(),
        other => other.to_lowercase().replace('_', " "),
    };
    format!("{dimension}: {value}")
}

/// What a figure measures.
pub(super) fn figure_name(figure: &FigureLine) -> String {
    figure.subject.clone().unwrap_or_else(|| {
        let outcome: Vec<_> = figure.outcome.iter().map(category).collect();
        outcome.join(", ")
    })
}

/// Whom a percentage is about and what it says of them, such as `respondents in the West` and `know of a sister
/// partnership`; `None` for other figures.
pub(super) fn share(figure: &FigureLine) -> Option<(String, String)> {
    let base = lower_first(&figure.base.as_ref()?.description);
    let [FigureCategory { dimension, value }] = figure.outcome.as_slice() else {
        return None;
    };
    let answer = value.to_lowercase().replace('_', " ");
    let outcome = match (dimension.as_str(), value.as_str()) {
        ("AWARENESS", "YES") => "know of a sister partnership".to_owned(),
        ("AWARENESS", "NO") => "say there is no sister partnership".to_owned(),
        ("AWARENESS", "NOT_SURE") => {
            "are not sure whether there is a sister partnership".to_owned()
        }
        ("BENEFIT", "BENEFICIAL") => "find it beneficial".to_owned(),
        ("BENEFIT", _) => format!("find it {answer} beneficial"),
        ("PARTY", "DEMOCRAT" | "REPUBLICAN") => format!("are {}s", title_case(value)),
        ("PARTY", "INDEPENDENT") => "are independents".to_owned(),
        ("EMPLOYER", "PUBLIC") => "work in the public sector".to_owned(),
        ("EMPLOYER", _) => format!("work in {answer}"),
        ("ASIA_MATTERS", "YES") => "say that Asia matters to their state".to_owned(),
        ("STUDY_ABROAD", "YES") => "support study abroad".to_owned(),
        ("CHINA_TRADE_BENEFIT", _) => format!("find trade with China {answer} beneficial"),
        ("CHINA_JOBS" | "ASIA_JOBS", "DONT_KNOW") => {
            format!(
                "don’t know how many jobs come from {}",
                if dimension == "ASIA_JOBS" {
                    "Asia"
                } else {
                    "China"
                }
            )
        }
        ("CHINA_JOBS", _) => format!("say that {answer} jobs come from China"),
        ("CHINA_COMPETITION", _) => format!("are {answer} concerned about competition from China"),
        _ => return None,
    };
    Some((base, outcome))
}

/// The number of people that a percentage is based on, if it is published.
pub(super) fn base_size(figure: &FigureLine) -> Option<String> {
    let n = figure.base.as_ref()?.n?;
    Some(format!("Base: {}.", count(n, "person", "people")))
}

/// The figure as a phrase: `46% of respondents in the West know of a sister partnership`, or its subject and number.
pub(super) fn statement(figure: &FigureLine) -> String {
    let number = printed(&figure.quantity);
    match share(figure) {
        Some((base, outcome)) => format!("{number} of {base} {outcome}"),
        None => format!("{}: {number}", figure_name(figure)),
    }
}

/// Spells out the notation of the API: `P(yes | West)` becomes `the share of “yes” among “West”`.
pub(super) fn notation(text: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("P(") {
        out.push_str(before);
        match after
            .split_once(')')
            .and_then(|(inside, rest)| Some((inside.split_once(" | ")?, rest)))
        {
            Some(((outcome, given), after)) => {
                out.push_str(&format!("the share of “{outcome}” among “{given}”"));
                rest = after;
            }
            None => {
                out.push_str("P(");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The name of a state or country within a sentence: plurals have an article, such as `the Philippines`.
pub(super) fn with_article(name: &str) -> String {
    let is_plural = ["Islands", "States", "Philippines", "Maldives"]
        .iter()
        .any(|plural| name.ends_with(plural));
    if is_plural || name == "District of Columbia" {
        format!("the {name}")
    } else {
        name.to_owned()
    }
}

/// A side of a comparison: the notation spelled out, and separators in numbers. Not for texts that contain years.
pub(super) fn side(text: &str) -> String {
    let mut out = String::new();
    let mut is_fraction = false;
    for part in notation(text).split_inclusive(|letter: char| !letter.is_ascii_digit()) {
        let digits = part.trim_end_matches(|letter: char| !letter.is_ascii_digit());
        match digits.parse() {
            Ok(value) if digits.len() > 3 && !is_fraction => out.push_str(&number(value)),
            _ => out.push_str(digits),
        }
        out.push_str(&part[digits.len()..]);
        is_fraction = part.ends_with('.');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_dates_and_lists_are_written_like_on_the_other_pages() {
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(0), "0");
        assert_eq!(
            [decimal(33.8), decimal(1049.0), decimal(-0.25)],
            ["33.8", "1,049", "\u{2212}0.25"]
        );
        assert_eq!(
            [partnerships(1), partnerships(1_321)],
            ["1 partnership", "1,321 partnerships"]
        );
        let names = ["A", "B", "C"].map(str::to_owned);
        assert_eq!(
            [list(&names[..1]), list(&names[..2]), list(&names)],
            ["A", "A and B", "A, B, and C"]
        );
        assert_eq!(
            [date("1959-11-17"), date("1959-11"), date("1959")],
            ["November 17, 1959", "November 1959", "1959"]
        );
        assert_eq!(distance(40.0), "25 miles (40 km)");
        assert_eq!(title_case("EAST_ASIA"), "East Asia");
    }

    #[test]
    fn the_notation_of_the_api_is_spelled_out() {
        assert_eq!(
            notation("P(yes | West) = 0.5"),
            "the share of “yes” among “West” = 0.5"
        );
        assert_eq!(notation("no notation P(x"), "no notation P(x");
        assert_eq!(side("2833.09 to 12841.4812"), "2,833.09 to 12,841.4812");
    }
}
