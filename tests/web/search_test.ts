import assert from "node:assert/strict";
import { browserTest } from "./chromium.ts";
import { untilTexts } from "./conditions.ts";
import { eventsOf, WebPage } from "./web_page.ts";

const EVENTS = [
  { content: "GET /a status=200", source: "web-1", tags: ["prod", "web"] },
  { content: "GET /b status=503", source: "web-2", tags: ["prod", "web"] },
  { content: "connected", source: "db.main", tags: ["prod"] },
  { content: "connected", source: "dbxmain", tags: ["test"] },
].map((event, at) => ({ id: `e${at}`, timestamp: Date.now() / 1000 - 60 + at, ...event }));

browserTest("search box finds by a regular expression and highlights what matched", async () => {
  await using web = await WebPage.open({ events: EVENTS });
  const box = web.page.getByRole("textbox", { name: "Search in content" });
  await box.fill("status=5\\d\\d");
  await box.press("Enter");
  await web.untilContents(["GET /b status=503"]);
  assert.match(web.hash, /content=status%3D5%5Cd%5Cd/);
  await web.page.locator(".row mark").getByText("status=503", { exact: true }).waitFor();
  await web.page.locator(".row:not([hidden])").click();
  await web.page.locator(".detail-content mark").getByText("status=503", { exact: true }).waitFor();
  await box.fill("conn");
  await web.page.getByRole("button", { name: "Search" }).click();
  await web.untilContents(["connected", "connected"]);
  await untilTexts(web.page.locator(".row mark"), ["conn", "conn"]);
  await box.fill("");
  await box.press("Enter");
  await web.untilTotal(4);
});

browserTest("source and tags complete what occurs, and match just that", async () => {
  await using web = await WebPage.open({ events: EVENTS });
  const source = web.page.getByRole("combobox", { name: "Source" });
  await source.fill("db");
  const sources = web.page.getByRole("listbox", { name: "Sources" }).getByRole("option");
  await sources.first().waitFor();
  assert.deepEqual((await sources.allInnerTexts()).map(oneLine), ["db.main 1", "dbxmain 1"]);
  for (const [key, at] of [["ArrowUp", 1], ["ArrowUp", 0], ["ArrowUp", 1], ["ArrowDown", 0]]) {
    await source.press(`${key}`);
    assert.equal(await source.getAttribute("aria-activedescendant"), `source-list-${at}`);
  }
  await sources.first().click();
  await web.untilTotal(1);
  assert.equal(await source.inputValue(), "db\\.main$");
  await source.fill("");
  await source.press("Enter");
  await web.untilTotal(4);

  const tags = web.page.getByRole("combobox", { name: "Tags" });
  await tags.fill("we");
  await web.page.getByRole("listbox", { name: "Tags" }).getByRole("option", { name: /web/ })
    .waitFor();
  await tags.press("ArrowDown");
  assert.equal(await tags.getAttribute("aria-activedescendant"), "tags-list-0");
  await tags.press("Enter");
  await web.untilTotal(2);
  await tags.pressSequentially(",pr");
  await web.page.getByRole("option", { name: "prod 3" }).waitFor();
  await tags.press("ArrowDown");
  await tags.press("Enter");
  assert.equal(await tags.inputValue(), "web,prod");
  await web.untilTotal(2);
});

browserTest("a source and a tag are completed among ten thousand", async () => {
  const events = Array.from({ length: 10_000 }, (_, at) => {
    return { id: `e${at}`, timestamp: at + 1, source: `Host-${at}.example`, tags: [`tag${at}`] };
  });
  await using web = await WebPage.open({ events });
  await web.untilTotal(10_000);
  for (
    const [name, typed, value] of [["Source", "t-9876", "Host-9876\\.example$"], [
      "Tags",
      "tag0,AG9876",
      "tag0,tag9876",
    ]] as const
  ) {
    const field = web.page.getByRole("combobox", { name });
    await field.fill(typed);
    await web.page.getByRole("option", { name: /9876/ }).first().waitFor();
    await field.press("ArrowDown");
    await field.press("Enter");
    assert.equal(await field.inputValue(), value);
    await web.untilTotal(name === "Source" ? 1 : 0);
  }
});

browserTest("suggestions are closed by Escape, and any other value may be typed", async () => {
  await using web = await WebPage.open({ events: EVENTS });
  const source = web.page.getByRole("combobox", { name: "Source" });
  await source.click();
  await web.page.getByRole("listbox", { name: "Sources" }).waitFor();
  assert.equal(await source.getAttribute("aria-expanded"), "true");
  await source.press("Escape");
  assert.equal(await source.getAttribute("aria-expanded"), "false");
  await source.fill("web-[12]");
  await source.press("Enter");
  await web.untilTotal(2);
});

browserTest("a wrong pattern is told at its field, until it is changed", async () => {
  await using web = await WebPage.open({ events: EVENTS });
  for (
    const [role, name] of [["textbox", "Search in content"], ["combobox", "Source"], [
      "combobox",
      "Tags",
    ]] as const
  ) {
    const field = web.page.getByRole(role, { name });
    await field.fill("(open");
    await field.press("Enter");
    const alert = web.page.getByRole("alert").filter({ hasText: "unterminated subpattern" });
    await alert.waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal(await field.getAttribute("aria-describedby"), await alert.getAttribute("id"));
    await field.fill("");
    assert.equal(await alert.isVisible(), false);
    await field.press("Enter");
    await web.untilTotal(4);
  }
});

browserTest("a pattern that takes forever is refused, and does not hang the page", async () => {
  const hostile = "(?=(a+)+$)x|(a+)+$|(?P<n>a+)+b";
  await using web = await WebPage.open({
    events: eventsOf(`${"a".repeat(400)}!`),
    hash: `#content=${encodeURIComponent(hostile)}`,
  });
  await web.page.getByRole("alert").first().waitFor();
  const startedMs = performance.now();
  await web.page.getByRole("textbox", { name: "Search in content" }).fill("a");
  await web.page.keyboard.press("Enter");
  await web.untilTotal(1);
  assert.ok(performance.now() - startedMs < 10_000);
});

browserTest("highlighting that takes forever is given up, and the page stays alive", async () => {
  // The collector's engine answers this at once; the browser's takes until the end of days.
  const hostile = "(a|a)*b|(a*)*c|a!";
  await using web = await WebPage.open({ events: eventsOf(`${"a".repeat(200)}!`) });
  const box = web.page.getByRole("textbox", { name: "Search in content" });
  await box.fill(hostile);
  await box.press("Enter");
  await web.untilTotal(1);
  await web.push({ content: "a! is new" });
  await web.untilTotal(2);
  await box.fill("new");
  await box.press("Enter");
  await web.untilTotal(1);
  await web.page.locator("mark").getByText("new", { exact: true }).waitFor();
});

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

browserTest(
  "a source pattern that finds nothing is offered as one that finds it anywhere",
  async () => {
    await using web = await WebPage.open({
      events: [{ content: "GET /", source: "/var/log/nginx/access.log" }],
    });
    const source = web.page.getByRole("combobox", { name: "Source" });
    await source.fill("nginx");
    await source.press("Enter");
    await web.untilText("#empty", /matches from the beginning of the source: \.\*nginx finds it/);
    await web.page.getByRole("button", { name: "Find it anywhere" }).click();
    await web.untilContents(["GET /"]);
    assert.equal(await source.inputValue(), ".*nginx");
    await source.fill(".*apache");
    await source.press("Enter");
    await web.untilText("#empty", /No events match/);
    assert.doesNotMatch(await web.page.locator("#empty").innerText(), /beginning/);
  },
);
