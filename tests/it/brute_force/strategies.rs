//! Random filters and orders, with values of the data so that they hold of some rows, and with
//! values that are near to them or mean something to a database.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select, subsequence},
    strategy::Union,
};
use serde_json::{Map, Value as Json, json};
use sistergraph::vocabulary::{
    CityKind, FigureFlag, Measure, PartnershipLevel, PartnershipStatus, RegionName,
    SegmentDimension, StateKind, Subregion, Vocabulary,
};

use super::world::{Kind, World};

pub(super) type Jsons = BoxedStrategy<Json>;
type Fields = Vec<(&'static str, Jsons)>;

/// A filter of a list.
pub(super) fn filter(world: &World, kind: Kind) -> Jsons {
    match kind {
        Kind::States => combined(state(world)),
        Kind::Countries => combined(country(world)),
        Kind::Cities => combined(city(world)),
        Kind::Partnerships => combined(partnership(world)),
        Kind::Aggregates => object(aggregate(world)),
        Kind::Statistics => object(statistic(world)),
    }
}

fn state(world: &World) -> Fields {
    let states = || {
        world
            .tables
            .community
            .iter()
            .filter(|place| place.code.is_some())
    };
    vec![
        (
            "code",
            string(states().filter_map(|state| state.code.clone())),
        ),
        ("name", string(states().map(|state| state.name.clone()))),
        ("kind", words::<StateKind>()),
        ("region", words::<RegionName>()),
        (
            "population",
            int(states().filter_map(|state| state.population)),
        ),
        (
            "partnershipCount",
            int(states().map(|state| state.partnership_count)),
        ),
    ]
}

fn country(world: &World) -> Fields {
    let countries = || world.tables.country.iter();
    vec![
        (
            "code",
            string(countries().map(|country| country.id.clone())),
        ),
        (
            "name",
            string(countries().map(|country| country.name.clone())),
        ),
        ("subregion", words::<Subregion>()),
        ("isPartner", flag()),
        (
            "partnershipCount",
            int(countries().map(|country| country.partnership_count)),
        ),
    ]
}

fn community(world: &World) -> Fields {
    let places = || world.tables.community.iter();
    vec![
        ("slug", string(places().map(|place| place.id.clone()))),
        ("name", string(places().map(|place| place.name.clone()))),
        (
            "population",
            int(places().filter_map(|place| place.population)),
        ),
        ("near", near(world)),
        ("within", within(world)),
    ]
}

fn city(world: &World) -> Fields {
    let mut fields = community(world);
    let places = world.tables.community.iter();
    fields.extend([
        ("kind", words::<CityKind>()),
        ("state", combined(state(world))),
        ("country", combined(country(world))),
        ("isCapital", flag()),
        (
            "partnershipCount",
            int(places.map(|place| place.partnership_count.min(30))),
        ),
    ]);
    fields
}

fn partnership(world: &World) -> Fields {
    let years = world
        .tables
        .partnership
        .iter()
        .filter_map(|tie| tie.established_year);
    let sources = world.tables.partnership_source.iter();
    vec![
        ("level", words::<PartnershipLevel>()),
        ("status", words::<PartnershipStatus>()),
        ("establishedYear", int(years)),
        ("state", combined(state(world))),
        ("country", combined(country(world))),
        ("us", combined(community(world))),
        ("partner", combined(community(world))),
        (
            "source",
            string(sources.map(|source| source.source_id.clone())),
        ),
        ("corroborated", flag()),
        ("hasNotes", flag()),
    ]
}

fn aggregate(world: &World) -> Fields {
    let questions = world.tables.question.iter();
    let surveys = world.tables.survey.iter();
    vec![
        (
            "question",
            string(questions.map(|question| question.id.clone())),
        ),
        ("survey", string(surveys.map(|survey| survey.id.clone()))),
        ("outcome", category(world)),
        ("given", category(world)),
        ("overall", flag()),
        ("flags", words::<FigureFlag>()),
    ]
}

fn statistic(world: &World) -> Fields {
    let states = world
        .tables
        .community
        .iter()
        .filter_map(|place| place.code.clone());
    let countries = world.tables.country.iter();
    vec![
        ("measure", words::<Measure>()),
        ("region", words::<RegionName>()),
        ("state", string(states)),
        (
            "country",
            string(countries.map(|country| country.id.clone())),
        ),
        ("flags", words::<FigureFlag>()),
    ]
}

/// Some of the fields, null now and then.
fn object(fields: Fields) -> Jsons {
    let field = Union::new(fields.into_iter().map(|(name, value)| {
        let value = prop_oneof![15 => value, 1 => Just(Json::Null)];
        value
            .prop_map(move |value| (name.to_owned(), value))
            .boxed()
    }));
    vec(field, 0..=3)
        .prop_map(|fields| Json::Object(Map::from_iter(fields)))
        .boxed()
}

/// The fields, and filters of them combined.
fn combined(fields: Fields) -> Jsons {
    object(fields)
        .prop_recursive(3, 8, 3, |inner| {
            let many = || vec(inner.clone(), 0..=3).prop_map(Json::from);
            let part = prop_oneof![
                many().prop_map(|all| ("and", all)),
                many().prop_map(|any| ("or", any)),
                inner.clone().prop_map(|one| ("not", one)),
            ];
            // Beside fields, as they are in one object.
            (inner, part).prop_map(|(mut filter, (name, part))| {
                filter[name] = part;
                filter
            })
        })
        .boxed()
}

fn flag() -> Jsons {
    any::<bool>().prop_map(Json::from).boxed()
}

/// Any of the values of an enum, none among them.
fn words<V: Vocabulary>() -> Jsons {
    let all = V::spellings();
    let n = all.len();
    subsequence(all, 0..=n).prop_map(Json::from).boxed()
}

fn string(values: impl Iterator<Item = String>) -> Jsons {
    let values: Vec<String> = values.collect();
    let whole = prop_oneof![8 => select(values.clone()), 1 => part(values.clone())].boxed();
    let operators = vec![
        ("eq", whole.clone().prop_map(Json::from).boxed()),
        ("ne", whole.clone().prop_map(Json::from).boxed()),
        ("in", vec(whole, 0..=4).prop_map(Json::from).boxed()),
        (
            "contains",
            part(values.clone()).prop_map(Json::from).boxed(),
        ),
        ("startsWith", part(values).prop_map(Json::from).boxed()),
    ];
    object(operators)
}

/// A part of a value, its start more often, in another case or with other accents; or letters that
/// mean something to a database.
fn part(values: Vec<String>) -> BoxedStrategy<String> {
    let of_value = (select(values), any::<(Index, Index)>(), 0..6_u8);
    let of_value = of_value.prop_map(|(value, (start, length), change)| {
        let letters: Vec<char> = value.chars().collect();
        let start = if change % 2 == 0 {
            0
        } else {
            start.index(letters.len())
        };
        let length = 1 + length.index(letters.len() - start);
        let part: String = letters[start..start + length].iter().collect();
        match change {
            0 | 1 => part,
            2 => part.to_uppercase(),
            3 => part.to_lowercase(),
            // A combining accent after each letter.
            _ => part
                .chars()
                .flat_map(|letter| [letter, '\u{301}'])
                .collect(),
        }
    });
    let odd = [
        "", "%", "_", "\\", "%_", "\\%", "' or 1=1", "ō", "O\u{304}", "ﬁ", "ß", "İ",
    ];
    prop_oneof![9 => of_value, 1 => select(odd.to_vec()).prop_map(str::to_owned)].boxed()
}

fn int(values: impl Iterator<Item = i32>) -> Jsons {
    let near = (select(values.collect::<Vec<_>>()), -1..=1).prop_map(|(value, by)| value + by);
    let number = prop_oneof![12 => near, 1 => select(vec![0, i32::MIN, i32::MAX])].boxed();
    let one = || number.clone().prop_map(Json::from).boxed();
    object(vec![
        ("eq", one()),
        ("ne", one()),
        ("gt", one()),
        ("gte", one()),
        ("lt", one()),
        ("lte", one()),
        (
            "in",
            vec(number.clone(), 0..=4).prop_map(Json::from).boxed(),
        ),
        ("isNull", flag()),
    ])
}

/// Latitudes and longitudes: of places, of the poles and of the antimeridian, and any.
fn degrees(world: &World) -> (BoxedStrategy<f64>, BoxedStrategy<f64>) {
    let places = || world.tables.community.iter();
    let latitudes: Vec<f64> = places().filter_map(|place| place.latitude).collect();
    let longitudes: Vec<f64> = places().filter_map(|place| place.longitude).collect();
    let latitude = prop_oneof![
        6 => select(latitudes),
        2 => select(vec![-90.0, 90.0, 0.0, 89.99, -89.99]),
        2 => (-90_000..=90_000).prop_map(|milli| f64::from(milli) / 1000.0),
    ];
    let longitude = prop_oneof![
        6 => select(longitudes),
        2 => select(vec![-180.0, 180.0, 0.0, 179.99, -179.99]),
        2 => (-180_000..=180_000).prop_map(|milli| f64::from(milli) / 1000.0),
    ];
    (latitude.boxed(), longitude.boxed())
}

fn near(world: &World) -> Jsons {
    let (latitude, longitude) = degrees(world);
    let km = prop_oneof![
        select(vec![
            0.0, 0.5, 1.0, 9_999.0, 10_007.0, 10_100.0, 20_015.0, 20_016.0, 1e12
        ]),
        (1..400_000_u32).prop_map(|deka| f64::from(deka) / 100.0),
    ];
    (latitude, longitude, km)
        .prop_map(|(latitude, longitude, km)| json!({ "latitude": latitude, "longitude": longitude, "km": km }))
        .boxed()
}

fn within(world: &World) -> Jsons {
    let (latitude, longitude) = degrees(world);
    (latitude.clone(), longitude.clone(), latitude, longitude)
        .prop_map(|(one, west, other, east)| {
            json!({ "south": one.min(other), "west": west, "north": one.max(other), "east": east })
        })
        .boxed()
}

fn category(world: &World) -> Jsons {
    let categories = world.tables.respondent_aggregate_category.iter();
    let categories: Vec<_> = categories
        .map(|row| (row.dimension.clone(), row.value.clone()))
        .collect();
    let known = select(categories.clone())
        .prop_map(|(dimension, value)| json!({ "dimension": dimension, "value": value }));
    let mixed = (select(SegmentDimension::spellings()), select(categories));
    prop_oneof![
        4 => known,
        1 => mixed.clone().prop_map(|(dimension, (_, value))| json!({ "dimension": dimension, "value": value })),
        1 => mixed.prop_map(|(dimension, _)| json!({ "dimension": dimension, "value": null })),
    ]
    .boxed()
}

/// The keys of an order; null and an empty list are the order of the slugs.
pub(super) fn order(kind: Kind) -> Jsons {
    let fields = match kind {
        Kind::States | Kind::Countries => vec!["NAME", "CODE", "POPULATION", "PARTNERSHIP_COUNT"],
        Kind::Cities => vec!["NAME", "POPULATION", "PARTNERSHIP_COUNT"],
        Kind::Partnerships => vec![
            "ESTABLISHED_YEAR",
            "US_NAME",
            "PARTNER_NAME",
            "STATE_CODE",
            "COUNTRY_NAME",
            "DISTANCE",
        ],
        Kind::Aggregates | Kind::Statistics => return Just(Json::Null).boxed(),
    };
    let direction = prop_oneof![
        Just(None),
        Just(Some("ASC")),
        Just(Some("DESC")),
        Just(Some("DESC"))
    ];
    let key = (select(fields), direction).prop_map(|(field, direction)| match direction {
        None => json!({ "field": field }),
        Some(direction) => json!({ "field": field, "direction": direction }),
    });
    prop_oneof![1 => Just(Json::Null), 9 => vec(key, 0..=3).prop_map(Json::from)].boxed()
}
