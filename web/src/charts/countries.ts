import { ask } from "../graphql/client.ts";
import { CountriesRecordedAndPublishedDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { count } from "../wording/numbers.ts";
import { FLAG } from "../wording/terms.ts";
import { type Chart, tableOf } from "./chart.ts";
import { Plot, names, svg } from "./plot.ts";

const SHOWN = 12;

/** The partner countries with the most ties: what is recorded beside what was published. */
export async function countriesChart(): Promise<Chart> {
  const { coverage } = await ask(CountriesRecordedAndPublishedDocument);
  const rows = coverage
    .map(({ key, recorded, published, ratio, note }) => ({
      name: key.label,
      recorded,
      published: published?.quantity.value ?? null,
      ratio,
      note,
      flags: published?.flags ?? [],
      from: published?.source,
      remark: published?.note ?? null,
    }))
    .sort((a, b) => b.recorded - a.recorded);
  const top = rows.slice(0, SHOWN);
  const both = rows.filter(({ published }) => published !== null);
  const furthest = both.toSorted((a, b) => (b.ratio ?? 0) - (a.ratio ?? 0))[0];
  const flags = [...new Set(both.flatMap((row) => row.flags))];

  return {
    finding: furthest
      ? `A count was published of ${both.length} countries; more is recorded here of ${both.every(({ ratio }) => (ratio ?? 0) > 1) ? "each" : both.filter(({ ratio }) => (ratio ?? 0) > 1).length}, for the published counts are older and narrower. The gap is widest for ${furthest.name}: ${count(furthest.recorded)} recorded, ${count(furthest.published ?? 0)} published.`
      : "",
    description: `Bars of the ${top.length} countries with the most recorded partnerships, with a mark where a count was published.`,
    draw(width) {
      return svg({
        width,
        height: top.length * 28 + 20,
        marginLeft: 104,
        marginRight: 92,
        marginTop: 4,
        marginBottom: 4,
        x: { axis: null, domain: [0, Math.max(...rows.map(({ recorded }) => recorded))] },
        y: { ...names, domain: top.map(({ name }) => name) },
        marks: [
          Plot.barX(top, { x: "recorded", y: "name", fill: "var(--series-1)", insetTop: 4, insetBottom: 4 }),
          Plot.tickX(top, { x: "published", y: "name", stroke: "var(--series-2)", strokeWidth: 4 }),
          Plot.text(top, {
            x: "recorded",
            y: "name",
            dx: 8,
            textAnchor: "start",
            text: (row: (typeof rows)[number]) =>
              row.published === null ? count(row.recorded) : `${count(row.recorded)} / ${count(row.published)}`,
          }),
        ],
      });
    },
    key: [
      { token: "--series-1", label: "Recorded here, without what has ended", mark: "bar" },
      { token: "--series-2", label: "Published", mark: "line" },
    ],
    table: tableOf(rows, [
      { label: "Country", of: ({ name }) => name },
      { label: "Recorded", of: ({ recorded }) => recorded },
      { label: "Published", of: ({ published }) => published },
      { label: "Recorded / published", of: ({ ratio }) => (ratio === null ? null : Math.round(ratio * 100) / 100) },
      {
        label: "What to know",
        of: ({ note, remark, flags }) =>
          [note, ...flags.map((flag) => FLAG[flag]), remark].filter(Boolean).join(" ") || null,
      },
    ]),
    base: "Partnerships between communities of the United States and of each country, without those that have ended.",
    source: [
      "Recorded: this data set",
      ...new Set(both.flatMap(({ from }) => (from ? [`published: ${from.title}, ${from.asOf}`] : []))),
    ].join("; "),
    caveats: [
      "More recorded than published does not mean complete.",
      ...flags.map((flag) => `Published counts: ${FLAG[flag].charAt(0).toLowerCase()}${FLAG[flag].slice(1)}`),
      ...new Set(both.flatMap(({ remark }) => (remark ? [remark] : []))),
      ...top.flatMap(({ name, note }) => (note ? [`${name}: ${note}`] : [])),
    ],
    query: playgroundHref(CountriesRecordedAndPublishedDocument),
  };
}
