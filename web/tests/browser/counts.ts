/** The numbers of a page. */
export interface Collected {
  /** Each number with what it counts, as the address of a table. */
  counts: { of: string; value: number }[];
  /** Texts with a number of partnerships that is not marked up. */
  others: string[];
}

/**
 * Collects the numbers of the page, or of a page given as HTML. It runs in the browser, so it can use nothing from outside. A
 * number is marked by `data-count` on an element whose first number it is. See "A number of partnerships" in CONTRIBUTING.md.
 */
export function collectCounts(html: string): Collected {
  const OTHER_NUMBERS = [
    // What others have published.
    ".figure-list, .figure-value, .figures, [data-testid=check]",
    "[data-testid=check] ~ :is([aria-labelledby=use], [aria-labelledby=cite])",
    "[data-testid=contradictions], option[value^='figure:']",
    // What the model of matches counts: partnerships between cities and counties that have not ended.
    ".strongest, .strongest + details, [data-testid=match-features] caption",
    // Samples that were checked by hand.
    "[data-testid=evidence] ~ p",
  ].join(", ");
  /** Texts that are made as a whole, such as findings. Their numbers repeat marked ones of the page. */
  const REPEATING = "figure.chart, [data-testid=bases], [aria-live], pre, [aria-labelledby=use] > p, .kicker ~ p.lead";
  const BLOCKS = "p, li, td, th, div, h1, h2, h3, h4, dt, dd, section, caption, label, option, button, summary, pre";
  const END = "¶";
  const NUMBER = /\d[\d,]*/;
  const parse = (text: string) => Number(text.replaceAll(",", ""));

  const page = html ? new DOMParser().parseFromString(html, "text/html") : document;
  const counts = [...page.querySelectorAll<HTMLElement>("[data-count]")].map((element) => ({
    of: element.dataset["count"] ?? "",
    value: parse(NUMBER.exec(element.textContent)?.[0] ?? ""),
  }));

  // What the title and the first sentence say is about the same partnerships.
  const lead = page.querySelector<HTMLElement>("p.lead[data-count]");
  const of = lead?.dataset["count"];
  const inTitle = /([\d,]+) sister partnership/.exec(page.title)?.[1];
  if (inTitle !== undefined && of) counts.push({ of, value: parse(inTitle) });
  const [, places, kind] = /places in ([\d,]+) (countr|state)/.exec(lead?.textContent ?? "") ?? [];
  if (places && of)
    counts.push({ of: of.replace("partnerships", kind === "state" ? "states" : "countries"), value: parse(places) });

  const body = page.body.cloneNode(true) as HTMLElement;
  for (const element of body.querySelectorAll(`script, style, ${OTHER_NUMBERS}`)) element.remove();
  for (const element of body.querySelectorAll("[data-count]")) {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (!NUMBER.test(text.nodeValue ?? "")) continue;
      text.nodeValue = (text.nodeValue ?? "").replace(NUMBER, "#");
      break;
    }
  }
  for (const element of body.querySelectorAll(BLOCKS)) element.append(END);
  const known = new Set(counts.map(({ value }) => value));
  if (inTitle !== undefined) known.add(parse(inTitle));
  const numbersIn = (element: Element) => [
    ...element.textContent.matchAll(/([\d,]*\d)\s+(?:sister |recorded )*partnerships?\b(?![^.¶]*, without)[^¶]{0,40}/g),
  ];
  const repeated = [...body.querySelectorAll(REPEATING)].flatMap((element) => {
    const found = numbersIn(element).filter(([, number = ""]) => !known.has(parse(number)));
    element.remove();
    return found;
  });
  return { counts, others: [...repeated, ...numbersIn(body)].map(([text]) => text.replaceAll(/\s+/g, " ")) };
}
