//! Placeholder until the command line is wired up.
fn main() {}
