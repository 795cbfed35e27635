import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { getOperationAST, Kind, parse, type DocumentNode } from "graphql";
import { createClient } from "graphql-sse";

const url = "/graphql";
const answers = createGraphiQLFetcher({ url });
const events = createClient({ url });

/** Asks the endpoint; subscriptions come as server-sent events, which the fetcher of GraphiQL does not speak. */
export const fetcher: Fetcher = (params, options) => {
  const document = parsed(params.query);
  // GraphiQL reads the text with a delay, so that its name may be of an operation that is no longer there.
  const operationName =
    document && !names(document).includes(params.operationName ?? "") ? undefined : (params.operationName ?? undefined);
  const operation = document && getOperationAST(document, operationName);
  return operation?.operation === "subscription"
    ? events.iterate({ query: params.query, operationName, variables: params.variables as Record<string, unknown> })
    : answers({ ...params, operationName }, options);
};

/** The document; null where it is not one, which the server says best. */
function parsed(query: string): DocumentNode | null {
  try {
    return parse(query);
  } catch {
    return null;
  }
}

function names(document: DocumentNode): (string | undefined)[] {
  return document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? definition.name?.value : undefined,
  );
}
