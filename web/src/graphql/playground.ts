/** Returns the address of the playground with a query and its variables filled in. */
export function playgroundHref(document: { toString(): string }, variables?: unknown): string {
  const query = new URLSearchParams({ query: document.toString().trim() });
  if (variables && Object.keys(variables).length > 0) query.set("variables", JSON.stringify(variables, null, 2));
  return `/playground?${query}`;
}
