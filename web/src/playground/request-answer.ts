import { ENDPOINT, UNREACHABLE } from "../graphql/client.ts";
import type { SharedQuery } from "./link.ts";

/** The answer to a query, with what the server reports about it. */
export interface Answer {
  query: SharedQuery;
  /** The response as indented JSON. */
  text: string;
  /** The size of the response, uncompressed; null if it is unknown. */
  bytes: number | null;
  /** From the request to the last byte; null if it was not measured. */
  milliseconds: number | null;
  /** The cost of the query, and the highest that the server allows; null if the server does not report it. */
  cost: { value: number; limit: number } | null;
  /** The revision of the data; null if the server does not report it. */
  revision: string | null;
}

export interface RequestOptions {
  /** Requests with GET, so that the browser and proxies cache the answer. */
  cached?: boolean;
  headers?: Record<string, string> | undefined;
}

const decoder = new TextDecoder();

/**
 * Sends a query to the endpoint. An answer with errors is an answer, too.
 * @throws {Error} with a message for readers if the server cannot be reached, or the variables are not JSON.
 */
export async function requestAnswer(
  query: SharedQuery,
  { cached = false, headers }: RequestOptions = {},
): Promise<Answer> {
  const parameters = { query: query.query ?? "", ...variablesOf(query), ...nameOf(query) };
  const started = performance.now();
  // With this type, a rejected query has status 200. Browsers log others as errors of the page.
  const accept = { accept: "application/json", ...headers };
  const response = await unlessUnreachable(() =>
    cached
      ? fetch(`${ENDPOINT}?${toSearch(parameters)}`, { headers: accept })
      : fetch(ENDPOINT, {
          method: "POST",
          headers: { "content-type": "application/json", ...accept },
          body: JSON.stringify(parameters),
        }),
  );
  // The connection may also break during the response.
  const bytes = await unlessUnreachable(() => response.arrayBuffer());
  const milliseconds = performance.now() - started;
  return {
    query,
    text: indent(decoder.decode(bytes)),
    bytes: bytes.byteLength,
    milliseconds,
    cost: parseCost(response.headers.get("query-cost")),
    revision: response.headers.get("dataset-revision"),
  };
}

/** Parses the header that reports the cost. */
export function parseCost(header: string | null | undefined): Answer["cost"] {
  const [, value, limit] = /^(\d+); *limit=(\d+)/.exec(header ?? "") ?? [];
  return value && limit ? { value: Number(value), limit: Number(limit) } : null;
}

/** @throws {Error} if the variables are not a JSON object. */
export function variablesOf({ variables }: SharedQuery): { variables?: Record<string, unknown> } {
  if (!variables?.trim()) return {};
  try {
    return { variables: JSON.parse(variables) as Record<string, unknown> };
  } catch (error) {
    throw new Error("The variables are not JSON. Correct them and try again.", { cause: error });
  }
}

const nameOf = ({ operationName }: SharedQuery) => (operationName ? { operationName } : {});

function toSearch(parameters: Record<string, unknown>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

async function unlessUnreachable<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    // The browser's own message is "Failed to fetch" or similar.
    throw new Error(UNREACHABLE, { cause: error });
  }
}

/** Indents JSON; other text, such as the page of a proxy, stays as it is. */
export function indent(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
