//! Random filters, orders, and pages. The response of the server is compared with a simple
//! evaluation over the same rows in memory.

mod filters;
mod harness;
mod nested;
mod pages;
mod pagination;
mod reference_model;
mod regressions;
mod strategies;

use serde_json::Value as Json;

use self::{
    harness::{Harness, list_request},
    reference_model::{Kind, ReferenceModel},
    strategies::{filter, order},
};

/// Compares random requests for a root list.
fn check_list(kind: Kind, cases: u32) {
    let harness = Harness::new();
    let requests = list_request(kind, filter(&harness.model, kind), order(kind), 60);
    let query = kind.operation(&kind.selection());
    harness.check(cases, &requests, |request| {
        harness.compare(&request, &query, &Json::Null, &[None])
    });
}

#[test]
fn states() {
    check_list(Kind::States, 500);
}

#[test]
fn countries() {
    check_list(Kind::Countries, 400);
}

#[test]
fn cities() {
    check_list(Kind::Cities, 900);
}

#[test]
fn partnerships() {
    check_list(Kind::Partnerships, 1_200);
}

#[test]
fn respondent_aggregates() {
    check_list(Kind::Aggregates, 300);
}

#[test]
fn published_statistics() {
    check_list(Kind::Statistics, 300);
}

#[test]
fn sources() {
    check_list(Kind::Sources, 300);
}

/// The stored distances, by which the server orders, agree with the ones computed here.
#[test]
fn distances_are_great_circles() {
    let model = ReferenceModel::new();
    for partnership in &model.tables.partnership {
        let point = |id| {
            let community = model.community(id);
            community.latitude.zip(community.longitude)
        };
        let km = point(&partnership.us_id)
            .zip(point(&partnership.partner_id))
            .map(|(us, partner)| filters::haversine_km(us, partner));
        match (km, partnership.distance_km) {
            (Some(km), Some(stored)) => {
                assert!((km - stored).abs() < 0.000_6, "{}", partnership.id)
            }
            (km, stored) => assert_eq!(km, stored, "{}", partnership.id),
        }
    }
}
