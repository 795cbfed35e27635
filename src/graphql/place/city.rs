//! `City`, and its other names.

use super::{COMMUNITY_ID, US, community_type, province, state};
use crate::{
    db::{Column, Lookup},
    engine::{Field, Object, Output},
    entity::{alternate_name, community, partnership as ties},
    graphql::{
        connection::{everything, pointing},
        edge::{items, one},
        partnership,
    },
};

pub(super) fn city_type() -> Object {
    let country_id = Column::of(community::Column::CountryId);
    let name = Column::of(alternate_name::Column::Name);
    let script = Column::of(alternate_name::Column::Script);
    let of_community = Column::of(alternate_name::Column::CommunityId);
    community_type(Object::new(
        "City",
        "A municipality or county, on either side of the Pacific.",
    ))
    .field(Field::column(
        "kind",
        "CityKind!",
        "What it is in law or in its own name.",
        community::Column::Kind,
    ))
    .field(one(
        "state",
        "State",
        "Set for US cities only.",
        state(),
        community::Column::StateId,
    ))
    .field(one(
        "province",
        "Province",
        "Set for partner cities only, where known.",
        province(),
        community::Column::ProvinceId,
    ))
    .field(Field::column(
        "isCapital",
        "Boolean!",
        "Capital of its country, state or province.",
        community::Column::IsCapital,
    ))
    .field(
        items(
            "alternateNames",
            "[AlternateName!]!",
            "Other spellings and names in other scripts, as search knows them.",
            community::Column::Id,
            Lookup::pointing(of_community, of_community, &[name]),
            &[name, script],
            move |record| {
                let text = |column| {
                    record
                        .text(column)
                        .map_or(String::new(), ToString::to_string)
                };
                Output::object(
                    "AlternateName",
                    AlternateName {
                        name: text(name),
                        script: text(script),
                    },
                )
            },
        )
        .usually(8),
    )
    .field(partnership::connection().field(
        "partnerships",
        "Its partnerships.",
        &[*COMMUNITY_ID, country_id],
        everything,
        move |record| {
            // A US city is only ever the US side, a partner city only ever the other.
            let is_us = record
                .text(country_id)
                .is_some_and(|code| code.as_ref() == US);
            let side = if is_us {
                Column::of(ties::Column::UsId)
            } else {
                Column::of(ties::Column::PartnerId)
            };
            pointing(record, *COMMUNITY_ID, side)
        },
    ))
}

struct AlternateName {
    name: String,
    script: String,
}

pub(super) fn alternate_name_type() -> Object {
    Object::new(
        "AlternateName",
        "Another spelling of a name, or the name in another script.",
    )
    .field(Field::of(
        "name",
        "String!",
        "The name.",
        |other: &AlternateName| other.name.clone(),
    ))
    .field(Field::of(
        "script",
        "Script!",
        "The script that it is written in.",
        |other: &AlternateName| other.script.clone(),
    ))
}
