//! The rows of a dataset in memory, which tests compare answers with.

use std::ops::Deref;

use sistergraph::{
    entity::{
        alternate_name, claim, common_name, community, country, partnership, partnership_note,
        partnership_source, published_statistic, published_statistic_flag, question, region,
        respondent_aggregate, respondent_aggregate_category, respondent_aggregate_flag, source,
        survey,
    },
    import::Tables,
};

macro_rules! define_table_rows {
    ($($table:ident)+) => {
        pub(crate) struct TableRows {
            tables: Tables,
            $( pub(crate) $table: Vec<$table::Model>, )+
        }

        impl From<Tables> for TableRows {
            fn from(tables: Tables) -> Self {
                $( let $table = tables.$table().collect(); )+
                Self { tables, $( $table, )+ }
            }
        }
    };
}

define_table_rows! {
    region country community alternate_name common_name source
    partnership partnership_source partnership_note claim
    survey question respondent_aggregate respondent_aggregate_category respondent_aggregate_flag
    published_statistic published_statistic_flag
}

impl Deref for TableRows {
    type Target = Tables;

    fn deref(&self) -> &Tables {
        &self.tables
    }
}
