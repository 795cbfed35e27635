//! `/`: the atlas, which scripts draw, and above it a story in five sentences, which the server writes so that they can be read
//! before any script has loaded, and without one.

mod flows;
mod story;

use axum::http::{Uri, request::Parts};
use maud::{Markup, html};

use self::story::{STORY, StoryAnswer};
use super::entity::{EntityQuery, PageRequest};
use crate::{
    export::is_tracking_parameter,
    http::{Server, error::HttpError},
};

/// Where the content goes in `web/index.html`.
pub(super) const CONTENT: &str = "<!-- page: content -->";

/// The variants of the page by their names in the cache.
#[derive(Clone, Copy)]
pub(super) enum Variant {
    /// The story and the atlas.
    WithStory,
    /// The address selects a view of the atlas, so the reader has seen the story.
    AtlasOnly,
}

impl Variant {
    pub(super) fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let mut parameters = form_urlencoded::parse(query.as_bytes());
        if parameters.all(|(name, _)| is_tracking_parameter(&name)) {
            Self::WithStory
        } else {
            Self::AtlasOnly
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::WithStory => "page: story and atlas",
            Self::AtlasOnly => "page: atlas",
        }
    }
}

/// The content of the page, and whether it is made of the data that the server knows.
///
/// # Errors
/// Those of the query.
pub(super) async fn content(
    server: &Server,
    request: &Parts,
    variant: Variant,
) -> Result<(Markup, bool), HttpError> {
    let page_request = PageRequest::new(server, request);
    let query = EntityQuery {
        document: STORY,
        variables: serde_json::Map::new(),
    };
    let answer: StoryAnswer = page_request.run(&query).await?;
    let content = html! {
        @if matches!(variant, Variant::WithStory) { (story::story(&answer)) }
        div id="atlas" {
            div.atlas-waiting {
                @if matches!(variant, Variant::AtlasOnly) { h1 { (story::headline(&answer)) } }
                noscript {
                    p {
                        "The interactive map needs JavaScript. Without it, use the tables of "
                        a href="partnerships" { "partnerships" } " and " a href="places" { "places" } ", or "
                        a href="search" { "search" } " for a place: each has a page of its own."
                    }
                }
            }
        }
    };
    Ok((content, page_request.is_current()))
}
