//! Drawings as SVG. Their marks have classes, whose styles are in `web/src/pages/drawing.css`.

use std::sync::LazyLock;

use maud::{Markup, html};

use super::words;

/// The styles of the drawings, with the colors of the light theme.
pub(super) static STYLES: LazyLock<String> = LazyLock::new(|| {
    let tokens = include_str!("../../../web/src/styles/tokens.css");
    let css = include_str!("../../../web/src/pages/drawing.css");
    let (_, rules) = css.split_once("*/").unwrap_or(("", css));
    let mut parts = rules.split("var(");
    let mut styles = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(')').unwrap_or((part, ""));
        styles.push_str(light_value(tokens, name).unwrap_or("inherit"));
        styles.push_str(rest);
    }
    styles.split_whitespace().collect::<Vec<_>>().join(" ")
});

/// The value of a variable in the light theme.
fn light_value<'a>(tokens: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = tokens.split_once(&format!("{name}: "))?;
    let (value, _) = after.split_once(';')?;
    Some(match value.strip_prefix("light-dark(") {
        Some(colors) => colors.split_once(',')?.0,
        None => value,
    })
}

/// A generous width of a character in pixels: text cannot be measured before it is shown.
const CHARACTER_WIDTH: f64 = 7.0;

/// Draws something at a width in pixels.
pub(super) type Draw = Box<dyn Fn(f64) -> Drawing + Send + Sync>;

/// An SVG of a fixed size, to which marks are added from back to front.
pub(super) struct Drawing {
    pub(super) width: f64,
    pub(super) height: f64,
    marks: Vec<Markup>,
}

/// A number with at most one decimal.
fn short(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // -0 is equal to 0.
    if rounded == 0.0 {
        "0".to_owned()
    } else {
        rounded.to_string()
    }
}

impl Drawing {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self {
            width,
            height,
            marks: Vec::new(),
        }
    }

    pub(super) fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), class: &str) {
        let width = width.max(0.0);
        self.marks.push(html! { rect class=(class) x=(short(x)) y=(short(y)) width=(short(width)) height=(short(height)) {} });
    }

    pub(super) fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), class: &str) {
        self.marks.push(html! { line class=(class) x1=(short(x1)) y1=(short(y1)) x2=(short(x2)) y2=(short(y2)) {} });
    }

    pub(super) fn circle(&mut self, (x, y): (f64, f64), radius: f64, class: &str) {
        self.marks
            .push(html! { circle class=(class) cx=(short(x)) cy=(short(y)) r=(short(radius)) {} });
    }

    pub(super) fn curve(&mut self, points: &[(f64, f64)], class: &str) {
        let points = points
            .iter()
            .map(|(x, y)| format!("{},{}", short(*x), short(*y)));
        let points = points.collect::<Vec<_>>().join(" ");
        self.marks
            .push(html! { polyline class=(class) points=(points) {} });
    }

    /// Two bars with their numbers at the ends, the second below the first, in a row that is centered at `y`; `scale` is the
    /// length of one.
    pub(super) fn paired_bars(
        &mut self,
        (x, y): (f64, f64),
        height: f64,
        scale: f64,
        [first, second]: [Option<f64>; 2],
    ) {
        // A bar alone is centered.
        let first_top = if second.is_some() {
            height / 2.0
        } else {
            height / 4.0
        };
        let bars = [
            (first, y - first_top, "fill-1"),
            (second, y + 1.0, "fill-2"),
        ];
        for (value, top, class) in bars {
            let Some(value) = value else { continue };
            self.rect((x, top), (value * scale, height / 2.0 - 1.0), class);
            let baseline = top + height / 4.0 + 4.0;
            let number = words::number(value.round() as u64);
            self.text((x + value * scale + 6.0, baseline), "strong small", &number);
        }
    }

    /// A line of text; `y` is its baseline.
    pub(super) fn text(&mut self, (x, y): (f64, f64), class: &str, text: &str) {
        let class = Some(class).filter(|class| !class.is_empty());
        self.marks
            .push(html! { text class=[class] x=(short(x)) y=(short(y)) { (text) } });
    }

    /// The name of a row, right-aligned at `x` and centered at `y`, in as many lines as it needs.
    pub(super) fn row_name(&mut self, (x, y): (f64, f64), name: &str) {
        let lines = wrap(name, (x / CHARACTER_WIDTH) as usize);
        let top = y + 4.5 - 7.5 * (lines.len() as f64 - 1.0);
        for (index, line) in lines.iter().enumerate() {
            self.text((x, top + 15.0 * index as f64), "end", line);
        }
    }

    /// Adds the marks of another drawing, with its upper left corner at this position.
    pub(super) fn place(&mut self, position: (f64, f64), other: Self) {
        self.place_scaled(position, 1.0, other);
    }

    pub(super) fn place_scaled(&mut self, (x, y): (f64, f64), scale: f64, other: Self) {
        let mut transform = format!("translate({} {})", short(x), short(y));
        if (scale - 1.0).abs() > 0.001 {
            transform.push_str(&format!(" scale({scale:.3})"));
        }
        self.marks
            .push(html! { g transform=(transform) { @for mark in other.marks { (mark) } } });
    }

    /// Adds an SVG element.
    pub(super) fn add(&mut self, element: Markup) {
        self.marks.push(element);
    }

    /// The marks, for an SVG element of this size.
    pub(super) fn marks(&self) -> Markup {
        html! { @for mark in &self.marks { (mark) } }
    }

    /// The drawing for an HTML page, with its text alternative.
    pub(super) fn to_svg(&self, class: &str, description: &str) -> Markup {
        html! {
            svg class={ "drawing " (class) } role="img" aria-label=(description) width=(short(self.width)) height=(short(self.height)) viewBox={ "0 0 " (short(self.width)) " " (short(self.height)) } translate="no" {
                (self.marks())
            }
        }
    }
}

/// The width of the names of rows, with the space after them.
pub(super) fn names_width<'a>(names: impl Iterator<Item = &'a str>, width: f64) -> f64 {
    let longest = names.map(|name| name.chars().count()).max().unwrap_or(0);
    (12.0 + longest as f64 * CHARACTER_WIDTH).min(width * 0.36)
}

/// Breaks text into lines of at most this many characters, unless a word is longer.
pub(super) fn wrap(text: &str, max_characters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < max_characters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What a mark in a drawing means.
pub(super) struct KeyItem {
    pub(super) mark: KeyMark,
    pub(super) label: String,
}

/// A mark with its classes.
#[derive(Clone, Copy)]
pub(super) enum KeyMark {
    Bar(&'static str),
    Line(&'static str),
    Dot(&'static str),
}

pub(super) fn key_item(mark: KeyMark, label: impl Into<String>) -> KeyItem {
    KeyItem {
        mark,
        label: label.into(),
    }
}

impl KeyMark {
    const SIZE: (f64, f64) = (24.0, 12.0);

    fn draw(self, drawing: &mut Drawing, (x, y): (f64, f64)) {
        match self {
            Self::Bar(class) => drawing.rect((x + 6.0, y), (12.0, 12.0), class),
            Self::Line(class) => drawing.line((x, y + 6.0), (x + 24.0, y + 6.0), class),
            Self::Dot(class) => drawing.circle((x + 12.0, y + 6.0), 4.7, class),
        }
    }

    /// The mark alone, for a legend in HTML.
    pub(super) fn to_svg(self) -> Markup {
        let (width, height) = Self::SIZE;
        let mut drawing = Drawing::new(width, height);
        self.draw(&mut drawing, (0.0, 0.0));
        html! { svg.drawing width=(width) height=(height) aria-hidden="true" { (drawing.marks()) } }
    }
}

/// The key of a chart as a drawing.
pub(super) fn draw_key(key: &[KeyItem], width: f64) -> Drawing {
    let mut drawing = Drawing::new(width, 0.0);
    let (mut x, mut y) = (0.0, 0.0);
    for KeyItem { mark, label } in key {
        let item_width = 30.0 + label.chars().count() as f64 * 6.4 + 20.0;
        if x > 0.0 && x + item_width > width {
            (x, y) = (0.0, y + 20.0);
        }
        mark.draw(&mut drawing, (x, y));
        drawing.text((x + 30.0, y + 10.5), "soft small", label);
        x += item_width;
    }
    drawing.height = y + 16.0;
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_colors_of_the_light_theme() {
        assert!(
            STYLES.contains(".drawing .fill-1 { fill: #1f6a94; }"),
            "{}",
            *STYLES
        );
        assert!(
            !STYLES.contains("var(") && !STYLES.contains("inherit"),
            "{}",
            *STYLES
        );
    }

    #[test]
    fn text_is_wrapped_at_words() {
        assert_eq!(wrap("a bb ccc", 5), ["a bb", "ccc"]);
        assert_eq!(wrap("unbreakable a", 3), ["unbreakable", "a"]);
        assert_eq!(wrap("", 3), Vec::<String>::new());
    }

    #[test]
    fn the_key_has_as_many_lines_as_it_needs() {
        let item = || key_item(KeyMark::Bar("fill-1"), "Founded in that decade");
        assert_eq!(draw_key(&[item(), item()], 700.0).height, 16.0);
        assert_eq!(draw_key(&[item(), item()], 250.0).height, 36.0);
    }
}
