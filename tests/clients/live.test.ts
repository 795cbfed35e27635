// A load by another process while clients are connected: subscribers are told, no request fails, and
// what caches hold is out of date.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { print } from "graphql";
import { WebSocket } from "ws";
import { Changed, CityOf } from "./app/operations.ts";
import { ChangedData } from "./data.ts";
import type { ChangedSubscription, CityOfQuery } from "./generated/codegen/graphql.ts";
import { root, Server } from "./server.ts";
import { Inbox, serverSentEvents, subscribers, webSocket } from "./subscribers.ts";

/** How long after the end of a load a subscriber may have to wait. */
const SOON_MS = 2_000;
/** How long anything else may take. */
const LONG_MS = 60_000;

const INHABITANTS = 1_234_567;
const trusted = join(import.meta.dirname, "generated/trusted");
const variables = { slug: "jp-nagoya" };
const address = `?${new URLSearchParams({ query: print(CityOf), variables: JSON.stringify(variables) })}`;

const inhabitants = async (response: Response) =>
  ((await response.json()) as { data: CityOfQuery }).data.city?.population;

/** Asks again and again, by GET and POST in turn, until told to stop. */
async function keepAsking(server: Server, signal: AbortSignal): Promise<number[]> {
  const seen = [];
  for (let n = 0; !signal.aborted; n += 1) {
    const response = await (n % 2 === 0
      ? fetch(server.endpoint + address)
      : fetch(server.endpoint, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ query: print(CityOf), variables }),
        }));
    assert.equal(response.status, 200);
    seen.push((await inhabitants(response)) ?? 0);
  }
  return seen;
}

function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>(
    (_, late) => (timer = setTimeout(() => late(new Error(`${what}: nothing within ${ms} ms`)), ms)),
  );
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

describe("a load by another process", () => {
  const inboxes = new Map(Object.keys(subscribers).map((name) => [name, new Inbox()]));
  const data = new ChangedData(INHABITANTS);
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

  it("reaches subscribers and caches, and fails no request", async () => {
    const old = await fetch(server.endpoint + address);
    const tag = old.headers.get("etag") ?? "";
    const before: number | null | undefined = await inhabitants(old);
    assert.ok(before && before !== INHABITANTS);
    const again = await fetch(server.endpoint + address, { headers: { "if-none-match": tag } });
    assert.equal(again.status, 304);

    const asking = new AbortController();
    const asked = Array.from({ length: 4 }, () => keepAsking(server, asking.signal));
    await server.load(data.folder);
    const events = await Promise.all([...inboxes].map(([name, inbox]) => within(SOON_MS, inbox.nth(1), name)));
    // Whoever has been told finds the new data from then on.
    const after = await fetch(server.endpoint + address, { headers: { "if-none-match": tag } });
    asking.abort();
    assert.equal(after.status, 200);
    assert.notEqual(after.headers.get("etag"), tag);
    assert.equal(await inhabitants(after), INHABITANTS);

    for (const seen of await Promise.all(asked)) {
      const turn = seen.indexOf(INHABITANTS);
      assert.ok(turn > 0, `${seen.length} answers, the first new one at ${turn}`);
      // Old ones, then new ones.
      assert.deepEqual(
        seen,
        seen.map((_, n): number => (n < turn ? before : INHABITANTS)),
      );
    }
    const [event] = events;
    assert.ok(event);
    // Some clients add `__typename`.
    for (const { revision, loadedAt, partnerships } of events)
      assert.deepEqual({ revision, loadedAt, partnerships }, { ...event });
  });

  it("tells of each load once, with its revision", async () => {
    const revision = async (): Promise<string> => {
      const response = await fetch(`${server.endpoint}?query={dataset{revision}}`);
      return ((await response.json()) as { data: { dataset: { revision: string } } }).data.dataset.revision;
    };
    const changed = await revision();
    // The same once more changes nothing, so nothing is told.
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

  it("does not end where the server stops, so that clients come again", async () => {
    stopped = true;
    await server.stop();
    for (const [name, inbox] of inboxes) {
      const broken = (error: unknown) => ((error as { code?: unknown }).code === 1001 ? "going away" : "broken off");
      const end = await within(
        SOON_MS,
        inbox.ended.then(() => "complete", broken),
        name,
      );
      // Apollo and urql take any of these as an end.
      if (name === "graphql-ws") assert.equal(end, "going away");
      if (name === "graphql-sse") assert.equal(end, "broken off");
      assert.equal(inbox.events.length, 2);
    }
  });
});

describe("subscriptions", () => {
  it("outlive a restart of the server", async () => {
    const server = await Server.start();
    const data = new ChangedData(INHABITANTS);
    const [socket, stream] = [new Inbox(), new Inbox()];
    let connections = 0;
    // Of itself graphql-ws gives up where nobody listens.
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
        next: ({ data }: { data?: ChangedSubscription | null }) => inbox.put(data?.datasetChanged),
        error: inbox.fail,
        complete: inbox.end,
      };
      client.subscribe<ChangedSubscription>({ query: print(Changed) }, sink);
    }
    const connected = async (n: number): Promise<void> => {
      while (connections < n) await sleep(20);
    };
    try {
      await within(LONG_MS, connected(2), "the first connections");
      await server.restart();
      await within(LONG_MS, connected(4), "the connections after the restart");
      // A WebSocket is connected a little before its subscription.
      await sleep(1_000);
      await server.load(data.folder);
      for (const inbox of [socket, stream]) await within(SOON_MS, inbox.nth(1), "an event after the restart");
    } finally {
      for (const [, client] of clients) client.dispose();
      data.remove();
      await server.stop();
    }
  });

  it("have to begin: a WebSocket that does not is closed", async () => {
    const server = await Server.start();
    try {
      const socket = new WebSocket(server.socket, "graphql-transport-ws");
      const closed = new Promise<number>((closed) => socket.on("close", closed));
      assert.equal(await within(LONG_MS, closed, "a close"), 4408);
    } finally {
      await server.stop();
    }
  });

  it("outlive silence", async () => {
    const server = await Server.start("--trusted-documents", trusted);
    const data = new ChangedData(INHABITANTS);
    const inboxes = new Map(Object.keys(subscribers).map((name) => [name, new Inbox()]));
    try {
      for (const [name, inbox] of inboxes) await subscribers[name]?.(server, inbox);
      // The server shows every 10 s that it is there, and twice without an answer would be too often.
      await sleep(25_000);
      await server.load(data.folder);
      for (const [name, inbox] of inboxes) await within(SOON_MS, inbox.nth(1), name);
    } finally {
      data.remove();
      await server.stop();
    }
  });
});
