//! Figures of several surveys and years: sizes and dates of surveys that are not published, the country
//! that a question asks about, the year of a survey and of a statistic, and new allowed values.
//!
//! SQLite can neither drop `not null` nor change a check, and a table that others refer to cannot be
//! replaced on its own. So all tables of figures are created again, and their rows are kept meanwhile.

use sea_orm_migration::prelude::*;

use crate::{
    m20261123_000003_create_figures::Migration as CreateFigures,
    portable::{Columns, create_indexes, one_of, primary_key, references},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Each table before this migration, after those that it refers to, with its columns.
const TABLES: [(&str, &str); 10] = [
    (
        "survey",
        "id, title, fielded_from, fielded_to, population, sample_size, source_id",
    ),
    ("disclosure", "survey_id, position, item, value"),
    ("question", "id, survey_id, position, topic, wording"),
    ("question_response", "question_id, position, value"),
    (
        "question_category",
        "question_id, position, dimension, value",
    ),
    (
        "respondent_aggregate",
        "id, position, question_id, percent, qualifier, digits, direction, base_description, base_n, region_id, note, source_id",
    ),
    (
        "respondent_aggregate_category",
        "respondent_aggregate_id, role, position, dimension, value",
    ),
    (
        "respondent_aggregate_flag",
        "respondent_aggregate_id, position, flag",
    ),
    (
        "published_statistic",
        "id, position, measure, subject, value, unit, qualifier, digits, region_id, state_id, country_id, level, note, source_id",
    ),
    (
        "published_statistic_flag",
        "published_statistic_id, position, flag",
    ),
];

const QUALIFIERS: [&str; 7] = [
    "EXACT",
    "ROUNDED",
    "APPROXIMATE",
    "AT_LEAST",
    "MORE_THAN",
    "LESS_THAN",
    "MAJORITY",
];

const FLAGS: [&str; 8] = [
    "BASE_NOT_PUBLISHED",
    "BASE_NOT_STATED",
    "WORDING_NOT_PUBLISHED",
    "DIRECTION_REVERSED_IN_PROSE",
    "SCOPE_DRIFT",
    "SOURCE_IMPLIED",
    "DISPUTED",
    "SECOND_HAND",
];

const DIMENSIONS: [&str; 11] = [
    "REGION",
    "EMPLOYER",
    "PARTY",
    "AWARENESS",
    "BENEFIT",
    "ASIA_MATTERS",
    "STUDY_ABROAD",
    "CHINA_TRADE_BENEFIT",
    "CHINA_JOBS",
    "ASIA_JOBS",
    "CHINA_COMPETITION",
];

const MEASURES: [&str; 10] = [
    "PARTNERSHIP_COUNT",
    "SHARE",
    "RANK",
    "RESPONDENT_COUNT",
    "MONEY",
    "RATIO",
    "PLACE_COUNT",
    "STUDENT_COUNT",
    "VISITOR_COUNT",
    "JOB_COUNT",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (table, columns) in TABLES {
            let keep = format!("create table kept_{table} as select {columns} from {table}");
            db.execute_unprepared(&keep).await?;
        }
        CreateFigures.down(manager).await?;
        create_survey(manager).await?;
        create_respondent_aggregate(manager).await?;
        create_published_statistic(manager).await?;
        for (table, columns) in TABLES {
            for statement in [
                format!("insert into {table} ({columns}) select {columns} from kept_{table}"),
                format!("drop table kept_{table}"),
            ] {
                db.execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }

    /// Leaves the tables empty: rows that this migration allows may violate the earlier checks.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        CreateFigures.down(manager).await?;
        CreateFigures.up(manager).await
    }
}

fn integer(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).integer().not_null().to_owned()
}

/// Adds a foreign key to the id of another table.
fn refer(
    table: &mut TableCreateStatement,
    name: &'static str,
    column: &'static str,
    target: &'static str,
) {
    table.foreign_key(&mut references(name, &[column], target, &["id"]));
}

async fn create_survey(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = Columns::of(manager);
    let mut survey = Table::create()
        .table("survey")
        .col(columns.text("id").primary_key())
        .col(columns.text("title"))
        .col(ColumnDef::new("year").integer())
        .col(ColumnDef::new("fielded_from").date())
        .col(ColumnDef::new("fielded_to").date())
        .col(columns.text("population"))
        .col(ColumnDef::new("sample_size").integer())
        .col(columns.text("source_id"))
        .check(Expr::col("sample_size").gt(0))
        .to_owned();
    refer(&mut survey, "survey", "source_id", "source");
    manager.create_table(survey).await?;

    let mut disclosure = Table::create()
        .table("disclosure")
        .col(columns.text("survey_id"))
        .col(integer("position"))
        .col(columns.text("item"))
        .col(columns.text_null("value"))
        .primary_key(&mut primary_key(&["survey_id", "position"]))
        .to_owned();
    refer(&mut disclosure, "disclosure", "survey_id", "survey");
    manager.create_table(disclosure).await?;

    let mut question = Table::create()
        .table("question")
        .col(columns.text("id").primary_key())
        .col(columns.text("survey_id"))
        .col(integer("position"))
        .col(columns.text("topic"))
        .col(columns.text_null("country_id"))
        .col(columns.text_null("wording"))
        .to_owned();
    refer(&mut question, "question", "survey_id", "survey");
    refer(&mut question, "question", "country_id", "country");
    manager.create_table(question).await?;
    create_indexes(manager, "question", &[&["survey_id", "position", "id"]]).await?;

    let mut response = Table::create()
        .table("question_response")
        .col(columns.text("question_id"))
        .col(integer("position"))
        .col(columns.text("value"))
        .primary_key(&mut primary_key(&["question_id", "position"]))
        .to_owned();
    refer(
        &mut response,
        "question_response",
        "question_id",
        "question",
    );
    manager.create_table(response).await?;

    let mut category = Table::create()
        .table("question_category")
        .col(columns.text("question_id"))
        .col(integer("position"))
        .col(columns.text("dimension"))
        .col(columns.text("value"))
        .primary_key(&mut primary_key(&["question_id", "position"]))
        .check(one_of("dimension", &DIMENSIONS))
        .to_owned();
    refer(
        &mut category,
        "question_category",
        "question_id",
        "question",
    );
    manager.create_table(category).await
}

async fn create_respondent_aggregate(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    const NAME: &str = "respondent_aggregate";
    let columns = Columns::of(manager);
    let mut aggregate = Table::create()
        .table(NAME)
        .col(columns.text("id").primary_key())
        .col(integer("position"))
        .col(columns.text("question_id"))
        .col(ColumnDef::new("percent").double())
        .col(columns.text("qualifier"))
        .col(integer("digits"))
        .col(columns.text("direction"))
        .col(columns.text("base_description"))
        .col(ColumnDef::new("base_n").integer())
        .col(columns.text_null("region_id"))
        .col(columns.text_null("country_id"))
        .col(columns.text_null("note"))
        .col(columns.text("source_id"))
        .check(Expr::col("percent").between(0, 100))
        .check(one_of("qualifier", &QUALIFIERS))
        .check(one_of("direction", &["CLEAR", "INFERRED", "AMBIGUOUS"]))
        .check(Expr::col("base_n").gt(0))
        .to_owned();
    refer(&mut aggregate, NAME, "question_id", "question");
    refer(&mut aggregate, NAME, "region_id", "region");
    refer(&mut aggregate, NAME, "country_id", "country");
    refer(&mut aggregate, NAME, "source_id", "source");
    manager.create_table(aggregate).await?;
    create_indexes(
        manager,
        NAME,
        &[
            &["position", "id"],
            &["question_id", "position", "id"],
            &["region_id", "position", "id"],
            &["country_id", "position", "id"],
        ],
    )
    .await?;

    const CATEGORY: &str = "respondent_aggregate_category";
    let mut category = Table::create()
        .table(CATEGORY)
        .col(columns.text("respondent_aggregate_id"))
        .col(columns.text("role"))
        .col(integer("position"))
        .col(columns.text("dimension"))
        .col(columns.text("value"))
        .primary_key(&mut primary_key(&[
            "respondent_aggregate_id",
            "role",
            "position",
        ]))
        .check(one_of("role", &["GIVEN", "OUTCOME"]))
        .check(one_of("dimension", &DIMENSIONS))
        .to_owned();
    refer(&mut category, CATEGORY, "respondent_aggregate_id", NAME);
    manager.create_table(category).await?;
    create_indexes(
        manager,
        CATEGORY,
        &[&["role", "dimension", "value", "respondent_aggregate_id"]],
    )
    .await?;
    create_flag(
        manager,
        "respondent_aggregate_flag",
        "respondent_aggregate_id",
        NAME,
    )
    .await
}

async fn create_published_statistic(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    const NAME: &str = "published_statistic";
    let columns = Columns::of(manager);
    let mut statistic = Table::create()
        .table(NAME)
        .col(columns.text("id").primary_key())
        .col(integer("position"))
        .col(columns.text("measure"))
        .col(columns.text("subject"))
        .col(ColumnDef::new("value").double())
        .col(columns.text("unit"))
        .col(columns.text("qualifier"))
        .col(integer("digits"))
        .col(columns.text_null("region_id"))
        .col(columns.text_null("state_id"))
        .col(columns.text_null("country_id"))
        .col(columns.text_null("level"))
        .col(ColumnDef::new("year").integer())
        .col(columns.text_null("note"))
        .col(columns.text("source_id"))
        .check(one_of("measure", &MEASURES))
        .check(one_of("qualifier", &QUALIFIERS))
        .check(one_of("level", &["CITY", "COUNTY", "STATE"]))
        .to_owned();
    refer(&mut statistic, NAME, "region_id", "region");
    refer(&mut statistic, NAME, "state_id", "community");
    refer(&mut statistic, NAME, "country_id", "country");
    refer(&mut statistic, NAME, "source_id", "source");
    manager.create_table(statistic).await?;
    create_indexes(
        manager,
        NAME,
        &[
            &["position", "id"],
            &["region_id", "position", "id"],
            &["state_id", "position", "id"],
            &["country_id", "position", "id"],
        ],
    )
    .await?;
    create_flag(
        manager,
        "published_statistic_flag",
        "published_statistic_id",
        NAME,
    )
    .await
}

async fn create_flag(
    manager: &SchemaManager<'_>,
    name: &'static str,
    owner: &'static str,
    owner_table: &'static str,
) -> Result<(), DbErr> {
    let columns = Columns::of(manager);
    let mut flag = Table::create()
        .table(name)
        .col(columns.text(owner))
        .col(integer("position"))
        .col(columns.text("flag"))
        .primary_key(&mut primary_key(&[owner, "position"]))
        .check(one_of("flag", &FLAGS))
        .to_owned();
    refer(&mut flag, name, owner, owner_table);
    manager.create_table(flag).await
}
