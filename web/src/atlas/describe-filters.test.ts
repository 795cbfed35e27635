import { expect, test } from "vitest";
import { defaultView } from "./view.ts";
import { describeFilters, titleOfFilters } from "./describe-filters.ts";

const nameOf = (kind: "state" | "country", code: string) => (kind === "state" ? "Oregon" : `the country ${code}`);

test("filters are described in words", () => {
  expect(describeFilters(defaultView(), nameOf)).toBe("");
  expect(describeFilters({ ...defaultView(), levels: ["CITY"], country: "JP" }, nameOf)).toBe(
    "city level, the country JP",
  );
  expect(
    describeFilters(
      {
        levels: ["STATE", "CITY"],
        region: "WEST",
        state: "OR",
        country: "JP",
        decade: 1980,
        status: "ENDED",
        corroboration: "US_SIDE",
      },
      nameOf,
    ),
  ).toBe(
    "city or state level, the West, Oregon, the country JP, founded in the 1980s, ended, with sources from the US side but not the partner",
  );
  expect(describeFilters({ ...defaultView(), decade: "unknown" }, nameOf)).toBe("founding year unknown");
});

test("the title of a filtered view names the places first", () => {
  expect(titleOfFilters({ ...defaultView(), state: "OR", country: "JP", decade: 1980 }, nameOf)).toEqual({
    places: ["Oregon", "the country JP"],
    others: "founded in the 1980s",
  });
  expect(titleOfFilters({ ...defaultView(), region: "WEST" }, nameOf)).toEqual({ places: [], others: "The West" });
});
