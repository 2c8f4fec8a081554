import assert from "node:assert/strict";
import { browserTest } from "./chromium.ts";
import { untilAttribute, untilHolds, untilTexts, untilValue } from "./conditions.ts";
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
  await web.untilHash(/content=status%3D5%5Cd%5Cd/);
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
  await untilHolds("suggested sources", () => sources.allInnerTexts(), (texts) => {
    assert.deepEqual(texts.map(oneLine), ["db.main 1", "dbxmain 1"]);
  });
  for (const [key, at] of [["ArrowUp", 1], ["ArrowUp", 0], ["ArrowUp", 1], ["ArrowDown", 0]]) {
    await source.press(`${key}`);
    await untilAttribute(source, "aria-activedescendant", `source-list-${at}`);
  }
  await sources.first().click();
  await web.untilTotal(1);
  await untilValue(source, "db\\.main$");
  await source.fill("");
  await source.press("Enter");
  await web.untilTotal(4);

  const tags = web.page.getByRole("combobox", { name: "Tags" });
  await tags.fill("we");
  const suggested = web.page.getByRole("listbox", { name: "Tags" }).getByRole("option");
  await suggested.filter({ hasText: /^web/ }).waitFor();
  await tags.press("ArrowDown");
  await untilAttribute(tags, "aria-activedescendant", "tags-list-0");
  await tags.press("Enter");
  await web.untilTotal(2);
  await tags.pressSequentially(",pr");
  await suggested.filter({ hasText: /^prod 3$/ }).waitFor();
  await tags.press("ArrowDown");
  await tags.press("Enter");
  await untilValue(tags, "web,prod");
  await web.untilHash(/tags=web%2Cprod$/);
  await web.untilTotal(2);
});

browserTest("a source and a tag are completed among ten thousand", async () => {
  const events = Array.from({ length: 10_000 }, (_, at) => {
    return { id: `e${at}`, timestamp: at + 1, source: `Host-${at}.example`, tags: [`tag${at}`] };
  });
  await using web = await WebPage.open({ events });
  await web.untilTotal(10_000);
  for (
    const { name, list, typed, value } of [
      { name: "Source", list: "Sources", typed: "t-9876", value: "Host-9876\\.example$" },
      { name: "Tags", list: "Tags", typed: "tag0,AG9876", value: "tag0,tag9876" },
    ]
  ) {
    const field = web.page.getByRole("combobox", { name });
    await field.fill(typed);
    await web.page.getByRole("listbox", { name: list }).getByRole("option", { name: /9876/ })
      .waitFor();
    await field.press("ArrowDown");
    await field.press("Enter");
    await untilValue(field, value);
    await web.untilTotal(name === "Source" ? 1 : 0);
  }
});

browserTest("suggestions are closed by Escape, and any other value may be typed", async () => {
  await using web = await WebPage.open({ events: EVENTS });
  const source = web.page.getByRole("combobox", { name: "Source" });
  await source.click();
  await web.page.getByRole("listbox", { name: "Sources" }).waitFor();
  await untilAttribute(source, "aria-expanded", "true");
  await source.press("Escape");
  await untilAttribute(source, "aria-expanded", "false");
  await source.fill("web-");
  await web.page.getByRole("listbox", { name: "Sources" }).waitFor();
  await source.press("Enter");
  await untilAttribute(source, "aria-expanded", "false");
  await web.untilTotal(2);
  await source.fill("web-[1]");
  await source.press("Enter");
  await web.untilTotal(1);
});

browserTest("what is suggested fits what is typed before the collector has answered", async () => {
  // So many that each text is asked for anew.
  const others = Array.from({ length: 600 }, (_, at) => `other-${at}`);
  const sources = ["alpha", "alpha", "beta", "beta", ...others];
  await using web = await WebPage.open({
    events: sources.map((source, at) => ({ id: `e${at}`, timestamp: at + 1, source })),
  });
  const field = web.page.getByRole("combobox", { name: "Source" });
  const suggested = web.page.getByRole("listbox", { name: "Sources" }).locator(".suggest-key");
  await field.click();
  await suggested.getByText("alpha").waitFor();
  await web.page.route(/stats/, () => {});
  await field.fill("bet");
  await untilTexts(suggested, ["beta"]);
  await field.press("ArrowDown");
  await field.press("Enter");
  await untilValue(field, "beta$");
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
    await untilAttribute(field, "aria-invalid", "true");
    await untilAttribute(field, "aria-describedby", await alert.getAttribute("id"));
    await field.fill("");
    await alert.waitFor({ state: "hidden" });
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
  await web.page.getByRole("textbox", { name: "Search in content" }).fill("a");
  await web.page.keyboard.press("Enter");
  await web.untilTotal(1);
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

browserTest("highlighting waits for a machine that takes long to start a thread", async () => {
  await using web = await WebPage.open({ events: eventsOf("a 1", "b 2") });
  await web.page.route(/highlight_worker/, async (route) => {
    // Longer than a pattern may take.
    await web.page.waitForTimeout(3000);
    await route.continue();
  });
  await web.goto("#content=%5Cd");
  await untilTexts(web.page.locator(".row mark"), ["1", "2"]);
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
    await untilValue(source, ".*nginx");
    await source.fill(".*apache");
    await source.press("Enter");
    // The note about the other pattern is hidden until there is one about this.
    await web.untilText("#empty:not([hidden])", /No events match/);
    assert.doesNotMatch(await web.page.locator("#empty").innerText(), /beginning/);
  },
);
