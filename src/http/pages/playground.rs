//! `/playground`: the build has the list of examples and the first query; the server adds the answer, so that both can be read
//! before any script has loaded, and without one. `?example=` names another example by its operation.

use axum::http::{HeaderMap, Uri, request::Parts};
use include_dir::{Dir, include_dir};
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::entity::PageRequest;
use crate::http::{Server, error::HttpError, graphql::ANSWER_HEADERS};

static EXAMPLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/web/src/playground/tour");

/// Where the answer goes in `web/playground.html`.
const ANSWER: &str = "<!-- page: answer -->";

/// An example query.
#[derive(Clone, Copy)]
pub(super) struct Example {
    query: &'static str,
    /// JSON text; `None` if the query has no variables.
    variables: Option<&'static str>,
}

impl Example {
    /// The example that an address names, or else the first one.
    pub(super) fn of(uri: &Uri) -> Option<Self> {
        let query = uri.query().unwrap_or_default();
        let mut parameters = form_urlencoded::parse(query.as_bytes());
        let name = parameters.find(|(name, _)| name == "example");
        let named = name.and_then(|(_, name)| all().find(|example| example.name() == name));
        named.or_else(|| all().next())
    }

    /// The name of its operation.
    pub(super) fn name(&self) -> &'static str {
        self.operation().map_or("", |(_, name)| name)
    }

    /// The type and the name of its operation.
    fn operation(&self) -> Option<(&'static str, &'static str)> {
        let mut lines = self.query.lines();
        let line =
            lines.find(|line| line.starts_with("query ") || line.starts_with("subscription "))?;
        let (kind, rest) = line.split_once(' ')?;
        let end = rest
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(rest.len());
        Some((kind, &rest[..end]))
    }

    fn is_subscription(&self) -> bool {
        self.operation()
            .is_some_and(|(kind, _)| kind == "subscription")
    }

    fn variables(&self) -> Map<String, Value> {
        let variables = self
            .variables
            .and_then(|text| serde_json::from_str(text).ok());
        variables.unwrap_or_default()
    }
}

/// The examples in the order of their file names.
fn all() -> impl Iterator<Item = Example> {
    let mut files: Vec<_> = EXAMPLES.files().collect();
    files.sort_by_key(|file| file.path());
    let is_query = |extension: &std::ffi::OsStr| extension == "graphql";
    files
        .into_iter()
        .filter(move |file| file.path().extension().is_some_and(is_query))
        .filter_map(|file| {
            let variables = EXAMPLES.get_file(file.path().with_extension("json"));
            Some(Example {
                query: file.contents_utf8()?,
                variables: variables.and_then(include_dir::File::contents_utf8),
            })
        })
}

/// The page with an example and its answer, and whether it is made of the data that the server knows.
///
/// # Errors
/// Those of the query.
pub(super) async fn fill(
    page: &str,
    server: &Server,
    request: &Parts,
    example: Example,
) -> Result<(String, bool), HttpError> {
    let page_request = PageRequest::new(server, request);
    let answer = if example.is_subscription() {
        html! { div.answer-bar { "The answers to a subscription come when the data changes." } }
    } else {
        let answer = page_request
            .answer(example.query, example.variables())
            .await?;
        answer_pane(&answer.body, &answer.headers)
    };
    let mut page = page.replacen(ANSWER, &answer.0, 1);
    page = fill_text(&page, "query", example.query).unwrap_or(page);
    if let Some(variables) = example.variables {
        page = fill_text(&page, "variables", variables).unwrap_or(page);
        page = page.replacen("class=\"variables\" hidden", "class=\"variables\"", 1);
    }
    Ok((page, page_request.is_current()))
}

/// The answer as indented JSON, and what its headers report.
fn answer_pane(body: &[u8], headers: &HeaderMap) -> Markup {
    let json =
        serde_json::from_slice(body).and_then(|json: Value| serde_json::to_string_pretty(&json));
    let [cost, revision] = ANSWER_HEADERS.map(|name| headers.get(name)?.to_str().ok());
    html! {
        div.answer-bar {}
        pre.answer-body tabindex="0" aria-label="Answer as JSON" data-bytes=(body.len()) data-cost=[cost] data-revision=[revision] {
            (json.unwrap_or_default())
        }
        div.answer-facts {}
    }
}

/// Replaces the text of the text field with an id; `None` if there is none.
fn fill_text(page: &str, id: &str, text: &str) -> Option<String> {
    let id = page.find(&format!("id=\"{id}\""))?;
    let start = id + page[id..].find('>')? + 1;
    let end = start + page[start..].find("</textarea>")?;
    let (before, after) = (&page[..start], &page[end..]);
    let text = html! { (text) };
    Some(format!("{before}{}{after}", text.0))
}
