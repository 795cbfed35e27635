//! Great circles as lines on a map of longitudes and latitudes.

use super::great_circle::unit_vector;

/// The maximum distance of the middle of a segment, straight on the map, from the great circle, as a
/// fraction of the radius of the earth: 1 km.
const MAX_DEVIATION: f64 = 1.0 / 6371.0;
/// The maximum length of a segment in degrees of arc. On longer segments, the great circle could
/// deviate on both sides of the middle without deviating there.
const MAX_SEGMENT_DEGREES: f64 = 4.0;
/// The maximum number of halvings; after that, the segments of a line of 180 degrees are 5 m long.
const MAX_HALVINGS: u32 = 22;
/// Degrees are rounded to six decimals, a tenth of a meter.
const SCALE: f64 = 1e6;

/// A position in the order of `GeoJSON`: degrees east, degrees north.
pub type Position = (f64, f64);

/// Returns the shorter great circle between two points in degrees north and east, as positions to
/// connect by straight lines on a map. The line is cut where it crosses the antimeridian, see
/// [RFC 7946, section 3.1.9](https://www.rfc-editor.org/rfc/rfc7946#section-3.1.9). Each part has at
/// least two positions, within ±180 degrees of longitude and ±90 degrees of latitude, with at most six
/// decimals.
///
/// Between antipodes, the line goes over the North Pole; between the poles, along the meridian of 0
/// degrees.
pub fn great_circle_line(from: (f64, f64), to: (f64, f64)) -> Vec<Vec<Position>> {
    let ends = [Vertex::from_degrees(from), Vertex::from_degrees(to)];
    let mut vertices = vec![ends[0]];
    subdivide(ends[0], ends[1], 0, &mut vertices);
    vertices.push(ends[1]);
    split_at_antimeridian(&vertices)
}

/// A point of the line, as a unit vector and in degrees.
#[derive(Clone, Copy)]
struct Vertex {
    vector: [f64; 3],
    position: Position,
}

impl Vertex {
    fn from_degrees((latitude, longitude): (f64, f64)) -> Self {
        Self {
            vector: unit_vector((latitude, longitude)),
            position: (round_degrees(longitude), round_degrees(latitude)),
        }
    }

    fn from_vector([x, y, z]: [f64; 3]) -> Self {
        let level = x.hypot(y);
        let length = level.hypot(z);
        let vector = [x / length, y / length, z / length];
        let (longitude, latitude) = (y.atan2(x), z.atan2(level));
        Self {
            vector,
            position: (
                round_degrees(longitude.to_degrees()),
                round_degrees(latitude.to_degrees()),
            ),
        }
    }

    /// Whether the point is on the antimeridian, whose longitude can be written as 180 or -180.
    fn is_on_antimeridian(&self) -> bool {
        self.position.0.abs() >= 180.0
    }

    /// Returns the position with 180 or -180 as its longitude, whichever has the sign of `longitude`.
    fn with_antimeridian_side(&self, longitude: f64) -> Position {
        (180.0_f64.copysign(longitude), self.position.1)
    }
}

fn round_degrees(degrees: f64) -> f64 {
    // Adding zero turns negative zero into zero.
    (degrees * SCALE).round() / SCALE + 0.0
}

/// Adds the vertices between two vertices, without these two.
fn subdivide(from: Vertex, to: Vertex, halvings: u32, vertices: &mut Vec<Vertex>) {
    if halvings == MAX_HALVINGS {
        return;
    }
    let chord: f64 = std::iter::zip(from.vector, to.vector)
        .map(|(a, b)| (a - b) * (a - b))
        .sum();
    let degrees = 2.0 * (chord.sqrt() / 2.0).min(1.0).asin().to_degrees();
    if degrees <= MAX_SEGMENT_DEGREES && deviation(&from, &to) <= MAX_DEVIATION {
        return;
    }
    let middle = midpoint(from.vector, to.vector);
    subdivide(from, middle, halvings + 1, vertices);
    vertices.push(middle);
    subdivide(middle, to, halvings + 1, vertices);
}

/// Returns the distance of the middle of a segment on the map from the plane of the great circle.
fn deviation(from: &Vertex, to: &Vertex) -> f64 {
    let (a, b) = (from.vector, to.vector);
    let normal = [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ];
    let length = normal.iter().map(|part| part * part).sum::<f64>().sqrt();
    let mut longitude = (from.position.0 + to.position.0) / 2.0;
    if (from.position.0 - to.position.0).abs() > 180.0 {
        // The middle is on the other side, near the antimeridian.
        longitude += 180.0;
    }
    let middle = unit_vector(((from.position.1 + to.position.1) / 2.0, longitude));
    let distance: f64 = std::iter::zip(middle, normal).map(|(a, b)| a * b).sum();
    // Equal points have no plane, and the segment between them does not deviate.
    if length > 0.0 {
        distance.abs() / length
    } else {
        0.0
    }
}

/// Returns the middle of the great circle between two points.
fn midpoint(from: [f64; 3], to: [f64; 3]) -> Vertex {
    let sum = [from[0] + to[0], from[1] + to[1], from[2] + to[2]];
    let length = sum.iter().map(|part| part * part).sum::<f64>().sqrt();
    if length > 1e-9 {
        return Vertex::from_vector(sum);
    }
    // Every point at right angles to antipodes is halfway between them. This one is the component of
    // the North Pole at right angles; the poles have none, so 0° N 0° E is used for them.
    let component = [
        -from[2] * from[0],
        -from[2] * from[1],
        1.0 - from[2] * from[2],
    ];
    if component[2] > 1e-12 {
        Vertex::from_vector(component)
    } else {
        Vertex::from_vector([1.0, 0.0, 0.0])
    }
}

/// Splits the line wherever it crosses the antimeridian.
fn split_at_antimeridian(vertices: &[Vertex]) -> Vec<Vec<Position>> {
    let mut parts = Vec::new();
    let mut part: Vec<Position> = Vec::new();
    for pair in vertices.windows(2) {
        let (from, to) = (&pair[0], &pair[1]);
        // From the second pair on, the part already ends with `from`, on the side it came from.
        let before = part.last().copied();
        let (start, end) = match (from.is_on_antimeridian(), to.is_on_antimeridian()) {
            (true, true) => {
                let side = before.unwrap_or(from.position).0;
                (
                    from.with_antimeridian_side(side),
                    to.with_antimeridian_side(side),
                )
            }
            (true, false) => (from.with_antimeridian_side(to.position.0), to.position),
            (false, true) => (from.position, to.with_antimeridian_side(from.position.0)),
            (false, false) => (from.position, to.position),
        };
        match before {
            None => part.push(start),
            // The line reached the antimeridian from the other side.
            Some(before) if before != start => {
                // If the line starts on the antimeridian, there is no part on the other side.
                if part.len() > 1 {
                    parts.push(std::mem::take(&mut part));
                }
                part = vec![start];
            }
            Some(_) => {}
        }
        if (start.0 - end.0).abs() > 180.0 {
            let latitude = antimeridian_crossing(from, to);
            part.push((180.0_f64.copysign(start.0), latitude));
            parts.push(std::mem::take(&mut part));
            part.push((180.0_f64.copysign(end.0), latitude));
        }
        part.push(end);
    }
    parts.push(part);
    parts
}

/// Returns the latitude at which the great circle between two vertices crosses the antimeridian.
fn antimeridian_crossing(from: &Vertex, to: &Vertex) -> f64 {
    let (a, b) = (from.vector, to.vector);
    // The chord crosses the plane of the meridians 0 and 180, where y is zero, directly below the
    // arc.
    let share = a[1] / (a[1] - b[1]);
    let x = a[0] + share * (b[0] - a[0]);
    let z = a[2] + share * (b[2] - a[2]);
    // Within meters of a pole, rounding may put x on the side of the meridian 0.
    round_degrees(z.atan2((-x).max(0.0)).to_degrees())
}

#[cfg(test)]
#[path = "great_circle_line_tests.rs"]
mod tests;
