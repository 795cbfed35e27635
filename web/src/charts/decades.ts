import { request } from "../graphql/client.ts";
import { DecadesDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { formatCount, formatNumber } from "../wording/format.ts";
import { type Chart, type MapFilter, toTable } from "./chart.ts";
import { Plot, combine, plotSvg } from "./plot.ts";

/** Partnerships by founding decade, for those that match the filters of the map. */
export async function decadesChart(mapFilter?: MapFilter): Promise<Chart> {
  const table = mapFilter?.table ?? "partnerships";
  const variables = mapFilter ? { filter: mapFilter.filter } : {};
  const { partnerships } = await request(DecadesDocument, variables);
  const counts = new Map<string, { decade: number | null; label: string; count: number }>();
  for (const {
    key: [decade],
    count,
  } of partnerships.groups) {
    if (!decade) continue;
    const name = decade.value ?? "";
    const row = counts.get(name) ?? {
      decade: decade.value === null ? null : Number(decade.value),
      label: decade.value === null ? "Unknown" : `${decade.value}s`,
      count: 0,
    };
    row.count += count;
    counts.set(name, row);
  }
  const dated = [...counts.values()]
    .filter(({ decade }) => decade !== null)
    .sort((a, b) => (a.decade ?? 0) - (b.decade ?? 0));
  const undated = counts.get("");
  const first = dated[0]?.decade ?? 0;
  const rows =
    dated.length === 0
      ? []
      : Array.from({ length: ((dated.at(-1)?.decade ?? first) - first) / 10 + 1 }, (_, index) => {
          const decade = first + 10 * index;
          return dated.find((row) => row.decade === decade) ?? { decade, label: `${decade}s`, count: 0 };
        });
  const bars = [...rows, ...(undated ? [undated] : [])];
  const known = dated.reduce((sum, { count }) => sum + count, 0);
  const peak = rows.toSorted((a, b) => b.count - a.count)[0];

  return {
    headline: peak
      ? `Among partnerships with a known founding year, the ${peak.label} have the most (${formatNumber(peak.count)}).`
      : undated
        ? "The founding year of these partnerships is unknown."
        : "Nothing to show.",
    details:
      peak && undated
        ? `The founding year of ${formatNumber(undated.count)} of ${formatCount(partnerships.totalCount, "partnership")} is unknown.`
        : "",
    description:
      "Column chart of the partnerships founded in each decade, above a bar that shows how many have a known founding year.",
    draw(width) {
      const columns = plotSvg({
        width,
        height: 250,
        marginTop: 22,
        marginBottom: 34,
        marginLeft: 4,
        marginRight: 4,
        x: {
          domain: rows.map(({ label }) => label),
          label: null,
          tickSize: 0,
          tickFormat: (label: string) => (width < 480 ? label.replace(/^\d\d(\d0)s$/, "’$1s") : label),
        },
        y: { axis: null },
        marks: [
          Plot.barY(rows, { x: "label", y: "count", fill: "var(--series-1)", insetLeft: 3, insetRight: 3 }),
          Plot.text(rows, {
            x: "label",
            y: "count",
            text: (row: (typeof rows)[number]) => formatNumber(row.count),
            dy: -9,
            fontWeight: 600,
          }),
          Plot.ruleY([0], { stroke: "var(--line-strong)" }),
        ],
      });
      return undated ? combine([columns, knownStrip(width, known, undated.count)], true) : columns;
    },
    key: [
      { token: "--series-1", label: "Founding year known", mark: "bar" },
      ...(undated ? [{ token: "--series-muted", label: "Founding year unknown", mark: "bar" as const }] : []),
    ],
    table: toTable(bars, [
      { label: "Decade", value: ({ label }) => label },
      {
        label: "Partnerships",
        value: ({ count }) => count,
        counted: ({ decade }) => `${table}${table.includes("?") ? "&" : "?"}decade=${decade ?? "unknown"}`,
      },
    ]),
    counted: table,
    base: `${formatCount(partnerships.totalCount, "partnership")}, including those that have ended.${mapFilter ? ` Filters: ${mapFilter.description}.` : ""}`,
    source: "Sistergraph",
    caveats: [
      "If sources give different founding years, we use one of them and list the others in the notes of the partnership.",
      "Recent decades may be undercounted: new partnerships take time to be listed.",
    ],
    query: playgroundHref(DecadesDocument, variables),
  };
}

/** A bar of all partnerships with a scale of its own, so that the unknown founding years do not flatten the decades. */
function knownStrip(width: number, known: number, unknown: number): SVGSVGElement {
  const end = known + unknown;
  return plotSvg({
    width,
    height: 44,
    marginTop: 20,
    marginBottom: 6,
    marginLeft: 4,
    marginRight: 4,
    x: { axis: null, domain: [0, end] },
    marks: [
      Plot.barX([{ known }], { x1: 0, x2: "known", fill: "var(--series-1)" }),
      Plot.barX([{ known }], { x1: "known", x2: end, fill: "var(--series-muted)" }),
      Plot.text([`Founding year known: ${formatNumber(known)}`], {
        frameAnchor: "top-left",
        textAnchor: "start",
        dy: -16,
        fontWeight: 600,
      }),
      Plot.text([`Unknown: ${formatNumber(unknown)}`], {
        frameAnchor: "top-right",
        textAnchor: "end",
        dy: -16,
        fontWeight: 600,
      }),
    ],
  });
}
