//! The survey, its questions, and the published figures.

use super::{ArchiveTable, ColumnDescription, all_rows, define_table, describe, referencing_rows};
use crate::{
    entity::{
        disclosure, published_statistic, published_statistic_flag, question, question_category,
        question_response, respondent_aggregate, respondent_aggregate_category,
        respondent_aggregate_flag, survey,
    },
    export::filter::ExportFilter,
    vocabulary::{Direction, FigureFlag, Measure, PartnershipLevel, Qualifier, SegmentDimension},
};

/// From where all of them come.
const PUBLICATION: &str = "the publication in source_id";
const SURVEY_PUBLICATION: &str = "the publication of the survey";

pub(super) fn tables() -> Vec<ArchiveTable> {
    vec![
        define_table::<survey::PrimaryKey>(
            PUBLICATION,
            "Surveys of respondents.",
            describe_survey,
            all_rows,
        ),
        define_table::<disclosure::PrimaryKey>(
            SURVEY_PUBLICATION,
            "What a survey discloses of its method, item by item.",
            describe_disclosure,
            all_rows,
        ),
        define_table::<question::PrimaryKey>(
            SURVEY_PUBLICATION,
            "Questions of a survey.",
            describe_question,
            all_rows,
        ),
        define_table::<question_response::PrimaryKey>(
            SURVEY_PUBLICATION,
            "Response options of a question.",
            describe_question_response,
            all_rows,
        ),
        define_table::<question_category::PrimaryKey>(
            SURVEY_PUBLICATION,
            "Whom a question was asked of; no row means all respondents.",
            describe_question_category,
            all_rows,
        ),
        define_table::<respondent_aggregate::PrimaryKey>(
            PUBLICATION,
            "Published percentages of respondents: P(outcome | given).",
            describe_respondent_aggregate,
            ExportFilter::respondent_aggregate_condition,
        ),
        define_table::<respondent_aggregate_category::PrimaryKey>(
            PUBLICATION,
            "Outcome and condition of a percentage.",
            describe_aggregate_category,
            |narrowing| {
                referencing_rows(
                    respondent_aggregate_category::Column::RespondentAggregateId,
                    respondent_aggregate::Column::Id,
                    narrowing.respondent_aggregate_condition(),
                )
            },
        ),
        define_table::<respondent_aggregate_flag::PrimaryKey>(
            "this project",
            "What the source of a percentage leaves open, or says wrongly.",
            describe_aggregate_flag,
            |narrowing| {
                referencing_rows(
                    respondent_aggregate_flag::Column::RespondentAggregateId,
                    respondent_aggregate::Column::Id,
                    narrowing.respondent_aggregate_condition(),
                )
            },
        ),
        define_table::<published_statistic::PrimaryKey>(
            PUBLICATION,
            "Published numbers that are not percentages of respondents.",
            describe_published_statistic,
            ExportFilter::published_statistic_condition,
        ),
        define_table::<published_statistic_flag::PrimaryKey>(
            "this project",
            "What the source of a statistic leaves open, or says wrongly.",
            describe_statistic_flag,
            |narrowing| {
                referencing_rows(
                    published_statistic_flag::Column::PublishedStatisticId,
                    published_statistic::Column::Id,
                    narrowing.published_statistic_condition(),
                )
            },
        ),
    ]
}

fn describe_survey(column: survey::Column) -> ColumnDescription {
    use survey::Column as Col;
    match column {
        Col::Id => describe("Slug."),
        Col::Title => describe("Title."),
        Col::FieldedFrom => describe("First day in the field."),
        Col::FieldedTo => describe("Last day in the field."),
        Col::Population => describe("Whom the survey is of."),
        Col::SampleSize => describe("Respondents.").with_unit("people"),
        Col::SourceId => describe("Where it was published.").with_reference("source.id"),
    }
}

fn describe_disclosure(column: disclosure::Column) -> ColumnDescription {
    use disclosure::Column as Col;
    match column {
        Col::SurveyId => describe("The survey.").with_reference("survey.id"),
        Col::Position => describe("Order of the items."),
        Col::Item => describe("What transparent reporting asks for."),
        Col::Value => describe("What is disclosed; blank where nothing is."),
    }
}

fn describe_question(column: question::Column) -> ColumnDescription {
    use question::Column as Col;
    match column {
        Col::Id => describe("Slug."),
        Col::SurveyId => describe("The survey.").with_reference("survey.id"),
        Col::Position => describe("Order within the survey."),
        Col::Topic => describe("What it asks."),
        Col::Wording => describe("Its wording, where published."),
    }
}

fn describe_question_response(column: question_response::Column) -> ColumnDescription {
    use question_response::Column as Col;
    match column {
        Col::QuestionId => describe("The question.").with_reference("question.id"),
        Col::Position => describe("Order of the options."),
        Col::Value => describe("The option."),
    }
}

fn describe_question_category(column: question_category::Column) -> ColumnDescription {
    use question_category::Column as Col;
    match column {
        Col::QuestionId => describe("The question.").with_reference("question.id"),
        Col::Position => describe("Order of the conditions."),
        Col::Dimension => {
            describe("By what respondents are parted.").with_vocabulary::<SegmentDimension>()
        }
        Col::Value => describe("The value of it that those have who were asked."),
    }
}

fn describe_respondent_aggregate(column: respondent_aggregate::Column) -> ColumnDescription {
    use respondent_aggregate::Column as Col;
    match column {
        Col::Id => describe("Slug."),
        Col::Position => describe(POSITION),
        Col::QuestionId => describe("The question that was asked.").with_reference("question.id"),
        Col::Percent => {
            describe("As printed; blank where the source has words only.").with_unit("percent")
        }
        Col::Qualifier => describe(QUALIFIER).with_vocabulary::<Qualifier>(),
        Col::Digits => describe(DIGITS).with_unit("decimals"),
        Col::Direction => {
            describe("Whether the source makes clear which way round the percentage runs.")
                .with_vocabulary::<Direction>()
        }
        Col::BaseDescription => describe("Whom the percentage is of."),
        Col::BaseN => describe("Their number, where published.").with_unit("people"),
        Col::RegionId => {
            describe("The region, where the condition names one.").with_reference("region.id")
        }
        Col::Note => describe(NOTE).with_source("this project"),
        Col::SourceId => describe("Where it was published.").with_reference("source.id"),
    }
}

const POSITION: &str = "Order of the publication.";
const QUALIFIER: &str = "How the source words the number.";
const DIGITS: &str = "Decimals printed, which set the rounding interval.";
const NOTE: &str = "What to know before quoting it.";

fn describe_aggregate_category(column: respondent_aggregate_category::Column) -> ColumnDescription {
    use respondent_aggregate_category::Column as Col;
    match column {
        Col::RespondentAggregateId => {
            describe("The percentage.").with_reference("respondent_aggregate.id")
        }
        Col::Role => describe("Whether it is of the outcome or of the condition.")
            .with_values(&["GIVEN", "OUTCOME"]),
        Col::Position => describe("Order within the role."),
        Col::Dimension => {
            describe("By what respondents are parted.").with_vocabulary::<SegmentDimension>()
        }
        Col::Value => describe("The value of it that they have."),
    }
}

fn describe_aggregate_flag(column: respondent_aggregate_flag::Column) -> ColumnDescription {
    use respondent_aggregate_flag::Column as Col;
    match column {
        Col::RespondentAggregateId => {
            describe("The percentage.").with_reference("respondent_aggregate.id")
        }
        Col::Position => describe("Order of the flags."),
        Col::Flag => describe("The flag.").with_vocabulary::<FigureFlag>(),
    }
}

fn describe_published_statistic(column: published_statistic::Column) -> ColumnDescription {
    use published_statistic::Column as Col;
    match column {
        Col::Id => describe("Slug."),
        Col::Position => describe(POSITION),
        Col::Measure => describe("What it measures.").with_vocabulary::<Measure>(),
        Col::Subject => describe("What it is a number of."),
        Col::Value => {
            describe("As printed; blank where the source has words only.").with_unit("as unit says")
        }
        Col::Unit => describe("What is counted or measured."),
        Col::Qualifier => describe(QUALIFIER).with_vocabulary::<Qualifier>(),
        Col::Digits => describe(DIGITS).with_unit("decimals"),
        Col::RegionId => describe("The region that it is about.").with_reference("region.id"),
        Col::StateId => describe("The state that it is about.").with_reference("community.id"),
        Col::CountryId => describe("The country that it is about.").with_reference("country.id"),
        Col::Level => describe(
            "The level of the partnerships that it counts; blank where the source does not say.",
        )
        .with_vocabulary::<PartnershipLevel>(),
        Col::Note => describe(NOTE).with_source("this project"),
        Col::SourceId => describe("Where it was published.").with_reference("source.id"),
    }
}

fn describe_statistic_flag(column: published_statistic_flag::Column) -> ColumnDescription {
    use published_statistic_flag::Column as Col;
    match column {
        Col::PublishedStatisticId => {
            describe("The statistic.").with_reference("published_statistic.id")
        }
        Col::Position => describe("Order of the flags."),
        Col::Flag => describe("The flag.").with_vocabulary::<FigureFlag>(),
    }
}
