//! Surveys, their questions, and the published figures.

use super::{
    ArchiveTable, COMPUTED, ColumnDescription, all_rows, define_table, describe, referencing_rows,
};
use crate::{
    entity::{
        disclosure, published_statistic, published_statistic_flag, question, question_category,
        question_response, respondent_aggregate, respondent_aggregate_category,
        respondent_aggregate_flag, survey,
    },
    export::filter::ExportFilter,
    vocabulary::{Direction, FigureFlag, Measure, PartnershipLevel, Qualifier, SegmentDimension},
};

const PUBLICATION: &str = "the publication in source_id";
const SURVEY_PUBLICATION: &str = "the publication of the survey";

pub(super) fn survey() -> ArchiveTable {
    define_table::<survey::PrimaryKey>(
        PUBLICATION,
        "The surveys that percentages of respondents are from.",
        describe_survey,
        all_rows,
    )
}

pub(super) fn disclosure() -> ArchiveTable {
    define_table::<disclosure::PrimaryKey>(
        SURVEY_PUBLICATION,
        "What a survey discloses about its method, one item per row.",
        describe_disclosure,
        all_rows,
    )
}

pub(super) fn question() -> ArchiveTable {
    define_table::<question::PrimaryKey>(
        SURVEY_PUBLICATION,
        "The questions of a survey.",
        describe_question,
        all_rows,
    )
}

pub(super) fn question_response() -> ArchiveTable {
    define_table::<question_response::PrimaryKey>(
        SURVEY_PUBLICATION,
        "The response options of a question.",
        describe_question_response,
        all_rows,
    )
}

pub(super) fn question_category() -> ArchiveTable {
    define_table::<question_category::PrimaryKey>(
        SURVEY_PUBLICATION,
        "The respondents who were asked a question; if it has no row, all were asked.",
        describe_question_category,
        all_rows,
    )
}

pub(super) fn respondent_aggregate() -> ArchiveTable {
    define_table::<respondent_aggregate::PrimaryKey>(
        PUBLICATION,
        "Published percentages of respondents: P(outcome | given).",
        describe_respondent_aggregate,
        ExportFilter::respondent_aggregate_condition,
    )
}

pub(super) fn respondent_aggregate_category() -> ArchiveTable {
    define_table::<respondent_aggregate_category::PrimaryKey>(
        PUBLICATION,
        "The outcome and the condition of a percentage.",
        describe_aggregate_category,
        |filter| {
            referencing_rows(
                respondent_aggregate_category::Column::RespondentAggregateId,
                respondent_aggregate::Column::Id,
                filter.respondent_aggregate_condition(),
            )
        },
    )
}

pub(super) fn respondent_aggregate_flag() -> ArchiveTable {
    define_table::<respondent_aggregate_flag::PrimaryKey>(
        "this project",
        "Caveats about a percentage: what its source leaves out, leaves open, or gets wrong.",
        describe_aggregate_flag,
        |filter| {
            referencing_rows(
                respondent_aggregate_flag::Column::RespondentAggregateId,
                respondent_aggregate::Column::Id,
                filter.respondent_aggregate_condition(),
            )
        },
    )
}

pub(super) fn published_statistic() -> ArchiveTable {
    define_table::<published_statistic::PrimaryKey>(
        PUBLICATION,
        "Published numbers other than percentages of respondents.",
        describe_published_statistic,
        ExportFilter::published_statistic_condition,
    )
}

pub(super) fn published_statistic_flag() -> ArchiveTable {
    define_table::<published_statistic_flag::PrimaryKey>(
        "this project",
        "Caveats about a statistic: what its source leaves out, leaves open, or gets wrong.",
        describe_statistic_flag,
        |filter| {
            referencing_rows(
                published_statistic_flag::Column::PublishedStatisticId,
                published_statistic::Column::Id,
                filter.published_statistic_condition(),
            )
        },
    )
}

fn describe_survey(column: survey::Column) -> ColumnDescription {
    use survey::Column as Col;
    match column {
        Col::Id => describe("The slug."),
        Col::Title => describe("The title."),
        Col::Year => describe("The year of fieldwork; empty if unknown."),
        Col::FieldedFrom => {
            describe("The first day on which respondents were surveyed; empty if not published.")
        }
        Col::FieldedTo => {
            describe("The last day on which respondents were surveyed; empty if not published.")
        }
        Col::Population => describe("The group of people that the survey covers."),
        Col::SampleSize => {
            describe("The number of respondents; empty if not published.").with_unit("people")
        }
        Col::SourceId => describe("The publication.").with_reference("source.id"),
    }
}

fn describe_disclosure(column: disclosure::Column) -> ColumnDescription {
    use disclosure::Column as Col;
    match column {
        Col::SurveyId => describe("The survey.").with_reference("survey.id"),
        Col::Position => describe("The position of the item."),
        Col::Item => describe("An item that standards for survey reporting require."),
        Col::Value => describe("What is disclosed about the item; empty if nothing is."),
    }
}

fn describe_question(column: question::Column) -> ColumnDescription {
    use question::Column as Col;
    match column {
        Col::Id => describe("The slug."),
        Col::SurveyId => describe("The survey.").with_reference("survey.id"),
        Col::Position => describe("The position within the survey."),
        Col::Topic => describe("The topic of the question."),
        Col::CountryId => {
            describe("The country that the question asks about.").with_reference("country.id")
        }
        Col::Wording => describe("The wording; empty if not published."),
    }
}

fn describe_question_response(column: question_response::Column) -> ColumnDescription {
    use question_response::Column as Col;
    match column {
        Col::QuestionId => describe("The question.").with_reference("question.id"),
        Col::Position => describe("The position of the option."),
        Col::Value => describe("The response option."),
    }
}

fn describe_question_category(column: question_category::Column) -> ColumnDescription {
    use question_category::Column as Col;
    match column {
        Col::QuestionId => describe("The question.").with_reference("question.id"),
        Col::Position => describe("The position of the condition."),
        Col::Dimension => describe("The dimension of the breakdown, such as REGION.")
            .with_vocabulary::<SegmentDimension>(),
        Col::Value => {
            describe("The value that the respondents who were asked have in this dimension.")
        }
    }
}

fn describe_respondent_aggregate(column: respondent_aggregate::Column) -> ColumnDescription {
    use respondent_aggregate::Column as Col;
    match column {
        Col::Id => describe("The slug."),
        Col::Position => describe(POSITION),
        Col::QuestionId => describe("The question.").with_reference("question.id"),
        Col::Percent => {
            describe("The number as printed; empty if the source gives only words.").with_unit("percent")
        }
        Col::Qualifier => describe(QUALIFIER).with_vocabulary::<Qualifier>(),
        Col::Digits => describe(DIGITS).with_unit("decimals"),
        Col::Direction => {
            describe("Whether the source makes clear which part of the percentage is the outcome and which is the condition.")
                .with_vocabulary::<Direction>()
        }
        Col::BaseDescription => describe("The respondents that the percentage is computed from, in words."),
        Col::BaseN => describe("The number of these respondents; empty if not published.").with_unit("people"),
        Col::RegionId => {
            describe("The region, if the condition has one.").with_reference("region.id")
        }
        Col::CountryId => {
            describe("The country that the question asks about.").with_reference("country.id")
        }
        Col::Note => describe(NOTE).with_source("this project"),
        Col::SourceId => describe("The publication.").with_reference("source.id"),
    }
}

const POSITION: &str = "The position in lists.";
const QUALIFIER: &str = "How the source words the number.";
const DIGITS: &str = "The number of decimals printed, which determines the rounding interval.";
const NOTE: &str = "What to know before you quote the figure.";

fn describe_aggregate_category(column: respondent_aggregate_category::Column) -> ColumnDescription {
    use respondent_aggregate_category::Column as Col;
    match column {
        Col::RespondentAggregateId => {
            describe("The percentage.").with_reference("respondent_aggregate.id")
        }
        Col::Role => describe("Whether the category is part of the outcome or of the condition.")
            .with_values(&["GIVEN", "OUTCOME"]),
        Col::Position => describe("The position within the role."),
        Col::Dimension => describe("The dimension of the breakdown, such as REGION.")
            .with_vocabulary::<SegmentDimension>(),
        Col::Value => describe("The value of the respondents in this dimension."),
    }
}

fn describe_aggregate_flag(column: respondent_aggregate_flag::Column) -> ColumnDescription {
    use respondent_aggregate_flag::Column as Col;
    match column {
        Col::RespondentAggregateId => {
            describe("The percentage.").with_reference("respondent_aggregate.id")
        }
        Col::Position => describe("The position of the flag."),
        Col::Flag => describe("The caveat.").with_vocabulary::<FigureFlag>(),
    }
}

fn describe_published_statistic(column: published_statistic::Column) -> ColumnDescription {
    use published_statistic::Column as Col;
    match column {
        Col::Id => describe("The slug."),
        Col::Position => describe(POSITION),
        Col::Measure => describe("What it measures.").with_vocabulary::<Measure>(),
        Col::Subject => describe("What the number describes."),
        Col::SortSubject => describe("The subject without case and accents.").with_source(COMPUTED),
        Col::Value => describe("The number as printed; empty if the source gives only words.")
            .with_unit("see the column unit"),
        Col::Unit => describe("The unit of the value."),
        Col::Qualifier => describe(QUALIFIER).with_vocabulary::<Qualifier>(),
        Col::Digits => describe(DIGITS).with_unit("decimals"),
        Col::RegionId => {
            describe("The region that the number is about.").with_reference("region.id")
        }
        Col::StateId => {
            describe("The state that the number is about.").with_reference("community.id")
        }
        Col::CountryId => {
            describe("The country that the number is about.").with_reference("country.id")
        }
        Col::Level => describe(
            "The level of the partnerships that are counted; empty if the source does not say.",
        )
        .with_vocabulary::<PartnershipLevel>(),
        Col::Year => describe("The year that the number is of; empty if unknown."),
        Col::Note => describe(NOTE).with_source("this project"),
        Col::SourceId => describe("The publication.").with_reference("source.id"),
    }
}

fn describe_statistic_flag(column: published_statistic_flag::Column) -> ColumnDescription {
    use published_statistic_flag::Column as Col;
    match column {
        Col::PublishedStatisticId => {
            describe("The statistic.").with_reference("published_statistic.id")
        }
        Col::Position => describe("The position of the flag."),
        Col::Flag => describe("The caveat.").with_vocabulary::<FigureFlag>(),
    }
}
