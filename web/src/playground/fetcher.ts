import type { Fetcher, FetcherParams } from "@graphiql/toolkit";
import { type DocumentNode, Kind, parse } from "graphql";
import { isSubscription, type SharedQuery } from "./link.ts";
import { requestAnswer } from "./request-answer.ts";
import { playground, recordAnswer } from "./state.svelte.ts";
import { subscribe } from "./subscribe.ts";

/** Sends the operations of the editor to the endpoint; subscriptions use server-sent events, which GraphiQL does not support. */
export const fetcher: Fetcher = (parameters, options) => {
  const query = toSharedQuery(parameters);
  const headers = options?.headers;
  // The editor itself requests the schema, without a document.
  if (!options || !("documentAST" in options))
    return requestAnswer(query, { headers }).then(({ text }) => JSON.parse(text) as object);
  return isSubscription(query) ? subscribe(query) : runQuery(query, headers);
};

async function runQuery(query: SharedQuery, headers: Record<string, string> | undefined): Promise<object> {
  playground.activity = "running";
  try {
    const answer = await requestAnswer(query, { headers });
    recordAnswer(answer);
    return JSON.parse(answer.text) as object;
  } finally {
    playground.activity = "none";
  }
}

function toSharedQuery({ query, variables, operationName }: FetcherParams): SharedQuery {
  const document = tryParse(query);
  const hasVariables = Object.keys((variables ?? {}) as object).length > 0;
  return {
    query,
    variables: hasVariables ? JSON.stringify(variables) : null,
    // GraphiQL parses the text with a delay, so its operation name may be outdated.
    operationName: document && !operationNames(document).includes(operationName ?? "") ? null : (operationName ?? null),
  };
}

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
