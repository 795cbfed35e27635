import { fold } from "../wording/fold.ts";

/** One value that a filter can have. `value` is what addresses and the API use. */
export interface Choice {
  value: string;
  label: string;
  /** Other spellings that addresses may use. */
  aliases?: string[];
}

/** A filter with the parameter that records it. */
export interface Filter {
  parameter: string;
  /** What it is called on the page. */
  label: string;
  /** Whether the labels of the choices are names of places, which are not translated. */
  hasNames?: boolean;
  choices: Choice[];
}

/** The chosen values of each filter by its parameter, in the order of the choices. Without an entry, all values match. */
export type Selected = Record<string, string[]>;

/** Parameters that search engines, social networks, and newsletters add to links, as in `src/export/options.rs`. */
const TRACKING_PARAMETERS =
  /^(utm_.*|_ga|_gl|dclid|fbclid|gbraid|gclid|igshid|li_fat_id|mc_cid|mc_eid|msclkid|srsltid|twclid|wbraid)$/;

/** Reads the filters of an address. Values are understood in any case, by code, name, or slug; several are separated by commas. */
export function parseFilters(query: URLSearchParams, filters: Filter[]): { selected: Selected; problems: string[] } {
  const selected: Selected = {};
  const problems: string[] = [];
  for (const filter of filters) {
    const values = new Set<string>();
    for (const text of query.getAll(filter.parameter).flatMap((list) => splitList(list, filter))) {
      const choice = findChoice(filter, text);
      if (choice) values.add(choice.value);
      else problems.push(`“${text}” is not a value of the filter “${filter.label}”, so it is ignored.`);
    }
    if (values.size > 0) selected[filter.parameter] = sortValues(filter, values);
  }
  return { selected, problems };
}

/** Adds the filters to the query of an address. The same filters always give the same text. */
export function formatFilters(query: URLSearchParams, selected: Selected, filters: Filter[]): void {
  for (const { parameter } of filters) {
    const values = selected[parameter];
    if (values?.length) query.set(parameter, values.join(","));
  }
}

/** Returns the filters with one value added or removed. */
export function toggleValue(selected: Selected, filter: Filter, value: string): Selected {
  const values = new Set(selected[filter.parameter]);
  if (!values.delete(value)) values.add(value);
  const others = withoutFilter(selected, filter.parameter);
  return values.size > 0 ? { ...others, [filter.parameter]: sortValues(filter, values) } : others;
}

/** Returns all filters but one. */
export function withoutFilter(selected: Selected, parameter: string): Selected {
  return Object.fromEntries(Object.entries(selected).filter(([name]) => name !== parameter));
}

/** Reports the parameters that the page does not use, except those that other sites add to links. */
export function unknownParameters(query: URLSearchParams, parameters: string[]): string[] {
  return [...new Set(query.keys())]
    .filter((name) => !parameters.includes(name) && !TRACKING_PARAMETERS.test(name))
    .map((name) => {
      const similar = parameters.find((parameter) => isSimilar(name.toLowerCase(), parameter));
      return `The address has the parameter “${name}”, which this page does not use. ${similar ? `Did you mean “${similar}”?` : `It uses ${parameters.join(", ")}.`}`;
    });
}

/** Returns the query string without the escapes that it does not need, so that the address is easier to read. */
export function formatQuery(query: URLSearchParams): string {
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text && `?${text}`;
}

/** A name may contain a comma, as in "Korea, South". */
function splitList(list: string, filter: Filter): string[] {
  if (findChoice(filter, list)) return [list];
  return list
    .split(",")
    .map((text) => text.trim())
    .filter(Boolean);
}

function findChoice({ choices }: Filter, text: string): Choice | undefined {
  const wanted = normalize(text);
  return (
    choices.find(({ value }) => normalize(value) === wanted) ??
    choices.find(({ label, aliases = [] }) => [label, ...aliases].some((name) => normalize(name) === wanted))
  );
}

function normalize(text: string): string {
  return fold(text)
    .replace(/[-_.\s]+/g, " ")
    .trim();
}

function sortValues({ choices }: Filter, values: Set<string>): string[] {
  return choices.map(({ value }) => value).filter((value) => values.has(value));
}

/** Whether the names differ in one character or an exchange of neighbors. */
function isSimilar(a: string, b: string): boolean {
  if (a === b) return true;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1 || short.length < 3) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  const rest = (text: string, skipped: number) => text.slice(start + skipped);
  if (short.length < long.length) return rest(short, 0) === rest(long, 1);
  return (
    rest(short, 1) === rest(long, 1) ||
    (short[start] === long[start + 1] && short[start + 1] === long[start] && rest(short, 2) === rest(long, 2))
  );
}
