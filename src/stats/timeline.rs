//! How many partnerships there were over time.

/// The end of a partnership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnershipEnd {
    /// It is not known to have ended.
    None,
    /// It ended in a year.
    In(i32),
    /// It ended in an unknown year.
    UnknownYear,
}

/// The number of partnerships with the same years.
#[derive(Clone, Copy, Debug)]
pub struct PartnershipYears {
    /// The year of the agreement; `None` if unknown.
    pub established: Option<i32>,
    /// The end.
    pub end: PartnershipEnd,
    /// The number of partnerships.
    pub count: i64,
}

/// The partnerships of a period of years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimelineRow {
    /// The first year of the period.
    pub year: i32,
    /// How many were established in the period.
    pub established: i64,
    /// How many ended in the period.
    pub ended: i64,
    /// How many were established by the end of the period and had not ended by then. Those that
    /// ended in an unknown year are in no row.
    pub existing: i64,
    /// How many have no known year of the agreement. It is the same in each row, and they are counted
    /// nowhere else.
    pub unknown: i64,
}

/// Returns a row for each period of `period_years` years, from the one with the first agreement to the
/// one with `latest`, or with a later year of the partnerships themselves. Periods start at multiples
/// of their length. Empty if no year of an agreement is known.
pub fn timeline(
    partnerships: &[PartnershipYears],
    latest: i32,
    period_years: i32,
) -> Vec<TimelineRow> {
    let dated = || {
        let with_year = partnerships
            .iter()
            .filter_map(|years| Some((years.established?, years)));
        with_year.map(|(established, years)| (established, years.end, years.count))
    };
    let Some(first) = dated().map(|(established, ..)| established).min() else {
        return Vec::new();
    };
    let last = dated().fold(latest, |last, (established, end, _)| match end {
        PartnershipEnd::In(ended) => last.max(established).max(ended),
        _ => last.max(established),
    });
    let period = |year: i32| year.div_euclid(period_years);
    let index = |year: i32| usize::try_from(period(year) - period(first)).unwrap_or(0);
    let undated = partnerships
        .iter()
        .filter(|years| years.established.is_none());
    let unknown = undated.map(|years| years.count).sum();
    let mut rows: Vec<TimelineRow> = (period(first)..=period(last))
        .map(|period| TimelineRow {
            year: period * period_years,
            unknown,
            ..TimelineRow::default()
        })
        .collect();
    // First `existing` has the change of each period, then the sum of all changes until its end.
    for (established, end, count) in dated() {
        let row = &mut rows[index(established)];
        row.established += count;
        if end != PartnershipEnd::UnknownYear {
            row.existing += count;
        }
        if let PartnershipEnd::In(ended) = end {
            let row = &mut rows[index(ended)];
            row.ended += count;
            row.existing -= count;
        }
    }
    let mut existing = 0;
    for row in &mut rows {
        existing += row.existing;
        row.existing = existing;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::{PartnershipEnd::*, *};

    fn years(established: Option<i32>, end: PartnershipEnd, count: i64) -> PartnershipYears {
        PartnershipYears {
            established,
            end,
            count,
        }
    }

    /// The rows without their year, and the year of the first one.
    fn rows(
        partnerships: &[PartnershipYears],
        latest: i32,
        period_years: i32,
    ) -> (i32, Vec<[i64; 4]>) {
        let rows = timeline(partnerships, latest, period_years);
        for pair in rows.windows(2) {
            assert_eq!(pair[1].year - pair[0].year, period_years, "no gaps");
        }
        let year = rows.first().map_or(0, |row| row.year);
        let counts = rows
            .iter()
            .map(|row| [row.established, row.ended, row.existing, row.unknown]);
        (year, counts.collect())
    }

    #[test]
    fn years_are_counted_with_their_gaps() {
        let partnerships = [
            years(Some(1960), None, 2),
            years(Some(1960), In(1962), 1),
            years(Some(1961), UnknownYear, 4),
            years(Some(1963), In(1963), 8),
            years(Option::None, None, 3),
            years(Option::None, In(1961), 5),
        ];
        let expected = vec![
            [3, 0, 3, 8],
            [4, 0, 3, 8],
            [0, 1, 2, 8],
            [8, 8, 2, 8],
            [0, 0, 2, 8],
        ];
        assert_eq!(rows(&partnerships, 1964, 1), (1960, expected));
        assert_eq!(
            rows(&partnerships, 1970, 10),
            (1960, vec![[15, 9, 2, 8], [0, 0, 2, 8]])
        );
    }

    #[test]
    fn years_of_the_partnerships_may_be_later_than_the_latest_claim() {
        let partnerships = [years(Some(1999), In(2001), 1)];
        assert_eq!(rows(&partnerships, 0, 1).1.len(), 3);
        assert_eq!(
            rows(&partnerships, 0, 10),
            (1990, vec![[1, 0, 1, 0], [0, 1, 0, 0]])
        );
        assert_eq!(
            rows(&[years(Some(1999), None, 1)], 0, 1),
            (1999, vec![[1, 0, 1, 0]])
        );
    }

    #[test]
    fn without_a_known_year_there_are_no_rows() {
        assert_eq!(timeline(&[], 2026, 1), []);
        assert_eq!(timeline(&[years(Option::None, In(2000), 1)], 2026, 1), []);
    }
}
