import type { ComparedPartnershipsFragment } from "../graphql/generated.ts";
import {
  capitalize,
  formatCount,
  formatDecimal,
  formatList,
  formatNumber,
  formatPercent,
  formatRate,
} from "../wording/format.ts";
import type { Table } from "../charts/chart.ts";

/** A state, country, or place with what is compared. */
export interface Side {
  name: string;
  /** The address of the table of its partnerships, or `partnerships?place=` with the slug of a place. */
  counted: string;
  /** On which side of the Pacific it is. */
  isUs: boolean;
  /** "state", "territory", "country", "city", "province". */
  kind: string;
  population: number | null;
  /** Of every status. */
  total: number;
  ended: number;
  undated: number;
  /** Whether all partnerships are included in the counts by decade and by partner. */
  isComplete: boolean;
  /** Number of partnerships by the first year of the decade. */
  decades: Map<number, number>;
  /** Partner countries of a US side, states of a partner's side. */
  partners: Map<string, Partner>;
  /** Partner provinces of a US side; empty for a partner's side. */
  provinces: Map<string, Partner>;
  /** The number of partnerships of a US side whose partner's province is unknown. */
  withoutProvince: number;
  region: { name: string; aware: { slug: string; text: string } | null } | null;
}

export interface Partner {
  name: string;
  count: number;
}

/** Counts the partnerships of a side. */
export function countPartnerships(
  { totalCount, pageInfo, nodes }: ComparedPartnershipsFragment,
  isUs: boolean,
): Pick<Side, "total" | "ended" | "undated" | "isComplete" | "decades" | "partners" | "provinces" | "withoutProvince"> {
  const decades = new Map<number, number>();
  const partners = new Map<string, Partner>();
  const provinces = new Map<string, Partner>();
  let withoutProvince = 0;
  const add = (to: Map<string, Partner>, key: string, name: string) =>
    to.set(key, { name, count: (to.get(key)?.count ?? 0) + 1 });
  for (const { establishedYear, country, state, partner } of nodes) {
    if (establishedYear !== null) {
      const decade = Math.floor(establishedYear / 10) * 10;
      decades.set(decade, (decades.get(decade) ?? 0) + 1);
    }
    if (isUs) add(partners, country.code, country.name);
    else add(partners, state.code, state.name);
    const province = partner.__typename === "City" ? partner.province : partner;
    if (isUs && province) add(provinces, province.slug, `${province.name}, ${country.name}`);
    else if (isUs) withoutProvince++;
  }
  return {
    total: totalCount,
    ended: nodes.filter(({ status }) => status === "ENDED").length,
    undated: nodes.filter(({ establishedYear }) => establishedYear === null).length,
    isComplete: !pageInfo.hasNextPage,
    decades,
    partners,
    provinces,
    withoutProvince,
  };
}

/** Partnerships per million inhabitants; null if the population is unknown or zero. */
export function perMillion({ total, population }: Pick<Side, "total" | "population">): number | null {
  return population ? (1_000_000 * total) / population : null;
}

/** Says in which decades each side founded the most partnerships, and which side has none. */
export function busiestDecades(a: Side, b: Side): string {
  if (a.total + b.total === 0) return `${a.name} and ${b.name} have no partnership on record.`;
  const unknownOf = ({ name, total }: Pick<Side, "name" | "total">) =>
    total === 0 ? `${name} has no partnership on record` : `no founding year of ${name} is known`;
  const [first, second] = [a, b].map(({ name, total, decades }) => {
    const most = Math.max(0, ...decades.values());
    const years = [...decades.keys()]
      .filter((decade) => decades.get(decade) === most)
      .sort((one, other) => one - other);
    return { name, total, most, several: years.length > 1, decades: formatList(years.map((year) => `${year}s`)) };
  });
  if (!first || !second) return "";
  if (first.most + second.most === 0)
    return a.total > 0 && b.total > 0
      ? "No founding year is known."
      : `${capitalize(formatList([first, second].map(unknownOf)))}.`;
  if (first.most === 0 || second.most === 0) {
    const [known, unknown] = first.most === 0 ? [second, first] : [first, second];
    return `The ${known.decades} have the most partnerships of ${known.name} (${formatNumber(known.most)}${known.several ? " each" : ""}); ${unknownOf(unknown)}.`;
  }
  const count = ({ most, several }: typeof first) => `${formatNumber(most)}${several ? " each" : ""}`;
  return first.decades === second.decades
    ? `The ${first.decades} have the most partnerships of both: ${count(first)} of ${first.name}, ${count(second)} of ${second.name}.`
    : `The ${first.decades} have the most partnerships of ${first.name} (${count(first)}), the ${second.decades} of ${second.name} (${count(second)}).`;
}

/** The partners that both sides have, with the number of partnerships of each, and those that only one has; most first. */
export function comparePartners(a: Map<string, Partner>, b: Map<string, Partner>) {
  const keys = [...new Set([...a.keys(), ...b.keys()])];
  const rows = keys
    .map((key) => ({
      key,
      name: a.get(key)?.name ?? b.get(key)?.name ?? key,
      a: a.get(key)?.count ?? 0,
      b: b.get(key)?.count ?? 0,
    }))
    .sort((one, other) => other.a + other.b - one.a - one.b || one.name.localeCompare(other.name, "en"));
  return {
    rows,
    both: rows.filter(({ a, b }) => a > 0 && b > 0),
    onlyA: rows.filter(({ b }) => b === 0),
    onlyB: rows.filter(({ a }) => a === 0),
  };
}

/** The table of what is compared. */
export function factsTable(a: Side, b: Side): Table {
  const rate = (side: Side) => {
    const value = perMillion(side);
    // With one decimal, so that 10.6 and 10.5 differ.
    return value === null ? "population unknown" : value < 1 ? formatRate(value) : formatDecimal(value);
  };
  const partners = a.isUs ? "Partner countries" : "Partner states";
  const rows: [label: string, value: (side: Side) => string | number, counted?: (side: Side) => string][] = [
    ["Partnerships", ({ total }) => total, ({ counted }) => counted],
    ["of which ended", ({ ended }) => ended, ({ counted }) => `${counted}&status=ENDED`],
    ["of which the founding year is unknown", ({ undated }) => undated, ({ counted }) => `${counted}&decade=unknown`],
    ["Population", ({ population }) => population ?? "unknown"],
    ["Partnerships per million inhabitants", rate],
    ...(a.isUs === b.isUs
      ? [
          [
            partners,
            (side: Side) => side.partners.size,
            ({ counted }: Side) => counted.replace("partnerships", a.isUs ? "countries" : "states"),
          ] as (typeof rows)[number],
        ]
      : []),
    ...(a.region || b.region
      ? ([
          ["Region", ({ region }) => region?.name ?? "none of the four"],
          [
            "Officials and business leaders in its region who know of a partnership",
            ({ region }) => region?.aware?.text ?? "not published",
          ],
        ] as [string, (side: Side) => string][])
      : []),
  ];
  return {
    labels: ["", a.name, b.name],
    cells: rows.map(([label, value]) => [label, value(a), value(b)]),
    counted: rows.map(([, , counted]) => [undefined, counted?.(a), counted?.(b)]),
  };
}

/** What limits the comparison, and how the two sides are counted differently, as sentences. */
export function caveatsOf(a: Side, b: Side): string[] {
  const sides = [a, b];
  const names = (some: Side[]) => formatList(some.map(({ name }) => name));
  const unknown = sides.filter(({ population }) => population === null);
  const undated = sides.filter(({ undated }) => undated > 0);
  const surveyed = sides.filter(({ region }) => region?.aware);
  const outside = sides.filter((side) => side.isUs && side.kind !== "country" && !side.region);
  return [
    ...(a.isUs === b.isUs
      ? []
      : [`${a.name} and ${b.name} are on different sides of the Pacific, so they cannot share partners.`]),
    ...(a.kind === b.kind ? [] : [`${a.name} is a ${a.kind}, and ${b.name} is a ${b.kind}.`]),
    ...(unknown.length > 0
      ? [`The population of ${names(unknown)} is unknown, so the numbers per million inhabitants cannot be compared.`]
      : []),
    ...(undated.length > 0
      ? [
          `The founding year is unknown for ${formatList(undated.map(({ name, undated, total }) => `${formatNumber(undated)} of ${formatCount(total, "partnership")} of ${name} (${formatPercent(undated / total)})`))}. The decades leave them out, so their heights may differ for that reason alone.`,
        ]
      : []),
    ...(surveyed.length > 0
      ? [
          `Awareness was published for regions, not for ${surveyed[0]?.kind === "state" ? "states" : "single places"}: ${formatList(
            [...new Set(surveyed.map(({ region }) => region?.name ?? ""))].map((name) => `the ${name}`),
          )}.`,
        ]
      : []),
    ...(surveyed.length === 2 && a.region?.name === b.region?.name
      ? ["Both are in the same region, so the percentage is the same figure."]
      : []),
    ...(surveyed.length > 0 && outside.length > 0
      ? [`${names(outside)} is in none of the four regions, so there is no figure for it.`]
      : []),
    ...sides
      .filter(({ isComplete }) => !isComplete)
      .map(
        ({ name }) => `${name} has too many partnerships to compare all of them; decades and partners are incomplete.`,
      ),
  ];
}
