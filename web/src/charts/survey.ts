import { ask } from "../graphql/client.ts";
import { AwarenessDocument, UsefulnessDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { listed } from "../wording/numbers.ts";
import { type Chart, tableOf } from "./chart.ts";
import { Plot, names, svg } from "./plot.ts";
import { SHARE_COLUMNS, type Share, sharedWarnings, toShare } from "./shares.ts";

const TOKENS = ["--series-1", "--series-4", "--series-2"];
/** What the label of a dot takes up, with some air, in pixels. */
const LABEL_WIDTH = 32;
/** How wide a letter of a row's name is, roughly; generously, for a file is read with whatever face is there. */
const LETTER = 7.3;

/** Dots of percentages, one row a group, with what rounding allows and, where it is known, the sampling error. */
function dots(
  shares: Share[],
  rows: { name: (share: Share) => string; order: string[] },
  tokenOf: (share: Share) => string,
  width: number,
) {
  const withMargin = shares.filter(({ margin }) => margin !== null);
  const [sure, unsure] = [withMargin, shares.filter(({ margin }) => margin === null)];
  const y = (share: Share) => rows.name(share);
  const longest = Math.max(0, ...rows.order.map(({ length }) => length));
  const [marginLeft, marginRight] = [Math.min(width * 0.45, 12 + longest * LETTER), 40];
  // Labels that would overlap make room for each other.
  const crowded = (share: Share, side: 1 | -1) =>
    shares.some((other) => {
      const away = (side * ((other.percent ?? 0) - (share.percent ?? 0)) * (width - marginLeft - marginRight)) / 100;
      return y(other) === y(share) && away > 0 && away < LABEL_WIDTH;
    });
  const anchorOf = (share: Share) => (crowded(share, 1) ? "end" : crowded(share, -1) ? "start" : "middle");
  return svg({
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
    y: { ...names, domain: rows.order, grid: true },
    marks: [
      Plot.ruleY(sure, {
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
      Plot.dot(sure, { y, x: "percent", r: 5.5, fill: (share: Share) => `var(${tokenOf(share)})` }),
      Plot.dot(unsure, {
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

const KNOWN_OR_NOT: Chart["key"] = [
  { token: "--series-muted", label: "Band: what rounding and wording allow", mark: "bar" },
  {
    token: "--ink",
    label: "Filled: base published; the line is the 95% margin of a simple random sample",
    mark: "dot",
  },
  { token: "--ink", label: "Hollow: base not published, margin not known", mark: "ring" },
];

/** Who knows of a partnership, by employer and region. */
export async function awarenessChart(): Promise<Chart> {
  const { respondentAggregates } = await ask(AwarenessDocument);
  const all = respondentAggregates.nodes.map((share) => toShare(share, "All respondents"));
  const shares = all.filter(({ percent }) => percent !== null);
  const yes = shares.filter(({ answer }) => answer === "Yes");
  const everybody = yes.filter(({ dimension }) => dimension === null);
  const others = yes
    .filter(({ dimension }) => dimension !== null)
    .toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0));
  const by = (wanted: string) => others.filter(({ dimension }) => dimension === wanted);
  const order = [...everybody, ...by("EMPLOYER"), ...by("REGION")].map(({ group }) => group);
  const answers = [...new Set(shares.map(({ answer }) => answer))];
  const tokenOf = (share: Share) => TOKENS[answers.indexOf(share.answer)] ?? "--ink";
  const [most, least] = [others[0], others.at(-1)];
  const highest = others.filter(({ percent }) => percent === most?.percent).map(({ within }) => within);

  return {
    finding:
      most && least && everybody[0]
        ? `${everybody[0].percent}% of all respondents know of a partnership. Awareness is highest in ${listed(highest)} (${most.percent}%) and lowest in ${least.within} (${least.percent}%).`
        : "",
    description:
      "Dots of the percentage of each group who know of a partnership, are not sure, or say that there is none.",
    draw: (width) => dots(shares, { name: ({ group }) => group, order }, tokenOf, width),
    key: [
      ...answers.map((answer, index) => ({ token: TOKENS[index] ?? "--ink", label: answer, mark: "dot" as const })),
      ...KNOWN_OR_NOT,
    ],
    table: tableOf(all, SHARE_COLUMNS),
    base:
      [
        ...new Set(
          shares
            .filter(({ respondents }) => respondents !== null)
            .map(({ base, respondents }) => `${base}: ${respondents?.toLocaleString("en-US")}`),
        ),
      ].join("; ") + "; other groups: not published.",
    source: [...new Set(shares.map(({ source }) => source))].join("; "),
    caveats: sharedWarnings(shares),
    query: playgroundHref(AwarenessDocument),
  };
}

/** How those who know of a partnership rate it. */
export async function usefulnessChart(): Promise<Chart> {
  const { respondentAggregates } = await ask(UsefulnessDocument);
  const all = respondentAggregates.nodes.map((share) => toShare(share, "All who know of one"));
  const shares = all.filter(({ percent }) => percent !== null);
  // The chart is of what is beneficial: the table alone says it in each row.
  const name = ({ group, answer, dimension }: Share) =>
    dimension === null ? answer.replace("extremely beneficial", "extremely") : `Extremely: ${group}`;
  const rated = shares
    .filter(({ dimension }) => dimension === null)
    .toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0));
  const extremely = shares
    .filter(({ dimension }) => dimension !== null)
    .toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0));

  return {
    finding: rated[0]
      ? `${rated[0].percent}% of those who know of a partnership call it beneficial${extremely[0] ? `. "Extremely beneficial" is said most in ${extremely[0].within} (${extremely[0].percent}%) and least in ${extremely.at(-1)?.within} (${extremely.at(-1)?.percent}%)` : ""}.`
      : "",
    description:
      "Dots of the percentage of those who know of a partnership and call it beneficial, very beneficial or extremely beneficial.",
    draw: (width) =>
      dots(
        shares,
        { name, order: [...rated, ...extremely].map(name) },
        (share) => (rated.includes(share) ? "--series-1" : "--series-2"),
        width,
      ),
    key: [
      { token: "--series-1", label: "All who know of a partnership", mark: "ring" },
      { token: "--series-2", label: 'By employer, "extremely beneficial" only', mark: "ring" },
    ],
    table: tableOf(all, SHARE_COLUMNS),
    base: "Respondents who know of a partnership; how many they are is not published.",
    source: [...new Set(shares.map(({ source }) => source))].join("; "),
    caveats: sharedWarnings(shares),
    query: playgroundHref(UsefulnessDocument),
  };
}
