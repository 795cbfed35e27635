//! `sistergraph fit`.

use std::{collections::HashMap, fs, io::ErrorKind, path::PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::{folder_parser, print};
use crate::{
    import::{FILES, Files, Tables},
    stats::link::{Fit, fit},
    vocabulary::{MatchFeature, Vocabulary},
};

const FILE: &str = "match_model.csv";

/// The largest difference between two fits of the same data, which may be rounded differently.
const TOLERANCE: f64 = 0.002;

/// Options of `sistergraph fit`.
#[derive(Debug, Args)]
pub(super) struct FitArgs {
    /// Folder of CSV files to fit the model to instead of the built-in data. Its `match_model.csv` is
    /// written, unless --check is used; without a folder, the file is printed.
    #[arg(long, env = "SISTERGRAPH_DATA", value_name = "DIR", value_parser = folder_parser())]
    data: Option<PathBuf>,

    /// Compare the fitted coefficients with those in `match_model.csv` instead of writing them. Exits with
    /// status 1 if one differs by more than 0.002.
    #[arg(long)]
    check: bool,
}

impl FitArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        // An invalid model is about to be replaced.
        let tables = match self.check {
            true => Tables::read(&Files::from(self.data.as_deref()))?,
            false => Tables::read(&self.files_without_model()?)?,
        };
        let Some(fit) = fit(&tables.network()) else {
            bail!("the data does not determine the coefficients; there are too few partnerships");
        };
        let summary = summary(&fit);
        if self.check {
            return check(&tables, &fit, &summary);
        }
        let csv = to_csv(&fit, &tables.match_revision)?;
        let Some(folder) = &self.data else {
            return print(csv, "the model");
        };
        let path = folder.join(FILE);
        let name = path.display();
        fs::write(&path, csv).with_context(|| format!("cannot write {name}"))?;
        print(format_args!("{summary}wrote {name}\n"), "the summary")
    }

    /// Returns the data files except the one that is written.
    fn files_without_model(&self) -> anyhow::Result<Files> {
        let mut files = HashMap::new();
        let Some(folder) = &self.data else {
            files = Files::embedded_in_memory();
            files.remove(FILE);
            return Ok(Files::Memory(files));
        };
        for (name, _) in FILES.iter().filter(|(name, _)| *name != FILE) {
            let path = folder.join(name);
            match fs::read(&path) {
                Ok(bytes) => _ = files.insert((*name).to_owned(), bytes),
                // The check of the files reports it if it is required.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot read {}", path.display()));
                }
            }
        }
        Ok(Files::Memory(files))
    }
}

fn summary(fit: &Fit) -> String {
    format!(
        "fitted {} coefficients to {} partnerships ({} rows); log-likelihood {:.4}, without features {:.4}\n",
        fit.coefficients.len(),
        fit.n_sets,
        fit.n_rows,
        fit.log_likelihood,
        fit.null_log_likelihood,
    )
}

/// Compares the coefficients with those of the data.
///
/// # Errors
/// If there is no model, or a coefficient differs.
fn check(tables: &Tables, fit: &Fit, summary: &str) -> anyhow::Result<()> {
    let rows: Vec<_> = tables.match_coefficient().collect();
    if rows.is_empty() {
        bail!("{FILE} is missing; run sistergraph fit to write it");
    }
    let mut differences = Vec::new();
    for (fitted, feature) in fit.coefficients.iter().zip(MatchFeature::spellings()) {
        let stored = rows.iter().find(|row| row.feature == feature);
        let stored = stored.map_or(f64::NAN, |row| row.coefficient);
        // Comparing with NaN is false, so it is a difference too.
        let agrees = (fitted - stored).abs() <= TOLERANCE;
        if !agrees {
            differences.push(format!("{feature} is {stored}, fitted {fitted:.3}"));
        }
    }
    if !differences.is_empty() {
        bail!(
            "{FILE} does not match the data; run sistergraph fit to write it again: {}",
            differences.join("; ")
        );
    }
    let is_current = rows.iter().all(|row| row.revision == tables.match_revision);
    let note = match is_current {
        true => "",
        false => {
            "note: the model was fitted to other data; run sistergraph fit to write its revision\n"
        }
    };
    print(
        format_args!("{summary}{FILE} agrees with the fit\n{note}"),
        "the result",
    )
}

/// Returns the contents of `match_model.csv`.
fn to_csv(fit: &Fit, revision: &str) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = [
        "feature",
        "coefficient",
        "standard_error",
        "z",
        "partnerships",
        "revision",
    ];
    writer.write_record(header)?;
    let values = fit.coefficients.iter().zip(&fit.standard_errors);
    for (feature, (coefficient, error)) in MatchFeature::spellings().into_iter().zip(values) {
        writer.write_record([
            feature,
            &format!("{coefficient:.3}"),
            &format!("{error:.3}"),
            &format!("{:.1}", coefficient / error),
            &fit.n_sets.to_string(),
            revision,
        ])?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}
