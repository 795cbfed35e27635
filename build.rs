//! A release build embeds the pages of `web/dist`, so it must be recompiled when they change.

use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        // Cargo treats a missing folder as changed and would recompile every time, so create it. If that
        // fails, it recompiles.
        let _ = fs::create_dir_all("web/dist");
        println!("cargo:rerun-if-changed=web/dist");
    }
}
