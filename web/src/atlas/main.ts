import { startStory } from "./story.ts";

const content = document.querySelector<HTMLElement>("#content");
const story = content?.querySelector<HTMLElement>(".story");
/** The first signs of a reader. */
const SIGNS = ["pointermove", "pointerdown", "keydown", "scroll"];
/** Without any sign, the atlas loads after this time. */
const WAIT_MS = 6000;
let isStarted = false;

if (story) startStory(story);
if (story && !location.hash) {
  // The story comes first: what the atlas needs would compete with it, and keeps a slow phone busy for seconds.
  for (const sign of SIGNS) addEventListener(sign, startAtlas, { once: true, passive: true });
  addEventListener("load", () => setTimeout(startAtlas, WAIT_MS));
} else void startAtlas();

async function startAtlas(): Promise<void> {
  if (isStarted) return;
  isStarted = true;
  const [{ mount }, { default: Atlas }] = await Promise.all([import("svelte"), import("./Atlas.svelte")]);
  // Without an answer of its database, the server sends the page without content.
  const target = content?.querySelector("#atlas") ?? content;
  if (!target) return;
  target.replaceChildren();
  mount(Atlas, { target });
}
