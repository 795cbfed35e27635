import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { getOperationAST } from "graphql";
import { createClient } from "graphql-sse";

const url = "/graphql";
const answers = createGraphiQLFetcher({ url });
const events = createClient({ url });

/** Asks the endpoint; subscriptions come as server-sent events, which the fetcher of GraphiQL does not speak. */
export const fetcher: Fetcher = (params, options) => {
  const operation = options?.documentAST && getOperationAST(options.documentAST, params.operationName);
  return operation?.operation === "subscription"
    ? events.iterate({ ...params, operationName: params.operationName ?? undefined, variables: params.variables as Record<string, unknown> })
    : answers(params, options);
};
