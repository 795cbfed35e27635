use proptest::prelude::*;

use super::{super::great_circle::distance_km, *};

const PORTLAND: (f64, f64) = (45.52345, -122.67621);
const SAPPORO: (f64, f64) = (43.06667, 141.35);

fn km((x, y): Position, (to_x, to_y): Position) -> f64 {
    distance_km((y, x), (to_y, to_x))
}

/// Asserts what is true for every line.
fn assert_valid(from: (f64, f64), to: (f64, f64)) {
    let parts = great_circle_line(from, to);
    let assert_same = |(x, y): Position, point: (f64, f64)| {
        assert!(km((x, y), (point.1, point.0)) < 2e-4, "{x} {y} {point:?}");
    };
    assert_same(parts[0][0], from);
    assert_same(*parts.last().unwrap().last().unwrap(), to);
    let mut length = 0.0;
    for part in &parts {
        assert!(part.len() >= 2, "{from:?} {to:?}: {parts:?}");
        for (x, y) in part {
            assert!((-180.0..=180.0).contains(x) && (-90.0..=90.0).contains(y));
            for degrees in [x, y] {
                assert_eq!(*degrees, format!("{degrees:.6}").parse::<f64>().unwrap());
            }
        }
        for pair in part.windows(2) {
            let width = (pair[0].0 - pair[1].0).abs();
            assert!(width <= 180.0, "{from:?} {to:?}: {pair:?}");
            length += km(pair[0], pair[1]);
        }
    }
    for pair in parts.windows(2) {
        let (end, start) = (*pair[0].last().unwrap(), pair[1][0]);
        assert_eq!((end.0.abs(), end.0), (180.0, -start.0));
        assert_eq!(end.1, start.1);
    }
    // Any other line would be longer.
    let shortest = distance_km(from, to);
    assert!(
        (length - shortest).abs() < 0.05,
        "{from:?} {to:?}: {length} instead of {shortest}"
    );
    // Every vertex lies in the plane of the great circle.
    let (a, b) = (unit_vector(from), unit_vector(to));
    let normal = [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ];
    let size = normal.iter().map(|part| part * part).sum::<f64>().sqrt();
    if size > 1e-3 {
        for (x, y) in parts.iter().flatten() {
            let off: f64 = std::iter::zip(unit_vector((*y, *x)), normal)
                .map(|(a, b)| a * b / size)
                .sum();
            // A millionth of a degree is 1.7e-8 of the radius.
            assert!(off.abs() < 3e-8, "{from:?} {to:?}: {x} {y} is {off} off");
        }
        // Between the vertices a map draws straight lines.
        for pair in parts.iter().flat_map(|part| part.windows(2)) {
            for share in [0.25, 0.5, 0.75] {
                let between = |a: f64, b: f64| a + share * (b - a);
                let point = (between(pair[0].1, pair[1].1), between(pair[0].0, pair[1].0));
                let off: f64 = std::iter::zip(unit_vector(point), normal)
                    .map(|(a, b)| a * b / size)
                    .sum();
                let off_km = off.abs() * 6371.0;
                assert!(off_km < 1.5, "{from:?} {to:?}: {pair:?} is {off_km} km off");
            }
        }
    }
}

#[test]
fn a_line_over_the_pacific_is_cut_at_the_antimeridian() {
    assert_valid(PORTLAND, SAPPORO);
    let parts = great_circle_line(PORTLAND, SAPPORO);
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0][0], (-122.67621, 45.52345));
    assert_eq!(parts[0].last().unwrap().0, -180.0);
    assert_eq!(parts[1][0].0, 180.0);
    // Great circles go farther north than both ends.
    assert!(parts[0].last().unwrap().1 > 50.0);
}

#[test]
fn a_line_that_does_not_cross_the_antimeridian_has_one_part() {
    assert_valid((40.0, -70.0), (30.0, 100.0));
    assert_eq!(great_circle_line((40.0, -70.0), (30.0, 80.0)).len(), 1);
    assert_eq!(great_circle_line((0.0, 0.0), (0.0, 10.0))[0].len(), 5);
}

#[test]
fn touching_the_antimeridian_is_not_a_crossing() {
    for (from, to, parts) in [
        // The line ends on it, starts on it, or follows it.
        ((10.0, 170.0), (12.0, 180.0), 1),
        ((10.0, 170.0), (12.0, -180.0), 1),
        ((10.0, -180.0), (12.0, 170.0), 1),
        ((10.0, 180.0), (12.0, -170.0), 1),
        ((10.0, 180.0), (30.0, -180.0), 1),
        ((10.0, -180.0), (30.0, 180.0), 1),
        // A vertex falls on it.
        ((0.0, 179.0), (0.0, -179.0), 2),
    ] {
        assert_valid(from, to);
        assert_eq!(great_circle_line(from, to).len(), parts, "{from:?} {to:?}");
    }
}

#[test]
fn poles_antipodes_and_equal_points_have_lines() {
    for (from, to) in [
        ((60.0, 10.0), (60.0, -170.0)),
        ((-60.0, 90.0), (-60.0, -90.0)),
        ((80.0, 0.0), (80.0, 180.0)),
        ((60.0, 10.0), (60.0, -169.999)),
        ((90.0, 0.0), (40.0, 120.0)),
        ((40.0, 120.0), (-90.0, 0.0)),
        ((90.0, 0.0), (-90.0, 0.0)),
        ((35.0, 140.0), (-35.0, -40.0)),
        ((0.0, 0.0), (0.0, 180.0)),
        ((12.0, 34.0), (12.0, 34.0)),
        ((12.0, 180.0), (12.0, -180.0)),
    ] {
        assert_valid(from, to);
    }
}

proptest! {
    #[test]
    fn any_line_is_the_shorter_great_circle(
        from in (-90.0..=90.0, -180.0..=180.0),
        to in (-90.0..=90.0, -180.0..=180.0),
    ) {
        assert_valid(from, to);
    }

    #[test]
    fn lines_near_the_antimeridian_are_valid(
        from in (-70.0..=70.0, 175.0..=180.0),
        to in (-70.0..=70.0, -180.0..=-175.0),
    ) {
        assert_valid(from, to);
        assert_valid(to, from);
    }
}
