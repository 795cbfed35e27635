import type { TypedDocumentString } from "./generated.ts";

/** A failed request. `message` is written for readers; `errors` has the messages and stable `extensions.code`s of the API. */
export class RequestError extends Error {
  constructor(
    message: string,
    readonly errors: { message: string; code?: string }[] = [],
  ) {
    super(message);
    this.name = "RequestError";
  }
}

/** The error for readers if a request fails without a response. */
export const UNREACHABLE = "The server could not be reached. Check your connection and try again.";

/** The address of the API. It is relative to the page, as all addresses are, so that the site works below any path. */
export const ENDPOINT = "graphql";

interface GraphqlResponse<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** Optional if the operation has no required variables. */
type VariablesArgument<V> = Record<string, never> extends V ? [variables?: V] : [variables: V];

const cache = new Map<string, Promise<unknown>>();

/**
 * Sends an operation to the public endpoint. Responses are cached for as long as the page is open; failed ones are not.
 * @throws {RequestError} if the server returns errors or cannot be reached.
 */
export function request<T, V>(
  document: TypedDocumentString<T, V>,
  ...[variables]: VariablesArgument<NoInfer<V>>
): Promise<T> {
  const body = JSON.stringify({ query: document.toString(), variables });
  let response = cache.get(body) as Promise<T> | undefined;
  if (!response) {
    response = post<T>(body);
    cache.set(body, response);
    response.catch(() => cache.delete(body));
  }
  return response;
}

async function post<T>(body: string): Promise<T> {
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json, application/json" },
    body,
  }).catch((error: unknown) => {
    throw new RequestError(UNREACHABLE, [{ message: String(error) }]);
  });
  if (response.status === 503) throw new RequestError("The server is busy. Try again in a moment.");
  if (!response.headers.get("content-type")?.includes("json")) {
    throw new RequestError(`The server returned an unexpected response (status ${response.status}). Try again.`);
  }
  // The connection may also break during the response.
  const { data, errors } = await (response.json() as Promise<GraphqlResponse<T>>).catch((error: unknown) => {
    throw new RequestError(UNREACHABLE, [{ message: String(error) }]);
  });
  if (errors?.length || !data) {
    const details = (errors ?? []).map(({ message, extensions }) => ({
      message,
      ...(extensions?.code && { code: extensions.code }),
    }));
    const text = details.map(({ message }) => message).join("; ");
    throw new RequestError(text ? `The server reported an error: ${text}.` : "The server returned no data.", details);
  }
  return data;
}
