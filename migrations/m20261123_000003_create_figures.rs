//! The survey, its questions, and every published figure.
//!
//! `position` is the order of the figures in the files, which is the order of the article.

use sea_orm_migration::prelude::*;

use crate::portable::{Columns, create_indexes, drop_tables, one_of, primary_key, references};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const QUALIFIERS: [&str; 7] = [
    "EXACT",
    "ROUNDED",
    "APPROXIMATE",
    "AT_LEAST",
    "MORE_THAN",
    "LESS_THAN",
    "MAJORITY",
];

const FLAGS: [&str; 7] = [
    "BASE_NOT_PUBLISHED",
    "BASE_NOT_STATED",
    "WORDING_NOT_PUBLISHED",
    "DIRECTION_REVERSED_IN_PROSE",
    "SCOPE_DRIFT",
    "SOURCE_IMPLIED",
    "DISPUTED",
];

const DIMENSIONS: [&str; 7] = [
    "REGION",
    "EMPLOYER",
    "PARTY",
    "AWARENESS",
    "BENEFIT",
    "ASIA_MATTERS",
    "STUDY_ABROAD",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_survey(manager).await?;
        create_respondent_aggregate(manager).await?;
        create_published_statistic(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "published_statistic_flag",
                "published_statistic",
                "respondent_aggregate_flag",
                "respondent_aggregate_category",
                "respondent_aggregate",
                "question_category",
                "question_response",
                "question",
                "disclosure",
                "survey",
            ],
        )
        .await
    }
}

async fn create_survey(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = Columns::of(manager);
    manager
        .create_table(
            Table::create()
                .table("survey")
                .col(columns.text("id").primary_key())
                .col(columns.text("title"))
                .col(ColumnDef::new("fielded_from").date().not_null())
                .col(ColumnDef::new("fielded_to").date().not_null())
                .col(columns.text("population"))
                .col(ColumnDef::new("sample_size").integer().not_null())
                .col(columns.text("source_id"))
                .check(Expr::col("sample_size").gt(0))
                .foreign_key(&mut references("survey", &["source_id"], "source", &["id"]))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("disclosure")
                .col(columns.text("survey_id"))
                .col(ColumnDef::new("position").integer().not_null())
                .col(columns.text("item"))
                .col(columns.text_null("value"))
                .primary_key(&mut primary_key(&["survey_id", "position"]))
                .foreign_key(&mut references(
                    "disclosure",
                    &["survey_id"],
                    "survey",
                    &["id"],
                ))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("question")
                .col(columns.text("id").primary_key())
                .col(columns.text("survey_id"))
                .col(ColumnDef::new("position").integer().not_null())
                .col(columns.text("topic"))
                .col(columns.text_null("wording"))
                .foreign_key(&mut references(
                    "question",
                    &["survey_id"],
                    "survey",
                    &["id"],
                ))
                .to_owned(),
        )
        .await?;
    create_indexes(manager, "question", &[&["survey_id", "position", "id"]]).await?;
    manager
        .create_table(
            Table::create()
                .table("question_response")
                .col(columns.text("question_id"))
                .col(ColumnDef::new("position").integer().not_null())
                .col(columns.text("value"))
                .primary_key(&mut primary_key(&["question_id", "position"]))
                .foreign_key(&mut references(
                    "question_response",
                    &["question_id"],
                    "question",
                    &["id"],
                ))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("question_category")
                .col(columns.text("question_id"))
                .col(ColumnDef::new("position").integer().not_null())
                .col(columns.text("dimension"))
                .col(columns.text("value"))
                .primary_key(&mut primary_key(&["question_id", "position"]))
                .check(one_of("dimension", &DIMENSIONS))
                .foreign_key(&mut references(
                    "question_category",
                    &["question_id"],
                    "question",
                    &["id"],
                ))
                .to_owned(),
        )
        .await
}

async fn create_respondent_aggregate(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = Columns::of(manager);
    manager
        .create_table(
            Table::create()
                .table("respondent_aggregate")
                .col(columns.text("id").primary_key())
                .col(ColumnDef::new("position").integer().not_null())
                .col(columns.text("question_id"))
                .col(ColumnDef::new("percent").double())
                .col(columns.text("qualifier"))
                .col(ColumnDef::new("digits").integer().not_null())
                .col(columns.text("direction"))
                .col(columns.text("base_description"))
                .col(ColumnDef::new("base_n").integer())
                .col(columns.text_null("region_id"))
                .col(columns.text_null("note"))
                .col(columns.text("source_id"))
                .check(Expr::col("percent").between(0, 100))
                .check(one_of("qualifier", &QUALIFIERS))
                .check(one_of("direction", &["CLEAR", "INFERRED", "AMBIGUOUS"]))
                .check(Expr::col("base_n").gt(0))
                .foreign_key(&mut references(
                    "respondent_aggregate",
                    &["question_id"],
                    "question",
                    &["id"],
                ))
                .foreign_key(&mut references(
                    "respondent_aggregate",
                    &["region_id"],
                    "region",
                    &["id"],
                ))
                .foreign_key(&mut references(
                    "respondent_aggregate",
                    &["source_id"],
                    "source",
                    &["id"],
                ))
                .to_owned(),
        )
        .await?;
    create_indexes(
        manager,
        "respondent_aggregate",
        &[
            &["position", "id"],
            &["question_id", "position", "id"],
            &["region_id", "position", "id"],
        ],
    )
    .await?;
    manager
        .create_table(
            Table::create()
                .table("respondent_aggregate_category")
                .col(columns.text("respondent_aggregate_id"))
                .col(columns.text("role"))
                .col(ColumnDef::new("position").integer().not_null())
                .col(columns.text("dimension"))
                .col(columns.text("value"))
                .primary_key(&mut primary_key(&[
                    "respondent_aggregate_id",
                    "role",
                    "position",
                ]))
                .check(one_of("role", &["GIVEN", "OUTCOME"]))
                .check(one_of("dimension", &DIMENSIONS))
                .foreign_key(&mut references(
                    "respondent_aggregate_category",
                    &["respondent_aggregate_id"],
                    "respondent_aggregate",
                    &["id"],
                ))
                .to_owned(),
        )
        .await?;
    create_indexes(
        manager,
        "respondent_aggregate_category",
        &[&["role", "dimension", "value", "respondent_aggregate_id"]],
    )
    .await?;
    manager
        .create_table(
            Table::create()
                .table("respondent_aggregate_flag")
                .col(columns.text("respondent_aggregate_id"))
                .col(ColumnDef::new("position").integer().not_null())
                .col(columns.text("flag"))
                .primary_key(&mut primary_key(&["respondent_aggregate_id", "position"]))
                .check(one_of("flag", &FLAGS))
                .foreign_key(&mut references(
                    "respondent_aggregate_flag",
                    &["respondent_aggregate_id"],
                    "respondent_aggregate",
                    &["id"],
                ))
                .to_owned(),
        )
        .await
}

async fn create_published_statistic(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = Columns::of(manager);
    manager
        .create_table(
            Table::create()
                .table("published_statistic")
                .col(columns.text("id").primary_key())
                .col(ColumnDef::new("position").integer().not_null())
                .col(columns.text("measure"))
                .col(columns.text("subject"))
                .col(ColumnDef::new("value").double())
                .col(columns.text("unit"))
                .col(columns.text("qualifier"))
                .col(ColumnDef::new("digits").integer().not_null())
                .col(columns.text_null("region_id"))
                .col(columns.text_null("state_id"))
                .col(columns.text_null("country_id"))
                .col(columns.text_null("level"))
                .col(columns.text_null("note"))
                .col(columns.text("source_id"))
                .check(one_of(
                    "measure",
                    &[
                        "PARTNERSHIP_COUNT",
                        "SHARE",
                        "RANK",
                        "RESPONDENT_COUNT",
                        "MONEY",
                    ],
                ))
                .check(one_of("qualifier", &QUALIFIERS))
                .check(one_of("level", &["CITY", "COUNTY", "STATE"]))
                .foreign_key(&mut references(
                    "published_statistic",
                    &["region_id"],
                    "region",
                    &["id"],
                ))
                .foreign_key(&mut references(
                    "published_statistic",
                    &["state_id"],
                    "community",
                    &["id"],
                ))
                .foreign_key(&mut references(
                    "published_statistic",
                    &["country_id"],
                    "country",
                    &["id"],
                ))
                .foreign_key(&mut references(
                    "published_statistic",
                    &["source_id"],
                    "source",
                    &["id"],
                ))
                .to_owned(),
        )
        .await?;
    create_indexes(
        manager,
        "published_statistic",
        &[
            &["position", "id"],
            &["region_id", "position", "id"],
            &["state_id", "position", "id"],
            &["country_id", "position", "id"],
        ],
    )
    .await?;
    manager
        .create_table(
            Table::create()
                .table("published_statistic_flag")
                .col(columns.text("published_statistic_id"))
                .col(ColumnDef::new("position").integer().not_null())
                .col(columns.text("flag"))
                .primary_key(&mut primary_key(&["published_statistic_id", "position"]))
                .check(one_of("flag", &FLAGS))
                .foreign_key(&mut references(
                    "published_statistic_flag",
                    &["published_statistic_id"],
                    "published_statistic",
                    &["id"],
                ))
                .to_owned(),
        )
        .await
}
