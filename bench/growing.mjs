// Times the queries that read more if there is more data: node bench/growing.mjs BINARY DATABASE_URL
//
// docs/scale.md has the results for a hundred times the data, which `sistergraph generate --times 100 --seed 1` writes.

import { resolve } from "node:path";
import { timeFirstAndLater } from "./lib/first-and-later.mjs";

const groups = (by) => `groups(by: [${by}]) { key { label } count }`;
const page = "totalCount nodes { slug }";

const QUERIES = {
  "one state": '{ state(code: "KS") { name } }',
  "page of 50": '{ partnerships(first: 50, filter: { country: { code: { eq: "JP" } } }) { nodes { slug } } }',
  "total of all": "{ partnerships(first: 1) { totalCount } }",
  "total under a filter": "{ partnerships(first: 1, filter: { establishedYear: { gte: 1980 } }) { totalCount } }",
  "regions with totals": `{ regions { id population partnerships(first: 5) { ${page} } } }`,
  "states with totals and groups": `{ states { nodes { code partnerships(first: 5) { ${page} ${groups("COUNTRY")} } } } }`,
  "groups by state": `{ partnerships { ${groups("STATE")} } }`,
  "groups by state and country, filtered": `{ partnerships(filter: { establishedYear: { gte: 1980 } }) { ${groups("STATE, COUNTRY")} } }`,
  coverage: "{ coverage(by: STATE) { key { label } recorded ratio } }",
  "concentration by `US_COMMUNITY`": "{ concentration(by: US_COMMUNITY) { groups hhi gini topShare capitalShare } }",
  "search, a rare word": '{ search(text: "sapporo") { totalCount edges { cursor } } }',
  "search, a common word": '{ search(text: "san") { totalCount edges { cursor } } }',
  "search, two words": '{ search(text: "san japan") { totalCount edges { cursor } } }',
  "names that contain a text": `{ cities(filter: { name: { contains: "spring" } }) { ${page} } }`,
  "places near a point": `{ cities(filter: { near: { latitude: 37.77, longitude: -122.42, km: 60 } }) { ${page} } }`,
};

const [binary, databaseUrl] = process.argv.slice(2);
if (!databaseUrl) throw new Error("enter a release build and a database: node bench/growing.mjs BINARY DATABASE_URL");
await timeFirstAndLater({ binary: resolve(binary), databaseUrl, queries: QUERIES, requests: 9, starts: 3 });
