import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { getOperationAST, Kind, parse, type DocumentNode } from "graphql";
import { createClient } from "graphql-sse";
import { ENDPOINT, UNREACHABLE } from "../graphql/client.ts";

const httpFetcher = createGraphiQLFetcher({
  url: ENDPOINT,
  // The browser's own message is "Failed to fetch" or similar.
  fetch: (...request: Parameters<typeof fetch>) =>
    fetch(...request).catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new Error(UNREACHABLE, { cause: error });
    }),
});
const sseClient = createClient({ url: ENDPOINT });

/** Sends operations to the endpoint; subscriptions use server-sent events, which GraphiQL's own fetcher does not support. */
export const fetcher: Fetcher = (params, options) => {
  const document = tryParse(params.query);
  // GraphiQL parses the text with a delay, so its operation name may be outdated.
  const operationName =
    document && !operationNames(document).includes(params.operationName ?? "")
      ? undefined
      : (params.operationName ?? undefined);
  const operation = document && getOperationAST(document, operationName);
  return operation?.operation === "subscription"
    ? sseClient.iterate({ query: params.query, operationName, variables: params.variables as Record<string, unknown> })
    : httpFetcher({ ...params, operationName }, options);
};

/** Returns null on a syntax error, which is left for the server to report. */
function tryParse(query: string): DocumentNode | null {
  try {
    return parse(query);
  } catch {
    return null;
  }
}

function operationNames(document: DocumentNode): (string | undefined)[] {
  return document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? definition.name?.value : undefined,
  );
}
