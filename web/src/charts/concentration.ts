import { ask } from "../graphql/client.ts";
import { SpreadOverPlacesDocument } from "../graphql/generated.ts";
import { playgroundHref } from "../graphql/playground.ts";
import { count, decimal } from "../wording/numbers.ts";
import { type Chart, type Narrowed, tableOf } from "./chart.ts";
import { lorenz } from "./lorenz.ts";
import { Plot, svg } from "./plot.ts";

/** How unevenly ties are spread, as Lorenz curves, under the filter of the map. */
export async function concentrationChart(narrowed?: Narrowed): Promise<Chart> {
  const variables = narrowed ? { filter: narrowed.filter } : {};
  const { partnerships, byState, byCountry, byUsCommunity, byPartnerCommunity } = await ask(SpreadOverPlacesDocument, variables);
  const curves = [
    { name: "Partner countries", token: "--series-2", measure: byCountry, counts: partnerships.countries },
    { name: "States", token: "--series-1", measure: byState, counts: partnerships.states },
    { name: "US communities", token: "--series-3", measure: byUsCommunity, counts: partnerships.usCommunities },
    { name: "Partner communities", token: "--series-4", measure: byPartnerCommunity, counts: partnerships.partnerCommunities },
  ].map((curve) => ({ ...curve, points: lorenz(curve.counts.map(({ count }) => count), curve.measure.groups) }));
  const percent = (share: number | null | undefined) => (share == null ? "no" : `${decimal(share * 100, 0)}%`);
  const [countries, states] = curves;

  return {
    finding: `The five countries with the most hold ${percent(countries?.measure.topShare)} of the ties, the five states with the most ${percent(states?.measure.topShare)}. The further a curve sags below the diagonal, the more a few hold.`,
    description: "Lorenz curves of partnerships over countries, states and communities, each below the diagonal that equal shares would give.",
    draw(width) {
      const side = Math.min(width, 460);
      return svg({
        width: side, height: side, marginLeft: 52, marginBottom: 44, marginRight: 10, marginTop: 10,
        x: { domain: [0, 1], tickFormat: "%", ticks: 4, label: "Share of places, those with the fewest first", labelAnchor: "center", labelArrow: "none", tickSize: 0, grid: true },
        y: { domain: [0, 1], tickFormat: "%", ticks: 4, label: null, tickSize: 0, grid: true },
        marks: [
          Plot.line([[0, 0], [1, 1]], { stroke: "var(--line-strong)", strokeDasharray: "4 4" }),
          ...curves.map(({ points, token }, index) => Plot.line(points, { x: "groups", y: "ties", stroke: `var(${token})`, strokeWidth: 2.5, strokeDasharray: ["", "8 3", "3 3", "9 3 2 3"][index] ?? "" })),
        ],
      });
    },
    key: curves.map(({ name, token, measure }) => ({ token, mark: "line" as const, label: `${name}: Gini ${measure.gini === null ? "none" : decimal(measure.gini, 2)}` })),
    table: tableOf(curves, [
      { label: "Over", of: ({ name }) => name },
      { label: "Groups", of: ({ measure }) => measure.groups },
      { label: "Groups with ties", of: ({ counts }) => counts.length },
      { label: "Partnerships", of: ({ measure }) => measure.total },
      { label: "Gini coefficient", of: ({ measure }) => (measure.gini === null ? null : Math.round(measure.gini * 1000) / 1000) },
      { label: "Share of the five largest (%)", of: ({ measure }) => (measure.topShare === null ? null : Math.round(measure.topShare * 1000) / 10) },
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
