import type { Page } from "playwright-core";

/**
 * Does to a page what the translators of Chromium browsers do, from the start and after each change: it replaces each text
 * node by an element, unless `translate="no"` applies. The "translation" is the text in upper case.
 */
export async function translate(page: Page): Promise<void> {
  await page.addInitScript(startTranslator);
  await page.reload();
}

function startTranslator(): void {
  const translateBelow = (root: Node) => {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const texts: Text[] = root instanceof Text ? [root] : [];
    while (walk.nextNode()) texts.push(walk.currentNode as Text);
    for (const text of texts) {
      const parent = text.parentElement;
      if (!text.data.trim() || !parent?.translate || parent.closest("script, style, option, svg, font")) continue;
      const outer = document.createElement("font");
      outer.append(Object.assign(document.createElement("font"), { textContent: text.data.toUpperCase() }));
      text.replaceWith(outer);
    }
  };
  addEventListener("DOMContentLoaded", () => {
    document.documentElement.lang = "ja";
    translateBelow(document.body);
    new MutationObserver((records) => {
      for (const { target, addedNodes, type } of records)
        for (const node of type === "characterData" ? [target] : addedNodes) if (node.isConnected) translateBelow(node);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

/** Returns the text of the page, hidden text included, without the difference that translation makes. */
export const textOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const main = document.querySelector("main")?.cloneNode(true) as HTMLElement;
    for (const element of main.querySelectorAll("style, svg")) element.remove();
    return (main.textContent ?? "").replace(/\s+/g, " ").toLowerCase();
  });

/** Returns the texts that the translator has replaced, in upper case. */
export const translatedTexts = (page: Page): Promise<string[]> =>
  page.locator("main font > font").evaluateAll((elements) => elements.map(({ textContent }) => textContent.trim()));

/**
 * Uses the next control of the page: clicks a button, opens details, chooses an option, or enters text. At most four controls
 * with the same position in the page are used, so that long lists are not used up. Returns a description of the control, or
 * null if all have been used.
 */
export const useNextControl = (page: Page): Promise<string | null> =>
  page.evaluate(() => {
    const used = ((globalThis as { used?: Map<string, Set<string>> }).used ??= new Map());
    const controls = document.querySelectorAll<HTMLElement>("main :is(button, summary, select, input, [role=option])");
    for (const control of controls) {
      // Downloads change nothing on the page, and a search opens another page.
      if (!control.checkVisibility() || control.matches(":disabled, [aria-label^=Download], form[action] button"))
        continue;
      const position = [];
      for (let element: Element | null = control; element && element.id !== "content"; element = element.parentElement)
        position.unshift(`${element.localName}#${element.id}.${element.className}`);
      const place = position.join(" ").replace(/#search-result-\d/g, "");
      const names = used.get(place) ?? new Set();
      used.set(place, names);
      const siblings = [...(control.parentElement?.children ?? [])];
      const index = siblings.filter(({ localName }) => localName === control.localName).indexOf(control);
      const name = `${index} ${control.getAttribute("aria-label") ?? control.textContent.toLowerCase().replace(/[\d,]+/g, "")}`;
      if (names.has(name) || names.size >= 4) continue;
      names.add(name);
      if (control instanceof HTMLSelectElement) {
        control.selectedIndex = Math.min(3, control.options.length - 1);
        control.dispatchEvent(new Event("change", { bubbles: true }));
      } else if (control instanceof HTMLInputElement && control.type === "search") {
        control.value = "sapporo";
        control.dispatchEvent(new Event("input", { bubbles: true }));
      } else {
        control.click();
      }
      return `${place} ${name}`;
    }
    return null;
  });
