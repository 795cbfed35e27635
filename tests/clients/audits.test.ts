// The audits of the GraphQL over HTTP specification.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { serverAudits } from "graphql-http";
import { Server } from "./server.ts";

const server = await Server.start();
after(() => server.stop());

describe("the audits of graphql-http", () => {
  for (const audit of serverAudits({ url: server.endpoint })) {
    it(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      // Notices (for MAY) and warnings (for SHOULD) count as failures.
      assert.equal(result.status, "ok", "reason" in result ? result.reason : undefined);
    });
  }
});
