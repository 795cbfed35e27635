import type { SharedQuery } from "./link.ts";

/** A query that the reader named. */
export interface SavedQuery extends SharedQuery {
  name: string;
  query: string;
}

const KEY = "playground:saved";

// Kept here too, because the browser may block local storage, or it may be full.
let saved: SavedQuery[] | undefined;

/** Returns the saved queries of this browser, in the order of their names. */
export function savedQueries(): SavedQuery[] {
  return (saved ??= readStorage());
}

/** Saves a query, and replaces another one of the same name. */
export function saveQuery(query: SavedQuery): SavedQuery[] {
  const { name, query: text, variables, operationName } = query;
  const others = savedQueries().filter((other) => other.name !== name);
  return store([...others, { name, query: text, variables: variables ?? null, operationName: operationName ?? null }]);
}

export function removeQuery(name: string): SavedQuery[] {
  return store(savedQueries().filter((query) => query.name !== name));
}

function store(queries: SavedQuery[]): SavedQuery[] {
  saved = queries.sort((a, b) => a.name.localeCompare(b.name, "en"));
  try {
    localStorage.setItem(KEY, JSON.stringify(saved));
  } catch {
    // Without local storage they are kept until the page is closed.
  }
  return saved;
}

function readStorage(): SavedQuery[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isSavedQuery) : [];
  } catch {
    return [];
  }
}

function isSavedQuery(value: unknown): value is SavedQuery {
  const isText = (member: unknown) => typeof member === "string";
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    "query" in value &&
    isText(value.name) &&
    isText(value.query)
  );
}
