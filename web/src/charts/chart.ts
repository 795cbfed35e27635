import type { PartnershipFilter } from "../graphql/generated.ts";

/** The filters of the map: as the API takes them, and as readers say them. */
export interface Narrowed {
  filter: PartnershipFilter;
  within: string;
}

/** A column of the table and the CSV file of a chart. */
export interface Column<Row> {
  label: string;
  /** The cell; null where nothing is known, which stays empty. */
  of(row: Row): string | number | null;
}

/** A table of cells, whatever its rows were. */
export interface Table {
  labels: string[];
  cells: (string | number | null)[][];
}

/** A chart with all that it takes to read, check and quote it. */
export interface Chart {
  /** What it shows, computed from the data, in a sentence or two. */
  finding: string;
  /** Draws it so many pixels wide. Colours are tokens, so that themes and print need no new drawing. */
  draw(width: number): SVGSVGElement;
  /** What the drawing shows, for those who do not see it; the table has the numbers. */
  description: string;
  /** What the colours and marks mean; lines are dashed as in the drawing. */
  key: { token: string; label: string; mark: "bar" | "line" | "dot" | "ring"; dash?: string }[];
  table: Table;
  /** Whom or what it is of. */
  base: string;
  source: string;
  caveats: string[];
  /** The playground with the query that the numbers came from. */
  query: string;
}

export function tableOf<Row>(rows: Row[], columns: Column<Row>[]): Table {
  return {
    labels: columns.map(({ label }) => label),
    cells: rows.map((row) => columns.map((column) => column.of(row))),
  };
}
