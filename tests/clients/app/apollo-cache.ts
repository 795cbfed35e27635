import type { FieldMergeFunction, FieldPolicy, FieldReadFunction, InMemoryCacheConfig } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";

/** A connection: joins its pages, whether a query selects `edges` or `nodes`. */
function pages(...keyArgs: string[]): FieldPolicy {
  const { read, merge } = relayStylePagination(keyArgs) as { read: FieldReadFunction; merge: FieldMergeFunction };
  return {
    keyArgs,
    read(existing, options) {
      if (!existing?.hasRows) return existing;
      const connection = read(existing, options) as { edges: { node: unknown }[] };
      return { ...connection, nodes: connection.edges.map(({ node }) => node) };
    },
    merge(existing, { nodes, ...incoming }, options) {
      // Without rows, such as if only totalCount is selected, the rows in the cache stay.
      if (!incoming.edges && !nodes)
        return { ...existing, ...incoming, ...(existing?.hasRows && { pageInfo: existing.pageInfo }) };
      // Nodes become edges, and an edge that is known to have the node keeps its cursor.
      const known = new Map(existing?.edges?.map((edge: { node: { __ref: string } }) => [edge.node.__ref, edge]));
      incoming.edges ??= nodes.map((node: { __ref: string }) => known.get(node.__ref) ?? { node });
      const { edges = [], ...rest } = existing ?? {};
      return merge({ ...rest, edges, hasRows: true }, incoming, options);
    },
  };
}

const partnerships = pages("filter", "orderBy");
const cities = pages("filter", "orderBy");
const figures = pages("filter");

/** Combines the fields that different queries select of objects without ids, in lists too. */
function combine(existing: unknown, incoming: unknown): unknown {
  if (Array.isArray(existing) && Array.isArray(incoming) && existing.length === incoming.length) {
    return incoming.map((item, index) => combine(existing[index], item));
  }
  if (!isPart(existing) || !isPart(incoming)) return incoming;
  const fields = Object.entries(incoming).map(([name, value]) => [name, combine(existing[name], value)]);
  return { ...existing, ...Object.fromEntries(fields) };
}

/** Whether a value is an object that the cache stores inside of another one, not a reference. */
function isPart(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("__ref" in value);
}

/** A field with a list of objects without ids, or a type without an id. */
const part = { merge: combine };

/** The server has one object of the type. */
const single = { keyFields: [] as const };

export const cacheOptions: InMemoryCacheConfig = {
  possibleTypes: {
    Community: ["City", "Province", "State"],
    Figure: ["PublishedStatistic", "RespondentAggregate"],
    Node: [
      "City",
      "Country",
      "Identity",
      "Partnership",
      "Province",
      "PublishedStatistic",
      "Question",
      "Region",
      "RespondentAggregate",
      "Source",
      "State",
      "Survey",
    ],
    SearchItem: ["City", "Country", "Partnership", "Province", "State"],
  },
  typePolicies: {
    Query: {
      fields: {
        states: pages("filter", "orderBy"),
        countries: pages("filter", "orderBy"),
        cities,
        partnerships,
        respondentAggregates: figures,
        publishedStatistics: figures,
        search: pages("text", "types"),
        coverage: part,
        awareness: part,
        changes: part,
        matches: part,
        tabulate: part,
        trend: part,
      },
    },
    City: { fields: { partnerships, alternateNames: part } },
    Country: {
      fields: { cities, partnerships, respondentAggregates: figures, publishedStatistics: figures },
    },
    Province: { fields: { cities, partnerships } },
    Region: { fields: { partnerships, respondentAggregates: figures, publishedStatistics: figures } },
    State: { fields: { cities, partnerships, publishedStatistics: figures } },
    Question: { fields: { respondentAggregates: figures, askedOf: part } },
    Partnership: { fields: { claims: part, notes: part } },
    PartnershipConnection: { fields: { groups: part } },
    RespondentAggregate: { fields: { outcome: part, given: part } },
    Survey: { fields: { disclosure: part } },
    AwarenessRow: { fields: { gaps: part } },
    Comparison: { fields: { tests: part }, ...part },
    Match: { fields: { reasons: part, restrictions: part } },
    MatchModel: { ...single, fields: { coefficients: part, metrics: part } },
    Plan: { fields: { pairs: part }, ...part },
    PlanPair: { fields: { restrictions: part } },
    Dataset: { ...single, fields: { history: part, latest: part } },
    Limits: single,
    Base: part,
    Concentration: part,
    Coordinates: part,
    CountRange: part,
    GroupKey: part,
    IndependenceTest: part,
    MarginOfError: part,
    Quantity: part,
    Tabulation: { fields: { rows: part }, ...part },
    TabulationRow: { fields: { cells: part } },
  },
};
