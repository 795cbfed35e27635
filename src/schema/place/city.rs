//! `City` and `AlternateName`.

use super::{COMMUNITY_ID, US_COUNTRY_CODE, city, province, state, with_community_fields};
use crate::{
    db::{ColumnRef, Lookup},
    engine::{Field, Object, ResolvedValue},
    entity::{alternate_name, community, partnership as partnership_entity},
    schema::{
        connection::parent_from_key,
        partnership,
        relation::{computed_list_field, reference_field},
    },
    vocabulary::CityKind,
};

pub(super) fn city_type() -> Object {
    let country_id = ColumnRef::new(community::Column::CountryId);
    let name = ColumnRef::new(alternate_name::Column::Name);
    let script = ColumnRef::new(alternate_name::Column::Script);
    let community_id = ColumnRef::new(alternate_name::Column::CommunityId);
    with_community_fields(
        &city(),
        "A municipality or county, in the United States or in a partner country.",
    )
    .field(Field::column(
        "kind",
        "The kind of municipality or county, according to its legal status or its name.",
        community::Column::Kind,
    ).of_enum::<CityKind>())
    .field(reference_field(
        "state",
        "State",
        "The US state; null for cities outside the United States.",
        state(),
        community::Column::StateId,
    ))
    .field(reference_field(
        "province",
        "Province",
        "The province; null for US cities, and if unknown.",
        province(),
        community::Column::ProvinceId,
    ))
    .field(Field::column(
        "isCapital",
        "Whether the city is the capital of its country, state, or province.",
        community::Column::IsCapital,
    ))
    .field(
        computed_list_field(
            "alternateNames",
            "[AlternateName!]!",
            "Other spellings from gazetteers and names in the script of the country, if it is not Latin; `search` covers them. Display only those whose `script` is not `LATIN`, and `commonNames`: most Latin ones are transliterations that nobody uses, such as `Gorad Kobeh`.",
            community::Column::Id,
            Lookup::by_foreign_key(community_id, community_id, &[name]),
            &[name, script],
            move |record| {
                let text = |column| {
                    record
                        .text(column)
                        .map_or(String::new(), ToString::to_string)
                };
                ResolvedValue::object(
                    "AlternateName",
                    AlternateName {
                        name: text(name),
                        script: text(script),
                    },
                )
            },
        )
        .assumed_list_size(8),
    )
    .field(partnership::connection().field_with_parent(
        "partnerships",
        "The partnerships of this city or county, of every status. Those of a county do not include those of its cities.",
        [*COMMUNITY_ID, country_id],
        |[id, country_id]| {
            // A US city is always the US side of a partnership, any other city the partner side.
            let is_us = country_id
                .text()
                .is_some_and(|code| code.as_ref() == US_COUNTRY_CODE);
            let side = if is_us {
                ColumnRef::new(partnership_entity::Column::UsId)
            } else {
                ColumnRef::new(partnership_entity::Column::PartnerId)
            };
            parent_from_key(id, side)
        },
    ))
}

struct AlternateName {
    name: String,
    script: String,
}

pub(super) fn alternate_name_type() -> Object {
    Object::new::<AlternateName>(
        "AlternateName",
        "Another spelling of a name, or the name in another script, such as `広島市`.",
    )
    .field(
        Field::new("name", "String!", "The name, written in `script`.")
            .compute(|alternate: &AlternateName| alternate.name.clone()),
    )
    .field(
        Field::new(
            "script",
            "Script!",
            "The script that the name is written in.",
        )
        .compute(|alternate: &AlternateName| alternate.script.clone()),
    )
}
