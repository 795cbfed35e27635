//! `alternate_names.csv`.

use super::communities::CommunityInfo;
use crate::{
    entity::alternate_name,
    import::{
        key_index::{KeyIndex, UniqueKeys},
        sheets::Sheets,
    },
    vocabulary::Script,
};

pub(super) fn read(
    sheets: &Sheets,
    communities: &KeyIndex<CommunityInfo>,
) -> impl Iterator<Item = alternate_name::Model> {
    let mut unique_names = UniqueKeys::new(sheets);
    sheets.rows("alternate_names.csv").map(move |row| {
        let row = &row;
        let community_id = row.required("community_id", "the id of a community");
        let name = row.required("name", "another name of the community");
        if !row.is_checked() {
            let community = communities.resolve(row, "community_id", community_id);
            // Names are usually in the order of the communities, so keys with its position are added in order, which is fast.
            let community = community.map_or_else(
                || community_id.to_owned(),
                |community| format!("{:010}", community.position),
            );
            unique_names.add(row, "name", &[&community, name], "name for this community");
        }
        alternate_name::Model {
            community_id: community_id.to_owned(),
            name: name.to_owned(),
            script: row.enum_value::<Script>("script").to_owned(),
        }
    })
}
