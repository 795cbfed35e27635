// The performance targets. Each is judged by the workload with the worst result.

const MB = 1e6;

/** The results of a run, accessible as `cell(times, workload, server)[connections]`. */
export function index(results) {
  const sizes = new Map(results.sizes.map((size) => [size.times, size]));
  const cells = new Map();
  for (const { times, cells: all } of results.sizes) {
    for (const cell of all) cells.set(`${times} ${cell.workload} ${cell.server}`, cell);
  }
  return { sizes, cell: (times, workload, server) => cells.get(`${times} ${workload} ${server}`) };
}

const NESTED = ["states", "deep", "map"];
const EVERY = ["state", "page", "states", "deep", "groups", "map"];

/** Minimum ratios of requests per second of `server` to `other`. */
const RATIOS = [
  { what: "cache on, vs. static floor", server: "cached", other: "static", workloads: EVERY, least: 0.9 },
  { what: "cache off, vs. SQL floor", server: "uncached", other: "sql", workloads: EVERY, least: 0.9 },
  ...[
    ["nested", NESTED, 4.5],
    ["groups", ["groups"], 2.5],
    ["point and page", ["state", "page"], 1.5],
    ["one of 50 states in turn", ["state-varying"], 1.5],
    ["page of 50, new variables", ["page-varying"], 2],
    ["all states, new variables", ["states-varying"], 4],
    ["100 deep, new variables", ["deep-varying"], 3.5],
    ["new documents", ["documents"], 6],
  ].map(([what, workloads, least]) => ({
    what: `cache off, ${what}, vs. mercurius`,
    server: "uncached",
    other: "mercurius",
    workloads,
    least,
  })),
  ...[
    ["nested", NESTED, 15],
    ["groups", ["groups"], 2],
    ["point and page", ["state", "page"], 1.3],
  ].map(([what, workloads, least]) => ({
    what: `cache off, ${what}, vs. seaography`,
    server: "uncached",
    other: "seaography",
    workloads,
    least,
  })),
  ...[
    ["nested", NESTED, 6],
    ["point and page", ["state", "page"], 3],
  ].map(([what, workloads, least]) => ({
    what: `PostgreSQL, cache off, ${what}, vs. PostGraphile`,
    server: "postgres",
    other: "postgraphile",
    workloads,
    least,
  })),
  {
    what: "cache on, vs. cache off, answers that do not repeat",
    server: "cached",
    other: "uncached",
    workloads: ["rotating", "page-varying"],
    least: 0.95,
  },
];

const lowest = (figures) =>
  figures.reduce((low, one) => (low === undefined || one.figure < low.figure ? one : low), undefined);
const highest = (figures) =>
  figures.reduce((high, one) => (high === undefined || one.figure > high.figure ? one : high), undefined);

/** The cost of a request at 100x, as a multiple of the cost at 1x. */
export function growth(results, workload, server, connections) {
  const { cell } = index(results);
  const [small, large] = [1, 100].map((times) => cell(times, workload, server)?.[connections]?.perSecond);
  return small && large ? small / large : undefined;
}

/** A row for each target: its name, conditions, result, limit, and whether it is met. */
export function judge(results) {
  const { sizes, cell } = index(results);
  const lines = [];
  const line = (what, where, worst, limit, met, show) => {
    if (worst !== undefined)
      lines.push({ what, where, figure: show(worst), limit: show({ figure: limit }), met: met(worst.figure) });
  };
  const ratio = ({ figure, workload }) => `${figure.toFixed(2)}x${workload ? ` (${workload})` : ""}`;
  for (const { what, server, other, workloads, least } of RATIOS) {
    for (const times of sizes.keys()) {
      for (const connections of [1, 8, 32]) {
        const figures = workloads.flatMap((workload) => {
          const [ours, theirs] = [server, other].map((key) => cell(times, workload, key)?.[connections]?.perSecond);
          return ours && theirs ? [{ workload, figure: ours / theirs }] : [];
        });
        line(what, `${times}x, ${connections} conn.`, lowest(figures), least, (figure) => figure >= least, ratio);
      }
    }
  }
  for (const server of ["uncached", "cached"]) {
    const which = server === "cached" ? "cache on" : "cache off";
    for (const [what, workloads, most] of [
      ["point, page, nested page", ["state", "page", "deep"], 1.3],
      ["groups and counts", ["groups"], 3],
    ]) {
      for (const connections of [1, 32]) {
        const figures = workloads.flatMap((workload) => {
          const figure = growth(results, workload, server, connections);
          return figure ? [{ workload, figure }] : [];
        });
        line(
          `${which}, cost at 100x vs. 1x, ${what}`,
          `${connections} conn.`,
          highest(figures),
          most,
          (figure) => figure <= most,
          ratio,
        );
      }
    }
  }
  // The processor time of our server and PostgreSQL together, as a multiple of that of our server with SQLite.
  for (const [what, workloads, most] of [
    ["map", ["map"], 1.6],
    ["states and deep", ["states", "deep"], 2],
    ["state, page, and groups", ["state", "page", "groups"], 3.5],
  ]) {
    for (const times of sizes.keys()) {
      const figures = workloads.flatMap((workload) => {
        const [postgres, sqlite] = ["postgres", "uncached"].map(
          (key) => cell(times, workload, key)?.[32]?.cpuPerThousand,
        );
        return postgres && sqlite ? [{ workload, figure: postgres / sqlite }] : [];
      });
      line(
        `PostgreSQL, processor time, ${what}, vs. SQLite`,
        `${times}x, 32 conn.`,
        highest(figures),
        most,
        (figure) => figure <= most,
        ratio,
      );
    }
  }
  for (const [times, { cold }] of sizes) {
    for (const { server, after, first, again } of cold) {
      const database = server === "postgres" ? "PostgreSQL" : "SQLite";
      line(
        `cache off, first hundred questions after ${after} vs. again`,
        `${times}x, ${database}`,
        { figure: first / again },
        2,
        (figure) => figure <= 2,
        ratio,
      );
    }
  }
  const small = sizes.get(1);
  const megabytes = ({ figure, workload }) => `${Math.round(figure / MB)} MB${workload ? ` (${workload})` : ""}`;
  const milliseconds = ({ figure }) => `${Math.round(figure)} ms`;
  const seconds = ({ figure }) => `${figure.toFixed(1)} s`;
  for (const server of ["cached", "uncached"]) {
    const which = server === "cached" ? "cache on" : "cache off";
    for (const size of sizes.values()) {
      const most = (size.times === 1 ? 60 : 150) * MB;
      const peaks = EVERY.flatMap((workload) => {
        const figure = cell(size.times, workload, server)?.[32]?.peak;
        return figure ? [{ workload, figure }] : [];
      });
      line(
        `${which}, peak memory`,
        `${size.times}x, 32 conn.`,
        highest(peaks),
        most,
        (figure) => figure <= most,
        megabytes,
      );
      const figure = size.startMs[server];
      if (figure)
        line(`${which}, start-up`, `${size.times}x`, { figure }, 100, (figure) => figure <= 100, milliseconds);
    }
  }
  if (small) line("incremental load", "1x", { figure: small.incrementalLoad }, 2, (figure) => figure <= 2, seconds);
  const large = sizes.get(100);
  if (large) line("first load", "100x", { figure: large.firstLoad }, 20, (figure) => figure <= 20, seconds);
  if (large) line("incremental load", "100x", { figure: large.incrementalLoad }, 60, (figure) => figure <= 60, seconds);
  return lines;
}
