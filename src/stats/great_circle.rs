//! Distance over the surface of the Earth.

/// Mean radius of the Earth, in kilometres: IUGG, (2a + b) / 3 of GRS 80.
const MEAN_RADIUS_KM: f64 = 6371.0088;

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

    use super::{MEAN_RADIUS_KM, distance_km};

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
}
