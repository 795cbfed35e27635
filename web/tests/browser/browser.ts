import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";

export const themes = ["light", "dark"] as const;
export const sizes = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } };

interface Options {
  theme?: (typeof themes)[number];
  size?: keyof typeof sizes;
}

/** Starts the distribution's Chromium. */
export function launch(): Promise<Browser> {
  const executablePath =
    process.env["SISTERGRAPH_CHROMIUM"] ??
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (!executablePath)
    throw new Error("no Chromium; install the package chromium, or name the program in SISTERGRAPH_CHROMIUM");
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
let complaints: string[] = [];

/** Has a browser for the tests of a file. After each test, nothing may have been complained of. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await launch();
  });
  afterEach(async () => {
    await context?.close();
    context = undefined;
    const seen = complaints;
    complaints = [];
    expect(seen, "errors of the console, of scripts and of requests, and requests to other hosts").toEqual([]);
  });
  afterAll(() => browser?.close());
}

/** Opens an address of the server in a fresh profile. */
export async function open(path: string, { theme = "light", size = "desktop" }: Options = {}): Promise<Page> {
  const origin = inject("origin");
  await context?.close();
  context = await browser.newContext({
    baseURL: origin,
    colorScheme: theme,
    viewport: sizes[size],
    hasTouch: size === "phone",
    reducedMotion: "reduce",
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    const { origin: from, protocol } = new URL(request.url());
    if (from !== origin && protocol !== "data:" && protocol !== "blob:")
      complaints.push(`another host: ${request.url()}`);
  });
  page.on("requestfailed", (request) => {
    // A request that the page itself gave up is none that failed.
    if (request.failure()?.errorText !== "net::ERR_ABORTED")
      complaints.push(`request: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`response: ${response.status()} ${response.url()}`);
  });
  await page.goto(path);
  return page;
}

/** What the endpoint answers to a query, asked without the pages. */
export async function ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
  const response = await fetch(`${inject("origin")}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}
