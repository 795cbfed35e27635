//! The shorter great circle between two points as a line on a map of longitudes and latitudes.

use super::great_circle::unit_vector;

/// How far a piece, straight on the map, may lie from the great circle halfway between its ends, in
/// parts of the radius of the earth: 1 km.
const MAX_DEVIATION: f64 = 1.0 / 6371.0;
/// No piece is longer, in degrees of arc, so that none bends to either side of its middle unseen.
const MAX_SEGMENT_DEGREES: f64 = 4.0;
/// Halvings of a line; the pieces of 180 degrees are then 5 m long.
const MAX_HALVINGS: u32 = 22;
/// Decimals of a degree that are kept: a tenth of a metre.
const SCALE: f64 = 1e6;

/// A position as `GeoJSON` writes it: degrees east, degrees north.
pub type Position = (f64, f64);

/// The shorter great circle between two points, each in degrees north and east, as positions that
/// may be joined by straight lines on a map; cut in two where it crosses the antimeridian, as RFC
/// 7946, section 3.1.9, has it. Each part has two positions at least, in -180 to 180 and -90 to 90
/// degrees with at most six decimals.
///
/// Of the many great circles between antipodes it is the one over the north pole; between the poles
/// themselves, the meridian of 0 degrees.
pub fn great_circle_line(from: (f64, f64), to: (f64, f64)) -> Vec<Vec<Position>> {
    let ends = [Vertex::from_degrees(from), Vertex::from_degrees(to)];
    let mut vertices = vec![ends[0]];
    subdivide(ends[0], ends[1], 0, &mut vertices);
    vertices.push(ends[1]);
    split_at_antimeridian(&vertices)
}

/// A point of the line: as a unit vector, and in degrees.
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

    /// On the antimeridian, which may be written as either of two longitudes.
    fn is_on_antimeridian(&self) -> bool {
        self.position.0.abs() >= 180.0
    }

    /// The same place, with the longitude of the antimeridian that lies on the side of another.
    fn with_antimeridian_side(&self, longitude: f64) -> Position {
        (180.0_f64.copysign(longitude), self.position.1)
    }
}

fn round_degrees(degrees: f64) -> f64 {
    // Adding zero makes of a negative zero a positive one.
    (degrees * SCALE).round() / SCALE + 0.0
}

/// Adds what lies between two vertices, they themselves left out.
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

/// How far the point halfway between two others on the map lies from the plane of their great circle.
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
        // Halfway over the antimeridian.
        longitude += 180.0;
    }
    let halfway = unit_vector(((from.position.1 + to.position.1) / 2.0, longitude));
    let off: f64 = std::iter::zip(halfway, normal).map(|(a, b)| a * b).sum();
    // Points that are equal have no plane, and nothing between them strays.
    if length > 0.0 {
        off.abs() / length
    } else {
        0.0
    }
}

/// Halfway between two points.
fn midpoint(from: [f64; 3], to: [f64; 3]) -> Vertex {
    let sum = [from[0] + to[0], from[1] + to[1], from[2] + to[2]];
    let length = sum.iter().map(|part| part * part).sum::<f64>().sqrt();
    if length > 1e-9 {
        return Vertex::from_vector(sum);
    }
    // Antipodes: whatever is at right angles to both lies halfway. The part of the north that is;
    // for the poles, which have none, 0° N 0° E.
    let part = [
        -from[2] * from[0],
        -from[2] * from[1],
        1.0 - from[2] * from[2],
    ];
    if part[2] > 1e-12 {
        Vertex::from_vector(part)
    } else {
        Vertex::from_vector([1.0, 0.0, 0.0])
    }
}

/// Parts the line wherever it crosses the antimeridian.
fn split_at_antimeridian(vertices: &[Vertex]) -> Vec<Vec<Position>> {
    let mut parts = Vec::new();
    let mut part: Vec<Position> = Vec::new();
    for pair in vertices.windows(2) {
        let (from, to) = (&pair[0], &pair[1]);
        // From the second pair on, the part holds `from` already, on the side that it came from.
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
            // It came to the antimeridian from the other side.
            Some(before) if before != start => {
                // A line that begins there has nothing on that other side.
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

/// The latitude at which the great circle between two vertices crosses the antimeridian.
fn antimeridian_crossing(from: &Vertex, to: &Vertex) -> f64 {
    let (a, b) = (from.vector, to.vector);
    // The chord crosses the plane of the meridians 0 and 180 where y is zero, straight below the
    // arc.
    let share = a[1] / (a[1] - b[1]);
    let x = a[0] + share * (b[0] - a[0]);
    let z = a[2] + share * (b[2] - a[2]);
    // Within metres of a pole, x may come out on the side of the meridian 0.
    round_degrees(z.atan2((-x).max(0.0)).to_degrees())
}

#[cfg(test)]
#[path = "great_circle_line_tests.rs"]
mod tests;
