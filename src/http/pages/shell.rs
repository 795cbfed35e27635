//! The frame of the pages that the server renders: the head, the header, and the footer of the other pages. The build
//! of `web/page.html` has it with the names of the style sheets.

use std::sync::LazyLock;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Value, json};

use super::{PageAssets, answers::MapPoint, chart, components::Page, picture};

const HEAD: &str = "<!-- page: head -->";
const CONTENT: &str = "<!-- page: content -->";

/// The frame of a build without Node, which has no styles.
const PLAIN_FRAME: &str = concat!(
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><!-- page: head --></head><body>",
    include_str!("../../../web/src/layout/header.html"),
    "<main id=\"content\"><!-- page: content --></main>",
    include_str!("../../../web/src/layout/footer.html"),
    "</body></html>",
);

/// What the footer says about citations.
const CITATION_HINT: &str = "Pages of places, partnerships, figures, checks, and charts say how to cite them. To cite all data, see <a href=\"data#cite\">data and method</a>.";

static FRAME: LazyLock<String> = LazyLock::new(|| {
    let built = PageAssets::get("page.html")
        .and_then(|file| String::from_utf8(file.data.into_owned()).ok());
    let frame = built.unwrap_or_else(|| PLAIN_FRAME.to_owned());
    // The script adds the revision to the citation in the footer by a request. These pages cite themselves.
    let citation = frame
        .split_once("<p id=\"citation\"")
        .and_then(|(before, rest)| {
            let (_, after) = rest.split_once("</p>")?;
            Some(format!("{before}<p>{CITATION_HINT}</p>{after}"))
        });
    citation.unwrap_or(frame)
});

/// The title of a page and what search engines and previews of links show of it. `root` is the public address of the server;
/// without it, the page has neither a canonical address nor a picture.
pub(super) fn head(page: &Page, root: Option<&str>) -> Markup {
    let title = format!("{} · Sistergraph", page.title);
    let address = root.map(|root| format!("{root}/{}", page.path));
    let picture = picture::preview_path(&page.path);
    let picture = root
        .zip(picture)
        .map(|(root, path)| format!("{root}/{path}"));
    let place = page.place.as_ref().map(|place| {
        let mut place = place.clone();
        if let (Some(address), Some(place)) = (&address, place.as_object_mut()) {
            place.insert("url".to_owned(), json!(address));
        }
        // A closing tag within the text would end the script.
        place.to_string().replace('<', "\\u003c")
    });
    html! {
        title { (title) }
        meta name="description" content=(page.description);
        meta property="og:title" content=(title);
        meta property="og:description" content=(page.description);
        meta property="og:type" content="article";
        meta property="og:site_name" content="Sistergraph";
        meta name="twitter:card" content=(if picture.is_some() { "summary_large_image" } else { "summary" });
        @if let Some(picture) = &picture { (picture_tags(picture, &page.title)) }
        @if page.path == "search" { meta name="robots" content="noindex"; }
        @if let Some(address) = address {
            link rel="canonical" href=(address);
            @if let Some(oembed) = root.and_then(|root| chart::oembed_address(root, &page.path)) {
                link rel="alternate" type="application/json+oembed" href=(oembed) title=(page.title);
            }
            meta property="og:url" content=(address);
        }
        // Browsers do not execute data, so the Content-Security-Policy does not apply.
        @if let Some(place) = place { script type="application/ld+json" { (PreEscaped(place)) } }
    }
}

/// The preview of a page, by its address.
pub(super) fn picture_tags(address: &str, alternative: &str) -> Markup {
    let (width, height) = picture::PREVIEW_SIZE;
    html! {
        meta property="og:image" content=(address);
        meta property="og:image:type" content="image/png";
        meta property="og:image:width" content=(width);
        meta property="og:image:height" content=(height);
        meta property="og:image:alt" content=(alternative);
    }
}

/// A place for search engines ([schema.org](https://schema.org/Place)).
pub(super) fn place(
    kind: &str,
    name: &str,
    location: Option<MapPoint>,
    within: Option<&str>,
) -> Value {
    let mut place = json!({ "@context": "https://schema.org", "@type": kind, "name": name });
    if let Some(MapPoint {
        latitude,
        longitude,
    }) = location
    {
        place["geo"] =
            json!({ "@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude });
    }
    if let Some(name) = within {
        place["containedInPlace"] = json!({ "@type": "AdministrativeArea", "name": name });
    }
    place
}

/// Returns a whole page. The addresses in it are relative to `/`, and become relative to the page, which is
/// `depth` folders below: so they also work below a path of a proxy. The navigation marks the page with this canonical path.
pub(in crate::http) fn render(head: &Markup, content: &Markup, path: &str, depth: usize) -> String {
    let mut page = FRAME
        .replacen(HEAD, &head.0, 1)
        .replacen(CONTENT, &content.0, 1);
    // The charts are the only pages of the navigation that the server renders.
    if path == "chart" || path.starts_with("chart/") {
        let current = if path == "chart" { "page" } else { "true" };
        let link = format!("<a href=\"chart\" aria-current=\"{current}\">");
        page = page.replacen("<a href=\"chart\">", &link, 1);
    }
    make_addresses_relative(&page, depth)
}

/// Returns a page for a frame on another site: with the styles and the icon of the other pages, and without their scripts,
/// header, and footer. `root` is the public address of the server.
pub(super) fn render_embedded(page: &Page, root: Option<&str>, depth: usize) -> String {
    let links = FRAME.split('<').filter(|tag| {
        let is_used = tag.contains("rel=\"stylesheet\"") || tag.contains("rel=\"icon\"");
        tag.starts_with("link ") && is_used
    });
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (page.title) " · Sistergraph" }
                @if let Some(root) = root { link rel="canonical" href={ (root) "/" (page.path) }; }
                @for link in links { (PreEscaped(format!("<{}", link.trim_end()))) }
            }
            body.embedded { main { (page.content) } }
        }
    };
    make_addresses_relative(&page.0, depth)
}

fn make_addresses_relative(page: &str, depth: usize) -> String {
    let mut out = String::with_capacity(page.len() + 4096);
    let mut rest = page;
    // Quotes in text and in values are escaped, so these are attributes.
    while let Some(at) = rest.find("=\"") {
        let (before, after) = rest.split_at(at + 2);
        out.push_str(before);
        rest = after;
        let is_address = [" href=\"", " src=\"", " action=\""]
            .iter()
            .any(|attribute| before.ends_with(attribute));
        if !is_address {
            continue;
        }
        let is_relative = !rest.starts_with(['#', '/'])
            && !rest
                .split('"')
                .next()
                .is_some_and(|value| value.contains("://"));
        if is_relative {
            out.push_str(&"../".repeat(depth));
            rest = rest.strip_prefix("./").unwrap_or(rest);
            // An empty address would be that of the page.
            if depth == 0 && rest.starts_with('"') {
                out.push_str("./");
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_relative_to_the_page() {
        let content = html! {
            a href="state/OR" { "a" } a href="#b" { "b" } a href="https://example.org/" { "c" } a href="./" { "d" }
            p { " href=\"x\"" }
        };
        let page = render(&html! { title { "A title" } }, &content, "state/OR", 2);
        assert!(page.contains("<title>A title</title>"), "{page}");
        for expected in [
            "<a href=\"../../state/OR\">a</a><a href=\"#b\">b</a><a href=\"https://example.org/\">c</a>",
            "<a href=\"../../\">d</a><p> href=&quot;x&quot;</p>",
            " href=\"#content\"",
            "<a href=\"../../figures\"",
        ] {
            let unspaced = page
                .replace("</a> <a", "</a><a")
                .replace("</a> <p", "</a><p");
            assert!(unspaced.contains(expected), "{expected} is not in {page}");
        }
    }

    #[test]
    fn the_navigation_marks_the_charts() {
        let page = |path| render(&html! {}, &html! {}, path, 0);
        for (path, link) in [
            ("chart", "<a href=\"chart\" aria-current=\"page\">"),
            ("chart/decades", "<a href=\"chart\" aria-current=\"true\">"),
            ("state/OR", "<a href=\"chart\">"),
        ] {
            assert!(page(path).contains(link), "{path}");
        }
    }
}
