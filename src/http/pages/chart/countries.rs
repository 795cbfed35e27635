//! The partner countries with the most partnerships, as recorded here and as published.

use serde::Deserialize;

use super::{Chart, ChartTable, regions::PublishedCount};
use crate::http::pages::{
    answers::{DatasetVersion, GroupCount, GroupLabel},
    components::partnerships_with,
    drawing::{Drawing, KeyMark, key_item, names_width},
    words,
};

/// The number of countries in the drawing; the table has all.
const SHOWN: usize = 12;

#[derive(Deserialize)]
struct CountryCoverage {
    key: GroupLabel,
    published: Option<PublishedCount>,
    note: Option<String>,
    /// The partnerships of every status, and those of them that have ended.
    #[serde(skip)]
    recorded: u64,
    #[serde(skip)]
    ended: u64,
}

/// The partnerships of each country.
#[derive(Deserialize)]
struct CountryCounts {
    groups: Vec<GroupCount>,
}

impl CountryCounts {
    fn of(&self, code: Option<&str>) -> u64 {
        let group = self.groups.iter().find(|group| group.value() == code);
        group.map_or(0, |group| group.count)
    }
}

#[derive(Deserialize)]
pub(super) struct CountriesAnswer {
    coverage: Vec<CountryCoverage>,
    all: CountryCounts,
    ended: CountryCounts,
    dataset: DatasetVersion,
}

/// A row of the drawing.
struct CountryMarks {
    name: String,
    recorded: u64,
    published: Option<f64>,
}

impl CountryCoverage {
    fn published_count(&self) -> Option<f64> {
        self.published.as_ref()?.quantity.value
    }

    fn ratio(&self) -> Option<f64> {
        let published = self.published_count().filter(|count| *count != 0.0);
        published.map(|count| self.recorded as f64 / count)
    }

    fn notes(&self) -> String {
        let published = self.published.iter();
        let of_published = published.flat_map(|count| {
            let flags = count.flags.iter().map(|flag| words::flag(flag).to_owned());
            flags.chain(count.note.clone())
        });
        let notes: Vec<_> = self.note.clone().into_iter().chain(of_published).collect();
        notes.join(" ")
    }
}

/// Adds a text to the list, unless the list has it already.
fn add_once(list: &mut Vec<String>, text: String) {
    if !list.contains(&text) {
        list.push(text);
    }
}

pub(super) fn chart(mut answer: CountriesAnswer) -> Chart {
    for row in &mut answer.coverage {
        let code = row.key.value.as_deref();
        row.recorded = answer.all.of(code);
        row.ended = answer.ended.of(code);
    }
    answer.coverage.sort_by_key(|row| u64::MAX - row.recorded);
    let rows = &answer.coverage;
    let comparable: Vec<_> = rows
        .iter()
        .filter(|row| row.published_count().is_some())
        .collect();
    let ratio = |row: &CountryCoverage| row.ratio().unwrap_or(0.0);
    // The first of equals.
    let widest = comparable
        .iter()
        .rev()
        .max_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let higher = comparable.iter().filter(|row| ratio(row) > 1.0).count();
    let (headline, details) = match widest {
        Some(widest) => (
            format!(
                "We record more partnerships than were published for {} countries with a published count.",
                if higher == comparable.len() {
                    format!("all {}", words::small_number(higher))
                } else {
                    format!(
                        "{} of the {}",
                        words::small_number(higher),
                        words::small_number(comparable.len())
                    )
                }
            ),
            format!(
                "The published counts are older and narrower. In relative terms, the gap is widest for {}: {} recorded, {} published.",
                widest.key.label,
                words::number(widest.recorded),
                words::decimal(widest.published_count().unwrap_or(0.0)),
            ),
        ),
        None => (
            "No counts by country have been published.".to_owned(),
            String::new(),
        ),
    };
    let decimal = |value: Option<f64>| value.map_or(String::new(), words::decimal);
    let table = rows.iter().map(|row| {
        vec![
            row.key.label.clone(),
            words::number(row.recorded),
            words::number(row.ended),
            decimal(row.published_count()),
            (row.ratio()).map_or(String::new(), |ratio| format!("{ratio:.2}")),
            row.notes(),
        ]
    });
    let counted = rows.iter().map(|row| {
        let code = row.key.value.as_deref().unwrap_or_default();
        partnerships_with(&[&format!("country={code}")])
    });
    let table = ChartTable {
        labels: vec![
            "Country",
            "Recorded",
            "of which ended",
            "Published",
            "Recorded / published",
            "Notes",
        ],
        rows: table.collect(),
        counted: counted.collect(),
    };
    let mut sources = vec!["Recorded counts: Sistergraph".to_owned()];
    let mut caveats = vec![
        "Our list may be incomplete even if our count is higher than the published one.".to_owned(),
    ];
    let counts: Vec<_> = comparable
        .iter()
        .filter_map(|row| row.published.as_ref())
        .collect();
    for count in &counts {
        add_once(
            &mut sources,
            format!("published counts: {}", count.source.name()),
        );
        for flag in &count.flags {
            let words = words::lower_first(words::flag(flag));
            add_once(&mut caveats, format!("Published counts: {words}"));
        }
    }
    for note in counts.iter().filter_map(|count| count.note.clone()) {
        add_once(&mut caveats, note);
    }
    let top = rows.iter().take(SHOWN);
    for (row, note) in top
        .clone()
        .filter_map(|row| Some((row, row.note.as_ref()?)))
    {
        caveats.push(format!("{}: {note}", row.key.label));
    }
    let marks: Vec<_> = top
        .map(|row| CountryMarks {
            name: row.key.label.clone(),
            recorded: row.recorded,
            published: row.published_count(),
        })
        .collect();
    Chart {
        headline,
        details,
        description: format!(
            "Bar chart of the {} countries with the most recorded partnerships, with a second bar for the published count if there is one.",
            marks.len()
        ),
        key: vec![
            key_item(KeyMark::Bar("fill-1"), "Recorded here, including those that have ended"),
            key_item(KeyMark::Bar("fill-2"), "Published count"),
        ],
        table,
        base: "Partnerships between communities in the United States and in each country, including those that have ended.".to_owned(),
        source: sources.join("; "),
        caveats,
        more: None,
        draw: Box::new(move |width| draw(&marks, width)),
        dataset: answer.dataset,
    }
}

const ROW: f64 = 36.0;

fn draw(rows: &[CountryMarks], width: f64) -> Drawing {
    let mut drawing = Drawing::new(width, ROW * rows.len() as f64);
    let names = names_width(rows.iter().map(|row| row.name.as_str()), width);
    let largest = rows
        .iter()
        .map(|row| (row.recorded as f64).max(row.published.unwrap_or(0.0)))
        .fold(1.0, f64::max);
    let scale = (width - names - 52.0) / largest;
    for (index, row) in rows.iter().enumerate() {
        let y = ROW * (index as f64 + 0.5);
        drawing.row_name((names - 8.0, y), &row.name);
        let values = [Some(row.recorded as f64), row.published];
        drawing.paired_bars((names, y), 30.0, scale, values);
    }
    drawing
}
