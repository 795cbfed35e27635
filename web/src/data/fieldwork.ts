import type { DisclosureQuery } from "../graphql/generated.ts";
import { formatCount, formatDate } from "../wording/format.ts";

/** Returns the items that all surveys are examined for. Others are notes on a single one. */
export function sharedItems(surveys: Pick<DisclosureQuery["surveys"][number], "disclosure">[]): Set<string> {
  const lists = surveys.map(({ disclosure }) => disclosure.map(({ item }) => item));
  return new Set(lists[0]?.filter((item) => lists.every((list) => list.includes(item))));
}

type Survey = Pick<DisclosureQuery["surveys"][number], "sampleSize" | "year" | "fieldedFrom" | "fieldedTo">;

/** Says how many people were surveyed and when, as far as it is published. */
export function describeFieldwork({ sampleSize, year, fieldedFrom, fieldedTo }: Survey): string {
  const size =
    sampleSize == null ? "The exact number of respondents is not published" : formatCount(sampleSize, "respondent");
  const dates =
    fieldedFrom != null && fieldedTo != null
      ? `surveyed from ${formatDate(fieldedFrom)} to ${formatDate(fieldedTo)}`
      : year == null
        ? "the dates are not published"
        : `surveyed in ${year}`;
  return `${size}; ${dates}.`;
}
