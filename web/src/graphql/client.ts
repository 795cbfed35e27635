import type { TypedDocumentString } from "./generated.ts";

/** What the server refused or could not do: its messages, each with its stable `extensions.code`. */
export class RequestError extends Error {
  constructor(readonly errors: { message: string; code?: string }[]) {
    super(errors.map(({ message }) => message).join("; "));
    this.name = "RequestError";
  }
}

interface Answer<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** Nothing, where all variables may be left out. */
type Variables<V> = Record<string, never> extends V ? [variables?: V] : [variables: V];

const answers = new Map<string, Promise<unknown>>();

/**
 * Asks the public endpoint; the same question is asked once per page view, for the data do not change under a reader.
 * @throws {RequestError} where the server answers with errors.
 */
export function ask<T, V>(document: TypedDocumentString<T, V>, ...[variables]: Variables<NoInfer<V>>): Promise<T> {
  const body = JSON.stringify({ query: document.toString(), variables });
  let answer = answers.get(body) as Promise<T> | undefined;
  if (!answer) {
    answer = post<T>(body);
    answers.set(body, answer);
    answer.catch(() => answers.delete(body));
  }
  return answer;
}

async function post<T>(body: string): Promise<T> {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json, application/json" },
    body,
  });
  if (!response.headers.get("content-type")?.includes("json")) {
    throw new RequestError([{ message: `the server answered ${response.status} ${response.statusText}` }]);
  }
  const { data, errors } = (await response.json()) as Answer<T>;
  if (errors?.length || !data) {
    throw new RequestError(
      (errors ?? [{ message: "the server answered nothing" }]).map(({ message, extensions }) => ({
        message,
        ...(extensions?.code && { code: extensions.code }),
      })),
    );
  }
  return data;
}
