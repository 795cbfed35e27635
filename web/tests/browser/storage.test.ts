import { expect, test } from "vitest";
import { results, search, title } from "./atlas.ts";
import { open, somePages, useBrowser } from "./browser.ts";

useBrowser();

/** Replaces `localStorage` as browsers do if site data is blocked, or if the storage is full. */
const storages = {
  blocked: () =>
    Object.defineProperty(globalThis, "localStorage", {
      get() {
        throw new DOMException("Access is denied for this document.", "SecurityError");
      },
    }),
  full: () => {
    Storage.prototype.setItem = () => {
      throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    };
  },
};

for (const [name, replace] of Object.entries(storages))
  test.each(somePages)(`the page $name works if storage is ${name}`, async ({ path, ready }) => {
    const page = await open("/livez");
    await page.addInitScript(replace);
    await page.goto(path);
    await ready(page);
    const theme = page.getByRole("button", { name: /^Theme/ });
    expect(await theme.getAttribute("title")).toBe("Theme: system");
    for (const choice of ["dark", "light", "system"]) {
      await theme.click();
      expect(await theme.getAttribute("title")).toBe(`Theme: ${choice}`);
    }
  });

test("the Enter that ends the composition of an input method does not choose a result", async () => {
  const page = await open("/");
  await search(page).fill("sapporo");
  await results(page).getByRole("option").first().waitFor();
  for (const composing of [{ isComposing: true }, { keyCode: 229 }])
    await search(page).dispatchEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...composing });
  await page.keyboard.press("Control+Enter");
  expect(await search(page).inputValue()).toBe("sapporo");
  await page.keyboard.press("Enter");
  await title(page, "Sapporo").waitFor();
});
