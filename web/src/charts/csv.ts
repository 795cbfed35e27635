import type { Table } from "./chart.ts";

/** Writes a table as CSV by RFC 4180: CRLF line endings, doubled quotes; unknown values are empty. */
export function toCsv({ labels, cells }: Table): string {
  return [labels, ...cells].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text;
}
