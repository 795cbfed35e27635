import { RANKING_CAVEAT, rankRegions, rankSectors, rankUsefulness } from "../comparison/rankings.ts";
import { lowerFirst } from "../comparison/ranking.ts";
import { request } from "../graphql/client.ts";
import { AwarenessDocument, UsefulnessDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { formatNumber } from "../wording/format.ts";
import { type Chart, toTable } from "./chart.ts";
import { Plot, categoryAxis, plotSvg } from "./plot.ts";
import { SHARE_COLUMNS, type Share, assumeEvenSplit, summarizeWarnings, toShare, whatIfCaveats } from "./shares.ts";

const TOKENS = ["--series-1", "--series-4", "--series-2"];
/** Width of a dot's label with spacing, in pixels. */
const LABEL_WIDTH = 32;
/** Generous width of a character in pixels: a downloaded file is drawn in whatever font the reader has. */
const CHARACTER_WIDTH = 7.3;

/** Draws percentages as dots in one row per group, with the range that rounding allows and the margin of error if known. */
function dotPlot(
  shares: Share[],
  rows: { name: (share: Share) => string; order: string[] },
  tokenOf: (share: Share) => string,
  width: number,
) {
  const withMargin = shares.filter(({ margin }) => margin !== null);
  const withoutMargin = shares.filter(({ margin }) => margin === null);
  const y = (share: Share) => rows.name(share);
  const longest = Math.max(0, ...rows.order.map(({ length }) => length));
  const [marginLeft, marginRight] = [Math.min(width * 0.45, 12 + longest * CHARACTER_WIDTH), 40];
  // Labels that would overlap are drawn on opposite sides of their dots.
  const crowded = (share: Share, side: 1 | -1) =>
    shares.some((other) => {
      const away = (side * ((other.percent ?? 0) - (share.percent ?? 0)) * (width - marginLeft - marginRight)) / 100;
      return y(other) === y(share) && away > 0 && away < LABEL_WIDTH;
    });
  const anchorOf = (share: Share) => (crowded(share, 1) ? "end" : crowded(share, -1) ? "start" : "middle");
  return plotSvg({
    width,
    height: rows.order.length * 34 + 34,
    marginLeft,
    marginRight,
    marginTop: 6,
    marginBottom: 28,
    x: {
      domain: [0, 100],
      grid: true,
      label: null,
      ticks: [0, 25, 50, 75, 100],
      tickFormat: (tick: number) => `${tick}%`,
      tickSize: 0,
    },
    y: { ...categoryAxis, domain: rows.order, grid: true },
    marks: [
      Plot.ruleY(withoutMargin, {
        y,
        x1: ({ percent, whatIf }: Share) => (percent ?? 0) - (whatIf?.margin ?? 0),
        x2: ({ percent, whatIf }: Share) => (percent ?? 0) + (whatIf?.margin ?? 0),
        stroke: "var(--series-muted)",
        strokeWidth: 3,
      }),
      Plot.ruleY(withMargin, {
        y,
        x1: (share: Share) => (share.percent ?? 0) - (share.margin ?? 0),
        x2: (share: Share) => (share.percent ?? 0) + (share.margin ?? 0),
        stroke: (share: Share) => `var(${tokenOf(share)})`,
        strokeWidth: 2,
      }),
      Plot.ruleY(shares, {
        y,
        x1: "low",
        x2: "high",
        stroke: (share: Share) => `var(${tokenOf(share)})`,
        strokeWidth: 8,
        strokeOpacity: 0.4,
      }),
      Plot.dot(withMargin, { y, x: "percent", r: 5.5, fill: (share: Share) => `var(${tokenOf(share)})` }),
      Plot.dot(withoutMargin, {
        y,
        x: "percent",
        r: 5,
        fill: "var(--surface)",
        stroke: (share: Share) => `var(${tokenOf(share)})`,
        strokeWidth: 2.5,
      }),
      ...(
        [
          ["start", -6],
          ["middle", 0],
          ["end", 6],
        ] as const
      ).map(([textAnchor, dx]) =>
        Plot.text(
          shares.filter((share) => anchorOf(share) === textAnchor),
          {
            y,
            x: "percent",
            text: (share: Share) => `${share.percent}%`,
            textAnchor,
            dx,
            dy: -13,
            fontWeight: 600,
            fontSize: 12,
          },
        ),
      ),
    ],
  });
}

const MARK_KEY: Chart["key"] = [
  { token: "--series-muted", label: "Band: the range that rounding and wording allow", mark: "band" },
  {
    token: "--ink",
    label: "Filled: sample size published; the line is the 95% margin of error for a simple random sample",
    mark: "dot",
  },
  { token: "--ink", label: "Hollow: sample size not published, margin of error unknown", mark: "ring" },
];

/** Awareness of a partnership by sector and region. */
export async function awarenessChart(): Promise<Chart> {
  const { respondentAggregates } = await request(AwarenessDocument);
  const published = respondentAggregates.nodes.map((share) => toShare(share, "All respondents"));
  const total = published.find(({ dimension }) => dimension === null)?.respondents ?? null;
  const all = assumeEvenSplit(published, total);
  const shares = all.filter(({ percent }) => percent !== null);
  const yes = shares.filter(({ answer }) => answer === "Yes");
  const overall = yes.filter(({ dimension }) => dimension === null);
  const groups = yes
    .filter(({ dimension }) => dimension !== null)
    .toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0));
  const by = (breakdown: string) => groups.filter(({ dimension }) => dimension === breakdown);
  const order = [...overall, ...by("EMPLOYER"), ...by("REGION")].map(({ group }) => group);
  const answers = [...new Set(shares.map(({ answer }) => answer))];
  const tokenOf = (share: Share) => TOKENS[answers.indexOf(share.answer)] ?? "--ink";
  const [regions, sectors] = await Promise.all([rankRegions(by("REGION")), rankSectors(by("EMPLOYER"))]);

  return {
    headline: overall.map(({ percent }) => `${percent}% of all respondents know of a partnership.`).join(" "),
    details: [
      ...(regions.headline ? [`By region: ${lowerFirst(regions.headline)}`] : []),
      ...(sectors.headline ? [`By sector: ${lowerFirst(sectors.headline)}`] : []),
    ].join(" "),
    description:
      "Dot plot of the percentage of each group who answered yes, not sure, or no when asked whether they know of a partnership.",
    draw: (width) => dotPlot(shares, { name: ({ group }) => group, order }, tokenOf, width),
    key: [
      ...answers.map((answer, index) => ({ token: TOKENS[index] ?? "--ink", label: answer, mark: "dot" as const })),
      ...MARK_KEY,
      { token: "--series-muted", label: "What-if margin of error, for groups of equal size", mark: "line" },
    ],
    table: toTable(all, SHARE_COLUMNS),
    base: [
      ...new Set(
        shares.flatMap(({ base, respondents }) =>
          respondents === null ? [] : [`${base.charAt(0).toLowerCase()}${base.slice(1)}: ${formatNumber(respondents)}`],
        ),
      ),
      "other groups: not published.",
    ].join("; "),
    source: [...new Set(shares.map(({ source }) => source))].join("; "),
    caveats: [RANKING_CAVEAT, ...whatIfCaveats(all, total), ...summarizeWarnings(shares)],
    query: playgroundHref(AwarenessDocument),
  };
}

/** Ratings by respondents who know of a partnership. */
export async function usefulnessChart(): Promise<Chart> {
  const { respondentAggregates } = await request(UsefulnessDocument);
  const all = respondentAggregates.nodes.map((share) => toShare(share, "All who know of a partnership"));
  const shares = all.filter(({ percent }) => percent !== null);
  // The title says "beneficial", so the rows leave it out.
  const name = ({ group, answer, dimension }: Share) =>
    dimension === null ? answer.replace("extremely beneficial", "extremely") : `Extremely (${group.toLowerCase()})`;
  const rated = shares
    .filter(({ dimension }) => dimension === null)
    .toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0));
  const extremely = shares
    .filter(({ dimension }) => dimension !== null)
    .toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0));
  const { headline, values } = await rankUsefulness(extremely);

  return {
    headline: rated
      .slice(0, 1)
      .map(({ percent }) => `${percent}% of those who know of a partnership find it beneficial.`)
      .join(" "),
    details: headline ? `${values} ${headline}` : "",
    description:
      "Dot plot of the percentage of respondents who know of a partnership and find it beneficial, very or extremely beneficial, or extremely beneficial.",
    draw: (width) =>
      dotPlot(
        shares,
        { name, order: [...rated, ...extremely].map(name) },
        (share) => (rated.includes(share) ? "--series-1" : "--series-2"),
        width,
      ),
    key: [
      { token: "--series-1", label: "All who know of a partnership", mark: "ring" },
      { token: "--series-2", label: "By sector, “extremely beneficial” only", mark: "ring" },
    ],
    table: toTable(all, SHARE_COLUMNS),
    base: "Respondents who know of a partnership; their number is not published.",
    source: [...new Set(shares.map(({ source }) => source))].join("; "),
    caveats: [RANKING_CAVEAT, ...summarizeWarnings(shares)],
    query: playgroundHref(UsefulnessDocument),
  };
}
