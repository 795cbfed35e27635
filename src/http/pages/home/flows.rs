//! The map behind the story: partnerships as bundles from states to countries, with a width by number.

use std::collections::BTreeMap;

use maud::{Markup, PreEscaped, html};

use crate::http::pages::{
    answers::MapPoint,
    map::{self, BUNDLE_WIDTHS, HEIGHT, WIDTH, bundle_width, write_curve},
};

/// The partnerships of a state with a country.
pub(super) struct Flow {
    pub(super) from: MapPoint,
    pub(super) to: MapPoint,
    pub(super) count: u64,
    /// The steps of the story that show it, besides the first.
    pub(super) steps: &'static str,
}

/// A region of the United States, shaded from one step of the story on.
pub(super) struct ShadedRegion<'a> {
    pub(super) states: Vec<&'a str>,
    pub(super) class: &'static str,
}

/// A text on the map that belongs to a step of the story.
pub(super) struct MapLabel {
    pub(super) at: MapPoint,
    pub(super) text: String,
    pub(super) step: usize,
}

/// The part of the map that a step shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Camera {
    x: f64,
    y: f64,
    zoom: f64,
}

impl Camera {
    pub(super) const WHOLE_MAP: Self = Self {
        x: WIDTH / 2.0,
        y: HEIGHT / 2.0,
        zoom: 1.0,
    };

    /// Shows most of these points, without the few that are far from the others; the whole map if there are none.
    pub(super) fn around(points: &[MapPoint]) -> Self {
        let positions: Vec<_> = points.iter().map(map::position).collect();
        let bounds = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            let outliers = values.len() / 12;
            let kept = values.get(outliers..values.len() - outliers)?;
            Some((*kept.first()?, *kept.last()?))
        };
        let horizontal = bounds(positions.iter().map(|(x, _)| *x).collect());
        let vertical = bounds(positions.iter().map(|(_, y)| *y).collect());
        let (Some((left, right)), Some((top, bottom))) = (horizontal, vertical) else {
            return Self::WHOLE_MAP;
        };
        const MARGIN: f64 = 60.0;
        let fit =
            (WIDTH / (right - left + 2.0 * MARGIN)).min(HEIGHT / (bottom - top + 2.0 * MARGIN));
        Self {
            x: f64::midpoint(left, right),
            y: f64::midpoint(top, bottom),
            zoom: fit.clamp(1.0, 2.6),
        }
    }

    /// The center and the zoom factor, for the script.
    pub(super) fn to_attribute(self) -> String {
        format!("{:.0} {:.0} {:.2}", self.x, self.y, self.zoom)
    }
}

/// The bundles, from the narrowest to the widest.
pub(super) fn bundles(flows: &[Flow]) -> Markup {
    // One path per look, because a browser draws few long paths faster than many short ones.
    let mut paths: BTreeMap<(usize, &str), String> = BTreeMap::new();
    for flow in flows {
        let path = paths
            .entry((bundle_width(flow.count), flow.steps))
            .or_default();
        write_curve(path, &flow.from, &flow.to);
    }
    html! {
        g.map-lines {
            @for ((width, steps), path) in &paths {
                path class={ "bundle " (steps) } stroke-width=(BUNDLE_WIDTHS[*width].1) d=(path) {}
            }
        }
    }
}

/// Draws the map. `ended` are single partnerships, shown dashed by the last step.
pub(super) fn flow_map(
    flows: &[Flow],
    ended: &[(MapPoint, MapPoint)],
    regions: &[ShadedRegion<'_>],
    labels: &[MapLabel],
    alternative: &str,
) -> Markup {
    let mut ended_paths = String::new();
    for (from, to) in ended {
        write_curve(&mut ended_paths, from, to);
    }
    html! {
        svg.story-map role="img" aria-label=(alternative) viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="xMidYMid meet" translate="no" {
            g.camera {
                path.map-land d=(map::land()) {}
                @for region in regions {
                    path class={ "region " (region.class) } d=(region.states.iter().filter_map(|name| map::shape(name)).collect::<String>()) {}
                }
                (bundles(flows))
                path.ended d=(ended_paths) {}
                @for label in labels {
                    @let (x, y) = map::position(&label.at);
                    text class={ "step-" (label.step) } x=(PreEscaped(format!("{x:.0}"))) y=(PreEscaped(format!("{y:.0}"))) { (label.text) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(latitude: f64, longitude: f64) -> MapPoint {
        MapPoint {
            latitude,
            longitude,
        }
    }

    #[test]
    fn the_camera_leaves_out_points_far_from_the_others() {
        assert_eq!(Camera::around(&[]), Camera::WHOLE_MAP);
        let japan: Vec<_> = (0..22)
            .map(|i| point(35.0 + f64::from(i) / 10.0, 138.0))
            .collect();
        let around = Camera::around(&japan);
        assert!(around.zoom > 2.0, "{around:?}");
        let with_outlier = [japan, vec![point(40.0, -74.0)]].concat();
        let camera = Camera::around(&with_outlier);
        assert!((camera.zoom - around.zoom).abs() < 0.1, "{camera:?}");
    }

    #[test]
    fn bundles_of_one_look_are_one_path() {
        let flow = |count| Flow {
            from: point(44.0, -120.0),
            to: point(36.0, 138.0),
            count,
            steps: "",
        };
        let map = flow_map(&[flow(1), flow(2), flow(30)], &[], &[], &[], "Map").0;
        assert_eq!(map.matches("class=\"bundle").count(), 2, "{map}");
        assert_eq!(map.matches('Q').count(), 3, "{map}");
    }
}
