//! Reading a list page by page.

use proptest::{collection::vec, prelude::*, sample::Index, test_runner::TestCaseError};
use serde_json::{Value as Json, json};

use super::{
    harness::{Harness, failure},
    reference_model::{Kind, Row},
    strategies::{filter, order},
};

const KINDS: [Kind; 7] = [
    Kind::States,
    Kind::Countries,
    Kind::Cities,
    Kind::Partnerships,
    Kind::Aggregates,
    Kind::Statistics,
    Kind::Sources,
];

/// The slugs on all pages of a list, forward from its start or backward from its end.
fn read_pages(
    harness: &Harness,
    kind: Kind,
    variables: &Json,
    sizes: &[usize],
    from_end: bool,
) -> Result<Vec<String>, TestCaseError> {
    let (size, cursor, has_more, page_cursor) = match from_end {
        false => ("first", "after", "hasNextPage", "endCursor"),
        true => ("last", "before", "hasPreviousPage", "startCursor"),
    };
    let query = kind.operation(&kind.selection());
    let mut slugs = Vec::new();
    let mut position = Json::Null;
    for n in sizes.iter().cycle() {
        let mut variables = variables.clone();
        variables[size] = (*n).into();
        variables[cursor] = position.take();
        let data = harness.query(&query, &variables)?;
        let list = &data["list"];
        let mut page: Vec<String> = list["nodes"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|node| node["slug"].as_str().map(str::to_owned))
            .collect();
        if from_end {
            page.reverse();
        }
        if list["pageInfo"][has_more] == true && page.is_empty() {
            return Err(failure(
                &query,
                &variables,
                "an empty page that is not the last",
            ));
        }
        slugs.extend(page);
        if list["pageInfo"][has_more] != true {
            break;
        }
        position = list["pageInfo"][page_cursor].clone();
    }
    Ok(slugs)
}

#[test]
fn pages_contain_every_row_once_in_order() {
    let harness = Harness::new();
    for kind in KINDS {
        let filters = prop_oneof![Just(json!({})), filter(&harness.model, kind)];
        let strategy = (
            filters,
            order(kind),
            vec(any::<Index>(), 1..=3),
            any::<bool>(),
        );
        harness.check(40, &strategy, |(filter, order, sizes, from_end)| {
            let expected = harness.model.list(kind, None, &filter, &order);
            if harness.model.is_ambiguous.get() {
                return Ok(());
            }
            // A sixth of the list on average, so that there are few pages.
            let sizes: Vec<usize> = sizes
                .iter()
                .map(|size| 1 + expected.len() / 12 + size.index(expected.len() / 6 + 1))
                .collect();
            let variables = match kind.is_ordered() {
                true => json!({ "filter": filter, "orderBy": order }),
                false => json!({ "filter": filter }),
            };
            let mut slugs = read_pages(&harness, kind, &variables, &sizes, from_end)?;
            if from_end {
                slugs.reverse();
            }
            let expected: Vec<&str> = expected.into_iter().map(Row::slug).collect();
            prop_assert_eq!(slugs, expected, "page sizes {:?}, {}", sizes, variables);
            Ok(())
        });
    }
}
