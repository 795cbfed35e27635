/** What a shared address carries. */
export interface Shared {
  query?: string | null;
  variables?: string | null;
  operationName?: string | null;
}

/** What the address of the page carries. */
export function fromAddress(address: string): Shared {
  const { searchParams } = new URL(address);
  return {
    query: searchParams.get("query"),
    variables: searchParams.get("variables"),
    operationName: searchParams.get("operationName"),
  };
}

/** The address of the playground with these filled in; what is empty is left out. */
export function toAddress(origin: string, shared: Shared): string {
  const address = new URL("/playground", origin);
  for (const name of ["query", "variables", "operationName"] as const) {
    const value = shared[name]?.trim();
    if (value) address.searchParams.set(name, value);
  }
  return address.href;
}
