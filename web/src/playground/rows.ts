// Reads an answer as a table, by the rules of the server's own tables (docs/api.md#answers-as-tables).

/** A list of an answer that is not inside another list. */
export interface AnswerList {
  /** The path by which the server knows it: dotted, without `nodes` or `edges` if that is the only list of its connection. */
  path: string;
  items: unknown[];
}

/** A column: a field of the items, or of an object in them. */
export interface Column {
  /** The path to the field, with dots, and without the `node` of an edge. */
  name: string;
  /** The value in each row; undefined counts as null. */
  values: unknown[];
  /** What all values are that are not null; `other` for lists, and if they differ. */
  type: "number" | "text" | "other" | "null";
}

/** A pair of columns that is a location. */
export interface Location {
  name: string;
  points: ([longitude: number, latitude: number] | null)[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isConnectionList = (key: string) => key === "nodes" || key === "edges";

/** Returns the lists of the data of an answer. */
export function listsOf(data: unknown): AnswerList[] {
  const lists: AnswerList[] = [];
  const collect = (object: Record<string, unknown>, path: string[]) => {
    const members = Object.entries(object);
    const connections = members.filter(([key, value]) => isConnectionList(key) && Array.isArray(value)).length;
    for (const [key, value] of members) {
      const below = [...path, key];
      if (isObject(value)) collect(value, below);
      else if (Array.isArray(value)) {
        const isNamedByParent = path.length > 0 && connections === 1 && isConnectionList(key);
        lists.push({ path: (isNamedByParent ? path : below).join("."), items: value });
      }
    }
  };
  if (isObject(data)) collect(data, []);
  return lists;
}

/** Returns the columns of a list. */
export function columnsOf({ path, items }: AnswerList): Column[] {
  const values = new Map<string, unknown[]>();
  items.forEach((item, index) => {
    const visit = (value: unknown, name: string) => {
      if (isObject(value)) {
        for (const [key, member] of Object.entries(value))
          visit(member, name === "" ? (key === "node" && isObject(member) ? "" : key) : `${name}.${key}`);
      } else {
        const column = values.get(name) ?? [];
        column[index] = value;
        values.set(name, column);
      }
    };
    visit(item, isObject(item) ? "" : (path.split(".").at(-1) ?? ""));
  });
  const names = [...values.keys()];
  return (
    [...values]
      .map(([name, column]) => ({ name, values: Array.from(items, (_, index) => column[index]), type: typeOf(column) }))
      // An object that is null in some rows is no column of its own.
      .filter(({ name, type }) => type !== "null" || !names.some((other) => other.startsWith(`${name}.`)))
  );
}

function typeOf(values: unknown[]): Column["type"] {
  const types = new Set(values.filter((value) => value !== null && value !== undefined).map((value) => typeof value));
  if (types.size === 0) return "null";
  if (types.size > 1) return "other";
  return types.has("number") ? "number" : types.has("string") || types.has("boolean") ? "text" : "other";
}

/** Returns the locations of the rows: the pairs of columns that are called latitude and longitude. */
export function locationsOf(columns: Column[]): Location[] {
  return columns.flatMap((latitude) => {
    if (!latitude.name.endsWith("latitude")) return [];
    const parent = latitude.name.slice(0, -"latitude".length);
    const longitude = columns.find(({ name }) => name === `${parent}longitude`);
    if (!longitude) return [];
    const points = latitude.values.map((north, index) => {
      const east = longitude.values[index];
      return typeof north === "number" && typeof east === "number" ? ([east, north] as [number, number]) : null;
    });
    return [{ name: parent.replace(/\.$/, ""), points }];
  });
}

/** Returns a value as text: empty for null, JSON for a list. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Returns a value as a short text for a label: of objects in a list, their label, name, or title. */
export function labelText(value: unknown): string {
  if (Array.isArray(value)) return value.map(labelText).join(", ");
  if (!isObject(value)) return cellText(value);
  return cellText(value["label"] ?? value["name"] ?? value["title"] ?? value);
}

/** Writes rows as tab-separated text, which spreadsheets paste as cells. */
export function toTabSeparated(columns: Column[]): string {
  const cell = (value: unknown) => cellText(value).replace(/[\t\r\n]+/g, " ");
  const rows = (columns[0]?.values ?? []).map((_, index) => columns.map(({ values }) => cell(values[index])));
  return [columns.map(({ name }) => name), ...rows].map((row) => row.join("\t")).join("\n");
}
