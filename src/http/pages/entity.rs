//! The routes of the pages that the server renders. Each page is made of the answer to a document in `documents/`, which
//! is executed like a request to `/graphql`.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use maud::html;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{
    HTML_TYPE, PAGE_CSP,
    answers::{
        CountryAnswer, DatasetVersion, FigureAnswer, IdentityAnswer, NearbyAnswer, NearbyPlace,
        PartnershipAnswer, PlaceAnswer, SearchAnswer, StateAnswer,
    },
    chart,
    components::{Page, PageContext},
    embedded_map,
    figure::{figure_page, identity_page},
    partnership::partnership_page,
    picture,
    place::{self, place_page},
    prefers_html, search, shell, sitemap,
    states::{country_page, state_page},
};
use crate::{
    db::StatementLog,
    http::{
        Server,
        cached_body::{BodyHeaders, CachedBody},
        error::HttpError,
        graphql,
        request_id::RequestId,
        response_info::ResponseInfo,
    },
};

/// The maximum number of partnerships on a page; its files have all.
const MAX_ROWS: u64 = 600;

/// A document made of files in `documents/`, for the modules in `pages/` and below.
macro_rules! document {
    ($($name:literal),+) => {
        concat!($(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/pages/documents/", $name, ".graphql")), "\n",)+)
    };
}
pub(super) use document;

const STATE: &str = document!(
    "state",
    "partnership_summary",
    "partnership_line",
    "figure_line"
);
const COUNTRY: &str = document!(
    "country",
    "partnership_summary",
    "partnership_line",
    "figure_line"
);
const PLACE: &str = document!(
    "place",
    "partnership_summary",
    "partnership_line",
    "figure_line"
);
const NEARBY: &str = document!("nearby");
const PARTNERSHIP: &str = document!("partnership", "partnership_line");
const FIGURE: &str = document!("figure", "figure_line");
const IDENTITY: &str = document!("identity", "figure_line");
const SEARCH: &str = document!("search");
pub(super) const SITEMAP: &str = document!("sitemap");

/// The document of a page and its variables.
pub(super) struct EntityQuery {
    pub(super) document: &'static str,
    pub(super) variables: Map<String, Value>,
}

impl EntityQuery {
    /// The address of the query in the playground.
    pub(super) fn playground_address(&self) -> String {
        let variables = serde_json::to_string_pretty(&self.variables).unwrap_or_default();
        let fragment = form_urlencoded::Serializer::new(String::new())
            .append_pair("query", self.document.trim())
            .append_pair("variables", &variables)
            .finish();
        format!("playground#{fragment}")
    }
}

/// A request for a page, and what it has cost so far.
pub(super) struct PageRequest<'a> {
    server: &'a Server,
    id: RequestId,
    log: StatementLog,
    /// Whether all answers are from the data that the server knows.
    is_current: AtomicBool,
}

impl<'a> PageRequest<'a> {
    pub(super) fn new(server: &'a Server, request: &Parts) -> Self {
        Self {
            server,
            id: RequestId::from_extensions(&request.extensions),
            log: server.statement_log(),
            is_current: AtomicBool::new(true),
        }
    }

    /// Whether what is made of the answers may be cached.
    pub(super) fn is_current(&self) -> bool {
        self.is_current.load(Ordering::Relaxed)
    }

    /// Logs an error that the client does not see.
    pub(super) fn internal_error(&self, error: &(dyn Error + 'static)) -> HttpError {
        tracing::error!(error, request.id = self.id.as_str(), "cannot make a page");
        HttpError::internal(&self.id)
    }

    /// Returns the answer to a document as it is.
    pub(super) async fn answer(
        &self,
        document: &str,
        variables: Map<String, Value>,
    ) -> Result<graphql::DocumentAnswer, HttpError> {
        let log = self.log.clone();
        let answer = graphql::execute_document(self.server, document, variables, &self.id, log);
        // Boxed because the future is large, and several others contain it.
        let answer = Box::pin(answer).await?;
        self.is_current
            .fetch_and(answer.is_current, Ordering::Relaxed);
        Ok(answer)
    }

    pub(super) async fn run<T: DeserializeOwned>(
        &self,
        query: &EntityQuery,
    ) -> Result<T, HttpError> {
        let answer = self.answer(query.document, query.variables.clone()).await?;
        #[derive(serde::Deserialize)]
        struct DataOnly<T> {
            data: T,
        }
        match serde_json::from_slice::<DataOnly<T>>(&answer.body) {
            Ok(answer) => Ok(answer.data),
            Err(error) => Err(self.internal_error(&error)),
        }
    }

    /// Reports what the request has cost.
    pub(super) fn attach_log(self, response: &mut Response) {
        let info = ResponseInfo {
            statement_log: Some(self.log),
            ..ResponseInfo::default()
        };
        info.attach(response);
    }

    /// Returns the query with a code or slug, and the number of rows if the document has any.
    fn query(&self, document: &'static str, name: &str, key: &str) -> EntityQuery {
        let mut variables = Map::from_iter([(name.to_owned(), json!(key))]);
        if document.contains("$rows") {
            let rows = self.server.engine.limits().max_page_size.min(MAX_ROWS);
            variables.insert("rows".to_owned(), json!(rows));
        }
        EntityQuery {
            document,
            variables,
        }
    }

    fn context<'b>(
        &'b self,
        query: &'b EntityQuery,
        dataset: &'b DatasetVersion,
    ) -> PageContext<'b> {
        PageContext {
            query,
            dataset,
            root: self.server.settings.public_url.as_deref(),
        }
    }

    /// Returns the page of an entity, or `None` if there is none with this code or slug.
    pub(super) async fn find(&self, kind: &str, key: &str) -> Result<Option<Target>, HttpError> {
        let slug = key.to_lowercase();
        let page = match kind {
            "state" => {
                let query = self.query(STATE, "code", key);
                let StateAnswer { state, dataset } = self.run(&query).await?;
                state.map(|state| state_page(&state, &self.context(&query, &dataset)))
            }
            "country" => {
                let query = self.query(COUNTRY, "code", key);
                let CountryAnswer {
                    country,
                    countries,
                    dataset,
                } = self.run(&query).await?;
                country.map(|country| {
                    country_page(&country, &countries.nodes, &self.context(&query, &dataset))
                })
            }
            "place" => return self.find_place(&slug).await,
            "partnership" => {
                let query = self.query(PARTNERSHIP, "slug", &slug);
                let PartnershipAnswer {
                    partnership,
                    dataset,
                } = self.run(&query).await?;
                partnership.map(|partnership| {
                    partnership_page(&partnership, &self.context(&query, &dataset))
                })
            }
            "figure" => {
                let query = self.query(FIGURE, "slug", &slug);
                let FigureAnswer {
                    respondent_aggregate,
                    published_statistic,
                    dataset,
                } = self.run(&query).await?;
                let figure = respondent_aggregate.or(published_statistic);
                figure.map(|figure| figure_page(&figure, &self.context(&query, &dataset)))
            }
            _ => {
                let query = self.query(IDENTITY, "slug", &slug);
                let IdentityAnswer {
                    identity,
                    identities,
                    dataset,
                } = self.run(&query).await?;
                identity.map(|identity| {
                    identity_page(&identity, &identities, &self.context(&query, &dataset))
                })
            }
        };
        Ok(page.map(Target::Page))
    }

    async fn find_place(&self, slug: &str) -> Result<Option<Target>, HttpError> {
        let query = self.query(PLACE, "slug", slug);
        let answer: PlaceAnswer = self.run(&query).await?;
        // States and countries have pages of their own, by their codes.
        if let Some(state) = answer.state.filter(|state| state.slug == slug) {
            return Ok(Some(Target::Redirect(format!("state/{}", state.code))));
        }
        let Some(place) = answer.city.or(answer.province) else {
            let country = answer
                .country
                .map(|country| format!("country/{}", country.code));
            return Ok(country.map(Target::Redirect));
        };
        let mut nearby: Vec<NearbyPlace> = Vec::new();
        if let Some(point) = place.location {
            for km in place::NEARBY_RADII_KM {
                let near =
                    json!({ "latitude": point.latitude, "longitude": point.longitude, "km": km });
                let variables = Map::from_iter([("near".to_owned(), near)]);
                let answer: NearbyAnswer = self
                    .run(&EntityQuery {
                        document: NEARBY,
                        variables,
                    })
                    .await?;
                nearby = answer.cities.nodes;
                if place::are_enough(&nearby) {
                    break;
                }
            }
        }
        Ok(Some(Target::Page(place_page(
            &place,
            nearby,
            &self.context(&query, &answer.dataset),
        ))))
    }
}

pub(super) enum Target {
    Page(Page),
    /// The canonical path of the page, without the leading slash.
    Redirect(String),
}

/// The kinds of entities that have pages.
const KINDS: [&str; 6] = [
    "state",
    "country",
    "place",
    "partnership",
    "figure",
    "identity",
];

pub(super) fn is_entity(kind: &str) -> bool {
    KINDS.contains(&kind)
}

/// The routes of all pages that the server renders.
pub(in crate::http) fn routes() -> Router<Arc<Server>> {
    let router = Router::new()
        .route("/search", get(search_page))
        .route("/robots.txt", get(sitemap::robots))
        .route("/sitemap.xml", get(sitemap::sitemap))
        .route("/preview/{kind}/{file}", get(picture::preview))
        .merge(chart::routes())
        .route("/embed/map", get(embedded_map::respond));
    KINDS.into_iter().fold(router, |router, kind| {
        let handler = move |State(server): State<Arc<Server>>,
                            Path(key): Path<String>,
                            request: Request| async move {
            entity_page(&server, kind, &key, &request.into_parts().0).await
        };
        router
            .route(&format!("/{kind}/{{key}}"), get(handler))
            .route(
                &format!("/{kind}/{{key}}/"),
                get(super::remove_trailing_slash),
            )
    })
}

async fn entity_page(
    server: &Server,
    kind: &'static str,
    key: &str,
    request: &Parts,
) -> Result<Response, HttpError> {
    let page_request = PageRequest::new(server, request);
    let found = page_request.find(kind, key.trim()).await?;
    let mut response = match found {
        Some(Target::Page(page)) if page.path == format!("{kind}/{key}") => {
            respond(server, request, &page, 1).await
        }
        Some(Target::Page(Page { path, .. }) | Target::Redirect(path)) => {
            redirect(&format!("../{path}"), &request.uri)
        }
        None => not_found_response(request, &format!("there is no {kind} {key:?}"), key),
    };
    page_request.attach_log(&mut response);
    Ok(response)
}

/// A redirect to a relative address, with the query string of the request.
fn redirect(address: &str, uri: &Uri) -> Response {
    let query = uri
        .query()
        .map_or(String::new(), |query| format!("?{query}"));
    Redirect::permanent(&format!("{address}{query}")).into_response()
}

/// `/search?q=`: the places and partnerships that match, without a script.
async fn search_page(
    State(server): State<Arc<Server>>,
    request: Request,
) -> Result<Response, HttpError> {
    let (request, _) = request.into_parts();
    let page_request = PageRequest::new(&server, &request);
    let parameters = form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes());
    let text = parameters
        .filter(|(name, _)| name == "q")
        .last()
        .unwrap_or_default()
        .1;
    let text: String = text.trim().chars().take(search::MAX_CHARS).collect();
    let query = page_request.query(SEARCH, "text", &text);
    let answer: SearchAnswer = page_request.run(&query).await?;
    let mut response = respond(&server, &request, &search::search_page(&text, &answer), 0).await;
    page_request.attach_log(&mut response);
    Ok(response)
}

/// Sends a page whose path has `depth` folders.
pub(in crate::http) async fn respond(
    server: &Server,
    request: &Parts,
    page: &Page,
    depth: usize,
) -> Response {
    let head = shell::head(page, server.settings.public_url.as_deref());
    let body = CachedBody::new(shell::render(&head, &page.content, &page.path, depth));
    let body_headers = BodyHeaders {
        content_type: HeaderValue::from_static(HTML_TYPE),
        etag_suffix: "",
        vary: "accept-encoding",
        max_age: Some(server.settings.max_age),
    };
    let mut response = body.respond(&request.headers, &body_headers).await;
    let policy = HeaderValue::from_static(PAGE_CSP);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// 404: a page with a search for browsers, and the error as JSON for programs. `words` is what the address may have meant.
pub(in crate::http) fn not_found_response(request: &Parts, message: &str, words: &str) -> Response {
    let mut response = if prefers_html(&request.headers) {
        let depth = request.uri.path().matches('/').count().saturating_sub(1);
        let page = search::not_found_page(message, words);
        let head =
            html! { title { (page.title) " · Sistergraph" } meta name="robots" content="noindex"; };
        let mut response = (
            StatusCode::NOT_FOUND,
            [
                (header::CONTENT_TYPE, HeaderValue::from_static(HTML_TYPE)),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (
                    header::CONTENT_SECURITY_POLICY,
                    HeaderValue::from_static(PAGE_CSP),
                ),
            ],
            shell::render(&head, &page.content, &page.path, depth),
        )
            .into_response();
        ResponseInfo::from_error_codes(vec!["NOT_FOUND"]).attach(&mut response);
        response
    } else {
        HttpError::not_found(message).into_response()
    };
    response
        .headers_mut()
        .insert(header::VARY, HeaderValue::from_static("accept"));
    response
}
