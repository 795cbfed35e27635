//! The rows of a dataset, table by table, as read from the files.

mod alternate_names;
mod claims;
mod codebook;
mod common_names;
mod communities;
mod countries;
mod evidence;
mod matches;
mod partnership_notes;
mod partnerships;
mod published_statistics;
mod respondent_aggregates;
mod respondents;
mod sources;
mod surveys;

use std::collections::HashMap;

use super::{
    files::{Files, RespondentFiles},
    problem::{Problem, Problems},
    revision::{MATCH_FILES, revision},
    sheets::Sheets,
};
use crate::{
    changes::DataFiles,
    entity::{self, with_loaded_tables, with_tables},
};

macro_rules! define_tables {
    ($($table:ident)+) => {
        /// Every row of a valid dataset, with its files and their hash.
        #[derive(Debug)]
        #[allow(missing_docs, reason = "one field per table, named after its entity")]
        pub struct Tables {
            /// The SHA-256 hash of every cell, in hexadecimal.
            pub revision: String,
            /// The hash of the [`MATCH_FILES`].
            pub match_revision: String,
            /// The hash of the bytes of the files and of the program, by which [`find_loaded`](super::find_loaded)
            /// recognizes them.
            pub input_hash: String,
            /// The files, which the next load is compared with.
            pub files: DataFiles,
            /// Values that are in use although other files contradict them.
            pub notices: Vec<Problem>,
            $( pub $table: Vec<entity::$table::Model>, )+
        }
    };
}

with_loaded_tables!(define_tables);

/// Reads the files without checking their cells, to compare them with others. Returns the revision and
/// the files.
///
/// # Errors
/// Problems with the files as a whole, with their columns, and with the number of cells in a row.
pub fn read_files(files: &Files) -> Result<(String, DataFiles), Problems> {
    let sheets = Sheets::read(files, None);
    let files = (revision(sheets.all(), None), sheets.to_data_files());
    sheets.report.finish(files)
}

impl Tables {
    /// Calls [`Self::read_with_respondents`] without respondents.
    ///
    /// # Errors
    /// Those of [`Self::read_with_respondents`].
    pub fn read(files: &Files) -> Result<Self, Problems> {
        Self::read_with_respondents(files, None)
    }

    /// Reads and checks all files.
    ///
    /// # Errors
    /// All problems of all files. References to a file that could not be read in full are not
    /// checked, because their targets may be among the missing rows.
    pub fn read_with_respondents(
        files: &Files,
        respondents: Option<&RespondentFiles>,
    ) -> Result<Self, Problems> {
        let sheets = Sheets::read(files, respondents);
        let country_index = countries::index_by_code(&sheets);
        let community_index = communities::index_by_id(&sheets);
        let states = communities::states_by_code(&sheets);
        let source_index = sources::index_by_id(&sheets);
        let partnership_index = partnerships::index_by_id(&sheets);
        let survey_index = surveys::index_by_id(&sheets);
        let question_index = surveys::index_questions(&sheets);

        let country = countries::read(&sheets, &country_index);
        let community = communities::read(&sheets, &country_index, &states);
        let indexes = partnerships::PartnershipIndexes {
            communities: &community_index,
            states: &states,
            sources: &source_index,
            points: partnerships::points_by_id(&community),
        };
        let (mut partnership, partnership_source) = partnerships::read(&sheets, &indexes);
        let claim = claims::read(&sheets, &partnership_index, &source_index);
        let notices = evidence::derive(&sheets, &claim, &mut partnership);
        let (question, question_response, question_category) =
            surveys::read_questions(&sheets, &survey_index, &country_index);
        let (respondent_aggregate, respondent_aggregate_category, respondent_aggregate_flag) =
            respondent_aggregates::read(&sheets, &question_index, &source_index);
        let (published_statistic, published_statistic_flag) =
            published_statistics::read(&sheets, &country_index, &states, &source_index);
        let options = respondents.map(|respondents| respondents.options);
        let codebook = codebook::read_codebook(&sheets, &question_index);
        let answer_code_group = codebook::read_groups(&sheets, &codebook);
        let rules = respondents::CodeRules {
            codebook: &codebook,
            groups: &answer_code_group,
            asked_of: &question_category,
        };
        let (respondent_data, respondent, respondent_answer) =
            respondents::read(&sheets, &survey_index, &rules, options.unwrap_or_default());
        let answer_code = codebook.code_rows();
        let mut tables = Self {
            revision: revision(sheets.all(), options),
            match_revision: revision(
                sheets
                    .all()
                    .filter(|sheet| MATCH_FILES.contains(&sheet.file)),
                None,
            ),
            input_hash: sheets.input_hash.clone(),
            files: sheets.to_data_files(),
            notices,
            region: countries::regions(),
            country,
            community,
            alternate_name: alternate_names::read(&sheets, &community_index),
            common_name: common_names::read(&sheets),
            source: sources::read(&sheets),
            partnership,
            partnership_source,
            partnership_note: partnership_notes::read(&sheets, &partnership_index, &source_index),
            claim,
            match_coefficient: matches::read_coefficients(&sheets),
            match_metric: matches::read_metrics(&sheets),
            restriction: matches::read_restrictions(&sheets, &states, &country_index),
            survey: surveys::read(&sheets, &source_index),
            disclosure: surveys::read_disclosure(&sheets, &survey_index),
            question,
            question_response,
            question_category,
            respondent_aggregate,
            respondent_aggregate_category,
            respondent_aggregate_flag,
            published_statistic,
            published_statistic_flag,
            respondent_data,
            answer_code,
            answer_code_group,
            respondent,
            respondent_answer,
        };
        tables.count_partnerships();
        tables.copy_sort_names();
        sheets.report.finish(tables)
    }

    /// Copies to each partnership the names that lists of partnerships are sorted by.
    fn copy_sort_names(&mut self) {
        let communities = self
            .community
            .iter()
            .map(|community| (&community.id, &community.sort_name));
        let countries = self
            .country
            .iter()
            .map(|country| (&country.id, &country.sort_name));
        let sort_names: HashMap<&str, &str> = communities
            .chain(countries)
            .map(|(id, name)| (id.as_str(), name.as_str()))
            .collect();
        let name_of = |id: &str| sort_names.get(id).copied().unwrap_or_default().to_owned();
        for partnership in &mut self.partnership {
            partnership.us_sort_name = name_of(&partnership.us_id);
            partnership.partner_sort_name = name_of(&partnership.partner_id);
            partnership.country_sort_name = name_of(&partnership.country_id);
        }
    }

    /// Counts for each place its own partnerships and those of the places in it.
    fn count_partnerships(&mut self) {
        let mut counts: HashMap<&str, i32> = HashMap::new();
        for partnership in &self.partnership {
            let mut places = vec![
                partnership.us_id.as_str(),
                partnership.state_id.as_str(),
                countries::US,
                partnership.partner_id.as_str(),
                partnership.country_id.as_str(),
            ];
            places.extend(partnership.province_id.as_deref());
            // A state or province that is itself one of the two communities counts once.
            places.sort_unstable();
            places.dedup();
            for place in places {
                *counts.entry(place).or_default() += 1;
            }
        }
        for country in &mut self.country {
            country.partnership_count = counts.get(country.id.as_str()).copied().unwrap_or(0);
        }
        for community in &mut self.community {
            community.partnership_count = counts.get(community.id.as_str()).copied().unwrap_or(0);
        }
    }
}
