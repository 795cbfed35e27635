import { createClient } from "graphql-sse";
import { ENDPOINT } from "../graphql/client.ts";
import type { SharedQuery } from "./link.ts";
import { variablesOf } from "./request-answer.ts";
import { playground, recordAnswer } from "./state.svelte.ts";

const client = createClient({ url: ENDPOINT });

/** Starts a subscription over server-sent events, and shows each of them, until the iterator is closed. */
export function subscribe(query: SharedQuery): AsyncIterableIterator<object> {
  const events = client.iterate({
    query: query.query ?? "",
    operationName: query.operationName ?? undefined,
    ...variablesOf(query),
  });
  playground.activity = "waiting";
  const finish = () => {
    playground.activity = "none";
  };
  // Not a generator, which cannot be closed while it waits for the next event.
  return {
    async next() {
      const event = await events.next().catch((error: unknown) => {
        finish();
        throw error;
      });
      if (event.done) {
        finish();
        return { done: true, value: undefined };
      }
      const text = JSON.stringify(event.value, null, 2);
      const bytes = new TextEncoder().encode(JSON.stringify(event.value)).length;
      recordAnswer({ query, text, bytes, milliseconds: null, cost: null, revision: null });
      return event;
    },
    async return() {
      finish();
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
