//! The limits of `sistergraph serve` as command-line options.

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, parser::ValueSource};
use rustix::process::{Resource, getrlimit};

use crate::limits::{Limits, parse_whole_number};

/// The limits, as options that their definitions generate.
#[derive(Debug)]
pub(super) struct LimitOptions(pub(super) Limits);

impl Args for LimitOptions {
    fn augment_args(command: Command) -> Command {
        let defaults = Limits::default();
        let options = Limits::DEFINITIONS.iter().map(|limit| {
            Arg::new(limit.name)
                .long(limit.option_name())
                .env(limit.environment_variable())
                .value_name(limit.unit.to_uppercase())
                .value_parser(parse_whole_number)
                .default_value((limit.get)(&defaults).to_string())
                .help(limit.description.trim_end_matches('.'))
        });
        command.next_help_heading("Limits").args(options)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for LimitOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut options = Self(Limits::default());
        options.update_from_arg_matches(matches)?;
        Ok(options)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let Self(limits) = self;
        for limit in Limits::DEFINITIONS {
            if let Some(number) = matches.get_one(limit.name) {
                (limit.set)(limits, *number);
            }
        }
        let max_connections = "maxConnections";
        if matches.value_source(max_connections) == Some(ValueSource::DefaultValue) {
            let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
            limits.max_connections = limits.max_connections.min(files / 2);
        }
        limits.default_page_size = limits.default_page_size.min(limits.max_page_size);
        Ok(())
    }
}
