//! The web pages, built by `npm run build` into `web/dist`. A release build embeds them; a debug build
//! reads them when the server starts, so that they can change without compiling. The modules below render the
//! pages of places, partnerships, and figures.

mod answers;
mod chart;
mod citation;
mod components;
mod drawing;
mod embedded_map;
mod entity;
mod figure;
mod home;
mod map;
mod partnership;
mod partnership_list;
mod picture;
mod place;
mod playground;
mod search;
mod shell;
mod sitemap;
mod states;
mod words;

use std::{borrow::Cow, str::FromStr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get},
};
use bytes::Bytes;
use headers_accept::Accept;
use maud::html;
use mediatype::{MediaType, names};
use rust_embed::RustEmbed;

pub(super) use self::{
    components::{Page, breadcrumbs},
    entity::{not_found_response, respond, routes as entity_routes},
};
use super::{
    Server, WELCOME,
    cached_body::{BodyHeaders, CachedBody},
    error::HttpError,
    graphql,
};

const HTML_TYPE: &str = "text/html; charset=utf-8";
const HTML: MediaType<'_> = MediaType::new(names::TEXT, names::HTML);
const PLAIN: MediaType<'_> = MediaType::new(names::TEXT, names::PLAIN);

/// The paths of the pages, except `/`.
const PAGE_PATHS: [&str; 10] = [
    "/playground",
    "/figures",
    "/data",
    "/awareness",
    "/compare",
    "/planner",
    "/partnerships",
    "/places",
    "/published-figures",
    "/sources",
];

const NOT_BUILT: &str = "this build has no pages; run `make pages` with Node 20.19 or later, then build \
                         the program again";

/// Nothing from other hosts, and no inline scripts or styles. Pages draw images for downloads, and have search forms.
const PAGE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
                      img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Monaco, the editor of the playground, adds inline styles.
const PLAYGROUND_CSP: &str = "default-src 'none'; script-src 'self'; \
                                 style-src 'self' 'unsafe-inline'; font-src 'self'; \
                                 img-src 'self' data:; connect-src 'self'; worker-src 'self'; \
                                 base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// File names contain a hash of the content.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// HTML names the files of its build, so caches have to revalidate it.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct PageAssets;

struct StaticFile {
    bytes: Bytes,
    body: CachedBody,
    headers: BodyHeaders,
    cache_control: HeaderValue,
    /// Only HTML has one.
    content_security_policy: Option<HeaderValue>,
}

/// The routes of the pages and their files, and `/`: the atlas for browsers, a text for other
/// clients. `root` is the public address of the server.
pub(super) fn routes(root: Option<&str>) -> Router<Arc<Server>> {
    let names: Vec<_> = PageAssets::iter().collect();
    let files = names
        .iter()
        .filter_map(|name| Some((name.as_ref(), to_bytes(PageAssets::get(name)?.data))));
    match root {
        Some(root) => build_routes(add_addresses(files.collect(), root), with_content),
        None => build_routes(files.collect(), with_content),
    }
}

/// The route of a page to which the server adds content; `None` for the other files.
fn with_content(name: &str, page: &Arc<StaticFile>) -> Option<MethodRouter<Arc<Server>>> {
    let page = page.clone();
    match name {
        "index.html" => Some(get(
            async move |State(server): State<Arc<Server>>, request: Request| {
                let (request, _) = request.into_parts();
                welcome_or(&request.headers, home(&server, &request, &page)).await
            },
        )),
        "playground.html" => Some(get(
            async move |State(server): State<Arc<Server>>, request: Request| {
                let (request, _) = request.into_parts();
                playground(&server, &request, &page).await
            },
        )),
        _ => None,
    }
}

/// `/` with its content.
async fn home(server: &Server, request: &Parts, page: &StaticFile) -> Response {
    let variant = home::Variant::of(&request.uri);
    let content = async {
        let (content, is_current) = home::content(server, request, variant).await?;
        let page = page.text().replacen(home::CONTENT, &content.0, 1);
        Ok((page, is_current))
    };
    respond_with_content(server, request, page, variant.name().to_owned(), content).await
}

/// `/playground` with the answer to an example.
async fn playground(server: &Server, request: &Parts, page: &StaticFile) -> Response {
    let Some(example) = playground::Example::of(&request.uri) else {
        return page.respond(&request.headers).await;
    };
    let content = playground::fill(page.text(), server, request, example);
    let name = format!("page: playground {}", example.name());
    respond_with_content(server, request, page, name, content).await
}

/// Sends a page with its content, which is cached by name if the flag is set: it is made of the data that the server knows.
/// Without an answer of the database the page is sent as built, so that its scripts tell the reader.
async fn respond_with_content(
    server: &Server,
    request: &Parts,
    page: &StaticFile,
    name: String,
    content: impl Future<Output = Result<(String, bool), HttpError>>,
) -> Response {
    // Boxed because the futures of the pages are large.
    let content = Box::pin(content);
    let body = graphql::get_or_compute_file(server, name, async {
        match content.await {
            Ok((content, true)) => Ok(CachedBody::new(content)),
            Ok((content, false)) => Err(Some(CachedBody::new(content))),
            Err(_) => Err(None),
        }
    })
    .await;
    let body = match &body {
        Ok(body) => Some(&**body),
        Err(uncached) => uncached.as_ref().as_ref(),
    };
    page.respond_with(body.unwrap_or(&page.body), &request.headers)
        .await
}

/// Sends the page to browsers, and a text to other clients.
async fn welcome_or(headers: &HeaderMap, page: impl Future<Output = Response>) -> Response {
    let mut response = if prefers_html(headers) {
        page.await
    } else {
        WELCOME.into_response()
    };
    let vary = HeaderValue::from_static("accept, accept-encoding");
    response.headers_mut().insert(header::VARY, vary);
    response
}

/// The size of the picture in previews of a link.
const SMALL_CARD: &str = r#"name="twitter:card" content="summary""#;
const LARGE_CARD: &str = r#"name="twitter:card" content="summary_large_image""#;

/// Adds the canonical address to each page, and makes the addresses of files in its JSON-LD absolute, as search engines
/// require.
fn add_addresses<'a>(files: Vec<(&'a str, Bytes)>, root: &str) -> Vec<(&'a str, Bytes)> {
    files
        .into_iter()
        .map(|(name, bytes)| {
            let text = std::str::from_utf8(&bytes).ok();
            let page = name
                .strip_suffix(".html")
                .filter(|name| *name != "page")
                .zip(text);
            let Some((page, text)) = page else {
                return (name, bytes);
            };
            let path = if page == "index" { "" } else { page };
            let picture = picture::preview_path(path);
            let address = html! {
                link rel="canonical" href={ (root) "/" (path) };
                meta property="og:url" content={ (root) "/" (path) };
                @if let Some(picture) = &picture { (shell::picture_tags(&format!("{root}/{picture}"), "A map of the partnerships")) }
                "\n  "
            };
            let card = if picture.is_some() { LARGE_CARD } else { SMALL_CARD };
            let text = text
                .replacen(SMALL_CARD, card, 1)
                .replacen("</head>", &format!("{}</head>", address.0), 1)
                .replace(
                    "\"contentUrl\": \"export/",
                    &format!("\"contentUrl\": \"{root}/export/"),
                );
            (name, text.into())
        })
        .collect()
}

fn to_bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => data.into(),
    }
}

/// The routes for the files of `web/dist`, given by their names.
/// `with_content` returns the routes of the pages to which the server adds content.
fn build_routes<S: Clone + Send + Sync + 'static>(
    files: Vec<(&str, Bytes)>,
    with_content: impl Fn(&str, &Arc<StaticFile>) -> Option<MethodRouter<S>>,
) -> Router<S> {
    let mut router = Router::new();
    let mut atlas = None;
    for (name, bytes) in &files {
        // Compressed when the pages were built.
        let (name, is_brotli) = match name.strip_suffix(".br") {
            Some(name) => (name, true),
            None => (*name, false),
        };
        let page = Arc::new(StaticFile::new(name, bytes.clone(), is_brotli));
        let route = with_content(name, &page);
        if name == "index.html" {
            atlas = Some(route.unwrap_or_else(|| {
                get(async move |headers: HeaderMap| {
                    welcome_or(&headers, page.respond(&headers)).await
                })
            }));
            continue;
        }
        // The frame of the pages that the server renders.
        if name == "page.html" {
            continue;
        }
        let path = format!("/{}", name.strip_suffix(".html").unwrap_or(name));
        let route = route
            .unwrap_or_else(|| get(async move |headers: HeaderMap| page.respond(&headers).await));
        if PAGE_PATHS.contains(&path.as_str()) {
            router = router.route(&format!("{path}/"), get(remove_trailing_slash));
        }
        router = router.route(&path, route);
    }
    let Some(atlas) = atlas else {
        return missing_pages_routes();
    };
    router.route("/", atlas)
}

/// Redirects `/figures/` to `/figures`: the addresses in a page are relative to a path without the slash. So is
/// this redirect, because the client may see the server below a path.
pub(super) async fn remove_trailing_slash(uri: Uri) -> Redirect {
    let name = uri.path().trim_end_matches('/').rsplit('/').next();
    let query = uri.query().map(|query| format!("?{query}"));
    Redirect::permanent(&format!(
        "../{}{}",
        name.unwrap_or_default(),
        query.unwrap_or_default()
    ))
}

/// The routes of a build without pages, which explain how to build them.
fn missing_pages_routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let welcome = || async { format!("{WELCOME}\nNo pages: {NOT_BUILT}.\n") };
    PAGE_PATHS
        .into_iter()
        .fold(Router::new().route("/", get(welcome)), |router, path| {
            let not_built = async || HttpError::not_found(NOT_BUILT);
            router.route(path, get(not_built))
        })
}

/// Whether the client prefers HTML to plain text. Programs that accept anything get text.
pub(super) fn prefers_html(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept
        .and_then(|accept| Accept::from_str(accept).ok())
        .is_some_and(|accept| accept.negotiate(&[PLAIN, HTML]) == Some(&HTML))
}

impl StaticFile {
    fn new(name: &str, bytes: Bytes, is_brotli: bool) -> Self {
        let (_, extension) = name.rsplit_once('.').unwrap_or_default();
        let content_type = match extension {
            "html" => HTML_TYPE,
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "json" => "application/json",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "webp" => "image/webp",
            "woff2" => "font/woff2",
            "ttf" => "font/ttf",
            "wasm" => "application/wasm",
            _ => "application/octet-stream",
        };
        let policy = match name {
            "playground.html" => Some(PLAYGROUND_CSP),
            _ if extension == "html" => Some(PAGE_CSP),
            _ => None,
        };
        let body = match extension {
            _ if is_brotli => CachedBody::from_brotli(bytes.clone()),
            "html" => CachedBody::new(bytes.clone()),
            _ => CachedBody::incompressible(bytes.clone()),
        };
        Self {
            bytes,
            body,
            headers: BodyHeaders {
                content_type: HeaderValue::from_static(content_type),
                etag_suffix: "",
                vary: "accept-encoding",
                max_age: Some(Duration::ZERO),
            },
            cache_control: if name.starts_with("assets/") {
                IMMUTABLE
            } else {
                REVALIDATE
            },
            content_security_policy: policy.map(HeaderValue::from_static),
        }
    }

    /// The text of a page.
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }

    async fn respond(&self, headers: &HeaderMap) -> Response {
        self.respond_with(&self.body, headers).await
    }

    /// Sends another body instead of the file's own.
    async fn respond_with(&self, body: &CachedBody, headers: &HeaderMap) -> Response {
        let mut response = body.respond(headers, &self.headers).await;
        let sent = response.headers_mut();
        sent.insert(header::CACHE_CONTROL, self.cache_control.clone());
        if let Some(policy) = &self.content_security_policy {
            sent.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        response
    }
}

#[cfg(test)]
mod tests;
