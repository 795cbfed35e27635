import { RANKING_CAVEAT, rankRegions } from "../comparison/rankings.ts";
import { request } from "../graphql/client.ts";
import { RegionsAndAwarenessDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { formatDecimal } from "../wording/format.ts";
import { REGION } from "../wording/terms.ts";
import { type Chart, toTable } from "./chart.ts";
import { Plot, categoryAxis, combine, pairedBars, plotSvg } from "./plot.ts";
import { assumeEvenSplit, summarizeWarnings, toShare, whatIfCaveats } from "./shares.ts";

/** The partnerships of each region next to the awareness of its respondents. */
export async function regionsChart(): Promise<Chart> {
  const { regions, everyone } = await request(RegionsAndAwarenessDocument);
  const total = everyone?.base.n ?? null;
  const shares = assumeEvenSplit(
    regions.flatMap(({ respondentAggregates: { nodes } }) =>
      nodes.slice(0, 1).map((share) => toShare(share, "All respondents")),
    ),
    total,
  );
  const rows = regions
    .map(({ name, partnerships, publishedStatistics, respondentAggregates }) => ({
      name: REGION[name],
      counted: `partnerships?region=${name}`,
      recorded: partnerships.totalCount,
      published: publishedStatistics.nodes[0]?.quantity.value ?? null,
      publishedSource: publishedStatistics.nodes[0]?.source,
      share: shares.find(({ slug }) => slug === respondentAggregates.nodes[0]?.slug) ?? null,
    }))
    .sort((a, b) => b.recorded - a.recorded);
  const surveyed = rows
    .filter((row) => row.share?.percent != null)
    .sort((a, b) => (b.share?.percent ?? 0) - (a.share?.percent ?? 0));
  const lowest = surveyed.at(-1);
  const surveyedShares = surveyed.flatMap(({ share }) => share ?? []);
  const { headline, values } = await rankRegions(surveyedShares);
  const order = rows.map(({ name }) => name);
  type Row = (typeof rows)[number];

  return {
    headline,
    details: values,
    description:
      "Bars of the recorded and the published partnerships of each region, next to dots at the percentage of respondents who are aware of a partnership.",
    draw(width) {
      const narrow = width < 560;
      const [left, right] = narrow ? [width, width] : [width * 0.55, width * 0.45];
      const height = rows.length * 52 + 60;
      const title = (label: string) =>
        Plot.axisX({ anchor: "top", ticks: 0, label, labelArrow: "none", labelAnchor: "left" });
      const whatIf = ({ share }: Row, sign: number) =>
        share?.percent == null || !share.whatIf ? null : share.percent + sign * share.whatIf.margin;
      // Both panels have the same margins above and below, so that a region is one line across them.
      return combine(
        [
          plotSvg({
            width: left,
            height,
            marginLeft: 84,
            marginRight: 52,
            marginTop: 34,
            marginBottom: 24,
            x: {
              axis: null,
              domain: [0, Math.max(...rows.flatMap(({ recorded, published }) => [recorded, published ?? 0]))],
            },
            y: { ...categoryAxis, domain: order },
            marks: [title("Partnerships"), ...pairedBars(rows, 44)],
          }),
          plotSvg({
            width: right,
            height,
            marginLeft: narrow ? 84 : 24,
            marginRight: 52,
            marginTop: 34,
            marginBottom: 24,
            x: { domain: [0, 60], grid: true, label: null, ticks: [0, 20, 40, 60] },
            y: narrow ? { ...categoryAxis, type: "band", domain: order } : { axis: null, type: "band", domain: order },
            marks: [
              title("Aware of a partnership"),
              Plot.axisX([0, 20, 40, 60], {
                anchor: "bottom",
                label: null,
                tickSize: 0,
                tickFormat: (tick: number) => `${tick}%`,
              }),
              Plot.ruleY(surveyed, {
                y: "name",
                x1: (row: Row) => whatIf(row, -1),
                x2: (row: Row) => whatIf(row, 1),
                stroke: "var(--series-muted)",
                strokeWidth: 3,
              }),
              Plot.barX(surveyed, {
                y: "name",
                x1: ({ share }: Row) => share?.low,
                x2: ({ share }: Row) => share?.high,
                fill: "var(--series-3)",
                fillOpacity: 0.4,
                insetTop: 12,
                insetBottom: 12,
              }),
              Plot.dot(surveyed, {
                y: "name",
                x: ({ share }: Row) => share?.percent,
                r: 6,
                fill: "var(--surface)",
                stroke: "var(--series-3)",
                strokeWidth: 3,
              }),
              Plot.text(surveyed, {
                y: "name",
                x: (row: Row) => whatIf(row, 1) ?? row.share?.percent,
                text: ({ share }: Row) => `${share?.percent}%`,
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
      { token: "--series-2", label: "Published count", mark: "bar" },
      { token: "--series-3", label: "Aware of a partnership; sample size not published", mark: "ring" },
      { token: "--series-3", label: "Band: the range that rounding allows", mark: "band" },
      { token: "--series-muted", label: "What-if margin of error, for regions of equal size", mark: "line" },
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
      ...whatIfCaveats(surveyedShares, total),
      `Percentages are rounded${lowest ? `: ${lowest.share?.percent}% stands for ${formatDecimal(lowest.share?.low ?? 0)}% to ${formatDecimal(lowest.share?.high ?? 0)}%` : ""}. How far they may differ by chance is unknown, because the number of respondents in each region was not published.`,
      ...summarizeWarnings(surveyedShares),
    ],
    query: playgroundHref(RegionsAndAwarenessDocument),
  };
}
