import type { ComparedPairFragment, TestFragment } from "../graphql/generated.ts";
import { formatList, formatNumber, inWords } from "../wording/format.ts";

/** A group of respondents with a published percentage. */
export interface Group {
  /** Slug of the figure. */
  slug: string;
  /** As the subject or object of a sentence: "the West", "services". */
  name: string;
  /** The respondents in it: "in the West". */
  inGroup: string;
  /** Whether the name is a plural. */
  isPlural: boolean;
  percent: number;
}

/** The words for what the percentages measure. */
export interface Quality {
  /** "Awareness is higher in the West": the subject. */
  subject: string;
  /** "46% in the West know of a partnership": the predicate. */
  predicate: string;
}

/** What can be said about the order of groups. */
export interface Ranking {
  /** One sentence, such as "The West stands apart; the other three cannot be ranked." Empty if there is one group at most. */
  headline: string;
  /** The percentages. */
  values: string;
  /** What the headline rests on: what is proven, what depends on the sample sizes, and what cannot be decided. */
  details: string[];
  /** What the tests assume about the groups, without a period. */
  assumptions: string[];
}

/** What two groups' comparison proves; the order is that of the percentages. */
interface Relation {
  higher: Group;
  lower: Group;
  /**
   * `proven` for every feasible sample size, `conditional` for some sizes, `none` for no size, and `unknown` if the figures
   * are not comparable or no size is feasible.
   */
  certainty: "proven" | "conditional" | "none" | "unknown";
  /** The sample size from which a conditional difference always holds, and the group that needs it. */
  from: { respondents: number; group: Group } | null;
}

/** The value that |z| exceeds if a difference is significant at the 95% level. */
export const CRITICAL_Z = 1.959963984540054;

/**
 * Derives what can be said about the order of groups from comparisons of their figures. Each pair needs one, in either
 * direction; `whole` is the slug of the figure of all respondents, if the groups are also compared with the rest of them.
 */
export function rankGroups(
  groups: Group[],
  comparisons: (ComparedPairFragment | null)[],
  quality: Quality,
  whole?: string,
): Ranking {
  const sorted = groups.toSorted((a, b) => b.percent - a.percent);
  const between = (a: string, b: string) => {
    const pair = comparisons.find((pair) => pair?.a.slug === a && pair.b.slug === b);
    if (pair) return firstTest(pair, false);
    const swapped = comparisons.find((pair) => pair?.a.slug === b && pair.b.slug === a);
    return swapped ? firstTest(swapped, true) : null;
  };
  const relations = sorted.flatMap((higher, index) =>
    sorted.slice(index + 1).map((lower) => toRelation(higher, lower, between(higher.slug, lower.slug))),
  );
  const withRest = sorted.map((group) => ({ group, test: whole === undefined ? null : between(group.slug, whole) }));
  const tests = [
    ...withRest.map(({ test }) => test),
    ...relations.map(({ higher, lower }) => between(higher.slug, lower.slug)),
  ].flatMap((test) => test ?? []);

  const apart = sorted.length < 3 ? [] : withRest.flatMap(({ group, test }) => standsApart(group, test, relations));
  return {
    headline: headline(sorted, relations, apart),
    values: `${formatList(sorted.map(({ percent, inGroup }) => `${percent}% ${inGroup}`))} ${quality.predicate}.`,
    details: [
      ...apart.map(
        ({ group, isHigh }) =>
          `${quality.subject} is ${isHigh ? "higher" : "lower"} ${group.inGroup} than in the rest of the sample, for every sample size that the published percentages allow.`,
      ),
      ...pairSentences(relations, quality),
    ],
    assumptions: [...new Set(tests.flatMap(({ assumption }) => (assumption ? [clause(assumption)] : [])))],
  };
}

/** An assumption of the server as a clause: without a capital and a period. */
export function clause(assumption: string): string {
  return lowerFirst(assumption).replace(/\.$/, "");
}

/** The test with the weakest assumption, as one of a - b or, if `swap`, of b - a. */
function firstTest({ tests }: ComparedPairFragment, swap: boolean): TestFragment | null {
  const test = tests[0];
  if (!test || !swap) return test ?? null;
  return { ...test, zLow: -test.zHigh, zHigh: -test.zLow, baseA: test.baseB, baseB: test.baseA };
}

function toRelation(higher: Group, lower: Group, test: TestFragment | null): Relation {
  const relation = (certainty: Relation["certainty"], from: Relation["from"] = null) => ({
    higher,
    lower,
    certainty,
    from,
  });
  switch (test?.holds) {
    case "FOR_EVERY_FEASIBLE_BASE":
      // The order of equal percentages is arbitrary, and so is that of percentages that a test contradicts.
      return test.zLow > 0 ? relation("proven") : { ...relation("proven"), higher: lower, lower: higher };
    case "DEPENDS_ON_THE_BASE": {
      // A difference that is significant in both directions has no size from which it holds in one.
      const isOneWay = test.zLow >= -CRITICAL_Z;
      const smaller = test.baseA.low < test.baseB.low ? higher : lower;
      return relation(
        "conditional",
        test.holdsFrom !== null && isOneWay ? { respondents: test.holdsFrom, group: smaller } : null,
      );
    }
    case "FOR_NO_FEASIBLE_BASE":
      return relation("none");
    case "NOT_FEASIBLE":
    case undefined:
      return relation("unknown");
  }
}

/**
 * A group stands apart if it differs from the rest of the sample for every feasible sample size, if it is above or below
 * every other group, and if for each of them there are feasible sample sizes for which the two differ.
 */
function standsApart(
  group: Group,
  test: TestFragment | null,
  relations: Relation[],
): { group: Group; isHigh: boolean }[] {
  if (test?.holds !== "FOR_EVERY_FEASIBLE_BASE") return [];
  const isHigh = test.zLow > 0;
  const own = relations.filter(({ higher, lower }) => higher === group || lower === group);
  const isExtreme = own.every(
    ({ higher, lower, certainty }) =>
      (isHigh ? higher : lower) === group && (certainty === "proven" || certainty === "conditional"),
  );
  return isExtreme ? [{ group, isHigh }] : [];
}

const capitalize = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const namesOf = (groups: Group[]) => formatList(groups.map(({ name }) => name));
const withPercent = ({ name, percent }: Group) => `${name} (${percent}%)`;

function headline(sorted: Group[], relations: Relation[], apart: { group: Group; isHigh: boolean }[]): string {
  if (sorted.length < 2) return "";
  const isChain = relations.every(({ certainty }) => certainty === "proven");
  const [first, second] = apart;
  if (isChain || !first) return `${capitalize(orderInWords(sorted, relations, ""))}.`;
  const lead = second
    ? `${withPercent(first.group)} and ${withPercent(second.group)} stand apart, at the two ends`
    : `${withPercent(first.group)} ${first.group.isPlural ? "stand" : "stands"} apart`;
  const others = sorted.filter((group) => !apart.some((one) => one.group === group));
  const among = relations.filter(({ higher, lower }) => others.includes(higher) && others.includes(lower));
  return `${capitalize([lead, ...(others.length > 1 ? [orderInWords(others, among, "other ")] : [])].join("; "))}.`;
}

/** Says whether groups can be ranked. `other` goes before their number. */
function orderInWords(groups: Group[], relations: Relation[], other: string): string {
  const proven = relations.filter(({ certainty }) => certainty === "proven");
  const [highest = 0, lowest = highest] = [groups[0]?.percent, groups.at(-1)?.percent];
  const range = highest === lowest ? `${highest}%` : `${lowest}% to ${highest}%`;
  const subject = `the ${other}${inWords(groups.length)} (${range})`;
  if (proven.length === 0) return `${subject} cannot be ranked`;
  if (proven.length < relations.length)
    return `of ${subject}, only some can be ranked: ${provenPairs(proven, "name", "above")}`;
  const below = (group: Group) => proven.filter(({ higher }) => higher === group).length;
  const ranked = groups.toSorted((a, b) => below(b) - below(a));
  return `${subject} can be ranked: ${ranked.map(withPercent).join(", then ")}`;
}

/** Lists pairs such as "services above goods and the public sector". */
function provenPairs(proven: Relation[], name: "name" | "inGroup", word: string): string {
  const highest = [...new Set(proven.map(({ higher }) => higher))];
  return highest
    .map((group) => {
      const below = proven.filter(({ higher }) => higher === group).map(({ lower }) => lower[name]);
      return `${group[name]} ${word} ${formatList(below)}`;
    })
    .join("; ");
}

/** One sentence for each certainty that occurs. */
function pairSentences(relations: Relation[], { subject }: Quality): string[] {
  const of = (certainty: Relation["certainty"]) => relations.filter((relation) => relation.certainty === certainty);
  const [proven, none, unknown] = [of("proven"), of("none"), of("unknown")];
  const sized = of("conditional").flatMap((relation) =>
    relation.from
      ? [
          `${pairText(relation)} if at least ${formatNumber(relation.from.respondents)} respondents are ${relation.from.group.inGroup}`,
        ]
      : [],
  );
  const unsized = of("conditional").filter(({ from }) => !from);
  return [
    ...(proven.length > 0
      ? [`For every feasible sample size, ${lowerFirst(subject)} is higher ${provenPairs(proven, "inGroup", "than")}.`]
      : []),
    ...(sized.length > 0 ? [`The difference is always significant ${sized.join("; ")}.`] : []),
    ...(unsized.length > 0
      ? [`Whether the difference is significant ${pairsText(unsized)} depends on sample sizes that are not published.`]
      : []),
    ...(none.length > 0 ? [`No feasible sample size makes the difference significant ${pairsText(none)}.`] : []),
    ...(unknown.length > 0 ? [`No test is possible ${pairsText(unknown)}.`] : []),
  ];
}

/** Makes the first letter of a sentence small, so that it can go on after a colon. */
export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

const pairText = ({ higher, lower }: Relation) => `between ${higher.name} and ${lower.name}`;

function pairsText(relations: Relation[]): string {
  const groups = [...new Set(relations.flatMap(({ higher, lower }) => [higher, lower]))];
  const isEveryPair = relations.length === (groups.length * (groups.length - 1)) / 2;
  return groups.length > 2 && isEveryPair
    ? `between any two of ${namesOf(groups)}`
    : formatList(relations.map(pairText));
}
