import { formatDecimal, formatDistance } from "../wording/format.ts";
import type { Column, Row } from "./config.ts";

/** Returns the value at a dotted path of a row; null if it or an object on the way is null. */
export function valueAt(row: Row, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => (value as Row | null | undefined)?.[name] ?? null, row);
}

/** Returns the text of a cell. */
export function cellText(row: Row, { fields: [field = ""], words, kind, text: fixed, ifNull = "" }: Column): string {
  if (fixed) return fixed;
  const text = (value: unknown): string => {
    if (value === null) return ifNull;
    if (typeof value === "boolean") return words?.[String(value)] ?? (value ? "Yes" : "No");
    if (typeof value === "number" && kind === "number") return formatDecimal(value);
    if (typeof value === "number" && kind === "distance") return formatDistance(value);
    return words?.[String(value)] ?? String(value);
  };
  const value = valueAt(row, field);
  return Array.isArray(value) ? value.map(text).join(", ") : text(value);
}

/** Returns the address of the page about a cell; null if there is none. */
export function cellLink(row: Row, { link }: Column): string | null {
  const value = link && valueAt(row, link.field);
  if (typeof value !== "string") return null;
  return link?.folder ? `${link.folder}/${value}` : value;
}
