import { request } from "../graphql/client.ts";
import { CountriesRecordedAndPublishedDocument } from "../graphql/generated.ts";
import { recordedIn } from "../figures/recorded.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { formatNumber, inWords } from "../wording/format.ts";
import { FLAG } from "../wording/terms.ts";
import { type Chart, toTable } from "./chart.ts";
import { categoryAxis, pairedBars, plotSvg } from "./plot.ts";

const SHOWN = 12;

/** The partner countries with the most partnerships, as recorded here and as published. */
export async function countriesChart(): Promise<Chart> {
  const answer = await request(CountriesRecordedAndPublishedDocument);
  const rows = answer.coverage
    .map(({ key, ...row }) => ({ ...row, name: key.label, ...recordedIn(answer, "COUNTRY", key.value) }))
    .map(({ name, count, ended, counted, published, note }) => ({
      name,
      recorded: count,
      ended,
      counted,
      published: published?.quantity.value ?? null,
      ratio: published?.quantity.value ? count / published.quantity.value : null,
      note,
      flags: published?.flags ?? [],
      source: published?.source,
      publishedNote: published?.note ?? null,
    }))
    .sort((a, b) => b.recorded - a.recorded);
  const top = rows.slice(0, SHOWN);
  const comparable = rows.filter(({ published }) => published !== null);
  const widest = comparable.toSorted((a, b) => (b.ratio ?? 0) - (a.ratio ?? 0))[0];
  const higher = comparable.filter(({ ratio }) => (ratio ?? 0) > 1).length;
  const flags = [...new Set(comparable.flatMap((row) => row.flags))];

  return {
    headline: widest
      ? `We record more partnerships than were published for ${higher === comparable.length ? `all ${inWords(higher)}` : `${inWords(higher)} of the ${inWords(comparable.length)}`} countries with a published count.`
      : "No counts by country have been published.",
    details: widest
      ? `The published counts are older and narrower. In relative terms, the gap is widest for ${widest.name}: ${formatNumber(widest.recorded)} recorded, ${formatNumber(widest.published ?? 0)} published.`
      : "",
    description: `Bar chart of the ${top.length} countries with the most recorded partnerships, with a second bar for the published count if there is one.`,
    draw(width) {
      const rowHeight = 36;
      return plotSvg({
        width,
        height: top.length * rowHeight + 8,
        marginLeft: 104,
        marginRight: 52,
        marginTop: 4,
        marginBottom: 4,
        x: {
          axis: null,
          domain: [0, Math.max(...top.flatMap(({ recorded, published }) => [recorded, published ?? 0]))],
        },
        y: { ...categoryAxis, padding: 0.1, domain: top.map(({ name }) => name) },
        marks: pairedBars(top, rowHeight * 0.9),
      });
    },
    key: [
      { token: "--series-1", label: "Recorded here, including those that have ended", mark: "bar" },
      { token: "--series-2", label: "Published count", mark: "bar" },
    ],
    table: toTable(rows, [
      { label: "Country", value: ({ name }) => name },
      { label: "Recorded", value: ({ recorded }) => recorded, counted: ({ counted }) => counted },
      { label: "of which ended", value: ({ ended }) => ended, counted: ({ counted }) => `${counted}&status=ENDED` },
      { label: "Published", value: ({ published }) => published },
      { label: "Recorded / published", value: ({ ratio }) => (ratio === null ? null : Math.round(ratio * 100) / 100) },
      {
        label: "Notes",
        value: ({ note, publishedNote, flags }) =>
          [note, ...flags.map((flag) => FLAG[flag]), publishedNote].filter(Boolean).join(" ") || null,
      },
    ]),
    base: "Partnerships between communities in the United States and in each country, including those that have ended.",
    source: [
      "Recorded counts: Sistergraph",
      ...new Set(
        comparable.flatMap(({ source }) => (source ? [`published counts: ${source.title}, ${source.asOf}`] : [])),
      ),
    ].join("; "),
    caveats: [
      "Our list may be incomplete even if our count is higher than the published one.",
      ...flags.map((flag) => `Published counts: ${FLAG[flag].charAt(0).toLowerCase()}${FLAG[flag].slice(1)}`),
      ...new Set(comparable.flatMap(({ publishedNote }) => (publishedNote ? [publishedNote] : []))),
      ...top.flatMap(({ name, note }) => (note ? [`${name}: ${note}`] : [])),
    ],
    query: playgroundHref(CountriesRecordedAndPublishedDocument),
  };
}
