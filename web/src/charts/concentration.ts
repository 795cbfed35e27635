import { ask } from "../graphql/client.ts";
import { SpreadOverPlacesDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { count, decimal, listed } from "../wording/numbers.ts";
import { type Chart, type Narrowed, tableOf } from "./chart.ts";
import { lorenz } from "./lorenz.ts";
import { Plot, svg } from "./plot.ts";

const titled = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** How unevenly ties are spread, as Lorenz curves, under the filter of the map. */
export async function concentrationChart(narrowed?: Narrowed): Promise<Chart> {
  const variables = narrowed ? { filter: narrowed.filter } : {};
  const { partnerships, byState, byCountry, byUsCommunity, byPartnerCommunity } = await ask(
    SpreadOverPlacesDocument,
    variables,
  );
  // What is narrowed to one country or state is not spread over countries or states.
  const { country, state } = narrowed?.filter ?? {};
  const curves = [
    {
      name: "partner countries",
      token: "--series-2",
      dash: "none",
      measure: byCountry,
      counts: partnerships.countries,
      told: !country,
    },
    {
      name: "states",
      token: "--series-1",
      dash: "8 3",
      measure: byState,
      counts: partnerships.states,
      told: !state?.code,
    },
    {
      name: "US communities",
      token: "--series-3",
      dash: "3 3",
      measure: byUsCommunity,
      counts: partnerships.usCommunities,
      told: true,
    },
    {
      name: "partner communities",
      token: "--series-4",
      dash: "9 3 2 3",
      measure: byPartnerCommunity,
      counts: partnerships.partnerCommunities,
      told: true,
    },
  ]
    .filter(({ told }) => told)
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
      topShare === null ? [] : [`the five ${name} with the most hold ${decimal(topShare * 100, 0)}%`],
    );

  return {
    finding:
      shares.length > 0
        ? `Of the ties ${shares.join(", and ")}. The further a curve sags below the diagonal, the more a few hold.`
        : "There are no ties to spread.",
    description: `Lorenz curves of partnerships over ${listed(curves.map(({ name }) => name))}, each below the diagonal that equal shares would give.`,
    draw(width) {
      const side = Math.min(width, 460);
      return svg({
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
          label: "Share of places, those with the fewest first",
          labelAnchor: "center",
          labelArrow: "none",
          tickSize: 0,
          grid: true,
        },
        y: {
          domain: [0, 1],
          tickFormat: "%",
          ticks: 4,
          label: "Share of the ties",
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
              y: "ties",
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
      label: `${titled(name)}: Gini ${measure.gini === null ? "none" : decimal(measure.gini, 2)}`,
    })),
    table: tableOf(curves, [
      { label: "Over", of: ({ name }) => titled(name) },
      { label: "Groups", of: ({ measure }) => measure.groups },
      { label: "Groups with ties", of: ({ counts }) => counts.length },
      { label: "Partnerships", of: ({ measure }) => measure.total },
      {
        label: "Gini coefficient",
        of: ({ measure }) => (measure.gini === null ? null : Math.round(measure.gini * 1000) / 1000),
      },
      {
        label: "Share of the five largest (%)",
        of: ({ measure }) => (measure.topShare === null ? null : Math.round(measure.topShare * 1000) / 10),
      },
    ]),
    base: `${count(partnerships.totalCount)} partnerships of every status${narrowed ? `: ${narrowed.within}` : ""}; all places of each kind that the data know, those without a tie included.`,
    source: "This data set",
    caveats: [
      "Communities are those that hold a partnership, and every state and state capital or province that one lies in; the many other places, which hold none, are not counted.",
      "The Gini coefficient runs from 0, where all hold as many, to nearly 1, where one holds all.",
    ],
    query: playgroundHref(SpreadOverPlacesDocument, variables),
  };
}
