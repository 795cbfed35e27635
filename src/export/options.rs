//! Query parameters that change the form of a file, not its rows.

use std::fmt;

use serde_json::{Value, json};

use super::{ExportFile, filter::quote};
use crate::graphql_error::GraphqlError;

/// The name and the value of a parameter.
pub(super) type Parameter = (String, String);

/// Parameters that search engines, social networks, and newsletters add to links. They are ignored.
const TRACKING_PARAMETERS: [&str; 14] = [
    "_ga",
    "_gl",
    "dclid",
    "fbclid",
    "gbraid",
    "gclid",
    "igshid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "msclkid",
    "srsltid",
    "twclid",
    "wbraid",
];

/// Whether a parameter of a link is one that search engines, social networks, and newsletters add.
pub fn is_tracking_parameter(name: &str) -> bool {
    name.starts_with("utm_") || TRACKING_PARAMETERS.contains(&name)
}

/// The type of the features of a `GeoJSON` file. Many programs accept only one kind of geometry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FeatureType {
    Place,
    Partnership,
}

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ExportOptions {
    /// Whether a CSV file starts with a byte order mark.
    pub(super) byte_order_mark: bool,
    /// The only type of features in a `GeoJSON` file; `None` for both.
    pub(super) feature: Option<FeatureType>,
}

/// An option: its name, the files that have it, and its description.
struct OptionParameter {
    name: &'static str,
    files: &'static [ExportFile],
    description: &'static str,
}

const BOM: OptionParameter = OptionParameter {
    name: "bom",
    files: &[
        ExportFile::PartnershipsCsv,
        ExportFile::FiguresCsv,
        ExportFile::ChangesCsv,
    ],
    description: "false omits the byte order mark of a CSV file; the default is true, for spreadsheets.",
};

const FEATURE: OptionParameter = OptionParameter {
    name: "feature",
    files: &[ExportFile::PartnershipsGeojson],
    description: "The only type of features in a GeoJSON file: place (points) or partnership (lines); both by default.",
};

impl FeatureType {
    fn name(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Partnership => "partnership",
        }
    }
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self {
            byte_order_mark: true,
            feature: None,
        }
    }
}

impl ExportOptions {
    /// Reads the options of a file, and returns them with the other parameters.
    ///
    /// # Errors
    /// If the value of an option is unknown, or an option has two values.
    pub(super) fn parse(
        file: ExportFile,
        parameters: &[Parameter],
    ) -> Result<(Self, Vec<&Parameter>), GraphqlError> {
        let mut options = Self::default();
        let mut others = Vec::new();
        for parameter in parameters {
            let (name, value) = parameter;
            if is_tracking_parameter(name) {
                continue;
            }
            let is =
                |option: &OptionParameter| *name == option.name && option.files.contains(&file);
            let unknown = |allowed: &str| {
                let message = format!(
                    "unknown value {} of the parameter {name}; use {allowed}",
                    quote(value)
                );
                Err(GraphqlError::bad_user_input(message))
            };
            if (is(&BOM) || is(&FEATURE))
                && let Some((_, other)) = parameters
                    .iter()
                    .find(|(other, other_value)| other == name && other_value != value)
            {
                let message = format!(
                    "the parameter {name} has the values {} and {}; give one",
                    quote(value),
                    quote(other)
                );
                return Err(GraphqlError::bad_user_input(message));
            }
            if is(&BOM) {
                options.byte_order_mark = match value.as_str() {
                    "true" => true,
                    "false" => false,
                    _ => return unknown("true or false"),
                };
            } else if is(&FEATURE) {
                options.feature = match value.as_str() {
                    "place" => Some(FeatureType::Place),
                    "partnership" => Some(FeatureType::Partnership),
                    _ => return unknown("place or partnership"),
                };
            } else {
                others.push(parameter);
            }
        }
        Ok((options, others))
    }

    /// Whether the file has features of this type.
    pub(super) fn includes(self, feature: FeatureType) -> bool {
        self.feature.is_none_or(|only| only == feature)
    }
}

/// Formats the options that are not the default, after those of the filter.
impl fmt::Display for ExportOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.byte_order_mark {
            f.write_str("&bom=false")?;
        }
        match self.feature {
            Some(feature) => write!(f, "&feature={}", feature.name()),
            None => Ok(()),
        }
    }
}

/// Returns the names of the options of a file.
pub(super) fn names(file: ExportFile) -> impl Iterator<Item = &'static str> {
    let options = [BOM, FEATURE].into_iter();
    options
        .filter(move |option| option.files.contains(&file))
        .map(|option| option.name)
}

/// Describes the options, for the list of files.
pub(super) fn describe() -> impl Iterator<Item = Value> {
    [BOM, FEATURE].into_iter().map(|option| {
        let files: Vec<_> = option.files.iter().map(|file| file.name()).collect();
        json!({ "name": option.name, "description": option.description, "files": files })
    })
}
