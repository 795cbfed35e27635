import {
  type Filter,
  type Selected,
  formatFilters,
  formatQuery,
  parseFilters,
  unknownParameters,
  withoutFilter,
} from "../filters/address.ts";
import type { TableConfig } from "./config.ts";
import type { TableVariables } from "./document.ts";

/** The state of a table that its address records. */
export interface TableView {
  selected: Selected;
  /** The words that rows have to contain. */
  words: string;
  sort: { column: string; descending: boolean } | null;
  columns: string[];
  /** The cursor before or after which the page begins. */
  cursor: { side: "after" | "before"; value: string } | null;
}

/** The number of rows of a page. */
export const PAGE_SIZE = 50;

/** Reads the address of a table, and reports what it does not understand. */
export function parseTable(
  search: string,
  config: TableConfig,
  filters: Filter[],
): { view: TableView; problems: string[] } {
  const query = new URLSearchParams(search);
  const { selected, problems } = parseFilters(query, filters);
  problems.push(...unknownParameters(query, parametersOf(filters)));

  const sortText = query.get("sort")?.trim() ?? "";
  if (sortText && !parseSort(sortText, config))
    problems.push(
      `The table cannot be sorted by “${sortText}”. It can be sorted by ${sortable(config).join(", ")}. Put “-” before the name for descending order.`,
    );

  const columns = listOf(query, "columns").filter((text) => {
    const exists = config.columns.some(({ name }) => name === text);
    if (!exists)
      problems.push(
        `The table has no column “${text}”. Its columns are ${config.columns.map(({ name }) => name).join(", ")}.`,
      );
    return exists;
  });
  const after = query.get("after");
  const before = query.get("before");
  if (after && before) problems.push("The address has both “after” and “before”. The first one is used.");
  return {
    view: {
      selected,
      words: query.get("q")?.trim() ?? "",
      sort: parseSort(sortText, config),
      columns: columns.length > 0 ? inOrder(config, columns) : config.shown,
      cursor: after ? { side: "after", value: after } : before ? { side: "before", value: before } : null,
    },
    problems,
  };
}

/** Returns the query string of a view, without defaults. The same view always gives the same string. */
export function formatTable(view: TableView, config: TableConfig, filters: Filter[]): string {
  const query = new URLSearchParams();
  formatFilters(query, view.selected, filters);
  if (view.words) query.set("q", view.words);
  if (view.sort) query.set("sort", formatSort(view));
  if (view.columns.join() !== config.shown.join()) query.set("columns", view.columns.join(","));
  if (view.cursor) query.set(view.cursor.side, view.cursor.value);
  return formatQuery(query);
}

/** Reads the order of an address, such as "-founded"; null if no column has that name, or the API cannot sort by it. */
export function parseSort(text: string, { columns }: TableConfig): TableView["sort"] {
  const name = text.replace(/^-/, "").toLowerCase();
  const isSortable = columns.some((column) => column.name === name && column.order);
  return isSortable ? { column: name, descending: text.startsWith("-") } : null;
}

/** Returns the order as addresses have it; empty if there is none. */
export function formatSort({ sort }: TableView): string {
  return sort ? `${sort.descending ? "-" : ""}${sort.column}` : "";
}

/** The variables that select and sort the rows of a view. */
export function rowVariables({ selected, words, sort }: TableView, config: TableConfig): TableVariables {
  const filter = config.toFilter(selected, words);
  const field = config.columns.find(({ name }) => name === sort?.column)?.order;
  return {
    ...(filter && { filter }),
    ...(field && { orderBy: [{ field, direction: sort?.descending ? "DESC" : "ASC" }] }),
  };
}

/** The variables of the page of a view. */
export function pageVariables(view: TableView, config: TableConfig): TableVariables {
  const { cursor } = view;
  return {
    ...rowVariables(view, config),
    ...(cursor?.side === "before" ? { last: PAGE_SIZE, before: cursor.value } : { first: PAGE_SIZE }),
    ...(cursor?.side === "after" && { after: cursor.value }),
  };
}

/** The filter for the counts of each filter: all others apply, so that the counts are those after choosing a value. */
export function countVariables(
  { selected, words }: TableView,
  config: TableConfig,
): Record<string, object | undefined> {
  return Object.fromEntries(
    config.counted.flatMap(({ parameter, by }) => {
      const others = withoutFilter(selected, parameter);
      return "each" in by
        ? by.each.map((value) => [`${parameter}_${value}`, config.toFilter({ ...others, [parameter]: [value] }, words)])
        : [[parameter, config.toFilter(others, words)]];
    }),
  ) as Record<string, object | undefined>;
}

/** Returns the columns in the order of the table. */
export function inOrder(config: TableConfig, columns: string[]): string[] {
  return config.columns.map(({ name }) => name).filter((name) => columns.includes(name));
}

function parametersOf(filters: Filter[]): string[] {
  return [...filters.map(({ parameter }) => parameter), "q", "sort", "columns", "after", "before"];
}

function sortable({ columns }: TableConfig): string[] {
  return columns.filter(({ order }) => order).map(({ name }) => name);
}

function listOf(query: URLSearchParams, name: string): string[] {
  return query
    .getAll(name)
    .flatMap((list) => list.split(","))
    .map((text) => text.trim().toLowerCase())
    .filter(Boolean);
}
