//! The names of operations as labels: clients make them up, so there are only so many.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
};

/// How many names are told apart besides those that are known beforehand. Each is some twenty
/// lines of `/metrics`.
const MAX_NAMES: usize = 100;

/// Longer names are not told apart.
const MAX_NAME_LENGTH: usize = 64;

/// The names that are told apart.
#[derive(Debug)]
pub(super) struct OperationNames {
    names: RwLock<HashSet<Arc<str>>>,
    max: usize,
    other: Arc<str>,
    anonymous: Arc<str>,
}

impl OperationNames {
    /// These names, and the first hundred others that are seen.
    pub(super) fn new<'a>(known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: HashSet<Arc<str>> = known.into_iter().map(Arc::from).collect();
        Self {
            max: known.len() + MAX_NAMES,
            names: RwLock::new(known),
            other: "other".into(),
            anonymous: "anonymous".into(),
        }
    }

    /// The label of an operation: its name, `anonymous` or `other`. Only one that was executed may
    /// bring a new name.
    pub(super) fn label(&self, name: Option<&str>, was_executed: bool) -> Arc<str> {
        let Some(name) = name else {
            return self.anonymous.clone();
        };
        {
            let known = self.names.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(label) = known.get(name) {
                return label.clone();
            }
            if known.len() >= self.max || name.len() > MAX_NAME_LENGTH || !was_executed {
                return self.other.clone();
            }
        }
        let mut known = self.names.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= self.max {
            return self.other.clone();
        }
        let label: Arc<str> = name.into();
        known.insert(label.clone());
        label
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_names_are_told_apart() {
        let names = OperationNames::new(["Trusted"]);
        assert_eq!(&*names.label(None, true), "anonymous");
        assert_eq!(&*names.label(Some(&"a".repeat(65)), true), "other");
        assert_eq!(&*names.label(Some("Refused"), false), "other");
        for n in 0..200 {
            let name = format!("Name{n}");
            let expected = if n < 100 { name.as_str() } else { "other" };
            assert_eq!(&*names.label(Some(&name), true), expected);
        }
        assert_eq!(&*names.label(Some("Trusted"), false), "Trusted");
        assert_eq!(&*names.label(Some("Name7"), true), "Name7");
    }
}
