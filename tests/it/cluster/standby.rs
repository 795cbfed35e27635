//! A server that reads from a standby.

use tempfile::TempDir;

use super::serve;
use crate::support::{cluster::Cluster, data_set::DataSet, process::wait_until};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_follows_its_standby_through_loads_and_a_promotion() {
    let Some(mut cluster) = Cluster::start(&[]) else {
        return;
    };
    cluster.primary.load(&DataSet::real()).await;
    let standby = cluster.start_standby(&[]);
    let folder = TempDir::new().unwrap();
    let server = serve(&folder, &standby.url(), &[]);
    let query = "{ city(slug: \"us-or-portland\") { name } }";
    let name = || server.query(query)["city"]["name"].clone();
    assert_eq!(name(), "Portland");
    let mut data = DataSet::real();
    data.set("cities.csv", "us-or-portland", "name", "Stumptown");
    cluster.primary.load(&data).await;
    standby.catch_up_with(&cluster.primary).await;
    wait_until(|| name() == "Stumptown").await;
    cluster.primary.stop();
    standby.promote().await;
    standby.load(&DataSet::real()).await;
    wait_until(|| name() == "Portland").await;
    server.stop();
}
