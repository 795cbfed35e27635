import { type Chart, toTable } from "../charts/chart.ts";
import { Plot, combine, plotSvg } from "../charts/plot.ts";
import { formatCount, formatList, formatNumber } from "../wording/format.ts";
import { type Side, busiestDecades } from "./sides.ts";

/** The partnerships of two sides by decade, in two drawings with the same axes. At least one founding year must be known. */
export function decadesComparison(a: Side, b: Side, query: string): Chart {
  const years = [...a.decades.keys(), ...b.decades.keys()];
  const [first, last] = [Math.min(...years), Math.max(...years)];
  const rows = Array.from({ length: (last - first) / 10 + 1 }, (_, index) => {
    const decade = first + 10 * index;
    return { label: `${decade}s`, a: a.decades.get(decade) ?? 0, b: b.decades.get(decade) ?? 0 };
  });
  const sides = (
    [
      { key: "a", side: a, token: "--series-1" },
      { key: "b", side: b, token: "--series-2" },
    ] as const
  ).filter(({ side }) => side.total > 0);
  const most = Math.max(1, ...rows.flatMap((row) => [row.a, row.b]));
  const dated = (side: Side) => [...side.decades.values()].reduce((sum, count) => sum + count, 0);
  const known = `Founding years are known for ${formatList(sides.map(({ side }) => `${formatNumber(dated(side))} of ${formatCount(side.total, "partnership")} of ${side.name}`))}.`;

  return {
    headline: busiestDecades(a, b),
    details: known,
    description: `${sides.length === 1 ? "A bar chart" : "Two bar charts with the same axes"}: the partnerships ${formatList(sides.map(({ side }) => `of ${side.name}`))} by founding decade.`,
    draw(width) {
      return combine(
        sides.map(({ key, side, token }, index) =>
          plotSvg({
            width,
            height: index < sides.length - 1 ? 140 : 164,
            marginTop: 36,
            marginBottom: index < sides.length - 1 ? 6 : 30,
            marginLeft: 4,
            marginRight: 4,
            x: {
              domain: rows.map(({ label }) => label),
              label: null,
              tickSize: 0,
              tickFormat: (label: string) =>
                index < sides.length - 1 ? "" : width < 480 ? label.replace(/^\d\d(\d0)s$/, "’$1s") : label,
            },
            y: { axis: null, domain: [0, most] },
            marks: [
              Plot.text([side.name], {
                frameAnchor: "top-left",
                textAnchor: "start",
                dy: -30,
                fontWeight: 600,
              }),
              Plot.barY(rows, { x: "label", y: key, fill: `var(${token})`, insetLeft: 3, insetRight: 3 }),
              Plot.text(
                rows.filter((row) => row[key] > 0),
                {
                  x: "label",
                  y: key,
                  text: (row: (typeof rows)[number]) => formatNumber(row[key]),
                  dy: -9,
                  fontWeight: 600,
                },
              ),
              Plot.ruleY([0], { stroke: "var(--line-strong)" }),
            ],
          }),
        ),
        true,
      );
    },
    key: sides.map(({ side, token }) => ({ token, label: `Partnerships of ${side.name}`, mark: "bar" as const })),
    table: toTable(rows, [
      { label: "Decade", value: ({ label }) => label },
      { label: a.name, value: (row) => row.a },
      { label: b.name, value: (row) => row.b },
    ]),
    base: `${[a, b].map((side) => `${side.name}: ${formatCount(side.total, "partnership")}`).join("; ")}, including those that have ended.`,
    source: "Sistergraph",
    caveats: [
      "Partnerships whose founding year is unknown are in no decade.",
      "Recent decades may be undercounted: new partnerships take time to be listed.",
    ],
    query,
  };
}
