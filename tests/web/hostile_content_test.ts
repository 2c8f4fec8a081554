import assert from "node:assert/strict";
import { browserTest } from "./chromium.ts";
import { untilEqual, untilHolds } from "./conditions.ts";
import { overflow, scrolls, traces } from "./in_page.js";
import { eventsOf, WebPage } from "./web_page.ts";

const HOSTILE = [
  "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>",
  "javascript:window.hacked=1 http://example.com/ data:text/html,<b>x</b>",
  "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b31m",
  "user\u202egpj.exe \u2066isolate\u2069 \u200b\u200f\u061c\ufeff",
  "nul\0byte\u0001 \x7f",
  "line 1\nline 2\r\n\u2028line 3",
  "'\"><svg onload=window.hacked=1>{{1+1}}${1+1}",
];

/** How the page shows them. */
const SHOWN = [
  "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>",
  "javascript:window.hacked=1 http://example.com/ data:text/html,<b>x</b>",
  "␛[31mred␛[0m ␛]0;title␇ ‹009B›31m",
  "user‹202E›gpj.exe ‹2066›isolate‹2069› ‹200B›‹200F›‹061C›‹FEFF›",
  "nul␀byte␁ ␡",
  "line 1⏎line 2␍⏎‹2028›line 3",
  "'\"><svg onload=window.hacked=1>{{1+1}}${1+1}",
];

/** Characters that do something, or hide. */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

browserTest("hostile content is shown as it is, and obeyed nowhere", async () => {
  await using web = await WebPage.open({
    events: eventsOf(...HOSTILE).map((event, at) => ({
      ...event,
      id: `<b>${at}</b>"'`,
      source: `<i>${at}</i>\u202e`,
      tags: ["<u>tag</u>", "\u2067"],
      headers: [`<x>: <script>window.hacked = 1</script>${at}`],
    })),
  });
  await web.untilContents(SHOWN);
  for (let at = 0; at < HOSTILE.length; at++) {
    await web.page.locator(".row:not([hidden])").nth(at).click();
    const pane = web.page.getByRole("complementary", { name: "Selected event" });
    await pane.getByText(`<b>${at}</b>"'`, { exact: true }).first().waitFor();
    await pane.getByText("Raw event", { exact: true }).click();
    await pane.getByLabel("Event in the text format").getByText(`<b>${at}</b>`).waitFor();
  }
  const titles = await Promise.all(
    (await web.page.locator("[title]").all()).map((element) => element.getAttribute("title")),
  );
  assert.ok(titles.some((title) => title?.includes("<i>6</i>‹202E›")), titles.join("\n"));
  assert.doesNotMatch(titles.join(""), ACTIVE);
  for (const name of ["Source", "Tags"]) {
    await web.page.getByRole("combobox", { name }).click();
    await web.page.locator(".suggest:not([hidden]) li").first().waitFor();
  }
  const { hacked, links, odd } = await web.page.evaluate(traces);
  assert.equal(hacked, false);
  assert.equal(odd, 0);
  assert.ok(links.every((href) => href.startsWith("events?")), links.join(" "));
  const text = await web.page.locator("main").innerText();
  assert.doesNotMatch(text.replaceAll("\n", "").replaceAll("\t", ""), ACTIVE);
});

browserTest("a hostile address and hostile patterns are shown as they are", async () => {
  const hash = `#content=${encodeURIComponent("<img src=x onerror=window.hacked=1>(?\u202ex)")}` +
    "&source=%3Cscript%3E&tags=%00%3Cb%3E&event=5~%3Cscript%3E&open=1&range=javascript:1";
  await using web = await WebPage.open({ events: eventsOf("a"), hash });
  await web.untilText("[role=alert]:not([hidden])", /‹202E›/);
  assert.doesNotMatch(await web.page.locator("body").innerText(), /\u202e/);
  assert.equal((await web.page.evaluate(traces)).hacked, false);
});

browserTest(
  "a line of a megabyte is cut in the list, and scrolls when it is expanded",
  async () => {
    const long = `start ${"x".repeat(1_000_000)} end`;
    await using web = await WebPage.open({ events: eventsOf("before", long, "after") });
    await untilHolds("the rows", () => web.contents(), ([before, row = "", after, ...more]) => {
      assert.deepEqual([before, after, more], ["before", "after", []]);
      assert.match(row, /^start x+ … 1 MB$/);
      assert.ok(row.length < 1000);
    });
    await web.page.locator(".row:not([hidden])").nth(1).click();
    const content = web.page.getByLabel("Content", { exact: true });
    await content.getByText("start").waitFor();
    assert.ok((await content.innerText()).length < 100_000);
    await web.page.getByRole("button", { name: "Show all 1 MB" }).click();
    await web.untilText(".detail-content", / end$/);
    await untilEqual("scrolling", () => content.evaluate(scrolls), true);
    await untilEqual("overflow", () => web.page.evaluate(overflow), 0);
  },
);
