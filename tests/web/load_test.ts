/**
 * The page under load, beside a real collector and a real producer. `THEIA_PAGE_SECONDS` and
 * `THEIA_PAGE_EVENTS` say how long and how many; figures are printed. What is asserted here is what a
 * busy machine cannot break: frames are asserted only against what a fault would cost.
 */
import assert from "node:assert/strict";
import { Client } from "../../lib/client/mod.ts";
import { createEvent } from "../../lib/event/mod.ts";
import { CollectorProgram } from "../e2e/collector_program.ts";
import { RunningProgram, SOURCE } from "../e2e/program.ts";
import { TempDirectory } from "../e2e/temp_directory.ts";
import { until } from "../e2e/until.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";
import { browserTest } from "./chromium.ts";
import { PageMeter, report } from "./page_meter.ts";
import { WebPage } from "./web_page.ts";

const RATE = 5000;
const SECONDS = countFromEnv("THEIA_PAGE_SECONDS", 6);

/** More than a browser can place without scaling the scroll bar. */
const EVENTS = countFromEnv("THEIA_PAGE_EVENTS", 200_000);

/** A frame so much longer than the machine itself stood still is a fault, whatever else runs there. */
const FAULTY_FRAME_MS = 3000;

/** What the page may take for so many events: what it keeps of them is bounded. */
const MAX_HEAP_BYTES = 120e6;

browserTest(`page follows ${RATE} events a second for ${SECONDS} s`, async () => {
  await using directory = await TempDirectory.make();
  await using collector = await CollectorProgram.start([], { cwd: directory.path });
  await using web = await WebPage.open({ port: collector.port });
  await web.untilFollowing();
  const meter = await PageMeter.attach(web.page);
  const count = RATE * SECONDS;
  const args = ["simulate", "-p", `${collector.port}`, "--rate", `${RATE}`, "--count", `${count}`];
  await using producer = RunningProgram.start(SOURCE, [...args, "--quiet", "-t", "sim"]);
  await untilShown(web, count / 4);
  // Collecting garbage stops the page for a while, which is not what is measured.
  const before = await meter.heapBytes();
  await meter.start();
  await untilShown(web, count);
  const { frames, longestMs, longMs, stallMs } = await meter.frames();
  const after = await meter.heapBytes();
  await producer.exit();
  report(
    `${count} events at ${RATE}/s: ${frames} frames, longest ${longestMs} ms, over 200 ms: ` +
      `[${longMs}], the machine's ${stallMs} ms; heap ${megabytes(before)} after a quarter, ${
        megabytes(after)
      } at the end`,
  );
  await web.untilTotal(count);
  assert.ok(longestMs < FAULTY_FRAME_MS + stallMs, `a frame took ${longestMs} ms`);
  assert.ok(after < MAX_HEAP_BYTES, `the page holds ${after} bytes`);
  await web.untilInPlace();
  await web.page.keyboard.press("g");
  await web.page.locator(".row[aria-posinset='1']:not(.loading)").waitFor();
  await web.untilInPlace();
});

browserTest(`page scrolls through ${EVENTS} events, each row where it belongs`, async () => {
  await using directory = await TempDirectory.make();
  await using collector = await CollectorProgram.start([], { cwd: directory.path });
  await fill(collector.port, EVENTS);
  const random = new Random(firstSeed());
  const openedMs = performance.now();
  await using web = await WebPage.open({ port: collector.port });
  await web.page.locator(".row").getByText(`number ${EVENTS - 1} `).waitFor();
  const shownMs = performance.now() - openedMs;
  await web.untilTotal(EVENTS);
  const countedMs = performance.now() - openedMs;
  const meter = await PageMeter.attach(web.page);
  await meter.start();
  const waits: number[] = [];
  for (let turn = 0; turn < countFromEnv("THEIA_PAGE_JUMPS", 12); turn++) {
    const part = turn === 0 ? 0 : random.next();
    const startedMs = performance.now();
    await web.scrollTo(part);
    waits.push(Math.round(performance.now() - startedMs));
    await checkRows(web, part);
    await web.page.locator("#list").hover();
    for (let wheel = 0; wheel < 3; wheel++) await web.page.mouse.wheel(0, random.int(-900, 900));
    await web.untilInPlace();
    await checkRows(web, part);
  }
  const { frames, longestMs, longMs, stallMs } = await meter.frames();
  const heap = await meter.heapBytes();
  report(
    `${EVENTS} events: newest shown after ${Math.round(shownMs)} ms (browser's start included), ` +
      `counted after ${
        Math.round(countedMs)
      } ms, jumps loaded after [${waits}] ms; ${frames} frames, ` +
      `longest ${longestMs} ms, over 200 ms: [${longMs}], the machine's ${stallMs} ms; heap ${
        megabytes(heap)
      }`,
  );
  assert.ok(longestMs < FAULTY_FRAME_MS + stallMs, `a frame took ${longestMs} ms`);
  assert.ok(heap < MAX_HEAP_BYTES, `the page holds ${heap} bytes`);
});

/** Waits until the page has so many events, without asking it so often that it has no time for them. */
async function untilShown(web: WebPage, count: number): Promise<void> {
  await until(`${count} events`, async () => {
    await web.page.waitForTimeout(500);
    return await web.total() >= count;
  });
}

/** Stores events whose contents tell their rank: in bursts and with pauses, many of one moment. */
async function fill(port: number, count: number): Promise<void> {
  await using client = await Client.connect({ port });
  const start = Math.floor(Date.now() / 1000) - 86_400;
  const BATCH = 5000;
  for (let first = 0; first < count; first += BATCH) {
    const size = Math.min(BATCH, count - first);
    const events = Array.from({ length: size }, (_, at) => {
      const rank = first + at;
      // Every tenth stretch holds as much as the other nine.
      const part = rank / count;
      const time = Math.floor(rank / 7) / (count / 7) * 40_000 + (part > 0.5 ? 40_000 : 0);
      return createEvent({
        id: `n${rank}`,
        timestamp: start + time,
        source: `source-${rank % 5}`,
        content: `number ${rank} of many, with a text of ordinary length behind it`,
      });
    });
    await client.send(events);
  }
}

/** Whether each row has the rank that its content tells, near a part of the list. */
async function checkRows(web: WebPage, part: number): Promise<void> {
  const rows = await web.loadedRows();
  assert.ok(rows.length > 10);
  for (const { rank, number } of rows) assert.equal(number, rank);
  const first = rows[0]?.rank ?? NaN;
  assert.ok(Math.abs(first - part * EVENTS) < EVENTS / 100 + 250, `row ${first} at ${part}`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
