import { expect, test } from "vitest";
import type { ShareFragment } from "../graphql/generated.ts";
import { type Gap, type Row, assumptionsOf, describeReading } from "./readings.ts";

const share = (region: string, percent: number): ShareFragment => ({
  slug: `aware-yes-${region.toLowerCase()}`,
  percent,
  direction: "INFERRED",
  flags: [],
  note: null,
  given: [{ dimension: "REGION", value: region }],
  outcome: [{ dimension: "AWARENESS", value: "YES" }],
  quantity: { value: percent, low: percent - 0.5, high: percent + 0.5, qualifier: "ROUNDED", unit: "percent" },
  base: { description: `Respondents in ${region}`, n: null },
  marginOfError: null,
  region: null,
  source: { title: "Survey", publisher: null, asOf: null },
});
const row = (region: string, percent: number, gaps: Partial<Gap>[]): Row => ({
  key: { dimension: "REGION", value: region, label: region },
  aware: share(region, percent),
  recorded: { count: 1, ended: 0, counted: `partnerships?region=${region}` },
  published: null,
  recordedPerMillion: null,
  gaps: gaps.map((gap) => ({
    reading: "ANY_PUBLISHED_IN_STATE",
    gap: null,
    marginOfError: null,
    low: 0,
    high: 0,
    reason: null,
    assumption: null,
    figures: [],
    ...gap,
  })),
});

/** The golden values of the reading. */
const rows = [
  row("SOUTH", 26, [
    {
      high: 74.5,
      reason: "RESPONDENTS_IN_UNPAIRED_STATES_NOT_PUBLISHED",
      assumption: "Respondents have any partnership in their state in mind.",
    },
  ]),
  row("NORTHEAST", 28, [{ gap: { value: 72, low: 71.5, high: 72.5, qualifier: "ROUNDED" }, low: 71.5, high: 72.5 }]),
  row("WEST", 46, [{ gap: { value: 54, low: 53.5, high: 54.5, qualifier: "ROUNDED" }, low: 53.5, high: 54.5 }]),
];

test("known gaps have their interval, and unknown ones their bounds and the reason", () => {
  expect(describeReading(rows, "ANY_PUBLISHED_IN_STATE")).toEqual([
    "72% in the Northeast (71.5% to 72.5%) and 54% in the West (53.5% to 54.5%).",
    "Unknown: between 0% and 74.5% in the South. It was not published how many respondents were in states without a partnership.",
  ]);
});

test("a reading without gaps has no sentences, and assumptions are named once", () => {
  expect(describeReading(rows, "NOT_SURE")).toEqual([]);
  expect(assumptionsOf([...rows, ...rows], "ANY_PUBLISHED_IN_STATE")).toEqual([
    "Respondents have any partnership in their state in mind.",
  ]);
});
