// What the header and the footer of every page do: the theme, and the revision in the citation.
import { ask } from "../graphql/client.ts";
import { DatasetRevisionDocument } from "../graphql/generated.ts";
import { startTheme } from "./theme.ts";

const button = document.querySelector<HTMLButtonElement>("#theme-switch");
if (button) startTheme(button);

const citation = document.querySelector("#citation");
// After what the reader came for: the foot of the page can wait.
if (citation) addEventListener("load", () => setTimeout(() => void cite(citation), 300));

async function cite(citation: Element): Promise<void> {
  const { dataset } = await ask(DatasetRevisionDocument);
  const loaded = new Date(dataset.loadedAt).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
  citation.append(
    ` ${dataset.partnerships.toLocaleString("en-US")} partnerships, revision `,
    Object.assign(document.createElement("code"), {
      textContent: dataset.revision.slice(0, 12),
      title: dataset.revision,
    }),
    `, loaded ${loaded}.`,
  );
}
