//! The charts of the atlas, each as a page, as SVG, and with what is needed to cite and reuse it. They say the same as those
//! that the browser draws (`web/src/charts`), which a browser test checks.

mod concentration;
mod countries;
mod decades;
mod embed;
mod gaps;
pub(super) mod ranking;
mod regions;
pub(super) mod share;
mod survey;
mod svg_file;

pub(super) use self::embed::{oembed_address, respond_embedded};

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::request::Parts,
    response::Response,
    routing::get,
};
use maud::{Markup, html};
use serde_json::{Map, json};

use super::{
    answers::DatasetVersion,
    citation::Citation,
    components::{Page, breadcrumbs},
    drawing::{Draw, KeyItem},
    entity::{EntityQuery, PageRequest, document, not_found_response, respond},
    picture::{self, Art},
};
use crate::http::{Server, cached_body::CachedBody, error::HttpError};

/// A kind of chart, before its data is read.
struct ChartKind {
    /// The same as in the atlas and on the page of awareness.
    id: &'static str,
    title: &'static str,
    document: &'static str,
    variables: &'static [(&'static str, &'static str)],
    /// The list of the answer that is its data as a table.
    rows: &'static str,
    /// The page on which the browser draws it.
    on_page: &'static str,
}

const GAPS: &str = document!(
    "chart_gaps",
    "chart_share",
    "chart_region_comparisons",
    "chart_sector_comparisons",
    "chart_compared_pair"
);

const CHARTS: [ChartKind; 9] = [
    ChartKind {
        id: "regions",
        title: "Partnerships and awareness by region",
        document: document!(
            "chart_regions",
            "chart_share",
            "chart_region_comparisons",
            "chart_compared_pair"
        ),
        variables: &[],
        rows: "regions",
        on_page: "./",
    },
    ChartKind {
        id: "countries",
        title: "Partner countries: recorded vs. published",
        document: document!("chart_countries"),
        variables: &[],
        rows: "coverage",
        on_page: "./",
    },
    ChartKind {
        id: "awareness",
        title: "Who is aware of a partnership",
        document: document!(
            "chart_awareness",
            "chart_share",
            "chart_region_comparisons",
            "chart_sector_comparisons",
            "chart_compared_pair"
        ),
        variables: &[],
        rows: "respondentAggregates",
        on_page: "./",
    },
    ChartKind {
        id: "usefulness",
        title: "How those who know of a partnership rate it",
        document: document!("chart_usefulness", "chart_share", "chart_compared_pair"),
        variables: &[],
        rows: "respondentAggregates",
        on_page: "./",
    },
    ChartKind {
        id: "decades",
        title: "When partnerships were founded",
        document: document!("chart_decades"),
        variables: &[],
        rows: "partnerships.groups",
        on_page: "./",
    },
    ChartKind {
        id: "concentration",
        title: "How concentrated partnerships are",
        document: document!("chart_concentration"),
        variables: &[],
        rows: "partnerships.countries",
        on_page: "./",
    },
    ChartKind {
        id: "gap-by-region",
        title: "Unaware of a partnership, by region",
        document: GAPS,
        variables: &[("by", "REGION")],
        rows: "awareness",
        on_page: "awareness",
    },
    ChartKind {
        id: "gap-by-sector",
        title: "Unaware of a partnership, by sector",
        document: GAPS,
        variables: &[("by", "EMPLOYER")],
        rows: "awareness",
        on_page: "awareness",
    },
    ChartKind {
        id: "gap-overall",
        title: "Unaware of a partnership, all respondents",
        document: GAPS,
        variables: &[("by", "TOTAL")],
        rows: "awareness",
        on_page: "awareness",
    },
];

/// The numbers of a chart.
#[derive(Default)]
struct ChartTable {
    labels: Vec<&'static str>,
    /// The first cell is the name of the row. Empty if a value is unknown.
    rows: Vec<Vec<String>>,
    /// What the second cell of each row counts, as in `partnerships_with`; empty if it counts no partnerships.
    counted: Vec<String>,
}

/// A chart with what is needed to read, check, and cite it.
struct Chart {
    /// The most important sentence computed from the data; empty if the data proves nothing.
    headline: String,
    /// The sentences after it.
    details: String,
    /// What is drawn; the numbers are in the table.
    description: String,
    key: Vec<KeyItem>,
    /// A second drawing for those who want it, folded.
    more: Option<MoreOfChart>,
    table: ChartTable,
    /// What the numbers describe.
    base: String,
    source: String,
    caveats: Vec<String>,
    /// Draws it at a width in pixels.
    draw: Draw,
    dataset: DatasetVersion,
}

/// A second drawing of a chart.
struct MoreOfChart {
    title: &'static str,
    description: String,
    key: Vec<KeyItem>,
    draw: Draw,
}

impl ChartKind {
    fn query(&self) -> EntityQuery {
        let variables = self.variables.iter();
        EntityQuery {
            document: self.document,
            variables: Map::from_iter(
                variables.map(|(name, value)| ((*name).to_owned(), json!(value))),
            ),
        }
    }

    fn path(&self) -> String {
        format!("chart/{}", self.id)
    }

    async fn load(&self, request: &PageRequest<'_>) -> Result<Chart, HttpError> {
        let query = self.query();
        Ok(match self.id {
            "regions" => regions::chart(request.run(&query).await?),
            "countries" => countries::chart(request.run(&query).await?),
            "awareness" => survey::awareness(request.run(&query).await?),
            "usefulness" => survey::usefulness(request.run(&query).await?),
            "decades" => decades::chart(request.run(&query).await?),
            "concentration" => concentration::chart(request.run(&query).await?),
            _ => gaps::chart(request.run(&query).await?),
        })
    }

    /// The address of the data behind it in a format of tables.
    fn data_address(&self, format: &str) -> String {
        let mut address = form_urlencoded::Serializer::new(String::new());
        address.append_pair("format", format);
        address.append_pair("path", self.rows);
        let query = self.query();
        if !query.variables.is_empty() {
            let variables = serde_json::Value::Object(query.variables);
            address.append_pair("variables", &variables.to_string());
        }
        address.append_pair("query", query.document.trim());
        format!("graphql?{}", address.finish())
    }
}

impl Chart {
    fn headline<'a>(&'a self, kind: &'a ChartKind) -> &'a str {
        match self.headline.as_str() {
            "" => kind.title,
            headline => headline,
        }
    }

    /// All sentences computed from the data.
    fn finding(&self) -> String {
        format!("{} {}", self.headline, self.details)
            .trim()
            .to_owned()
    }

    fn citation<'a>(&'a self, title: &'a str, path: &'a str, server: &'a Server) -> Citation<'a> {
        Citation {
            title,
            path,
            root: server.settings.public_url.as_deref(),
            dataset: &self.dataset,
            sources: &self.source,
        }
    }

    fn svg_file(&self, kind: &ChartKind, server: &Server, has_font: bool) -> String {
        let path = kind.path();
        let citation = self.citation(kind.title, &path, server);
        svg_file::write(kind, self, &citation, has_font)
    }

    /// The drawing, in one of two widths, with its key. Styles show the one that fits.
    fn figure(&self) -> Markup {
        render_drawing(&self.draw, &self.description, &self.key)
    }

    fn base_and_source(&self) -> Markup {
        html! {
            // Only a base of partnerships begins with a number.
            @let of = self.base.starts_with(|letter: char| letter.is_ascii_digit()).then_some("partnerships");
            p { b { "Base." } " " span data-count=[of] { (self.base) } }
            p { b { "Source." } " " (self.source.trim_end_matches('.')) "." }
        }
    }

    fn page(&self, kind: &ChartKind, server: &Server) -> Page {
        let path = kind.path();
        let title = format!("{}: {}", kind.title, self.headline(kind));
        let title = if self.headline.is_empty() {
            kind.title.to_owned()
        } else {
            title
        };
        let citation = self.citation(&title, &path, server);
        let query = kind.query();
        let content = html! {
            (breadcrumbs(&[("Charts".to_owned(), "chart".to_owned())]))
            p.kicker { (kind.title) }
            h1 { (self.headline(kind)) }
            @if !self.details.is_empty() { p.lead { (self.details) } }
            figure.chart {
                (self.figure())
                @if let Some(more) = &self.more {
                    details {
                        summary { (more.title) }
                        (render_drawing(&more.draw, &more.description, &more.key))
                    }
                }
                figcaption { (self.base_and_source()) }
            }
            section aria-labelledby="caveats" {
                h2 id="caveats" { "What to know before you quote it" }
                ul { @for caveat in &self.caveats { li { (caveat) } } }
            }
            section aria-labelledby="numbers" {
                h2 id="numbers" { "The numbers" }
                (self.table.render(kind.title))
            }
            section aria-labelledby="use" {
                h2 id="use" { "Use this chart" }
                ul {
                    li { a href={ (path) ".svg" } translate="no" { "SVG" } ": the chart as a drawing, with its source and the typeface" }
                    @if picture::are_available() { li { a href={ (path) ".png" } translate="no" { "PNG" } ": the same as a picture" } }
                    @for (format, words) in [("csv", "for spreadsheets"), ("xlsx", "for Excel"), ("json", "the whole answer")] {
                        li { a href=(kind.data_address(format)) translate="no" { (format.to_uppercase()) } ": the data behind it, " (words) }
                    }
                    li { a href=(query.playground_address()) { "Open the query of this chart" } ": change it, and run it again" }
                    li { a href={ (kind.on_page) "#" (kind.id) } { "See it among the other charts" } @if ["decades", "concentration"].contains(&kind.id) { ", where it follows the filters of the map" } }
                }
            }
            (self.embed_section(kind, server.settings.public_url.as_deref()))
            (citation.render())
        };
        Page {
            description: match self.finding() {
                finding if finding.is_empty() => self.description.clone(),
                finding => finding,
            },
            path,
            content,
            place: None,
            title,
        }
    }
}

fn render_drawing(draw: &Draw, description: &str, key: &[KeyItem]) -> Markup {
    html! {
        (draw(760.0).to_svg("wide", description))
        (draw(350.0).to_svg("narrow", description))
        ul.key {
            @for item in key { li { (item.mark.to_svg()) (item.label) } }
        }
    }
}

impl ChartTable {
    fn render(&self, caption: &str) -> Markup {
        let is_number = |text: &String| {
            text.is_empty() || text.starts_with(|letter: char| letter.is_ascii_digit())
        };
        // A note may begin with a number too.
        let is_numeric = |index: usize| self.rows.iter().all(|row| is_number(&row[index]));
        let numeric: Vec<_> = (0..self.labels.len()).map(is_numeric).collect();
        html! {
            div.chart-table tabindex="0" role="region" aria-label={ "Table: " (caption) } {
                table {
                    caption.visually-hidden { (caption) }
                    thead { tr { @for label in &self.labels { th scope="col" { (label) } } } }
                    tbody {
                        @for (position, row) in self.rows.iter().enumerate() {
                            tr {
                                @for (index, cell) in row.iter().enumerate() {
                                    @if index == 0 { th scope="row" translate=[(self.labels[0] == "Country").then_some("no")] { (cell) } }
                                    @else { td.number[numeric[index]] data-label=(self.labels[index]) data-count=[self.counted.get(position).filter(|_| index == 1)] { (cell) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/chart", get(list))
        .route("/chart/", get(super::remove_trailing_slash))
        .route("/chart/{file}", get(chart_file))
        .route("/chart/{file}/", get(super::remove_trailing_slash))
        .merge(embed::routes())
}

/// The paths of all charts.
pub(super) fn paths() -> impl Iterator<Item = String> {
    let list = ["/chart".to_owned()].into_iter();
    list.chain(CHARTS.iter().map(|kind| format!("/{}", kind.path())))
}

async fn list(State(server): State<Arc<Server>>, request: Request) -> Response {
    let content = html! {
        (breadcrumbs(&[]))
        h1 { "Charts" }
        p.lead { "Each chart is a page with its numbers, its sources, files, and how to cite and embed it." }
        ul.figure-list { @for kind in &CHARTS { li { a href=(kind.path()) { (kind.title) } } } }
    };
    let page = Page {
        title: "Charts".to_owned(),
        description: "Charts of sister partnerships, and of what people know about them."
            .to_owned(),
        path: "chart".to_owned(),
        place: None,
        content,
    };
    let (request, _) = request.into_parts();
    respond(&server, &request, &page, 0).await
}

fn unknown_chart(request: &Parts, name: &str) -> Response {
    let ids: Vec<_> = CHARTS.iter().map(|kind| kind.id).collect();
    let ids = ids.join(", ");
    let message = format!("there is no chart {name:?}; the charts are {ids}");
    not_found_response(request, &message, name)
}

/// The page of a chart, or one of its files.
async fn chart_file(
    State(server): State<Arc<Server>>,
    Path(file): Path<String>,
    request: Request,
) -> Result<Response, HttpError> {
    let (request, _) = request.into_parts();
    let (id, format) = file.rsplit_once('.').unwrap_or((&file, ""));
    let kind = CHARTS.iter().find(|kind| kind.id == id);
    let not_found = || unknown_chart(&request, &file);
    let Some(kind) = kind else {
        return Ok(not_found());
    };
    let page_request = PageRequest::new(&server, &request);
    let mut response = match format {
        "" => {
            let page = kind.load(&page_request).await?.page(kind, &server);
            respond(&server, &request, &page, 1).await
        }
        "svg" => {
            let chart = kind.load(&page_request).await?;
            let body = CachedBody::new(chart.svg_file(kind, &server, true));
            picture::respond_with_image(&server, &request, "image/svg+xml", &body).await
        }
        "png" => {
            let draw = async {
                let chart = kind.load(&page_request).await?;
                Ok(Some(chart.svg_file(kind, &server, false)))
            };
            let name = (format!("chart {id}"), 2.0);
            let png = picture::respond_with_png(&server, &request, &page_request, name, draw);
            png.await?.unwrap_or_else(not_found)
        }
        _ => not_found(),
    };
    page_request.attach_log(&mut response);
    Ok(response)
}

/// The preview of a chart: its finding and its drawing; `None` if there is no such chart.
pub(super) async fn preview(
    request: &PageRequest<'_>,
    server: &Server,
    id: &str,
) -> Result<Option<String>, HttpError> {
    let Some(kind) = CHARTS.iter().find(|kind| kind.id == id) else {
        return Ok(None);
    };
    let chart = kind.load(request).await?;
    Ok(Some(picture::draw_preview(&picture::Preview {
        kicker: kind.title,
        title: chart.headline(kind),
        text: &chart.details,
        path: &kind.path(),
        root: server.settings.public_url.as_deref(),
        art: Art::Drawing(&chart.draw),
    })))
}
