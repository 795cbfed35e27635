//! Labels for the names of operations. Clients choose these names, so their number is bounded.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
};

/// Names with a label of their own, in addition to those given at the start. Each is about twenty lines
/// of `/metrics`.
pub const MAX_OPERATION_LABELS: usize = 100;

/// Longer names get the label `other`.
const MAX_NAME_LENGTH: usize = 64;

/// The names that have a label of their own.
#[derive(Debug)]
pub(super) struct OperationNames {
    names: RwLock<HashSet<Arc<str>>>,
    max: usize,
    other: Arc<str>,
    anonymous: Arc<str>,
}

impl OperationNames {
    /// Starts with these names; more are added by [`Self::label`].
    pub(super) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: HashSet<Arc<str>> = names.into_iter().map(Arc::from).collect();
        Self {
            max: names.len() + MAX_OPERATION_LABELS,
            names: RwLock::new(names),
            other: "other".into(),
            anonymous: "anonymous".into(),
        }
    }

    /// The label of an operation: its name, `anonymous`, or `other`. Only executed operations add a
    /// new name.
    pub(super) fn label(&self, name: Option<&str>, was_executed: bool) -> Arc<str> {
        let Some(name) = name else {
            return self.anonymous.clone();
        };
        {
            let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(label) = names.get(name) {
                return label.clone();
            }
            if names.len() >= self.max || name.len() > MAX_NAME_LENGTH || !was_executed {
                return self.other.clone();
            }
        }
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= self.max {
            return self.other.clone();
        }
        let label: Arc<str> = name.into();
        names.insert(label.clone());
        label
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_labels_is_bounded() {
        let names = OperationNames::new(["Trusted"]);
        assert_eq!(&*names.label(None, true), "anonymous");
        assert_eq!(&*names.label(Some(&"a".repeat(65)), true), "other");
        assert_eq!(&*names.label(Some("Rejected"), false), "other");
        for n in 0..200 {
            let name = format!("Name{n}");
            let expected = if n < 100 { name.as_str() } else { "other" };
            assert_eq!(&*names.label(Some(&name), true), expected);
        }
        assert_eq!(&*names.label(Some("Trusted"), false), "Trusted");
        assert_eq!(&*names.label(Some("Name7"), true), "Name7");
    }
}
