//! What the two floors share: a folder of files, each of which answers POST at its own name.

use std::{collections::HashMap, env, error::Error, fs, io::Write, path::Path};

use axum::{Router, http::HeaderValue, http::header::CONTENT_TYPE, response::IntoResponse};
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The content type of GraphQL answers.
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// The arguments of the program.
///
/// # Errors
/// Where there are not so many.
pub fn arguments<const N: usize>(names: &str) -> Result<[String; N], String> {
    let given: Vec<_> = env::args().skip(1).collect();
    given.try_into().map_err(|_| format!("give {names}"))
}

/// The files of a folder that have an extension, by their names without it.
///
/// # Errors
/// Where the folder cannot be read.
pub fn files(folder: &str, extension: &str) -> Result<HashMap<String, String>, Box<dyn Error>> {
    let mut files = HashMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            let name = path
                .file_stem()
                .map(Path::new)
                .ok_or("a file without a name")?;
            files.insert(name.display().to_string(), fs::read_to_string(&path)?);
        }
    }
    Ok(files)
}

/// An answer of JSON.
pub fn json(body: impl IntoResponse) -> impl IntoResponse {
    ([(CONTENT_TYPE, JSON)], body)
}

/// Serves until the process is ended.
///
/// # Errors
/// Where the address cannot be listened on.
pub async fn serve(routes: Router, address: &str) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address).await?;
    writeln!(std::io::stdout(), "serving on {address}")?;
    Ok(axum::serve(listener, routes).await?)
}
