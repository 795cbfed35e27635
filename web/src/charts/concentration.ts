import { request } from "../graphql/client.ts";
import { ConcentrationCurvesDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { formatCount, formatDecimal, formatList, formatPercent } from "../wording/format.ts";
import { type Chart, type MapFilter, toTable } from "./chart.ts";
import { lorenz } from "./lorenz.ts";
import { Plot, plotSvg } from "./plot.ts";

const capitalize = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Lorenz curves of the partnerships that match the filters of the map. */
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
      name: "partner countries",
      token: "--series-2",
      dash: "none",
      measure: byCountry,
      counts: partnerships.countries,
      included: !country,
    },
    {
      name: "states",
      token: "--series-1",
      dash: "8 3",
      measure: byState,
      counts: partnerships.states,
      included: !state?.code,
    },
    {
      name: "US communities",
      token: "--series-3",
      dash: "3 3",
      measure: byUsCommunity,
      counts: partnerships.usCommunities,
      included: true,
    },
    {
      name: "partner communities",
      token: "--series-4",
      dash: "9 3 2 3",
      measure: byPartnerCommunity,
      counts: partnerships.partnerCommunities,
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
  const shares = curves
    .slice(0, 2)
    .flatMap(({ name, measure: { topShare } }) =>
      topShare === null ? [] : [`the top five ${name} hold ${formatPercent(topShare)}`],
    );

  const [first, ...others] = shares;

  return {
    finding: first
      ? `${capitalize([`${first} of the partnerships`, ...others].join("; "))}. The deeper the curve, the more a few places hold.`
      : "Nothing to show.",
    description: `Lorenz curves of partnerships across ${formatList(curves.map(({ name }) => name))}. The diagonal shows equal shares.`,
    draw(width) {
      const side = Math.min(width, 460);
      return plotSvg({
        width: side,
        height: side,
        marginLeft: 52,
        marginBottom: 44,
        marginRight: 22,
        marginTop: 26,
        x: {
          domain: [0, 1],
          tickFormat: "%",
          ticks: 4,
          label: "Share of places, fewest partnerships first",
          labelAnchor: "center",
          labelArrow: "none",
          tickSize: 0,
          grid: true,
        },
        y: {
          domain: [0, 1],
          tickFormat: "%",
          ticks: 4,
          label: "Share of partnerships",
          labelArrow: "none",
          tickSize: 0,
          grid: true,
        },
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
    },
    key: curves.map(({ name, token, dash, measure }) => ({
      token,
      dash,
      mark: "line" as const,
      label: `${capitalize(name)}: Gini ${measure.gini === null ? "undefined" : formatDecimal(measure.gini, 2)}`,
    })),
    table: toTable(curves, [
      { label: "Places", value: ({ name }) => capitalize(name) },
      { label: "Number of places", value: ({ measure }) => measure.groups },
      { label: "Places with partnerships", value: ({ counts }) => counts.length },
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
    base: `${formatCount(partnerships.totalCount, "partnership")}, including those that have ended.${mapFilter ? ` Filters: ${mapFilter.description}.` : ""} Countries, states, and some communities without a partnership are included.`,
    source: "Sistergraph",
    caveats: [
      "Communities are places with a partnership, all states and state capitals, and provinces that contain a partner city. Other communities, which have no partnership, are not counted.",
      "The Gini coefficient is 0 if all places have the same number of partnerships, and close to 1 if one place has them all.",
    ],
    query: playgroundHref(ConcentrationCurvesDocument, variables),
  };
}
