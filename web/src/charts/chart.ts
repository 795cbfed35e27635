import type { PartnershipFilter } from "../graphql/generated.ts";

/** The filters of the map: as an argument of the API, and in words. */
export interface MapFilter {
  filter: PartnershipFilter;
  description: string;
  /** The address of the table of the partnerships that match. */
  table: string;
}

/** A column of a chart's table and CSV file. */
export interface Column<Row> {
  label: string;
  /** Null if the value is unknown; its cell stays empty. */
  value(row: Row): string | number | null;
  /** What the value counts, as the address of the table that lists it, such as `partnerships?state=OR`. */
  counted?(row: Row): string;
}

/** The table of a chart, as drawn on the page and written to CSV. */
export interface Table {
  labels: string[];
  cells: (string | number | null)[][];
  /** What the cells count; undefined for those that count nothing that has a table. */
  counted?: (string | undefined)[][];
}

/** A chart with everything needed to read, check and cite it. */
export interface Chart {
  /** The most important sentence computed from the data, with its number. */
  headline: string;
  /** The sentences after it. */
  details: string;
  /** Draws it at this width in pixels. Colors are CSS variables, so themes and print need no redraw. */
  draw(width: number): SVGSVGElement;
  /** Text alternative of the drawing for screen readers; the numbers are in the table. */
  description: string;
  /** The legend; a band is a pale sliver, and `dash` is the dash pattern of a line in the drawing. */
  key: { token: string; label: string; mark: "bar" | "band" | "line" | "dot" | "ring"; dash?: string }[];
  /** A second drawing for those who want it, folded. */
  more?: Pick<Chart, "draw" | "description" | "key"> & { title: string };
  table: Table;
  /** The population that the numbers describe. */
  base: string;
  /** What the first number in the base counts, as the address of the table that lists it. */
  counted?: string;
  source: string;
  caveats: string[];
  /** URL of the playground with the query behind the chart. */
  query: string;
}

export function toTable<Row>(rows: Row[], columns: Column<Row>[]): Table {
  return {
    labels: columns.map(({ label }) => label),
    cells: rows.map((row) => columns.map((column) => column.value(row))),
    counted: rows.map((row) => columns.map((column) => column.counted?.(row))),
  };
}
