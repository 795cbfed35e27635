//! A chart as an SVG file: with the colors of the light theme, the typeface, and what is needed to cite it.

use std::{fmt::Write, sync::LazyLock};

use base64::{Engine, prelude::BASE64_STANDARD};
use maud::{Markup, PreEscaped, html};

use super::{Chart, ChartKind};
use crate::http::pages::{
    PageAssets,
    citation::{Citation, LICENSES},
    drawing::{Drawing, STYLES, draw_key, wrap},
    words,
};

/// The width of the drawing.
const WIDTH: f64 = 760.0;
const MARGIN: f64 = 24.0;

/// The typeface as a rule of CSS; empty if the pages are not built.
static FONT_FACE: LazyLock<String> = LazyLock::new(|| {
    let is_font =
        |name: &str| name.contains("source-sans-3-latin-wght") && name.ends_with(".woff2");
    let file = PageAssets::iter()
        .find(|name| is_font(name))
        .and_then(|name| PageAssets::get(&name));
    file.map_or(String::new(), |file| {
        let mut rule = "@font-face { font-family: \"Source Sans 3 Variable\"; font-weight: 200 900; src: url(data:font/woff2;base64,".to_owned();
        BASE64_STANDARD.encode_string(&file.data, &mut rule);
        let _ = write!(rule, ") format(\"woff2\"); }} ");
        rule
    })
});

/// The chart with its finding, key, base, source, address, revision, date, and licenses. `has_font` includes the typeface.
pub(super) fn write(
    kind: &ChartKind,
    chart: &Chart,
    citation: &Citation<'_>,
    has_font: bool,
) -> String {
    let drawing = lay_out(kind, chart, citation);
    let font = if has_font { FONT_FACE.as_str() } else { "" };
    let (width, height) = (drawing.width, drawing.height.ceil());
    let svg: Markup = html! {
        svg xmlns="http://www.w3.org/2000/svg" class="drawing" role="img" width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } {
            title { (kind.title) ": " (chart.finding()) }
            desc { (chart.description) " " (citation.text()) }
            style { (PreEscaped(font)) (PreEscaped(STYLES.as_str())) }
            rect.surface width="100%" height="100%" {}
            (drawing.marks())
        }
    };
    svg.0
}

fn lay_out(kind: &ChartKind, chart: &Chart, citation: &Citation<'_>) -> Drawing {
    let mut page = Drawing::new(WIDTH + 2.0 * MARGIN, 0.0);
    let mut y = MARGIN + 10.0;
    page.text((MARGIN, y), "soft", kind.title);
    y += 8.0;
    for line in wrap(chart.headline(kind), 70) {
        y += 27.0;
        page.text((MARGIN, y), "headline", &line);
    }
    y += 4.0;
    for line in wrap(&chart.details, 120) {
        y += 18.0;
        page.text((MARGIN, y), "soft", &line);
    }
    y += 18.0;
    let drawing = (chart.draw)(WIDTH);
    let height = drawing.height;
    page.place((MARGIN, y), drawing);
    y += height + 16.0;
    let key = draw_key(&chart.key, WIDTH);
    let height = key.height;
    page.place((MARGIN, y), key);
    y += height + 12.0;
    let dataset = citation.dataset;
    let notes = [
        format!("Base: {}", chart.base),
        format!("Source: {}.", chart.source.trim_end_matches('.')),
        format!(
            "{} · revision {} · data of {}",
            citation.address(),
            dataset.revision.get(..12).unwrap_or(&dataset.revision),
            words::date(&dataset.loaded_at)
        ),
        format!("{LICENSES}."),
    ];
    for line in notes.iter().flat_map(|note| wrap(note, 130)) {
        y += 16.0;
        page.text((MARGIN, y), "soft small", &line);
    }
    page.height = y + MARGIN - 6.0;
    page
}
