//! The survey, its questions, and the published figures.

use super::{Meaning, Table, every_row, referring, says, table};
use crate::{
    entity::{
        disclosure, published_statistic, published_statistic_flag, question, question_category,
        question_response, respondent_aggregate, respondent_aggregate_category,
        respondent_aggregate_flag, survey,
    },
    export::narrowing::Narrowing,
    vocabulary::{Direction, FigureFlag, Measure, PartnershipLevel, Qualifier, SegmentDimension},
};

/// From where all of them come.
const PUBLISHED: &str = "the publication in source_id";
const SURVEY: &str = "the publication of the survey";

pub(super) fn tables() -> Vec<Table> {
    vec![
        table::<survey::PrimaryKey>(PUBLISHED, "Surveys of respondents.", of_survey, every_row),
        table::<disclosure::PrimaryKey>(
            SURVEY,
            "What a survey discloses of its method, item by item.",
            of_disclosure,
            every_row,
        ),
        table::<question::PrimaryKey>(SURVEY, "Questions of a survey.", of_question, every_row),
        table::<question_response::PrimaryKey>(
            SURVEY,
            "Response options of a question.",
            of_question_response,
            every_row,
        ),
        table::<question_category::PrimaryKey>(
            SURVEY,
            "Whom a question was asked of; no row means all respondents.",
            of_question_category,
            every_row,
        ),
        table::<respondent_aggregate::PrimaryKey>(
            PUBLISHED,
            "Published percentages of respondents: P(outcome | given).",
            of_respondent_aggregate,
            Narrowing::respondent_aggregates,
        ),
        table::<respondent_aggregate_category::PrimaryKey>(
            PUBLISHED,
            "Outcome and condition of a percentage.",
            of_category,
            |narrowing| {
                referring(
                    respondent_aggregate_category::Column::RespondentAggregateId,
                    respondent_aggregate::Column::Id,
                    narrowing.respondent_aggregates(),
                )
            },
        ),
        table::<respondent_aggregate_flag::PrimaryKey>(
            "this project",
            "What the source of a percentage leaves open, or says wrongly.",
            of_aggregate_flag,
            |narrowing| {
                referring(
                    respondent_aggregate_flag::Column::RespondentAggregateId,
                    respondent_aggregate::Column::Id,
                    narrowing.respondent_aggregates(),
                )
            },
        ),
        table::<published_statistic::PrimaryKey>(
            PUBLISHED,
            "Published numbers that are not percentages of respondents.",
            of_published_statistic,
            Narrowing::published_statistics,
        ),
        table::<published_statistic_flag::PrimaryKey>(
            "this project",
            "What the source of a statistic leaves open, or says wrongly.",
            of_statistic_flag,
            |narrowing| {
                referring(
                    published_statistic_flag::Column::PublishedStatisticId,
                    published_statistic::Column::Id,
                    narrowing.published_statistics(),
                )
            },
        ),
    ]
}

fn of_survey(column: survey::Column) -> Meaning {
    use survey::Column as Of;
    match column {
        Of::Id => says("Slug."),
        Of::Title => says("Title."),
        Of::FieldedFrom => says("First day in the field."),
        Of::FieldedTo => says("Last day in the field."),
        Of::Population => says("Whom the survey is of."),
        Of::SampleSize => says("Respondents.").in_unit("people"),
        Of::SourceId => says("Where it was published.").refers_to("source.id"),
    }
}

fn of_disclosure(column: disclosure::Column) -> Meaning {
    use disclosure::Column as Of;
    match column {
        Of::SurveyId => says("The survey.").refers_to("survey.id"),
        Of::Position => says("Order of the items."),
        Of::Item => says("What transparent reporting asks for."),
        Of::Value => says("What is disclosed; blank where nothing is."),
    }
}

fn of_question(column: question::Column) -> Meaning {
    use question::Column as Of;
    match column {
        Of::Id => says("Slug."),
        Of::SurveyId => says("The survey.").refers_to("survey.id"),
        Of::Position => says("Order within the survey."),
        Of::Topic => says("What it asks."),
        Of::Wording => says("Its wording, where published."),
    }
}

fn of_question_response(column: question_response::Column) -> Meaning {
    use question_response::Column as Of;
    match column {
        Of::QuestionId => says("The question.").refers_to("question.id"),
        Of::Position => says("Order of the options."),
        Of::Value => says("The option."),
    }
}

fn of_question_category(column: question_category::Column) -> Meaning {
    use question_category::Column as Of;
    match column {
        Of::QuestionId => says("The question.").refers_to("question.id"),
        Of::Position => says("Order of the conditions."),
        Of::Dimension => says("By what respondents are parted.").one_of::<SegmentDimension>(),
        Of::Value => says("The value of it that those have who were asked."),
    }
}

fn of_respondent_aggregate(column: respondent_aggregate::Column) -> Meaning {
    use respondent_aggregate::Column as Of;
    match column {
        Of::Id => says("Slug."),
        Of::Position => says(POSITION),
        Of::QuestionId => says("The question that was asked.").refers_to("question.id"),
        Of::Percent => {
            says("As printed; blank where the source has words only.").in_unit("percent")
        }
        Of::Qualifier => says(QUALIFIER).one_of::<Qualifier>(),
        Of::Digits => says(DIGITS).in_unit("decimals"),
        Of::Direction => {
            says("Whether the source makes clear which way round the percentage runs.")
                .one_of::<Direction>()
        }
        Of::BaseDescription => says("Whom the percentage is of."),
        Of::BaseN => says("Their number, where published.").in_unit("people"),
        Of::RegionId => says("The region, where the condition names one.").refers_to("region.id"),
        Of::Note => says(NOTE).from("this project"),
        Of::SourceId => says("Where it was published.").refers_to("source.id"),
    }
}

const POSITION: &str = "Order of the publication.";
const QUALIFIER: &str = "How the source words the number.";
const DIGITS: &str = "Decimals printed, which set the rounding interval.";
const NOTE: &str = "What to know before quoting it.";

fn of_category(column: respondent_aggregate_category::Column) -> Meaning {
    use respondent_aggregate_category::Column as Of;
    match column {
        Of::RespondentAggregateId => says("The percentage.").refers_to("respondent_aggregate.id"),
        Of::Role => {
            says("Whether it is of the outcome or of the condition.").lists(&["GIVEN", "OUTCOME"])
        }
        Of::Position => says("Order within the role."),
        Of::Dimension => says("By what respondents are parted.").one_of::<SegmentDimension>(),
        Of::Value => says("The value of it that they have."),
    }
}

fn of_aggregate_flag(column: respondent_aggregate_flag::Column) -> Meaning {
    use respondent_aggregate_flag::Column as Of;
    match column {
        Of::RespondentAggregateId => says("The percentage.").refers_to("respondent_aggregate.id"),
        Of::Position => says("Order of the flags."),
        Of::Flag => says("The flag.").one_of::<FigureFlag>(),
    }
}

fn of_published_statistic(column: published_statistic::Column) -> Meaning {
    use published_statistic::Column as Of;
    match column {
        Of::Id => says("Slug."),
        Of::Position => says(POSITION),
        Of::Measure => says("What it measures.").one_of::<Measure>(),
        Of::Subject => says("What it is a number of."),
        Of::Value => {
            says("As printed; blank where the source has words only.").in_unit("as unit says")
        }
        Of::Unit => says("What is counted or measured."),
        Of::Qualifier => says(QUALIFIER).one_of::<Qualifier>(),
        Of::Digits => says(DIGITS).in_unit("decimals"),
        Of::RegionId => says("The region that it is about.").refers_to("region.id"),
        Of::StateId => says("The state that it is about.").refers_to("community.id"),
        Of::CountryId => says("The country that it is about.").refers_to("country.id"),
        Of::Level => says(
            "The level of the partnerships that it counts; blank where the source does not say.",
        )
        .one_of::<PartnershipLevel>(),
        Of::Note => says(NOTE).from("this project"),
        Of::SourceId => says("Where it was published.").refers_to("source.id"),
    }
}

fn of_statistic_flag(column: published_statistic_flag::Column) -> Meaning {
    use published_statistic_flag::Column as Of;
    match column {
        Of::PublishedStatisticId => says("The statistic.").refers_to("published_statistic.id"),
        Of::Position => says("Order of the flags."),
        Of::Flag => says("The flag.").one_of::<FigureFlag>(),
    }
}
