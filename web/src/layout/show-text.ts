const NUMBER = /^[\d.,]*\d[\d.,]*%?$/;

const shown = new WeakMap<Element, string>();

/**
 * Shows a text in an element that has no other content. `dynamicText` of the build calls it for the text of components. The
 * content is replaced as a whole, because a translator may have replaced it, and only if the text has changed, because
 * translating it again takes time. A number alone is not translated.
 */
export function showText(element: HTMLElement, text: string): void {
  const before = shown.get(element);
  if (text === before) return;
  shown.set(element, text);
  if (NUMBER.test(text)) element.translate = false;
  else if (before && NUMBER.test(before)) element.removeAttribute("translate");
  element.textContent = text;
}
