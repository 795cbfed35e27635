import { expect, test } from "vitest";
import { type Filter, formatFilters, formatQuery, parseFilters, toggleValue, unknownParameters } from "./address.ts";
import { partnershipFilters, toPartnershipFilter } from "./partnerships.ts";

const filters = partnershipFilters({
  states: [
    { code: "NY", name: "New York", commonNames: ["N.Y."] },
    { code: "OR", name: "Oregon" },
  ],
  countries: [
    { code: "JP", code3: "JPN", name: "Japan" },
    { code: "KR", code3: "KOR", name: "South Korea", commonNames: ["Korea, South"] },
  ],
});
const parse = (search: string) => parseFilters(new URLSearchParams(search), filters);
const format = (search: string) => {
  const query = new URLSearchParams();
  formatFilters(query, parse(search).selected, filters);
  return formatQuery(query);
};

test.each([
  ["?state=or,NY", "?state=NY,OR"],
  ["?state=new-york&state=Oregon", "?state=NY,OR"],
  ["?state=us-or", "?state=OR"],
  ["?state=N.Y.", "?state=NY"],
  ["?country=japan,KOR", "?country=JP,KR"],
  ["?country=Korea,%20South", "?country=KR"],
  ["?level=cities,State", "?level=CITY,STATE"],
  ["?decade=1980s,unknown", "?decade=1980,unknown"],
  ["?corroboration=both-sides&status=ended", "?status=ENDED&corroboration=BOTH_SIDES"],
  ["?region=west&level=", "?region=WEST"],
])("the filters of %s are %s", (search, text) => {
  expect(parse(search).problems).toEqual([]);
  expect(format(search)).toBe(text);
  expect(format(text)).toBe(text);
});

test("values that do not exist are reported and ignored", () => {
  expect(parse("?state=OR,Orgeon&decade=1985")).toEqual({
    selected: { state: ["OR"] },
    problems: [
      "“Orgeon” is not a value of the filter “State”, so it is ignored.",
      "“1985” is not a value of the filter “Founded”, so it is ignored.",
    ],
  });
});

test("unknown parameters are reported, except those that other sites add", () => {
  const problems = unknownParameters(
    new URLSearchParams("?utm_source=x&fbclid=1&gclid=2&state=OR&sate=OR&Contry=JP&x=1"),
    ["state", "country"],
  );
  expect(problems).toEqual([
    "The address has the parameter “sate”, which this page does not use. Did you mean “state”?",
    "The address has the parameter “Contry”, which this page does not use. Did you mean “country”?",
    "The address has the parameter “x”, which this page does not use. It uses state, country.",
  ]);
});

test("a value is added in the order of the choices, and removed", () => {
  const state = filters.find(({ parameter }) => parameter === "state") as Filter;
  const both = toggleValue({ state: ["OR"] }, state, "NY");
  expect(both).toEqual({ state: ["NY", "OR"] });
  expect(toggleValue(toggleValue(both, state, "NY"), state, "OR")).toEqual({});
});

test("the filter of the API combines all filters", () => {
  expect(toPartnershipFilter({})).toBeUndefined();
  expect(toPartnershipFilter({ decade: ["unknown"] })).toEqual({ establishedYear: { isNull: true } });
  expect(
    toPartnershipFilter(
      parse("?level=CITY&region=WEST&state=OR,NY&country=JP&decade=1980,unknown&status=ENDED&corroboration=US_SIDE")
        .selected,
    ),
  ).toEqual({
    level: ["CITY"],
    state: { region: ["WEST"], code: { in: ["NY", "OR"] } },
    country: { code: { eq: "JP" } },
    or: [{ establishedYear: { gte: 1980, lt: 1990 } }, { establishedYear: { isNull: true } }],
    status: ["ENDED"],
    corroboration: ["US_SIDE"],
  });
});
