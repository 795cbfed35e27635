import { expect, test } from "vitest";
import { describeBase, expandNotation, figureName, formatFigure, formatRange, formatSide } from "./labels.ts";

const figure = (
  value: number | null,
  unit: string,
  qualifier: "EXACT" | "ROUNDED" | "MORE_THAN" | "MAJORITY" | "LESS_THAN",
  low: number | null,
  high: number | null,
) => ({
  quantity: { value, unit, qualifier, low, high },
});

test("figures are formatted as published", () => {
  expect(formatFigure(figure(1049, "partnerships", "EXACT", 1049, 1049))).toBe("1,049 partnerships");
  expect(formatFigure(figure(33.8, "percent", "ROUNDED", 33.75, 33.85))).toBe("33.8%");
  expect(formatFigure(figure(735, "USD billion", "MORE_THAN", 735, null))).toBe("more than $735 billion");
  expect(formatFigure(figure(null, "percent", "MAJORITY", 50, null))).toBe("more than half");
  expect(formatFigure(figure(1, "rank", "EXACT", 1, 1))).toBe("No. 1");
  expect(formatFigure(figure(1.9, "times", "EXACT", 1.9, 1.9))).toBe("1.9 times");
});

test("a percentage names its base and its survey", () => {
  const percentage = (description: string, n: number | null, title: string) => ({
    slug: "percentage",
    ...figure(30, "percent", "ROUNDED", 29.5, 30.5),
    flags: [],
    note: null,
    source: { title: "Source", publisher: null, asOf: null },
    outcome: [{ dimension: "CHINA_JOBS" as const, value: "SOME_OR_A_LOT" }],
    base: { description, n },
    question: { survey: { title } },
  });
  expect(describeBase(percentage("Elites", null, "Survey of elites"))).toBe("Base: elites. Survey: Survey of elites");
  expect(describeBase(percentage("All respondents", 1446, "Survey A"))).toBe(
    "Base: all respondents (1,446 people). Survey: Survey A",
  );
  expect(figureName(percentage("Elites", null, "Survey"))).toBe("Jobs from China: some or a lot");
});

test("the range of a figure follows its rounding or wording", () => {
  expect(formatRange(figure(1049, "partnerships", "EXACT", 1049, 1049))).toBeNull();
  expect(formatRange(figure(46, "percent", "ROUNDED", 45.5, 46.5))).toBe("45.5% to 46.5%");
  expect(formatRange(figure(1000, "partnerships", "MORE_THAN", 1000, null))).toBe("more than 1,000 partnerships");
  expect(formatRange(figure(33.8, "percent", "LESS_THAN", null, 33.8))).toBe("less than 33.8%");
});

test("notation is put into words, and numbers get thousands separators", () => {
  expect(expandNotation("They are shares of those who say yes: P(region | yes).")).toBe(
    "They are shares of those who say yes.",
  );
  expect(expandNotation("Each is a share of its sector, P(yes | sector), and every respondent works in one.")).toBe(
    "Each is a share of its sector, and every respondent works in one.",
  );
  expect(expandNotation("One means that P(Northeast | yes) = 28%, but another that P(yes | Northeast) = 28%.")).toBe(
    "One means that the share of the Northeast among those who say “yes” is 28%, but another that the share who say “yes” in the Northeast is 28%.",
  );
  expect(expandNotation("It is possible only if at least 53.2 percent of respondents work in none.")).toBe(
    "It is possible only if at least 53.2% of respondents work in none.",
  );
  expect(formatSide("2833.09 to 2841.48 if it is of the 959")).toBe("2,833.09 to 2,841.48 if it is of the 959");
  expect(formatSide("1046", "partnerships")).toBe("1,046 partnerships");
  expect(formatSide("21 (20.5 to 21.5)", "percent")).toBe("21% (20.5% to 21.5%)");
  expect(formatSide("not published", "partnerships")).toBe("not published");
  expect(formatSide("P(yes | West) = 0.125")).toBe("the share who say “yes” in the West is 0.13");
});
