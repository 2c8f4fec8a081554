import assert from "node:assert/strict";
import { browserTest } from "./chromium.ts";
import { untilEqual, untilHolds, untilTexts, untilValue } from "./conditions.ts";
import { coloursOf, readClipboard, textAppears } from "./in_page.js";
import { eventsOf, WebPage } from "./web_page.ts";

const TIME = Math.floor(Date.now() / 1000) - 600;

/** Twenty events at four moments, of two sources in turn, with ids that are no order. */
const EVENTS = Array.from({ length: 20 }, (_, at) => ({
  id: `id-${(at * 7) % 20}`,
  timestamp: TIME + Math.floor(at / 5),
  source: at % 2 === 0 ? "even" : "even-more",
  tags: ["t1", "t2"],
  content: `number ${at}`,
  headers: [`position: ${at}`],
}));

browserTest("a click expands an event with all headers, raw, and copies it", async () => {
  await using web = await WebPage.open({
    events: EVENTS,
    context: { permissions: ["clipboard-read", "clipboard-write"] },
  });
  await web.page.getByRole("option", { name: "number 7" }).click();
  const pane = web.page.getByRole("complementary", { name: "Selected event" });
  await pane.getByText("position", { exact: true }).waitFor();
  await untilTexts(
    pane.locator(".detail-headers dd"),
    ["id-9", `${TIME + 1}.0000000`, "even-more", "t1,t2", "7"],
  );
  const clipboard = () => web.page.evaluate(readClipboard);
  const isCopied = web.page.evaluate(textAppears, "Copied");
  await pane.getByRole("button", { name: "Copy content" }).click();
  await isCopied;
  await untilEqual("the clipboard", clipboard, "number 7");
  await pane.getByText("Raw event", { exact: true }).click();
  await pane.getByRole("button", { name: "Copy raw event" }).click();
  await untilHolds("the clipboard", clipboard, (raw) =>
    assert.match(
      raw,
      /^event: \d+ \d+ 8\nid:id-9\ntimestamp: .*\nsource:even-more\ntags:t1,t2\nposition: 7\nnumber 7\n$/,
    ));
  await web.untilText("[aria-label='Event in the text format']", /position: 7\nnumber 7/);
  await pane.getByRole("button", { name: "Close" }).click();
  await pane.waitFor({ state: "hidden" });
});

browserTest("context shows the exact neighbours of the same source, or of all", async () => {
  await using web = await WebPage.open({ events: EVENTS });
  await web.page.getByRole("option", { name: "number 8" }).click();
  const context = web.page.getByRole("list", { name: "Events before and after" });
  const untilNumbers = (...wanted: readonly number[]) =>
    untilHolds("the context", () => context.getByRole("listitem").allInnerTexts(), (texts) => {
      assert.deepEqual(texts.map((text) => Number(/\d+$/.exec(text)?.[0])), wanted);
    });
  await untilNumbers(0, 2, 4, 6, 8, 10, 12, 14, 16, 18);
  assert.match(await context.locator("[aria-current=true]").innerText(), /number 8$/);
  await web.page.getByLabel("same source only").uncheck();
  await untilNumbers(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
  await web.page.getByRole("button", { name: "Later" }).click();
  await untilNumbers(...Array.from({ length: 17 }, (_, at) => at + 3));
  await web.page.getByRole("button", { name: "Earlier" }).click();
  await context.getByText("number 0").waitFor();
  await context.getByRole("button", { name: /number 12/ }).click();
  await web.page.locator(".detail-headers dd").getByText("12", { exact: true }).waitFor();
  await web.untilHash(/event=.*id-4&open=1/);
  await web.untilText(".row[aria-selected=true]", /number 12/);
});

browserTest("source and tags of an event narrow the search", async () => {
  await using web = await WebPage.open({ events: EVENTS });
  await web.page.getByRole("option", { name: "number 8" }).click();
  await web.page.getByTitle("Only events of source even").click();
  await web.untilTotal(10);
  await web.page.getByTitle("Only events with tag t2").click();
  await untilValue(web.page.getByRole("combobox", { name: "Tags" }), "t2");
  await web.untilHash(/source=even%24&tags=t2/);
  await web.untilTotal(10);
});

browserTest("context and filters work for values that are too long for an address", async () => {
  const long = "/very-long/ä".repeat(700);
  const sources = [`${long}1`, `${long}2`, "short"];
  await using web = await WebPage.open({
    events: Array.from({ length: 60 }, (_, at) => ({
      id: `${long}${at % 2}`,
      timestamp: TIME + Math.floor(at / 2),
      source: sources[at % 3] ?? "",
      tags: [long, "t"],
      content: `number ${at}`,
    })),
  });
  await web.page.locator(".row-content").getByText("number 45", { exact: true }).click();
  const context = web.page.getByRole("list", { name: "Events before and after" });
  await untilHolds("the context", () => context.getByRole("listitem").allInnerTexts(), (texts) => {
    const numbers = texts.map((text) => Number(/\d+$/.exec(text)?.[0]));
    assert.deepEqual(numbers, [30, 33, 36, 39, 42, 45, 48, 51, 54, 57]);
  });
  const pane = web.page.getByRole("complementary");
  await pane.getByRole("button", { name: /^.very-long.*1$/ }).click();
  await web.untilTotal(40);
  await pane.getByRole("button", { name: /^.very-long.*ä$/ }).click();
  await web.untilHash(/tags=/);
  await web.untilTotal(40);
});

browserTest("levels are told by colour where the content shows one", async () => {
  await using web = await WebPage.open({
    events: eventsOf("ERROR broken", "WARN slow", "INFO fine", "nothing"),
  });
  await web.untilContents(["ERROR broken", "WARN slow", "INFO fine", "nothing"]);
  const contents = web.page.locator(".row:not([hidden]) .row-content");
  const colours = await contents.evaluateAll(coloursOf);
  assert.equal(new Set(colours.slice(0, 3)).size, 3);
  assert.equal(colours[2], colours[3]);
  await web.page.getByRole("option", { name: "ERROR broken" }).click();
  await web.page.getByRole("complementary").getByText("error", { exact: true }).waitFor();
});

browserTest("an event that is gone says so", async () => {
  await using web = await WebPage.open({
    events: EVENTS,
    hash: `#event=${TIME}~no-such&open=1`,
  });
  await web.page.getByText("This event is not stored any more.").waitFor();
  await web.untilTotal(20);
});
