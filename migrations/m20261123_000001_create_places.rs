//! Regions, countries, and the communities in them: states, provinces, and cities.
//!
//! States, provinces, and cities share one table with a `type` column, because a partnership may join
//! communities of different types, and one indexed statement can then look up any of them. The
//! coordinates of a community are stored as degrees, for bounding boxes, and as a unit vector, with
//! which distances on the sphere can be compared by arithmetic that every database supports. Primary
//! keys are the published slugs and codes, so that a foreign key already is the public id.

use sea_orm_migration::prelude::*;

use crate::portable::{Columns, create_indexes, drop_tables, one_of, primary_key, references};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        manager
            .create_table(
                Table::create()
                    .table("region")
                    .col(columns.text("id").primary_key())
                    .col(ColumnDef::new("position").integer().not_null())
                    .check(one_of("id", &["WEST", "MIDWEST", "SOUTH", "NORTHEAST"]))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("country")
                    .col(columns.text("id").primary_key())
                    .col(columns.text("code3").unique_key())
                    .col(columns.text("name"))
                    .col(columns.text("sort_name"))
                    .col(columns.text("subregion"))
                    .col(ColumnDef::new("is_partner").boolean().not_null())
                    .col(ColumnDef::new("latitude").double())
                    .col(ColumnDef::new("longitude").double())
                    .col(ColumnDef::new("population").integer())
                    .col(ColumnDef::new("partnership_count").integer().not_null())
                    .check(one_of(
                        "subregion",
                        &[
                            "EAST_ASIA",
                            "SOUTHEAST_ASIA",
                            "SOUTH_ASIA",
                            "CENTRAL_ASIA",
                            "OCEANIA",
                            "NORTH_AMERICA",
                        ],
                    ))
                    .check(Expr::col("latitude").between(-90, 90))
                    .check(Expr::col("longitude").between(-180, 180))
                    .check(Expr::col("population").gte(0))
                    .to_owned(),
            )
            .await?;
        create_indexes(
            manager,
            "country",
            &[
                &["is_partner", "id"],
                &["sort_name", "id"],
                &["partnership_count", "id"],
            ],
        )
        .await?;

        let is_state = || Expr::col("type").eq("STATE");
        manager
            .create_table(
                Table::create()
                    .table("community")
                    .col(columns.text("id").primary_key())
                    .col(columns.text("type"))
                    .col(columns.text("kind"))
                    .col(columns.text("name"))
                    .col(columns.text("sort_name"))
                    .col(columns.text("country_id"))
                    .col(columns.text_null("region_id"))
                    .col(columns.text_null("state_id"))
                    .col(columns.text_null("province_id"))
                    .col(ColumnDef::new("is_capital").boolean().not_null())
                    .col(ColumnDef::new("latitude").double())
                    .col(ColumnDef::new("longitude").double())
                    .col(ColumnDef::new("unit_x").double())
                    .col(ColumnDef::new("unit_y").double())
                    .col(ColumnDef::new("unit_z").double())
                    .col(ColumnDef::new("population").integer())
                    .col(ColumnDef::new("partnership_count").integer().not_null())
                    .col(columns.text_null("code").unique_key())
                    .col(columns.text_null("fips"))
                    .col(columns.text_null("census_division"))
                    .col(columns.text_null("wikidata_qid"))
                    .col(ColumnDef::new("geonames_id").integer())
                    .check(one_of("type", &["STATE", "PROVINCE", "CITY"]))
                    .check(
                        is_state()
                            .and(one_of("kind", &["STATE", "DISTRICT", "TERRITORY"]))
                            .or(Expr::col("type").eq("PROVINCE").and(one_of(
                                "kind",
                                &[
                                    "PROVINCE",
                                    "PREFECTURE",
                                    "STATE",
                                    "REGION",
                                    "MUNICIPALITY",
                                    "TERRITORY",
                                ],
                            )))
                            .or(Expr::col("type").eq("CITY").and(one_of(
                                "kind",
                                &[
                                    "CITY",
                                    "TOWN",
                                    "TOWNSHIP",
                                    "VILLAGE",
                                    "BOROUGH",
                                    "MUNICIPALITY",
                                    "DISTRICT",
                                    "COUNTY",
                                ],
                            ))),
                    )
                    .check(
                        is_state()
                            .and(Expr::col("code").is_not_null())
                            .or(Expr::col("type")
                                .ne("STATE")
                                .and(Expr::col("code").is_null())
                                .and(Expr::col("region_id").is_null())),
                    )
                    .check(
                        Expr::col("type").eq("CITY").or(Expr::col("state_id")
                            .is_null()
                            .and(Expr::col("province_id").is_null())),
                    )
                    .check(Expr::col("latitude").between(-90, 90))
                    .check(Expr::col("longitude").between(-180, 180))
                    .check(Expr::col("population").gte(0))
                    .index(
                        Index::create()
                            .name("uq_community_id_type")
                            .col("id")
                            .col("type")
                            .unique(),
                    )
                    .foreign_key(&mut references(
                        "community",
                        &["country_id"],
                        "country",
                        &["id"],
                    ))
                    .foreign_key(&mut references(
                        "community",
                        &["region_id"],
                        "region",
                        &["id"],
                    ))
                    .foreign_key(&mut references(
                        "community",
                        &["state_id"],
                        "community",
                        &["id"],
                    ))
                    .foreign_key(&mut references(
                        "community",
                        &["province_id"],
                        "community",
                        &["id"],
                    ))
                    .to_owned(),
            )
            .await?;
        create_indexes(
            manager,
            "community",
            &[
                &["type", "id"],
                &["type", "sort_name", "id"],
                &["type", "population", "id"],
                &["type", "partnership_count", "id"],
                &["type", "latitude", "longitude"],
                &["country_id", "type", "id"],
                &["region_id", "id"],
                &["state_id", "id"],
                &["state_id", "is_capital", "id"],
                &["province_id", "id"],
            ],
        )
        .await?;

        manager
            .create_table(
                Table::create()
                    .table("alternate_name")
                    .col(columns.text("community_id"))
                    .col(columns.text("name"))
                    .col(columns.text("script"))
                    .primary_key(&mut primary_key(&["community_id", "name"]))
                    .check(one_of(
                        "script",
                        &[
                            "LATIN",
                            "HAN",
                            "KANA",
                            "HANGUL",
                            "THAI",
                            "DEVANAGARI",
                            "BENGALI",
                            "TAMIL",
                            "KHMER",
                            "LAO",
                            "MYANMAR",
                        ],
                    ))
                    .foreign_key(&mut references(
                        "alternate_name",
                        &["community_id"],
                        "community",
                        &["id"],
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &["alternate_name", "community", "country", "region"],
        )
        .await
    }
}
