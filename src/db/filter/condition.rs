//! Filters as SQL conditions.
//!
//! SQL has a third truth value, which a `WHERE` clause treats as false. Only below a negation is it
//! different from false, so only there do comparisons also require that the column is not null.

use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait, Func, LikeExpr, Query, SelectStatement, Value,
};

use super::{BoundingBox, Comparison, Filter, FilterRelation, LocationColumns};
use crate::{
    collation::fold,
    db::{Cell, ColumnRef, keyset::null_sentinel},
    stats::great_circle::{km_to_degrees, squared_chord, unit_vector},
};

impl Filter {
    /// Returns the condition for a `WHERE` clause, which is empty if the filter is.
    pub(in crate::db) fn condition(&self) -> Condition {
        self.build(false)
    }

    /// Returns the condition. Unless `negated`, it may be unknown instead of false.
    fn build(&self, negated: bool) -> Condition {
        if self.is_empty() {
            return Condition::all();
        }
        let add = |joined: Condition, filter: &Self| match filter.is_empty() {
            true => joined,
            false => joined.add(filter.build(negated)),
        };
        match self {
            Self::All(filters) => filters.iter().fold(Condition::all(), add),
            Self::Any(filters) if filters.is_empty() => Condition::all().add(constant(false)),
            Self::Any(filters) => filters.iter().fold(Condition::any(), add),
            Self::Not(filter) if filter.is_empty() => Condition::all().add(constant(false)),
            Self::Not(filter) => filter.build(!negated).not(),
            Self::Compare {
                column,
                is_folded,
                comparison,
            } => Condition::all().add(comparison.expr(*column, *is_folded, negated)),
            Self::Related(relation, filter) => relation.condition(filter, negated),
            Self::Near {
                location,
                point,
                km,
            } => location.near(*point, *km),
            Self::Within(location, bounding_box) => location.within(*bounding_box),
        }
    }
}

/// Returns an expression with the same value for every row. All constants are built like this
/// because PostgreSQL prepares a statement for the parameter types of its first use.
fn constant(value: bool) -> Expr {
    Expr::val(1).eq(i32::from(value))
}

fn bound(cell: &Cell) -> Expr {
    Expr::val(Value::from(cell))
}

impl Comparison {
    fn expr(&self, column: ColumnRef, is_folded: bool, negated: bool) -> Expr {
        // Null is replaced by a number above all others, so the known numbers are one index range.
        let sentinel = null_sentinel(column.kind).filter(|_| column.nullable);
        let stored = || match sentinel {
            Some(_) => column.asc_key(),
            None => column.expr(),
        };
        let comparison = match self {
            Self::Eq(value) => stored().eq(bound(value)),
            Self::Ne(value) => stored().ne(bound(value)),
            Self::Gt(value) => stored().gt(bound(value)),
            Self::Gte(value) => stored().gte(bound(value)),
            Self::Lt(value) => stored().lt(bound(value)),
            Self::Lte(value) => stored().lte(bound(value)),
            Self::In(values) if values.is_empty() => return constant(false),
            Self::In(values) => stored().is_in(values.iter().map(Value::from)),
            Self::IsNull(expected) => {
                return match (&sentinel, expected) {
                    _ if !column.nullable => constant(!expected),
                    (Some(sentinel), true) => stored().eq(Expr::val(sentinel.clone())),
                    (Some(sentinel), false) => stored().lt(Expr::val(sentinel.clone())),
                    (None, true) => stored().is_null(),
                    (None, false) => stored().is_not_null(),
                };
            }
            Self::Contains(text) => like(column, is_folded, "%", text),
            Self::StartsWith(text) => like(column, is_folded, "", text),
        };
        match (&sentinel, self) {
            (Some(sentinel), Self::Ne(_) | Self::Gt(_) | Self::Gte(_)) => {
                comparison.and(stored().lt(Expr::val(sentinel.clone())))
            }
            (None, _) => and_not_null(column, comparison, negated),
            _ => comparison,
        }
    }
}

/// Makes a negated comparison false, rather than unknown, if the column is null.
fn and_not_null(column: ColumnRef, comparison: Expr, negated: bool) -> Expr {
    match column.nullable && negated {
        true => comparison.and(column.expr().is_not_null()),
        false => comparison,
    }
}

/// Compares text with the [`pattern`] for `prefix` and `text`, ignoring case; `text` may be a placeholder. A column that is
/// not folded contains only ASCII.
fn like(column: ColumnRef, is_folded: bool, prefix: &str, text: &str) -> Expr {
    let column = match is_folded {
        true => column.expr(),
        false => Func::lower(column.expr()).into(),
    };
    column.like(LikeExpr::new(pattern(prefix, text, is_folded)).escape('\\'))
}

/// Returns the pattern for `prefix`, the escaped `text`, and anything.
pub(super) fn pattern(prefix: &str, text: &str, is_folded: bool) -> String {
    let text = match is_folded {
        true => fold(text),
        false => text.to_ascii_lowercase(),
    };
    let mut pattern = prefix.to_owned();
    for char in text.chars() {
        if matches!(char, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(char);
    }
    pattern.push('%');
    pattern
}

impl FilterRelation {
    fn condition(&self, filter: &Filter, negated: bool) -> Condition {
        let (column, related) = (self.column, self.related);
        if let Some(filter) = self.on_own_columns(filter) {
            let condition = Condition::all().add(filter.build(negated));
            return match column.nullable {
                true => condition.add(column.expr().is_not_null()),
                false => condition,
            };
        }
        if *filter == Filter::none() {
            return Condition::all().add(constant(false));
        }
        let mut rows = self.select(filter);
        let is_related = if self.unique.is_some_and(|unique| filter.fixes(unique)) {
            // Unlike with `IN`, the database can still read the rows in the order of an index.
            let row: Expr = rows.into();
            column.expr().eq(match negated {
                // The comparison would be unknown if there is no such row. No id is empty.
                true => Func::coalesce([row, Expr::val("")]).into(),
                false => row,
            })
        } else {
            if related.nullable && negated {
                rows.and_where(related.expr().is_not_null());
            }
            column.expr().in_subquery(rows)
        };
        Condition::all().add(and_not_null(column, is_related, negated))
    }

    /// Selects the column of the related rows that match a filter.
    fn select(&self, filter: &Filter) -> SelectStatement {
        let constraints = self.constraints.iter().map(|(column, value)| {
            let value = Comparison::Eq(Cell::from(*value));
            Filter::compare(*column, value)
        });
        let filter = constraints.fold(filter.clone(), Filter::and);
        Query::select()
            .expr(self.related.expr())
            .from(Alias::new(self.related.table))
            .cond_where(filter.condition())
            .to_owned()
    }
}

impl LocationColumns {
    /// Combines a bounding box, for which there is an index, with the exact great-circle distance.
    fn near(&self, point: (f64, f64), km: f64) -> Condition {
        let (latitude, longitude) = point;
        // Slightly larger than the circle, so that rounding does not exclude places in the circle.
        let angle = km_to_degrees(km) * (1.0 + 1e-9) + 1e-9;
        let (south, north) = (latitude - angle, latitude + angle);
        let contains_pole = south <= -90.0 || north >= 90.0;
        let (west, east) = if contains_pole {
            (-180.0, 180.0)
        } else {
            // The meridians that touch the circle: sin Δλ = sin d / cos φ.
            let sine = (angle.to_radians().sin() / latitude.to_radians().cos()).min(1.0);
            let half_width = sine.asin().to_degrees() * (1.0 + 1e-9) + 1e-9;
            (
                wrap_longitude(longitude - half_width),
                wrap_longitude(longitude + half_width),
            )
        };
        let chord_squared = std::iter::zip(self.unit_vector, unit_vector(point))
            .map(|(column, coordinate)| {
                let difference = || column.expr().sub(Expr::val(coordinate));
                difference().mul(difference())
            })
            .reduce(ExprTrait::add)
            .unwrap_or(Expr::val(0.0));
        let bounding_box = BoundingBox {
            south,
            west,
            north,
            east,
        };
        self.within(bounding_box)
            .add(chord_squared.lte(Expr::val(squared_chord(km))))
    }

    /// The antimeridian has two longitudes, 180° west and east, and a pole has every longitude. A place
    /// there matches whichever of its longitudes is stored.
    fn within(&self, bounding_box: BoundingBox) -> Condition {
        let BoundingBox {
            south,
            west,
            north,
            east,
        } = bounding_box;
        let latitude = || self.latitude.expr();
        let longitude = || self.longitude.expr();
        let (from_west, to_east) = (longitude().gte(west), longitude().lte(east));
        let mut between = if west <= east {
            Condition::any().add(from_west.and(to_east))
        } else {
            Condition::any().add(from_west).add(to_east)
        };
        if west <= -180.0 {
            between = between.add(longitude().gte(180.0));
        }
        if east >= 180.0 {
            between = between.add(longitude().lte(-180.0));
        }
        if south <= -90.0 {
            between = between.add(latitude().lte(-90.0));
        }
        if north >= 90.0 {
            between = between.add(latitude().gte(90.0));
        }
        Condition::all()
            .add(latitude().is_not_null())
            .add(latitude().between(south, north))
            .add(between)
    }
}

/// Brings a longitude into the range -180 to 180.
fn wrap_longitude(longitude: f64) -> f64 {
    if longitude < -180.0 {
        longitude + 360.0
    } else if longitude > 180.0 {
        longitude - 360.0
    } else {
        longitude
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::SqliteQueryBuilder;

    use super::*;
    use crate::entity::{community::Column as Community, partnership::Column as Partnership};

    fn sql(filter: &Filter) -> String {
        let statement = Query::select()
            .cond_where(filter.condition())
            .to_string(SqliteQueryBuilder);
        let condition = statement.split_once(" WHERE ");
        condition.map_or(String::new(), |(_, condition)| condition.replace('"', ""))
    }

    fn not(filter: Filter) -> Filter {
        Filter::Not(Box::new(filter))
    }

    #[test]
    fn nulls_are_excluded_below_negations_only() {
        let in_west = || Filter::equals(Community::RegionId, "WEST");
        let of_partner = || {
            let relation = FilterRelation::new(Community::Id, Partnership::ProvinceId);
            Filter::related(relation, in_west())
        };
        let is_west = "community.region_id = 'WEST'";
        let not_west = format!("NOT ({is_west} AND community.region_id IS NOT NULL)");
        let subquery = format!("SELECT partnership.province_id FROM partnership WHERE {is_west}");
        for (filter, expected) in [
            (in_west(), is_west.to_owned()),
            (not(in_west()), not_west),
            (not(not(in_west())), is_west.to_owned()),
            (of_partner(), format!("community.id IN ({subquery})")),
            (
                not(of_partner()),
                format!("NOT community.id IN ({subquery} AND partnership.province_id IS NOT NULL)"),
            ),
        ] {
            assert_eq!(sql(&filter), expected);
        }
    }

    #[test]
    fn empty_filters_match_every_row_and_empty_lists_none() {
        let empty = || Filter::Any(vec![Filter::none(), Filter::default()]);
        assert_eq!(sql(&empty()), "TRUE");
        assert_eq!(sql(&Filter::default().and(empty())), "TRUE");
        for filter in [
            Filter::none(),
            not(empty()),
            Filter::compare(ColumnRef::new(Community::Id), Comparison::In(Vec::new())),
            Filter::compare(ColumnRef::new(Community::Id), Comparison::IsNull(true)),
        ] {
            assert_eq!(sql(&filter), "1 = 0");
        }
    }
}
