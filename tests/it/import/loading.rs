//! The effects of a load on the database.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, PaginatorTrait};
use serde_json::json;
use sistergraph::{
    entity::{self, claim, community, country, dataset, partnership, partnership_note},
    import::{LoadError, LoadSummary, TableChanges, find_loaded, load},
};
use unicode_normalization::UnicodeNormalization;

use crate::support::{data_set::DataSet, database::TestDatabase, graph::TestGraph};

/// The changed tables of a load, each as `table +added ~changed -removed`.
fn changes(summary: &LoadSummary) -> Vec<String> {
    let show = |table: &TableChanges| {
        format!(
            "{} +{} ~{} -{}",
            table.table, table.added, table.changed, table.removed
        )
    };
    summary
        .tables
        .iter()
        .filter(|table| !table.is_empty())
        .map(show)
        .collect()
}

async fn dataset_row(db: &DatabaseConnection) -> dataset::Model {
    dataset::Entity::find().one(db).await.unwrap().unwrap()
}

async fn partnership_by_id(db: &DatabaseConnection, id: &str) -> partnership::Model {
    partnership::Entity::find_by_id(id)
        .one(db)
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn the_built_in_data_is_complete() {
    let database = TestDatabase::loaded().await;
    let db = database.connection();
    macro_rules! assert_count {
        ($($table:ident: $($file:literal)+;)+) => { $(
            let files: [&str; _] = [$($file),+];
            let n: usize = files.iter().map(|file| DataSet::real().row_count(file)).sum();
            let count = entity::$table::Entity::find().count(db).await.unwrap();
            assert_eq!(count, n as u64, stringify!($table));
        )+ };
    }
    assert_count! {
        country: "countries.csv";
        community: "states.csv" "provinces.csv" "cities.csv";
        alternate_name: "alternate_names.csv";
        common_name: "common_names.csv";
        partnership: "partnerships.csv";
        source: "sources.csv" "figure_sources.csv";
        claim: "claims.csv";
        match_coefficient: "match_model.csv";
        match_metric: "match_metrics.csv";
        restriction: "restrictions.csv";
        partnership_note: "partnership_notes.csv" "year_conflicts.csv";
        disclosure: "survey_disclosure.csv";
        question: "questions.csv";
        respondent_aggregate: "respondent_aggregates.csv";
        published_statistic: "published_statistics.csv";
    }
}

#[tokio::test]
async fn rows_have_the_derived_values() {
    let database = TestDatabase::loaded().await;
    let db = database.connection();
    let row = partnership_by_id(db, "ca-los-angeles--jp-nagoya").await;
    assert_eq!(row.state_id, "us-ca");
    assert_eq!(row.region_id.as_deref(), Some("WEST"));
    assert_eq!(row.country_id, "JP");
    assert_eq!(row.province_id.as_deref(), Some("jp-aichi-prefecture"));
    assert!(row.corroborated);
    assert!((9_000.0..9_200.0).contains(&row.distance_km.unwrap()));

    let partnership_count_of = |id: &'static str| async move {
        let row = community::Entity::find_by_id(id).one(db).await.unwrap();
        row.unwrap().partnership_count
    };
    let partnerships = DataSet::real().rows("partnerships.csv");
    let count = |column: &str, prefix: &str| {
        let rows = partnerships.iter();
        rows.filter(|row| row[column].starts_with(prefix)).count() as i32
    };
    assert_eq!(
        partnership_count_of("us-ca").await,
        count("us_community_id", "us-ca")
    );
    assert_eq!(partnership_count_of("us-dc").await, 3);
    let countries = country::Entity::find().all(db).await.unwrap();
    let country_row = |id: &str| countries.iter().find(|row| row.id == id).unwrap();
    assert_eq!(country_row("US").partnership_count, count("id", ""));
    assert_eq!(
        country_row("JP").partnership_count,
        count("partner_community_id", "jp-")
    );
    assert!(!country_row("US").is_partner);

    let dc = community::Entity::find_by_id("us-dc")
        .one(db)
        .await
        .unwrap();
    assert_eq!(
        dc.unwrap().region_id,
        None,
        "it is in no region of the survey"
    );
    let guam = community::Entity::find_by_id("us-gu")
        .one(db)
        .await
        .unwrap();
    assert_eq!(guam.unwrap().population, None);

    let notes = partnership_note::Entity::find().all(db).await.unwrap();
    let conflict = notes
        .iter()
        .find(|note| {
            note.partnership_id == "al-birmingham--jp-maebashi" && note.kind == "YEAR_CONFLICT"
        })
        .unwrap();
    assert_eq!(
        conflict.text,
        "sources name different years: 1998 (py-gunma), 2017 (p-bhamsc); 1998 is used"
    );
}

#[tokio::test]
async fn loading_twice_changes_nothing() {
    let database = TestDatabase::loaded().await;
    let db = database.connection();
    let before = dataset_row(db).await;
    let summary = load(db, DataSet::real_tables(), &()).await.unwrap();
    assert!(!summary.has_changes);
    assert_eq!(changes(&summary), [""; 0]);
    assert_eq!(dataset_row(db).await, before);
}

/// Files that are already loaded are recognized by their bytes, and nothing is compared.
#[tokio::test]
async fn loaded_files_are_recognized() {
    let database = TestDatabase::migrated().await;
    let n_statements = Arc::new(AtomicUsize::new(0));
    let mut db = database.connection().clone();
    let counted = n_statements.clone();
    db.set_metric_callback(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let mut data = DataSet::real();
    let find = async |data: &DataSet| find_loaded(&db, &data.files(), None).await.unwrap();
    assert_eq!(find(&data).await, None, "nothing is loaded");
    let summary = load(&db, &data.tables(), &()).await.unwrap();
    n_statements.store(0, Ordering::Relaxed);
    let found = find(&data).await.unwrap();
    assert_eq!(found.revision, summary.revision);
    assert!(!found.has_changes);
    assert_eq!(n_statements.load(Ordering::Relaxed), 2);

    data.edit_text("countries.csv", |text| text.replace('\n', "\r\n"));
    assert_eq!(find(&data).await, None, "other bytes");
    let summary = load(&db, &data.tables(), &()).await.unwrap();
    assert!(!summary.has_changes, "the same cells");
    assert!(find(&data).await.is_some());
    assert_eq!(find(&DataSet::real()).await, None);

    data.add_respondents();
    load(&db, &data.tables(), &()).await.unwrap();
    assert_eq!(find(&data).await, None, "no respondents are selected");
}

/// Another version of the program may derive other rows from the same files.
#[tokio::test]
async fn another_version_compares_all_rows() {
    let database = TestDatabase::loaded().await;
    let db = database.connection();
    let data = DataSet::real();
    let n_words = entity::search_word::Entity::find().count(db).await.unwrap();
    for sql in [
        "update partnership set established_year = 1900 where id = 'ca-los-angeles--jp-nagoya'",
        "delete from partnership_note where partnership_id = 'al-birmingham--jp-maebashi'",
        "insert into search_word (word) values ('unused')",
        "delete from search_word where word = 'nagoya'",
    ] {
        db.execute_unprepared(sql).await.unwrap();
    }
    assert!(
        find_loaded(db, &data.files(), None)
            .await
            .unwrap()
            .is_some(),
        "nothing is compared"
    );
    db.execute_unprepared("update loaded_input set hash = 'of another version'")
        .await
        .unwrap();
    assert_eq!(find_loaded(db, &data.files(), None).await.unwrap(), None);
    let before = dataset_row(db).await;
    let summary = load(db, &data.tables(), &()).await.unwrap();
    assert!(summary.has_changes);
    let changes = changes(&summary);
    assert!(changes.contains(&"partnership +0 ~1 -0".to_owned()));
    assert!(
        changes
            .iter()
            .any(|table| table.starts_with("partnership_note +"))
    );
    let row = partnership_by_id(db, "ca-los-angeles--jp-nagoya").await;
    assert_eq!(row.established_year, Some(1959));
    let words = entity::search_word::Entity::find();
    assert_eq!(words.count(db).await.unwrap(), n_words);
    assert!(dataset_row(db).await.loaded_at > before.loaded_at);
    assert!(
        find_loaded(db, &data.files(), None)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn one_changed_cell_changes_one_row() {
    let database = TestDatabase::loaded().await;
    let db = database.connection();
    let id = "ca-los-angeles--jp-nagoya";
    let mut data = DataSet::real();
    data.set("partnerships.csv", id, "established_year", "1960");
    let summary = load(db, &data.tables(), &()).await.unwrap();
    assert_eq!(changes(&summary), ["partnership +0 ~1 -0"]);
    assert_eq!(partnership_by_id(db, id).await.established_year, Some(1960));
    assert_eq!(dataset_row(db).await.revision, summary.revision);

    let back = load(db, DataSet::real_tables(), &()).await.unwrap();
    assert_eq!(changes(&back), ["partnership +0 ~1 -0"]);
}

#[tokio::test]
async fn an_unused_cell_only_changes_the_revision() {
    let database = TestDatabase::loaded().await;
    let mut data = DataSet::real();
    data.set("respondent_aggregates.csv", "aware-yes", "claim", "c20");
    let summary = load(database.connection(), &data.tables(), &())
        .await
        .unwrap();
    assert!(summary.has_changes);
    assert_eq!(changes(&summary), [""; 0]);
    let stored = dataset_row(database.connection()).await;
    assert_eq!(stored.revision, summary.revision);
}

#[tokio::test]
async fn removed_rows_are_deleted_with_their_dependents() {
    let database = TestDatabase::loaded().await;
    let db = database.connection();
    let mut data = DataSet::real();
    data.remove_partnership("ak-juneau--ph-kalibo")
        .remove_partnership("ca-delano--ph-kalibo")
        .remove_row("alternate_names.csv", "ph-kalibo")
        .remove_row("cities.csv", "ph-kalibo");
    let summary = load(db, &data.tables(), &()).await.unwrap();
    assert!(summary.tables.iter().all(|table| table.added == 0));
    let removed = |name: &str| {
        let table = summary.tables.iter().find(|table| table.table == name);
        table.unwrap().removed
    };
    for (table, file) in [
        ("partnership", "partnerships.csv"),
        ("partnership_note", "partnership_notes.csv"),
        ("claim", "claims.csv"),
        ("community", "cities.csv"),
        ("alternate_name", "alternate_names.csv"),
    ] {
        let n = DataSet::real().row_count(file) - data.row_count(file);
        assert!(n > 0 && removed(table) == n, "{table}");
    }

    load(db, DataSet::real_tables(), &()).await.unwrap();
    let n = DataSet::real().row_count("partnerships.csv") as u64;
    assert_eq!(partnership::Entity::find().count(db).await.unwrap(), n);
}

/// Two rows that swap a unique value cannot be updated one after the other.
#[tokio::test]
async fn rows_can_swap_unique_values() {
    let database = TestDatabase::loaded().await;
    let db = database.connection();
    let mut data = DataSet::real();
    data.set("countries.csv", "AF", "iso3", "AUS")
        .set("countries.csv", "AU", "iso3", "AFG");
    let summary = load(db, &data.tables(), &()).await.unwrap();
    assert_eq!(changes(&summary), ["country +0 ~2 -0"]);
    let n = DataSet::real().row_count("partnerships.csv") as u64;
    assert_eq!(partnership::Entity::find().count(db).await.unwrap(), n);
    let summary = load(db, &data.tables(), &()).await.unwrap();
    assert!(!summary.has_changes);
}

#[tokio::test]
async fn a_city_can_become_a_province() {
    let database = TestDatabase::loaded().await;
    let db = database.connection();
    let mut data = DataSet::real();
    data.remove_row("cities.csv", "au-darwin")
        .add("provinces.csv", "au-darwin,Darwin,TERRITORY,AU,,,,,");
    load(db, &data.tables(), &()).await.unwrap();
    let row = partnership_by_id(db, "ak-anchorage--au-darwin").await;
    assert_eq!(row.partner_type, "PROVINCE");
    assert_eq!(row.distance_km, None, "the location is unknown now");
}

#[tokio::test]
async fn a_failed_load_changes_nothing() {
    let database = TestDatabase::loaded().await;
    let db = database.connection();
    // The last row that the load would remove is in use by another program.
    for sql in [
        "create table nickname (name text references common_name (name))",
        "insert into nickname select max(name) from common_name",
    ] {
        db.execute_unprepared(sql).await.unwrap();
    }
    let mut data = DataSet::real();
    data.set("countries.csv", "JP", "name", "Elsewhere");
    data.remove("common_names.csv");
    let before = dataset_row(db).await;
    let error = load(db, &data.tables(), &()).await.unwrap_err();
    assert!(matches!(error, LoadError::Database(_)), "{error}");
    assert_eq!(dataset_row(db).await, before);
    let summary = load(db, DataSet::real_tables(), &()).await.unwrap();
    assert!(!summary.has_changes, "every row is the same as before");
}

#[tokio::test]
async fn every_table_has_rows() {
    let database = TestDatabase::migrated().await;
    let db = database.connection();
    let tables = DataSet::real().add_respondents().tables();
    let summary = load(db, &tables, &()).await.unwrap();
    assert!(summary.tables.len() >= 19);
    for table in summary.tables {
        assert!(table.added > 0, "{}", table.table);
    }
}

#[tokio::test]
async fn claims_are_loaded_with_or_without_their_file() {
    let database = TestDatabase::migrated().await;
    let db = database.connection();
    let mut data = DataSet::real();
    let tables = data.remove("claims.csv").tables();
    load(db, &tables, &()).await.unwrap();
    let claims = claim::Entity::find().all(db).await.unwrap();
    let partnerships = data.rows("partnerships.csv");
    let n_sources = partnerships
        .iter()
        .map(|row| row["sources"].split(';').count());
    assert_eq!(claims.len(), n_sources.sum::<usize>());
    assert!(
        claims
            .iter()
            .all(|row| row.kind == "RECORDED" && row.year.is_none())
    );
    let side = |source: &str| {
        let claim = claims.iter().find(|row| row.source_id == source);
        claim.unwrap().side.clone()
    };
    assert_eq!(
        (side("py-muni"), side("wikidata2016")),
        ("THIRD".into(), "DERIVED".into())
    );

    // The same claims in a file are the same rows, although the revision is another.
    let summary = load(db, &data.add_claims(&[]).tables(), &()).await.unwrap();
    assert!(summary.has_changes);
    assert_eq!(changes(&summary), Vec::<String>::new());
    data.add_claims(&["ak--tw-taiwan-province,p-amfa-tw,ESTABLISHED,1988,,true,THIRD,a note"]);
    let summary = load(db, &data.tables(), &()).await.unwrap();
    assert_eq!(changes(&summary), ["claim +1 ~0 -0"]);
    let key = ["ak--tw-taiwan-province", "p-amfa-tw", "ESTABLISHED"];
    let key: (String, String, String) = key.map(str::to_owned).into();
    let claim = claim::Entity::find_by_id(key)
        .one(db)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (claim.year, claim.date.as_deref()),
        (Some(1988), Some("1988"))
    );
    assert_eq!(
        (claim.reckoned, claim.note.as_deref()),
        (true, Some("a note"))
    );
    data.remove("claims.csv");
    let summary = load(db, &data.tables(), &()).await.unwrap();
    assert_eq!(changes(&summary), ["claim +0 ~0 -1"]);
}

#[test]
fn columns_of_surveys_and_figures_may_be_missing() {
    let mut data = DataSet::real();
    for (file, column) in [
        ("figure_sources.csv", "url"),
        ("surveys.csv", "year"),
        ("questions.csv", "country"),
        ("published_statistics.csv", "year"),
    ] {
        data.edit_rows(file, |header, rows| {
            let n = header.iter().position(|name| name == column).unwrap();
            header.remove(n);
            rows.iter_mut().for_each(|row| drop(row.remove(n)));
        });
    }
    let tables = data.tables();
    assert!(tables.survey().all(|row| row.year.is_none()));
    assert!(tables.question().all(|row| row.country_id.is_none()));
    assert!(
        tables
            .respondent_aggregate()
            .all(|row| row.country_id.is_none())
    );
    assert!(tables.published_statistic().all(|row| row.year.is_none()));
    let source = tables.source().find(|row| row.id == "scmp-2022");
    assert_eq!(source.unwrap().url, None);
}

#[tokio::test]
async fn foreign_keys_are_enforced() {
    let database = TestDatabase::loaded().await;
    let sql = "delete from community where id = 'us-ca'";
    assert!(database.connection().execute_unprepared(sql).await.is_err());
}

#[tokio::test]
async fn decomposed_names_are_composed_in_files_and_in_arguments() {
    let mut data = DataSet::real();
    data.edit_text("cities.csv", |text| text.nfd().collect());
    let graph = TestGraph::with_data(&data).await;
    let name = "Ürümqi";
    for spelling in [name.to_owned(), name.nfd().collect()] {
        for filter in [
            json!({ "eq": spelling }),
            json!({ "in": [spelling] }),
            json!({ "contains": spelling }),
            json!({ "startsWith": spelling }),
        ] {
            let query =
                "query($name: StringFilter) { cities(filter: { name: $name }) { nodes { name } } }";
            let answer = graph.query_with(query, json!({ "name": filter })).await;
            let names = &answer.data()["cities"]["nodes"];
            assert_eq!(*names, json!([{ "name": name }]), "{filter}");
        }
    }
}

/// A value that the claims contradict stays in use, and the load lists it.
#[tokio::test]
async fn contradicted_values_are_used_and_listed() {
    let mut data = DataSet::real();
    data.add_claims(&[
        "ak--tw-taiwan-province,p-st-akleg,ESTABLISHED,1987,1987-05,false,THIRD,",
        "ak-anchorage--au-darwin,py-muni,ENDED,2004,,false,THIRD,",
    ])
    .edit_rows("partnerships.csv", |_, rows| {
        rows.retain(|row| {
            ["ak--tw-taiwan-province", "ak-anchorage--au-darwin"].contains(&&*row[0])
        });
    });
    for file in ["claims.csv", "partnership_notes.csv", "year_conflicts.csv"] {
        data.edit_rows(file, |_, rows| {
            rows.retain(|row| {
                ["ak--tw-taiwan-province", "ak-anchorage--au-darwin"].contains(&&*row[0])
            });
        });
    }
    data.set(
        "partnerships.csv",
        "ak-anchorage--au-darwin",
        "established_year",
        "",
    );
    let tables = data.tables();
    let notices: Vec<String> = tables.notices.iter().map(ToString::to_string).collect();
    let expected = [
        "partnerships.csv:2: established_year: \"1988\" is used, although the claims give \"1987\"",
        "partnerships.csv:3: status: \"LISTED\" is used, although the claims give \"ENDED\"",
        "partnerships.csv:3: ended_year: a blank is used, although the claims give \"2004\"",
    ];
    assert_eq!(notices, expected);
    let database = TestDatabase::migrated().await;
    load(database.connection(), &tables, &()).await.unwrap();
    let row = partnership_by_id(database.connection(), "ak--tw-taiwan-province").await;
    assert_eq!(
        (row.established_year, row.established_date.as_deref()),
        (Some(1988), Some("1988"))
    );
    let row = partnership_by_id(database.connection(), "ak-anchorage--au-darwin").await;
    assert_eq!((row.status.as_str(), row.ended_year), ("LISTED", None));

    let folder = tempfile::tempdir().unwrap();
    data.write_to(folder.path());
    let load = std::process::Command::new(env!("CARGO_BIN_EXE_sistergraph"))
        .args(["load", "--database-url", database.url(), "--data"])
        .arg(folder.path())
        .env_remove("SISTERGRAPH_LOG")
        .output()
        .unwrap();
    assert!(load.status.success());
    let log = String::from_utf8(load.stderr).unwrap();
    assert!(expected.iter().all(|notice| log.contains(notice)), "{log}");
}
