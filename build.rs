//! A release holds the pages of `web/dist`, so it is compiled again when they change.

use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        // Cargo takes a folder that is not there for one that has changed, and would compile every time.
        // Where the folder cannot be made, it does just that.
        let _ = fs::create_dir_all("web/dist");
        println!("cargo:rerun-if-changed=web/dist");
    }
}
