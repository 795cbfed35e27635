//! Pictures: SVG as PNG with the typeface of the pages, and the previews that other sites show of links.

use std::{
    error::Error,
    sync::{Arc, LazyLock},
};

use axum::{
    extract::{Path, Request, State},
    http::{HeaderValue, header, request::Parts},
    response::Response,
};
use maud::{Markup, PreEscaped, html};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb},
};
use tokio::sync::Semaphore;

use super::{
    NOT_BUILT, PageAssets, chart,
    components::Page,
    drawing::{Draw, Drawing, STYLES, wrap},
    entity::{PageRequest, Target, is_entity, not_found_response},
    home,
};
use crate::http::{
    Server,
    cached_body::{BodyHeaders, CachedBody},
    error::HttpError,
    graphql,
};

/// The size of a preview, which most sites expect.
pub(super) const PREVIEW_SIZE: (u32, u32) = (1200, 630);

/// How many pictures are rendered at a time; the others wait.
const MAX_CONCURRENT_PICTURES: usize = 2;
static PERMITS: Semaphore = Semaphore::const_new(MAX_CONCURRENT_PICTURES);

/// The typeface of the pages, from which the build keeps only the compressed form; `None` without that build.
static FONTS: LazyLock<Option<Arc<fontdb::Database>>> = LazyLock::new(|| {
    let mut names: Vec<_> = PageAssets::iter()
        .filter(|name| name.contains("source-sans-3-") && name.ends_with(".woff2"))
        .collect();
    // A text uses the first file that has its first character, and the others only for what is missing in it.
    names.sort_by_key(|name| !name.contains("-latin-wght"));
    let mut fonts = fontdb::Database::new();
    for file in names.iter().filter_map(|name| PageAssets::get(name)) {
        if let Ok(font) = wuff::decompress_woff2(&file.data) {
            fonts.load_font_data(font);
        }
    }
    let family = fonts.faces().next()?.families.first()?.0.clone();
    fonts.set_sans_serif_family(family);
    Some(Arc::new(fonts))
});

/// Whether pictures can be rendered.
pub(super) fn are_available() -> bool {
    FONTS.is_some()
}

/// Why a picture is not cached.
enum UncachedPicture {
    Error(HttpError),
    /// It is from other data than the server knows yet.
    Picture(Arc<CachedBody>),
    /// There is no page for it.
    Missing,
}

impl From<HttpError> for UncachedPicture {
    fn from(error: HttpError) -> Self {
        Self::Error(error)
    }
}

/// Returns the PNG with this name, from the cache of answers if the data has not changed; `None` if there is no such
/// page. `draw` returns the SVG.
pub(super) async fn respond_with_png(
    server: &Server,
    request: &Parts,
    page_request: &PageRequest<'_>,
    (name, scale): (String, f32),
    draw: impl Future<Output = Result<Option<String>, HttpError>>,
) -> Result<Option<Response>, HttpError> {
    let Some(fonts) = &*FONTS else {
        return Err(HttpError::not_found(format!(
            "there are no pictures, because {NOT_BUILT}"
        )));
    };
    let compute = async {
        let svg = draw.await?.ok_or(UncachedPicture::Missing)?;
        let _permit = PERMITS.acquire().await;
        let fonts = fonts.clone();
        let png = tokio::task::spawn_blocking(move || render(&svg, scale, fonts)).await;
        let png = match png {
            Ok(Ok(png)) => png,
            Ok(Err(error)) => return Err(page_request.internal_error(&*error).into()),
            Err(error) => return Err(page_request.internal_error(&error).into()),
        };
        // PNG is compressed already.
        let body = CachedBody::incompressible(png);
        if page_request.is_current() {
            Ok(body)
        } else {
            Err(UncachedPicture::Picture(Arc::new(body)))
        }
    };
    let body = match graphql::get_or_compute_file(server, name, compute).await {
        Ok(body) => body,
        Err(error) => match &*error {
            UncachedPicture::Picture(body) => body.clone(),
            UncachedPicture::Error(error) => return Err(error.clone()),
            UncachedPicture::Missing => return Ok(None),
        },
    };
    Ok(Some(
        respond_with_image(server, request, "image/png", &body).await,
    ))
}

/// SVG as PNG, at this many times its size.
fn render(
    svg: &str,
    scale: f32,
    fonts: Arc<fontdb::Database>,
) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let options = Options {
        fontdb: fonts,
        font_family: "sans-serif".to_owned(),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options)?;
    let size = tree
        .size()
        .to_int_size()
        .scale_by(scale)
        .ok_or("the picture has no size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("the picture is too large")?;
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut pixels.as_mut(),
    );
    Ok(pixels.encode_png()?)
}

/// Files may be shown as images on other sites, but not in frames.
const IMAGE_CSP: &str =
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; frame-ancestors 'none'";

pub(super) async fn respond_with_image(
    server: &Server,
    request: &Parts,
    content_type: &'static str,
    body: &CachedBody,
) -> Response {
    let body_headers = BodyHeaders {
        content_type: HeaderValue::from_static(content_type),
        etag_suffix: "",
        vary: "accept-encoding",
        max_age: Some(server.settings.max_age),
    };
    let mut response = body.respond(&request.headers, &body_headers).await;
    let policy = HeaderValue::from_static(IMAGE_CSP);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// The kind and the key of the preview of `/`, and of the pages that show neither one place nor one chart.
const ATLAS: (&str, &str) = ("page", "atlas");

/// The path of the preview of a page; `None` if it has none.
pub(super) fn preview_path(page_path: &str) -> Option<String> {
    if !are_available() {
        return None;
    }
    match page_path.split_once('/') {
        Some((kind, _)) if is_entity(kind) || kind == "chart" => {
            Some(format!("preview/{page_path}.png"))
        }
        Some(_) => None,
        None => Some(format!("preview/{}/{}.png", ATLAS.0, ATLAS.1)),
    }
}

/// `/preview/state/OR.png`: the picture that other sites show of a link to a page.
pub(super) async fn preview(
    State(server): State<Arc<Server>>,
    Path((kind, file)): Path<(String, String)>,
    request: Request,
) -> Result<Response, HttpError> {
    let (request, _) = request.into_parts();
    let page_request = PageRequest::new(&server, &request);
    let key = file.strip_suffix(".png").unwrap_or_default();
    let draw = async {
        if (kind.as_str(), key) == ATLAS {
            let root = server.settings.public_url.as_deref();
            return home::preview(&page_request, root).await.map(Some);
        }
        if kind == "chart" {
            return chart::preview(&page_request, &server, key).await;
        }
        if key.is_empty() || !is_entity(&kind) {
            return Ok(None);
        }
        Ok(match page_request.find(&kind, key).await? {
            Some(Target::Page(page)) if page.path == format!("{kind}/{key}") => {
                Some(draw_preview(&page_preview(&page, &server)))
            }
            // Pages name the pictures at their canonical addresses only.
            _ => None,
        })
    };
    let name = (format!("preview {kind}/{key}"), 1.0);
    let response = respond_with_png(&server, &request, &page_request, name, draw).await?;
    let mut response = response.unwrap_or_else(|| {
        let path = request.uri.path();
        not_found_response(&request, &format!("there is no picture at {path:?}"), key)
    });
    page_request.attach_log(&mut response);
    Ok(response)
}

/// What is next to or below the text of a preview.
pub(super) enum Art<'a> {
    None,
    /// The content of a map.
    Map(&'a str),
    Drawing(&'a Draw),
}

/// The content of a preview.
pub(super) struct Preview<'a> {
    pub(super) kicker: &'a str,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    pub(super) path: &'a str,
    /// The public address of the server.
    pub(super) root: Option<&'a str>,
    pub(super) art: Art<'a>,
}

fn page_preview<'a>(page: &'a Page, server: &'a Server) -> Preview<'a> {
    Preview {
        kicker: "",
        title: &page.title,
        text: &page.description,
        path: &page.path,
        root: server.settings.public_url.as_deref(),
        art: map_of(&page.content).map_or(Art::None, Art::Map),
    }
}

const MARGIN: f64 = 60.0;
/// The left edge of what is next to the text.
const ART_LEFT: f64 = 600.0;

/// A preview as SVG.
pub(super) fn draw_preview(preview: &Preview<'_>) -> String {
    let (width, height) = (f64::from(PREVIEW_SIZE.0), f64::from(PREVIEW_SIZE.1));
    let mut drawing = Drawing::new(width, height);
    let full_width = width - 2.0 * MARGIN;
    match preview.art {
        Art::None => drop(draw_words(&mut drawing, preview, full_width)),
        Art::Map(map) => {
            draw_words(&mut drawing, preview, ART_LEFT - MARGIN - 40.0);
            drawing.rect((ART_LEFT, 130.0), (600.0, 378.0), "sea");
            drawing.add(html! { svg x=(ART_LEFT) y="130" width="600" height="378" viewBox="0 0 1000 630" { (PreEscaped(map)) } });
        }
        Art::Drawing(draw) => {
            let wide = draw(760.0);
            if wide.height < 0.5 * wide.width {
                let without_text = Preview {
                    text: "",
                    art: Art::None,
                    ..*preview
                };
                let top = draw_words(&mut drawing, &without_text, full_width) + 24.0;
                let scale = (full_width / wide.width).min((560.0 - top) / wide.height);
                drawing.place_scaled((MARGIN, top), scale, wide);
            } else {
                draw_words(&mut drawing, preview, ART_LEFT - MARGIN - 40.0);
                let narrow = draw(460.0);
                let scale = ((width - ART_LEFT - 40.0) / narrow.width).min(520.0 / narrow.height);
                drawing.place_scaled((ART_LEFT, 60.0), scale, narrow);
            }
        }
    }
    write_preview(&drawing, preview)
}

/// Draws the title and the text, and returns where they end.
fn draw_words(drawing: &mut Drawing, preview: &Preview<'_>, width: f64) -> f64 {
    let mut y = 112.0;
    if !preview.kicker.is_empty() {
        y += 14.0;
        drawing.text((MARGIN, y), "soft lead", preview.kicker);
    }
    for line in first_lines(preview.title, width / 22.0, 6) {
        y += 52.0;
        drawing.text((MARGIN, y), "title", &line);
    }
    y += 14.0;
    let lines = ((560.0 - y) / 34.0).max(0.0) as usize;
    for line in first_lines(preview.text, width / 12.5, lines) {
        y += 34.0;
        drawing.text((MARGIN, y), "soft lead", &line);
    }
    y
}

/// The content of the map of a page.
fn map_of(content: &Markup) -> Option<&str> {
    let (_, map) = content.0.split_once("<svg class=\"map\"")?;
    let (map, _) = map.split_once("</svg>")?;
    Some(map.split_once('>')?.1)
}

/// The first lines of a text, with an ellipsis if there are more.
fn first_lines(text: &str, max_characters: f64, max_lines: usize) -> Vec<String> {
    let mut lines = wrap(text, max_characters as usize);
    if lines.len() > max_lines {
        lines.truncate(max_lines);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

const PREVIEW_STYLES: &str = ".drawing .name { font-size: 30px; font-weight: 700; } .drawing .title { font-size: 46px; font-weight: 700; } .drawing .lead { font-size: 26px; } .drawing .address { font-size: 20px; }";

/// The drawing as SVG, with the name of the site and the address.
fn write_preview(drawing: &Drawing, preview: &Preview<'_>) -> String {
    let (width, height) = PREVIEW_SIZE;
    let address = preview.root.map(|root| format!("{root}/{}", preview.path));
    let svg = html! {
        svg xmlns="http://www.w3.org/2000/svg" class="drawing" width=(width) height=(height) {
            style { (PreEscaped(STYLES.as_str())) (PREVIEW_STYLES) }
            rect.surface width="100%" height="100%" {}
            rect.fill-2 width="100%" height="12" {}
            text.name x=(MARGIN) y="78" { "Sistergraph" }
            (drawing.marks())
            @if let Some(address) = address { text.soft.address x=(MARGIN) y="598" { (address) } }
        }
    };
    svg.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_end_with_an_ellipsis() {
        assert_eq!(first_lines("a bb ccc dd", 5.0, 2), ["a bb", "ccc…"]);
        assert_eq!(first_lines("a bb", 5.0, 2), ["a bb"]);
    }

    #[test]
    fn the_map_of_a_page_is_found() {
        let content = html! { p { "a" } svg.map role="img" { path d="M0 0" {} } svg {} };
        assert_eq!(map_of(&content), Some("<path d=\"M0 0\"></path>"));
        assert_eq!(map_of(&html! { p {} }), None);
    }

    /// Without fonts, there is no text, but still a picture.
    #[test]
    fn a_picture_has_the_size_of_its_svg() {
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><text>a</text></svg>"#;
        let png = render(svg, 2.0, Arc::new(fontdb::Database::new())).unwrap();
        let pixels = Pixmap::decode_png(&png).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (40, 20));
        assert!(render("<p>", 1.0, Arc::new(fontdb::Database::new())).is_err());
    }
}
