//! Awareness gaps: the share of a group of respondents who are unaware of an existing partnership.
//!
//! Which share that is depends on what counts as being unaware, so there is a gap for each reading of the
//! question. Every formula relates percentages with the same base. So it also holds for weighted
//! percentages, and the number of respondents is not needed.

use super::quantity::{BoundedQuantity, Quantity, remaining_percentage};
use crate::vocabulary::{AwarenessReading, MissingGapReason, Vocabulary};

/// The published answers of a group, in percent.
#[derive(Clone, Copy, Debug)]
pub struct Answers<'a> {
    /// Those who know of a partnership.
    pub yes: &'a Quantity,
    /// Those who say that there is none; `None` if not published.
    pub no: Option<&'a Quantity>,
    /// Those who are not sure; `None` if not published.
    pub not_sure: Option<&'a Quantity>,
}

/// One of the [`Answers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// [`Answers::yes`].
    Yes,
    /// [`Answers::no`].
    No,
    /// [`Answers::not_sure`].
    NotSure,
}

/// Whether every state that respondents of a group may be in has a partnership.
#[derive(Clone, Copy, Debug)]
pub struct PairedStates {
    /// According to the dataset.
    pub recorded: bool,
    /// According to the published counts.
    pub published: bool,
}

/// The gap under one reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The reading.
    pub reading: AwarenessReading,
    /// The percentage, or why it is unknown.
    pub gap: Result<BoundedQuantity, MissingGapReason>,
    /// The answers that it follows from.
    pub answers: Vec<Answer>,
    /// The largest percentage that the answers allow if the gap is unknown; the smallest is then 0.
    largest: f64,
}

impl Gap {
    /// Returns the smallest percentage that the published figures allow.
    pub fn low(&self) -> f64 {
        self.gap
            .as_ref()
            .ok()
            .and_then(|gap| gap.low)
            .unwrap_or(0.0)
    }

    /// Returns the largest percentage that the published figures allow.
    pub fn high(&self) -> f64 {
        let high = self.gap.as_ref().ok().and_then(|gap| gap.high);
        high.unwrap_or(self.largest)
    }
}

/// Returns what a reading assumes; `None` if nothing.
pub fn assumption(reading: AwarenessReading) -> Option<&'static str> {
    match reading {
        AwarenessReading::AnyRecordedInState | AwarenessReading::AnyPublishedInState => Some(
            "Respondents have any partnership in their state in mind, and nobody answers yes by mistake.",
        ),
        AwarenessReading::SaysNone | AwarenessReading::NotSure => {
            Some("Every respondent's state has a recorded partnership.")
        }
        AwarenessReading::OwnGovernment => None,
    }
}

/// Returns the gap of a group under each reading, in the order of the enum.
pub fn gaps(answers: Answers<'_>, states: PairedStates) -> Vec<Gap> {
    let readings = AwarenessReading::VALUES.iter();
    readings
        .map(|(reading, ..)| gap(*reading, answers, states))
        .collect()
}

fn gap(reading: AwarenessReading, answers: Answers<'_>, states: PairedStates) -> Gap {
    let Answers { yes, not_sure, .. } = answers;
    let unaware = |every_state_is_paired| match every_state_is_paired {
        true => Ok((remaining_percentage(&[yes]), vec![Answer::Yes])),
        false => Err(MissingGapReason::RespondentsInUnpairedStatesNotPublished),
    };
    let not_published = MissingGapReason::AnswersNotPublished;
    let result = match reading {
        AwarenessReading::AnyRecordedInState => unaware(states.recorded),
        AwarenessReading::AnyPublishedInState => unaware(states.published),
        AwarenessReading::SaysNone => says_none(answers).ok_or(not_published),
        AwarenessReading::NotSure => not_sure
            .map(|not_sure| (not_sure.into(), vec![Answer::NotSure]))
            .ok_or(not_published),
        AwarenessReading::OwnGovernment => Err(MissingGapReason::RespondentPlacesNotPublished),
    };
    let (gap, answers) = match result {
        Ok((gap, answers)) => (Ok(gap), answers),
        Err(reason) => (Err(reason), vec![Answer::Yes]),
    };
    Gap {
        reading,
        gap,
        answers,
        largest: remaining_percentage(&[yes]).high.unwrap_or(100.0),
    }
}

/// Returns the percentage who say that there is none: as published, within what the other answers leave,
/// or else what they leave.
fn says_none(answers: Answers<'_>) -> Option<(BoundedQuantity, Vec<Answer>)> {
    let Answers { yes, no, not_sure } = answers;
    let rest = not_sure.map(|not_sure| remaining_percentage(&[yes, not_sure]));
    let Some(no) = no else {
        return Some((rest?, vec![Answer::Yes, Answer::NotSure]));
    };
    let published = BoundedQuantity::from(no);
    let Some(rest) = rest else {
        return Some((published, vec![Answer::No]));
    };
    let inner = |a: Option<f64>, b: Option<f64>, inner: fn(f64, f64) -> f64| {
        a.zip(b).map(|(a, b)| inner(a, b))
    };
    let low = inner(published.low, rest.low, f64::max);
    let high = inner(published.high, rest.high, f64::min);
    let narrowed = match low <= high {
        true => BoundedQuantity {
            low,
            high,
            ..published
        },
        // The answers contradict each other.
        false => published,
    };
    Some((narrowed, vec![Answer::No, Answer::Yes, Answer::NotSure]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{stats::quantity::PERCENT, vocabulary::Qualifier};

    const PAIRED: PairedStates = PairedStates {
        recorded: true,
        published: true,
    };

    fn percent(value: u32, qualifier: Qualifier) -> Quantity {
        Quantity {
            value: Some(f64::from(value)),
            unit: PERCENT.to_owned(),
            qualifier,
            digits: 0,
        }
    }

    fn range_of(gaps: &[Gap], reading: AwarenessReading) -> (f64, f64) {
        let gap = gaps.iter().find(|gap| gap.reading == reading);
        let gap = gap.expect("every reading has a gap");
        (gap.low(), gap.high())
    }

    #[test]
    fn a_published_answer_is_narrowed_by_the_others() {
        let (yes, not_sure) = (
            percent(31, Qualifier::Rounded),
            percent(50, Qualifier::Approximate),
        );
        for (no, expected) in [(20, (18.0, 22.0)), (25, (22.5, 24.5)), (80, (72.0, 88.0))] {
            let no = percent(no, Qualifier::Approximate);
            let answers = Answers {
                yes: &yes,
                no: Some(&no),
                not_sure: Some(&not_sure),
            };
            let gaps = gaps(answers, PAIRED);
            assert_eq!(range_of(&gaps, AwarenessReading::SaysNone), expected);
        }
    }

    proptest! {
        /// Whatever the true shares are, each gap that they determine is within its range.
        #[test]
        fn true_gaps_are_within_their_ranges((yes, no) in (0_u32..=10_000).prop_flat_map(|yes| (Just(yes), 0..=10_000 - yes))) {
            let share = |part: u32| f64::from(part) / 100.0;
            let printed = |part: u32| percent((part + 50) / 100, Qualifier::Rounded);
            let not_sure = 10_000 - yes - no;
            let (yes_printed, not_sure_printed) = (printed(yes), printed(not_sure));
            for no_printed in [Some(printed(no)), None] {
                let answers = Answers {
                    yes: &yes_printed,
                    no: no_printed.as_ref(),
                    not_sure: Some(&not_sure_printed),
                };
                let gaps = gaps(answers, PAIRED);
                for (reading, truth) in [
                    (AwarenessReading::AnyRecordedInState, share(no + not_sure)),
                    (AwarenessReading::SaysNone, share(no)),
                    (AwarenessReading::NotSure, share(not_sure)),
                    (AwarenessReading::OwnGovernment, share(no + not_sure)),
                ] {
                    let (low, high) = range_of(&gaps, reading);
                    prop_assert!((low..=high).contains(&truth), "{reading:?}: {truth} in {low} to {high}");
                }
            }
        }
    }
}
