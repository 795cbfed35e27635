import { ask } from "../graphql/client.ts";
import { RegionsAndAwarenessDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { count, decimal } from "../wording/numbers.ts";
import { REGION } from "../wording/terms.ts";
import { type Chart, tableOf } from "./chart.ts";
import { Plot, names, svg, together } from "./plot.ts";
import { sharedWarnings, toShare } from "./shares.ts";

/** The join: what each region has beside what its respondents know of it. */
export async function regionsChart(): Promise<Chart> {
  const { regions } = await ask(RegionsAndAwarenessDocument);
  const rows = regions
    .map(({ name, partnerships, publishedStatistics, respondentAggregates }) => ({
      name: REGION[name],
      recorded: partnerships.totalCount,
      published: publishedStatistics.nodes[0]?.quantity.value ?? null,
      publishedIn: publishedStatistics.nodes[0]?.source,
      share: respondentAggregates.nodes[0] ? toShare(respondentAggregates.nodes[0], "All") : null,
    }))
    .sort((a, b) => b.recorded - a.recorded);
  const known = rows
    .filter((row) => row.share?.percent != null)
    .sort((a, b) => (b.share?.percent ?? 0) - (a.share?.percent ?? 0));
  const [most, least] = [known[0], known.at(-1)];
  const near = known.at(-2);
  // Two points are within what rounding and a small sample do.
  const close =
    near?.share?.percent != null && least?.share?.percent != null && near.share.percent - least.share.percent <= 2
      ? ` The ${near.name} is close, at ${near.share.percent}%, and how many were asked in each is not published.`
      : "";
  const order = rows.map(({ name }) => name);

  return {
    finding:
      most && least
        ? `The ${least.name} knows least of its partnerships: ${least.share?.percent}% of the officials and business leaders asked there say that they know of one, against ${most.share?.percent}% in the ${most.name}, which has ${count(most.recorded)} partnerships.${close}`
        : "",
    description:
      "Bars of the partnerships of each region, recorded and published, and dots of the percentage of respondents who know of one.",
    draw(width) {
      const narrow = width < 560;
      const [left, right] = narrow ? [width, width] : [width * 0.58, width * 0.42];
      const height = 4 * 46 + 60;
      // Both panels have the same margins above and below, so that a region is one line across them.
      return together(
        [
          svg({
            width: left,
            height,
            marginLeft: 84,
            marginRight: 46,
            marginTop: 34,
            marginBottom: 24,
            x: { axis: null, domain: [0, Math.max(...rows.map(({ recorded }) => recorded)) * 1.05] },
            y: { ...names, domain: order },
            marks: [
              Plot.axisX({ anchor: "top", ticks: 0, label: "Partnerships", labelArrow: "none", labelAnchor: "left" }),
              Plot.barX(rows, { x: "recorded", y: "name", fill: "var(--series-1)", insetTop: 7, insetBottom: 7 }),
              Plot.tickX(rows, { x: "published", y: "name", stroke: "var(--series-2)", strokeWidth: 4 }),
              Plot.text(rows, {
                x: "recorded",
                y: "name",
                text: (row: (typeof rows)[number]) => count(row.recorded),
                dx: 6,
                textAnchor: "start",
                fontWeight: 600,
              }),
            ],
          }),
          svg({
            width: right,
            height,
            marginLeft: narrow ? 84 : 24,
            marginRight: 46,
            marginTop: 34,
            marginBottom: 24,
            x: { domain: [0, 60], grid: true, label: null, ticks: [0, 20, 40, 60] },
            y: narrow ? { ...names, type: "band", domain: order } : { axis: null, type: "band", domain: order },
            marks: [
              Plot.axisX({ anchor: "top", ticks: 0, label: "Know of one", labelArrow: "none", labelAnchor: "left" }),
              Plot.axisX([0, 20, 40, 60], {
                anchor: "bottom",
                label: null,
                tickSize: 0,
                tickFormat: (tick: number) => `${tick}%`,
              }),
              Plot.ruleY(known, {
                y: "name",
                x1: 0,
                x2: (row: (typeof rows)[number]) => row.share?.percent,
                stroke: "var(--line-strong)",
              }),
              Plot.dot(known, {
                y: "name",
                x: (row: (typeof rows)[number]) => row.share?.percent,
                r: 6,
                fill: "var(--surface)",
                stroke: "var(--series-3)",
                strokeWidth: 3,
              }),
              Plot.text(known, {
                y: "name",
                x: (row: (typeof rows)[number]) => row.share?.percent,
                text: (row: (typeof rows)[number]) => `${row.share?.percent}%`,
                dx: 12,
                textAnchor: "start",
                fontWeight: 600,
              }),
            ],
          }),
        ],
        narrow,
      );
    },
    key: [
      { token: "--series-1", label: "Recorded here", mark: "bar" },
      { token: "--series-2", label: "Published", mark: "line" },
      { token: "--series-3", label: "Know of one; base not published", mark: "ring" },
    ],
    table: tableOf(rows, [
      { label: "Region", of: ({ name }) => name },
      { label: "Recorded", of: ({ recorded }) => recorded },
      { label: "Published", of: ({ published }) => published },
      { label: "Know of one (%)", of: ({ share }) => share?.percent ?? null },
      { label: "From (%)", of: ({ share }) => share?.low ?? null },
      { label: "To (%)", of: ({ share }) => share?.high ?? null },
    ]),
    base: `Partnerships of every status; percentages of the respondents of each region, whose numbers are not published.`,
    source: [
      "Partnerships: this data set",
      ...new Set(
        rows.flatMap(({ publishedIn }) =>
          publishedIn ? [`published counts: ${publishedIn.title}, ${publishedIn.asOf}`] : [],
        ),
      ),
      ...new Set(known.flatMap(({ share }) => (share ? [`percentages: ${share.source}`] : []))),
    ].join("; "),
    caveats: [
      "The District of Columbia and the territories are in no region.",
      `Percentages are rounded: ${least ? `${least.share?.percent}% stands for ${decimal(least.share?.low ?? 0)} to ${decimal(least.share?.high ?? 0)}%. ` : ""}How far sampling may carry them off cannot be told.`,
      ...sharedWarnings(known.flatMap(({ share }) => (share ? [share] : []))),
    ],
    query: playgroundHref(RegionsAndAwarenessDocument),
  };
}
