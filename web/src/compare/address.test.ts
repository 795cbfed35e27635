import { expect, test } from "vitest";
import { formatAddress, parseAddress } from "./address.ts";

test("an address names both sides", () => {
  expect(parseAddress("?a=state:OR&b=Washington")).toEqual({ a: "state:OR", b: "Washington", problems: [] });
  expect(parseAddress("?b=%20kobe%20")).toEqual({ a: null, b: "kobe", problems: [] });
  expect(parseAddress("?a=&b=")).toEqual({ a: null, b: null, problems: [] });
});

test("parameters that are not used are reported", () => {
  expect(parseAddress("?a=OR&a=WA&state=TX").problems).toEqual([
    "The address has the parameter “a” more than once. The first one is used.",
    "The address has the parameter “state”, which this page does not use. It compares “a” with “b”.",
  ]);
  expect(parseAddress("?OR&WA").problems).toHaveLength(2);
});

test("the same sides have the same address, which is parsed again", () => {
  expect(formatAddress("state:OR", "city:us-wa-seattle")).toBe("?a=state:OR&b=city:us-wa-seattle");
  expect(formatAddress(null, null)).toBe("");
  const text = "Portland, Oregon & more";
  expect(parseAddress(formatAddress(text, null)).a).toBe(text);
});
