//! `sistergraph schema`.

use std::io::{Write, stdout};

use anyhow::Context;
use clap::Args;

use crate::{engine::Limits, graphql};

/// Options of `sistergraph schema`: none.
#[derive(Debug, Args)]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let engine =
            graphql::engine(Limits::default()).context("the schema does not hold together")?;
        write!(stdout(), "{}", engine.sdl()).context("cannot print the schema")
    }
}
