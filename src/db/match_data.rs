//! What `matches` and `plan` are computed from.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use sea_orm::{
    ColumnTrait, Iterable,
    sea_query::{Alias, Query},
};

use super::{Cell, Cells, ColumnRef, DatabaseError, Derived, Snapshot};
use crate::{
    entity::{
        community, country, dataset, match_coefficient, match_metric, partnership, restriction,
    },
    stats::link::{
        Community, CommunityCategory, FeatureArray, N_FEATURES, Network, NetworkData, PlaceRef,
    },
    vocabulary::{
        MatchFeature, PartnershipLevel, RegionName, RestrictionCertainty, RestrictionEffect,
        Vocabulary,
    },
};

/// All places and partnerships, the model that scores pairs, and the laws that limit them. They are read in
/// five statements once per revision; get them with `context.load_one(DerivedKey::<MatchData>::default())`.
///
/// For a US place with index `u` (see `crate::stats::link`), `network.candidates(PlaceRef::Us(u),
/// &model.coefficients)` returns the score of each candidate `v`, and [`Self::is_barred`] and
/// [`Self::restrictions`] the laws about the pair. `network.groups(dimension)` has the count of every group, and
/// `network.group_of(dimension, u, v)` the group of a pair. The id of a place is that of its `City`.
#[derive(Debug)]
pub struct MatchData {
    /// The places and partnerships.
    pub network: Network,
    /// The model; `None` if none is loaded.
    pub model: Option<MatchModel>,
    /// The laws, sorted by slug.
    restrictions: Vec<Arc<Restriction>>,
    /// The means of the features over the candidates of each US place, computed on first use.
    us_means: Vec<OnceLock<FeatureArray>>,
}

/// The coefficients of the model, and what it was fitted to.
#[derive(Clone, Debug)]
pub struct MatchModel {
    /// The coefficients, in the order of `MatchFeature`.
    pub coefficients: FeatureArray,
    /// Their standard errors.
    pub standard_errors: FeatureArray,
    /// The hash of the files that it was fitted to.
    pub revision: Arc<str>,
    /// Whether the loaded files have that hash.
    pub is_current: bool,
    /// The number of partnerships that it was fitted to; that of the loaded data if the file does not say.
    pub partnerships: i64,
}

/// How accurate the model and simpler rankings are, in the order of the file.
#[derive(Debug)]
pub struct MatchMetrics(pub Vec<Arc<MatchMetric>>);

impl Derived for MatchMetrics {
    async fn read(snapshot: &Snapshot) -> Result<Self, DatabaseError> {
        let columns: Vec<_> = match_metric::Column::iter().collect();
        let mut rows = snapshot.all_cells(&columns).await?;
        rows.sort_by_key(|row| row[0].int());
        Ok(Self(rows.iter().map(read_metric).collect()))
    }
}

/// A measure of how well a ranking recovers held-out partnerships.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields of the table `match_metric`")]
pub struct MatchMetric {
    pub split: Arc<str>,
    pub method: Arc<str>,
    pub measure: Arc<str>,
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// A law that limits new partnerships.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields of the table `restriction`")]
pub struct Restriction {
    pub id: Arc<str>,
    pub state_id: Arc<str>,
    pub country_id: Arc<str>,
    pub levels: Vec<PartnershipLevel>,
    pub effect: RestrictionEffect,
    pub starts: Option<Arc<str>>,
    pub ends: Option<Arc<str>>,
    pub law: Arc<str>,
    pub text: Arc<str>,
    pub url: Arc<str>,
    pub certainty: RestrictionCertainty,
}

impl MatchData {
    /// Returns the laws about a new partnership between two places, sorted by slug.
    pub fn restrictions(&self, u: usize, v: usize) -> impl Iterator<Item = &Arc<Restriction>> {
        let level = match self.network.us()[u].is_county {
            true => PartnershipLevel::County,
            false => PartnershipLevel::City,
        };
        let (state, country) = (self.network.state_of(u), self.network.country_of(v));
        self.restrictions.iter().filter(move |law| {
            law.levels.contains(&level) && law.state_id == state.id && law.country_id == country.id
        })
    }

    /// Returns whether a law rules out a new partnership between two places.
    pub fn is_barred(&self, u: usize, v: usize) -> bool {
        self.restrictions(u, v)
            .any(|law| law.effect == RestrictionEffect::Barred)
    }

    /// Returns the means of the features over the candidates of a US place. To score a pair of a partner
    /// place takes only those, and to compute them takes long.
    pub fn us_means(&self, u: usize) -> &FeatureArray {
        self.us_means[u].get_or_init(|| self.network.candidate_means(PlaceRef::Us(u)))
    }

    /// Returns whether a law rules out a new partnership between a place and one of the other side.
    pub fn is_barred_pair(&self, place: PlaceRef, other: usize) -> bool {
        let (u, v) = place.pair_with(other);
        self.is_barred(u, v)
    }
}

impl Derived for MatchData {
    async fn read(snapshot: &Snapshot) -> Result<Self, DatabaseError> {
        let countries = snapshot
            .all_cells(&[
                country::Column::Id,
                country::Column::Name,
                country::Column::IsPartner,
            ])
            .await?;
        let communities = snapshot.all_cells(&COMMUNITY_COLUMNS).await?;
        let partnerships = snapshot
            .all_cells(&[
                partnership::Column::Id,
                partnership::Column::UsId,
                partnership::Column::PartnerId,
            ])
            .await?;
        let network = Network::new(NetworkData {
            regions: RegionName::spellings().into_iter().map(Arc::from).collect(),
            countries: countries
                .iter()
                .map(|row| (text(&row[0]), text(&row[1]), row[2].bool() == Some(true)))
                .collect(),
            communities: communities.iter().map(read_community).collect(),
            partnerships: partnerships
                .iter()
                .map(|row| std::array::from_fn(|n| text(&row[n])))
                .collect(),
        });
        let mut restrictions: Vec<_> = snapshot
            .all_cells(&restriction::Column::iter().collect::<Vec<_>>())
            .await?
            .iter()
            .filter_map(read_restriction)
            .map(Arc::new)
            .collect();
        restrictions.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self {
            model: read_model(snapshot, &network).await?,
            us_means: network.us().iter().map(|_| OnceLock::new()).collect(),
            network,
            restrictions,
        })
    }
}

const COMMUNITY_COLUMNS: [community::Column; 11] = [
    community::Column::Id,
    community::Column::Name,
    community::Column::CommunityType,
    community::Column::Kind,
    community::Column::CountryId,
    community::Column::RegionId,
    community::Column::StateId,
    community::Column::ProvinceId,
    community::Column::IsCapital,
    community::Column::Population,
    community::Column::CoastKm,
];

fn read_community(row: &Cells) -> Community {
    let word = |n: usize| row[n].text().map_or("", AsRef::as_ref);
    Community {
        id: text(&row[0]),
        name: text(&row[1]),
        community_type: CommunityCategory::parse(word(2), word(3)),
        country_id: text(&row[4]),
        region_id: row[5].text().cloned(),
        state_id: row[6].text().cloned(),
        province_id: row[7].text().cloned(),
        is_capital: row[8].bool() == Some(true),
        population: row[9].int(),
        coast_km: row[10].float(),
    }
}

/// Reads the cells of a row in the order of the columns; `None` if a word is not in its vocabulary.
fn read_restriction(row: &Cells) -> Option<Restriction> {
    let levels = row[3].text()?.split(';');
    Some(Restriction {
        id: text(&row[0]),
        state_id: text(&row[1]),
        country_id: text(&row[2]),
        levels: levels.filter_map(PartnershipLevel::parse).collect(),
        effect: RestrictionEffect::parse(row[4].text()?)?,
        starts: row[5].text().cloned(),
        ends: row[6].text().cloned(),
        law: text(&row[7]),
        text: text(&row[8]),
        url: text(&row[9]),
        certainty: RestrictionCertainty::parse(row[10].text()?)?,
    })
}

/// Reads the model; `None` unless it has a coefficient for every feature, which the loader ensures.
async fn read_model(
    snapshot: &Snapshot,
    network: &Network,
) -> Result<Option<MatchModel>, DatabaseError> {
    let rows = snapshot
        .all_cells_of(&[
            ColumnRef::new(match_coefficient::Column::Feature),
            ColumnRef::new(match_coefficient::Column::Coefficient),
            ColumnRef::new(match_coefficient::Column::StandardError),
            ColumnRef::new(match_coefficient::Column::Partnerships),
            ColumnRef::new(match_coefficient::Column::Revision),
            // The table has one row.
            ColumnRef::new(dataset::Column::MatchRevision),
        ])
        .await?;
    let mut by_feature: Vec<Option<&Cells>> = vec![None; N_FEATURES];
    for row in &rows {
        let features = MatchFeature::VALUES.iter();
        let mut spellings = features.map(|(_, spelling, _)| *spelling);
        if let Some(n) = spellings.position(|name| Some(name) == row[0].text().map(AsRef::as_ref)) {
            by_feature[n] = Some(row);
        }
    }
    let Some(rows) = by_feature.into_iter().collect::<Option<Vec<_>>>() else {
        return Ok(None);
    };
    let revision = text(&rows[0][4]);
    let number = |n: usize, cell: usize| rows[n][cell].float().unwrap_or_default();
    Ok(Some(MatchModel {
        coefficients: std::array::from_fn(|n| number(n, 1)),
        standard_errors: std::array::from_fn(|n| number(n, 2)),
        is_current: text(&rows[0][5]) == revision,
        revision,
        partnerships: rows[0][3]
            .int()
            .unwrap_or_else(|| i64::try_from(network.n_partnerships()).unwrap_or(i64::MAX)),
    }))
}

fn read_metric(row: &Cells) -> Arc<MatchMetric> {
    let number = |n: usize| row[n].float().unwrap_or_default();
    Arc::new(MatchMetric {
        split: text(&row[1]),
        method: text(&row[2]),
        measure: text(&row[3]),
        value: number(4),
        low: number(5),
        high: number(6),
    })
}

/// Returns the text of a cell that is not null.
fn text(cell: &Cell) -> Arc<str> {
    cell.text().cloned().unwrap_or_default()
}

impl Snapshot {
    /// Returns these cells of all rows of a table, in no particular order, in one statement.
    async fn all_cells<C: ColumnTrait>(&self, columns: &[C]) -> Result<Vec<Cells>, DatabaseError> {
        let columns = columns.iter().map(|column| ColumnRef::new(*column));
        self.all_cells_of(&columns.collect::<Vec<_>>()).await
    }

    /// Like [`Self::all_cells`], for the combinations of all rows of several tables.
    async fn all_cells_of(&self, columns: &[ColumnRef]) -> Result<Vec<Cells>, DatabaseError> {
        let mut select = Query::select();
        let tables: BTreeSet<_> = columns.iter().map(|column| column.table).collect();
        for table in tables {
            select.from(Alias::new(table));
        }
        select.exprs(columns.iter().map(|column| column.expr()));
        let kinds: Vec<_> = columns.iter().map(|column| column.kind).collect();
        self.select(&select, &kinds).await
    }
}
