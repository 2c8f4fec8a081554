import assert from "node:assert/strict";
import type { Page } from "./chromium.ts";
import { browserTest } from "./chromium.ts";
import { untilAttribute, untilEqual, untilHolds } from "./conditions.ts";
import { background, countMoving, lowContrasts, overflow, unnamedControls } from "./in_page.js";
import { eventsOf, WebPage } from "./web_page.ts";

/** The least contrast of text by WCAG 2.2, level AA. */
const MIN_CONTRAST = 4.5;

const EVENTS = eventsOf("ERROR broken \x1b[0m", "WARN slow", "DEBUG detail", "INFO fine match");

/** Opens everything that can be open at once. */
async function openAll(page: Page): Promise<void> {
  await page.getByRole("option", { name: "WARN slow" }).click();
  await page.getByRole("list", { name: "Events before and after" }).waitFor();
  await page.getByText("Raw event", { exact: true }).click();
  await page.getByRole("option", { name: "ERROR broken" }).hover();
}

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(`texts have enough contrast in the ${colorScheme} theme`, async () => {
    await using web = await WebPage.open({
      events: EVENTS,
      hash: "#content=%5Cw",
      context: { colorScheme },
    });
    await web.untilTotal(4);
    await openAll(web.page);
    await web.page.locator("mark").first().waitFor();
    assert.deepEqual(await web.page.evaluate(lowContrasts, MIN_CONTRAST), []);
    await web.page.getByRole("textbox", { name: "Search in content" }).fill("(");
    await web.page.keyboard.press("Enter");
    await web.page.getByRole("alert").first().waitFor();
    await web.page.getByRole("button", { name: "All time" }).click();
    await web.page.getByRole("dialog", { name: "Time range" }).waitFor();
    assert.deepEqual(await web.page.evaluate(lowContrasts, MIN_CONTRAST), []);
    await web.page.keyboard.press("Escape");
    await web.page.getByRole("button", { name: "Download" }).click();
    await web.page.getByRole("link", { name: "JSON lines" }).waitFor();
    assert.deepEqual(await web.page.evaluate(lowContrasts, MIN_CONTRAST), []);
    await web.page.keyboard.press("Escape");
    await web.page.getByRole("button", { name: "Keyboard help" }).click();
    await web.page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    assert.deepEqual(await web.page.evaluate(lowContrasts, MIN_CONTRAST), []);
  });
}

browserTest("the theme follows the system, and a choice is remembered", async () => {
  await using web = await WebPage.open({ events: EVENTS, context: { colorScheme: "dark" } });
  await web.untilTotal(4);
  const colour = () => web.page.evaluate(background);
  const dark = await colour();
  await web.page.getByRole("button", { name: "Switch to light theme" }).click();
  await web.page.getByRole("button", { name: "Switch to dark theme" }).waitFor();
  const light = await colour();
  assert.notEqual(light, dark);
  await web.page.reload();
  await web.page.getByRole("button", { name: "Switch to dark theme" }).waitFor();
  await untilEqual("the light theme", colour, light);
});

browserTest("every control has a name, and the parts of the page have roles", async () => {
  await using web = await WebPage.open({ events: EVENTS });
  await web.untilTotal(4);
  await openAll(web.page);
  assert.deepEqual(await web.page.evaluate(unnamedControls), []);
  for (const role of ["banner", "search", "main", "contentinfo", "complementary"] as const) {
    assert.equal(await web.page.getByRole(role).count(), 1, role);
  }
  await untilHolds("the roles", () => web.page.locator("body").ariaSnapshot(), (tree) => {
    for (
      const part of [
        /heading "Theia" \[level=1\]/,
        /textbox "Search in content"/,
        /combobox "Source"/,
        /button "Live" \[pressed\]/,
        /listbox "Events"/,
        /option ".*WARN slow.*" \[selected\]/,
        /list "Events before and after"/,
      ]
    ) assert.match(tree, part);
  });
  const row = web.page.getByRole("option", { name: "WARN slow" });
  await untilAttribute(row, "aria-posinset", "2");
  await untilAttribute(row, "aria-setsize", "4");
});

browserTest("the page works on a screen of 360 pixels", async () => {
  await using web = await WebPage.open({
    events: EVENTS,
    context: { viewport: { width: 360, height: 640 } },
  });
  await web.untilTotal(4);
  const isInWindow = () =>
    untilEqual("the width beyond the window", () => web.page.evaluate(overflow), 0);
  await isInWindow();
  await web.page.getByRole("button", { name: "All time" }).click();
  const menu = web.page.getByRole("dialog", { name: "Time range" });
  await untilHolds("the menu in the window", () => menu.boundingBox(), (box) => {
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 360, JSON.stringify(box));
  });
  await menu.getByRole("button", { name: "Last 24 hours" }).click();
  await web.page.getByRole("textbox", { name: "Search in content" }).fill("WARN");
  await web.page.keyboard.press("Enter");
  await web.untilTotal(1);
  await web.page.getByRole("option", { name: "WARN slow" }).click();
  await web.page.getByRole("complementary").getByRole("button", { name: "Close" }).click();
  await web.page.getByRole("complementary").waitFor({ state: "hidden" });
  await isInWindow();
  for (const button of await web.page.getByRole("button").all()) {
    const size = await button.boundingBox();
    assert.ok(size === null || size.height >= 24, await button.innerText());
  }
});

browserTest("nothing moves for those who want no motion", async () => {
  await using web = await WebPage.open({ events: EVENTS, context: { reducedMotion: "reduce" } });
  await web.untilTotal(4);
  await openAll(web.page);
  assert.equal(await web.page.evaluate(countMoving), 0);
});
