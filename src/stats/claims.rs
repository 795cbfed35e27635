//! What follows from the claims that sources make about a partnership: when it was established,
//! whether it ended or is dormant, how well it is attested, and which claims contradict each other.

use std::cmp::Reverse;

use crate::vocabulary::{ClaimKind, ClaimSide, Corroboration, PartnershipStatus};

/// A statement of one source about a partnership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimStatement<'a> {
    /// What the source states.
    pub kind: ClaimKind,
    /// The year that it states.
    pub year: Option<i32>,
    /// The date that it states: `1967`, `1967-12`, or `1967-12-18`. `None` and a year alone mean the
    /// same.
    pub date: Option<&'a str>,
    /// Whether the year was calculated from an anniversary.
    pub is_reckoned: bool,
    /// Which side the source speaks for.
    pub side: ClaimSide,
}

impl ClaimStatement<'_> {
    fn is_dated_to_the_day(&self) -> bool {
        self.date
            .is_some_and(|date| date.len() == "1967-12-18".len())
    }

    fn is_of_a_side(&self) -> bool {
        matches!(self.side, ClaimSide::Us | ClaimSide::Partner)
    }
}

/// How well claims that agree with each other are attested. Greater is better.
type Attestation = (bool, bool, bool, bool, usize);

/// Rates claims that agree with each other. In this order: some are not of derived lists, some were
/// not calculated from an anniversary, some are dated to the day, some are of the US or the partner
/// side, and they are many.
fn attestation(claims: &[&ClaimStatement<'_>]) -> Attestation {
    let any = |test: fn(&ClaimStatement<'_>) -> bool| claims.iter().any(|claim| test(claim));
    (
        any(|claim| claim.side != ClaimSide::Derived),
        any(|claim| !claim.is_reckoned),
        any(|claim| claim.is_dated_to_the_day()),
        any(|claim| claim.is_of_a_side()),
        claims.len(),
    )
}

/// Returns the best attested of the keys that the claims have; the smallest one if several are equally
/// well attested.
fn best_attested<'a, K: Copy + Ord>(
    claims: &[&ClaimStatement<'a>],
    key: impl Fn(&ClaimStatement<'a>) -> Option<K>,
) -> Option<K> {
    claims
        .iter()
        .filter_map(|claim| key(claim))
        .max_by_key(|candidate| {
            let agreeing: Vec<_> = claims
                .iter()
                .copied()
                .filter(|claim| key(claim) == Some(*candidate))
                .collect();
            (attestation(&agreeing), Reverse(*candidate))
        })
}

fn of_kind<'c, 'a>(
    claims: &'c [ClaimStatement<'a>],
    kind: ClaimKind,
) -> Vec<&'c ClaimStatement<'a>> {
    claims.iter().filter(|claim| claim.kind == kind).collect()
}

/// Returns the year of the agreement: the best attested one that a source names; `None` if no source
/// names one.
pub fn established_year(claims: &[ClaimStatement<'_>]) -> Option<i32> {
    best_attested(&of_kind(claims, ClaimKind::Established), |claim| claim.year)
}

/// Returns the best attested date of the agreement, in its year, as precisely as the sources state it:
/// to the day if any does, otherwise to the month if any does, otherwise the year.
pub fn established_date(claims: &[ClaimStatement<'_>]) -> Option<String> {
    let year = established_year(claims)?;
    let mut dated = of_kind(claims, ClaimKind::Established);
    dated.retain(|claim| claim.year == Some(year));
    let precision = dated
        .iter()
        .filter_map(|claim| claim.date)
        .map(str::len)
        .max();
    let date = best_attested(&dated, |claim| {
        claim.date.filter(|date| Some(date.len()) == precision)
    });
    Some(date.map_or_else(|| year.to_string(), str::to_owned))
}

/// Whether a renewal is of a later year than an end or a pause, or of the same year if `same_year`. If
/// either year is unknown, it is not.
fn is_renewed_after(year: Option<i32>, renewed: Option<i32>, same_year: bool) -> bool {
    match (year, renewed) {
        (Some(year), Some(renewed)) => renewed > year || (same_year && renewed == year),
        _ => false,
    }
}

/// Returns the status of a partnership, and the year of its end if it has ended and the year is known.
///
/// It has ended if a source states so, unless a renewal of a later year follows. Otherwise it is
/// dormant if a source states so, unless a renewal of the same or a later year follows.
pub fn status(claims: &[ClaimStatement<'_>]) -> (PartnershipStatus, Option<i32>) {
    let renewals = of_kind(claims, ClaimKind::Renewed);
    let not_overruled = |kind, same_year| {
        let mut claims = of_kind(claims, kind);
        claims.retain(|claim| {
            !renewals
                .iter()
                .any(|renewal| is_renewed_after(claim.year, renewal.year, same_year))
        });
        claims
    };
    let ends = not_overruled(ClaimKind::Ended, false);
    if !ends.is_empty() {
        return (
            PartnershipStatus::Ended,
            best_attested(&ends, |claim| claim.year),
        );
    }
    match not_overruled(ClaimKind::Dormant, true).is_empty() {
        false => (PartnershipStatus::Dormant, None),
        true => (PartnershipStatus::Listed, None),
    }
}

/// Returns how well a partnership is attested, by the sides of its claims except DOUBTED ones.
pub fn corroboration(claims: &[ClaimStatement<'_>]) -> Corroboration {
    let has = |side| {
        claims
            .iter()
            .any(|claim| claim.kind != ClaimKind::Doubted && claim.side == side)
    };
    match (has(ClaimSide::Us), has(ClaimSide::Partner)) {
        (true, true) => Corroboration::BothSides,
        (true, false) => Corroboration::UsSide,
        (false, true) => Corroboration::PartnerSide,
        (false, false) if has(ClaimSide::Third) => Corroboration::ThirdParty,
        (false, false) => Corroboration::DerivedOnly,
    }
}

/// Returns the indexes of the claims that contradict each other, in ascending order: those that name
/// different years of the agreement, and an end or a pause together with a renewal of the same or a
/// later year. Each claim is given by its kind and year.
pub fn disagreements(claims: &[(ClaimKind, Option<i32>)]) -> Vec<usize> {
    type KindAndYear = (ClaimKind, Option<i32>);
    let contradicts = |(kind, year): KindAndYear, (other, other_year): KindAndYear| {
        let is_break = |kind| matches!(kind, ClaimKind::Ended | ClaimKind::Dormant);
        match (kind, other) {
            (ClaimKind::Established, ClaimKind::Established) => {
                year.is_some() && other_year.is_some() && year != other_year
            }
            (kind, ClaimKind::Renewed) if is_break(kind) => {
                is_renewed_after(year, other_year, true)
            }
            (ClaimKind::Renewed, kind) if is_break(kind) => {
                is_renewed_after(other_year, year, true)
            }
            _ => false,
        }
    };
    (0..claims.len())
        .filter(|&index| {
            claims
                .iter()
                .any(|other| contradicts(claims[index], *other))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ClaimKind::*, ClaimSide::*, *};
    use crate::vocabulary::Vocabulary;

    fn claim(kind: ClaimKind, side: ClaimSide, date: &'static str) -> ClaimStatement<'static> {
        ClaimStatement {
            kind,
            year: date.get(..4).and_then(|year| year.parse().ok()),
            date: (date.len() > 4).then_some(date),
            is_reckoned: false,
            side,
        }
    }

    fn reckoned(side: ClaimSide, date: &'static str) -> ClaimStatement<'static> {
        ClaimStatement {
            is_reckoned: true,
            ..claim(Established, side, date)
        }
    }

    fn established(side: ClaimSide, date: &'static str) -> ClaimStatement<'static> {
        claim(Established, side, date)
    }

    #[test]
    fn each_criterion_of_the_year_outweighs_those_after_it() {
        let cases = [
            // A source that is not derived, although the year was calculated from an anniversary.
            (
                vec![established(Derived, "1960-01-01"), reckoned(Third, "1970")],
                1970,
            ),
            // A year that was not calculated from an anniversary, although the other one has a date.
            (
                vec![reckoned(Us, "1960-01-01"), established(Third, "1970")],
                1970,
            ),
            // A date to the day, although a side names the other year; a month is no day.
            (
                vec![established(Us, "1960-01"), established(Third, "1970-01-01")],
                1970,
            ),
            // A side, although more sources name the other year.
            (
                vec![
                    established(Third, "1960"),
                    established(Third, "1960"),
                    established(Partner, "1970"),
                ],
                1970,
            ),
            // More sources, although the other year is earlier.
            (
                vec![
                    established(Us, "1960"),
                    established(Us, "1970"),
                    established(Us, "1970"),
                ],
                1970,
            ),
            // Otherwise the earlier year.
            (
                vec![established(Us, "1980"), established(Partner, "1970")],
                1970,
            ),
        ];
        for (mut claims, year) in cases {
            assert_eq!(established_year(&claims), Some(year), "{claims:?}");
            claims.reverse();
            assert_eq!(
                established_year(&claims),
                Some(year),
                "reversed: {claims:?}"
            );
        }
        let renewed = [claim(Recorded, Us, ""), claim(Renewed, Us, "1970")];
        assert_eq!(
            established_year(&renewed),
            None,
            "a renewal is no agreement"
        );
    }

    #[test]
    fn the_date_is_the_most_precise_one_of_the_year() {
        let date = |claims: &[_]| established_date(claims);
        assert_eq!(date(&[]), None);
        assert_eq!(date(&[established(Us, "1970")]), Some("1970".into()));
        let claims = [
            established(Us, "1970"),
            established(Third, "1970-05"),
            established(Us, "1960-05"),
            established(Us, "1970"),
        ];
        assert_eq!(
            date(&claims),
            Some("1970-05".into()),
            "not the date of another year"
        );
        let claims = [
            established(Third, "1970-05-02"),
            established(Us, "1970-05-03"),
            established(Us, "1970-06"),
        ];
        assert_eq!(
            date(&claims),
            Some("1970-05-03".into()),
            "a side outweighs a third party"
        );
    }

    #[test]
    fn a_later_renewal_overrules_an_end_and_a_pause() {
        use PartnershipStatus::{Dormant as IsDormant, Ended as IsEnded, Listed};
        let cases: [(&[(ClaimKind, &'static str)], _); 12] = [
            (&[], (Listed, None)),
            (&[(Renewed, "2000"), (Doubted, "1990")], (Listed, None)),
            (&[(Ended, "2000")], (IsEnded, Some(2000))),
            (&[(Ended, "")], (IsEnded, None)),
            (&[(Ended, "2000"), (Renewed, "2000")], (IsEnded, Some(2000))),
            (&[(Ended, "2000"), (Renewed, "2001")], (Listed, None)),
            (&[(Ended, "2000"), (Renewed, "")], (IsEnded, Some(2000))),
            (&[(Ended, ""), (Renewed, "2001")], (IsEnded, None)),
            (
                &[(Ended, "2000"), (Renewed, "2001"), (Ended, "2005")],
                (IsEnded, Some(2005)),
            ),
            (&[(Ended, "2000"), (Dormant, "1990")], (IsEnded, Some(2000))),
            (&[(Dormant, "2000"), (Renewed, "1999")], (IsDormant, None)),
            (&[(Dormant, "2000"), (Renewed, "2000")], (Listed, None)),
        ];
        for (claims, expected) in cases {
            let claims: Vec<_> = claims
                .iter()
                .map(|(kind, date)| claim(*kind, Us, date))
                .collect();
            assert_eq!(status(&claims), expected, "{claims:?}");
        }
    }

    #[test]
    fn corroboration_counts_the_sides_of_all_claims_but_doubts() {
        let cases = [
            (
                vec![(Recorded, Us), (Established, Partner)],
                Corroboration::BothSides,
            ),
            (
                vec![(Recorded, Us), (Doubted, Partner)],
                Corroboration::UsSide,
            ),
            (
                vec![(Ended, Partner), (Recorded, Third)],
                Corroboration::PartnerSide,
            ),
            (
                vec![(Recorded, Derived), (Friendship, Third)],
                Corroboration::ThirdParty,
            ),
            (
                vec![(Recorded, Derived), (Doubted, Third)],
                Corroboration::DerivedOnly,
            ),
        ];
        for (claims, expected) in cases {
            let claims: Vec<_> = claims
                .iter()
                .map(|(kind, side)| claim(*kind, *side, ""))
                .collect();
            assert_eq!(corroboration(&claims), expected, "{claims:?}");
        }
    }

    #[test]
    fn disagreements_are_both_sides_of_a_contradiction() {
        type Claims = &'static [(ClaimKind, &'static str)];
        let cases: [(Claims, &[usize]); 7] = [
            (
                &[(Established, "1970"), (Recorded, ""), (Established, "1971")],
                &[0, 2],
            ),
            (
                &[
                    (Established, "1970-01"),
                    (Established, "1970-02"),
                    (Doubted, "1960"),
                ],
                &[],
            ),
            (
                &[(Renewed, "2000"), (Dormant, "2000"), (Established, "1970")],
                &[0, 1],
            ),
            (&[(Ended, "2000"), (Renewed, "2001")], &[0, 1]),
            (&[(Ended, "2000"), (Renewed, "1999")], &[]),
            (&[(Ended, ""), (Renewed, "2001")], &[]),
            (&[(Ended, "2000"), (Dormant, "2001")], &[]),
        ];
        for (claims, expected) in cases {
            let claims: Vec<_> = claims
                .iter()
                .map(|(kind, date)| (*kind, claim(*kind, Us, date).year))
                .collect();
            assert_eq!(disagreements(&claims), expected, "{claims:?}");
        }
    }

    fn any_claim() -> impl Strategy<Value = ClaimStatement<'static>> {
        let kinds: Vec<_> = ClaimKind::VALUES.iter().map(|(kind, ..)| *kind).collect();
        let sides: Vec<_> = ClaimSide::VALUES.iter().map(|(side, ..)| *side).collect();
        let dates = [
            "",
            "1970",
            "1970-05",
            "1970-05-02",
            "1970-05-03",
            "1971",
            "1971-01-01",
        ];
        (
            proptest::sample::select(kinds),
            proptest::sample::select(sides),
            proptest::sample::select(dates.to_vec()),
            any::<bool>(),
        )
            .prop_map(|(kind, side, date, is_reckoned)| ClaimStatement {
                is_reckoned,
                ..claim(kind, side, date)
            })
    }

    fn kinds_and_years(claims: &[ClaimStatement<'_>]) -> Vec<(ClaimKind, Option<i32>)> {
        claims
            .iter()
            .map(|claim| (claim.kind, claim.year))
            .collect()
    }

    proptest! {
        #[test]
        fn results_do_not_depend_on_the_order_of_claims(
            (claims, shuffled) in proptest::collection::vec(any_claim(), 0..8)
                .prop_flat_map(|claims| (Just(claims.clone()), Just(claims).prop_shuffle())),
        ) {
            let derived = |claims: &[ClaimStatement<'_>]| {
                (
                    established_year(claims),
                    established_date(claims),
                    status(claims),
                    corroboration(claims),
                    disagreements(&kinds_and_years(claims)).len(),
                )
            };
            prop_assert_eq!(derived(&claims), derived(&shuffled));
            let year = established_year(&claims).map(|year| year.to_string());
            prop_assert_eq!(established_date(&claims).map(|date| date[..4].to_owned()), year);
        }
    }
}
