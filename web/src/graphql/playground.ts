import { formatFragment } from "../playground/link.ts";

/** Returns the address of the playground with a query and its variables filled in. */
export function playgroundHref(document: { toString(): string }, variables?: unknown): string {
  const hasVariables = variables && Object.keys(variables).length > 0;
  return `playground${formatFragment({
    query: document.toString(),
    variables: hasVariables ? JSON.stringify(variables, null, 2) : null,
  })}`;
}
