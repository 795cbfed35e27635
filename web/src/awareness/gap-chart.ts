import type { Chart } from "../charts/chart.ts";
import { toTable } from "../charts/chart.ts";
import { Plot, categoryAxis, combine, plotSvg } from "../charts/plot.ts";
import { type Share, summarizeWarnings, toShare } from "../charts/shares.ts";
import { type AwarenessDimension, AwarenessGapsDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { formatCount, formatDecimal } from "../wording/format.ts";
import { READING, REASON, type Row } from "./readings.ts";

/** Generous width of a character in pixels: a downloaded file is drawn in whatever font the reader has. */
const CHARACTER_WIDTH = 7.3;

/** "In the West, 54% did not say that they know of a sister partnership; in the other regions, 72% to 75% did not." */
function headlineOf(rows: Row[]): string {
  const gaps = rows.flatMap((row) => {
    const gap = row.gaps.find(({ reading }) => reading === "ANY_RECORDED_IN_STATE")?.gap?.value;
    return gap == null ? [] : [{ gap, share: toShare(row.aware, "") }];
  });
  gaps.sort((a, b) => a.gap - b.gap);
  const distance = (index: number) => (gaps.at(index + 1)?.gap ?? 0) - (gaps.at(index)?.gap ?? 0);
  // The group at the end that is farther from the others.
  if (distance(-2) > distance(0)) gaps.unshift(...gaps.splice(-1));
  const [first, ...others] = gaps;
  const [second, last] = [others[0], others.at(-1)];
  if (!first || !second || !last || others.length < 2) return "";
  const { inGroup, dimension } = first.share;
  const several = dimension === "REGION" ? "regions" : "sectors";
  return `${inGroup.replace(/^./, (letter) => letter.toUpperCase())}, ${formatDecimal(first.gap)}% did not say that they know of a sister partnership; in the other ${several}, ${formatDecimal(second.gap)}% to ${formatDecimal(last.gap)}% did not.`;
}

/** Names the respondents and how many there are, in one sentence if the number of no group is published. */
function describeBases(shares: Share[]): string {
  if (shares.length > 1 && shares.every(({ respondents }) => respondents === null))
    return `Respondents in each ${shares[0]?.dimension === "REGION" ? "region" : "sector"}; how many is not published.`;
  const sizeOf = ({ respondents }: Share) =>
    respondents === null ? "number not published" : formatCount(respondents, "person", "people");
  return `${[...new Set(shares.map((share) => `${share.base}: ${sizeOf(share)}`))].join("; ")}.`;
}

/** The gaps of each group under every reading, as intervals. */
export function gapChart(by: AwarenessDimension, rows: Row[]): Chart {
  const shares = rows.map(({ aware }) => toShare(aware, "All respondents"));
  const order = shares.map(({ group }) => group);
  const gaps = rows.flatMap((row, index) =>
    row.gaps.map((gap) => ({
      group: order[index] ?? "",
      reading: gap.reading,
      value: gap.gap?.value ?? null,
      low: gap.low,
      high: gap.high,
      margin: gap.marginOfError?.points ?? null,
      reason: gap.reason,
      assumption: gap.assumption,
      figures: gap.figures.map(({ slug }) => slug),
      row,
    })),
  );
  type Bar = (typeof gaps)[number];
  const readings = [...new Set(gaps.map(({ reading }) => reading))];
  const withMargin = gaps.some(({ margin }) => margin !== null);

  return {
    headline: by === "TOTAL" ? "" : headlineOf(rows),
    details: "",
    description: `Intervals of the share of each group that is unaware of a partnership that exists, under ${formatCount(readings.length, "reading")}.`,
    draw(width) {
      const marginLeft = Math.min(width * 0.35, 12 + Math.max(...order.map(({ length }) => length)) * CHARACTER_WIDTH);
      return combine(
        readings.map((reading, index) => {
          const bars = gaps.filter((gap) => gap.reading === reading);
          const [known, unknown] = [
            bars.filter(({ value }) => value !== null),
            bars.filter(({ value }) => value === null),
          ];
          const isLast = index === readings.length - 1;
          return plotSvg({
            width,
            height: 30 + order.length * 26 + (isLast ? 24 : 0),
            marginLeft,
            marginRight: 84,
            marginTop: 30,
            marginBottom: isLast ? 24 : 0,
            x: {
              domain: [0, 100],
              grid: true,
              label: null,
              ticks: [0, 25, 50, 75, 100],
              tickFormat: (tick: number) => (isLast ? `${tick}%` : ""),
              tickSize: 0,
            },
            y: { ...categoryAxis, type: "band", domain: order },
            marks: [
              Plot.text([READING[reading].name], {
                frameAnchor: "top-left",
                textAnchor: "start",
                dx: -marginLeft,
                dy: -20,
                fontWeight: 600,
              }),
              Plot.barX(unknown, {
                y: "group",
                x1: "low",
                x2: "high",
                fill: "var(--series-muted)",
                fillOpacity: 0.45,
                insetTop: 7,
                insetBottom: 7,
              }),
              Plot.ruleY(
                known.filter(({ margin }) => margin !== null),
                {
                  y: "group",
                  x1: ({ value, margin }: Bar) => (value ?? 0) - (margin ?? 0),
                  x2: ({ value, margin }: Bar) => (value ?? 0) + (margin ?? 0),
                  stroke: "var(--series-1)",
                  strokeWidth: 2,
                },
              ),
              Plot.barX(known, {
                y: "group",
                x1: "low",
                x2: "high",
                fill: "var(--series-1)",
                insetTop: 5,
                insetBottom: 5,
              }),
              Plot.text(known, {
                y: "group",
                x: ({ high, value, margin }: Bar) => Math.max(high, (value ?? 0) + (margin ?? 0)),
                text: ({ value }: Bar) => `${formatDecimal(value ?? 0)}%`,
                dx: 8,
                textAnchor: "start",
                fontWeight: 600,
              }),
              Plot.text(unknown, {
                y: "group",
                x: "high",
                text: ({ low, high }: Bar) => `${formatDecimal(low)}–${formatDecimal(high)}%`,
                dx: 8,
                textAnchor: "start",
                fill: "var(--ink-soft)",
              }),
            ],
          });
        }),
        true,
      );
    },
    key: [
      { token: "--series-1", label: "Known: the range that rounding and wording allow", mark: "bar" },
      ...(withMargin
        ? [
            {
              token: "--series-1",
              label: "95% margin of error for a simple random sample, if the sample size is published",
              mark: "line" as const,
            },
          ]
        : []),
      { token: "--series-muted", label: "Unknown: the published figures allow the whole range", mark: "bar" },
    ],
    table: toTable(gaps, [
      { label: "Group", value: ({ group }) => group },
      { label: "Reading", value: ({ reading }) => READING[reading].name },
      { label: "Gap (%)", value: ({ value }) => value },
      { label: "Lower bound (%)", value: ({ low }) => low },
      { label: "Upper bound (%)", value: ({ high }) => high },
      { label: "Margin of error (points)", value: ({ margin }) => margin },
      ...(rows.some(({ recorded }) => recorded !== null)
        ? [
            {
              label: "Partnerships recorded",
              value: ({ row }: Bar) => row.recorded?.count ?? null,
              counted: ({ row }: Bar) => row.recorded?.counted ?? "",
            },
            { label: "Partnerships published", value: ({ row }: Bar) => row.published?.quantity.value ?? null },
            {
              label: "Recorded per million inhabitants (2020 census)",
              value: ({ row: { recordedPerMillion } }: Bar) =>
                recordedPerMillion === null ? null : Math.round(recordedPerMillion * 100) / 100,
            },
          ]
        : []),
      { label: "Why it is unknown", value: ({ reason }) => (reason ? REASON[reason] : null) },
      { label: "Assumption", value: ({ assumption }) => assumption },
      { label: "Computed from", value: ({ figures }) => figures.join(" ") },
    ]),
    base: describeBases(shares),
    source: [...new Set(shares.map(({ source }) => source))].join("; "),
    caveats: [
      "A bound is what the published figures prove, not an estimate: the true gap can be anywhere in the range.",
      ...summarizeWarnings(shares),
    ],
    query: playgroundHref(AwarenessGapsDocument, { by }),
  };
}
