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
      "The parts should add up to the total. The Census Bureau puts the District of Columbia in the South; the report does not say where it counts it.",
    checks: ["i01", "i02", "i03", "i10"],
  },
  {
    id: "shares",
    question: "Do the percentages follow from the counts?",
    about: "Dividing a count by the total should give the published percentage, after rounding.",
    checks: ["i04", "i05", "i08", "i06", "i07", "i09"],
  },
  {
    id: "countries",
    question: "Do the largest countries fit into the total?",
    about:
      "The report does not say whether its counts for six countries include sister states, or whether Asia includes Australia.",
    checks: ["i11", "i12", "i13", "i14"],
  },
  {
    id: "direction",
    question: "Which group is each percentage based on?",
    about:
      "“46% of Westerners said yes” and “46% of those who said yes are Westerners” are different claims. The text often makes the second although the chart shows the first.",
    checks: ["i18", "i19", "i32", "i20", "i21", "i24"],
  },
  {
    id: "benefit",
    question: "Which group are the ratings based on?",
    about:
      "Only respondents who know of a partnership can rate it, but the text presents some ratings as shares of an entire sector.",
    checks: ["i26", "i27", "i28", "i25", "i31"],
  },
  {
    id: "respondents",
    question: "Do the survey answers fit together?",
    about:
      "Respondents answered yes, no, or not sure, and each works in one sector, so arithmetic limits the percentages.",
    checks: ["i35", "i17", "i22", "i23", "i29", "i30"],
  },
  {
    id: "abroad",
    question: "What do the shares of worldwide partnerships and of trade imply?",
    about:
      "A share and a count together imply a total. If the report does not say what a share is a share of, more than one total is possible.",
    checks: ["i15", "i16", "i33", "i34"],
  },
  {
    id: "surveys",
    question: "Do elites and the general public differ?",
    about:
      "Officials and business leaders (“elites”) and the general public were surveyed separately in 2021 and 2024. The exact number of respondents is published only for the elites of 2021, and a rounded one for 2024, so most margins of error are unknown. The wording of the questions is not published.",
    checks: ["j11", "j04", "j10", "j01", "j02", "j03", "j05", "j06", "j07", "j08", "j09"],
  },
  {
    id: "years",
    question: "Do the counts agree with those of other years?",
    about:
      "If no partnership ended, counts do not fall from one publication to the next. This shows what the counts for countries can cover.",
    checks: ["m06", "m05", "m07", "m08", "m10", "m09", "m12", "m13", "m02", "m01", "m03", "m04", "m11", "m14"],
  },
  {
    id: "students",
    question: "Do the numbers of students fit together?",
    about: "Counts and shares of international students, from one institute, for two academic years.",
    checks: ["m15", "m16", "m17", "m18"],
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
  m06: ["m05"],
  m08: ["m10"],
  m12: ["m13"],
};
