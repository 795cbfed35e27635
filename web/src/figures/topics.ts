/** Checks of one question. The words ask; what the answer is, only the server says. */
export interface Topic {
  id: string;
  question: string;
  about: string;
  /** Slugs of identities, in the order in which they are read. */
  checks: string[];
}

/** The questions of the page. A check that none of them names comes under the last heading, `others`. */
export const topics: Topic[] = [
  {
    id: "whole",
    question: "Do the parts add up to the whole?",
    about:
      "The publication counts partnerships in all, by kind and by region, so the parts should add up. Whether they do turns on the District of Columbia: the Census Bureau puts it in the South, and the publication does not say where it counts it.",
    checks: ["i01", "i02", "i03", "i10"],
  },
  {
    id: "shares",
    question: "Do the percentages follow from the counts?",
    about:
      "Beside the counts stand shares in percent. Dividing a count by the total should give the share, as rounded in print.",
    checks: ["i04", "i05", "i08", "i06", "i07", "i09"],
  },
  {
    id: "countries",
    question: "Do the largest countries fit into the total?",
    about:
      "Six countries are printed with their counts, but not whether these count sister cities only or states as well, nor whether Asia includes Australia. Each check takes one of these readings at its word.",
    checks: ["i11", "i12", "i13", "i14"],
  },
  {
    id: "direction",
    question: "Which way round do the percentages run?",
    about:
      "That so many percent of Westerners say yes, and that so many percent of those who say yes are Westerners, are two claims. The text often words the second where the chart has the first. Added up, the figures show which of the two is possible.",
    checks: ["i18", "i19", "i32", "i20", "i21", "i24"],
  },
  {
    id: "benefit",
    question: "Of whom is the share that finds its partnership beneficial?",
    about:
      "Only those who know of a partnership can rate it. The text words some ratings as shares of everybody in a sector, known or not.",
    checks: ["i26", "i27", "i28", "i25", "i31"],
  },
  {
    id: "respondents",
    question: "Do the answers of the survey fit together?",
    about:
      "Everybody answered yes, no or not sure, and works in one sector or another, so the shares have limits that arithmetic sets.",
    checks: ["i35", "i17", "i22", "i23", "i29", "i30"],
  },
  {
    id: "abroad",
    question: "What do shares of the world and of trade imply?",
    about:
      "A share and a count together imply the whole that the share is of. Where the publication leaves open what a share is of, more than one whole is possible.",
    checks: ["i15", "i16", "i33", "i34"],
  },
];

/** For a check that reads the figures in one way: the checks that read the same figures in another. */
export const otherReadings: Record<string, string[]> = {
  i02: ["i03"],
  i08: ["i05"],
  i11: ["i12", "i13"],
  i18: ["i19"],
  i20: ["i21"],
  i26: ["i28"],
  i27: ["i28"],
};
