import { afterAll, beforeAll, beforeEach, describe, expect, inject, onTestFailed, test } from "vitest";
import { isShort, open, somePages, useBrowser } from "./browser.ts";
import { formatFragment, parseLink } from "../../src/playground/link.ts";
import { documentedConfigurations, isInstalled, startProxy } from "./proxy.ts";

// The pages behind real proxies, with the configurations of docs/operators.md: at the root and below a path.

useBrowser();

const required = Boolean(process.env["SISTERGRAPH_REQUIRE_BROWSER"]);

for (const name of ["nginx", "caddy"] as const)
  for (const [index, path] of ["/", "/sister/"].entries())
    describe.skipIf(!required && !isInstalled(name))(`${name} at ${path}`, () => {
      let base: string;
      let log: string[];
      let stop: (() => Promise<void>) | undefined;
      beforeAll(async () => {
        const configuration = (await documentedConfigurations(name))[index];
        const proxy = await startProxy(name, configuration ?? "", inject("origin"));
        ({ log, stop } = proxy);
        base = proxy.origin + path;
      });
      beforeEach(() => {
        onTestFailed(() => console.log(`${name} logged:\n${log.join("")}`));
      });
      afterAll(() => stop?.());

      // At the root, the pages are those of all other tests, so a short run opens them only below a path.
      const testPage = test.skipIf(isShort && path === "/");

      test.each(path === "/" ? [] : somePages)("the page $name", async ({ path: pagePath, ready }) => {
        const page = await open(new URL(`.${pagePath}`, base).href);
        await ready(page);
        await page.locator("#citation code").waitFor();
        const links = await page
          .locator("a[href]")
          .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
        const own = new Set(
          links.filter((link) => link.startsWith(new URL(base).origin)).map((link) => link.replace(/#.*/, "")),
        );
        expect(own.size).toBeGreaterThan(3);
        for (const link of own) {
          expect(link.startsWith(base), link).toBe(true);
          expect((await fetch(link, { method: "HEAD" })).status, link).toBe(200);
        }
      });

      testPage("the links between the pages", async () => {
        const page = await open(base);
        for (const { name, path: target } of [
          { name: "Tables", path: "partnerships" },
          { name: "Awareness", path: "awareness" },
          { name: "Compare", path: "compare" },
          { name: "Do the figures add up?", path: "figures" },
          { name: "Planner", path: "planner" },
          { name: "Data and method", path: "data" },
          { name: "Playground", path: "playground" },
          { name: "Atlas", path: "" },
        ]) {
          await page.locator("nav").getByRole("link", { name, exact: true }).click();
          await page.waitForURL((address) => address.href.replace(/#.*/, "") === base + target);
          await page.locator("#citation code").waitFor();
        }
      });

      testPage("a link to a query opens in the playground and runs", async () => {
        const page = await open(`${base}?select=state:OR`);
        await page.getByRole("link", { name: "See the query in the playground" }).click();
        await page.getByTestId("json").getByText('"Oregon"').first().waitFor();
      });

      testPage("a link to a query that is too long for the address line of a request can be reloaded", async () => {
        const shared = { query: `query Long {\n  s0: state(code: "OR") {\n    name\n  }\n}\n# ${"x".repeat(20_000)}` };
        const page = await open(`${base}playground${formatFragment(shared)}`);
        await page.getByTestId("json").getByText('"s0"').waitFor();
        await page.reload();
        await page.getByTestId("json").getByText('"s0"').waitFor();
        expect(parseLink(page.url()).query).toBe(shared.query);
      });

      testPage("the citation and the example of the API name the address of the proxy", async () => {
        const page = await open(`${base}data`);
        expect(await page.getByTestId("citation-Text").innerText()).toContain(` ${base}`);
        const command = await page.locator("pre").filter({ hasText: "curl" }).innerText();
        expect(command).toContain(` ${base}graphql `);
      });

      test("the list of files has their addresses", async () => {
        const { files } = (await (await fetch(`${base}export`)).json()) as { files: { path: string }[] };
        expect(files.length).toBeGreaterThan(3);
        for (const { path: file } of files) {
          const address = new URL(file, `${base}export`).href;
          expect(address.startsWith(base), address).toBe(true);
          expect((await fetch(address, { method: "HEAD" })).status, address).toBe(200);
        }
      });

      test("redirects stay below the path, and pages for operators are hidden", async () => {
        for (const [from, to] of [
          ["figures/?verdict=HOLDS", "figures?verdict=HOLDS"],
          ["export/", "export"],
        ] as const) {
          const { status, url } = await fetch(base + from);
          expect([status, url]).toEqual([200, base + to]);
        }
        if (path !== "/") expect((await fetch(base.replace(/\/$/, ""))).url).toBe(base);
        for (const name of ["livez", "readyz", "metrics"]) expect((await fetch(base + name)).status, name).toBe(404);
      });
    });
