// What the authors of GraphQL over HTTP hold a server to.

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
      // A notice (of a MAY) and a warning (of a SHOULD) are failures here.
      assert.equal(result.status, "ok", "reason" in result ? result.reason : undefined);
    });
  }
});
