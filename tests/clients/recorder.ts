// Records the requests and responses of clients.

/** A request and its response, without the body of the response. */
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

/** A `fetch` for a client, and the exchanges that it has recorded. */
export interface Recorder {
  readonly fetch: typeof fetch;
  readonly exchanges: Exchange[];
}

/** A recorder that sends requests with `send`. */
export function recorder(send: typeof fetch = fetch): Recorder {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const text = request.body === null ? "" : await request.clone().text();
      const response = await send(input, init);
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

/** The first item; throws if the list is empty. */
export function first<T>(list: readonly T[]): T {
  const [one] = list;
  if (one === undefined) throw new Error("the list is empty");
  return one;
}
