//! Global ids: opaque, and the same after every load, for they are made of type and slug.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    db::ColumnRef,
    engine::{Field, GraphqlError, ResolvedValue},
};

/// The id of the object of a type with a key.
pub(super) fn encode(object: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{object}:{key}"))
}

/// The type and the key of an id.
///
/// # Errors
/// Where the text is not an id of this server.
pub(super) fn decode(id: &str) -> Result<(String, String), GraphqlError> {
    let decoded = URL_SAFE_NO_PAD
        .decode(id)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|text| text.split_once(':')) {
        // No key has U+0000, and PostgreSQL cannot be asked for it.
        Some((object, key)) if !object.is_empty() && !key.is_empty() && !key.contains('\0') => {
            Ok((object.to_owned(), key.to_owned()))
        }
        _ => Err(GraphqlError::bad_user_input(format!(
            "{id:?} is not an id of this server; ids are opaque, use one that an answer gave"
        ))),
    }
}

/// The field `id` of a stored type.
pub(super) fn id_field(object: &'static str, key: ColumnRef) -> Field {
    Field::compute_from_columns(
        "id",
        "ID!",
        "Globally unique and opaque; `node(id:)` finds the object again.",
        &[key],
        move |record| {
            record
                .text(key)
                .map_or(ResolvedValue::Null, |key| encode(object, key).into())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn an_id_leads_back_to_type_and_key() {
        let id = encode("City", "jp-nagoya");
        assert_eq!(decode(&id), Ok(("City".into(), "jp-nagoya".into())));
        assert!(!id.contains("nagoya"), "opaque");
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for wrong in ["", "jp-nagoya", "Q2l0eQ", "Og", "%%%"] {
            let refusal = decode(wrong).expect_err(wrong);
            assert!(refusal.message.contains(&format!("{wrong:?}")));
        }
    }
}
