import { choicesOf, countryFilter, oneOrMore, stateFilter } from "../filters/partnerships.ts";
import type { FigureFlag } from "../graphql/generated.ts";
import { LEVEL, MEASURE, QUALIFIER, REGION } from "../wording/terms.ts";
import type { TableConfig } from "./config.ts";

const CAVEAT: Record<FigureFlag, string> = {
  BASE_NOT_PUBLISHED: "Number of respondents not published",
  BASE_NOT_STATED: "Base not defined",
  WORDING_NOT_PUBLISHED: "Wording not published",
  DIRECTION_REVERSED_IN_PROSE: "Reversed in the text",
  SCOPE_DRIFT: "Scope changes",
  SOURCE_IMPLIED: "Implied by the source",
  DISPUTED: "Disputed",
  SECOND_HAND: "Secondhand",
};

export const publishedFigures: TableConfig = {
  title: "Published numbers",
  lede: "Numbers that others have published about the partnerships, and about students, trade, and tourism. “At least” and “At most” are the range that the rounding or the wording allows. Survey percentages are not among them; the file of all published figures, under “Data and method”, has both.",
  noun: ["published number", "published numbers"],
  operation: "PublishedFigures",
  field: "publishedStatistics",
  filterType: "PublishedStatisticFilter",
  orderType: "PublishedStatisticOrder",
  searched: "Subjects that contain",
  key: ["slug"],
  columns: [
    {
      name: "subject",
      label: "Subject",
      fields: ["subject"],
      order: "SUBJECT",
      link: { folder: "figure", field: "slug" },
    },
    { name: "measure", label: "Measure", fields: ["measure"], order: "MEASURE", words: MEASURE },
    { name: "qualifier", label: "Qualifier", fields: ["quantity.qualifier"], order: "QUALIFIER", words: QUALIFIER },
    { name: "value", label: "Value", fields: ["quantity.value"], order: "VALUE", kind: "number" },
    { name: "unit", label: "Unit", fields: ["quantity.unit"], order: "UNIT" },
    { name: "low", label: "At least", fields: ["quantity.low"], kind: "number" },
    { name: "high", label: "At most", fields: ["quantity.high"], kind: "number" },
    { name: "year", label: "Year", fields: ["year"], order: "YEAR", kind: "year" },
    { name: "region", label: "Region", fields: ["region.name"], order: "REGION", words: REGION },
    {
      name: "state",
      label: "State",
      fields: ["state.name", "state.code"],
      order: "STATE_CODE",
      kind: "name",
      link: { folder: "state", field: "state.code" },
    },
    {
      name: "country",
      label: "Country",
      fields: ["country.name", "country.code"],
      order: "COUNTRY_CODE",
      kind: "name",
      link: { folder: "country", field: "country.code" },
    },
    { name: "level", label: "Level", fields: ["level"], order: "LEVEL", words: LEVEL },
    { name: "caveats", label: "Caveats", fields: ["flags"], words: CAVEAT },
    { name: "source", label: "Source", fields: ["source.title", "source.slug"], order: "SOURCE" },
    { name: "slug", label: "Slug", fields: ["slug"], order: "SLUG", kind: "name" },
  ],
  shown: ["subject", "measure", "qualifier", "value", "unit", "year", "state", "country", "caveats", "source"],
  locations: [],
  filters: (places) => [
    { parameter: "measure", label: "Measure", choices: choicesOf(MEASURE) },
    { parameter: "region", label: "Region", choices: choicesOf(REGION) },
    stateFilter(places),
    countryFilter(places),
    { parameter: "caveat", label: "Caveats", choices: choicesOf(CAVEAT) },
  ],
  counted: [
    { parameter: "measure", by: { each: Object.keys(MEASURE) } },
    { parameter: "region", by: { each: Object.keys(REGION) } },
    { parameter: "state", by: { within: "states" } },
    { parameter: "country", by: { within: "countries" } },
    { parameter: "caveat", by: { each: Object.keys(CAVEAT) } },
  ],
  toFilter({ measure, region, state, country, caveat }, words) {
    const filter: Record<string, unknown> = {};
    if (measure) filter.measure = measure;
    if (region) filter.region = region;
    if (state) filter.state = oneOrMore(state);
    if (country) filter.country = oneOrMore(country);
    if (caveat) filter.flags = caveat;
    const texts = words.split(/\s+/).filter(Boolean);
    if (texts.length > 0) filter.and = texts.map((contains) => ({ subject: { contains } }));
    return Object.keys(filter).length > 0 ? filter : undefined;
  },
};
