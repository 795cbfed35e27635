import { describe, expect, test } from "vitest";
import {
  type View,
  activeFilterCount,
  addressProblems,
  defaultView,
  formatView,
  parseView,
  countedBy,
  embedCode,
  embeddedMapHref,
  toPartnershipFilter,
} from "./view.ts";

const full: View = {
  levels: ["CITY", "STATE"],
  region: "WEST",
  state: "OR",
  country: "JP",
  decade: 1960,
  status: "ENDED",
  corroboration: "BOTH_SIDES",
  shade: "change",
  changeDecade: 1980,
  selection: { kind: "partnership", id: "or-portland--jp-sapporo" },
  camera: { longitude: -170.25, latitude: 30.5, zoom: 3.75 },
  year: 1985,
  list: true,
};

describe("the address of a view", () => {
  test("is empty for the default view", () => {
    expect(formatView(defaultView())).toBe("");
    expect(parseView("")).toEqual(defaultView());
  });

  test("records the whole view", () => {
    expect(parseView(formatView(full))).toEqual(full);
  });

  test("is readable", () => {
    expect(formatView(full)).toBe(
      "?level=CITY,STATE&region=WEST&state=OR&country=JP&decade=1960&status=ENDED&corroboration=BOTH_SIDES&shade=change&change=1980" +
        "&select=tie:or-portland--jp-sapporo&map=-170.25,30.50,3.75&year=1985&list=1",
    );
  });

  test("distinguishes an unknown year from any year", () => {
    const undated = { ...defaultView(), decade: "unknown" } satisfies View;
    expect(parseView(formatView(undated))).toEqual(undated);
  });

  test("preserves special characters in an opaque id", () => {
    const selected: View = { ...defaultView(), selection: { kind: "province", id: "UHJ+b/2=:x" } };
    expect(parseView(formatView(selected))).toEqual(selected);
  });

  test.each([
    "?level=TOWN",
    "?state=oregon",
    "?decade=1965",
    "?select=planet:mars",
    "?map=1,2",
    "?map=999,0,1",
    "?map=a,b,c",
    "?year=85",
  ])("ignores the invalid parameter of %s", (search) => expect(parseView(search)).toEqual(defaultView()));
});

describe("names of places", () => {
  const places = { states: [{ code: "OR", name: "Oregon" }], countries: [{ code: "JP", name: "Japan" }] };

  test("are understood once the places are loaded, codes before", () => {
    expect(formatView(parseView("?state=or&country=japan"))).toBe("?state=OR");
    expect(formatView(parseView("?state=oregon&country=japan", places))).toBe("?state=OR&country=JP");
  });

  test("that do not exist are reported, as are unknown parameters and values that the map does not use", () => {
    expect(addressProblems("?state=Orgon&decade=1980,1990&contry=JP&utm_source=x&map=1,2,3", places)).toEqual([
      "“Orgon” is not a value of the filter “State”, so it is ignored.",
      "The map uses only the first value of the filter “Founded”. The table of partnerships uses several.",
      "The address has the parameter “contry”, which this page does not use. Did you mean “country”?",
    ]);
    expect(addressProblems(formatView(full), places)).toEqual([]);
  });

  test("the table and the map for other sites have the same filters", () => {
    const filters = { ...defaultView(), state: "OR", status: "ENDED" as const };
    expect(embeddedMapHref(filters)).toBe("embed/map?state=OR&status=ENDED");
    expect(embedCode(filters, "https://example.org/sister/?state=OR")).toContain(
      'src="https://example.org/sister/embed/map?state=OR&amp;status=ENDED"',
    );
    expect(countedBy(full)).toBe(
      "partnerships?level=CITY,STATE&region=WEST&state=OR&country=JP&decade=1960&status=ENDED&corroboration=BOTH_SIDES",
    );
  });
});

describe("the API filter", () => {
  test("is undefined without active filters", () => {
    expect(toPartnershipFilter(defaultView())).toBeUndefined();
    expect(activeFilterCount(defaultView())).toBe(0);
  });

  test("combines all active filters", () => {
    expect(toPartnershipFilter(full)).toEqual({
      level: ["CITY", "STATE"],
      state: { region: ["WEST"], code: { eq: "OR" } },
      country: { code: { eq: "JP" } },
      establishedYear: { gte: 1960, lt: 1970 },
      status: ["ENDED"],
      corroboration: ["BOTH_SIDES"],
    });
    expect(activeFilterCount(full)).toBe(7);
  });

  test("selects partnerships without a year", () => {
    expect(toPartnershipFilter({ ...defaultView(), decade: "unknown" })).toEqual({ establishedYear: { isNull: true } });
  });
});
