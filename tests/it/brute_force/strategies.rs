//! Random filters and orders. Their values come from the data, so that they match some rows, or are
//! close to such values, or have a special meaning in SQL.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select, subsequence},
    strategy::Union,
};
use serde_json::{Map, Value as Json, json};
use sistergraph::vocabulary::{
    CityKind, ClaimKind, ClaimSide, Corroboration, FigureFlag, Measure, PartnershipLevel,
    PartnershipStatus, RegionName, SegmentDimension, StateKind, Subregion, Vocabulary,
};

use super::reference_model::{Kind, ReferenceModel};

pub(super) type JsonStrategy = BoxedStrategy<Json>;
type Fields = Vec<(&'static str, JsonStrategy)>;

/// Filters for a list.
pub(super) fn filter(model: &ReferenceModel, kind: Kind) -> JsonStrategy {
    match kind {
        Kind::States => combined_filter(state(model)),
        Kind::Countries => combined_filter(country(model)),
        Kind::Cities => combined_filter(city(model)),
        Kind::Partnerships => combined_filter(partnership(model)),
        Kind::Aggregates => object(aggregate(model)),
        Kind::Statistics => combined_filter(statistic(model)),
        Kind::Sources => combined_filter(source(model)),
    }
}

fn state(model: &ReferenceModel) -> Fields {
    let states = || {
        model
            .tables
            .community
            .iter()
            .filter(|community| community.code.is_some())
    };
    vec![
        (
            "code",
            string(states().filter_map(|state| state.code.clone())),
        ),
        ("name", string(states().map(|state| state.name.clone()))),
        ("kind", enum_values::<StateKind>()),
        ("region", enum_values::<RegionName>()),
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

fn country(model: &ReferenceModel) -> Fields {
    let countries = || model.tables.country.iter();
    vec![
        (
            "code",
            string(countries().map(|country| country.id.clone())),
        ),
        (
            "name",
            string(countries().map(|country| country.name.clone())),
        ),
        ("subregion", enum_values::<Subregion>()),
        ("isPartner", flag()),
        (
            "partnershipCount",
            int(countries().map(|country| country.partnership_count)),
        ),
    ]
}

fn community(model: &ReferenceModel) -> Fields {
    let communities = || model.tables.community.iter();
    vec![
        (
            "slug",
            string(communities().map(|community| community.id.clone())),
        ),
        (
            "name",
            string(communities().map(|community| community.name.clone())),
        ),
        (
            "population",
            int(communities().filter_map(|community| community.population)),
        ),
        ("near", near(model)),
        ("within", within(model)),
    ]
}

fn city(model: &ReferenceModel) -> Fields {
    let mut fields = community(model);
    let communities = model.tables.community.iter();
    fields.extend([
        ("kind", enum_values::<CityKind>()),
        ("state", combined_filter(state(model))),
        ("country", combined_filter(country(model))),
        ("isCapital", flag()),
        (
            "partnershipCount",
            int(communities.map(|community| community.partnership_count.min(30))),
        ),
    ]);
    fields
}

fn partnership(model: &ReferenceModel) -> Fields {
    let years = model
        .tables
        .partnership
        .iter()
        .filter_map(|partnership| partnership.established_year);
    let sources = model.tables.partnership_source.iter();
    vec![
        ("level", enum_values::<PartnershipLevel>()),
        ("status", enum_values::<PartnershipStatus>()),
        ("establishedYear", int(years)),
        ("state", combined_filter(state(model))),
        ("country", combined_filter(country(model))),
        ("us", combined_filter(community(model))),
        ("partner", combined_filter(community(model))),
        (
            "source",
            string(sources.map(|source| source.source_id.clone())),
        ),
        ("corroborated", flag()),
        ("corroboration", enum_values::<Corroboration>()),
        ("claim", object(claim(model))),
        ("hasDisagreement", flag()),
        ("existedIn", existed_in(model)),
        ("hasNotes", flag()),
    ]
}

fn claim(model: &ReferenceModel) -> Fields {
    let claims = model.tables.claim.iter();
    vec![
        ("kind", enum_values::<ClaimKind>()),
        ("side", enum_values::<ClaimSide>()),
        (
            "source",
            string(claims.map(|claim| claim.source_id.clone())),
        ),
    ]
}

/// Years near those of partnerships and of their ends.
fn existed_in(model: &ReferenceModel) -> JsonStrategy {
    let partnerships = || model.tables.partnership.iter();
    let ended: Vec<i32> = partnerships().filter_map(|row| row.ended_year).collect();
    let established: Vec<i32> = partnerships()
        .filter_map(|row| row.established_year)
        .collect();
    let year = prop_oneof![
        8 => (prop_oneof![select(established), select(ended)], -1..=1).prop_map(|(year, by)| year + by),
        1 => select(vec![0, i32::MIN, i32::MAX]),
    ];
    let unknown_years = select(vec![None, Some("EXCLUDE"), Some("INCLUDE")]);
    (year, unknown_years)
        .prop_map(|(year, unknown_years)| match unknown_years {
            None => json!({ "year": year }),
            Some(unknown_years) => json!({ "year": year, "unknownYears": unknown_years }),
        })
        .boxed()
}

fn aggregate(model: &ReferenceModel) -> Fields {
    let questions = model.tables.question.iter();
    let surveys = model.tables.survey.iter();
    vec![
        (
            "question",
            string(questions.map(|question| question.id.clone())),
        ),
        ("survey", string(surveys.map(|survey| survey.id.clone()))),
        ("outcome", category(model)),
        ("given", category(model)),
        ("overall", flag()),
        ("flags", enum_values::<FigureFlag>()),
    ]
}

fn statistic(model: &ReferenceModel) -> Fields {
    let states = model
        .tables
        .community
        .iter()
        .filter_map(|community| community.code.clone());
    let countries = model.tables.country.iter();
    let statistics = || model.tables.published_statistic.iter();
    vec![
        (
            "slug",
            string(statistics().map(|statistic| statistic.id.clone())),
        ),
        (
            "subject",
            string(statistics().map(|statistic| statistic.subject.clone())),
        ),
        ("measure", enum_values::<Measure>()),
        ("region", enum_values::<RegionName>()),
        ("state", string(states)),
        (
            "country",
            string(countries.map(|country| country.id.clone())),
        ),
        ("flags", enum_values::<FigureFlag>()),
    ]
}

fn source(model: &ReferenceModel) -> Fields {
    let sources = || model.tables.source.iter();
    vec![
        ("slug", string(sources().map(|source| source.id.clone()))),
        (
            "title",
            string(sources().map(|source| source.title.clone())),
        ),
        (
            "publisher",
            string(sources().filter_map(|source| source.publisher.clone())),
        ),
        (
            "kind",
            string(sources().filter_map(|source| source.kind.clone())),
        ),
        ("independent", flag()),
    ]
}

/// Objects with up to three of the fields.
fn object(fields: Fields) -> JsonStrategy {
    let field = Union::new(fields.into_iter().map(|(name, value)| {
        value
            .prop_map(move |value| (name.to_owned(), value))
            .boxed()
    }));
    vec(field, 0..=3)
        .prop_map(|fields| Json::Object(Map::from_iter(fields)))
        .boxed()
}

/// Filters with the fields, combined by `and`, `or`, and `not`.
fn combined_filter(fields: Fields) -> JsonStrategy {
    object(fields)
        .prop_recursive(3, 8, 3, |inner| {
            let many = || vec(inner.clone(), 0..=3).prop_map(Json::from);
            let part = prop_oneof![
                many().prop_map(|all| ("and", all)),
                many().prop_map(|any| ("or", any)),
                inner.clone().prop_map(|one| ("not", one)),
            ];
            // An object can have both fields and an operator.
            (inner, part).prop_map(|(mut filter, (name, part))| {
                filter[name] = part;
                filter
            })
        })
        .boxed()
}

fn flag() -> JsonStrategy {
    any::<bool>().prop_map(Json::from).boxed()
}

/// Lists of values of an enum, including the empty list.
fn enum_values<V: Vocabulary>() -> JsonStrategy {
    let all = V::spellings();
    let n = all.len();
    subsequence(all, 0..=n).prop_map(Json::from).boxed()
}

fn string(values: impl Iterator<Item = String>) -> JsonStrategy {
    let values: Vec<String> = values.collect();
    let whole_value = prop_oneof![8 => select(values.clone()), 1 => part(values.clone())].boxed();
    let operators = vec![
        ("eq", whole_value.clone().prop_map(Json::from).boxed()),
        ("ne", whole_value.clone().prop_map(Json::from).boxed()),
        ("in", vec(whole_value, 0..=4).prop_map(Json::from).boxed()),
        (
            "contains",
            part(values.clone()).prop_map(Json::from).boxed(),
        ),
        ("startsWith", part(values).prop_map(Json::from).boxed()),
    ];
    object(operators)
}

/// Parts of the values, mostly prefixes, some in another case or with other accents; and strings with
/// a special meaning in SQL or Unicode.
fn part(values: Vec<String>) -> BoxedStrategy<String> {
    let parts = (select(values), any::<(Index, Index)>(), 0..6_u8);
    let parts = parts.prop_map(|(value, (start, length), change)| {
        let chars: Vec<char> = value.chars().collect();
        let start = if change % 2 == 0 {
            0
        } else {
            start.index(chars.len())
        };
        let length = 1 + length.index(chars.len() - start);
        let part: String = chars[start..start + length].iter().collect();
        match change {
            0 | 1 => part,
            2 => part.to_uppercase(),
            3 => part.to_lowercase(),
            // A combining accent after each character.
            _ => part
                .chars()
                .flat_map(|letter| [letter, '\u{301}'])
                .collect(),
        }
    });
    let special = [
        "", "%", "_", "\\", "%_", "\\%", "' or 1=1", "ō", "O\u{304}", "ﬁ", "ß", "İ",
    ];
    prop_oneof![9 => parts, 1 => select(special.to_vec()).prop_map(str::to_owned)].boxed()
}

fn int(values: impl Iterator<Item = i32>) -> JsonStrategy {
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

/// Latitudes and longitudes: those of communities, poles, and the antimeridian, and random ones.
fn degrees(model: &ReferenceModel) -> (BoxedStrategy<f64>, BoxedStrategy<f64>) {
    let communities = || model.tables.community.iter();
    let latitudes: Vec<f64> = communities()
        .filter_map(|community| community.latitude)
        .collect();
    let longitudes: Vec<f64> = communities()
        .filter_map(|community| community.longitude)
        .collect();
    let latitude = prop_oneof![
        6 => select(latitudes),
        2 => select(vec![-90.0, 90.0, 0.0, 89.99, -89.99]),
        2 => (-90_000..=90_000).prop_map(|thousandths| f64::from(thousandths) / 1000.0),
    ];
    let longitude = prop_oneof![
        6 => select(longitudes),
        2 => select(vec![-180.0, 180.0, 0.0, 179.99, -179.99]),
        2 => (-180_000..=180_000).prop_map(|thousandths| f64::from(thousandths) / 1000.0),
    ];
    (latitude.boxed(), longitude.boxed())
}

fn near(model: &ReferenceModel) -> JsonStrategy {
    let (latitude, longitude) = degrees(model);
    let km = prop_oneof![
        select(vec![
            0.0, 0.5, 1.0, 9_999.0, 10_007.0, 10_100.0, 20_015.0, 20_016.0, 1e12
        ]),
        (1..400_000_u32).prop_map(|hundredths| f64::from(hundredths) / 100.0),
    ];
    (latitude, longitude, km)
        .prop_map(|(latitude, longitude, km)| json!({ "latitude": latitude, "longitude": longitude, "km": km }))
        .boxed()
}

fn within(model: &ReferenceModel) -> JsonStrategy {
    let (latitude, longitude) = degrees(model);
    (latitude.clone(), longitude.clone(), latitude, longitude)
        .prop_map(|(one, west, other, east)| {
            json!({ "south": one.min(other), "west": west, "north": one.max(other), "east": east })
        })
        .boxed()
}

fn category(model: &ReferenceModel) -> JsonStrategy {
    let categories = model.tables.respondent_aggregate_category.iter();
    let categories: Vec<_> = categories
        .map(|row| (row.dimension.clone(), row.value.clone()))
        .collect();
    let existing = select(categories.clone())
        .prop_map(|(dimension, value)| json!({ "dimension": dimension, "value": value }));
    let mixed = (select(SegmentDimension::spellings()), select(categories));
    prop_oneof![
        4 => existing,
        1 => mixed.clone().prop_map(|(dimension, (_, value))| json!({ "dimension": dimension, "value": value })),
        1 => mixed.prop_map(|(dimension, _)| json!({ "dimension": dimension })),
    ]
    .boxed()
}

/// Values for `orderBy`. Null and an empty list mean the order of the slugs.
pub(super) fn order(kind: Kind) -> JsonStrategy {
    let fields = match kind {
        Kind::States | Kind::Countries => vec!["NAME", "CODE", "POPULATION", "PARTNERSHIP_COUNT"],
        Kind::Cities => vec![
            "NAME",
            "POPULATION",
            "PARTNERSHIP_COUNT",
            "KIND",
            "IS_CAPITAL",
            "STATE_CODE",
            "PROVINCE_SLUG",
            "COUNTRY_NAME",
            "SLUG",
        ],
        Kind::Partnerships => vec![
            "ESTABLISHED_YEAR",
            "US_NAME",
            "PARTNER_NAME",
            "STATE_CODE",
            "COUNTRY_NAME",
            "DISTANCE",
            "LEVEL",
            "STATUS",
            "ENDED_YEAR",
            "CORROBORATION",
            "REGION",
            "US_POPULATION",
            "PARTNER_POPULATION",
            "SLUG",
        ],
        Kind::Statistics => vec![
            "SUBJECT",
            "MEASURE",
            "VALUE",
            "YEAR",
            "QUALIFIER",
            "UNIT",
            "REGION",
            "STATE_CODE",
            "COUNTRY_CODE",
            "LEVEL",
            "SOURCE",
            "SLUG",
        ],
        Kind::Sources => vec![
            "TITLE",
            "PUBLISHER",
            "KIND",
            "AS_OF",
            "INDEPENDENT",
            "LICENCE",
            "SLUG",
        ],
        Kind::Aggregates => return Just(Json::Null).boxed(),
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
