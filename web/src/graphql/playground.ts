import { formatFragment } from "../playground/link.ts";

/** Shorter queries, by the name of the operation, for those that select more than a reader wants to see. */
const shorter = import.meta.glob<string>("../playground/queries/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});

/**
 * Returns the address of the playground with a query and its variables filled in. Queries that a page needs whole for its
 * drawing have a shorter form, which selects what a reader would.
 */
export function playgroundHref(document: { toString(): string }, variables: object = {}): string {
  const whole = document.toString();
  const name = /^\s*query (\w+)/.exec(whole)?.[1];
  const query = shorter[`../playground/queries/${name}.graphql`] ?? whole;
  const used = Object.entries(variables).filter(([name]) => new RegExp(`\\$${name}\\b`).test(query));
  return `playground${formatFragment({
    query,
    variables: used.length > 0 ? JSON.stringify(Object.fromEntries(used), null, 2) : null,
  })}`;
}
