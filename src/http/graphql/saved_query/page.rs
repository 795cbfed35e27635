//! The pages of saved queries: the list, and for each query a form for its variables and its files. They work without
//! scripts.

use axum::http::StatusCode;
use maud::{Markup, html};

use super::{OperationVariable, SavedQuery, query_suffix};
use crate::http::{
    error::HttpError,
    pages::{Page, breadcrumbs},
};

/// The formats with the words for them.
const FORMATS: [(&str, &str); 7] = [
    ("csv", "CSV, for spreadsheets"),
    ("xlsx", "XLSX, for Excel"),
    ("parquet", "Parquet, for DuckDB, pandas, and R"),
    ("ndjson", "NDJSON, a JSON object on each line"),
    ("geojson", "GeoJSON, for maps"),
    ("json", "JSON, the whole answer"),
    ("zip", "ZIP, with the rows, the query, and how to cite them"),
];

/// The list of all queries.
pub(super) fn list_page<'a>(queries: impl Iterator<Item = &'a SavedQuery>) -> Page {
    let content = html! {
        (breadcrumbs(&[]))
        h1 { "Saved queries" }
        p.lead { "Each query gives a table that you can open in a spreadsheet, a notebook, or a map, at an address that you can share." }
        ul.figure-list {
            @for query in queries {
                li {
                    a href={ "q/" (query.name) } translate="no" { (query.name) }
                    small { (query.description) }
                }
            }
        }
        p { "For other rows and columns, " a href="playground" { "write a query" } ": its answer can have the same formats." }
    };
    Page {
        title: "Saved queries".to_owned(),
        description: "Queries of the data with an address, as CSV, Excel, Parquet, or GeoJSON."
            .to_owned(),
        path: "q".to_owned(),
        place: None,
        content,
    }
}

/// What the page of a query shows.
pub(super) struct QueryPage<'a> {
    pub(super) query: &'a SavedQuery,
    pub(super) variables: &'a [OperationVariable],
    /// The query string of the request.
    pub(super) parameters: &'a str,
    /// The files, or the error that they would be.
    pub(super) files: Result<QueryFiles, HttpError>,
}

/// The files of an answer.
pub(super) struct QueryFiles {
    /// The names of their formats, besides JSON.
    pub(super) formats: Vec<&'static str>,
    /// `None` if the answer is not a table.
    pub(super) rows: Option<FirstRows>,
}

/// How many rows the page shows, at most.
const MAX_ROWS: usize = 10;

/// The first rows of a file.
pub(super) struct FirstRows {
    columns: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
    /// The number of rows of the file.
    count: usize,
}

impl FirstRows {
    /// Reads a CSV file.
    pub(super) fn read(file: &[u8]) -> csv::Result<Self> {
        let mut reader = csv::Reader::from_reader(file);
        let columns = reader.headers()?.clone();
        let rows: Vec<_> = reader.records().collect::<csv::Result<_>>()?;
        Ok(Self {
            columns,
            count: rows.len(),
            rows: rows.into_iter().take(MAX_ROWS).collect(),
        })
    }

    fn render(&self) -> Markup {
        let title = match self.count {
            1 => "The row".to_owned(),
            count if count <= MAX_ROWS => format!("The {count} rows"),
            count => format!("The first {MAX_ROWS} of {count} rows"),
        };
        html! {
            section {
                h2 { (title) }
                div.scroll tabindex="0" role="region" aria-label=(title) {
                    table translate="no" {
                        thead { tr { @for name in &self.columns { th scope="col" { (name) } } } }
                        tbody { @for row in &self.rows { tr { @for cell in row { td { (cell) } } } } }
                    }
                }
            }
        }
    }
}

impl QueryPage<'_> {
    pub(super) fn render(&self) -> Page {
        let name = &self.query.name;
        let mut playground = form_urlencoded::Serializer::new("playground?".to_owned());
        playground.append_pair("query", &self.query.text);
        let suffix = query_suffix(Some(self.parameters).filter(|query| !query.is_empty()));
        let content = html! {
            (breadcrumbs(&[("Saved queries".to_owned(), "q".to_owned())]))
            h1 translate="no" { (name) }
            p.lead { (self.query.description) }
            @if !self.variables.is_empty() {
                section {
                    h2 { "Choose" }
                    form.query-form action={ "q/" (name) } method="get" {
                        @for variable in self.variables { p { (self.field(variable)) } }
                        p { button type="submit" { "Update the files" } }
                    }
                }
            }
            section {
                h2 { "Files" }
                @match &self.files {
                    Err(error) if self.parameters.is_empty() && error.status == StatusCode::BAD_REQUEST => p { "Fill in the form first." },
                    Err(error) => p role="alert" { "There are no files yet: " (error.message) "." },
                    Ok(QueryFiles { rows: Some(FirstRows { count: 0, .. }), .. }) => {
                        p { "No row matches these values, so the files would be empty." }
                        ul {
                            @for (name, value) in form_urlencoded::parse(self.parameters.as_bytes()) {
                                @if let Some(comment) = self.query.comment_on_variable(&name) {
                                    li { b translate="no" { (name) } " (" (comment) ") is " b translate="no" { (value) } }
                                }
                            }
                        }
                    },
                    Ok(files) => ul {
                        @for (format, words) in FORMATS {
                            @if format == "json" || files.formats.contains(&format) {
                                li { a href={ "q/" (name) "." (format) (suffix) } { (words) } }
                            }
                        }
                    },
                }
            }
            @if let Ok(QueryFiles { rows: Some(rows), .. }) = &self.files { @if rows.count > 0 { (rows.render()) } }
            section {
                h2 { "The query" }
                pre.query-text { code translate="no" { (self.query.text) } }
                p { a href=(playground.finish()) { "Open it in the playground" } " to change it, or see "
                    a href="data" { "where the data comes from and how to cite it" } "." }
            }
        };
        Page {
            title: name.clone(),
            description: self.query.description.clone(),
            path: format!("q/{name}"),
            place: None,
            content,
        }
    }

    /// The label and the control of a variable.
    fn field(&self, variable: &OperationVariable) -> Markup {
        let name = variable.name.as_str();
        let values: Vec<String> = form_urlencoded::parse(self.parameters.as_bytes())
            .filter(|(parameter, _)| parameter == name)
            .map(|(_, value)| value.into_owned())
            .collect();
        let is_set = |option: &str| {
            let mut given = values.iter().flat_map(|value| value.split(','));
            given.any(|value| value.trim().eq_ignore_ascii_case(option))
        };
        let options: Vec<&str> = match variable.type_name.as_str() {
            "Boolean" => vec!["true", "false"],
            _ => variable.enum_values.iter().map(String::as_str).collect(),
        };
        let hint = match (variable.type_name.as_str(), variable.is_list) {
            ("Int", _) => "whole number",
            ("Float", _) => "number",
            _ if variable.is_input_object => "JSON",
            (_, true) if options.is_empty() => "several are separated by commas",
            _ => "",
        };
        let default = (variable.default.as_ref()).map(|default| format!("default: {default}"));
        let comment = self.query.comment_on_variable(name);
        let notes = [
            comment.map(str::to_owned),
            Some(hint.to_owned()),
            default,
            variable.is_required.then(|| "required".to_owned()),
        ];
        let notes: Vec<_> = notes
            .into_iter()
            .flatten()
            .filter(|note| !note.is_empty())
            .collect();
        html! {
            label for=(name) {
                (name)
                @if !notes.is_empty() { " (" (notes.join("; ")) ")" }
            }
            " "
            @if options.is_empty() {
                input id=(name) name=(name) value=(values.join(",")) required[variable.is_required];
            } @else {
                select id=(name) name=(name) multiple[variable.is_list] {
                    @if !variable.is_list { option value="" {} }
                    @for option in options { option selected[is_set(option)] { (option) } }
                }
            }
        }
    }
}
