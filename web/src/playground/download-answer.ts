import { saveFile } from "../charts/download.ts";
import { ENDPOINT, UNREACHABLE } from "../graphql/client.ts";
import { type Format, FORMATS } from "../graphql/code.ts";
import type { SharedQuery } from "./link.ts";
import { variablesOf } from "./request-answer.ts";

/**
 * Downloads the answer to a query in a format. `path` names the list whose items are the rows if there are several. The page
 * requests the file itself, so that it can show the reason if there is none. Returns that reason, or null if the file was saved.
 */
export async function download(query: SharedQuery, format: Format, path?: string): Promise<string | null> {
  const { query: document, operationName } = query;
  const parameters = new URLSearchParams({ format, ...(path && { path }) });
  try {
    const response = await fetch(`${ENDPOINT}?${parameters}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: document, ...variablesOf(query), operationName }),
    });
    if (!response.ok) return `There is no ${FORMATS[format]} file: ${await reasonOf(response)}.`;
    const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
    saveFile(name ?? `answer.${format}`, await response.blob());
    return null;
  } catch {
    return UNREACHABLE;
  }
}

async function reasonOf(response: Response): Promise<string> {
  const { errors } = (await response.json()) as { errors: { message: string }[] };
  return errors.map(({ message }) => message).join("; ");
}
