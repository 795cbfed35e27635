//! Whether two published figures may be compared, and how they relate.

use std::collections::BTreeSet;

use super::quantity::Quantity;
use crate::vocabulary::{ComparisonReason, Direction, FigureFlag, Measure, Segment};

/// A figure, as far as its comparability depends on it.
#[derive(Clone, Debug)]
pub struct ComparedFigure<'a> {
    /// The number.
    pub quantity: &'a Quantity,
    /// The caveats.
    pub flags: &'a [FigureFlag],
    /// What is measured.
    pub subject: FigureSubject<'a>,
}

/// What a figure measures.
#[derive(Clone, Debug)]
pub enum FigureSubject<'a> {
    /// A percentage of respondents: P(outcome | given).
    Percentage(ComparedPercentage<'a>),
    /// Another number.
    Statistic(Measure),
}

/// A percentage of respondents.
#[derive(Clone, Copy, Debug)]
pub struct ComparedPercentage<'a> {
    /// The slug of the survey.
    pub survey: &'a str,
    /// The slug of the question.
    pub question: &'a str,
    /// The answer.
    pub outcome: &'a BTreeSet<Segment>,
    /// The respondents.
    pub given: &'a BTreeSet<Segment>,
    /// Whether the source settles which is which.
    pub direction: Direction,
    /// The number of respondents; `None` if not published.
    pub base_n: Option<u32>,
}

/// How the respondents of two percentages relate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupRelation {
    /// They are the same.
    Same,
    /// Those of the first are part of those of the second.
    FirstIsPart,
    /// Those of the second are part of those of the first.
    SecondIsPart,
    /// They differ in one category, and nobody is in both.
    Separate(Segment, Segment),
    /// Nothing of this is known.
    Unknown,
}

/// Returns how the respondents in all categories of `a` relate to those in all categories of `b`.
pub fn group_relation(a: &BTreeSet<Segment>, b: &BTreeSet<Segment>) -> GroupRelation {
    let is_part = |part: &BTreeSet<Segment>, whole: &BTreeSet<Segment>| {
        let mut whole = whole.iter();
        whole.all(|whole| part.iter().any(|part| whole.includes(part)))
    };
    if a == b {
        return GroupRelation::Same;
    }
    if is_part(a, b) {
        return GroupRelation::FirstIsPart;
    }
    if is_part(b, a) {
        return GroupRelation::SecondIsPart;
    }
    let [only_a, only_b] = [(a, b), (b, a)].map(|(a, b)| a.difference(b).collect::<Vec<_>>());
    match (only_a.as_slice(), only_b.as_slice()) {
        ([a], [b]) if a.dimension == b.dimension && !a.overlaps(b) => {
            GroupRelation::Separate((*a).clone(), (*b).clone())
        }
        _ => GroupRelation::Unknown,
    }
}

/// Returns whether two figures with these reasons may be compared.
pub fn are_comparable(reasons: &[ComparisonReason]) -> bool {
    reasons
        .iter()
        .all(|reason| *reason > ComparisonReason::BasesOverlap)
}

/// Returns why two figures are not comparable, or what to keep in mind if they are, in the order of the enum.
pub fn comparison_reasons(a: &ComparedFigure<'_>, b: &ComparedFigure<'_>) -> Vec<ComparisonReason> {
    use ComparisonReason as Reason;
    let mut reasons = BTreeSet::new();
    let either = |holds: &dyn Fn(&ComparedFigure<'_>) -> bool| holds(a) || holds(b);
    if either(&|figure| figure.quantity.value.is_none()) {
        reasons.insert(Reason::NoNumber);
    }
    let direction = |direction| {
        either(&|figure| match figure.subject {
            FigureSubject::Percentage(percentage) => percentage.direction == direction,
            FigureSubject::Statistic(_) => false,
        })
    };
    if direction(Direction::Ambiguous) {
        reasons.insert(Reason::DirectionNotSettled);
    }
    let relation = match (&a.subject, &b.subject) {
        (FigureSubject::Percentage(a), FigureSubject::Percentage(b)) => {
            percentage_relation(a, b, &mut reasons)
        }
        (FigureSubject::Statistic(of_a), FigureSubject::Statistic(of_b))
            if of_a == of_b && a.quantity.unit == b.quantity.unit && *of_a != Measure::Rank =>
        {
            Reason::Counts
        }
        _ => Reason::DifferentMeasure,
    };
    reasons.insert(relation);
    let reasons_against = || {
        reasons
            .iter()
            .copied()
            .filter(|r| *r <= Reason::BasesOverlap)
    };
    if reasons_against().next().is_some() {
        return reasons_against().collect();
    }
    let is_statistic = matches!(a.subject, FigureSubject::Statistic(_));
    let flag = |flag| either(&|figure| figure.flags.contains(&flag));
    let base_not_published = either(&|figure| match figure.subject {
        FigureSubject::Percentage(percentage) => percentage.base_n.is_none(),
        FigureSubject::Statistic(_) => false,
    });
    let caveats = [
        (Reason::BaseNotPublished, base_not_published),
        (Reason::DirectionInferred, direction(Direction::Inferred)),
        (
            Reason::WordingNotPublished,
            flag(FigureFlag::WordingNotPublished),
        ),
        // What a percentage is a share of is `given`, even if that is inferred.
        (
            Reason::BaseNotStated,
            is_statistic && flag(FigureFlag::BaseNotStated),
        ),
    ];
    let caveats = caveats.into_iter().filter(|(_, applies)| *applies);
    reasons.extend(caveats.map(|(reason, _)| reason));
    reasons.into_iter().collect()
}

/// Adds the reasons against comparing two percentages, and returns how their respondents relate.
fn percentage_relation(
    a: &ComparedPercentage<'_>,
    b: &ComparedPercentage<'_>,
    reasons: &mut BTreeSet<ComparisonReason>,
) -> ComparisonReason {
    use ComparisonReason as Reason;
    if a.survey != b.survey {
        reasons.insert(Reason::DifferentSurvey);
    }
    let groups = group_relation(a.given, b.given);
    match group_relation(a.outcome, b.outcome) {
        _ if a.question != b.question => {
            reasons.insert(Reason::DifferentQuestion);
        }
        GroupRelation::FirstIsPart | GroupRelation::SecondIsPart => {
            reasons.insert(Reason::NestedOutcomes);
        }
        GroupRelation::Separate(..) | GroupRelation::Unknown if groups != GroupRelation::Same => {
            reasons.insert(Reason::DifferentOutcome);
        }
        _ => {}
    }
    match groups {
        GroupRelation::Same => Reason::SameRespondents,
        GroupRelation::FirstIsPart | GroupRelation::SecondIsPart => Reason::PartOfWhole,
        GroupRelation::Separate(..) => Reason::SeparateGroups,
        GroupRelation::Unknown => Reason::BasesOverlap,
    }
}
