//! `sistergraph schema`.

use anyhow::Context;
use clap::Args;

use super::print;
use crate::{limits::Limits, schema};

/// Options of `sistergraph schema`: none.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {}

impl SchemaArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let engine = schema::build_engine(Limits::default()).context("the schema is not valid")?;
        print(engine.sdl(), "the schema")
    }
}
