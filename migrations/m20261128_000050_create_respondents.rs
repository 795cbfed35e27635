//! Respondent-level data: the respondents of a survey, their answers, and the codes of the answers.
//! No table has the id of a respondent, or the names of strata and sampling units.

use sea_orm_migration::prelude::*;

use crate::portable::{Columns, drop_tables, primary_key, references};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        let integer = |name: &'static str| ColumnDef::new(name).integer().not_null().to_owned();
        manager
            .create_table(
                Table::create()
                    .table("respondent_data")
                    .col(columns.text("survey_id").primary_key())
                    .col(ColumnDef::new("is_synthetic").boolean().not_null())
                    .col(integer("min_cell"))
                    .foreign_key(&mut references(
                        "respondent_data",
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
                    .table("answer_code")
                    .col(integer("position").primary_key())
                    .col(columns.text("dimension"))
                    .col(columns.text("code"))
                    .col(columns.text_null("question_id"))
                    .foreign_key(&mut references(
                        "answer_code",
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
                    .table("answer_code_group")
                    .col(columns.text("dimension"))
                    .col(integer("position"))
                    .col(columns.text("name"))
                    .col(columns.text("codes"))
                    .primary_key(&mut primary_key(&["dimension", "position"]))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("respondent")
                    .col(columns.text("survey_id"))
                    .col(integer("position"))
                    .col(ColumnDef::new("weight").double().not_null())
                    .col(integer("stratum"))
                    .col(integer("unit"))
                    .primary_key(&mut primary_key(&["survey_id", "position"]))
                    .foreign_key(&mut references(
                        "respondent",
                        &["survey_id"],
                        "respondent_data",
                        &["survey_id"],
                    ))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("respondent_answer")
                    .col(columns.text("survey_id"))
                    .col(columns.text("dimension"))
                    .col(integer("respondent"))
                    .col(integer("code"))
                    .primary_key(&mut primary_key(&["survey_id", "dimension", "respondent"]))
                    .foreign_key(&mut references(
                        "respondent_answer",
                        &["survey_id", "respondent"],
                        "respondent",
                        &["survey_id", "position"],
                    ))
                    .foreign_key(&mut references(
                        "respondent_answer",
                        &["code"],
                        "answer_code",
                        &["position"],
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "respondent_answer",
                "respondent",
                "answer_code_group",
                "answer_code",
                "respondent_data",
            ],
        )
        .await
    }
}
