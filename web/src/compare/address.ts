/** The two sides of a comparison as written in the address, and what is wrong with the address. */
export interface Address {
  a: string | null;
  b: string | null;
  problems: string[];
}

/** Parses the query string. What it cannot use is reported. */
export function parseAddress(search: string): Address {
  const query = new URLSearchParams(search);
  const problems: string[] = [];
  for (const name of new Set(query.keys())) {
    if (name !== "a" && name !== "b")
      problems.push(`The address has the parameter “${name}”, which this page does not use. It compares “a” with “b”.`);
    else if (query.getAll(name).length > 1)
      problems.push(`The address has the parameter “${name}” more than once. The first one is used.`);
  }
  return { a: query.get("a")?.trim() || null, b: query.get("b")?.trim() || null, problems };
}

/** Returns the query string for two sides; the same sides always give the same string. */
export function formatAddress(a: string | null, b: string | null): string {
  const query = new URLSearchParams();
  if (a) query.set("a", a);
  if (b) query.set("b", b);
  // Colons need no escaping in a query string, and the address is easier to read with them.
  const text = query.toString().replaceAll("%3A", ":");
  return text && `?${text}`;
}
