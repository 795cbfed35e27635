// What a browser does for a page of another site, written out with a plain client: it asks before it
// sends JSON, it does not ask before it sends text or a form, and it decodes what is compressed.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { cacheExchange, Client as Urql, fetchExchange } from "@urql/core";
import { decompress } from "fzstd";
import { GraphQLClient } from "graphql-request";
import { request } from "undici";
import { Loaded } from "./app/operations.ts";
import { first, recorder, type Recorder } from "./exchange.ts";
import { Server } from "./server.ts";

const server = await Server.start();
after(() => server.stop());

const origin = "https://example.org";
const json = JSON.stringify({ query: "{ __typename }" });

/** The names of headers, as CORS lists them. */
const names = (list: string | null) =>
  (list ?? "")
    .toLowerCase()
    .split(/\s*,\s*/)
    .filter(Boolean);

function ask(method: string, headers: string[]): Promise<Response> {
  return fetch(server.endpoint, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": method, "access-control-request-headers": headers.join(",") },
  });
}

describe("a page of another site", () => {
  it("may send JSON and read the answer", async () => {
    const preflight = await ask("POST", ["content-type"]);
    assert.ok(preflight.ok);
    assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
    assert.ok(names(preflight.headers.get("access-control-allow-methods")).includes("post"));
    assert.ok(names(preflight.headers.get("access-control-allow-headers")).includes("content-type"));
    const response = await fetch(server.endpoint, {
      method: "POST",
      headers: { origin, "content-type": "application/json" },
      body: json,
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.ok(names(response.headers.get("access-control-expose-headers")).includes("etag"));
  });

  it("cannot have a request executed that its browser sends without asking", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      undefined,
    ]) {
      const headers = { origin, ...(type === undefined ? {} : { "content-type": type }) };
      const { statusCode, body } = await request(server.endpoint, { method: "POST", headers, body: Buffer.from(json) });
      assert.equal(statusCode, 415, type);
      const { errors } = (await body.json()) as { errors: { extensions: { code: string } }[] };
      assert.equal(first(errors).extensions.code, "UNSUPPORTED_MEDIA_TYPE");
    }
    // As an image or a script; fetch() would set these headers itself.
    const embedded = await request(`${server.endpoint}?query={__typename}`, {
      headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
    });
    assert.equal(embedded.statusCode, 403);
    await embedded.body.dump();
  });

  const clients: Record<string, (recorder: Recorder) => Promise<unknown>> = {
    "Apollo Client": ({ fetch }) =>
      new ApolloClient({
        link: new HttpLink({ uri: server.endpoint, fetch }),
        cache: new InMemoryCache(),
        clientAwareness: { name: "a test", version: "1" },
      }).query({ query: Loaded }),
    urql: ({ fetch }) =>
      new Urql({ url: server.endpoint, fetch, preferGetMethod: false, exchanges: [cacheExchange, fetchExchange] })
        .query(Loaded, {})
        .toPromise(),
    "graphql-request": ({ fetch }) => new GraphQLClient(server.endpoint, { fetch }).request(Loaded),
  };
  for (const [name, query] of Object.entries(clients)) {
    it(`may use ${name}, whose headers the server allows`, async () => {
      const wire = recorder();
      await query(wire);
      const { sent, method, status } = first(wire.exchanges);
      assert.equal(status, 200);
      const asked = [...sent.keys()].filter(
        (header) => !["accept", "accept-language", "content-language"].includes(header),
      );
      assert.ok(asked.includes("content-type"));
      const preflight = await ask(method, asked);
      const allowed = names(preflight.headers.get("access-control-allow-headers"));
      assert.deepEqual(
        asked.filter((header) => !allowed.includes(header)),
        [],
      );
    });
  }
});

describe("compressed answers", () => {
  const query = "{ partnerships(first: 200) { nodes { slug us { name } partner { name } } } }";
  const url = `${server.endpoint}?${new URLSearchParams({ query })}`;
  const decoders: Record<string, (bytes: Buffer) => Uint8Array> = {
    zstd: decompress,
    br: brotliDecompressSync,
    gzip: gunzipSync,
  };

  for (const [encoding, decode] of Object.entries(decoders)) {
    it(`decode from ${encoding}`, async () => {
      const plain = Buffer.from(await (await request(url)).body.arrayBuffer());
      // The second time it comes from memory.
      for (let n = 0; n < 2; n += 1) {
        const { headers, body } = await request(url, { headers: { "accept-encoding": encoding } });
        assert.equal(headers["content-encoding"], encoding);
        const bytes = Buffer.from(await body.arrayBuffer());
        assert.ok(bytes.length < plain.length / 3, `${bytes.length} of ${plain.length}`);
        assert.equal(Buffer.from(decode(bytes)).toString(), plain.toString());
      }
    });
  }

  it("are what a browser likes best", async () => {
    const { headers, body } = await request(url, { headers: { "accept-encoding": "gzip, deflate, br, zstd" } });
    await body.dump();
    assert.equal(headers["content-encoding"], "zstd");
    assert.match(String(headers.vary), /accept-encoding/);
  });
});
