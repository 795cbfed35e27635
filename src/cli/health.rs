//! `sistergraph health`.

use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use ureq::Agent;

use super::print;
use crate::http::ListenAddress;

/// The time limit of the whole check.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Options of `sistergraph health`.
#[derive(Debug, Args)]
pub(super) struct HealthArgs {
    /// Also check that the server is ready to receive requests: /readyz instead of /livez.
    #[arg(long)]
    ready: bool,

    /// Address and port of the server, as for `serve`.
    #[arg(
        long,
        env = "SISTERGRAPH_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8000"
    )]
    listen: ListenAddress,

    /// Separate address and port of /livez and /readyz, as for `serve`.
    #[arg(
        long,
        env = "SISTERGRAPH_OPERATIONS_LISTEN",
        value_name = "ADDRESS:PORT"
    )]
    operations_listen: Option<ListenAddress>,
}

impl HealthArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let address = self.operations_listen.as_ref().unwrap_or(&self.listen);
        let path = match self.ready {
            true => "readyz",
            false => "livez",
        };
        let url = format!("http://{}/{path}", address.on_this_machine());
        let agent: Agent = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            // The variables for proxies are not about this machine.
            .proxy(None)
            .build()
            .into();
        let response = agent.get(&url).call();
        let mut response = response.with_context(|| format!("{url} does not respond"))?;
        let body = response.body_mut().read_to_string();
        let body = body.with_context(|| format!("cannot read the response of {url}"))?;
        if !response.status().is_success() {
            bail!("{url}: status {}: {body}", response.status().as_u16());
        }
        print(format_args!("{body}\n"), "the response")
    }
}
