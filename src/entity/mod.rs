//! One SeaORM model per table, without logic or API.
//!
//! Primary keys are the slugs and codes of the data, so that a foreign key already is the id of the
//! row it refers to. Enum values are stored with their spelling in `crate::vocabulary`.

pub mod alternate_name;
pub mod answer_code;
pub mod answer_code_group;
pub mod claim;
pub mod common_name;
pub mod community;
pub mod country;
pub mod data_file;
pub mod dataset;
pub mod disclosure;
pub mod loaded_input;
pub mod match_coefficient;
pub mod match_metric;
pub mod partnership;
pub mod partnership_note;
pub mod partnership_source;
pub mod published_statistic;
pub mod published_statistic_flag;
pub mod question;
pub mod question_category;
pub mod question_response;
pub mod region;
pub mod respondent;
pub mod respondent_aggregate;
pub mod respondent_aggregate_category;
pub mod respondent_aggregate_flag;
pub mod respondent_answer;
pub mod respondent_data;
pub mod restriction;
pub mod revision;
pub mod row_change;
pub mod search_posting;
pub mod search_word;
pub mod source;
pub mod survey;

/// Calls a macro with the names of the tables that the archive of all tables has, each after those that it
/// refers to, and then with the names in `$more`.
macro_rules! with_tables {
    ($macro:ident $($more:ident)*) => {
        $macro! {
            region country community alternate_name common_name source
            partnership partnership_source partnership_note claim
            match_coefficient match_metric restriction
            survey disclosure question question_response question_category
            respondent_aggregate respondent_aggregate_category respondent_aggregate_flag
            published_statistic published_statistic_flag
            $($more)*
        }
    };
}

/// Calls a macro with the names of all tables that a load writes, each after those that it refers to. The rows
/// of a dataset and the load are made from this list. Those that [`with_tables`] lacks are never served.
macro_rules! with_loaded_tables {
    ($macro:ident) => {
        with_tables! {
            $macro
            respondent_data answer_code answer_code_group respondent respondent_answer
        }
    };
}

pub(crate) use {with_loaded_tables, with_tables};
