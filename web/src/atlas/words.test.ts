import { expect, test } from "vitest";
import { emptyView } from "./view.ts";
import { inWords } from "./words.ts";

const nameOf = (kind: "state" | "country", code: string) => (kind === "state" ? "Oregon" : `the country ${code}`);

test("filters in words", () => {
  expect(inWords(emptyView(), nameOf)).toBe("");
  expect(inWords({ ...emptyView(), levels: ["CITY"], country: "JP" }, nameOf)).toBe("city level, the country JP");
  expect(inWords({ levels: ["STATE", "CITY"], region: "WEST", state: "OR", country: "JP", decade: 1980 }, nameOf)).toBe(
    "city or state level, the West, Oregon, the country JP, made in the 1980s",
  );
  expect(inWords({ ...emptyView(), decade: "unknown" }, nameOf)).toBe("year not known");
});
