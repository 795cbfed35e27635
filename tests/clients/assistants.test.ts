// The Model Context Protocol with its official client: tools, errors, and the schema as a resource; and with its conformance suite.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, describe, it } from "node:test";
import { promisify } from "node:util";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Server } from "./server.ts";

const server = await Server.start();
after(() => server.stop());

interface Answer {
  readonly data: Record<string, unknown>;
  readonly revision: string;
  readonly citation: string;
}

// Before 2026-07-28, a client sends `initialize` first. Since then, every message is complete.
for (const mode of ["legacy", "auto"] as const) {
  describe(`with the protocol negotiated as ${mode}`, async () => {
    const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode } });
    const transport = new StreamableHTTPClientTransport(new URL(`${server.origin}/mcp`));
    await client.connect(transport);
    after(() => client.close());

    const call = async (name: string, args: Record<string, unknown>) => {
      const result = await client.callTool({ name, arguments: args });
      assert.notEqual(result.isError, true, JSON.stringify(result.content));
      return result.structuredContent as unknown as Answer;
    };

    it("keeps no session", () => {
      assert.equal(client.getProtocolEra(), mode === "auto" ? "modern" : "legacy");
      assert.equal(transport.sessionId, undefined);
      assert.equal(client.getServerVersion()?.name, "sistergraph");
      assert.match(client.getInstructions() ?? "", /citation/);
    });

    it("lists tools that only read", async () => {
      const { tools } = await client.listTools();
      const names = tools.map(({ name }) => name);
      assert.ok(
        ["Partnerships", "query", "search_schema"].every((name) => names.includes(name)),
        names.join(),
      );
      for (const { annotations } of tools) assert.equal(annotations?.readOnlyHint, true);
    });

    // The client validates answers against the output schemas of the listed tools.
    it("gets answers with their revision and citation", async () => {
      const { data, revision, citation } = await call("Partnerships", { state: ["OR"], country: ["JP"], first: 3 });
      const response = await fetch(`${server.origin}/q/Partnerships.json?state=OR&country=JP&first=3`);
      assert.deepEqual({ data }, await response.json());
      assert.ok(citation.includes(revision), citation);
      const query = "query Name($code: String!) { state(code: $code) { name } }";
      const oregon = await call("query", { query, variables: { code: "OR" } });
      assert.deepEqual(oregon, { data: { state: { name: "Oregon" } }, revision, citation });
    });

    it("finds fields and reads the schema", async () => {
      const result = await client.callTool({ name: "search_schema", arguments: { text: "established year" } });
      assert.match(JSON.stringify(result.structuredContent), /Partnership\.establishedYear/);
      const { resources } = await client.listResources();
      const { contents } = await client.readResource({ uri: resources[0]!.uri });
      assert.ok("text" in contents[0]! && contents[0].text.includes("type Partnership "));
    });

    it("reads errors", async () => {
      const result = await client.callTool({ name: "query", arguments: { query: "{ partnership { totalCont } }" } });
      assert.equal(result.isError, true);
      assert.match(JSON.stringify(result.content), /GRAPHQL_VALIDATION_FAILED/);
      await assert.rejects(client.callTool({ name: "Stats", arguments: {} }), /did you mean/);
    });

    it("sends calls at the same time", async () => {
      const codes = ["OR", "WA", "CA", "HI", "NV", "UT"];
      const answers = await Promise.all(codes.map((code) => call("Countries", { state: [code] })));
      assert.equal(new Set(answers.map(({ revision }) => revision)).size, 1);
    });
  });
}

describe("the conformance suite", () => {
  const run = promisify(execFile);
  for (const [name, ...options] of [
    ["finds what 2025-11-25 requires", "--requirements", "2025-11-25"],
    ["finds what 2026-07-28 requires", "--requirements", "2026-07-28"],
    // These requirements do not include it, because the suite's own server does not pass.
    ["finds that headers are validated", "--scenario", "http-header-validation"],
  ] as const) {
    it(name, async () => {
      const command = ["server", "--url", `${server.origin}/mcp`, "--expected-failures", "conformance.yml", ...options];
      const suite = run(process.execPath, ["conformance.mjs", ...command], { cwd: import.meta.dirname });
      await suite.catch(({ stdout, stderr }) => assert.fail(`${stdout}\n${stderr}`));
    });
  }
});
