//! Charts in frames on other sites, and [oEmbed](https://oembed.com), by which editors find them from a link.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use serde_json::json;

use super::{CHARTS, Chart, ChartKind, unknown_chart};
use crate::http::{
    Server,
    cached_body::{BodyHeaders, CachedBody},
    error::{HttpError, JSON_CONTENT_TYPE},
    pages::{
        HTML_TYPE,
        components::Page,
        drawing::wrap,
        entity::PageRequest,
        picture::{self, PREVIEW_SIZE},
        shell, words,
    },
};

/// Only styles, fonts, and images of the server. Any site may show these pages in a frame, and no others.
const EMBED_CSP: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; \
                         base-uri 'none'; form-action 'none'; frame-ancestors *";

/// The widths of a frame, in pixels.
const DEFAULT_WIDTH: u64 = 800;
const MIN_WIDTH: u64 = 320;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/embed/chart/{id}", get(embedded_chart))
        .route("/oembed", get(oembed))
}

impl Chart {
    /// The height of the frame that needs no scroll bar at this width, in pixels.
    fn frame_height(&self, kind: &ChartKind, width: u64) -> u64 {
        let inner = width.saturating_sub(32) as f64;
        let is_wide = inner >= 640.0;
        let drawing = (self.draw)(if is_wide { 760.0 } else { 350.0 });
        let drawing_height = drawing.height * (inner / drawing.width).min(1.0);
        let lines = |text: &str, character_width: f64, line_height: f64| {
            wrap(text, (inner / character_width) as usize).len() as f64 * line_height
        };
        let key: f64 = if is_wide {
            2.0
        } else {
            self.key.len() as f64 * 1.6
        };
        let height = 150.0
            + lines(self.headline(kind), 11.0, 32.0)
            + lines(&self.details, 7.5, 26.0)
            + drawing_height
            + key * 24.0
            + lines(&self.base, 6.0, 21.0)
            + lines(&self.source, 6.0, 21.0);
        height as u64
    }

    /// The HTML with which another site shows the chart.
    pub(super) fn frame_code(
        &self,
        kind: &ChartKind,
        address: &str,
        width: u64,
        height: u64,
    ) -> Markup {
        let title = format!("{}: {}", kind.title, self.headline(kind));
        html! {
            iframe src=(address) width=(width) height=(height) style="border:0;max-width:100%" loading="lazy" title=(title) {}
        }
    }

    /// How to embed the chart, for its page.
    pub(super) fn embed_section(&self, kind: &ChartKind, root: Option<&str>) -> Markup {
        let height = self.frame_height(kind, DEFAULT_WIDTH);
        // If the server does not know its address, the script of the pages completes it.
        let path = format!("embed/{}", kind.path());
        let address = root.map_or(path.clone(), |root| format!("{root}/{path}"));
        let code = self.frame_code(kind, &address, DEFAULT_WIDTH, height).0;
        html! {
            section aria-labelledby="embed" {
                h2 id="embed" { "Embed it" }
                p { "Paste this into a page of another site" @if root.is_some() { ", or paste the address of this page into an editor that supports oEmbed" } "." }
                pre.copyable translate="no" data-path=[root.is_none().then_some(&path)] { (code) }
            }
        }
    }
}

async fn embedded_chart(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, HttpError> {
    let (request, _) = request.into_parts();
    let Some(kind) = CHARTS.iter().find(|kind| kind.id == id) else {
        return Ok(unknown_chart(&request, &id));
    };
    let page_request = PageRequest::new(&server, &request);
    let chart = kind.load(&page_request).await?;
    let content = html! {
        p.kicker { (kind.title) }
        h1 { (chart.headline(kind)) }
        @if !chart.details.is_empty() { p { (chart.details) } }
        figure.chart {
            (chart.figure())
            figcaption {
                (chart.base_and_source())
                p {
                    a href=(kind.path()) target="_blank" { "Sistergraph" }
                    ": data of " (words::date(&chart.dataset.loaded_at)) ", revision "
                    code { (chart.dataset.revision.get(..12).unwrap_or_default()) }
                }
            }
        }
    };
    let page = Page {
        title: format!("{}: {}", kind.title, chart.headline(kind)),
        description: chart.finding(),
        path: kind.path(),
        content,
        place: None,
    };
    let mut response = respond_embedded(&server, &request, &page, 2).await;
    page_request.attach_log(&mut response);
    Ok(response)
}

/// Sends a page that other sites may show in a frame.
pub(in crate::http::pages) async fn respond_embedded(
    server: &Server,
    request: &axum::http::request::Parts,
    page: &Page,
    depth: usize,
) -> Response {
    let root = server.settings.public_url.as_deref();
    let body = CachedBody::new(shell::render_embedded(page, root, depth));
    let body_headers = BodyHeaders {
        content_type: HeaderValue::from_static(HTML_TYPE),
        etag_suffix: "",
        vary: "accept-encoding",
        max_age: Some(server.settings.max_age),
    };
    let mut response = body.respond(&request.headers, &body_headers).await;
    let policy = HeaderValue::from_static(EMBED_CSP);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// The parameters of a request for oEmbed.
#[derive(Default)]
struct OembedParameters {
    url: String,
    format: String,
    max_width: Option<u64>,
    max_height: Option<u64>,
}

impl OembedParameters {
    /// # Errors
    /// 400 if a size is not a whole number.
    fn parse(query: &str) -> Result<Self, HttpError> {
        let mut parameters = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let size = || {
                let size = value.parse().ok().filter(|size| *size > 0);
                size.ok_or_else(|| {
                    HttpError::bad_request(format!(
                        "{name} is {value:?}; it has to be a number of pixels"
                    ))
                })
            };
            match &*name {
                "url" => parameters.url = value.into_owned(),
                "format" => parameters.format = value.into_owned(),
                "maxwidth" => parameters.max_width = Some(size()?),
                "maxheight" => parameters.max_height = Some(size()?),
                // Consumers send parameters of their own.
                _ => {}
            }
        }
        Ok(parameters)
    }
}

/// The chart whose page or frame has this address.
fn find_chart(url: &str, root: &str) -> Option<&'static ChartKind> {
    let path = url.strip_prefix(root)?.strip_prefix('/')?;
    let path = path.split(['?', '#']).next()?.trim_end_matches('/');
    let path = path.strip_prefix("embed/").unwrap_or(path);
    CHARTS.iter().find(|kind| kind.path() == path)
}

/// The address by which editors find how to embed a page; `None` if they cannot.
pub(in crate::http::pages) fn oembed_address(root: &str, path: &str) -> Option<String> {
    CHARTS.iter().find(|kind| kind.path() == path)?;
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("url", &format!("{root}/{path}"))
        .append_pair("format", "json")
        .finish();
    Some(format!("{root}/oembed?{query}"))
}

async fn oembed(
    State(server): State<Arc<Server>>,
    request: Request,
) -> Result<Response, HttpError> {
    let (request, _) = request.into_parts();
    let parameters = OembedParameters::parse(request.uri.query().unwrap_or_default())?;
    let Some(root) = server.settings.public_url.as_deref() else {
        return Err(HttpError::not_found(
            "there is no oEmbed, because the server does not know its public address; start it with --public-url",
        ));
    };
    if !["", "json"].contains(&parameters.format.as_str()) {
        return Err(HttpError::new(
            StatusCode::NOT_IMPLEMENTED,
            "BAD_REQUEST",
            format!("there is no format {:?}; use json", parameters.format),
        ));
    }
    let kind = find_chart(&parameters.url, root).ok_or_else(|| {
        HttpError::not_found(format!(
            "url is {:?}; it has to be the address of a chart, such as {root}/chart/regions",
            parameters.url
        ))
    })?;
    let page_request = PageRequest::new(&server, &request);
    let chart = kind.load(&page_request).await?;
    let max_width = parameters.max_width.unwrap_or(u64::MAX);
    let max_height = parameters.max_height.unwrap_or(u64::MAX);
    let width = DEFAULT_WIDTH.min(max_width);
    let height = chart
        .frame_height(kind, width.max(MIN_WIDTH))
        .min(max_height);
    let mut answer = json!({
        "version": "1.0",
        "type": "rich",
        "title": format!("{}: {}", kind.title, chart.headline(kind)),
        "provider_name": "Sistergraph",
        "provider_url": root,
        "cache_age": server.settings.max_age.as_secs(),
        "html": chart.frame_code(kind, &format!("{root}/embed/{}", kind.path()), width, height).0,
        "width": width,
        "height": height,
    });
    // A thumbnail has to respect the maximum size as well.
    let (preview_width, preview_height) = PREVIEW_SIZE;
    let fits = u64::from(preview_width) <= max_width && u64::from(preview_height) <= max_height;
    if let Some(path) = picture::preview_path(&kind.path()).filter(|_| fits) {
        answer["thumbnail_url"] = json!(format!("{root}/{path}"));
        answer["thumbnail_width"] = json!(preview_width);
        answer["thumbnail_height"] = json!(preview_height);
    }
    let content_type = (header::CONTENT_TYPE, JSON_CONTENT_TYPE);
    let mut response = ([content_type], answer.to_string()).into_response();
    page_request.attach_log(&mut response);
    Ok(response)
}
