import { fold } from "../wording/fold.ts";

/** Those of which some text holds every word that was typed, whatever the case and the accents. */
export function matching<T extends object>(rows: T[], typed: string): T[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const text = fold(
      Object.values(row)
        .filter((value) => typeof value === "string")
        .join(" "),
    );
    return words.every((word) => text.includes(word));
  });
}
