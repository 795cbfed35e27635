import { startStory } from "./story.ts";

const content = document.querySelector<HTMLElement>("#content");
const story = content?.querySelector<HTMLElement>(".story");
if (story) {
  startStory(story);
  // The story comes first: what the atlas needs would compete with it.
  requestAnimationFrame(() => setTimeout(startAtlas));
} else startAtlas();

async function startAtlas(): Promise<void> {
  const [{ mount }, { default: Atlas }] = await Promise.all([import("svelte"), import("./Atlas.svelte")]);
  // Without an answer of its database, the server sends the page without content.
  const target = content?.querySelector("#atlas") ?? content;
  if (!target) return;
  target.replaceChildren();
  mount(Atlas, { target });
}
