//! Going through a list page by page.

use proptest::{collection::vec, prelude::*, sample::Index, test_runner::TestCaseError};
use serde_json::{Value as Json, json};

use super::{
    site::{Site, wrong},
    strategies::{filter, order},
    world::{Kind, Row},
};

const KINDS: [Kind; 6] = [
    Kind::States,
    Kind::Countries,
    Kind::Cities,
    Kind::Partnerships,
    Kind::Aggregates,
    Kind::Statistics,
];

/// The rows that the pages of a list hold, from its start on or from its end back.
fn walk(
    site: &Site,
    kind: Kind,
    variables: &Json,
    sizes: &[usize],
    from_end: bool,
) -> Result<Vec<String>, TestCaseError> {
    let (size, place, next, cursor) = match from_end {
        false => ("first", "after", "hasNextPage", "endCursor"),
        true => ("last", "before", "hasPreviousPage", "startCursor"),
    };
    let query = kind.operation(&kind.selection());
    let mut slugs = Vec::new();
    let mut at = Json::Null;
    for n in sizes.iter().cycle() {
        let mut variables = variables.clone();
        variables[size] = (*n).into();
        variables[place] = at.take();
        let answer = site.ask(&query, &variables)?;
        let list = &answer["list"];
        let mut page: Vec<String> = list["nodes"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|node| node["slug"].as_str().map(str::to_owned))
            .collect();
        if from_end {
            page.reverse();
        }
        if list["pageInfo"][next] == true && page.is_empty() {
            return Err(wrong(&query, &variables, "an empty page, and more to come"));
        }
        slugs.extend(page);
        if list["pageInfo"][next] != true {
            break;
        }
        at = list["pageInfo"][cursor].clone();
    }
    Ok(slugs)
}

#[test]
fn pages_hold_every_row_once_in_the_same_order() {
    let site = Site::new();
    for kind in KINDS {
        let filters = prop_oneof![Just(json!({})), filter(&site.world, kind)];
        let walks = (
            filters,
            order(kind),
            vec(any::<Index>(), 1..=3),
            any::<bool>(),
        );
        site.check(40, &walks, |(filter, order, sizes, from_end)| {
            let right = site.world.list(kind, None, &filter, &order);
            if site.world.doubtful.get() {
                return Ok(());
            }
            // A sixth of the list on average, so that no walk takes long.
            let sizes: Vec<usize> = sizes
                .iter()
                .map(|size| 1 + right.len() / 12 + size.index(right.len() / 6 + 1))
                .collect();
            let variables = match kind.is_ordered() {
                true => json!({ "filter": filter, "orderBy": order }),
                false => json!({ "filter": filter }),
            };
            let mut walked = walk(&site, kind, &variables, &sizes, from_end)?;
            if from_end {
                walked.reverse();
            }
            let right: Vec<&str> = right.into_iter().map(Row::slug).collect();
            prop_assert_eq!(walked, right, "pages of {:?} in turn, {}", sizes, variables);
            Ok(())
        });
    }
}
