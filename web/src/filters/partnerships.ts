import type {
  Corroboration,
  PartnershipFilter,
  PartnershipLevel,
  PartnershipStatus,
  RegionName,
} from "../graphql/generated.ts";
import { CORROBORATION_SHORT, LEVEL, LEVEL_PLURAL, REGION, STATUS } from "../wording/terms.ts";
import type { Choice, Filter, Selected } from "./address.ts";

/** The states and countries that filters can name. */
export interface Places {
  states: { code: string; name: string; commonNames?: string[] }[];
  countries: { code: string; code3?: string; name: string; commonNames?: string[] }[];
}

/** Stands for null in filters and counts: partnerships whose year is unknown, or that are in no region. */
export const UNKNOWN = "unknown";
const FIRST_DECADE = 1900;
const LAST_DECADE = 2090;

/** The filters of partnerships. */
export const partnershipFilters = (places: Places): Filter[] => [
  {
    parameter: "level",
    label: "Level",
    choices: choicesOf(LEVEL).map((choice) => ({
      ...choice,
      aliases: [LEVEL_PLURAL[choice.value as PartnershipLevel]],
    })),
  },
  { parameter: "region", label: "Region", choices: choicesOf(REGION) },
  stateFilter(places),
  countryFilter(places),
  {
    parameter: "decade",
    label: "Founded",
    choices: [
      ...Array.from({ length: (LAST_DECADE - FIRST_DECADE) / 10 + 1 }, (_, index) => {
        const decade = String(FIRST_DECADE + 10 * index);
        return { value: decade, label: `${decade}s` };
      }),
      { value: UNKNOWN, label: "Year unknown" },
    ],
  },
  { parameter: "status", label: "Status", choices: choicesOf(STATUS) },
  {
    parameter: "corroboration",
    label: "Sources from",
    choices: choicesOf(CORROBORATION_SHORT),
  },
];

export const stateFilter = ({ states }: Places): Filter => ({
  parameter: "state",
  label: "State",
  hasNames: true,
  choices: states.map(({ code, name, commonNames = [] }) => ({
    value: code,
    label: name,
    aliases: [`US-${code}`, ...commonNames],
  })),
});

export const countryFilter = ({ countries }: Places): Filter => ({
  parameter: "country",
  label: "Country",
  hasNames: true,
  choices: countries.map(({ code, code3, name, commonNames = [] }) => ({
    value: code,
    label: name,
    aliases: [...(code3 ? [code3] : []), ...commonNames],
  })),
});

/** The choices of an enum of the API with its labels. */
export function choicesOf(labels: Record<string, string>): Choice[] {
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}

/** Converts the filters to the equivalent filter of the API; undefined if no filter is active. */
export function toPartnershipFilter({
  level,
  region,
  state,
  country,
  decade,
  status,
  corroboration,
}: Selected): PartnershipFilter | undefined {
  const filter: PartnershipFilter = {};
  if (level) filter.level = level as PartnershipLevel[];
  if (status) filter.status = status as PartnershipStatus[];
  if (corroboration) filter.corroboration = corroboration as Corroboration[];
  if (region || state) {
    filter.state = { ...(region && { region: region as RegionName[] }), ...(state && { code: oneOrMore(state) }) };
  }
  if (country) filter.country = { code: oneOrMore(country) };
  const years = decade?.map((text) =>
    text === UNKNOWN ? { isNull: true } : { gte: Number(text), lt: Number(text) + 10 },
  );
  if (years?.length === 1 && years[0]) filter.establishedYear = years[0];
  else if (years) filter.or = years.map((establishedYear) => ({ establishedYear }));
  return Object.keys(filter).length > 0 ? filter : undefined;
}

/** The condition that a text is one of the values. */
export function oneOrMore(values: string[]): { eq: string } | { in: string[] } {
  const [first] = values;
  return values.length === 1 && first !== undefined ? { eq: first } : { in: values };
}
