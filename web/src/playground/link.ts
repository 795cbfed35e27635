/** A query as a playground URL carries it. */
export interface SharedQuery {
  query?: string | null;
  variables?: string | null;
  operationName?: string | null;
}

/** Reads the query in a playground URL. */
export function parseLink(url: string): SharedQuery {
  const { searchParams } = new URL(url);
  return {
    query: searchParams.get("query"),
    variables: searchParams.get("variables"),
    operationName: searchParams.get("operationName"),
  };
}

/** Builds a playground URL; empty parts get no parameter. */
export function buildLink(origin: string, shared: SharedQuery): string {
  const url = new URL("/playground", origin);
  for (const name of ["query", "variables", "operationName"] as const) {
    const value = shared[name]?.trim();
    if (value) url.searchParams.set(name, value);
  }
  return url.href;
}
