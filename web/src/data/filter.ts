import { fold } from "../wording/fold.ts";

/** Returns the rows whose text values contain every word of `query`, ignoring case and accents. */
export function filterByWords<T extends object>(rows: T[], query: string): T[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const text = fold(
      Object.values(row)
        .filter((value) => typeof value === "string")
        .join(" "),
    );
    return words.every((word) => text.includes(word));
  });
}
