// The requests that a browser sends for a page of another site: a CORS preflight before JSON, none before text or a
// form, and compressed responses.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { cacheExchange, Client as Urql, fetchExchange } from "@urql/core";
import { decompress } from "fzstd";
import { GraphQLClient } from "graphql-request";
import { request } from "undici";
import { LoadedDataset } from "./app/operations.ts";
import { first, recorder, type Recorder } from "./recorder.ts";
import { Server } from "./server.ts";

const server = await Server.start();
after(() => server.stop());

const origin = "https://example.org";
const json = JSON.stringify({ query: "{ __typename }" });

/** The header names of a comma-separated list, in lower case. */
const names = (list: string | null) =>
  (list ?? "")
    .toLowerCase()
    .split(/\s*,\s*/)
    .filter(Boolean);

function preflight(method: string, headers: string[]): Promise<Response> {
  return fetch(server.endpoint, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": method, "access-control-request-headers": headers.join(",") },
  });
}

describe("a page of another site", () => {
  it("can send JSON and read the response", async () => {
    const preflighted = await preflight("POST", ["content-type"]);
    assert.ok(preflighted.ok);
    assert.equal(preflighted.headers.get("access-control-allow-origin"), "*");
    assert.ok(names(preflighted.headers.get("access-control-allow-methods")).includes("post"));
    assert.ok(names(preflighted.headers.get("access-control-allow-headers")).includes("content-type"));
    const response = await fetch(server.endpoint, {
      method: "POST",
      headers: { origin, "content-type": "application/json" },
      body: json,
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.ok(names(response.headers.get("access-control-expose-headers")).includes("etag"));
  });

  it("cannot execute requests that its browser sends without a preflight", async () => {
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
    // The headers of an image or a script, which fetch() would overwrite.
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
      }).query({ query: LoadedDataset }),
    urql: ({ fetch }) =>
      new Urql({ url: server.endpoint, fetch, preferGetMethod: false, exchanges: [cacheExchange, fetchExchange] })
        .query(LoadedDataset, {})
        .toPromise(),
    "graphql-request": ({ fetch }) => new GraphQLClient(server.endpoint, { fetch }).request(LoadedDataset),
  };
  for (const [name, query] of Object.entries(clients)) {
    it(`can use ${name}, because its headers are allowed`, async () => {
      const wire = recorder();
      await query(wire);
      const { sent, method, status } = first(wire.exchanges);
      assert.equal(status, 200);
      const requestHeaders = [...sent.keys()].filter(
        (header) => !["accept", "accept-language", "content-language"].includes(header),
      );
      assert.ok(requestHeaders.includes("content-type"));
      const { headers } = await preflight(method, requestHeaders);
      const allowed = names(headers.get("access-control-allow-headers"));
      assert.deepEqual(
        requestHeaders.filter((header) => !allowed.includes(header)),
        [],
      );
    });
  }
});

describe("compressed responses", () => {
  const query = "{ partnerships(first: 200) { nodes { slug us { name } partner { name } } } }";
  const url = `${server.endpoint}?${new URLSearchParams({ query })}`;
  const decoders: Record<string, (bytes: Buffer) => Uint8Array> = {
    zstd: decompress,
    br: brotliDecompressSync,
    gzip: gunzipSync,
  };

  for (const [encoding, decode] of Object.entries(decoders)) {
    it(`can be decoded from ${encoding}`, async () => {
      const plain = Buffer.from(await (await request(url)).body.arrayBuffer());
      // The second response comes from the cache.
      for (let n = 0; n < 2; n += 1) {
        const { headers, body } = await request(url, { headers: { "accept-encoding": encoding } });
        assert.equal(headers["content-encoding"], encoding);
        const bytes = Buffer.from(await body.arrayBuffer());
        assert.ok(bytes.length < plain.length / 3, `${bytes.length} of ${plain.length}`);
        assert.equal(Buffer.from(decode(bytes)).toString(), plain.toString());
      }
    });
  }

  it("use zstd if the client accepts all encodings", async () => {
    const { headers, body } = await request(url, { headers: { "accept-encoding": "gzip, deflate, br, zstd" } });
    await body.dump();
    assert.equal(headers["content-encoding"], "zstd");
    assert.match(String(headers.vary), /accept-encoding/);
  });
});
