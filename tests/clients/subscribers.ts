// Clients that subscribe to `datasetChanged`, with several libraries.

import { ApolloClient, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { Client as Urql, fetchExchange } from "@urql/core";
import { print } from "graphql";
import { createClient as createSse, type Client as Sse, type ClientOptions as SseOptions } from "graphql-sse";
import { createClient as createWs, type Client as Ws, type ClientOptions as WsOptions } from "graphql-ws";
import { Environment, Network, Observable, RecordSource, requestSubscription, Store } from "relay-runtime";
import { WebSocket } from "ws";
import { DatasetChanged, LoadedDataset } from "./app/operations.ts";
import type { DatasetChangedSubscription } from "./generated/codegen/graphql.ts";
import changed, {
  type operationsChangedSubscription,
} from "./generated/relay/operationsChangedSubscription.graphql.ts";
import type { Server } from "./server.ts";

type Event = DatasetChangedSubscription["datasetChanged"];

/** The events that a subscriber has received. */
export class Inbox {
  readonly events: Event[] = [];
  /** Resolves when the subscription completes, and rejects when it fails. */
  readonly ended: Promise<void>;
  end!: () => void;
  fail!: (error: unknown) => void;
  #arrived: (() => void)[] = [];

  constructor() {
    this.ended = new Promise((end, fail) => {
      this.end = end;
      this.fail = fail;
    });
    // Tests that await it handle the rejection.
    this.ended.catch(() => {});
  }

  put(event: Event | null | undefined): void {
    if (!event) return this.fail(new Error("an event without data"));
    this.events.push(event);
    for (const arrived of this.#arrived.splice(0)) arrived();
  }

  /** The nth event, counted from 1, as soon as it has arrived. */
  async nth(n: number): Promise<Event> {
    for (;;) {
      const event = this.events[n - 1];
      if (event) return event;
      const arrived = new Promise<void>((arrived) => this.#arrived.push(arrived));
      await Promise.race([arrived, this.ended.then(() => Promise.reject(new Error(`ended before event ${n}`)))]);
    }
  }
}

/** Starts a subscription that puts its events into the inbox; resolves when the server has started it. */
export type Subscribe = (server: Server, inbox: Inbox) => Promise<void>;

/**
 * Waits until the server has started all earlier subscriptions of a WebSocket. They are not acknowledged, but the
 * server reads messages in order, so it is enough to wait for the response to a query.
 */
async function established(client: Ws): Promise<void> {
  for await (const _ of client.iterate({ query: print(LoadedDataset) })) return;
}

/** A client of graphql-ws that does not retry by default. */
export function webSocket(server: Server, options: Partial<WsOptions> = {}): Ws {
  return createWs({ url: server.socket, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
}

/** A client of graphql-sse that does not retry by default. */
export function serverSentEvents(server: Server, options: Partial<SseOptions> = {}): Sse {
  return createSse({ url: server.endpoint, retryAttempts: 0, ...options });
}

/** The subscribers, by the name of their library. */
export const subscribers: Record<string, Subscribe> = {
  "graphql-ws": async (server, inbox) => {
    const client = webSocket(server);
    const sink = {
      next: ({ data }: { data?: DatasetChangedSubscription | null }) => inbox.put(data?.datasetChanged),
      error: inbox.fail,
      complete: inbox.end,
    };
    client.subscribe<DatasetChangedSubscription>({ query: print(DatasetChanged) }, sink);
    await established(client);
  },

  "Apollo Client over graphql-ws": async (server, inbox) => {
    const client = webSocket(server);
    const apollo = new ApolloClient({ link: new GraphQLWsLink(client), cache: new InMemoryCache() });
    apollo.subscribe({ query: DatasetChanged }).subscribe({
      next: ({ data, error }) => (error ? inbox.fail(error) : inbox.put(data?.datasetChanged)),
      error: inbox.fail,
      complete: inbox.end,
    });
    await established(client);
  },

  "graphql-sse": (server, inbox) =>
    new Promise((connected) => {
      const sink = {
        next: ({ data }: { data?: DatasetChangedSubscription | null }) => inbox.put(data?.datasetChanged),
        error: inbox.fail,
        complete: inbox.end,
      };
      serverSentEvents(server, { on: { connected: () => connected() } }).subscribe<DatasetChangedSubscription>(
        { query: print(DatasetChanged) },
        sink,
      );
    }),

  "urql over server-sent events": (server, inbox) =>
    new Promise((connected) => {
      const urql = new Urql({
        url: server.endpoint,
        preferGetMethod: false,
        exchanges: [fetchExchange],
        fetchSubscriptions: true,
        fetch: async (...request) => {
          const response = await fetch(...request);
          connected();
          return response;
        },
      });
      urql.subscription(DatasetChanged, {}).subscribe(({ data, error, hasNext }) => {
        if (error) inbox.fail(error);
        // When the stream has ended, the last result is repeated.
        else if (!hasNext) inbox.end();
        else if (data) inbox.put(data.datasetChanged);
      });
    }),

  "Relay over graphql-sse with a document id": (server, inbox) =>
    new Promise((connected) => {
      const client = serverSentEvents(server, { on: { connected: () => connected() } });
      const network = Network.create(
        () => Promise.reject(new Error("no query is sent")),
        ({ id, name }, variables) =>
          // graphql-sse sends the fields of the request as they are, so an id can replace the query.
          Observable.create((sink) =>
            client.subscribe({ documentId: id, operationName: name, variables } as never, sink as never),
          ),
      );
      requestSubscription<operationsChangedSubscription>(
        new Environment({ network, store: new Store(new RecordSource()) }),
        {
          subscription: changed,
          variables: {},
          onNext: (response) => inbox.put(response?.datasetChanged),
          onError: inbox.fail,
          onCompleted: inbox.end,
        },
      );
    }),
};
