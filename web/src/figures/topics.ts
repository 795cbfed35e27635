/** A section of the page: a question and the checks that answer it. The answers come from the server. */
export interface Topic {
  id: string;
  question: string;
  about: string;
  /** Slugs of identities, in display order. */
  checks: string[];
}

/** The sections of the page. Checks that none of them lists are shown under "Other checks". */
export const topics: Topic[] = [
  {
    id: "whole",
    question: "Do the parts add up to the whole?",
    about:
      "The report counts partnerships in total, by type, and by region, so the parts should add up. Whether they do depends on the District of Columbia: the Census Bureau puts it in the South, and the report does not say where it counts it.",
    checks: ["i01", "i02", "i03", "i10"],
  },
  {
    id: "shares",
    question: "Do the percentages follow from the counts?",
    about:
      "The report gives percentages as well as counts. Dividing a count by the total should give the published percentage, after rounding.",
    checks: ["i04", "i05", "i08", "i06", "i07", "i09"],
  },
  {
    id: "countries",
    question: "Do the largest countries fit into the total?",
    about:
      "The report gives counts for six countries, but does not say whether they cover only sister cities or also sister states, or whether Asia includes Australia. The checks make different assumptions.",
    checks: ["i11", "i12", "i13", "i14"],
  },
  {
    id: "direction",
    question: "Which group is each percentage based on?",
    about:
      "Respondents were asked whether they know of a partnership. “46% of Westerners said yes” and “46% of those who said yes are Westerners” are different claims. The text often makes the second claim although the chart shows the first. Adding up the figures shows which one is possible.",
    checks: ["i18", "i19", "i32", "i20", "i21", "i24"],
  },
  {
    id: "benefit",
    question: "Which group are the ratings based on?",
    about:
      "Only respondents who know of a partnership can rate it. The text presents some ratings as shares of everyone in a sector, whether or not they know of one.",
    checks: ["i26", "i27", "i28", "i25", "i31"],
  },
  {
    id: "respondents",
    question: "Do the survey answers fit together?",
    about:
      "Respondents answered yes, no, or not sure, and each works in one sector, so arithmetic sets limits on the percentages.",
    checks: ["i35", "i17", "i22", "i23", "i29", "i30"],
  },
  {
    id: "abroad",
    question: "What do the shares of worldwide partnerships and of trade imply?",
    about:
      "A share and a count together imply a total. If the report does not say what a share is a share of, more than one total is possible.",
    checks: ["i15", "i16", "i33", "i34"],
  },
];

/** Checks of the same figures under a different assumption, by slug. */
export const alternatives: Record<string, string[]> = {
  i02: ["i03"],
  i08: ["i05"],
  i11: ["i12", "i13"],
  i18: ["i19"],
  i20: ["i21"],
  i26: ["i28"],
  i27: ["i28"],
};

/** Checks that compare a number computed from published figures with a published figure. */
export const comparesWithPublished = new Set([
  "i01",
  "i02",
  "i03",
  "i04",
  "i05",
  "i06",
  "i07",
  "i08",
  "i09",
  "i11",
  "i12",
  "i13",
  "i22",
]);
