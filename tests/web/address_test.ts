import assert from "node:assert/strict";
import { browserTest } from "./chromium.ts";
import { untilHolds, untilTexts, untilValue } from "./conditions.ts";
import { eventsOf, WebPage } from "./web_page.ts";

const CONTENTS = Array.from(
  { length: 1500 },
  (_, at) => `line ${at} ${at % 3 === 0 ? "fizz" : ""}`,
);

browserTest("a link reproduces filters, range, pause, zone and the selected event", async () => {
  await using web = await WebPage.open({ events: eventsOf(...CONTENTS) });
  await web.untilTotal(1500);
  const { page } = web;
  await page.getByRole("textbox", { name: "Search in content" }).fill("fizz");
  await page.keyboard.press("Enter");
  await web.untilTotal(500);
  await page.getByRole("button", { name: "All time" }).click();
  await page.getByRole("button", { name: "Last 7 days" }).click();
  await page.getByRole("button", { name: "Local time" }).click();
  await page.getByRole("button", { name: "Live" }).click();
  await page.keyboard.press("g");
  await page.getByRole("option", { name: "line 30 fizz" }).click();
  const pane = page.getByRole("complementary", { name: "Selected event" });
  await pane.getByLabel("Content", { exact: true }).getByText("line 30 fizz").waitFor();
  const address = page.url();

  const other = await page.context().newPage();
  await other.goto(address);
  await other.locator(".row[aria-selected=true]").getByText("line 30 fizz").waitFor();
  await other.getByRole("complementary").getByLabel("Content", { exact: true })
    .getByText("line 30 fizz").waitFor();
  await untilValue(other.getByRole("textbox", { name: "Search in content" }), "fizz");
  await other.getByRole("button", { name: "Last 7 days" }).waitFor();
  await other.getByRole("button", { name: "Paused" }).waitFor();
  await untilTexts(other.locator("#zone"), ["UTC"]);
  await untilHolds("the summary", () => other.locator("#summary").innerText(), (text) => {
    assert.match(text, /^500 events ·/);
  });
});

browserTest("back and forward walk through searches, ranges and opened events", async () => {
  await using web = await WebPage.open({ events: eventsOf("apple", "pear", "apple pie") });
  await web.untilTotal(3);
  const { page } = web;
  const box = page.getByRole("textbox", { name: "Search in content" });
  await box.fill("apple");
  await box.press("Enter");
  await web.untilTotal(2);
  await page.getByRole("option", { name: "apple pie" }).click();
  await page.getByRole("complementary").waitFor();
  await page.goBack();
  await page.getByRole("complementary").waitFor({ state: "hidden" });
  await web.untilTotal(2);
  await page.goBack();
  await web.untilTotal(3);
  await untilValue(box, "");
  await page.goForward();
  await web.untilTotal(2);
  await untilValue(box, "apple");
  await page.goForward();
  await page.getByRole("complementary").waitFor();
});

browserTest(
  "a link to an event that the filters leave out shows the event all the same",
  async () => {
    const events = eventsOf("apple", "pear");
    await using web = await WebPage.open({ events });
    await web.goto(`#content=pear&event=${events[0]?.timestamp}~event-0&open=1`);
    await web.page.getByRole("complementary").getByLabel("Content", { exact: true })
      .getByText("apple").waitFor();
    await web.untilContents(["pear"]);
  },
);
