import { expect, test } from "vitest";
import type { MatchFeature } from "../graphql/generated.ts";
import {
  type Metric,
  compareAccuracy,
  describeGiniChange,
  describeInterval,
  describePeriod,
  describeShare,
  describeTests,
  reasonText,
  strongestReasons,
} from "./matches.ts";

const reason = ([feature, contribution]: [MatchFeature, number]) => ({ feature, contribution, text: "" });

test("the strongest reasons have the largest contributions above 0, at most three", () => {
  // Portland and Hamilton.
  const reasons = (
    [
      ["SAME_COUNTRY", 1.0837],
      ["STATE_COUNTRY", 1.0817],
      ["ROLE", 0.748],
      ["STATE_PROVINCE", 0.2112],
      ["SISTER_STATE", -0.0146],
    ] as [MatchFeature, number][]
  ).map(reason);
  expect(strongestReasons(reasons).map(({ feature }) => feature)).toEqual(["SAME_COUNTRY", "STATE_COUNTRY", "ROLE"]);
  expect(strongestReasons([reason(["SIZE", 0]), reason(["COAST", -1.2])])).toEqual([]);
});

test("the period of a restriction", () => {
  expect(describePeriod({ from: "2025-09-01", until: null })).toBe("since September 1, 2025");
  expect(describePeriod({ from: "2024", until: "2030" })).toBe("since 2024 until 2030");
  expect(describePeriod({ from: null, until: null })).toBe("");
});

test("the effect of one partnership on the spread", () => {
  expect(describeGiniChange(-0.0011, "states")).toBe(
    "more evenly over states (change in the Gini coefficient: −0.0011)",
  );
  expect(describeGiniChange(0.00024411, "countries")).toBe(
    "less evenly over countries (change in the Gini coefficient: +0.0002)",
  );
  expect(describeGiniChange(-0.00001, "states")).toBe("about as evenly as before over states");
  expect(describeGiniChange(null, "states")).toBe("");
});

const metric = (method: string, value: number, low: number, high: number): Metric => ({
  split: "random",
  method,
  measure: "hits@10 of 100",
  value,
  low,
  high,
});
const metrics = [
  metric("random", 0.1566, 0.1388, 0.1784),
  metric("rank by population only", 0.2525, 0.221, 0.285),
  metric("factorisation", 0.2542, 0.2283, 0.2811),
  metric("model", 0.3956, 0.3678, 0.4258),
];

test("the model is compared with the best ranking that fits nothing to partnerships", () => {
  const accuracy = compareAccuracy(metrics, "random", "hits@10 of 100");
  expect(accuracy?.model.value).toBe(0.3956);
  expect(accuracy?.chance?.value).toBe(0.1566);
  expect(accuracy?.simple.method).toBe("rank by population only");
  expect(accuracy?.simpleName).toBe("similarity in population rank within the country");
  expect(compareAccuracy(metrics, "signed 1990 or later", "hits@10 of 100")).toBeNull();
});

test("the tests are described with the hardest first, and with those on later partnerships", () => {
  const all = { measure: "hits@10 of all candidates" };
  const later = { split: "signed 2000 or later" };
  const tested = [
    ...metrics,
    { ...metric("model", 0.0833, 0.0667, 0.0999), ...all },
    { ...metric("most partnerships first", 0.0724, 0.059, 0.0867), ...all },
    { ...metric("model", 0.303, 0.2482, 0.3592), ...later },
    { ...metric("random", 0.1439, 0.1007, 0.1928), ...later },
  ];
  const alike =
    "one of the first ten in 40 of 100 cases (by chance in 16); for partnerships signed 2000 or later, in 30 (14). Chance is above 10 because some places have fewer than 100 such candidates.";
  expect(describeTests(tested, true)).toBe(
    `In a test, the true partner was one of the first ten of all candidates in 8 of 100 cases, not reliably more than by the number of partnerships, most first (7). Of up to 100 candidates with the same number of partnerships, it was ${alike}`,
  );
  expect(describeTests(metrics, false)).toBe("");
  const ofPartners = tested.map((row) => ({ ...row, measure: `${row.measure}, US places for a partner` }));
  expect(describeTests(ofPartners, false)).toBe(
    `Of up to 100 candidates with the same number of partnerships, the true partner was ${alike}`,
  );
});

test("shares are shown as cases of 100", () => {
  const [, rank, , model] = metrics;
  expect(model && describeShare(model)).toBe("40 of 100 cases (95% interval: 37 to 43)");
  expect(rank && describeInterval(rank)).toBe("25 (22 to 29)");
});

test("a reason says what the capitals are capitals of", () => {
  expect(reasonText({ feature: "BOTH_CAPITALS", text: "both are capitals" })).toBe(
    "both are capitals of a country, state, or province",
  );
  expect(reasonText({ feature: "COAST", text: "location unknown" })).toBe("location unknown");
});
