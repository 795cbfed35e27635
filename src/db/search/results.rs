//! The statement that turns matching words into search results.

use sea_orm::{
    DbBackend,
    sea_query::{
        Alias, Asterisk, BinOper, CaseStatement, CommonTableExpression, Condition, Expr, ExprTrait,
        Func, FunctionCall, JoinType, Order, Query, SelectStatement, SimpleExpr, UnionType,
        WindowStatement, WithClause,
    },
};

use super::{SearchHit, SearchQuery, WordMatches};
use crate::{
    db::ColumnRef,
    entity::{community, partnership, search_posting},
    search::{INHERITED_WEIGHT, PARTNERSHIP_PENALTY},
    vocabulary::{SearchType, Vocabulary},
};

/// Selects all results of a search, in order, as `points`, `rank` (the index of the type in
/// [`SearchType::VALUES`]), `slug`, `position` (from 1), and `total`.
pub(super) fn select_ranked_hits(
    backend: DbBackend,
    query: &SearchQuery,
    matches: &WordMatches,
) -> SelectStatement {
    let mut parts = vec![
        ("match", select_matches(backend, matches)),
        ("place", select_word_hits()),
        ("hit", select_hits(query)),
    ];
    if query.words.len() > 1 {
        parts.push(("container", select_container_hits()));
        parts.push(("inside", select_hit_containers(query)));
        parts.push(("contained", select_contained_hits()));
    }
    parts.push(("found", select_scored_objects(query)));
    parts.push(("numbered", select_positions()));
    let mut with = WithClause::new();
    for (name, select) in parts {
        let mut part = CommonTableExpression::new();
        part.table_name(Alias::new(name)).query(select);
        if name == "match" {
            part.materialized(true);
        }
        with.cte(part);
    }
    let mut select = Query::select();
    for column in ["points", "rank", "slug", "position", "total"] {
        select.column(Alias::new(column));
    }
    select
        .from(Alias::new("numbered"))
        .order_by(Alias::new("position"), Order::Asc)
        .with_cte(with);
    select
}

fn col(name: &'static str) -> SimpleExpr {
    Expr::col(Alias::new(name))
}

fn qualified_col(table: &'static str, name: &'static str) -> SimpleExpr {
    Expr::col((Alias::new(table), Alias::new(name)))
}

/// Selects the matches as rows. They are materialized, because otherwise the JSON would be parsed
/// again for each posting. The limit gives PostgreSQL the number of rows: it assumes that any JSON list
/// has a hundred, for which it would read all partnerships instead of looking some up.
fn select_matches(backend: DbBackend, matches: &WordMatches) -> SelectStatement {
    let json = Expr::val(matches.json.as_str());
    let rows: FunctionCall = match backend {
        DbBackend::Postgres => {
            Func::cust("json_array_elements").arg(json.cast_as(Alias::new("json")))
        }
        _ => Func::cust("json_each").arg(json),
    };
    let member = |name: &'static str| {
        qualified_col("json", "value").binary(BinOper::Custom("->>"), Expr::cust(name))
    };
    let number = |name| member(name).cast_as(Alias::new("integer"));
    Query::select()
        .expr_as(number("'asked'"), Alias::new("asked"))
        .expr_as(member("'word'"), Alias::new("word"))
        .expr_as(number("'points'"), Alias::new("points"))
        .from_function(rows, Alias::new("json"))
        .limit(matches.count)
        .to_owned()
}

/// Selects, for each word of the query, the objects with a matching word, and the points of the best
/// match.
fn select_word_hits() -> SelectStatement {
    let posting = |column: search_posting::Column| ColumnRef::new(column).expr();
    let table = ColumnRef::new(search_posting::Column::Word).table;
    let best_points =
        Func::max(qualified_col("match", "points").add(posting(search_posting::Column::Weight)));
    Query::select()
        .expr(qualified_col("match", "asked"))
        .expr(posting(search_posting::Column::ObjectType))
        .expr(posting(search_posting::Column::Slug))
        .expr_as(best_points, Alias::new("points"))
        .from(Alias::new("match"))
        .join(
            JoinType::InnerJoin,
            Alias::new(table),
            posting(search_posting::Column::Word).eq(qualified_col("match", "word")),
        )
        .add_group_by([
            qualified_col("match", "asked"),
            posting(search_posting::Column::ObjectType),
            posting(search_posting::Column::Slug),
        ])
        .to_owned()
}

/// Selects the objects of the requested types, and adds the partnerships of matching communities.
fn select_hits(query: &SearchQuery) -> SelectStatement {
    let mut select = Query::select();
    for column in ["asked", "type", "slug", "points"] {
        select.column((Alias::new("place"), Alias::new(column)));
    }
    let types = query.types.iter().map(|object_type| object_type.as_str());
    select
        .from(Alias::new("place"))
        .and_where(qualified_col("place", "type").is_in(types));
    if query.types.contains(&SearchType::Partnership) {
        for side in [partnership::Column::UsId, partnership::Column::PartnerId] {
            let id = ColumnRef::new(partnership::Column::Id);
            let through_side = Query::select()
                .expr(qualified_col("place", "asked"))
                .expr(Expr::cust(format!(
                    "'{}'",
                    SearchType::Partnership.as_str()
                )))
                .expr(id.expr())
                .expr(qualified_col("place", "points").sub(PARTNERSHIP_PENALTY))
                .from(Alias::new("place"))
                .join(
                    JoinType::InnerJoin,
                    Alias::new(id.table),
                    ColumnRef::new(side)
                        .expr()
                        .eq(qualified_col("place", "slug")),
                )
                .to_owned();
            select.union(UnionType::All, through_side);
        }
    }
    select
}

/// Selects, for each word of the query, the states, provinces, and countries with a matching name or
/// code, and the points of the best match for the objects in them.
fn select_container_hits() -> SelectStatement {
    let posting = |column: search_posting::Column| ColumnRef::new(column).expr();
    let types = [SearchType::State, SearchType::Province, SearchType::Country];
    Query::select()
        .expr(qualified_col("match", "asked"))
        .expr(posting(search_posting::Column::Slug))
        .expr_as(
            Func::max(qualified_col("match", "points")).add(INHERITED_WEIGHT),
            Alias::new("points"),
        )
        .from(Alias::new("match"))
        .join(
            JoinType::InnerJoin,
            Alias::new(ColumnRef::new(search_posting::Column::Word).table),
            posting(search_posting::Column::Word).eq(qualified_col("match", "word")),
        )
        .and_where(
            posting(search_posting::Column::ObjectType)
                .is_in(types.map(|object_type| object_type.as_str())),
        )
        .and_where(posting(search_posting::Column::Weight).gt(0))
        .add_group_by([
            qualified_col("match", "asked"),
            posting(search_posting::Column::Slug),
        ])
        .to_owned()
}

/// Selects the objects of the hits, with the state, province, and country that they are in.
fn select_hit_containers(query: &SearchQuery) -> SelectStatement {
    let select = |is_partnership: bool, columns: [ColumnRef; 4]| {
        let [id, containers @ ..] = columns;
        let object_type = qualified_col("own", "type");
        let partnership = SearchType::Partnership.as_str();
        let own = Query::select()
            .distinct()
            .columns(["type", "slug"].map(Alias::new))
            .from(Alias::new("hit"))
            .to_owned();
        Query::select()
            .expr(object_type.clone())
            .expr(qualified_col("own", "slug"))
            .exprs(containers.map(|column| column.expr()))
            .from_subquery(own, Alias::new("own"))
            .join(
                JoinType::InnerJoin,
                Alias::new(id.table),
                id.expr().eq(qualified_col("own", "slug")),
            )
            .and_where(match is_partnership {
                true => object_type.eq(partnership),
                false => object_type.ne(partnership),
            })
            .to_owned()
    };
    use community::Column as Place;
    use partnership::Column as Pair;
    let columns = [
        Place::Id,
        Place::StateId,
        Place::ProvinceId,
        Place::CountryId,
    ];
    let mut places = select(false, columns.map(ColumnRef::new));
    if query.types.contains(&SearchType::Partnership) {
        let columns = [Pair::Id, Pair::StateId, Pair::ProvinceId, Pair::CountryId];
        places.union(UnionType::All, select(true, columns.map(ColumnRef::new)));
    }
    places
}

/// Selects the hits that a word of a containing place adds. They are objects with another hit, so at
/// least one word is always of the object itself. Each column has its own join, for which both
/// databases build a hash or an index; with one join over three columns, they compare all pairs.
fn select_contained_hits() -> SelectStatement {
    let select = |column: &'static str| {
        Query::select()
            .expr(qualified_col("container", "asked"))
            .expr(qualified_col("inside", "type"))
            .expr(qualified_col("inside", "slug"))
            .expr(qualified_col("container", "points"))
            .from(Alias::new("inside"))
            .join(
                JoinType::InnerJoin,
                Alias::new("container"),
                qualified_col("container", "slug").eq(qualified_col("inside", column)),
            )
            .to_owned()
    };
    select("state_id")
        .union(UnionType::All, select("province_id"))
        .union(UnionType::All, select("country_id"))
        .to_owned()
}

/// Selects the objects that match all words, with the sum of the points.
fn select_scored_objects(query: &SearchQuery) -> SelectStatement {
    let rank = SearchType::VALUES
        .iter()
        .zip(0_i32..)
        .fold(CaseStatement::new(), |case, ((_, spelling, _), rank)| {
            case.case(col("type").eq(*spelling), rank)
        });
    let mut select = Query::select();
    let best_points = Func::max(col("points"));
    if let [_] = query.words.as_slice() {
        // One word needs no sum. Short texts have the most results, so the simpler statement pays off.
        select
            .expr_as(
                Expr::from(best_points).cast_as(Alias::new("bigint")),
                Alias::new("points"),
            )
            .expr_as(rank, Alias::new("rank"))
            .column(Alias::new("slug"))
            .from(Alias::new("hit"))
            .add_group_by([col("type"), col("slug")]);
        return select;
    }
    let mut all_hits = Query::select()
        .column(Asterisk)
        .from(Alias::new("hit"))
        .to_owned();
    all_hits.union(
        UnionType::All,
        Query::select()
            .column(Asterisk)
            .from(Alias::new("contained"))
            .to_owned(),
    );
    let best = Query::select()
        .columns([Alias::new("type"), Alias::new("slug")])
        .expr_as(best_points, Alias::new("points"))
        .from_subquery(all_hits, Alias::new("any"))
        .add_group_by([col("asked"), col("type"), col("slug")])
        .to_owned();
    let n_words = i64::try_from(query.words.len()).unwrap_or(i64::MAX);
    select
        .expr_as(Func::sum(col("points")), Alias::new("points"))
        .expr_as(rank, Alias::new("rank"))
        .column(Alias::new("slug"))
        .from_subquery(best, Alias::new("best"))
        .add_group_by([col("type"), col("slug")])
        .and_having(Expr::from(Func::count(Expr::col(Asterisk))).eq(n_words));
    select
}

fn select_positions() -> SelectStatement {
    let order = WindowStatement::new()
        .order_by(Alias::new("points"), Order::Desc)
        .order_by(Alias::new("rank"), Order::Asc)
        .order_by(Alias::new("slug"), Order::Asc)
        .to_owned();
    Query::select()
        .columns(["points", "rank", "slug"].map(Alias::new))
        .expr_window_as(Func::cust("row_number"), order, Alias::new("position"))
        .expr_window_as(
            Func::count(Expr::col(Asterisk)),
            WindowStatement::new(),
            Alias::new("total"),
        )
        .from(Alias::new("found"))
        .to_owned()
}

/// Returns the condition that a row of [`select_ranked_hits`] follows a result, which may not exist
/// anymore.
pub(super) fn after_hit_condition(hit: &SearchHit) -> Condition {
    let rank = SearchType::VALUES
        .iter()
        .zip(0_i32..)
        .find(|((value, ..), _)| *value == hit.object_type)
        .map_or(0, |(_, rank)| rank);
    let slug = Condition::all()
        .add(col("rank").eq(rank))
        .add(col("slug").gt(hit.slug.as_ref()));
    let tie_break = Condition::any().add(col("rank").gt(rank)).add(slug);
    let same_points = Condition::all()
        .add(col("points").eq(hit.points))
        .add(tie_break);
    Condition::any()
        .add(col("points").lt(hit.points))
        .add(same_points)
}
