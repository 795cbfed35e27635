//! Distance over the surface of the Earth.

/// Mean radius of the Earth, in kilometres: IUGG, (2a + b) / 3 of GRS 80.
const MEAN_RADIUS_KM: f64 = 6371.0088;

/// The point, in degrees north and east, as a unit vector from the centre of the Earth: through
/// 0° N 0° E, through 0° N 90° E, and through the north pole.
pub fn unit_vector((latitude, longitude): (f64, f64)) -> [f64; 3] {
    let (latitude, longitude) = (latitude.to_radians(), longitude.to_radians());
    [
        latitude.cos() * longitude.cos(),
        latitude.cos() * longitude.sin(),
        latitude.sin(),
    ]
}

/// The square of the chord between two unit vectors whose points lie `km` apart along a great
/// circle: `4 sin²(d / 2R)`, and 4, that of antipodes, for anything farther. Two points lie within
/// `km` of each other where the square of their chord is at most this; unlike their dot product it
/// tells points apart that lie metres from each other.
pub fn squared_chord(km: f64) -> f64 {
    let half_angle = (km / MEAN_RADIUS_KM / 2.0).min(std::f64::consts::FRAC_PI_2);
    4.0 * half_angle.sin().powi(2)
}

/// The angle in degrees that `km` along a great circle span at the centre of the Earth.
pub fn km_to_degrees(km: f64) -> f64 {
    (km / MEAN_RADIUS_KM).to_degrees()
}

/// Great-circle distance in kilometres between two points, each in degrees north and east.
///
/// The haversine form on a sphere of the mean radius: off by at most 0.6 % from the ellipsoid, and
/// exact enough for near points and for antipodes alike.
pub fn distance_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (from_latitude, to_latitude) = (from.0.to_radians(), to.0.to_radians());
    let half_north = (to_latitude - from_latitude) / 2.0;
    let half_east = (to.1 - from.1).to_radians() / 2.0;
    let haversine = half_north.sin().powi(2)
        + from_latitude.cos() * to_latitude.cos() * half_east.sin().powi(2);
    2.0 * MEAN_RADIUS_KM * haversine.min(1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::{MEAN_RADIUS_KM, distance_km, squared_chord, unit_vector};

    fn close(actual: f64, expected: f64) {
        // Near antipodes, where the arc hardly changes the haversine, a metre is what is left.
        assert!((actual - expected).abs() < 1e-3, "{actual} != {expected}");
    }

    #[test]
    fn arcs_of_great_circles() {
        close(distance_km((10.0, 20.0), (10.0, 20.0)), 0.0);
        close(
            distance_km((0.0, 0.0), (0.0, 90.0)),
            MEAN_RADIUS_KM * PI / 2.0,
        );
        close(distance_km((90.0, 0.0), (-90.0, 77.0)), MEAN_RADIUS_KM * PI);
        close(
            distance_km((35.0, 140.0), (-35.0, -40.0)),
            MEAN_RADIUS_KM * PI,
        );
    }

    #[test]
    fn the_date_line_is_no_border() {
        close(
            distance_km((0.0, 179.0), (0.0, -179.0)),
            MEAN_RADIUS_KM * PI / 90.0,
        );
    }

    #[test]
    fn both_ways_are_equally_long() {
        let (los_angeles, nagoya) = ((34.05223, -118.24368), (35.18147, 136.90641));
        let there = distance_km(los_angeles, nagoya);
        assert_eq!(there, distance_km(nagoya, los_angeles));
        assert!((9000.0..9200.0).contains(&there), "{there}");
    }

    #[test]
    fn chords_tell_the_same_distances_as_arcs() {
        let points = [
            (0.0, 0.0),
            (89.9, 20.0),
            (-35.7, 179.99),
            (21.3, -157.8),
            (21.3001, -157.8),
        ];
        for from in points {
            for to in points {
                let km = distance_km(from, to);
                let chord: f64 = std::iter::zip(unit_vector(from), unit_vector(to))
                    .map(|(a, b)| (a - b) * (a - b))
                    .sum();
                assert!(chord <= squared_chord(km + 1e-6), "{from:?} to {to:?}");
                assert!(
                    km < 1e-5 || chord > squared_chord(km - 1e-6),
                    "{from:?} to {to:?}"
                );
            }
        }
    }
}
