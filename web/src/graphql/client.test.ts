import { afterEach, expect, test, vi } from "vitest";
import { request } from "./client.ts";
import { DatasetRevisionDocument } from "./generated.ts";

afterEach(() => vi.unstubAllGlobals());

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

test.each([
  [
    "a busy server",
    () => json({ errors: [{ message: "queue full" }] }, 503),
    "The server is busy. Try again in a moment.",
  ],
  [
    "a GraphQL error",
    () => json({ errors: [{ message: "query too large", extensions: { code: "BAD_USER_INPUT" } }] }),
    "The server reported an error: query too large.",
  ],
  [
    "a response that is not JSON",
    () => new Response("<html>", { status: 502 }),
    "The server returned an unexpected response (status 502). Try again.",
  ],
  [
    "a connection that breaks during the response",
    () => {
      const body = new ReadableStream({ start: (controller) => controller.error(new TypeError("network error")) });
      return new Response(body, { headers: { "content-type": "application/json" } });
    },
    "The server could not be reached. Check your connection and try again.",
  ],
])("the message for %s is a sentence for readers", async (_, respond, message) => {
  vi.stubGlobal("fetch", () => Promise.resolve(respond()));
  await expect(request(DatasetRevisionDocument)).rejects.toThrow(message);
});

test("a failed request is not cached, and a successful one is", async () => {
  const dataset = { revision: "1", loadedAt: "2026-08-02T00:00:00Z", partnerships: 1 };
  const fetch = vi
    .fn<() => Promise<Response>>()
    .mockRejectedValueOnce(new TypeError("Failed to fetch"))
    .mockResolvedValue(json({ data: { dataset } }));
  vi.stubGlobal("fetch", fetch);
  await expect(request(DatasetRevisionDocument)).rejects.toThrow("The server could not be reached.");
  expect(await request(DatasetRevisionDocument)).toEqual({ dataset });
  await request(DatasetRevisionDocument);
  expect(fetch).toHaveBeenCalledTimes(2);
});
