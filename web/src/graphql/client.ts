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

/** How many times a request is repeated while the server is busy, and the seconds to wait if it does not say how long. */
const MAX_REPEATS = 4;
const DEFAULT_WAIT = 2;

const waiting = new Map<symbol, number>();
const listeners = new Set<(seconds: number | null) => void>();

/**
 * Calls a function whenever requests begin to wait for a busy server, with the number of seconds until the next attempt, and
 * with null when no request waits any more.
 */
export function onBusy(listener: (seconds: number | null) => void): void {
  listeners.add(listener);
}

function reportWaiting(): void {
  const longest = waiting.size === 0 ? null : Math.max(...waiting.values());
  for (const listener of listeners) listener(longest);
}

/** Sends a request, and repeats it as long as the server is busy (503), each time after the seconds in `Retry-After`. */
async function post<T>(body: string): Promise<T> {
  const id = Symbol();
  try {
    for (let repeats = 0; ; repeats += 1) {
      const response = await send(body);
      if (response.status !== 503) return await read<T>(response);
      if (repeats === MAX_REPEATS) throw new RequestError("The server is busy. Try again in a moment.");
      const seconds = Math.min(60, Number(response.headers.get("retry-after")) || DEFAULT_WAIT);
      waiting.set(id, seconds);
      reportWaiting();
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  } finally {
    if (waiting.delete(id)) reportWaiting();
  }
}

function send(body: string): Promise<Response> {
  return fetch(ENDPOINT, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json, application/json" },
    body,
  }).catch((error: unknown) => {
    throw new RequestError(UNREACHABLE, [{ message: String(error) }]);
  });
}

async function read<T>(response: Response): Promise<T> {
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
