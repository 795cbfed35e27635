//! The answers to the documents of the pages, as far as the pages use them.

use serde::Deserialize;

/// A list of rows, without the rest of a connection.
#[derive(Deserialize)]
pub(super) struct Nodes<T> {
    pub(super) nodes: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Total {
    pub(super) total_count: u64,
}

/// A place with its code, such as a state or a country.
#[derive(Deserialize)]
pub(super) struct CodeAndName {
    pub(super) code: String,
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct SlugAndName {
    pub(super) slug: String,
    pub(super) name: String,
}

#[derive(Clone, Copy, Deserialize)]
pub(super) struct MapPoint {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
}

/// The loaded data, which every page cites.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DatasetVersion {
    pub(super) revision: String,
    pub(super) loaded_at: String,
}

/// One of the two communities of a partnership.
#[derive(Deserialize)]
pub(super) struct Side {
    #[serde(rename = "__typename")]
    pub(super) type_name: String,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) location: Option<MapPoint>,
    /// The state of a US city.
    pub(super) state: Option<CodeAndName>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartnershipLine {
    pub(super) slug: String,
    pub(super) status: String,
    pub(super) established_year: Option<i32>,
    pub(super) ended_year: Option<i32>,
    pub(super) corroboration: String,
    pub(super) us: Side,
    pub(super) partner: Side,
    pub(super) state: CodeAndName,
    pub(super) country: CodeAndName,
}

#[derive(Deserialize)]
pub(super) struct GroupLabel {
    pub(super) value: Option<String>,
    pub(super) label: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupCount {
    key: Vec<GroupLabel>,
    pub(super) count: u64,
    pub(super) earliest_year: Option<i32>,
}

impl GroupCount {
    pub(super) fn label(&self) -> &str {
        self.key.first().map_or("", |key| &key.label)
    }

    pub(super) fn value(&self) -> Option<&str> {
        self.key.first().and_then(|key| key.value.as_deref())
    }
}

/// The partnerships of a place: their numbers, and the first of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Partnerships {
    pub(super) total_count: u64,
    pub(super) statuses: Vec<GroupCount>,
    pub(super) levels: Vec<GroupCount>,
    pub(super) evidence: Vec<GroupCount>,
    pub(super) decades: Vec<GroupCount>,
    /// Only of a state.
    #[serde(default)]
    pub(super) countries: Vec<GroupCount>,
    /// Only of a country.
    #[serde(default)]
    pub(super) states: Vec<GroupCount>,
    pub(super) nodes: Vec<PartnershipLine>,
}

impl Partnerships {
    pub(super) fn count(groups: &[GroupCount], value: &str) -> u64 {
        let mut groups = groups.iter();
        groups
            .find(|group| group.value() == Some(value))
            .map_or(0, |group| group.count)
    }

    /// Whether only the first of them are listed.
    pub(super) fn is_truncated(&self) -> bool {
        (self.nodes.len() as u64) < self.total_count
    }

    /// The number of partnerships whose founding year is unknown.
    pub(super) fn without_year(&self) -> u64 {
        let mut groups = self.decades.iter();
        groups
            .find(|group| group.value().is_none())
            .map_or(0, |group| group.count)
    }

    pub(super) fn first_year(&self) -> Option<i32> {
        self.decades
            .iter()
            .filter_map(|group| group.earliest_year)
            .min()
    }
}

#[derive(Deserialize)]
pub(super) struct PrintedQuantity {
    pub(super) value: Option<f64>,
    pub(super) unit: String,
    pub(super) qualifier: String,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
}

#[derive(Deserialize)]
pub(super) struct FigureCategory {
    pub(super) dimension: String,
    pub(super) value: String,
}

#[derive(Deserialize)]
pub(super) struct Base {
    pub(super) description: String,
    pub(super) n: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct SurveyTitle {
    pub(super) title: String,
}

#[derive(Deserialize)]
pub(super) struct Question {
    pub(super) topic: String,
    pub(super) survey: SurveyTitle,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SourceLine {
    pub(super) title: String,
    pub(super) publisher: Option<String>,
    pub(super) as_of: Option<String>,
    pub(super) url: Option<String>,
    /// Only in claims, like the note.
    #[serde(default)]
    pub(super) slug: Option<String>,
    #[serde(default)]
    pub(super) note: Option<String>,
}

/// A published figure of either type.
#[derive(Deserialize)]
pub(super) struct FigureLine {
    pub(super) slug: String,
    pub(super) flags: Vec<String>,
    pub(super) note: Option<String>,
    pub(super) quantity: PrintedQuantity,
    pub(super) source: SourceLine,
    /// What a published number is about; a percentage of respondents has the fields below instead.
    pub(super) subject: Option<String>,
    pub(super) direction: Option<String>,
    #[serde(default)]
    pub(super) outcome: Vec<FigureCategory>,
    pub(super) base: Option<Base>,
    pub(super) question: Option<Question>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegionOfState {
    pub(super) name: String,
    pub(super) states: Vec<StateTotal>,
    pub(super) respondent_aggregates: Nodes<FigureLine>,
    pub(super) published_statistics: Nodes<FigureLine>,
}

#[derive(Deserialize)]
pub(super) struct StateTotal {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) partnerships: Total,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StateDetails {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) population: Option<u64>,
    pub(super) common_names: Vec<String>,
    pub(super) location: Option<MapPoint>,
    pub(super) region: Option<RegionOfState>,
    pub(super) published_statistics: Nodes<FigureLine>,
    pub(super) partnerships: Partnerships,
}

#[derive(Deserialize)]
pub(super) struct StateAnswer {
    pub(super) state: Option<StateDetails>,
    pub(super) dataset: DatasetVersion,
}

#[derive(Deserialize)]
pub(super) struct CountryTotal {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) subregion: String,
    pub(super) partnerships: Total,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CountryDetails {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) subregion: String,
    pub(super) is_partner: bool,
    pub(super) population: Option<u64>,
    pub(super) common_names: Vec<String>,
    pub(super) location: Option<MapPoint>,
    pub(super) respondent_aggregates: Nodes<FigureLine>,
    pub(super) published_statistics: Nodes<FigureLine>,
    pub(super) partnerships: Partnerships,
}

#[derive(Deserialize)]
pub(super) struct CountryAnswer {
    pub(super) country: Option<CountryDetails>,
    pub(super) countries: Nodes<CountryTotal>,
    pub(super) dataset: DatasetVersion,
}

#[derive(Deserialize)]
pub(super) struct NameInScript {
    pub(super) name: String,
    pub(super) script: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegionRespondents {
    pub(super) name: String,
    pub(super) respondent_aggregates: Nodes<FigureLine>,
}

#[derive(Deserialize)]
pub(super) struct StateOfCity {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) partnerships: Total,
    pub(super) region: Option<RegionRespondents>,
}

/// A city, county, or province.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlaceDetails {
    #[serde(rename = "__typename")]
    pub(super) type_name: String,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) population: Option<u64>,
    pub(super) common_names: Vec<String>,
    pub(super) location: Option<MapPoint>,
    pub(super) country: StateTotal,
    pub(super) partnerships: Partnerships,
    #[serde(default)]
    pub(super) is_capital: bool,
    #[serde(default)]
    pub(super) alternate_names: Vec<NameInScript>,
    pub(super) state: Option<StateOfCity>,
    pub(super) province: Option<SlugAndName>,
}

#[derive(Deserialize)]
pub(super) struct StateAddress {
    pub(super) slug: String,
    pub(super) code: String,
}

#[derive(Deserialize)]
pub(super) struct CountryAddress {
    pub(super) code: String,
}

#[derive(Deserialize)]
pub(super) struct PlaceAnswer {
    pub(super) city: Option<PlaceDetails>,
    pub(super) province: Option<PlaceDetails>,
    pub(super) state: Option<StateAddress>,
    pub(super) country: Option<CountryAddress>,
    pub(super) dataset: DatasetVersion,
}

#[derive(Deserialize)]
pub(super) struct NearbyPlace {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) location: Option<MapPoint>,
    pub(super) state: Option<CodeAndName>,
    pub(super) country: CodeAndName,
    pub(super) partnerships: Total,
}

#[derive(Deserialize)]
pub(super) struct NearbyAnswer {
    pub(super) cities: Nodes<NearbyPlace>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClaimLine {
    pub(super) kind: String,
    pub(super) date: Option<String>,
    pub(super) is_reckoned: bool,
    pub(super) side: String,
    pub(super) note: Option<String>,
    pub(super) source: SourceLine,
}

#[derive(Deserialize)]
pub(super) struct Note {
    pub(super) kind: String,
    pub(super) text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OtherPartnerships {
    pub(super) total_count: u64,
    pub(super) nodes: Vec<PartnershipLine>,
}

/// A community with its partnerships.
#[derive(Deserialize)]
pub(super) struct SideWithPartnerships {
    #[serde(flatten)]
    pub(super) side: Side,
    pub(super) partnerships: OtherPartnerships,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartnershipDetails {
    pub(super) slug: String,
    pub(super) status: String,
    pub(super) established: Option<String>,
    pub(super) ended_year: Option<i32>,
    pub(super) corroboration: String,
    pub(super) level: String,
    pub(super) distance_km: Option<f64>,
    pub(super) us: SideWithPartnerships,
    pub(super) partner: SideWithPartnerships,
    pub(super) state: CodeAndName,
    pub(super) country: CodeAndName,
    pub(super) claims: Vec<ClaimLine>,
    pub(super) disagreements: Vec<ClaimLine>,
    pub(super) notes: Vec<Note>,
}

#[derive(Deserialize)]
pub(super) struct PartnershipAnswer {
    pub(super) partnership: Option<PartnershipDetails>,
    pub(super) dataset: DatasetVersion,
}

#[derive(Deserialize)]
pub(super) struct IdentityLine {
    pub(super) slug: String,
    pub(super) statement: String,
    pub(super) verdict: String,
}

#[derive(Deserialize)]
pub(super) struct RegionLabel {
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct MarginLine {
    pub(super) points: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FigureDetails {
    #[serde(flatten)]
    pub(super) line: FigureLine,
    pub(super) identities: Vec<IdentityLine>,
    pub(super) margin_of_error: Option<MarginLine>,
    pub(super) year: Option<i32>,
    pub(super) region: Option<RegionLabel>,
    pub(super) state: Option<CodeAndName>,
    pub(super) country: Option<CodeAndName>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FigureAnswer {
    pub(super) respondent_aggregate: Option<FigureDetails>,
    pub(super) published_statistic: Option<FigureDetails>,
    pub(super) dataset: DatasetVersion,
}

#[derive(Deserialize)]
pub(super) struct IdentityDetails {
    pub(super) slug: String,
    pub(super) statement: String,
    pub(super) verdict: String,
    pub(super) assumption: Option<String>,
    pub(super) left: String,
    pub(super) right: String,
    pub(super) unit: Option<String>,
    pub(super) finding: String,
    pub(super) figures: Vec<FigureLine>,
}

#[derive(Deserialize)]
pub(super) struct IdentityAnswer {
    pub(super) identity: Option<IdentityDetails>,
    pub(super) identities: Vec<IdentityLine>,
    pub(super) dataset: DatasetVersion,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SearchLine {
    #[serde(rename = "__typename")]
    pub(super) type_name: String,
    pub(super) slug: Option<String>,
    pub(super) code: Option<String>,
    pub(super) name: Option<String>,
    /// The state of a partnership.
    pub(super) state: Option<RegionLabel>,
    pub(super) city_state: Option<RegionLabel>,
    pub(super) country: Option<RegionLabel>,
    pub(super) partnerships: Option<Total>,
    pub(super) us: Option<RegionLabel>,
    pub(super) partner: Option<PartnerLabel>,
}

#[derive(Deserialize)]
pub(super) struct PartnerLabel {
    pub(super) name: String,
    pub(super) country: RegionLabel,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SearchHits {
    pub(super) total_count: u64,
    pub(super) nodes: Vec<SearchLine>,
}

#[derive(Deserialize)]
pub(super) struct SearchAnswer {
    pub(super) search: SearchHits,
}
