// A load by another process while clients are connected: subscribers get an event, no request fails, and cached
// responses become stale.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { print } from "graphql";
import { WebSocket } from "ws";
import { DatasetChanged, CityBySlug } from "./app/operations.ts";
import { ChangedData } from "./data.ts";
import type { DatasetChangedSubscription, CityBySlugQuery } from "./generated/codegen/graphql.ts";
import { root, Server } from "./server.ts";
import { Inbox, serverSentEvents, subscribers, webSocket } from "./subscribers.ts";

/** The most time between the end of a load and the event. */
const SOON_MS = 2_000;
/** The most time for anything else. */
const LONG_MS = 60_000;

const POPULATION = 1_234_567;
const trusted = join(import.meta.dirname, "generated/trusted");
const variables = { slug: "jp-nagoya" };
const address = `?${new URLSearchParams({ query: print(CityBySlug), variables: JSON.stringify(variables) })}`;

const population = async (response: Response) =>
  ((await response.json()) as { data: CityBySlugQuery }).data.city?.population;

/** Sends requests, alternately by GET and POST, until it is aborted. Returns the populations. */
async function pollPopulation(server: Server, signal: AbortSignal): Promise<number[]> {
  const populations = [];
  for (let n = 0; !signal.aborted; n += 1) {
    const response = await (n % 2 === 0
      ? fetch(server.endpoint + address)
      : fetch(server.endpoint, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ query: print(CityBySlug), variables }),
        }));
    assert.equal(response.status, 200);
    populations.push((await population(response)) ?? 0);
  }
  return populations;
}

function within<T>(ms: number, promise: Promise<T>, subject: string): Promise<T> {
  let timer: NodeJS.Timeout;
  const timeout = new Promise<never>(
    (_, reject) => (timer = setTimeout(() => reject(new Error(`${subject}: nothing within ${ms} ms`)), ms)),
  );
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

describe("a load by another process", () => {
  const inboxes = new Map(Object.keys(subscribers).map((name) => [name, new Inbox()]));
  const data = new ChangedData(POPULATION);
  let server: Server;
  let stopped = false;

  before(async () => {
    server = await Server.start("--trusted-documents", trusted);
    for (const [name, inbox] of inboxes) await subscribers[name]?.(server, inbox);
  });
  after(async () => {
    data.remove();
    if (!stopped) await server.stop();
  });

  it("reaches subscribers and caches without failed requests", async () => {
    const old = await fetch(server.endpoint + address);
    const tag = old.headers.get("etag") ?? "";
    const before: number | null | undefined = await population(old);
    assert.ok(before && before !== POPULATION);
    const again = await fetch(server.endpoint + address, { headers: { "if-none-match": tag } });
    assert.equal(again.status, 304);

    const polling = new AbortController();
    const polls = Array.from({ length: 4 }, () => pollPopulation(server, polling.signal));
    await server.load(data.folder);
    const events = await Promise.all([...inboxes].map(([name, inbox]) => within(SOON_MS, inbox.nth(1), name)));
    // After the event, every request returns the new data.
    const after = await fetch(server.endpoint + address, { headers: { "if-none-match": tag } });
    polling.abort();
    assert.equal(after.status, 200);
    assert.notEqual(after.headers.get("etag"), tag);
    assert.equal(await population(after), POPULATION);

    for (const populations of await Promise.all(polls)) {
      const change = populations.indexOf(POPULATION);
      assert.ok(change > 0, `${populations.length} responses, the first new one at ${change}`);
      // Old values, then new values.
      assert.deepEqual(
        populations,
        populations.map((_, n): number => (n < change ? before : POPULATION)),
      );
    }
    const [event] = events;
    assert.ok(event);
    // Some clients add `__typename`.
    for (const { revision, loadedAt, partnerships } of events)
      assert.deepEqual({ revision, loadedAt, partnerships }, { ...event });
  });

  it("sends one event for each load, with its revision", async () => {
    const revision = async (): Promise<string> => {
      const response = await fetch(`${server.endpoint}?query={dataset{revision}}`);
      return ((await response.json()) as { data: { dataset: { revision: string } } }).data.dataset.revision;
    };
    const changed = await revision();
    // Loading the same data again changes nothing, so there is no event.
    await server.load(data.folder);
    await server.load(join(root, "data"));
    for (const [name, inbox] of inboxes) {
      const { revision } = await within(SOON_MS, inbox.nth(2), name);
      assert.deepEqual(
        inbox.events.map((event) => event.revision),
        [changed, revision],
      );
      assert.notEqual(revision, changed);
    }
    assert.equal(await revision(), inboxes.get("graphql-ws")?.events[1]?.revision);
  });

  it("does not complete when the server stops, so that clients reconnect", async () => {
    stopped = true;
    await server.stop();
    for (const [name, inbox] of inboxes) {
      const broken = (error: unknown) => ((error as { code?: unknown }).code === 1001 ? "going away" : "disconnected");
      const end = await within(
        SOON_MS,
        inbox.ended.then(() => "complete", broken),
        name,
      );
      // Apollo and urql treat all of these as completion.
      if (name === "graphql-ws") assert.equal(end, "going away");
      if (name === "graphql-sse") assert.equal(end, "disconnected");
      assert.equal(inbox.events.length, 2);
    }
  });
});

describe("subscriptions", () => {
  it("survive a restart of the server", async () => {
    const server = await Server.start();
    const data = new ChangedData(POPULATION);
    const [socket, stream] = [new Inbox(), new Inbox()];
    let connections = 0;
    // By default, graphql-ws does not retry if the connection is refused.
    const options = {
      retryAttempts: 300,
      shouldRetry: () => true,
      retryWait: () => sleep(200),
      on: { connected: () => void (connections += 1) },
    };
    const clients = [
      [socket, webSocket(server, options)],
      [stream, serverSentEvents(server, { retryAttempts: 300, retry: options.retryWait, on: options.on })],
    ] as const;
    for (const [inbox, client] of clients) {
      const sink = {
        next: ({ data }: { data?: DatasetChangedSubscription | null }) => inbox.put(data?.datasetChanged),
        error: inbox.fail,
        complete: inbox.end,
      };
      client.subscribe<DatasetChangedSubscription>({ query: print(DatasetChanged) }, sink);
    }
    const connected = async (n: number): Promise<void> => {
      while (connections < n) await sleep(20);
    };
    try {
      await within(LONG_MS, connected(2), "the first connections");
      await server.restart();
      await within(LONG_MS, connected(4), "the connections after the restart");
      // The subscription starts a little after the WebSocket is connected.
      await sleep(1_000);
      await server.load(data.folder);
      for (const inbox of [socket, stream]) await within(SOON_MS, inbox.nth(1), "an event after the restart");
    } finally {
      for (const [, client] of clients) client.dispose();
      data.remove();
      await server.stop();
    }
  });

  it("have to be initialized, or the WebSocket is closed", async () => {
    const server = await Server.start();
    try {
      const socket = new WebSocket(server.socket, "graphql-transport-ws");
      const closed = new Promise<number>((closed) => socket.on("close", closed));
      assert.equal(await within(LONG_MS, closed, "a close"), 4408);
    } finally {
      await server.stop();
    }
  });

  it("survive 25 seconds without an event", async () => {
    const server = await Server.start("--trusted-documents", trusted);
    const data = new ChangedData(POPULATION);
    const inboxes = new Map(Object.keys(subscribers).map((name) => [name, new Inbox()]));
    try {
      for (const [name, inbox] of inboxes) await subscribers[name]?.(server, inbox);
      // The server sends a keep-alive every 10 s, and would disconnect after two without a response.
      await sleep(25_000);
      await server.load(data.folder);
      for (const [name, inbox] of inboxes) await within(SOON_MS, inbox.nth(1), name);
    } finally {
      data.remove();
      await server.stop();
    }
  });
});
