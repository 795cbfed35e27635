//! Small maps of partnerships as SVG, made of the shapes that the atlas uses.

use std::{collections::HashMap, f64::consts::PI, fmt::Write, sync::LazyLock};

use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

use super::{
    PageAssets,
    answers::{MapPoint, Side},
};
use crate::http::encoding::decompress_brotli;

pub(super) const WIDTH: f64 = 1000.0;
pub(super) const HEIGHT: f64 = 630.0;
/// Maps with more places than this do not name them.
const MAX_NAMES: usize = 8;
/// The height of a name, which the style sheet makes this large on phones. Elsewhere it is smaller.
const NAME_HEIGHT: f64 = 34.0;
/// Points of a shape that are closer to the previous one are left out: about two pixels.
const MIN_STEP: f64 = 3.0;

/// Shapes as SVG path data.
#[derive(Default)]
struct Shapes {
    land: String,
    /// Countries and US states, by their English names.
    by_name: HashMap<String, String>,
}

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| {
    let mut shapes = Shapes::default();
    for (file, is_land) in [("assets/countries-50m", true), ("assets/states-10m", false)] {
        let Some(topology) = read(file) else { continue };
        for (name, path) in topology.paths() {
            if is_land {
                shapes.land.push_str(&path);
            }
            shapes.by_name.insert(name, path);
        }
    }
    shapes
});

/// All land as SVG path data.
pub(super) fn land() -> &'static str {
    &SHAPES.land
}

/// The outline of a country or US state with this English name, as SVG path data.
pub(super) fn shape(name: &str) -> Option<&'static str> {
    SHAPES.by_name.get(name).map(String::as_str)
}

/// The position of a point on the map.
pub(super) fn position(point: &MapPoint) -> (f64, f64) {
    project(point.longitude, point.latitude)
}

/// Adds a curve between two points to the data of a path. It bends upward, so that the curves between the same regions fan
/// out, but not beyond the edge of the map.
pub(super) fn write_curve(path: &mut String, from: &MapPoint, to: &MapPoint) {
    let ((x, y), (to_x, to_y)) = (position(from), position(to));
    let bend = (to_x - x).hypot(to_y - y) * 0.14;
    let middle_x = f64::midpoint(x, to_x);
    let middle_y = (f64::midpoint(y, to_y) - bend).max(0.0);
    // Writing to a string cannot fail.
    let _ = write!(
        path,
        "M{x:.0} {y:.0}Q{middle_x:.0} {middle_y:.0} {to_x:.0} {to_y:.0}"
    );
}

/// The widths of bundles, each with the smallest number of partnerships that has it.
pub(super) const BUNDLE_WIDTHS: [(u64, f64); 5] =
    [(1, 0.6), (3, 1.2), (6, 2.2), (12, 3.6), (24, 5.6)];

/// The index of the width of a bundle with this number of partnerships.
pub(super) fn bundle_width(count: u64) -> usize {
    let mut widths = BUNDLE_WIDTHS.iter();
    widths
        .rposition(|(least, _)| count >= *least)
        .unwrap_or_default()
}

/// A file in the format `TopoJSON`: shapes that share their borders.
#[derive(Deserialize)]
struct Topology {
    arcs: Vec<Vec<[f64; 2]>>,
    transform: Transform,
    objects: HashMap<String, GeometryCollection>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

#[derive(Deserialize)]
struct GeometryCollection {
    geometries: Vec<Geometry>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Geometry {
    Polygon {
        arcs: Vec<Vec<i64>>,
        #[serde(default)]
        properties: ShapeProperties,
    },
    MultiPolygon {
        arcs: Vec<Vec<Vec<i64>>>,
        #[serde(default)]
        properties: ShapeProperties,
    },
    #[serde(other)]
    Other,
}

#[derive(Default, Deserialize)]
struct ShapeProperties {
    #[serde(default)]
    name: String,
}

fn read(prefix: &str) -> Option<Topology> {
    let name =
        PageAssets::iter().find(|name| name.starts_with(prefix) && name.ends_with(".json.br"))?;
    serde_json::from_slice(&decompress_brotli(&PageAssets::get(&name)?.data)).ok()
}

impl Topology {
    /// The path of each named shape that is on the map.
    fn paths(&self) -> Vec<(String, String)> {
        let arcs: Vec<Vec<[f64; 2]>> = self.arcs.iter().map(|arc| self.decode(arc)).collect();
        let mut paths = Vec::new();
        for geometry in ["countries", "states"]
            .iter()
            .filter_map(|name| self.objects.get(*name))
            .flat_map(|object| &object.geometries)
        {
            let (rings, name) = match geometry {
                Geometry::Polygon { arcs, properties } => {
                    (arcs.iter().collect::<Vec<_>>(), &properties.name)
                }
                Geometry::MultiPolygon { arcs, properties } => {
                    (arcs.iter().flatten().collect(), &properties.name)
                }
                Geometry::Other => continue,
            };
            let mut path = String::new();
            for ring in rings {
                let points = ring.iter().flat_map(|index| {
                    let arc = arcs
                        .get(if *index < 0 { !index } else { *index } as usize)
                        .cloned()
                        .unwrap_or_default();
                    if *index < 0 {
                        arc.into_iter().rev().collect()
                    } else {
                        arc
                    }
                });
                write_ring(&points.collect::<Vec<_>>(), &mut path);
            }
            if !path.is_empty() {
                paths.push((name.clone(), path));
            }
        }
        paths
    }

    /// Positions are differences to the previous one, in steps of a grid.
    fn decode(&self, arc: &[[f64; 2]]) -> Vec<[f64; 2]> {
        let mut sum = [0.0, 0.0];
        let positions = arc.iter().map(|step| {
            sum = [sum[0] + step[0], sum[1] + step[1]];
            let Transform { scale, translate } = &self.transform;
            [
                sum[0] * scale[0] + translate[0],
                sum[1] * scale[1] + translate[1],
            ]
        });
        positions.collect()
    }
}

/// Writes a ring of longitudes and latitudes, unless it is off the map or cut by its edge in the Atlantic.
fn write_ring(ring: &[[f64; 2]], path: &mut String) {
    let points: Vec<(f64, f64)> = ring
        .iter()
        .map(|[longitude, latitude]| project(*longitude, *latitude))
        .collect();
    let is_visible = points
        .iter()
        .any(|(x, y)| (0.0..=WIDTH).contains(x) && (0.0..=HEIGHT).contains(y));
    let is_cut = points
        .windows(2)
        .any(|pair| (pair[0].0 - pair[1].0).abs() > WIDTH / 2.0);
    if !is_visible || is_cut {
        return;
    }
    let mut last: Option<(f64, f64)> = None;
    let mut kept = 0;
    let start = path.len();
    for (x, y) in points {
        let (x, y) = (x.round(), y.round());
        match last {
            Some((from_x, from_y)) if (x - from_x).hypot(y - from_y) < MIN_STEP => continue,
            // Writing to a string cannot fail.
            Some((from_x, from_y)) => drop(write!(path, "l{} {}", x - from_x, y - from_y)),
            None => drop(write!(path, "M{x} {y}")),
        }
        last = Some((x, y));
        kept += 1;
    }
    match kept {
        // Too small to be seen.
        ..3 => path.truncate(start),
        _ => path.push('z'),
    }
}

/// Albers' equal-area conic projection, centered on the Pacific, like that of the atlas.
fn project(longitude: f64, latitude: f64) -> (f64, f64) {
    static FIT: LazyLock<(f64, f64, f64)> = LazyLock::new(|| {
        // What has to be on the map: from Pakistan to New England, and from Alaska to New Zealand.
        let corners = [
            (64.0, 30.0),
            (-67.0, 40.0),
            (-67.0, 46.0),
            (-178.0, 74.0),
            (168.0, -47.0),
            (146.0, -43.0),
        ];
        let points = corners.map(|(longitude, latitude)| conic(longitude, latitude));
        let bounds = |values: [f64; 6]| {
            (
                values.into_iter().fold(f64::MAX, f64::min),
                values.into_iter().fold(f64::MIN, f64::max),
            )
        };
        let (left, right) = bounds(points.map(|(x, _)| x));
        let (top, bottom) = bounds(points.map(|(_, y)| y));
        let scale = ((WIDTH - 24.0) / (right - left)).min((HEIGHT - 24.0) / (bottom - top));
        (
            scale,
            WIDTH / 2.0 - scale * (left + right) / 2.0,
            HEIGHT / 2.0 - scale * (top + bottom) / 2.0,
        )
    });
    let (scale, left, top) = *FIT;
    let (x, y) = conic(longitude, latitude);
    (x * scale + left, y * scale + top)
}

fn conic(longitude: f64, latitude: f64) -> (f64, f64) {
    let (south, north) = (-22_f64.to_radians(), 48_f64.to_radians());
    let n = f64::midpoint(south.sin(), north.sin());
    let c = south.cos().powi(2) + 2.0 * n * south.sin();
    let radius = (c - 2.0 * n * latitude.to_radians().sin()).max(0.0).sqrt() / n;
    let from_center = (longitude + 178.0).to_radians();
    let angle = n * ((from_center + PI).rem_euclid(2.0 * PI) - PI);
    (radius * angle.sin(), radius * angle.cos())
}

/// What a map shows.
#[derive(Default)]
pub(super) struct PartnershipMap<'a> {
    /// The country or state that is shaded, by its name.
    pub(super) shaded: Option<&'a str>,
    /// The two communities of each partnership.
    pub(super) lines: Vec<(MapPoint, MapPoint)>,
    /// Two areas, and the number of partnerships between them.
    pub(super) bundles: Vec<(MapPoint, MapPoint, u64)>,
    /// Places without a line.
    pub(super) places: Vec<MapPoint>,
    /// The names of the places, which are shown if they are few.
    pub(super) names: Vec<(MapPoint, &'a str)>,
    /// The names of areas, which are shown if those of the places are not, the most important first.
    pub(super) areas: Vec<(MapPoint, &'a str)>,
}

/// A name beside the dot of its place.
struct Label<'a> {
    x: f64,
    y: f64,
    /// How the text is aligned to its position: the value of `text-anchor`.
    anchor: &'static str,
    name: &'a str,
}

impl<'a> PartnershipMap<'a> {
    /// A map of the partnerships between these communities, as far as their locations are known.
    pub(super) fn new(partnerships: impl IntoIterator<Item = (&'a Side, &'a Side)>) -> Self {
        let mut map = Self::default();
        for (us, partner) in partnerships {
            if let (Some(from), Some(to)) = (us.location, partner.location) {
                map.lines.push((from, to));
                map.names.extend([(from, &*us.name), (to, &*partner.name)]);
            }
        }
        map
    }

    /// The map as SVG with a text alternative; nothing if there is nothing to show.
    pub(super) fn to_svg(&self, alternative: &str) -> Markup {
        let (lines, dots) = self.marks();
        html! {
            @if !dots.is_empty() {
                svg.map role="img" aria-label=(alternative) viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } {
                    path.map-land d=(SHAPES.land) {}
                    @if let Some(shape) = self.shaded.and_then(|name| SHAPES.by_name.get(name)) {
                        path.map-shape d=(shape) {}
                    }
                    g.map-lines { (PreEscaped(lines)) }
                    g.map-dots { (PreEscaped(dots)) }
                    g.map-names translate="no" {
                        @for label in self.labels() {
                            text x=(label.x) y=(label.y) text-anchor=(label.anchor) { (label.name) }
                        }
                    }
                }
            }
        }
    }

    /// The names of the places if they are few, or else of the areas, each on a side of its point where it covers no other
    /// name. A name without such a side is left out.
    fn labels(&self) -> Vec<Label<'a>> {
        let on_map = |names: &[(MapPoint, &'a str)]| -> Vec<(i64, i64, &'a str)> {
            let names = names.iter().map(|(point, name)| {
                let (x, y) = position(point);
                (x.round() as i64, y.round() as i64, *name)
            });
            names.collect()
        };
        let mut places = on_map(&self.names);
        places.sort_unstable();
        places.dedup();
        if places.is_empty() || places.len() > MAX_NAMES {
            places = on_map(&self.areas);
        }
        let mut boxes: Vec<[f64; 4]> = Vec::new();
        let mut labels = Vec::new();
        for (x, y, name) in places {
            let (x, y) = (x as f64, y as f64);
            let width = name.chars().count() as f64 * NAME_HEIGHT * 0.55;
            let sides = [
                (x + 10.0, y + 7.0, "start", x + 10.0),
                (x - 10.0, y + 7.0, "end", x - 10.0 - width),
                (x, y - 18.0, "middle", x - width / 2.0),
                (x, y + 32.0, "middle", x - width / 2.0),
            ];
            for (x, y, anchor, left) in sides {
                let own = [
                    left,
                    y - NAME_HEIGHT * 0.8,
                    left + width,
                    y + NAME_HEIGHT * 0.2,
                ];
                let is_inside =
                    own[0] >= 0.0 && own[1] >= 0.0 && own[2] <= WIDTH && own[3] <= HEIGHT;
                let covers = |other: &[f64; 4]| {
                    own[0] < other[2] && other[0] < own[2] && own[1] < other[3] && other[1] < own[3]
                };
                if is_inside && !boxes.iter().any(covers) {
                    boxes.push(own);
                    labels.push(Label { x, y, anchor, name });
                    break;
                }
            }
        }
        labels
    }

    /// The lines and bundles, and the circles at their ends. Each line is a path of its own, so that many of them are darker
    /// than one.
    fn marks(&self) -> (String, String) {
        let mut lines = String::new();
        let mut ends = Vec::new();
        for (from, to) in &self.lines {
            lines.push_str("<path d=\"");
            write_curve(&mut lines, from, to);
            lines.push_str("\"/>");
            ends.extend([position(from), position(to)]);
        }
        let mut bundles = BUNDLE_WIDTHS.map(|(_, width)| (width, String::new()));
        for (from, to, count) in &self.bundles {
            write_curve(&mut bundles[bundle_width(*count)].1, from, to);
            ends.extend([position(from), position(to)]);
        }
        for (width, path) in bundles.iter().filter(|(_, path)| !path.is_empty()) {
            let _ = write!(lines, r#"<path stroke-width="{width}" d="{path}"/>"#);
        }
        ends.extend(self.places.iter().map(position));
        let mut positions: Vec<_> = ends
            .into_iter()
            .map(|(x, y)| (x.round() as i64, y.round() as i64))
            .collect();
        positions.sort_unstable();
        positions.dedup();
        let radius = if positions.len() > 60 { 3 } else { 5 };
        let mut dots = String::new();
        for (x, y) in positions {
            let _ = write!(dots, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>");
        }
        (lines, dots)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_map_reaches_from_asia_to_america() {
        let [karachi, boston, auckland, anchorage] =
            [(67.0, 24.9), (-71.1, 42.4), (174.8, -36.8), (-149.9, 61.2)]
                .map(|(longitude, latitude)| project(longitude, latitude));
        for (x, y) in [karachi, boston, auckland, anchorage] {
            assert!(
                (0.0..=WIDTH).contains(&x) && (0.0..=HEIGHT).contains(&y),
                "{x} {y}"
            );
        }
        assert!(karachi.0 < auckland.0 && auckland.0 < anchorage.0 && anchorage.0 < boston.0);
        assert!(anchorage.1 < boston.1 && boston.1 < auckland.1);
    }

    #[test]
    fn few_places_have_names_that_do_not_cover_each_other() {
        let point = |longitude| MapPoint {
            latitude: 45.0,
            longitude,
        };
        let places = ["Suzhou", "Sapporo"].map(|name| (point(141.0), name));
        let names = |names: Vec<(MapPoint, &'static str)>| {
            let map = PartnershipMap {
                names,
                ..PartnershipMap::default()
            };
            let labels = map.labels();
            let at = |label: &Label<'_>| (label.x as i64, label.y as i64, label.anchor);
            (labels.iter().map(at).collect::<HashSet<_>>(), labels.len())
        };
        let (positions, count) = names(places.to_vec());
        assert_eq!((positions.len(), count), (2, 2));
        let many = (0..9).map(|n| (point(-120.0 + f64::from(n)), "Portland"));
        assert_eq!(names(many.collect()).1, 0);
    }

    #[test]
    fn bundles_have_a_width_by_number_and_the_names_of_areas() {
        let point = |longitude| MapPoint {
            latitude: 40.0,
            longitude,
        };
        let (oregon, japan) = (point(-120.0), point(138.0));
        let map = PartnershipMap {
            bundles: vec![
                (oregon, japan, 25),
                (point(-110.0), japan, 30),
                (oregon, point(100.0), 2),
            ],
            areas: vec![(japan, "Japan")],
            ..PartnershipMap::default()
        };
        let svg = map.to_svg("Map").0;
        assert_eq!(svg.matches("<path stroke-width").count(), 2, "{svg}");
        assert!(svg.contains("stroke-width=\"0.6\"") && svg.contains("stroke-width=\"5.6\""));
        assert!(svg.contains(">Japan</text>"), "{svg}");
    }

    #[test]
    fn shared_borders_are_decoded() {
        let topology: Topology = serde_json::from_value(serde_json::json!({
            "transform": { "scale": [1.0, 1.0], "translate": [140.0, 30.0] },
            "arcs": [[[0, 0], [10, 0], [0, 10]], [[10, 10], [-10, 0], [0, -10]]],
            "objects": { "countries": { "geometries": [
                { "type": "Polygon", "arcs": [[0, 1]], "properties": { "name": "A" } },
                { "type": "MultiPolygon", "arcs": [[[-2, -1]]], "properties": { "name": "B" } },
            ] } },
        }))
        .unwrap();
        assert_eq!(
            topology.decode(&topology.arcs[1]),
            [[150.0, 40.0], [140.0, 40.0], [140.0, 30.0]]
        );
        let paths = topology.paths();
        let names: Vec<_> = paths.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["A", "B"]);
        for (_, path) in paths {
            assert!(
                path.starts_with('M') && path.ends_with('z') && path.matches('l').count() >= 3,
                "{path}"
            );
        }
    }
}
