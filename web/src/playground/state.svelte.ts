import type { SharedQuery } from "./link.ts";
import type { Answer } from "./request-answer.ts";

/** What the page shows, before and after the editor is loaded. */
class PlaygroundState {
  /** The query of the text field, or of the active tab of the editor. */
  query: SharedQuery = $state.raw({});
  answer: Answer | null = $state.raw(null);
  /** Why there is no answer, if the server could not be asked. */
  failure: string | null = $state(null);
  /** Whether an answer, or the next event of a subscription, is awaited. */
  activity: "none" | "running" | "waiting" = $state("none");
  /** Whether the editor shows the answer as JSON. */
  hasEditor = $state(false);
}

export const playground = new PlaygroundState();

/** The latest answers, from which an editor whose tabs have one each finds what is known about an answer. */
const latest: Answer[] = [];
const MAX_LATEST = 20;

export function recordAnswer(answer: Answer): void {
  latest.unshift(answer);
  latest.length = Math.min(latest.length, MAX_LATEST);
  playground.answer = answer;
  playground.failure = null;
}

/** Shows the answer with this text; null if there is none. */
export function showAnswer(text: string): void {
  const known = latest.find((answer) => answer.text === text);
  playground.answer =
    known ??
    (text.trim()
      ? { query: playground.query, text, bytes: null, milliseconds: null, cost: null, revision: null }
      : null);
}
