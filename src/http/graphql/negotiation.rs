//! Content negotiation: the media types of responses and of request bodies.

use std::{str::FromStr, sync::LazyLock};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use headers_accept::Accept;
use mediatype::{MediaType, MediaTypeBuf, Name, ReadParams, names};

use crate::{export::TableFormat, http::error::HttpError};

const JSON: MediaType<'_> = MediaType::new(names::APPLICATION, names::JSON);
const GRAPHQL_RESPONSE: MediaType<'_> = MediaType::from_parts(
    names::APPLICATION,
    Name::new_unchecked("graphql-response"),
    Some(names::JSON),
    &[],
);
const EVENT_STREAM: MediaType<'_> =
    MediaType::new(names::TEXT, Name::new_unchecked("event-stream"));

/// The media type of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum ResponseFormat {
    /// `application/json`: every well-formed request gets 200, as older clients expect.
    Json,
    /// `application/graphql-response+json`: 400 if nothing was executed.
    GraphqlResponse,
    /// `text/event-stream`: one or more results, as server-sent events.
    EventStream,
    /// A table.
    Table(TableFormat),
}

impl ResponseFormat {
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::EventStream => "text/event-stream",
            Self::Table(format) => format.media_type(),
        })
    }
}

/// The media types of responses with their formats. If a client accepts several equally, it gets the first.
static FORMATS: LazyLock<(Vec<MediaType<'static>>, Vec<ResponseFormat>)> = LazyLock::new(|| {
    let json = [
        (JSON, ResponseFormat::Json),
        (GRAPHQL_RESPONSE, ResponseFormat::GraphqlResponse),
        (EVENT_STREAM, ResponseFormat::EventStream),
    ];
    let tables = TableFormat::ALL.iter().filter_map(|format| {
        let essence = format.media_type().split(';').next()?;
        Some((
            MediaType::parse(essence).ok()?,
            ResponseFormat::Table(*format),
        ))
    });
    json.into_iter().chain(tables).unzip()
});

/// The format that the client prefers; `application/json` if it sends no `Accept` header.
///
/// # Errors
/// 406 if the client accepts none of the formats.
pub(super) fn negotiate(headers: &HeaderMap) -> Result<ResponseFormat, HttpError> {
    let values: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter(|value| !value.trim().is_empty())
        .collect();
    // Most clients send one of these, which need not be compared with every format.
    match values[..] {
        [] | ["application/json"] => return Ok(ResponseFormat::Json),
        ["application/graphql-response+json"] => return Ok(ResponseFormat::GraphqlResponse),
        _ => {}
    }
    let accept = values.join(", ");
    let ranges: Vec<String> = accept.split(',').map(strip_charset).collect();
    let accept_ranges = Accept::from_str(&ranges.join(",")).ok();
    let chosen = accept_ranges.and_then(|accept| {
        let (media_types, formats) = &*FORMATS;
        let chosen = accept.negotiate(media_types)?;
        let index = media_types
            .iter()
            .position(|media_type| media_type == chosen)?;
        formats.get(index).copied()
    });
    chosen.ok_or_else(|| {
        HttpError::new(
            StatusCode::NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
            format!(
                "the Accept header {accept:?} has no supported media type; use \
                 application/graphql-response+json, application/json, or, for subscriptions, \
                 text/event-stream"
            ),
        )
    })
}

/// Removes `charset` from a media range: responses are JSON, which is always UTF-8.
fn strip_charset(range: &str) -> String {
    let is_charset = |parameter: &&str| {
        let name = parameter.split('=').next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case("charset")
    };
    let parts = range.split(';').filter(|part| !is_charset(part));
    parts.collect::<Vec<_>>().join(";")
}

/// Checks that the body is declared as uncompressed JSON in UTF-8.
///
/// Browsers send `text/plain`, forms, and bodies without a type to other sites without a preflight,
/// so these must be rejected.
///
/// # Errors
/// 415 if the body is declared as anything else.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), HttpError> {
    let unsupported = |message: String| {
        HttpError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            message,
        )
        .with_header(header::ACCEPT, HeaderValue::from_static("application/json"))
    };
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value,
        (None, _) => {
            let message = "the request has no Content-Type header; send application/json";
            return Err(unsupported(message.to_owned()));
        }
        (Some(_), Some(_)) => {
            let message = "the request has more than one Content-Type header; send only one";
            return Err(unsupported(message.to_owned()));
        }
    };
    let text = String::from_utf8_lossy(value.as_bytes());
    let parsed = MediaTypeBuf::from_str(&text).ok();
    if !parsed.as_ref().is_some_and(|media| media.essence() == JSON) {
        return Err(unsupported(format!(
            "the Content-Type {text:?} is not supported; send application/json"
        )));
    }
    let charset = parsed
        .as_ref()
        .and_then(|media| media.get_param(names::CHARSET));
    if let Some(charset) = charset
        && !charset.unquoted_str().eq_ignore_ascii_case("utf-8")
    {
        return Err(unsupported(format!(
            "the charset \"{charset}\" is not supported; send UTF-8"
        )));
    }
    let encoding = headers.get(header::CONTENT_ENCODING);
    if let Some(encoding) = encoding.filter(|value| *value != "identity") {
        return Err(unsupported(format!(
            "the Content-Encoding {encoding:?} is not supported; send the body uncompressed"
        ))
        .with_header(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("identity"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(accept: &str) -> Option<ResponseFormat> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        negotiate(&headers).ok()
    }

    #[test]
    fn the_preferred_format_is_negotiated() {
        use ResponseFormat::{EventStream, GraphqlResponse, Json, Table};
        assert_eq!(negotiate(&HeaderMap::new()), Ok(Json));
        for (accept, expected) in [
            ("", Some(Json)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("application/json", Some(Json)),
            ("application/json; charset=utf-8", Some(Json)),
            ("application/graphql-response+json", Some(GraphqlResponse)),
            ("APPLICATION/GraphQL-Response+JSON", Some(GraphqlResponse)),
            (
                "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
                Some(GraphqlResponse),
            ),
            (
                "application/graphql-response+json, application/json;q=0.9",
                Some(GraphqlResponse),
            ),
            (
                "application/graphql-response+json;q=0.2, application/json",
                Some(Json),
            ),
            (
                "application/json;q=0, application/graphql-response+json;q=0.1",
                Some(GraphqlResponse),
            ),
            ("application/json;q=0, */*", Some(GraphqlResponse)),
            ("text/event-stream", Some(EventStream)),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Some(Json)),
            ("text/csv", Some(Table(TableFormat::Csv))),
            ("text/csv; charset=utf-8", Some(Table(TableFormat::Csv))),
            ("text/csv, */*;q=0.1", Some(Table(TableFormat::Csv))),
            ("application/x-ndjson", Some(Table(TableFormat::Ndjson))),
            ("application/geo+json", Some(Table(TableFormat::Geojson))),
            ("text/html", None),
            ("application/json;q=0", None),
            ("nonsense", None),
        ] {
            assert_eq!(format(accept), expected, "{accept:?}");
        }
    }
}
