//! Which media type a client wants, and which one it sends.

use std::str::FromStr;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use headers_accept::Accept;
use mediatype::{MediaType, MediaTypeBuf, Name, ReadParams, names};

use crate::http::error::HttpError;

const JSON: MediaType<'_> = MediaType::new(names::APPLICATION, names::JSON);
const GRAPHQL_RESPONSE: MediaType<'_> = MediaType::from_parts(
    names::APPLICATION,
    Name::new_unchecked("graphql-response"),
    Some(names::JSON),
    &[],
);
const EVENT_STREAM: MediaType<'_> =
    MediaType::new(names::TEXT, Name::new_unchecked("event-stream"));

/// How an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum ResponseFormat {
    /// `application/json`: 200 for every well-formed request, for clients that know no better.
    Json,
    /// `application/graphql-response+json`: 400 where nothing was executed.
    GraphqlResponse,
    /// `text/event-stream`: a result or more, as events.
    EventStream,
}

impl ResponseFormat {
    /// The `Content-Type` of an answer.
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::EventStream => "text/event-stream",
        })
    }
}

/// The format that the client likes best; `application/json` where it does not say.
///
/// # Errors
/// 406 where it accepts none that there is.
pub(super) fn negotiate(headers: &HeaderMap) -> Result<ResponseFormat, HttpError> {
    let values: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter(|value| !value.trim().is_empty())
        .collect();
    if values.is_empty() {
        return Ok(ResponseFormat::Json);
    }
    let joined = values.join(", ");
    let joined: Vec<String> = joined.split(',').map(strip_charset).collect();
    let joined = joined.join(",");
    let chosen = match Accept::from_str(&joined) {
        Ok(accept) => accept
            .negotiate(&[JSON, GRAPHQL_RESPONSE, EVENT_STREAM])
            .map(|chosen| {
                if *chosen == GRAPHQL_RESPONSE {
                    ResponseFormat::GraphqlResponse
                } else if *chosen == EVENT_STREAM {
                    ResponseFormat::EventStream
                } else {
                    ResponseFormat::Json
                }
            }),
        Err(_) => None,
    };
    chosen.ok_or_else(|| {
        HttpError::new(
            StatusCode::NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
            "the Accept header names nothing that this server sends; it sends \
             application/graphql-response+json, application/json and, for subscriptions, \
             text/event-stream",
        )
    })
}

/// A media range without `charset`: what is sent is UTF-8 whatever the client says, as JSON is.
fn strip_charset(range: &str) -> String {
    let is_charset = |parameter: &&str| {
        let name = parameter.split('=').next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case("charset")
    };
    let parts = range.split(';').filter(|part| !is_charset(part));
    parts.collect::<Vec<_>>().join(";")
}

/// That the body says that it is JSON in UTF-8, and is not compressed.
///
/// A browser may send `text/plain`, forms and bodies without a type to other sites without asking
/// them first, so these are not read.
///
/// # Errors
/// 415 where it is anything else.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), HttpError> {
    let unsupported = |message: String| {
        HttpError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            message,
        )
        .with_header(header::ACCEPT, HeaderValue::from_static("application/json"))
    };
    let mut given = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (given.next(), given.next()) else {
        return Err(unsupported(
            "the request must have one Content-Type; send application/json".to_owned(),
        ));
    };
    let shown = String::from_utf8_lossy(value.as_bytes());
    let parsed = MediaTypeBuf::from_str(&shown).ok();
    if !parsed.as_ref().is_some_and(|media| media.essence() == JSON) {
        return Err(unsupported(format!(
            "the Content-Type {shown:?} is not supported; send application/json"
        )));
    }
    let charset = parsed
        .as_ref()
        .and_then(|media| media.get_param(names::CHARSET));
    if let Some(charset) = charset
        && !charset.unquoted_str().eq_ignore_ascii_case("utf-8")
    {
        return Err(unsupported(format!(
            "the charset {charset} is not supported; send UTF-8"
        )));
    }
    let encoding = headers.get(header::CONTENT_ENCODING);
    if let Some(encoding) = encoding.filter(|value| *value != "identity") {
        return Err(unsupported(format!(
            "the Content-Encoding {encoding:?} is not supported; send the body as it is"
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
    fn clients_get_what_they_like_best() {
        use ResponseFormat::{EventStream, GraphqlResponse, Json};
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
            ("text/html", None),
            ("application/json;q=0", None),
            ("nonsense", None),
        ] {
            assert_eq!(format(accept), expected, "{accept:?}");
        }
    }
}
