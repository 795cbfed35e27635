//! The revision of the data, how to cite it, and its licenses and credits.

use serde_json::{Value, json};

use crate::{db::Snapshot, engine::InternalError};

use super::filter::ExportFilter;

/// The license of the partnerships, and therefore of every file that contains them.
pub(super) const LICENSE: &str = "CC BY-SA 4.0";
pub(super) const LICENSE_URL: &str = "https://creativecommons.org/licenses/by-sa/4.0/";

/// The description of the data, which is the source of the licenses and credits in the archive.
const DATA_README: &str = include_str!("../../data/README.md");

/// What to credit, its license, and whom to credit. A test checks that `data/README.md` agrees.
const CREDITS: [(&str, &str, &str); 3] = [
    (
        "partnerships",
        LICENSE,
        "Wikipedia contributors, through the lists named in the sources",
    ),
    (
        "coordinates, populations, and other names",
        "CC BY 4.0",
        "GeoNames",
    ),
    ("Wikidata items", "CC0", "Wikidata"),
];

/// The loaded dataset.
#[derive(Clone, Debug)]
pub struct ExportMetadata {
    /// The hash of the content.
    pub revision: String,
    /// The time of the load in UTC (RFC 3339).
    pub(super) loaded_at: String,
}

impl ExportMetadata {
    pub(super) async fn read(snapshot: &Snapshot) -> Result<Self, InternalError> {
        let dataset = snapshot.loaded_dataset().await?;
        let dataset =
            dataset.ok_or_else(|| InternalError::Data("no dataset is loaded".to_owned()))?;
        Ok(Self {
            revision: dataset.revision.to_string(),
            loaded_at: dataset.loaded_at.to_string(),
        })
    }

    /// Returns the dataset that an answer to [`super::DATASET_FIELD`] names.
    ///
    /// # Errors
    /// If the answer does not have the field.
    pub fn from_answer(dataset: &Value) -> Result<Self, InternalError> {
        let text = |key: &str| {
            let value = dataset[key].as_str().map(str::to_owned);
            value.ok_or_else(|| InternalError::Data(format!("the answer has no {key}")))
        };
        Ok(Self {
            revision: text("revision")?,
            loaded_at: text("loadedAt")?,
        })
    }

    /// Returns the citation to use in publications.
    pub fn citation(&self) -> String {
        let day = self.loaded_at.get(..10).unwrap_or(&self.loaded_at);
        let year = self.loaded_at.get(..4).unwrap_or_default();
        format!(
            "sistergraph: sister partnerships between communities of the United States and of Asia and the Pacific ({year}). Data revision {}, loaded on {day}. {LICENSE}; partnerships by Wikipedia contributors and the sources named in the data; coordinates, populations, and other names by GeoNames (CC BY 4.0).",
            self.revision
        )
    }

    /// Returns the member `dataset` of the JSON files.
    pub(super) fn to_json(&self, filter: &ExportFilter) -> Value {
        let credits = CREDITS
            .iter()
            .map(|(of, licence, to)| json!({ "of": of, "licence": licence, "to": to }));
        json!({
            "title": "Sister partnerships between communities of the United States and of Asia and the Pacific",
            "revision": self.revision,
            "loadedAt": self.loaded_at,
            "citation": self.citation(),
            "licence": { "name": LICENSE, "url": LICENSE_URL },
            "credits": credits.collect::<Vec<_>>(),
            "narrowedBy": filter.to_json(),
        })
    }
}

/// Returns a section of `data/README.md` with its heading; empty if there is none with that heading.
pub(super) fn readme_section(heading: &str) -> &'static str {
    let start = DATA_README.find(&format!("\n## {heading}\n"));
    let Some(section) = start.and_then(|start| DATA_README.get(start + 1..)) else {
        return "";
    };
    let end = section.find("\n## ").unwrap_or(section.len());
    section.get(..end).unwrap_or(section).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_agree_with_the_data_readme() {
        let licenses = readme_section("Licenses and credits");
        assert!(licenses.contains(LICENSE_URL));
        for (_, licence, to) in CREDITS {
            let name = to.split(',').next().unwrap();
            let row = licenses
                .lines()
                .find(|line| line.contains(name) && line.starts_with('|'));
            assert!(row.unwrap().contains(licence), "{licence} {name}");
        }
    }

    #[test]
    fn sections_end_before_the_next_heading() {
        let section = readme_section("How far to trust it");
        assert!(section.starts_with("## How far to trust it\n"));
        assert!(!section.contains("Licenses and credits"));
        assert_eq!(readme_section("no such section"), "");
    }
}
