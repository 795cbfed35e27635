import { expect, test } from "vitest";
import { describeFieldwork, sharedItems } from "./fieldwork.ts";
import { bibtexCitation, textCitation } from "./citation.ts";
import { filterByWords } from "./filter.ts";

const dataset = { revision: "12f4b301", loadedAt: "2026-01-01T00:30:00.000Z", partnerships: 1252 };

test("citations name the dataset and its revision", () => {
  expect(textCitation(dataset, "http://localhost:8000/")).toBe(
    "Sistergraph: sister partnerships between the United States and Asia and the Pacific (2026). Dataset of 1,252 partnerships, revision 12f4b301, loaded January 1, 2026. http://localhost:8000/",
  );
  expect(bibtexCitation(dataset, "http://localhost:8000/")).toContain("revision 12f4b301");
});

test("sources match by words in any order, ignoring accents", () => {
  const sources = [
    { title: "Sister cities of Ōsaka", publisher: "City", independent: true },
    { title: "A list", publisher: null, independent: false },
  ];
  expect(filterByWords(sources, "city OSAKA")).toEqual([sources[0]]);
  expect(filterByWords(sources, " ")).toEqual(sources);
  expect(filterByWords(sources, "true")).toEqual([]);
});

test("fieldwork is described as far as it is published", () => {
  const survey = { sampleSize: 1446, year: 2021, fieldedFrom: "2021-09-21", fieldedTo: "2021-10-13" };
  expect(describeFieldwork(survey)).toBe("1,446 respondents; surveyed from September 21, 2021 to October 13, 2021.");
  const unknown = { sampleSize: null, year: 2024, fieldedFrom: null, fieldedTo: null };
  expect(describeFieldwork(unknown)).toBe("The exact number of respondents is not published; surveyed in 2024.");
  expect(describeFieldwork({ ...unknown, year: null })).toBe(
    "The exact number of respondents is not published; the dates are not published.",
  );
});

test("surveys are compared by the items that all of them have", () => {
  const survey = (...items: string[]) => ({ disclosure: items.map((item) => ({ item, value: null })) });
  expect([...sharedItems([survey("Sponsor", "Report", "Weighting"), survey("Sponsor", "Weighting")])]).toEqual([
    "Sponsor",
    "Weighting",
  ]);
});
