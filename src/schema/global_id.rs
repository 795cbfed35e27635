//! Global object ids. They are made of the type and the slug, so they are the same after every load.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    db::ColumnRef,
    engine::{Field, ResolvedValue},
    graphql_error::GraphqlError,
};

pub(super) const ID_DESCRIPTION: &str = "Opaque, globally unique id; pass it to `node(id:)` to get this object again. It stays the same when the data is reloaded.";

pub(super) fn encode(object: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{object}:{key}"))
}

/// Returns the type and the key that an id consists of.
///
/// # Errors
/// `BAD_USER_INPUT` if the text is not Base64 of a type and a key.
pub(super) fn decode(id: &str) -> Result<(String, String), GraphqlError> {
    let decoded = URL_SAFE_NO_PAD
        .decode(id)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|text| text.split_once(':')) {
        // PostgreSQL rejects texts that contain U+0000, and no key contains it.
        Some((object, key)) if !object.is_empty() && !key.is_empty() && !key.contains('\0') => {
            Ok((object.to_owned(), key.to_owned()))
        }
        _ => Err(invalid_id(id)),
    }
}

pub(super) fn invalid_id(id: &str) -> GraphqlError {
    GraphqlError::bad_user_input(format!(
        "{id:?} is not a valid id; use the `id` of an object in a response"
    ))
}

/// Defines the field `id` of a stored type.
pub(super) fn id_field(object: &'static str, key: ColumnRef) -> Field {
    Field::new("id", "ID!", ID_DESCRIPTION).compute_from_columns([key], move |[key]| {
        ResolvedValue::from_option(key.text().map(|key| encode(object, key)))
    })
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn ids_are_decoded_to_type_and_key() {
        let id = encode("City", "jp-nagoya");
        assert_eq!(decode(&id), Ok(("City".into(), "jp-nagoya".into())));
        assert!(!id.contains("nagoya"), "opaque");
    }

    #[test]
    fn errors_quote_the_invalid_id() {
        for wrong in ["", "jp-nagoya", "Q2l0eQ", "Og", "%%%"] {
            let error = decode(wrong).expect_err(wrong);
            assert!(error.message.contains(&format!("{wrong:?}")));
        }
    }
}
