/** A query as a playground URL carries it. */
export interface SharedQuery {
  query?: string | null;
  variables?: string | null;
  operationName?: string | null;
  /** The name under which it was saved. */
  name?: string | null;
}

const PARAMETERS = ["query", "variables", "operationName", "name"] as const;

/**
 * Reads the query in a playground URL. It is in the fragment, which browsers do not send: proxies limit the length of the
 * address to 8 KB or less. Links made by earlier versions have it in the query string.
 */
export function parseLink(url: string): SharedQuery {
  const { hash, searchParams } = new URL(url);
  const fragment = new URLSearchParams(hash.slice(1));
  const parameters = fragment.has("query") ? fragment : searchParams;
  return Object.fromEntries(PARAMETERS.map((name) => [name, parameters.get(name)]));
}

/** Builds the fragment of a playground URL; empty parts get no parameter, and an empty query no fragment. */
export function formatFragment(shared: SharedQuery): string {
  const parameters = new URLSearchParams();
  for (const name of PARAMETERS) {
    const value = shared[name]?.trim();
    if (value) parameters.set(name, value);
  }
  return parameters.has("query") ? `#${parameters}` : "";
}

/** Returns whether two queries are the same, whatever they are named. */
export function isSameQuery(a: SharedQuery, b: SharedQuery): boolean {
  return (["query", "variables"] as const).every((name) => (a[name] ?? "").trim() === (b[name] ?? "").trim());
}

/** Leaves out the operation name if there is only one operation, to keep the link short. */
export function withoutNeedlessName<T extends SharedQuery>(shared: T): T {
  const several = (shared.query?.match(/^\s*(query|subscription)\b/gm)?.length ?? 0) > 1;
  return several ? shared : { ...shared, operationName: null };
}

/** Returns whether the operation that a query names, or its only one, is a subscription. */
export function isSubscription({ query, operationName }: SharedQuery): boolean {
  const name = operationName ? `\\s+${operationName}` : "";
  return new RegExp(`^\\s*subscription${name}\\b`, "m").test(query ?? "");
}
