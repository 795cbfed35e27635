import { afterEach, expect, test, vi } from "vitest";
import { onBusy, request } from "./client.ts";
import { DatasetRevisionDocument, TypedDocumentString } from "./generated.ts";

afterEach(() => vi.unstubAllGlobals());

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

test.each([
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

test("a request to a busy server is repeated after the time that the server names", async () => {
  vi.useFakeTimers();
  const busy = () => new Response("{}", { status: 503, headers: { "retry-after": "3" } });
  const dataset = { revision: "2", loadedAt: "2026-08-02T00:00:00Z", partnerships: 2 };
  const fetch = vi.fn(() => Promise.resolve(fetch.mock.calls.length < 3 ? busy() : json({ data: { dataset } })));
  vi.stubGlobal("fetch", fetch);
  const reported: (number | null)[] = [];
  onBusy((seconds) => reported.push(seconds));
  // Unlike in the other tests, so that it is not cached.
  const document = new TypedDocumentString<unknown, Record<string, never>>("{ dataset { partnerships } }");
  const response = request(document);
  await vi.advanceTimersByTimeAsync(2900);
  expect(fetch).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(3200);
  expect(await response).toEqual({ dataset });
  expect(reported).toEqual([3, 3, null]);

  fetch.mockImplementation(() => Promise.resolve(busy()));
  const failed = expect(request(new TypedDocumentString("{ limits { maxPageSize } }"))).rejects.toThrow(
    "The server is busy. Try again in a moment.",
  );
  await vi.advanceTimersByTimeAsync(60_000);
  await failed;
  vi.useRealTimers();
});
