import { countryFilter, oneOrMore, stateFilter } from "../filters/partnerships.ts";
import type { CityFilter, CityKind } from "../graphql/generated.ts";
import { CITY_KIND } from "../wording/terms.ts";
import type { TableConfig } from "./config.ts";

export const places: TableConfig = {
  title: "Places",
  lede: "Cities, counties, and other municipalities, with or without a partnership.",
  noun: ["place", "places"],
  operation: "Places",
  field: "cities",
  filterType: "CityFilter",
  orderType: "CityOrder",
  searched: "Names that contain",
  key: ["slug"],
  columns: [
    {
      name: "name",
      label: "Name",
      fields: ["name"],
      order: "NAME",
      kind: "name",
      link: { folder: "place", field: "slug" },
    },
    { name: "kind", label: "Kind", fields: ["kind"], order: "KIND", words: CITY_KIND },
    { name: "capital", label: "Capital", fields: ["isCapital"], order: "IS_CAPITAL" },
    {
      name: "state",
      label: "State",
      fields: ["state.name", "state.code"],
      order: "STATE_CODE",
      kind: "name",
      link: { folder: "state", field: "state.code" },
    },
    {
      name: "province",
      label: "Province",
      fields: ["province.name", "province.slug"],
      order: "PROVINCE_SLUG",
      kind: "name",
      link: { folder: "place", field: "province.slug" },
    },
    {
      name: "country",
      label: "Country",
      fields: ["country.name", "country.code"],
      order: "COUNTRY_NAME",
      kind: "name",
    },
    {
      name: "population",
      label: "Population",
      fields: ["population"],
      order: "POPULATION",
      kind: "number",
      ifNull: "unknown",
    },
    {
      name: "partnerships",
      label: "Partnerships",
      fields: ["partnerships.totalCount"],
      order: "PARTNERSHIP_COUNT",
      kind: "number",
      counted: ({ slug }) => `partnerships?place=${String(slug)}`,
    },
    { name: "slug", label: "Slug", fields: ["slug"], order: "SLUG", kind: "name" },
  ],
  shown: ["name", "kind", "state", "province", "country", "population", "partnerships"],
  locations: ["location.latitude", "location.longitude"],
  filters: (places) => [
    {
      parameter: "kind",
      label: "Kind",
      choices: Object.entries(CITY_KIND).map(([value, label]) => ({ value, label })),
    },
    stateFilter(places),
    countryFilter(places),
    {
      parameter: "capital",
      label: "Capital",
      choices: [
        { value: "yes", label: "Capitals" },
        { value: "no", label: "Other places" },
      ],
    },
  ],
  counted: [
    { parameter: "kind", by: { each: Object.keys(CITY_KIND) } },
    { parameter: "state", by: { within: "states" } },
    { parameter: "country", by: { within: "countries" } },
    { parameter: "capital", by: { each: ["yes", "no"] } },
  ],
  toFilter({ kind, state, country, capital }, words) {
    const filter: CityFilter = {};
    if (kind) filter.kind = kind as CityKind[];
    if (state) filter.state = { code: oneOrMore(state) };
    if (country) filter.country = { code: oneOrMore(country) };
    if (capital?.length === 1) filter.isCapital = capital[0] === "yes";
    const names = words.split(/\s+/).filter(Boolean);
    if (names.length > 0) filter.and = names.map((contains) => ({ name: { contains } }));
    return Object.keys(filter).length > 0 ? filter : undefined;
  },
};
