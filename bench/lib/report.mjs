// Formats the results as Markdown.

import { definitions } from "./servers.mjs";
import { growth, index, judge } from "./targets.mjs";
import { WORKLOADS } from "./workloads.mjs";

const CONNECTIONS = [1, 32];
const MB = 1e6;

function table(header, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, i) => (i === 0 ? "---" : "--:"));
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}

/** A number with three significant digits, or rounded to a whole number from 100. */
function short(number) {
  if (number >= 100) return Math.round(number).toLocaleString("en-US");
  return number >= 10 ? number.toFixed(1) : number.toFixed(2);
}

export function report(results) {
  const { cell } = index(results);
  const measured = new Set(results.sizes.flatMap(({ cells }) => cells.map(({ server }) => server)));
  const included = new Set(results.sizes.flatMap(({ cells }) => cells.map(({ workload }) => workload)));
  const servers = definitions({}).filter(({ key }) => measured.has(key));
  const withPostgres = servers.filter(({ usesPostgres }) => usesPostgres);
  const withSqlite = servers.filter(({ usesPostgres }) => !usesPostgres);
  const [workloads, varying] = [false, true].map((isVarying) =>
    WORKLOADS.filter(({ name, servers }) => included.has(name) && Boolean(servers) === isVarying),
  );
  const parts = [intro(results)];

  /** A table with workloads as rows and servers as columns. */
  const byServer = (servers, times, connections, show) =>
    table(
      ["", ...servers.map(({ title }) => title)],
      workloads.map((workload) => [
        workload.title,
        ...servers.map((server) => {
          const result = cell(times, workload.name, server.key);
          const mark = server.notes?.[workload.name] ? " \\*" : "";
          const figures = result?.[connections];
          return figures ? show(figures, workload) + mark : `– (${short(result.oneAnswerSeconds)} s each)`;
        }),
      ]),
    );

  /** The tables of speed of some servers, which are compared with one of ours. */
  const speed = (servers, times, own) =>
    CONNECTIONS.flatMap((connections) => {
      const over = connections === 1 ? "one connection" : `${connections} connections`;
      return [
        `Requests per second, ${over}${measured.has(own) ? "; in parentheses, ours with cache off as a multiple of it" : ""}:`,
        byServer(servers, times, connections, (figures, workload) => {
          const ours = cell(times, workload.name, own)?.[connections];
          return `${short(figures.perSecond)}${ours && ours !== figures ? ` (${short(ours.perSecond / figures.perSecond)}x)` : ""}`;
        }),
        `Milliseconds, ${over}, p50 / p99:`,
        byServer(servers, times, connections, ({ p50, p99 }) => `${short(p50)} / ${short(p99)}`),
      ];
    });

  /** The tables of memory and start-up of some servers. */
  const memoryAndStart = (servers, times, startMs) => [
    "Peak memory in MB, 32 connections:",
    byServer(servers, times, 32, ({ peak }) => String(Math.round(peak / MB))),
    "Start-up in milliseconds, until the first response:",
    table(
      servers.map(({ title }) => title),
      [servers.map(({ key }) => String(Math.round(startMs[key])))],
    ),
  ];

  const ifRequestsDiffer = (times) => {
    const keys = ["cached", "uncached", "mercurius"];
    return table(
      ["", ...keys.map((key) => servers.find((one) => one.key === key)?.title ?? key)],
      varying.map(({ name, title }) => [
        title,
        ...keys.map((key) => {
          const result = cell(times, name, key);
          const figures = [1, 8, 32].flatMap((connections) => result?.[connections]?.perSecond ?? []);
          return figures.length > 0 ? figures.map(short).join(" / ") : "–";
        }),
      ]),
    );
  };

  const notes = (servers) =>
    servers.flatMap(({ title, notes }) =>
      workloads
        .filter(({ name }) => notes?.[name])
        .map(({ name, title: workload }) => `\\* ${title}, ${workload}: ${notes[name]}.`),
    );

  const judged = judge(results);
  parts.push(
    "### Targets",
    "Each target is judged by the workload with the worst result, in parentheses.",
    table(
      ["target", "conditions", "limit", "measured", ""],
      judged.map(({ what, where, limit, figure, met }) => [what, where, limit, figure, met ? "met" : "**not met**"]),
    ),
  );

  for (const { times, startMs, firstLoad, incrementalLoad } of results.sizes) {
    // With PostgreSQL, a size may not have been measured.
    const [sqlite, postgres] = [withSqlite, withPostgres].map((all) => all.filter(({ key }) => key in startMs));
    if (sqlite.length > 0) {
      parts.push(`### ${times}x the data`, ...speed(sqlite, times, "uncached"));
      if (varying.length > 0)
        parts.push(
          "Requests per second if requests differ, over 1 and 32 connections; three numbers are for 1, 8, and 32:",
          ifRequestsDiffer(times),
        );
      parts.push(
        "Processor seconds per 1,000 requests, 32 connections:",
        byServer(sqlite, times, 32, ({ cpuPerThousand }) => short(cpuPerThousand)),
        ...memoryAndStart(sqlite, times, startMs),
        `Loading into an empty database took ${firstLoad.toFixed(1)} s; loading again with one changed row took ${incrementalLoad.toFixed(1)} s.`,
        ...notes(sqlite),
      );
    }
    if (postgres.length > 0) {
      parts.push(
        `### ${times}x the data, PostgreSQL`,
        ...speed(postgres, times, "postgres"),
        "Processor seconds per 1,000 requests of the server and PostgreSQL together, 32 connections; in parentheses, as a multiple of ours with SQLite and cache off:",
        byServer(postgres, times, 32, ({ cpuPerThousand }, workload) => {
          const ours = cell(times, workload.name, "uncached")?.[32];
          return `${short(cpuPerThousand)}${ours ? ` (${short(cpuPerThousand / ours.cpuPerThousand)}x)` : ""}`;
        }),
        ...memoryAndStart(postgres, times, startMs),
        ...notes(postgres),
      );
    }
  }

  const cold = results.sizes.flatMap(({ times, cold }) => cold.map((one) => ({ times, ...one })));
  if (cold.length > 0) {
    parts.push(
      "### The first hundred questions",
      "Median milliseconds of a hundred different questions to our server with its cache off, one after the other; on the right, of those whose document is new too, not only its variables:",
      table(
        ["", "first", "again", "", "new documents, first", "again", ""],
        cold.map(({ times, server, after, newDocuments, ...all }) => [
          `${times}x, ${server === "postgres" ? "PostgreSQL" : "SQLite"}, after ${after}`,
          ...[all, newDocuments].flatMap((medians) =>
            medians
              ? [medians.first.toFixed(2), medians.again.toFixed(2), `${short(medians.first / medians.again)}x`]
              : ["–", "–", "–"],
          ),
        ]),
      ),
    );
  }

  if (results.sizes.length === 2 && servers.length > 0) {
    const [small, large] = results.sizes.map(({ answers }) => new Map(answers.map((one) => [one.workload, one])));
    const ours = servers.filter(({ key }) => key === "cached" || key === "uncached");
    const headers = ours.flatMap(({ title }) => CONNECTIONS.map((connections) => `${title}, ${connections} conn.`));
    parts.push(
      "### Growth",
      "The cost of a response at 100x, as a multiple of its cost at 1x. A response that has more rows at 100x costs more.",
      table(
        ["", "rows", "bytes", ...headers],
        workloads.map(({ name, title }) => [
          title,
          `${small.get(name).rows} → ${large.get(name).rows}`,
          `${short(small.get(name).bytes)} → ${short(large.get(name).bytes)}`,
          ...ours.flatMap(({ key }) =>
            CONNECTIONS.map((connections) => {
              const factor = growth(results, name, key, connections);
              return factor ? short(factor) : "–";
            }),
          ),
        ]),
      ),
    );
  }
  return parts.join("\n\n");
}

function intro({ machine, settings }) {
  const { processor, memory, system, tools, peers, loadBefore, commit, date } = machine;
  return [
    `Measured on ${date} at commit ${commit}. Results are medians of ${settings.rounds} rounds of ${settings.seconds} s.`,
    "",
    table(
      ["machine", ""],
      [
        ["processor", processor],
        ["memory", memory],
        ["system", system],
        ["tools", tools],
        ["peers", peers],
        ["load average before the run", loadBefore],
      ],
    ).replace("| --: |", "| --- |"),
  ].join("\n");
}
