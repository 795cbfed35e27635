// What clients send and get, written down on the way.

/** A request and its response, without bodies that only a stream can hold. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  /** The headers that the client set itself. */
  readonly sent: Headers;
  /** The body that was sent, read as JSON. */
  readonly body: unknown;
  readonly status: number;
  readonly headers: Headers;
}

/** A `fetch` to give to a client, and what passed through it. */
export interface Recorder {
  readonly fetch: typeof fetch;
  readonly exchanges: Exchange[];
}

/** Records what passes through `through`. */
export function recorder(through: typeof fetch = fetch): Recorder {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const text = request.body === null ? "" : await request.clone().text();
      const response = await through(input, init);
      exchanges.push({
        method: request.method,
        url: new URL(request.url),
        sent: new Headers(init?.headers),
        body: text === "" ? undefined : JSON.parse(text),
        status: response.status,
        headers: response.headers,
      });
      return response;
    },
  };
}

/** The first, which must be there. */
export function first<T>(list: readonly T[]): T {
  const [one] = list;
  if (one === undefined) throw new Error("there is none");
  return one;
}
