//! The rows of a dataset, table by table. They are made from the files whenever they are needed, so that no table is in
//! memory. Only the keys are, with what other rows repeat of the rows that they identify.

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

use self::{
    codebook::Codebook,
    communities::{CommunityInfo, StateInfo},
    countries::CountryInfo,
    evidence::PartnershipEvidence,
    partnerships::PartnershipIndexes,
    published_statistics::StatisticRows,
    respondent_aggregates::AggregateRows,
    respondents::RespondentRows,
    sources::SourceInfo,
    surveys::{QuestionInfo, QuestionRows},
};
use super::{
    files::{Files, RespondentFiles},
    key_index::KeyIndex,
    problem::{Problem, Problems},
    revision::{MATCH_FILES, revision},
    sheets::Sheets,
};
use crate::{
    changes::DataFiles,
    entity::{
        alternate_name, answer_code, answer_code_group, claim, common_name, community, country,
        disclosure, match_coefficient, match_metric, partnership, partnership_note,
        partnership_source, published_statistic, published_statistic_flag, question,
        question_category, question_response, region, respondent, respondent_aggregate,
        respondent_aggregate_category, respondent_aggregate_flag, respondent_answer,
        respondent_data, restriction, source, survey, with_loaded_tables, with_tables,
    },
};

/// A valid dataset. It has a method for each table, named after its entity, which makes the rows from the files.
#[derive(Debug)]
pub struct Tables {
    /// The SHA-256 hash of every cell, in hexadecimal.
    pub revision: String,
    /// The hash of the [`MATCH_FILES`].
    pub match_revision: String,
    /// Values that are in use although other files contradict them.
    pub notices: Vec<Problem>,
    pub(super) sheets: Sheets,
    /// The number of rows of all tables.
    pub(super) row_count: usize,
    countries: KeyIndex<CountryInfo>,
    communities: KeyIndex<CommunityInfo>,
    /// By USPS code.
    states: KeyIndex<StateInfo>,
    sources: KeyIndex<SourceInfo>,
    /// The `established_year` of each partnership, which may be blank.
    partnerships: KeyIndex<Box<str>>,
    /// What the claims about each partnership say, in the order of the index.
    evidence: Vec<PartnershipEvidence>,
    /// The number of partnerships of each place that has any.
    partnership_counts: HashMap<String, i32>,
    surveys: KeyIndex<()>,
    questions: KeyIndex<QuestionInfo>,
    codebook: Codebook,
    respondents: RespondentRows,
}

/// Reads the files without checking their cells, to compare them with others. Returns the revision and
/// the files.
///
/// # Errors
/// Problems with the files as a whole, with their columns, and with the number of cells in a row.
pub fn read_files(files: &Files) -> Result<(String, DataFiles), Problems> {
    let sheets = Sheets::read(files, None);
    let files = (revision(sheets.all(), None), sheets.data_files());
    sheets.finish()?;
    Ok(files)
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
        let options = respondents.map(|respondents| respondents.options);
        let match_files = sheets
            .all()
            .filter(|sheet| MATCH_FILES.contains(&sheet.file));
        let mut tables = Self {
            revision: revision(sheets.all(), options),
            match_revision: revision(match_files, None),
            notices: Vec::new(),
            row_count: 0,
            countries: countries::index_by_code(&sheets),
            communities: communities::index_by_id(&sheets).shrink(),
            states: communities::states_by_code(&sheets),
            sources: sources::index_by_id(&sheets).shrink(),
            partnerships: partnerships::index_by_id(&sheets).shrink(),
            evidence: Vec::new(),
            partnership_counts: HashMap::new(),
            surveys: surveys::index_by_id(&sheets),
            questions: surveys::index_questions(&sheets),
            codebook: Codebook::default(),
            respondents: RespondentRows::default(),
            sheets,
        };
        let sheets = &tables.sheets;
        tables.evidence = evidence::derive(tables.claim(), &tables.partnerships);
        claims::check_sources(sheets);
        tables.read_partnerships();
        tables.codebook = codebook::read_codebook(&tables.sheets, &tables.questions);
        let rules = respondents::CodeRules {
            codebook: &tables.codebook,
            groups: &tables.answer_code_group().collect::<Vec<_>>(),
            asked_of: &tables.question_category().collect::<Vec<_>>(),
        };
        tables.respondents = respondents::read(
            &tables.sheets,
            &tables.surveys,
            &rules,
            options.unwrap_or_default(),
        );
        // Making the rows checks them.
        macro_rules! count_rows {
            ($($table:ident)+) => { 0 $( + tables.$table().count() )+ };
        }
        tables.row_count = with_loaded_tables!(count_rows);
        tables.sheets.finish()?;
        Ok(tables)
    }

    /// Counts for each place its own partnerships and those of the places in it, and collects the notices.
    fn read_partnerships(&mut self) {
        let mut counts: HashMap<String, i32> = HashMap::new();
        let mut notices = Vec::new();
        // Without the file, sources state no years, and nothing is compared.
        let has_claims = self.sheets.contains("claims.csv");
        for (line, partnership) in self.partnerships_with_lines() {
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
                match counts.get_mut(place) {
                    Some(count) => *count += 1,
                    None => _ = counts.insert(place.to_owned(), 1),
                }
            }
            if let Some(evidence) = self.evidence_of(&partnership)
                && has_claims
            {
                notices.extend(evidence.notices(&partnership, line));
            }
        }
        self.partnership_counts = counts;
        self.notices = notices;
    }

    fn evidence_of(&self, partnership: &partnership::Model) -> Option<&PartnershipEvidence> {
        self.evidence
            .get(self.partnerships.position(&partnership.id)?)
    }

    fn partnership_count(&self, place: &str) -> i32 {
        self.partnership_counts.get(place).copied().unwrap_or(0)
    }

    fn partnerships_with_lines(&self) -> impl Iterator<Item = (u64, partnership::Model)> {
        let indexes = PartnershipIndexes {
            countries: &self.countries,
            communities: &self.communities,
            states: &self.states,
        };
        partnerships::read(&self.sheets, indexes).map(|(line, mut partnership)| {
            if let Some(evidence) = self.evidence_of(&partnership) {
                evidence.apply(&mut partnership);
            }
            (line, partnership)
        })
    }

    /// Returns the ids of all partnerships.
    pub(super) fn partnership_ids(&self) -> impl Iterator<Item = &str> + Send {
        self.partnerships.keys()
    }

    /// Returns the type of a community; `None` if there is none with this id.
    pub(super) fn community_type(&self, id: &str) -> Option<&'static str> {
        self.communities
            .get(id)
            .map(|one| one.community_type.as_str())
    }
}

/// Defines the method of a table.
macro_rules! define_rows {
    ($($table:ident: |$tables:ident| $rows:expr;)+) => {
        #[allow(missing_docs, reason = "one method per table, named after its entity")]
        impl Tables {
            $( pub fn $table(&self) -> impl Iterator<Item = $table::Model> + Send {
                let $tables = self;
                $rows.into_iter()
            } )+
        }
    };
}

define_rows! {
    region: |_tables| countries::regions();
    country: |tables| countries::read(&tables.sheets, &tables.countries).map(|mut country| {
        country.partnership_count = tables.partnership_count(&country.id);
        country
    });
    community: |tables| {
        let communities = communities::read(&tables.sheets, &tables.countries, &tables.states);
        communities.map(|mut community| {
            community.partnership_count = tables.partnership_count(&community.id);
            if let Some(country) = tables.countries.get(&community.country_id) {
                community.country_sort_name = country.sort_name.to_string();
            }
            community
        })
    };
    alternate_name: |tables| alternate_names::read(&tables.sheets, &tables.communities);
    common_name: |tables| common_names::read(&tables.sheets, &tables.countries, &tables.communities);
    source: |tables| sources::read(&tables.sheets);
    partnership: |tables| tables.partnerships_with_lines().map(|(_, partnership)| partnership);
    partnership_source: |tables| partnerships::read_sources(&tables.sheets, &tables.sources);
    partnership_note: |tables| partnership_notes::read(&tables.sheets, &tables.partnerships, &tables.sources);
    claim: |tables| claims::read(&tables.sheets, &tables.partnerships, &tables.sources);
    match_coefficient: |tables| matches::read_coefficients(&tables.sheets);
    match_metric: |tables| matches::read_metrics(&tables.sheets);
    restriction: |tables| matches::read_restrictions(&tables.sheets, &tables.states, &tables.countries);
    survey: |tables| surveys::read(&tables.sheets, &tables.sources);
    disclosure: |tables| surveys::read_disclosure(&tables.sheets, &tables.surveys);
    question: |tables| tables.question_rows().0;
    question_response: |tables| tables.question_rows().1;
    question_category: |tables| tables.question_rows().2;
    respondent_aggregate: |tables| tables.aggregate_rows().0;
    respondent_aggregate_category: |tables| tables.aggregate_rows().1;
    respondent_aggregate_flag: |tables| tables.aggregate_rows().2;
    published_statistic: |tables| tables.statistic_rows().0;
    published_statistic_flag: |tables| tables.statistic_rows().1;
    respondent_data: |tables| tables.respondents.0.iter().cloned();
    answer_code: |tables| tables.codebook.code_rows();
    answer_code_group: |tables| codebook::read_groups(&tables.sheets, &tables.codebook);
    respondent: |tables| tables.respondents.1.iter().cloned();
    respondent_answer: |tables| tables.respondents.2.iter().cloned();
}

/// Files whose rows go into several tables. They are small, so each table reads them.
impl Tables {
    fn question_rows(&self) -> QuestionRows {
        surveys::read_questions(&self.sheets, &self.surveys, &self.countries)
    }

    fn aggregate_rows(&self) -> AggregateRows {
        respondent_aggregates::read(&self.sheets, &self.questions, &self.sources)
    }

    fn statistic_rows(&self) -> StatisticRows {
        published_statistics::read(&self.sheets, &self.countries, &self.states, &self.sources)
    }
}
