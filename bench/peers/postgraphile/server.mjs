// The tables as PostGraphile serves them: node server.mjs DATABASE_URL PORT WORKERS

import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { TYPES } from "postgraphile/@dataplan/pg";
import { addPgTableCondition } from "postgraphile/utils";
import { serveInWorkers } from "../workers.mjs";

const [url, port, workers] = process.argv.slice(2);

/** The partnerships since a year, which PostGraphile's own conditions cannot express: they compare only for equality. */
const since = addPgTableCondition(
  { schemaName: "public", tableName: "partnership" },
  "since",
  ({ graphql }) => ({ type: graphql.GraphQLInt }),
  (year, { sql, sqlTableAlias, sqlValueWithCodec }) =>
    sql`${sqlTableAlias}.established_year_asc >= ${sqlValueWithCodec(year, TYPES.int)} and ${sqlTableAlias}.established_year is not null`,
);

await serveInWorkers(Number(workers), async () => {
  const serv = postgraphile({
    extends: [PostGraphileAmberPreset],
    plugins: [since],
    pgServices: [makePgService({ connectionString: url, schemas: ["public"], pubsub: false })],
    schema: { defaultBehavior: "-insert -update -delete" },
    grafserv: { graphiql: false, watch: false },
  }).createServ(grafserv);
  const server = createServer();
  await serv.addTo(server);
  server.listen(Number(port), "127.0.0.1");
});
