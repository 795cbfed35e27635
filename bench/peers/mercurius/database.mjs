// Prepared statements. Columns have the names of the GraphQL fields.

import Database from "better-sqlite3";

export function open(path) {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  const prepared = new Map();

  /** The prepared statement for an SQL text. There are few texts, one for each combination of filters. */
  function statement(text) {
    let existing = prepared.get(text);
    if (!existing) prepared.set(text, (existing = database.prepare(text)));
    return existing;
  }

  const COMMUNITY = `id as slug, type, kind, code, name, population, latitude, longitude,
    census_division as censusDivision, region_id as regionId`;
  const PARTNERSHIP = `partnership.id as slug, level, status, established_year as establishedYear, distance_km as distanceKm,
    corroborated, us_id as usId, partner_id as partnerId, state_id as stateId`;

  const stateByCode = database.prepare(`select ${COMMUNITY} from community where code = ?`);
  const states = database.prepare(`select ${COMMUNITY} from community where type = 'STATE' order by id limit ?`);
  const communities = database.prepare(
    `select ${COMMUNITY} from community where id in (select value from json_each(?))`,
  );
  // The subquery finds the ids in the index of each state, so that only the rows of the pages are read.
  const partnershipsOfStates = database.prepare(`
    select parent.value as parent, ${PARTNERSHIP}
    from json_each(?) as parent
    join partnership on partnership.id in (select id from partnership where state_id = parent.value order by id limit ?)
    order by parent.key, partnership.id`);
  const aggregatesOfRegions = database.prepare(`
    select region_id as parent, id as slug, percent, direction, base_description as description, base_n as n
    from respondent_aggregate
    where region_id in (select value from json_each(?)) and question_id = ifnull(?, question_id)
    order by position, id`);

  /** The SQL condition of a filter, and its bind values. */
  function condition(filter) {
    const parts = [];
    const values = [];
    const country = filter?.country?.code?.eq;
    if (country != null) {
      parts.push("country_id = ?");
      values.push(country);
    }
    const since = filter?.establishedYear?.gte;
    if (since != null) {
      parts.push("established_year_asc >= ? and established_year is not null");
      values.push(since);
    }
    return { where: parts.length ? `where ${parts.join(" and ")}` : "", values };
  }

  // Generated sort columns, in which rows without a year come last in both directions.
  const ORDERS = { ASC: "established_year_asc,", DESC: "established_year_desc," };
  const GROUPS = {
    STATE: { column: "state_id", table: "community", value: "code" },
    COUNTRY: { column: "country_id", table: "country", value: "id" },
  };

  return {
    stateByCode: (code) => stateByCode.get(code),
    states: (first) => states.all(first),
    communities: (ids) => communities.all(JSON.stringify(ids)),
    partnershipsOfStates: (ids, first) => partnershipsOfStates.all(JSON.stringify(ids), first),
    aggregatesOfRegions: (ids, question) => aggregatesOfRegions.all(JSON.stringify(ids), question ?? null),

    partnerships(filter, orderBy, first) {
      const { where, values } = condition(filter);
      const order = (orderBy ?? []).map(({ direction }) => ORDERS[direction ?? "ASC"]);
      return statement(`select ${PARTNERSHIP} from partnership ${where} order by ${order.join("")} id limit ?`).all(
        ...values,
        first,
      );
    },

    count(filter) {
      const { where, values } = condition(filter);
      return statement(`select count(*) from partnership ${where}`)
        .pluck()
        .get(...values);
    },

    groups(filter, dimension) {
      const { where, values } = condition(filter);
      const { column, table, value } = GROUPS[dimension];
      return statement(`
        select named.${value} as value, named.name as label, counted.n as count
        from (select ${column} as id, count(*) as n from partnership ${where} group by ${column}) as counted
        join ${table} as named on named.id = counted.id
        order by counted.n desc, named.${value}`).all(...values);
    },
  };
}
