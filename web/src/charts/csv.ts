import type { Table } from "./chart.ts";

/** A table as CSV after RFC 4180: lines end in CRLF, quotes are doubled, what is not known is empty. */
export function toCsv({ labels, cells }: Table): string {
  return [labels, ...cells].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text;
}
