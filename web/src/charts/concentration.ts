import { request } from "../graphql/client.ts";
import { ConcentrationCurvesDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import {
  capitalize,
  formatCount,
  formatDecimal,
  formatList,
  formatNumber,
  formatPercent,
  inWords,
  pluralize,
} from "../wording/format.ts";
import { type Chart, type MapFilter, toTable } from "./chart.ts";
import { type LorenzPoint, lorenz } from "./lorenz.ts";
import { Plot, plotSvg } from "./plot.ts";

/** The number of places in the measure `topShare` of the query. */
const TOP = 5;

/** How many of the partnerships that match the filters of the map are held by a few places. */
export async function concentrationChart(mapFilter?: MapFilter): Promise<Chart> {
  const variables = mapFilter ? { filter: mapFilter.filter } : {};
  const { partnerships, byState, byCountry, byUsCommunity, byPartnerCommunity } = await request(
    ConcentrationCurvesDocument,
    variables,
  );
  // A filter on one country or state leaves nothing to compare between countries or states.
  const { country, state } = mapFilter?.filter ?? {};
  const curves = [
    {
      name: "countries of Asia and the Pacific",
      one: "country",
      several: "countries",
      token: "--series-2",
      dash: "none",
      measure: byCountry,
      counts: partnerships.countries,
      names: namesOf(partnerships.countries),
      included: !country,
    },
    {
      name: "states and territories",
      one: "state",
      several: "states",
      token: "--series-1",
      dash: "8 3",
      measure: byState,
      counts: partnerships.states,
      names: namesOf(partnerships.states),
      included: !state?.code,
    },
    {
      name: "US communities",
      one: "US community",
      several: "US communities",
      token: "--series-3",
      dash: "3 3",
      measure: byUsCommunity,
      counts: partnerships.usCommunities,
      names: [],
      included: true,
    },
    {
      name: "partner communities",
      one: "partner community",
      several: "partner communities",
      token: "--series-4",
      dash: "9 3 2 3",
      measure: byPartnerCommunity,
      counts: partnerships.partnerCommunities,
      names: [],
      included: true,
    },
  ]
    .filter(({ included }) => included)
    .map((curve) => ({
      ...curve,
      points: lorenz(
        curve.counts.map(({ count }) => count),
        curve.measure.groups,
      ),
    }));
  const bars = curves.flatMap((curve) => {
    const { topShare } = curve.measure;
    return topShare === null ? [] : [{ ...curve, topShare, top: Math.min(TOP, curve.counts.length) }];
  });
  type Bar = (typeof bars)[number];
  const [first, second] = bars;
  // With filters, the total of places is still that of the whole dataset, so the bars name the places that match.
  const placesOf = ({ counts, measure, name }: Bar) =>
    mapFilter ? `${formatNumber(counts.length)} ${name} that match` : `${formatNumber(measure.groups)} ${name}`;
  const inTop = ({ top, one, several }: Bar) => `${inWords(top)} ${pluralize(top, one, several)}`;

  return {
    headline: first
      ? `${capitalize(inTop(first))} ${pluralize(first.top, "holds", "hold")} ${formatPercent(first.topShare)} of partnerships${second ? `, and ${inTop(second)} ${formatPercent(second.topShare)}` : ""}.`
      : "Nothing to show.",
    details: bars
      .filter(({ names }) => names.length > 1)
      .map(({ names, several, top }) => `Top ${several}: ${names.slice(0, top).join(", ")}.`)
      .join(" "),
    description: `Bars of the share of partnerships that the top ${TOP} hold, for ${formatList(curves.map(({ name }) => name))}.`,
    draw(width) {
      return plotSvg({
        width,
        height: bars.length * 56 + 8,
        marginLeft: 4,
        marginRight: 52,
        marginTop: 4,
        marginBottom: 4,
        x: { axis: null, domain: [0, 1] },
        y: { axis: null, domain: bars.map(({ name }) => name) },
        marks: [
          Plot.barX(bars, { x: 1, y: "name", fill: "var(--line)", insetTop: 24, insetBottom: 6 }),
          Plot.barX(bars, {
            x: "topShare",
            y: "name",
            fill: (bar: Bar) => `var(${bar.token})`,
            insetTop: 24,
            insetBottom: 6,
          }),
          Plot.text(bars, {
            x: 0,
            y: "name",
            text: (bar: Bar) => `Top ${bar.top} of ${placesOf(bar)}`,
            textAnchor: "start",
            dy: -17,
          }),
          Plot.text(bars, {
            x: 1,
            y: "name",
            text: (bar: Bar) => formatPercent(bar.topShare),
            textAnchor: "start",
            dx: 8,
            dy: 9,
            fontWeight: 600,
          }),
        ],
      });
    },
    key: [{ token: "--line", label: "All partnerships", mark: "bar" }],
    more: {
      title: "Lorenz curves",
      description: `Lorenz curves of partnerships across ${formatList(curves.map(({ name }) => name))}. The diagonal shows equal shares: the deeper the curve, the more a few places hold.`,
      draw: (width) => lorenzCurves(curves, width),
      key: curves.map(({ name, token, dash, measure }) => ({
        token,
        dash,
        mark: "line" as const,
        label: `${capitalize(name)}: Gini ${measure.gini === null ? "undefined" : formatDecimal(measure.gini, 2)}`,
      })),
    },
    table: toTable(curves, [
      { label: "Places", value: ({ name }) => capitalize(name) },
      {
        label: mapFilter ? "Number of places in the dataset" : "Number of places",
        value: ({ measure }) => measure.groups,
      },
      { label: mapFilter ? "Places that match" : "Places with partnerships", value: ({ counts }) => counts.length },
      { label: "Partnerships", value: ({ measure }) => measure.total },
      {
        label: "Gini coefficient",
        value: ({ measure }) => (measure.gini === null ? null : Math.round(measure.gini * 1000) / 1000),
      },
      {
        label: "Share of the top five (%)",
        value: ({ measure }) => (measure.topShare === null ? null : Math.round(measure.topShare * 1000) / 10),
      },
    ]),
    counted: mapFilter?.table ?? "partnerships",
    base: `${formatCount(partnerships.totalCount, "partnership")}, including those that have ended.${mapFilter ? ` Filters: ${mapFilter.description}. The Gini coefficients are across all places of the dataset, whether they match or not.` : " Countries, states, territories, and some communities without a partnership are included."}`,
    source: "Sistergraph",
    caveats: [
      "Communities are places with a partnership, all states and state capitals, and provinces that contain a partner city. Other communities, which have no partnership, are not counted.",
      "The Gini coefficient is 0 if all places have the same number of partnerships, and close to 1 if one place has them all.",
    ],
    query: playgroundHref(ConcentrationCurvesDocument, variables),
  };
}

/** The names of places, those with the most partnerships first. */
function namesOf(groups: { key: { label: string }[]; count: number }[]): string[] {
  return groups.toSorted((a, b) => b.count - a.count).flatMap(({ key }) => key.map(({ label }) => label));
}

function lorenzCurves(curves: { points: LorenzPoint[]; token: string; dash: string }[], width: number): SVGSVGElement {
  const side = Math.min(width, 460);
  const axis = { domain: [0, 1], tickFormat: "%", ticks: 4, labelArrow: "none", tickSize: 0, grid: true } as const;
  return plotSvg({
    width: side,
    height: side,
    marginLeft: 52,
    marginBottom: 44,
    marginRight: 22,
    marginTop: 26,
    x: { ...axis, label: "Share of places, fewest partnerships first", labelAnchor: "center" },
    y: { ...axis, label: "Share of partnerships" },
    marks: [
      Plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: "var(--line-strong)", strokeDasharray: "4 4" },
      ),
      ...curves.map(({ points, token, dash }) =>
        Plot.line(points, {
          x: "groups",
          y: "partnerships",
          stroke: `var(${token})`,
          strokeWidth: 2.5,
          strokeDasharray: dash,
        }),
      ),
    ],
  });
}
