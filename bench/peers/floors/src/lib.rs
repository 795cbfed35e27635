//! Shared code of the floors, which serve one POST endpoint for each file in a folder.

use std::{collections::HashMap, env, error::Error, fs, io::Write, path::Path};

use axum::{Router, http::HeaderValue, http::header::CONTENT_TYPE, response::IntoResponse};
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The content type of GraphQL responses.
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// The arguments of the program, whose names are shown in the error.
///
/// # Errors
/// If the number of arguments is not `N`.
pub fn arguments<const N: usize>(names: &str) -> Result<[String; N], String> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    arguments.try_into().map_err(|_| format!("give {names}"))
}

/// The contents of the files in a folder with an extension, by their names without it.
///
/// # Errors
/// If the folder or a file cannot be read.
pub fn files(folder: &str, extension: &str) -> Result<HashMap<String, String>, Box<dyn Error>> {
    let mut files = HashMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|actual| actual == extension) {
            let name = path
                .file_stem()
                .map(Path::new)
                .ok_or("a file without a name")?;
            files.insert(name.display().to_string(), fs::read_to_string(&path)?);
        }
    }
    Ok(files)
}

/// A JSON response.
pub fn json(body: impl IntoResponse) -> impl IntoResponse {
    ([(CONTENT_TYPE, JSON)], body)
}

/// Serves until the process is stopped.
///
/// # Errors
/// If the server cannot listen on the address.
pub async fn serve(routes: Router, address: &str) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address).await?;
    writeln!(std::io::stdout(), "serving on {address}")?;
    Ok(axum::serve(listener, routes).await?)
}
