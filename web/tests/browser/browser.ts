import { AxeBuilder } from "@axe-core/playwright";
import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";

export const themes = ["light", "dark"] as const;
export const sizes = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } };

interface Options {
  theme?: (typeof themes)[number];
  size?: keyof typeof sizes;
  /** Whether things move; most tests prefer that they do not. */
  motion?: boolean;
}

/** Starts the installed Chromium. */
export function launch(): Promise<Browser> {
  const executablePath =
    process.env["SISTERGRAPH_CHROMIUM"] ??
    // With the headless shell, the tests take a third less time than with the whole browser.
    [
      "/usr/bin/chromium-headless-shell",
      "/usr/bin/chromium",
      "/usr/bin/chromium-browser",
      "/usr/bin/google-chrome",
    ].find(existsSync);
  if (!executablePath)
    throw new Error(
      "found no Chromium; install the package chromium-headless-shell or chromium, or set SISTERGRAPH_CHROMIUM to its path",
    );
  const args = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  return chromium.launch({ executablePath, headless: true, args });
}

let browser: Browser;
let context: BrowserContext | undefined;
let problems: string[] = [];

/** Starts a browser for the tests of a file, and fails each test during which the browser reported a problem. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await launch();
  });
  afterEach(async () => {
    await closeContext();
    const reported = problems;
    problems = [];
    expect(reported, "console, script and request errors, and requests to other hosts").toEqual([]);
  });
  afterAll(() => browser?.close());
}

async function closeContext(): Promise<void> {
  // A route handler of a test may still be running; closing the context would make it fail.
  for (const page of context?.pages() ?? []) await page.unrouteAll({ behavior: "ignoreErrors" });
  await context?.close();
  context = undefined;
}

/** Opens a path of the server, or an address of a proxy, in a fresh profile. */
export async function open(
  path: string,
  { theme = "light", size = "desktop", motion = false }: Options = {},
): Promise<Page> {
  const { origin } = new URL(path, inject("origin"));
  await closeContext();
  context = await browser.newContext({
    baseURL: origin,
    colorScheme: theme,
    viewport: sizes[size],
    hasTouch: size === "phone",
    reducedMotion: motion ? "no-preference" : "reduce",
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`script: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    const { origin: target, protocol } = new URL(request.url());
    if (target !== origin && protocol !== "data:" && protocol !== "blob:")
      problems.push(`another host: ${request.url()}`);
  });
  page.on("requestfailed", (request) => {
    // A request that the page itself aborted did not fail.
    if (request.failure()?.errorText !== "net::ERR_ABORTED")
      problems.push(`request: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`response: ${response.status()} ${response.url()}`);
  });
  await page.goto(path);
  // The atlas below the story loads at the first sign of a reader.
  if (path === "/") await page.mouse.move(1, 1);
  return page;
}

/** Returns the problems that axe reports. Themes differ only in colors, so only the rules about colors run in the dark one. */
export async function accessibilityProblems(page: Page, theme: (typeof themes)[number]): Promise<string[]> {
  // Legacy mode leaves out frames of other origins, which no page has, and resultTypes the details of rules that pass. With
  // them, axe takes several times as long.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
  const { violations } = await (
    theme === "light"
      ? axe.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
      : axe.withRules(["color-contrast", "link-in-text-block"])
  ).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
  );
}

/** Queries the endpoint directly, without the pages. */
export async function queryApi<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
  const response = await fetch(`${inject("origin")}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

/** The pages, each with a function that waits until it has rendered. */
export const pages: { name: string; path: string; ready: (page: Page) => Promise<unknown> }[] = [
  { name: "atlas", path: "/", ready: atlasWithCharts },
  {
    name: "atlas-list",
    path: "/?country=JP&select=state:OR&list=1",
    ready: (page) => page.locator("article.panel details").first().waitFor(),
  },
  {
    name: "atlas-matches",
    path: "/?select=city:us-ks-topeka",
    ready: (page) => page.getByTestId("matches").locator("ol > li").nth(2).waitFor(),
  },
  { name: "playground", path: "/playground", ready: playgroundAnswer },
  { name: "playground-editor", path: "/playground", ready: playgroundEditor },
  ...["partnerships?country=JP", "places?state=OR", "published-figures", "sources"].map((path) => ({
    name: `table-${path.replace(/\?.*/, "")}`,
    path: `/${path}`,
    ready: (page: Page) => page.locator("tbody tr").first().waitFor(),
  })),
  { name: "figures", path: "/figures", ready: (page) => page.getByTestId("check").first().waitFor() },
  { name: "awareness", path: "/awareness", ready: (page) => page.getByTestId("ranking").nth(1).waitFor() },
  {
    name: "compare-figures",
    path: "/compare?a=aware-yes-west&b=aware-yes-northeast",
    ready: (page) => page.getByTestId("test").first().waitFor(),
  },
  {
    name: "compare-states",
    path: "/compare?a=OR&b=state:WA",
    ready: (page) => page.getByTestId("partners").nth(1).waitFor(),
  },
  {
    name: "planner",
    path: "/planner",
    ready: (page) => page.getByTestId("plan-pairs").locator("li").first().waitFor(),
  },
  { name: "data", path: "/data", ready: (page) => page.getByTestId("disclosure").first().waitFor() },
];

/** Whether this is a short run. */
export const isShort = Boolean(process.env["SISTERGRAPH_TEST_SHORT"]);

/** The pages that slow tests open: all, or four in a short run. */
export const somePages = isShort
  ? pages.filter(({ name }) => ["atlas", "playground", "table-sources", "compare-figures"].includes(name))
  : pages;

/** Waits for the first view of the playground: an example with its answer. */
export async function playgroundAnswer(page: Page): Promise<void> {
  await page.getByTestId("json").getByText("totalCount").waitFor();
}

/** Clicks into the query of the playground, and waits for the editor. */
export async function playgroundEditor(page: Page): Promise<void> {
  await playgroundAnswer(page);
  await page.locator("#query").click();
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  await page.locator(".graphiql-response").getByText("totalCount").first().waitFor();
}

/** Charts load when they are scrolled into view. */
export async function atlasWithCharts(page: Page): Promise<void> {
  await page
    .getByRole("heading", { name: /with the most partnerships/ })
    .first()
    .waitFor();
  await page.locator("#regions").scrollIntoViewIfNeeded();
  for (const chart of await page.locator("figure.chart").all())
    await chart.getByRole("button", { name: "Table", exact: true }).waitFor();
  await page.evaluate(() => scrollTo(0, 0));
}
