//! Random filters, orders and pages, answered by the server and by a plain evaluation over the
//! same rows in memory.

mod filters;
mod found;
mod nested;
mod pages;
mod site;
mod strategies;
mod walks;
mod world;

use serde_json::Value as Json;

use self::{
    site::{Site, question},
    strategies::{filter, order},
    world::Kind,
};

/// A whole list of the API, in several thousand ways.
fn whole_list(kind: Kind, cases: u32) {
    let site = Site::new();
    let questions = question(kind, filter(&site.world, kind), order(kind), 60);
    let query = kind.operation(&kind.selection());
    site.check(cases, &questions, |question| {
        site.compare(&question, &query, &Json::Null, &[None])
    });
}

#[test]
fn states() {
    whole_list(Kind::States, 500);
}

#[test]
fn countries() {
    whole_list(Kind::Countries, 400);
}

#[test]
fn cities() {
    whole_list(Kind::Cities, 900);
}

#[test]
fn partnerships() {
    whole_list(Kind::Partnerships, 1_200);
}

#[test]
fn respondent_aggregates() {
    whole_list(Kind::Aggregates, 300);
}

#[test]
fn published_statistics() {
    whole_list(Kind::Statistics, 300);
}

/// The server is to blame for a difference only if the distances that it orders by are right.
#[test]
fn distances_are_great_circles() {
    let world = world::World::new();
    for tie in &world.tables.partnership {
        let point = |id| {
            let place = world.place(id);
            place.latitude.zip(place.longitude)
        };
        let km = point(&tie.us_id)
            .zip(point(&tie.partner_id))
            .map(|(us, partner)| filters::haversine_km(us, partner));
        match (km, tie.distance_km) {
            (Some(km), Some(stored)) => assert!((km - stored).abs() < 0.000_6, "{}", tie.id),
            (km, stored) => assert_eq!(km, stored, "{}", tie.id),
        }
    }
}
