import assert from "node:assert/strict";
import { browserTest } from "./chromium.ts";
import { untilAttribute, untilHolds, untilValue } from "./conditions.ts";
import { focused } from "./in_page.js";
import { eventsOf, WebPage } from "./web_page.ts";

browserTest("keys search, walk, expand, pause and close", async () => {
  await using web = await WebPage.open({ events: eventsOf("a", "b", "c", "d") });
  await web.untilFollowing();
  await web.untilTotal(4);
  const { page } = web;
  const selected = () => page.locator(".row[aria-selected=true] .row-content");
  await page.keyboard.press("k");
  await selected().getByText("d", { exact: true }).waitFor();
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  await selected().getByText("b", { exact: true }).waitFor();
  await page.keyboard.press("j");
  await selected().getByText("c", { exact: true }).waitFor();
  const list = page.getByRole("listbox", { name: "Events" });
  await untilAttribute(list, "aria-activedescendant", "row-2");
  await page.keyboard.press("Enter");
  const pane = page.getByRole("complementary", { name: "Selected event" });
  await pane.getByLabel("Content", { exact: true }).getByText("c", { exact: true }).waitFor();
  await page.keyboard.press("j");
  await pane.getByLabel("Content", { exact: true }).getByText("d", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await pane.waitFor({ state: "hidden" });

  await page.keyboard.press("Space");
  await web.untilText("#state", /Paused/);
  await page.keyboard.press("Space");
  await web.untilFollowing();

  await page.keyboard.press("/");
  await page.keyboard.type("j b/?");
  await untilValue(page.getByRole("textbox", { name: "Search in content" }), "j b/?");
  await page.keyboard.press("Escape");
  await untilHolds("no focus", () => page.evaluate(focused), ({ id }) => assert.equal(id, ""));

  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await help.waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
});

browserTest("g and G go to the oldest and the newest event", async () => {
  const contents = Array.from({ length: 900 }, (_, at) => `line ${at}`);
  await using web = await WebPage.open({ events: eventsOf(...contents) });
  await web.untilTotal(900);
  await web.page.keyboard.press("g");
  await web.page.getByText("line 0", { exact: true }).waitFor();
  await web.page.keyboard.press("Shift+G");
  await web.page.getByText("line 899", { exact: true }).waitFor();
});

browserTest("g goes to the oldest event also while events are counted", async () => {
  const contents = Array.from({ length: 900 }, (_, at) => `line ${at}`);
  await using web = await WebPage.open({ events: eventsOf(...contents) });
  const { promise, resolve } = Promise.withResolvers<void>();
  await web.page.route(/stats/, async (route) => {
    await promise;
    await route.continue();
  });
  await web.goto("");
  await web.page.getByText("line 899", { exact: true }).waitFor();
  await web.page.keyboard.press("g");
  await web.page.getByText("line 401", { exact: true }).waitFor();
  resolve();
  await web.page.getByText("line 0", { exact: true }).waitFor();
  await web.untilTotal(900);
});

browserTest("j chooses an event that is still being loaded", async () => {
  const contents = Array.from({ length: 900 }, (_, at) => `line ${at}`);
  await using web = await WebPage.open({ events: eventsOf(...contents) });
  await web.untilTotal(900);
  const { promise, resolve } = Promise.withResolvers<void>();
  await web.page.route(/events\?/, async (route) => {
    await promise;
    await route.continue();
  });
  await web.page.keyboard.press("g");
  await web.page.locator(".row.loading[aria-posinset='1']").waitFor();
  await web.page.keyboard.press("j");
  await web.page.keyboard.press("j");
  await web.page.locator(".row.loading[aria-posinset='2'][aria-selected=true]").waitFor();
  resolve();
  await web.untilHash(/event=\d+%7Eevent-1$/);
});

browserTest("every control is reached by Tab, and its focus is seen", async () => {
  await using web = await WebPage.open({ events: eventsOf("a") });
  await web.untilTotal(1);
  const seen: string[] = [];
  for (let i = 0; i < 16; i++) {
    await web.page.keyboard.press("Tab");
    const { id, outline } = await web.page.evaluate(focused);
    if (id === "") break;
    seen.push(id);
    assert.match(outline, /solid [1-9]/, id);
  }
  for (
    const id of [
      "content",
      "source",
      "tags",
      "range-button",
      "live",
      "download-button",
      "theme",
      "help-button",
      "chart",
      "list",
      "zone",
    ]
  ) {
    assert.ok(seen.includes(id), `${id} is not among ${seen}`);
  }
});
