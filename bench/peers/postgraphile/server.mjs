// The tables as PostGraphile serves them: node server.mjs DATABASE_URL PORT WORKERS

import cluster from "node:cluster";
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { TYPES } from "postgraphile/@dataplan/pg";
import { addPgTableCondition } from "postgraphile/utils";

const [url, port, workers] = process.argv.slice(2);

/** The partnerships since a year, which PostGraphile's own conditions cannot express: they compare only for equality. */
const since = addPgTableCondition(
  { schemaName: "public", tableName: "partnership" },
  "since",
  ({ graphql }) => ({ type: graphql.GraphQLInt }),
  (year, { sql, sqlTableAlias, sqlValueWithCodec }) =>
    sql`${sqlTableAlias}.established_year_asc >= ${sqlValueWithCodec(year, TYPES.int)} and ${sqlTableAlias}.established_year is not null`,
);

if (cluster.isPrimary && Number(workers) > 1) {
  // Worker processes that share the port, because Node runs JavaScript on one thread.
  for (let i = 0; i < Number(workers); i += 1) cluster.fork();
  process.on("SIGTERM", () => {
    for (const worker of Object.values(cluster.workers)) worker.kill();
    process.exit();
  });
} else {
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
}
