import assert from "node:assert/strict";
import { browserTest } from "./chromium.ts";
import { untilEqual, untilHolds } from "./conditions.ts";
import { WebPage } from "./web_page.ts";

/**
 * Events of the last three hours: one at the end of each minute, so that it takes the next one until one
 * of them is too old for a range up to now.
 */
function minutes(): readonly { id: string; timestamp: number; content: string }[] {
  const now = Math.floor(Date.now() / 1000);
  return Array.from({ length: 180 }, (_, at) => ({
    id: `e${at}`,
    timestamp: now - 60 * (180 - at) + 59,
    content: `minute ${at}`,
  }));
}

/** Drags over part of the chart, from one fraction of its width to another. */
async function brush({ page, chart }: WebPage, from: number, to: number): Promise<void> {
  const box = await chart.boundingBox();
  assert.ok(box !== null);
  await page.mouse.move(box.x + from * box.width, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + (from + to) / 2 * box.width, box.y + 25, { steps: 3 });
  await page.mouse.move(box.x + to * box.width, box.y + 25, { steps: 3 });
  await page.mouse.up();
}

browserTest("range menu offers relative ranges", async () => {
  await using web = await WebPage.open({ events: minutes() });
  await web.untilTotal(180);
  await web.page.getByRole("button", { name: "All time" }).click();
  const menu = web.page.getByRole("dialog", { name: "Time range" });
  await menu.getByRole("button", { name: "Last hour" }).click();
  await web.untilTotal(60);
  await menu.waitFor({ state: "hidden" });
  await web.untilHash(/range=1h/);
  await web.page.getByRole("button", { name: "Last hour" }).click();
  await menu.getByRole("button", { name: "Last 15 minutes" }).click();
  await web.untilTotal(15);
  await web.page.goBack();
  await web.untilTotal(60);
});

browserTest("range menu takes absolute times, local or UTC", async () => {
  const events = minutes();
  await using web = await WebPage.open({
    events,
    context: { timezoneId: "Asia/Kolkata" },
  });
  await web.page.getByRole("button", { name: "All time" }).click();
  const menu = web.page.getByRole("dialog", { name: "Time range" });
  const start = Math.floor(Date.now() / 60_000) * 60 - 3600;
  const inRange = events.filter(({ timestamp }) => timestamp >= start && timestamp < start + 600);
  const local = new Date((start + 5.5 * 3600) * 1000).toISOString().slice(0, 16);
  await menu.getByLabel("From").fill(local);
  await menu.getByLabel("UTC").check();
  await untilHolds("the time in UTC", () => menu.getByLabel("From").inputValue(), (value) => {
    assert.equal(value.slice(0, 16), new Date(start * 1000).toISOString().slice(0, 16));
  });
  const end = new Date((start + 600) * 1000).toISOString().slice(0, 16);
  await menu.getByLabel("To", { exact: true }).fill(end);
  await menu.getByRole("button", { name: "Apply" }).click();
  await web.untilTotal(inRange.length);
  await web.untilHash(new RegExp(`range=${start}\\.\\.${start + 600}`));
  await web.untilText("#state", /Fixed range/);
  const first = new Date((inRange[0]?.timestamp ?? 0) * 1000).toISOString();
  await web.untilText(".row-time", new RegExp(first.slice(11, 19)));
});

browserTest("range menu tells what is wrong with a range", async () => {
  await using web = await WebPage.open({ events: minutes() });
  await web.page.getByRole("button", { name: "All time" }).click();
  const menu = web.page.getByRole("dialog", { name: "Time range" });
  await menu.getByRole("button", { name: "Apply" }).click();
  await menu.getByRole("alert").filter({ hasText: "Set the beginning" }).waitFor();
  await menu.getByLabel("From").fill("2026-01-02T00:00");
  await menu.getByLabel("To", { exact: true }).fill("2026-01-01T00:00");
  await menu.getByRole("button", { name: "Apply" }).click();
  await menu.getByRole("alert").filter({ hasText: "must be after" }).waitFor();
  await web.page.keyboard.press("Escape");
  await menu.waitFor({ state: "hidden" });
  await web.untilTotal(180);
});

browserTest("histogram shows what a bar is, zooms in by brushing, out and back", async () => {
  await using web = await WebPage.open({ events: minutes() });
  await web.untilCharted(/180/);
  await web.chart.hover();
  await web.untilText(".chart-tip", /\d\d:\d\d:\d\d \(.* min\): \d+ events?/);
  await brush(web, 0.25, 0.5);
  await web.untilText("#state", /Fixed range/);
  await web.untilText("#summary", /^4\d events ·/);
  await web.untilHash(/range=\d+\.\.\d+&zoomed-from=all/);
  const zoomed = web.hash;
  await web.untilCharted(/4\d/);
  await brush(web, 0.4, 0.6);
  await web.untilText("#summary", /^(8|9|10|11) events ·/);
  await web.page.getByRole("button", { name: "Zoom out" }).click();
  await web.untilText("#summary", /^(1[6-9]|2\d) events ·/);
  await web.page.goBack();
  await web.page.goBack();
  await untilEqual("the address", () => web.hash, zoomed);
  await web.untilText("#summary", /^4\d events ·/);
  await web.page.getByRole("button", { name: "Back to all time" }).click();
  await web.untilTotal(180);
  await web.untilFollowing();
});

browserTest("histogram zooms in by keyboard, and tells its numbers as a table", async () => {
  await using web = await WebPage.open({ events: minutes() });
  await web.untilTotal(180);
  const table = web.chart.getByRole("table", { name: "Number of events from each time on" });
  await untilHolds("the table", () => table.getByRole("cell").allInnerTexts(), (numbers) => {
    assert.equal(numbers.reduce((sum, text) => sum + Number(text), 0), 180);
  });
  await web.chart.focus();
  await web.page.keyboard.press("Home");
  for (let i = 0; i < 9; i++) await web.page.keyboard.press("Shift+ArrowRight");
  await web.untilText(".chart-tip", /events/);
  const tip = await web.page.locator(".chart-tip").innerText();
  const [, from, to, count] = / ([\d:]+) – .* ([\d:]+) \(.*\): (\d+) events/.exec(tip) ?? [];
  await web.page.keyboard.press("Enter");
  await web.untilText("#summary", new RegExp(`^${count} events .* ${from} – .*${to} · UTC`));
  await web.untilText("#summary", /^(1\d|2\d) events ·/);
  await web.untilText(".row-content", /minute 0/);
});

browserTest("going live leaves a range that was zoomed in", async () => {
  await using web = await WebPage.open({ events: minutes(), hash: "#range=1h" });
  await web.untilTotal(60);
  const zoomOut = web.page.getByRole("button", { name: "Zoom out" });
  await web.untilCharted(/60/);
  assert.equal(await zoomOut.isVisible(), false);
  await brush(web, 0.2, 0.4);
  await web.untilText("#state", /Fixed range/);
  await zoomOut.waitFor();
  await web.page.getByRole("button", { name: "Paused" }).click();
  await web.untilTotal(60);
  await web.untilFollowing();
  await web.untilHash(/^#range=1h$/);
});

browserTest("histogram grows as events arrive", async () => {
  await using web = await WebPage.open({ events: minutes(), hash: "#range=1h" });
  await web.untilTotal(60);
  await web.untilFollowing();
  await web.push({ content: "new" }, { content: "new" }, { content: "new" });
  await web.untilTotal(63);
  await web.untilCharted(/63/);
});

browserTest("chart tells the day of times that are not of today", async () => {
  const start = Date.UTC(2005, 5, 14, 15, 16, 1) / 1000;
  await using web = await WebPage.open({
    events: Array.from({ length: 60 }, (_, at) => {
      return { id: `${at}`, timestamp: start + at, content: `${at}` };
    }),
  });
  await web.untilCharted(/60/);
  const labels = () => web.page.locator(".chart-axis span").allInnerTexts();
  await untilHolds("labels", labels, ([first = "", ...others]) => {
    assert.match(first, /^2005-06-14 15:16:/);
    assert(others.length > 2, others.join());
    for (const label of others) assert.match(label, /^15:1[67]:\d\d$/);
  });
});
