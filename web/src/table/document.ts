import { UNKNOWN } from "../filters/partnerships.ts";
import type { Row, TableConfig } from "./config.ts";

/** Variables of the query of a table. */
export interface TableVariables {
  filter?: object;
  orderBy?: { field: string; direction: "ASC" | "DESC" }[];
  first?: number;
  after?: string;
  last?: number;
  before?: string;
}

/** Parts of a query that only some of its uses need. */
interface Parts {
  /** Whether the page that the cursors name is requested, with the cursors of its ends. */
  pages?: boolean;
  /** Fields that are added to those of the columns. */
  fields?: readonly string[];
}

/** Writes the query for the columns of a table: the fields that the table shows, and the total. */
export function tableDocument(
  config: TableConfig,
  columns: string[],
  { pages = false, fields = [] }: Parts = {},
): string {
  const paths = [
    ...config.key,
    ...config.columns.filter(({ name }) => columns.includes(name)).flatMap((column) => column.fields),
    ...fields,
  ];
  const nodes = lines(tree(paths));
  const variables = [
    ["filter", config.filterType],
    ["orderBy", `[${config.orderType}!]`],
    ["first", "Int"],
    ...(pages
      ? [
          ["after", "String"],
          ["last", "Int"],
          ["before", "String"],
        ]
      : []),
  ];
  return [
    `query ${config.operation}(${variables.map(([name, type]) => `$${name}: ${type}`).join(", ")}) {`,
    `  ${config.field}(${variables.map(([name]) => `${name}: $${name}`).join(", ")}) {`,
    "    totalCount",
    ...(pages ? ["    pageInfo { hasNextPage endCursor hasPreviousPage startCursor }"] : []),
    "    nodes {",
    ...nodes.map((node) => `      ${node}`),
    "    }",
    "  }",
    "}",
  ].join("\n");
}

/** A page of rows, as the query of a table returns it. */
export interface RowPage {
  totalCount: number;
  nodes: Row[];
  pageInfo: Record<"hasNextPage" | "hasPreviousPage", boolean> & Record<"endCursor" | "startCursor", string | null>;
}

/** Writes the query that counts the rows of each value of the filters, each with its own filter as variable. */
export function countsDocument(config: TableConfig): string {
  const { counted, field, filterType } = config;
  const lines = counted.flatMap(({ parameter, by }) => {
    const rows = (name: string) => `${field}(filter: $${name})`;
    if ("groups" in by)
      return `${parameter}: ${rows(parameter)} { groups(by: [${by.groups}]) { count key { value } } }`;
    if ("within" in by)
      return `${parameter}: ${by.within}(first: 300) { nodes { code ${rows(parameter)} { totalCount } } }`;
    return by.each.map((value) => `${parameter}_${value}: ${rows(`${parameter}_${value}`)} { totalCount }`);
  });
  const names = counted.flatMap(({ parameter, by }) =>
    "each" in by ? by.each.map((value) => `${parameter}_${value}`) : [parameter],
  );
  return [
    `query ${config.operation}Counts(${names.map((name) => `$${name}: ${filterType}`).join(", ")}) {`,
    ...lines.map((line) => `  ${line}`),
    "}",
  ].join("\n");
}

interface Count {
  totalCount: number;
}

/** Returns the number of rows of each value of each filter from the answer to `countsDocument`. Values without rows are left out. */
export function readCounts(config: TableConfig, data: Record<string, unknown>): Record<string, Map<string, number>> {
  return Object.fromEntries(
    config.counted.map(({ parameter, by }) => {
      let counts: [string, number][];
      if ("groups" in by) {
        const { groups } = data[parameter] as { groups: { count: number; key: { value: string | null }[] }[] };
        counts = groups.map(({ count, key }) => [key[0]?.value ?? UNKNOWN, count]);
      } else if ("within" in by) {
        const { nodes } = data[parameter] as { nodes: Record<string, unknown>[] };
        counts = nodes.map((node) => [node["code"] as string, (node[config.field] as Count).totalCount]);
      } else {
        counts = by.each.map((value) => [value, (data[`${parameter}_${value}`] as Count).totalCount]);
      }
      return [parameter, new Map(counts.filter(([, count]) => count > 0))];
    }),
  );
}

type Tree = Map<string, Tree>;

/** Arranges dotted paths of fields as a tree. */
function tree(paths: readonly string[]): Tree {
  const root: Tree = new Map();
  for (const path of paths) {
    let level = root;
    for (const name of path.split(".")) {
      const next: Tree = level.get(name) ?? new Map();
      level.set(name, next);
      level = next;
    }
  }
  return root;
}

/** Writes the fields in their order, with those that have no fields of their own on one line, to keep the query short. */
function lines(fields: Tree): string[] {
  const written: string[] = [];
  let endsWithLeaf = false;
  for (const [name, children] of fields) {
    const isLeaf = children.size === 0;
    if (isLeaf && endsWithLeaf) written.push(`${written.pop()} ${name}`);
    else written.push(selection(name, children));
    endsWithLeaf = isLeaf;
  }
  return written;
}

function selection(name: string, children: Tree): string {
  if (children.size === 0) return name;
  return `${name} { ${[...children].map(([child, grandchildren]) => selection(child, grandchildren)).join(" ")} }`;
}
