//! A release build embeds the pages of `web/dist`, so it must be recompiled when they change. The hash of the source code
//! tells a load whether another version of the program loaded the data.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::Path,
};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        // Cargo treats a missing folder as changed and would recompile every time, so create it. If that
        // fails, it recompiles.
        let _ = fs::create_dir_all("web/dist");
        println!("cargo:rerun-if-changed=web/dist");
    }
    let mut hasher = DefaultHasher::new();
    for folder in ["src", "migrations"] {
        println!("cargo:rerun-if-changed={folder}");
        hash_folder(Path::new(folder), &mut hasher)?;
    }
    println!(
        "cargo:rustc-env=SISTERGRAPH_SOURCE_HASH={:016x}",
        hasher.finish()
    );
    Ok(())
}

fn hash_folder(folder: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort_unstable();
    for path in paths {
        if path.is_dir() {
            hash_folder(&path, hasher)?;
        } else {
            path.hash(hasher);
            fs::read(&path)?.hash(hasher);
        }
    }
    Ok(())
}
