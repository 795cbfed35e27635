//! `sistergraph generate`, for developers.

use std::{
    fs,
    io::{Write, stdout},
    path::PathBuf,
};

use anyhow::Context;
use clap::Args;

/// Options of `sistergraph generate`.
#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    /// Multiple of the size of the real data; 1 writes the real data.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    times: u32,

    /// Seed of the random generator; the same seed gives the same files.
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Folder to write to. It is created if missing; existing files with the same names are overwritten.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl GenerateArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let files = crate::generate::generate(self.times, self.seed)
            .context("cannot read the built-in data")?;
        let out = self.out.display();
        fs::create_dir_all(&self.out).with_context(|| format!("cannot create the folder {out}"))?;
        for (name, bytes) in &files {
            let path = self.out.join(name);
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        writeln!(
            stdout(),
            "wrote {} files; load them with: sistergraph load --data {out}",
            files.len()
        )
        .context("cannot print the summary")
    }
}
