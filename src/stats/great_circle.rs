//! Distances on the surface of the earth.

/// The mean radius of the earth in kilometers: IUGG, (2a + b) / 3 of GRS 80.
const MEAN_RADIUS_KM: f64 = 6371.0088;

/// Converts a point in degrees north and east to a unit vector from the center of the earth. Its axes
/// go through 0° N 0° E, 0° N 90° E, and the North Pole.
pub fn unit_vector((latitude, longitude): (f64, f64)) -> [f64; 3] {
    let (latitude, longitude) = (latitude.to_radians(), longitude.to_radians());
    [
        latitude.cos() * longitude.cos(),
        latitude.cos() * longitude.sin(),
        latitude.sin(),
    ]
}

/// Returns the squared chord between the unit vectors of two points that are `km` apart along a great
/// circle: `4 sin²(d / 2R)`, at most 4, that of antipodes. Two points are within `km` of each other if
/// their squared chord is at most this. Unlike the dot product, it distinguishes points that are only
/// meters apart.
pub fn squared_chord(km: f64) -> f64 {
    let half_angle = (km / MEAN_RADIUS_KM / 2.0).min(std::f64::consts::FRAC_PI_2);
    4.0 * half_angle.sin().powi(2)
}

/// Returns the angle in degrees of a great-circle arc of `km` kilometers.
pub fn km_to_degrees(km: f64) -> f64 {
    (km / MEAN_RADIUS_KM).to_degrees()
}

/// Returns the great-circle distance in kilometers between two points in degrees north and east.
///
/// The haversine formula on a sphere with the mean radius differs by at most 0.6% from the ellipsoid,
/// and is accurate for both close points and antipodes.
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

    use super::{MEAN_RADIUS_KM, distance_km, km_to_degrees, squared_chord, unit_vector};

    fn close(actual: f64, expected: f64) {
        // Near antipodes, where the haversine hardly changes with the arc, the error is up to a meter.
        assert!((actual - expected).abs() < 1e-3, "{actual} != {expected}");
    }

    #[test]
    fn distances_match_known_arcs() {
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
    fn a_quarter_of_a_great_circle_has_ninety_degrees() {
        close(km_to_degrees(MEAN_RADIUS_KM * PI / 2.0), 90.0);
    }

    #[test]
    fn distances_cross_the_antimeridian() {
        close(
            distance_km((0.0, 179.0), (0.0, -179.0)),
            MEAN_RADIUS_KM * PI / 90.0,
        );
    }

    #[test]
    fn distance_is_symmetric() {
        let (los_angeles, nagoya) = ((34.05223, -118.24368), (35.18147, 136.90641));
        let distance = distance_km(los_angeles, nagoya);
        assert_eq!(distance, distance_km(nagoya, los_angeles));
        assert!((9000.0..9200.0).contains(&distance), "{distance}");
    }

    #[test]
    fn chords_agree_with_distances() {
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
