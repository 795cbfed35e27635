import { describe, expect, test } from "vitest";
import { type View, emptyView, formatView, narrowing, parseView, toPartnershipFilter } from "./view.ts";

const full: View = {
  levels: ["CITY", "STATE"],
  region: "WEST",
  state: "OR",
  country: "JP",
  decade: 1960,
  shade: "change",
  changeDecade: 1980,
  selection: { kind: "tie", id: "or-portland--jp-sapporo" },
  camera: { longitude: -170.25, latitude: 30.5, zoom: 3.75 },
  list: true,
};

describe("the address of a view", () => {
  test("of the view at the start is empty", () => {
    expect(formatView(emptyView())).toBe("");
    expect(parseView("")).toEqual(emptyView());
  });

  test("holds all of it", () => {
    expect(parseView(formatView(full))).toEqual(full);
  });

  test("can be read", () => {
    expect(formatView(full)).toBe(
      "?level=CITY,STATE&region=WEST&state=OR&country=JP&decade=1960&shade=change&change=1980" +
        "&select=tie:or-portland--jp-sapporo&map=-170.25,30.50,3.75&list=1",
    );
  });

  test("keeps ties without a known year apart from all ties", () => {
    const unknown = { ...emptyView(), decade: "unknown" } satisfies View;
    expect(parseView(formatView(unknown))).toEqual(unknown);
  });

  test("keeps an opaque id with any letter", () => {
    const selected: View = { ...emptyView(), selection: { kind: "province", id: "UHJ+b/2=:x" } };
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
  ])("that makes no sense (%s) is as without it", (search) => expect(parseView(search)).toEqual(emptyView()));
});

describe("the filter of the API", () => {
  test("is none where nothing is narrowed", () => {
    expect(toPartnershipFilter(emptyView())).toBeUndefined();
    expect(narrowing(emptyView())).toBe(0);
  });

  test("holds what is narrowed", () => {
    expect(toPartnershipFilter(full)).toEqual({
      level: ["CITY", "STATE"],
      state: { region: ["WEST"], code: { eq: "OR" } },
      country: { code: { eq: "JP" } },
      establishedYear: { gte: 1960, lt: 1970 },
    });
    expect(narrowing(full)).toBe(5);
  });

  test("of ties without a known year asks for no year", () => {
    expect(toPartnershipFilter({ ...emptyView(), decade: "unknown" })).toEqual({ establishedYear: { isNull: true } });
  });
});
