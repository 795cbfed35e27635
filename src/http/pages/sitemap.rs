//! `/robots.txt` and `/sitemap.xml`, for search engines.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, request::Parts},
    response::Response,
};
use serde_json::{Map, Value, json};

use super::{
    PAGE_PATHS, chart,
    entity::{EntityQuery, PageRequest, SITEMAP},
};
use crate::http::{
    Server,
    cached_body::{BodyHeaders, CachedBody},
    error::HttpError,
};

/// The maximum number of addresses in a sitemap (<https://www.sitemaps.org/protocol.html>).
const MAX_ADDRESSES: usize = 50_000;

/// Allows everything, and names the sitemap if there is one.
pub(super) async fn robots(State(server): State<Arc<Server>>, request: Request) -> Response {
    let sitemap = server.settings.public_url.as_ref();
    let sitemap = sitemap.map_or(String::new(), |url| format!("Sitemap: {url}/sitemap.xml\n"));
    let body = format!("User-agent: *\nAllow: /\n{sitemap}");
    let (request, _) = request.into_parts();
    respond(&server, &request, "text/plain; charset=utf-8", body).await
}

/// The addresses of all pages, which need the public address of the server.
pub(super) async fn sitemap(
    State(server): State<Arc<Server>>,
    request: Request,
) -> Result<Response, HttpError> {
    let Some(root) = &server.settings.public_url else {
        return Err(HttpError::not_found(
            "there is no sitemap, because the server does not know its public address; start it with --public-url",
        ));
    };
    let (request, _) = request.into_parts();
    let page_request = PageRequest::new(&server, &request);
    let rows = server.engine.limits().max_page_size;
    let mut paths = BTreeSet::new();
    let mut variables = Map::from_iter([("rows".to_owned(), json!(rows))]);
    loop {
        let query = EntityQuery {
            document: SITEMAP,
            variables: variables.clone(),
        };
        let answer: Value = page_request.run(&query).await?;
        add_paths(&answer, &mut paths);
        let mut is_complete = true;
        for (list, variable) in [
            ("cities", "afterCity"),
            ("partnerships", "afterPartnership"),
        ] {
            // The last page of one list is requested again until the other one ends.
            let page = &answer[list]["pageInfo"];
            if page["hasNextPage"] == true {
                is_complete = false;
                variables.insert(variable.to_owned(), page["endCursor"].clone());
            }
        }
        if is_complete || paths.len() >= MAX_ADDRESSES {
            break;
        }
    }
    let built = ["/"].into_iter().chain(PAGE_PATHS).map(str::to_owned);
    let paths = built.chain(chart::paths()).chain(paths).take(MAX_ADDRESSES);
    // Codes and slugs consist of letters, digits, and hyphens.
    let entries: String = paths
        .map(|path| format!("<url><loc>{root}{path}</loc></url>\n"))
        .collect();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{entries}</urlset>\n"
    );
    Ok(respond(&server, &request, "application/xml", body).await)
}

fn add_paths(answer: &Value, paths: &mut BTreeSet<String>) {
    let mut add = |kind: &str, key: &str, objects: &Value| {
        let objects = objects.as_array().into_iter().flatten();
        paths.extend(
            objects.filter_map(|object| Some(format!("/{kind}/{}", object[key].as_str()?))),
        );
    };
    add("state", "code", &answer["states"]["nodes"]);
    add("country", "code", &answer["countries"]["nodes"]);
    for country in answer["countries"]["nodes"]
        .as_array()
        .into_iter()
        .flatten()
    {
        add("place", "slug", &country["provinces"]);
    }
    add("place", "slug", &answer["cities"]["nodes"]);
    add("partnership", "slug", &answer["partnerships"]["nodes"]);
    add("figure", "slug", &answer["respondentAggregates"]["nodes"]);
    add("figure", "slug", &answer["publishedStatistics"]["nodes"]);
    add("identity", "slug", &answer["reconciliation"]);
}

async fn respond(
    server: &Server,
    request: &Parts,
    content_type: &'static str,
    body: String,
) -> Response {
    let body_headers = BodyHeaders {
        content_type: HeaderValue::from_static(content_type),
        etag_suffix: "",
        vary: "accept-encoding",
        max_age: Some(server.settings.max_age),
    };
    CachedBody::new(body)
        .respond(&request.headers, &body_headers)
        .await
}
