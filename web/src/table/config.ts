import type { Filter, Selected } from "../filters/address.ts";
import type { Places } from "../filters/partnerships.ts";
import { partnerships } from "./partnerships.ts";
import { places } from "./places.ts";
import { publishedFigures } from "./published-figures.ts";
import { sources } from "./sources.ts";

/** A row of the API with the fields of its columns. */
export type Row = Record<string, unknown>;

/** A column of a table. */
export interface Column {
  /** The name that addresses use. */
  name: string;
  label: string;
  /** The fields of the API, as dotted paths. The first is shown. */
  fields: string[];
  /** The field that the API sorts by. */
  order?: string;
  /** Labels of the values of an enum or a Boolean. */
  words?: Record<string, string>;
  /** The text of a cell without a value; otherwise it is empty. */
  ifNull?: string;
  /** A year has no separators, and a distance is in kilometers. */
  kind?: "number" | "year" | "distance" | "name";
  /** What the value counts, as the address of a table. */
  counted?: (row: Row) => string;
  /** The page about the value: its folder and the field that names it. Without a folder, the field is an address. */
  link?: { folder: string; field: string };
  /** The text of every cell, if it is not the value. */
  text?: string;
  /** The accessible name of the link, if its text alone does not say where it leads. */
  linkLabel?: (row: Row) => string;
}

/** How the rows of each value of a filter are counted: as groups, within each state or country, or each by its own filter. */
export interface Counter {
  parameter: string;
  by: { groups: string } | { within: "states" | "countries" } | { each: string[] };
}

/** What distinguishes one table from the others. */
export interface TableConfig {
  title: string;
  /** A sentence or two about what the rows are. */
  lede: string;
  noun: [singular: string, plural: string];
  /** The name of the query. */
  operation: string;
  /** The connection of the API that has the rows, and the types of its filter and order. */
  field: string;
  filterType: string;
  orderType: string;
  /** The label of the search, which says where the words are searched for. */
  searched: string;
  /** The fields that identify a row, which are always requested. */
  key: string[];
  columns: Column[];
  /** The names of the columns that are shown at first. */
  shown: string[];
  /** The fields of the locations that a map needs; empty if rows have none. */
  locations: string[];
  filters: (places: Places) => Filter[];
  /** The filters whose values the API counts, and how. */
  counted: Counter[];
  /** Converts the filters and the words to the filter of the API; undefined if all rows match. */
  toFilter: (selected: Selected, words: string) => object | undefined;
}

/** The tables by the path of their page. */
export const TABLES: Record<string, TableConfig> = {
  partnerships,
  places,
  "published-figures": publishedFigures,
  sources,
};
