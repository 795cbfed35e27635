import { expect, test } from "vitest";
import { formatOptions, parseOptions, parseSize, toVariables } from "./options.ts";

test("an address restores the options, and defaults are left out", () => {
  const address = "?size=25&by=COUNTRY&states=KS,MO&countries=JP";
  const options = parseOptions(address);
  expect(options).toEqual({ size: 25, by: "COUNTRY", states: ["KS", "MO"], countries: ["JP"] });
  expect(formatOptions(options)).toBe(address);
  expect(formatOptions(parseOptions(""))).toBe("");
});

test("invalid parameters get their default", () => {
  const defaults = parseOptions("");
  for (const address of ["?size=0", "?size=101", "?size=many", "?size=1.5", "?by=PLANET", "?states=kansas,,K1"])
    expect(parseOptions(address), address).toEqual(defaults);
});

test("a size is a whole number from 1 to 100", () => {
  expect(["1", " 100 ", "0", "101", "-3", "1e2", ""].map(parseSize)).toEqual([1, 100, null, null, null, null, null]);
});

test("only restrictions that are set become filters", () => {
  expect(toVariables(parseOptions(""))).toEqual({ size: 10, by: "STATE" });
  expect(toVariables(parseOptions("?states=KS&countries=JP,KR"))).toEqual({
    size: 10,
    by: "STATE",
    us: { state: { code: { in: ["KS"] } } },
    partner: { country: { code: { in: ["JP", "KR"] } } },
  });
});
