//! The rows of a dataset, table by table. They are made from the files whenever they are needed, so that no table is in
//! memory, except the answers of respondents. Their keys, with what other rows repeat of the rows that they identify, are in a [`LargeMap`].

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

use std::{panic::resume_unwind, sync::Arc, thread};

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
    large_map::{LargeMap, MapStorage},
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
    /// What the claims about each partnership say, by its id.
    evidence: LargeMap<PartnershipEvidence>,
    /// The number of partnerships of each country, in the order of the index.
    country_counts: Vec<i32>,
    /// The number of partnerships of each community, in the order of the index.
    community_counts: Vec<i32>,
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
    let sheets = Sheets::read(files, None, MapStorage::default());
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
        Self::read_with_storage(files, respondents, MapStorage::default())
    }

    fn read_with_storage(
        files: &Files,
        respondents: Option<&RespondentFiles>,
        map_storage: MapStorage,
    ) -> Result<Self, Problems> {
        let sheets = Sheets::read(files, respondents, map_storage);
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
            communities: communities::index_by_id(&sheets),
            states: communities::states_by_code(&sheets),
            sources: sources::index_by_id(&sheets),
            partnerships: partnerships::index_by_id(&sheets),
            evidence: sheets.large_map(),
            country_counts: Vec::new(),
            community_counts: Vec::new(),
            surveys: surveys::index_by_id(&sheets),
            questions: surveys::index_questions(&sheets),
            codebook: Codebook::default(),
            respondents: RespondentRows::default(),
            sheets,
        };
        // Making the rows checks them. Nothing else reads the file of names, which has the most rows.
        let (n_names, (n_claims, evidence)) = thread::scope(|scope| {
            let n_names = scope.spawn(|| tables.alternate_name().count());
            let evidence = tables.derive_evidence();
            let n_names = n_names.join();
            (
                n_names.unwrap_or_else(|panic| resume_unwind(panic)),
                evidence,
            )
        });
        tables.evidence = evidence;
        evidence::check_sources(&tables.sheets, &tables.evidence);
        let n_partnerships = tables.read_partnerships();
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
        macro_rules! count {
            (alternate_name) => {
                n_names
            };
            (claim) => {
                n_claims
            };
            (partnership) => {
                n_partnerships
            };
            ($table:ident) => {
                tables.$table().count()
            };
        }
        macro_rules! count_rows {
            ($($table:ident)+) => { 0 $( + count!($table) )+ };
        }
        tables.row_count = with_loaded_tables!(count_rows);
        tables.sheets.finish()?;
        Ok(tables)
    }

    /// Returns the number of claims, and what they say about each partnership.
    fn derive_evidence(&self) -> (usize, LargeMap<PartnershipEvidence>) {
        let mut n_claims = 0;
        let claims = claims::read(&self.sheets, &self.partnerships, &self.sources);
        let claims = claims.inspect(|_| n_claims += 1);
        let evidence = evidence::derive(&self.sheets, claims, &self.partnerships);
        (n_claims, evidence)
    }

    /// Counts for each place its own partnerships and those of the places in it, and collects the notices. Returns the number of
    /// partnerships.
    fn read_partnerships(&mut self) -> usize {
        let mut n_partnerships = 0;
        let mut country_counts = vec![0; self.countries.len()];
        let mut community_counts = vec![0; self.communities.len()];
        let mut notices = Vec::new();
        // Without the file, sources state no years, and nothing is compared.
        let has_claims = self.sheets.contains("claims.csv");
        for (line, partnership) in self.partnerships_with_lines() {
            n_partnerships += 1;
            for country in [countries::US, partnership.country_id.as_str()] {
                if let Some(country) = self.countries.get(country) {
                    country_counts[country.position] += 1;
                }
            }
            let communities = [
                Some(partnership.us_id.as_str()),
                Some(&partnership.state_id),
                Some(&partnership.partner_id),
                partnership.province_id.as_deref(),
            ];
            let mut communities: Vec<_> = communities.into_iter().flatten().collect();
            // A state or province that is itself one of the two communities counts once.
            communities.sort_unstable();
            communities.dedup();
            for community in communities {
                if let Some(community) = self.communities.get(community) {
                    community_counts[community.position] += 1;
                }
            }
            if has_claims {
                let evidence = self.evidence_of(&partnership);
                notices.extend(evidence.notices(&partnership, line));
            }
        }
        self.country_counts = country_counts;
        self.community_counts = community_counts;
        self.notices = notices;
        n_partnerships
    }

    fn evidence_of(&self, partnership: &partnership::Model) -> Arc<PartnershipEvidence> {
        self.evidence
            .get(partnership.id.as_bytes())
            .unwrap_or_default()
    }

    fn partnerships_with_lines(&self) -> impl Iterator<Item = (u64, partnership::Model)> {
        let indexes = PartnershipIndexes {
            countries: &self.countries,
            communities: &self.communities,
            states: &self.states,
        };
        partnerships::read(&self.sheets, indexes).map(|(line, mut partnership)| {
            self.evidence_of(&partnership).apply(&mut partnership);
            (line, partnership)
        })
    }

    /// Returns the ids of all partnerships.
    pub(super) fn partnership_ids(&self) -> impl Iterator<Item = String> + Send {
        let rows = self.sheets.rows("partnerships.csv");
        rows.map(|row| row.cell("id").to_owned())
    }

    /// Returns the type of a community; `None` if there is none with this id.
    pub(super) fn community_type(&self, id: &str) -> Option<&'static str> {
        self.communities
            .get(id)
            .map(|one| one.value.community_type.as_str())
    }
}

/// Returns a count; 0 if there is none.
fn count_at(counts: &[i32], position: usize) -> i32 {
    counts.get(position).copied().unwrap_or(0)
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
        if let Some(entry) = tables.countries.get(&country.id) {
            country.partnership_count = count_at(&tables.country_counts, entry.position);
        }
        country
    });
    community: |tables| {
        let communities = communities::read(&tables.sheets, &tables.countries, &tables.states);
        communities.map(|mut community| {
            if let Some(entry) = tables.communities.get(&community.id) {
                community.partnership_count = count_at(&tables.community_counts, entry.position);
            }
            if let Some(country) = tables.countries.get(&community.country_id) {
                community.country_sort_name = country.value.sort_name.to_string();
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
    claim: |tables| claims::read(&tables.sheets, &tables.partnerships, &tables.sources).map(|(_, claim)| claim);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &Files, map_storage: MapStorage) -> Result<Tables, Problems> {
        Tables::read_with_storage(files, None, map_storage)
    }

    #[test]
    fn keys_on_disk_give_the_same_rows() {
        let files = Files::Memory(Files::embedded_in_memory());
        let [memory, disk] = [MapStorage::default(), MapStorage::on_disk()]
            .map(|storage| read(&files, storage).unwrap());
        macro_rules! assert_same_rows {
            ($($table:ident)+) => { $(
                assert!(memory.$table().eq(disk.$table()), stringify!($table));
            )+ };
        }
        with_loaded_tables!(assert_same_rows);
        assert!(disk.partnership().count() > 1_000);
        assert_eq!(memory.notices, disk.notices);
        assert_eq!(memory.row_count, disk.row_count);
    }

    #[test]
    fn keys_on_disk_find_the_same_problems() {
        // Problems with keys hide those that follow from them, so there are two sets of wrong files.
        let duplicate = |n, line: &str| match n % 6 {
            0 => format!("{line}\n{line}\n"),
            _ => format!("{line}\n"),
        };
        let unknown = |n, line: &str| match n % 11 {
            0 => line.replace(",p-", ",qqqqqqqqqq-") + "\n",
            1 => line.replace(",RECORDED,", ",ENDED,") + "\n",
            2 => line.replace(",THIRD,", ",US,") + "\n",
            _ => format!("{line}\n"),
        };
        assert_same_problems(
            duplicate,
            &["duplicate claim", "duplicate \"", "name for this"],
        );
        assert_same_problems(
            unknown,
            &[
                "unknown source",
                "the side of the same source",
                "no RECORDED claim",
            ],
        );
    }

    #[test]
    fn a_failed_temporary_file_is_the_only_problem() {
        let mut files = Files::embedded_in_memory();
        files.insert("claims.csv".to_owned(), b"wrong".to_vec());
        let storage = MapStorage::failed("No space left on device");
        let problems = read(&Files::Memory(files), storage).unwrap_err();
        assert_eq!(
            problems.to_string(),
            "countries.csv:1: cannot use a temporary file: No space left on device\n1 problem; nothing was loaded"
        );
    }

    /// Checks that files with changed lines have the same problems if keys are on disk, and that some are about each of `expected`.
    fn assert_same_problems(change: impl Fn(usize, &str) -> String, expected: &[&str]) {
        let mut files = Files::embedded_in_memory();
        for content in files.values_mut() {
            let text = String::from_utf8_lossy(content);
            let lines = text.lines().enumerate();
            let lines = lines.map(|(n, line)| match n {
                0 => format!("{line}\n"),
                _ => change(n, line),
            });
            *content = lines.collect::<String>().into_bytes();
        }
        let files = Files::Memory(files);
        let [memory, disk] = [MapStorage::default(), MapStorage::on_disk()].map(|storage| {
            let problems = read(&files, storage).unwrap_err().to_string();
            // Keys on disk are not compared with a wrong one.
            let lines = problems
                .lines()
                .map(|line| line.split(" (did you mean").next());
            lines.flatten().map(str::to_owned).collect::<Vec<_>>()
        });
        for message in expected {
            let is_found = memory.iter().any(|line| line.contains(message));
            assert!(is_found, "{message}");
        }
        assert_eq!(memory, disk);
    }
}
