import { ask } from "../graphql/client.ts";
import { DecadesDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { count } from "../wording/numbers.ts";
import { type Chart, type Narrowed, tableOf } from "./chart.ts";
import { Plot, svg } from "./plot.ts";

/** When agreements were made, under the filter of the map. */
export async function decadesChart(narrowed?: Narrowed): Promise<Chart> {
  const variables = narrowed ? { filter: narrowed.filter } : {};
  const { partnerships } = await ask(DecadesDocument, variables);
  const counts = new Map<string, { decade: number | null; label: string; count: number }>();
  for (const {
    key: [decade],
    count,
  } of partnerships.groups) {
    if (!decade) continue;
    const name = decade.value ?? "";
    const row = counts.get(name) ?? {
      decade: decade.value === null ? null : Number(decade.value),
      label: decade.value === null ? "Not known" : `${decade.value}s`,
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
  const best = rows.toSorted((a, b) => b.count - a.count)[0];

  return {
    finding: best
      ? `Of the ties with a known year, most were made in the ${best.label} (${count(best.count)}). The year of ${count(undated?.count ?? 0)} of ${count(partnerships.totalCount)} is not known.`
      : "No year is known of any of these ties.",
    description: "Columns of the partnerships made in each decade, and apart from them those whose year is not known.",
    draw(width) {
      return svg({
        width,
        height: 270,
        marginTop: 22,
        marginBottom: 34,
        marginLeft: 4,
        marginRight: 4,
        x: {
          domain: bars.map(({ label }) => label),
          label: null,
          tickSize: 0,
          tickFormat: (label: string) =>
            width < 480 ? label.replace(/^\d\d(\d0)s$/, "’$1s").replace("Not known", "?") : label,
        },
        y: { axis: null },
        marks: [
          Plot.barY(rows, { x: "label", y: "count", fill: "var(--series-1)", insetLeft: 3, insetRight: 3 }),
          Plot.barY(undated ? [undated] : [], {
            x: "label",
            y: "count",
            fill: "var(--series-muted)",
            insetLeft: 3,
            insetRight: 3,
          }),
          Plot.text(bars, {
            x: "label",
            y: "count",
            text: (row: (typeof bars)[number]) => count(row.count),
            dy: -9,
            fontWeight: 600,
          }),
          Plot.ruleY([0], { stroke: "var(--line-strong)" }),
        ],
      });
    },
    key: [
      { token: "--series-1", label: "Made in the decade", mark: "bar" },
      { token: "--series-muted", label: "Year not known", mark: "bar" },
    ],
    table: tableOf(bars, [
      { label: "Decade", of: ({ label }) => label },
      { label: "Partnerships", of: ({ count }) => count },
    ]),
    base: `${count(partnerships.totalCount)} partnerships of every status${narrowed ? `: ${narrowed.within}` : ""}.`,
    source: "This data set",
    caveats: [
      "A year that sources name differently is the one in most of them; the notes of the partnership tell.",
      "The fewer recent agreements may be fewer in the sources, too: young ties take time to reach lists.",
    ],
    query: playgroundHref(DecadesDocument, variables),
  };
}
