/** Pictures of the page for people to look at, in `artifacts/`. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { browserTest } from "./chromium.ts";
import { sampleEvents } from "./sample_events.ts";
import { WebPage } from "./web_page.ts";

const FOLDER = fileURLToPath(new URL("../../artifacts/", import.meta.url));

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(`pictures of the ${colorScheme} theme are saved in artifacts/`, async () => {
    await Deno.mkdir(FOLDER, { recursive: true });
    const events = sampleEvents(6000, Date.now() / 1000, 3500);
    await using web = await WebPage.open({
      events,
      hash: "#range=1h",
      context: { colorScheme, viewport: { width: 1360, height: 820 } },
    });
    const { page } = web;
    const save = async (name: string) => {
      const path = `${FOLDER}page-${name}-${colorScheme}.png`;
      await page.screenshot({ path });
      assert.ok((await Deno.stat(path)).size > 5000);
    };
    await web.untilTotal(6000);
    await web.untilFollowing();
    await save("list");

    await web.goto("#range=1h&content=ERROR%7CWARN&source=gateway%24");
    await page.locator("mark").first().waitFor();
    await page.locator(".row:not([hidden])").nth(9).click();
    await page.getByRole("list", { name: "Events before and after" }).waitFor();
    await page.getByRole("group", { name: /Events over time/ }).hover();
    await save("detail");

    await web.goto("#content=orders");
    await page.getByRole("button", { name: "All time" }).click();
    await save("range");
    await page.keyboard.press("Escape");
    await page.getByRole("combobox", { name: "Source" }).click();
    await page.getByRole("listbox", { name: "Sources" }).waitFor();
    await save("suggest");
    await page.getByRole("textbox", { name: "Search in content" }).fill("(order");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").first().waitFor();
    await save("error");

    await page.setViewportSize({ width: 360, height: 740 });
    await web.goto("#range=1h");
    await web.untilTotal(6000);
    await save("narrow");
    await page.locator(".row:not([hidden])").nth(9).click();
    await page.getByRole("list", { name: "Events before and after" }).waitFor();
    await save("narrow-detail");
  });
}

browserTest("pictures of an empty store and of the help are saved in artifacts/", async () => {
  await Deno.mkdir(FOLDER, { recursive: true });
  await using web = await WebPage.open();
  await web.page.getByRole("heading", { name: "No events yet" }).waitFor();
  await web.page.screenshot({ path: `${FOLDER}page-empty.png` });
  await web.page.keyboard.press("?");
  await web.page.screenshot({ path: `${FOLDER}page-help.png` });
});
