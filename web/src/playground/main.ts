import "./playground.css";
import { mount } from "svelte";
import Answer from "./Answer.svelte";
import type { Editor } from "./Editor.tsx";
import {
  formatFragment,
  isSameQuery,
  isSubscription,
  parseLink,
  type SharedQuery,
  withoutNeedlessName,
} from "./link.ts";
import { type Answer as AnswerData, indent, parseCost, requestAnswer } from "./request-answer.ts";
import SavedQueries from "./SavedQueries.svelte";
import { playground, recordAnswer } from "./state.svelte.ts";
import { tour } from "./tour.ts";

// The page arrives with the list of examples, the first query, and its answer. This script makes them work; the editor, which is
// a hundred times as large, is loaded when the reader is about to use it.

const find = <T extends HTMLElement>(selector: string) => document.querySelector<T>(selector) as T;
const firstView = find<HTMLElement>(".first-view");
const queryField = find<HTMLTextAreaElement>("#query");
const variablesField = find<HTMLTextAreaElement>("#variables");
const runButton = find<HTMLButtonElement>("#run");
const examples = find<HTMLElement>(".tour");
const answerPane = find<HTMLElement>(".answer");

let editor: Editor | undefined;
let isEditorRequested = false;
let events: AsyncIterator<object> | undefined;

start();

function start() {
  const rendered = { query: queryField.value, variables: variablesField.value };
  const answer = readAnswer(rendered);
  const requested = linkedQuery() ?? storedQuery() ?? rendered;
  const query = requested.query ? requested : (tour[0] ?? {});
  setTexts(query);
  if (answer && isSameQuery(query, rendered)) recordAnswer(answer);
  else void run();
  answerPane.replaceChildren();
  mount(Answer, { target: answerPane });
  mount(SavedQueries, { target: find("#saved"), props: { open } });
  listen();
}

/** Returns the answer in the HTML of the page; null if the server has left it out. */
function readAnswer(query: SharedQuery): AnswerData | null {
  const pane = answerPane.querySelector("pre");
  if (!pane) return null;
  const { cost, revision, bytes } = pane.dataset;
  return {
    query,
    text: indent(pane.textContent),
    bytes: bytes === undefined ? null : Number(bytes),
    milliseconds: null,
    cost: parseCost(cost),
    revision: revision ?? null,
  };
}

/** Returns the query of the address: a link to a query, or to an example. */
function linkedQuery(): SharedQuery | null {
  const linked = parseLink(location.href);
  if (linked.query) return linked;
  const example = new URL(location.href).searchParams.get("example");
  return tour.find(({ operationName }) => operationName === example) ?? null;
}

/** Returns the query of the tab that GraphiQL restores from an earlier visit. */
function storedQuery(): SharedQuery | null {
  try {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem("graphiql:tabState") ?? "") as {
      tabs: SharedQuery[];
      activeTabIndex: number;
    };
    const tab = tabs[activeTabIndex];
    return tab?.query ? tab : null;
  } catch {
    // Nothing is stored, or the browser blocks local storage.
    return null;
  }
}

function listen() {
  queryField.readOnly = variablesField.readOnly = false;
  for (const field of [queryField, variablesField]) field.addEventListener("input", readTexts);
  const keys = find(".keys kbd");
  if (navigator.userAgent.includes("Mac OS")) keys.textContent = "Cmd+Enter";
  runButton.title = keys.textContent;
  runButton.disabled = false;
  runButton.addEventListener("click", () => void run());
  firstView.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void run();
  });
  examples.addEventListener("click", (event) => {
    const example = exampleOf(event);
    if (!example || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(example);
  });
  // Most readers who point at an example open it.
  for (const type of ["pointerover", "focusin"]) examples.addEventListener(type, (event) => prefetch(exampleOf(event)));
  addEventListener("hashchange", followFragment);
  addEventListener("pointerdown", ({ target }) => closeMenus(target as Element));
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape") closeMenus();
  });
  addEventListener("beforeprint", fillPrintView);
  const copyButton = find<HTMLButtonElement>("#copy-link");
  copyButton.disabled = false;
  copyButton.addEventListener("click", () => void copyLink(copyButton.querySelector("span") as HTMLElement));
  loadEditorOnIntent();
}

/** Closes the open menu, unless it is used. */
function closeMenus(used?: Element) {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(".menu[open]"))
    if (!used || !menu.contains(used)) menu.open = false;
}

function exampleOf({ target }: Event) {
  const link = (target as Element).closest<HTMLElement>("a[data-example]");
  return tour.find(({ operationName }) => operationName === link?.dataset["example"]);
}

/** Shows a query in the text fields, and in the address. */
function setTexts(query: SharedQuery) {
  queryField.value = query.query ?? "";
  variablesField.value = query.variables ?? "";
  variablesField.parentElement?.toggleAttribute("hidden", !query.variables);
  setQuery(query, linkedQuery() !== null);
}

function readTexts() {
  const { name, operationName } = playground.query;
  setQuery({
    query: queryField.value,
    variables: variablesField.value,
    operationName: operationName ?? null,
    name: name ?? null,
  });
}

let fragment = location.hash;

/** Makes this the query of the page. The address always links to it, except at first, when it is the same for everyone. */
function setQuery(query: SharedQuery, isInAddress = true) {
  playground.query = withoutNeedlessName(query);
  if (!isInAddress) return;
  fragment = formatFragment(playground.query);
  history.replaceState(null, "", location.pathname + fragment);
}

/** Opens a query and runs it. */
function open(query: SharedQuery) {
  const { name = null } = query;
  if (editor) {
    editor.open(query);
    setQuery({ ...playground.query, name });
    return;
  }
  setTexts(query);
  setQuery(query);
  void run(answers.get(query));
}

/**
 * Opens a link that was entered over the current one, which only changes the fragment and so does not load the page. The link is the
 * event's, because the editor, which reads its text with a delay, may have put its query back into the address by now.
 */
function followFragment({ newURL }: HashChangeEvent) {
  const linked = parseLink(newURL);
  if (linked.query) open(linked);
  // The link that skips to the content has replaced the query.
  else history.replaceState(null, "", location.pathname + fragment);
}

/** The answers to examples that were requested before they were opened. */
const answers = new Map<SharedQuery, Promise<AnswerData>>();

function prefetch(example: SharedQuery | undefined) {
  if (!example || editor || answers.has(example) || isSubscription(example)) return;
  const answer = requestAnswer(example, { cached: true });
  answers.set(example, answer);
  answer.catch(() => answers.delete(example));
}

/** Runs the query of the text fields, or stops its subscription. The answer may have been requested before. */
async function run(requested?: Promise<AnswerData>) {
  const query = playground.query;
  const wasWaiting = playground.activity === "waiting";
  await events?.return?.();
  events = undefined;
  if (wasWaiting && !requested && isSubscription(query) && isSameQuery(query, lastRun)) return showActivity();
  lastRun = query;
  playground.failure = null;
  try {
    if (isSubscription(query)) {
      const { subscribe } = await import("./subscribe.ts");
      const iterator = subscribe(query);
      events = iterator;
      playground.answer = null;
      showActivity();
      // eslint-disable-next-line @typescript-eslint/no-unused-vars
      for await (const _ of iterator);
    } else {
      playground.activity = "running";
      const answer = await (requested ?? requestAnswer(query));
      if (lastRun === query) recordAnswer({ ...answer, query });
    }
  } catch (error) {
    if (lastRun === query) {
      playground.answer = null;
      playground.failure = (error as Error).message;
    }
  }
  if (lastRun === query) playground.activity = "none";
  showActivity();
}

let lastRun: SharedQuery = {};

function showActivity() {
  runButton.textContent = playground.activity === "waiting" ? "Stop" : "Run";
}

/**
 * Loads the editor when the reader is about to use it. On a fast connection any sign of a reader is enough; on a slow one it would
 * compete with the answers, so it waits until the query is pointed at or focused.
 */
function loadEditorOnIntent() {
  const connection = (navigator as { connection?: { effectiveType?: string; saveData?: boolean } }).connection;
  const isSlow = connection?.saveData === true || /[23]g/.test(connection?.effectiveType ?? "");
  const target = isSlow ? find(".query") : window;
  for (const type of ["pointermove", "pointerdown", "keydown", "focusin"])
    target.addEventListener(type, () => void loadEditor(), { once: true, passive: true });
}

async function loadEditor() {
  if (isEditorRequested) return;
  isEditorRequested = true;
  const host = document.createElement("div");
  host.className = "editor";
  // The editor measures itself, so it must have its size before it is shown.
  host.dataset["pending"] = "";
  firstView.after(host);
  const { startEditor } = await import("./Editor.tsx");
  startEditor({
    host,
    examples,
    answer: answerPane,
    isExample: (text) => tour.some(({ query }) => query === text),
    onChange: ({ query, variables, operationName }) => {
      if (!editor) return;
      const changed = { query: query ?? null, variables: variables ?? null, operationName: operationName ?? null };
      const name = isSameQuery(changed, playground.query) ? (playground.query.name ?? null) : null;
      setQuery({ ...changed, name });
    },
    onReady: (ready, texts) => {
      const wasActive = playground.activity !== "none";
      void events?.return?.();
      lastRun = {};
      const [isFocused, offset] = [document.activeElement === queryField, queryField.selectionStart];
      const { query } = playground;
      texts.set(query);
      editor = ready;
      playground.activity = "none";
      playground.hasEditor = true;
      delete host.dataset["pending"];
      firstView.remove();
      if (wasActive) texts.run();
      if (isFocused) texts.focus(offset);
    },
  });
}

/** Writes the full texts for print, because an editor renders only the lines visible on screen. */
function fillPrintView() {
  const { query, variables } = playground.query;
  const texts = { Query: query, Variables: variables, Response: playground.answer?.text };
  find(".print-view").replaceChildren(
    ...Object.entries(texts).flatMap(([title, text]) => {
      if (!text?.trim()) return [];
      const section = document.createElement("section");
      section.setAttribute("aria-label", title);
      const [heading, body] = [document.createElement("h2"), document.createElement("pre")];
      heading.textContent = title;
      body.textContent = text.trim();
      section.append(heading, body);
      return [section];
    }),
  );
}

async function copyLink(label: HTMLElement) {
  const text = "Copy link";
  setQuery(playground.query);
  try {
    await navigator.clipboard.writeText(location.href);
    label.textContent = "Copied";
  } catch {
    label.textContent = "Copy the address of this page";
  }
  setTimeout(() => {
    label.textContent = text;
  }, 3000);
}
