//! Files, fetched by the tools that people use. A test passes without its tool if that is not installed.

use std::fs;

use tempfile::TempDir;

use crate::support::{
    data_set::DataSet,
    process::{Server, run_tool, sistergraph},
};

fn start(folder: &TempDir) -> Server {
    Server::start(sistergraph(folder).args(["serve", "--listen", "127.0.0.1:0"]))
}

#[test]
fn curl_resumes_a_download() {
    let folder = TempDir::new().unwrap();
    let server = start(&folder);
    let url = format!("http://{}/export/partnerships.geojson", server.address);
    if run_tool(&folder, "curl", &["-sS", "-o", "whole", &url]).is_none() {
        return;
    }
    let whole = fs::read(folder.path().join("whole")).unwrap();
    fs::write(folder.path().join("part"), &whole[..100_000]).unwrap();
    let arguments = [
        "-sS",
        "-C",
        "-",
        "-o",
        "part",
        "-w",
        "%{http_code} %{size_download}",
        &url,
    ];
    let printed = run_tool(&folder, "curl", &arguments).unwrap();
    assert_eq!(printed, format!("206 {}", whole.len() - 100_000));
    assert!(fs::read(folder.path().join("part")).unwrap() == whole);
}

#[test]
fn gdal_reads_a_file_by_its_address() {
    let folder = TempDir::new().unwrap();
    let server = start(&folder);
    let export = format!("http://{}/export", server.address);
    let csv = format!("/vsicurl/{export}/partnerships.csv");
    let Some(printed) = run_tool(&folder, "ogrinfo", &["-so", "-al", &csv]) else {
        return;
    };
    let n = DataSet::real().row_count("partnerships.csv");
    assert!(
        printed.contains(&format!("Feature Count: {n}\n")),
        "{printed}"
    );
    assert!(printed.contains("us_name: String"), "{printed}");
    // A Shapefile has one kind of geometry.
    let lines = format!("/vsicurl/{export}/partnerships.geojson?feature=partnership&state=OR,CA");
    let to_shapefile = ["-f", "ESRI Shapefile", "lines.shp", &lines];
    run_tool(&folder, "ogr2ogr", &to_shapefile).unwrap();
    let printed = run_tool(&folder, "ogrinfo", &["-so", "-al", "lines.shp"]).unwrap();
    assert!(printed.contains("Geometry: Line String"), "{printed}");
    // Members of an archive are read by ranges.
    let member = format!("/vsizip//vsicurl/{export}/dataset.zip/country.csv");
    let printed = run_tool(&folder, "ogrinfo", &["-so", "-al", &member]).unwrap();
    assert!(printed.contains("Feature Count: 46"), "{printed}");
}

#[test]
fn gdal_reads_a_saved_query_by_its_address() {
    let folder = TempDir::new().unwrap();
    let server = start(&folder);
    let url = format!(
        "/vsicurl/http://{}/q/Partnerships.geojson?country=VN",
        server.address
    );
    let Some(printed) = run_tool(&folder, "ogrinfo", &["-so", "-al", &url]) else {
        return;
    };
    for line in [
        "Geometry: Multi Line String",
        "Feature Count: 10",
        "distanceKm: Real",
        "country.code: String",
    ] {
        assert!(printed.contains(line), "{printed}");
    }
}
