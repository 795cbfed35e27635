import { RANKING_CAVEAT, rankRegions } from "../comparison/rankings.ts";
import { request } from "../graphql/client.ts";
import { RegionsAndAwarenessDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { formatDecimal, formatNumber } from "../wording/format.ts";
import { REGION } from "../wording/terms.ts";
import { type Chart, toTable } from "./chart.ts";
import { Plot, categoryAxis, combine, plotSvg } from "./plot.ts";
import { summarizeWarnings, toShare } from "./shares.ts";

/** The partnerships of each region next to the awareness of its respondents. */
export async function regionsChart(): Promise<Chart> {
  const { regions } = await request(RegionsAndAwarenessDocument);
  const rows = regions
    .map(({ name, partnerships, publishedStatistics, respondentAggregates }) => ({
      name: REGION[name],
      counted: `partnerships?region=${name}`,
      recorded: partnerships.totalCount,
      published: publishedStatistics.nodes[0]?.quantity.value ?? null,
      publishedSource: publishedStatistics.nodes[0]?.source,
      share: respondentAggregates.nodes[0] ? toShare(respondentAggregates.nodes[0], "All respondents") : null,
    }))
    .sort((a, b) => b.recorded - a.recorded);
  const surveyed = rows
    .filter((row) => row.share?.percent != null)
    .sort((a, b) => (b.share?.percent ?? 0) - (a.share?.percent ?? 0));
  const lowest = surveyed.at(-1);
  const { headline, values } = await rankRegions(surveyed.flatMap(({ share }) => share ?? []));
  const order = rows.map(({ name }) => name);

  return {
    finding: `${headline} ${values}`.trim(),
    description:
      "Bars of the recorded partnerships of each region with a mark at the published count, next to dots at the percentage of respondents who are aware of a partnership.",
    draw(width) {
      const narrow = width < 560;
      const [left, right] = narrow ? [width, width] : [width * 0.58, width * 0.42];
      const height = 4 * 46 + 60;
      // Both panels have the same margins above and below, so that a region is one line across them.
      return combine(
        [
          plotSvg({
            width: left,
            height,
            marginLeft: 84,
            marginRight: 46,
            marginTop: 34,
            marginBottom: 24,
            x: { axis: null, domain: [0, Math.max(...rows.map(({ recorded }) => recorded)) * 1.05] },
            y: { ...categoryAxis, domain: order },
            marks: [
              Plot.axisX({ anchor: "top", ticks: 0, label: "Partnerships", labelArrow: "none", labelAnchor: "left" }),
              Plot.barX(rows, { x: "recorded", y: "name", fill: "var(--series-1)", insetTop: 7, insetBottom: 7 }),
              Plot.tickX(rows, { x: "published", y: "name", stroke: "var(--series-2)", strokeWidth: 4 }),
              Plot.text(rows, {
                x: "recorded",
                y: "name",
                text: (row: (typeof rows)[number]) => formatNumber(row.recorded),
                dx: 6,
                textAnchor: "start",
                fontWeight: 600,
              }),
            ],
          }),
          plotSvg({
            width: right,
            height,
            marginLeft: narrow ? 84 : 24,
            marginRight: 46,
            marginTop: 34,
            marginBottom: 24,
            x: { domain: [0, 60], grid: true, label: null, ticks: [0, 20, 40, 60] },
            y: narrow ? { ...categoryAxis, type: "band", domain: order } : { axis: null, type: "band", domain: order },
            marks: [
              Plot.axisX({
                anchor: "top",
                ticks: 0,
                label: "Aware of a partnership",
                labelArrow: "none",
                labelAnchor: "left",
              }),
              Plot.axisX([0, 20, 40, 60], {
                anchor: "bottom",
                label: null,
                tickSize: 0,
                tickFormat: (tick: number) => `${tick}%`,
              }),
              Plot.ruleY(surveyed, {
                y: "name",
                x1: 0,
                x2: (row: (typeof rows)[number]) => row.share?.percent,
                stroke: "var(--line-strong)",
              }),
              Plot.dot(surveyed, {
                y: "name",
                x: (row: (typeof rows)[number]) => row.share?.percent,
                r: 6,
                fill: "var(--surface)",
                stroke: "var(--series-3)",
                strokeWidth: 3,
              }),
              Plot.text(surveyed, {
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
      { token: "--series-2", label: "Published count", mark: "line" },
      { token: "--series-3", label: "Aware of a partnership; sample size not published", mark: "ring" },
    ],
    table: toTable(rows, [
      { label: "Region", value: ({ name }) => name },
      { label: "Recorded", value: ({ recorded }) => recorded, counted: ({ counted }) => counted },
      { label: "Published", value: ({ published }) => published },
      { label: "Aware of a partnership (%)", value: ({ share }) => share?.percent ?? null },
      { label: "Lower bound (%)", value: ({ share }) => share?.low ?? null },
      { label: "Upper bound (%)", value: ({ share }) => share?.high ?? null },
    ]),
    base: "Partnerships, including those that have ended; percentages of the respondents in each region, whose number is not published.",
    source: [
      "Partnerships: Sistergraph",
      ...new Set(
        rows.flatMap(({ publishedSource }) =>
          publishedSource ? [`published counts: ${publishedSource.title}, ${publishedSource.asOf}`] : [],
        ),
      ),
      ...new Set(surveyed.flatMap(({ share }) => (share ? [`percentages: ${share.source}`] : []))),
    ].join("; "),
    caveats: [
      "The District of Columbia and the territories are not in any region.",
      RANKING_CAVEAT,
      `Percentages are rounded${lowest ? `: ${lowest.share?.percent}% stands for ${formatDecimal(lowest.share?.low ?? 0)}% to ${formatDecimal(lowest.share?.high ?? 0)}%` : ""}. How far they may differ by chance is unknown, because the number of respondents in each region was not published.`,
      ...summarizeWarnings(surveyed.flatMap(({ share }) => (share ? [share] : []))),
    ],
    query: playgroundHref(RegionsAndAwarenessDocument),
  };
}
