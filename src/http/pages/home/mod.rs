//! `/`: the atlas, which scripts draw, and above it a story in five sentences, which the server writes so that they can be read
//! before any script has loaded, and without one.

mod answer;
mod flows;
mod story;

use axum::http::{Uri, request::Parts};
use maud::{Markup, html};

use self::answer::{STORY, StoryAnswer};
use super::{
    entity::{EntityQuery, PageRequest},
    picture::{Art, Preview, draw_preview},
};
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

async fn answer(page_request: &PageRequest<'_>) -> Result<StoryAnswer, HttpError> {
    let query = EntityQuery {
        document: STORY,
        variables: serde_json::Map::new(),
    };
    page_request.run(&query).await
}

/// The picture that other sites show of a link to the atlas, as SVG.
///
/// # Errors
/// Those of the query.
pub(super) async fn preview(
    page_request: &PageRequest<'_>,
    root: Option<&str>,
) -> Result<String, HttpError> {
    let answer = answer(page_request).await?;
    let [title, text] = story::preview_words(&answer);
    Ok(draw_preview(&Preview {
        kicker: "",
        title: &title,
        text: &text,
        path: "",
        root,
        art: Art::Map(&story::still_map(&answer).0),
    }))
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
    let answer = answer(&page_request).await?;
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
