// Runs on every page: the navigation and the theme switch in the header, the citation in the footer, and the notice of a busy server.
import { onBusy, request } from "../graphql/client.ts";
import { DatasetRevisionDocument } from "../graphql/generated.ts";
import { formatCount, formatDate } from "../wording/format.ts";
import { startTheme } from "./theme.ts";

// On a phone, the links scroll within their bar. The link to this page moves to its middle, so that the neighbors show, too.
const link = document.querySelector(".site-nav [aria-current]");
const nav = link?.parentElement;
if (nav) {
  const [inner, outer] = [link.getBoundingClientRect(), nav.getBoundingClientRect()];
  nav.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
}

const button = document.querySelector<HTMLButtonElement>("#theme-switch");
if (button) startTheme(button);

// A server that does not know its public address writes only paths, which the address of the start page completes.
const root = document.querySelector<HTMLAnchorElement>(".wordmark")?.href;
for (const text of document.querySelectorAll<HTMLElement>("[data-path]")) {
  const path = text.dataset["path"] ?? "";
  text.textContent = text.textContent.replaceAll(path, new URL(path, root).href);
}

const citation = document.querySelector("#citation");
// Requested late, so that it does not compete with the content, which shows an error if there is one.
if (citation) addEventListener("load", () => setTimeout(() => void cite(citation).catch(() => {}), 300));

const notice = document.createElement("p");
notice.className = "busy";
notice.setAttribute("role", "status");
notice.hidden = true;
document.body.append(notice);
onBusy((seconds) => {
  notice.hidden = seconds === null;
  notice.textContent = seconds === null ? "" : `The server is busy. Trying again in ${formatCount(seconds, "second")}…`;
});

async function cite(citation: Element): Promise<void> {
  const { dataset } = await request(DatasetRevisionDocument);
  const partnerships = Object.assign(document.createElement("span"), {
    textContent: formatCount(dataset.partnerships, "partnership"),
  });
  partnerships.dataset["count"] = "partnerships";
  citation.append(
    " ",
    partnerships,
    ", revision ",
    Object.assign(document.createElement("code"), {
      textContent: dataset.revision.slice(0, 12),
      title: dataset.revision,
    }),
    `, loaded on ${formatDate(dataset.loadedAt)}.`,
  );
}
