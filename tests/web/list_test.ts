import assert from "node:assert/strict";
import { firstSeed, Random } from "../random.ts";
import { TAIL_ROWS } from "../../lib/web/live_tail.js";
import { browserTest } from "./chromium.ts";
import { untilAttribute, untilHolds } from "./conditions.ts";
import { readEnds } from "./in_page.js";
import { WebPage } from "./web_page.ts";

/** More than the page keeps of what arrived. */
const MANY = 26_000;

const NOW = Math.floor(Date.now() / 1000);

browserTest("events that left the page's memory are loaded again where they belong", async () => {
  await using web = await WebPage.open();
  await web.untilFollowing();
  const random = new Random(firstSeed());
  // They arrive nearly in order: neighbours within some seconds change places.
  const times = Array.from({ length: MANY }, (_, at) => NOW - 1000 + at / 100 + 3 * random.next());
  const batch = MANY / 20;
  for (let first = 0; first < MANY; first += batch) {
    await web.push(
      ...times.slice(first, first + batch).map((timestamp, at) => ({
        id: `n${first + at}`,
        timestamp,
        content: `number ${first + at}`,
      })),
    );
  }
  await web.untilTotal(MANY);
  // What left is in the order of time, what the page holds as it arrived.
  const left = times.slice(0, MANY - TAIL_ROWS).map((time, number) => ({ time, number }))
    .sort((one, other) => one.time - other.time)
    .map(({ number }) => number);
  for (const part of [0, 1, 0.1, 0.2, 0.23, 0.2305, random.next(), random.next(), random.next()]) {
    await web.scrollTo(part);
    for (const { rank, number } of await web.loadedRows()) {
      assert.equal(number, left[rank] ?? rank, `rank ${rank} at ${part}`);
    }
  }
  await web.untilTotal(MANY);
});

browserTest("a result of a pattern has each event once, in the order of time", async () => {
  const count = 12_000;
  await using web = await WebPage.open();
  // Stored in no order, many at one moment.
  const random = new Random(firstSeed());
  const order = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  await web.push(...order.map((at) => ({
    id: `n${at}`,
    timestamp: NOW - 5000 + Math.floor(at / 3) / 10,
    content: `number ${at} ${at % 3 === 0 ? "fizz" : "buzz"}`,
  })));
  await web.goto("#content=fi%5Bz%5Dz&live=0");
  await web.untilTotal(count / 3);
  for (const part of [0, 0.5, 0.73, 0.2, 1]) {
    await web.scrollTo(part);
    for (const { rank, number } of await web.loadedRows()) {
      assert.equal(number, 3 * rank, `at ${part}`);
    }
  }
});

browserTest("a flood of one moment is shown up to a bound, and says so", async () => {
  const flood = 12_000;
  await using web = await WebPage.open();
  const event = (id: number, timestamp: number) => ({
    id: `n${id}`,
    timestamp,
    content: `number ${id}`,
  });
  await web.push(event(0, NOW - 500));
  for (let first = 1; first <= flood; first += 3000) {
    await web.push(...Array.from({ length: 3000 }, (_, at) => event(first + at, NOW - 100.25)));
  }
  await web.push(
    ...Array.from({ length: 600 }, (_, at) => event(flood + 1 + at, NOW - 50 + at / 100)),
  );
  await web.goto("");
  await web.untilTotal(flood + 601);
  await web.scrollTo(0);
  for (const { rank, number } of await web.loadedRows()) assert.equal(number, rank);
  // 12,000 became 10,000 and a note.
  await web.untilTotal(10_000 + 602);
  await web.scrollTo(10_000 / 10_602);
  await web.page.getByText("2000 more events of this very moment are not shown").waitFor();
});

browserTest(
  "an event that comes late stands where it arrived, and in its place when asked anew",
  async () => {
    await using web = await WebPage.open({
      events: [1, 2, 3].map((at) => ({
        id: `e${at}`,
        timestamp: NOW - 100 + 10 * at,
        content: `at ${at}`,
      })),
    });
    await web.untilFollowing();
    await web.push({ timestamp: NOW - 85, content: "late" });
    await web.untilContents(["at 1", "at 2", "at 3", "late"]);
    await web.page.reload();
    await web.untilContents(["at 1", "late", "at 2", "at 3"]);
  },
);

browserTest("rows show their date when they are not of today", async () => {
  await using web = await WebPage.open({
    events: [{ timestamp: Date.UTC(2024, 1, 29, 12, 0, 1) / 1000, content: "old" }],
  });
  await web.untilText(".row-time", /^24-02-29 12:00:01\.000$/);
});

browserTest("events of any time are listed in their order, and chosen by a link", async () => {
  const times = [-1e11, -1e9, -0.5, -1e-7, 1e-7, 0.5, 1e9, 4e10, 8e12, 1e15];
  const many = Array.from({ length: 700 }, (_, at) => ({
    id: `m${at}`,
    timestamp: 1.5e9 + at,
    content: `many ${at}`,
  }));
  await using web = await WebPage.open({
    events: [
      ...times.map((timestamp, at) => ({ id: `t${at}`, timestamp, content: `time ${at}` })),
      ...many,
    ],
  });
  await web.untilTotal(times.length + many.length);
  await web.page.keyboard.press("g");
  const first = ["time 0", "time 1", "time 2", "time 3", "time 4", "time 5", "time 6", "many 0"];
  await untilHolds("the first events", () => web.contents(), (contents) => {
    assert.deepEqual(contents.slice(0, first.length), first);
  });
  await web.page.getByRole("option", { name: "time 3" }).click();
  await web.page.getByRole("list", { name: "Events before and after" }).getByText("time 4")
    .waitFor();
  await web.untilHash(/event=-1e-7/);
  await web.page.reload();
  await web.page.locator(".row[aria-selected=true]").getByText("time 3").waitFor();
});

browserTest("what is seen stays where it is when events come to stand before it", async () => {
  const event = (number: number, timestamp: number) => {
    return { id: `n${number}`, timestamp, content: `number ${number}` };
  };
  const stored = Array.from({ length: 1500 }, (_, at) => event(at, NOW - 5000 + at));
  await using web = await WebPage.open({ events: stored });
  await web.untilTotal(1500);
  await web.untilFollowing();
  await web.scrollTo(0.5);
  const before = await web.loadedRows();
  assert.equal(before[0]?.number, before[0]?.rank);
  // Late ones, which take their place in time when newer ones drive them out of memory.
  await web.push(...Array.from({ length: 50 }, (_, at) => event(2000 + at, NOW - 4900 + at / 100)));
  for (let first = 0; first < TAIL_ROWS; first += 2000) {
    await web.push(
      ...Array.from({ length: 2000 }, (_, at) => event(3000 + first + at, NOW + first + at)),
    );
  }
  await web.untilTotal(1500 + 50 + TAIL_ROWS);
  await untilHolds("rows that moved by 50", () => web.loadedRows(), (after) => {
    assert.deepEqual(after, before.map((row) => ({ ...row, rank: row.rank + 50 })));
  });
});

browserTest("a long source shows its end in the list, and all of it as title", async () => {
  const source = `/var/log/${"deep/".repeat(20)}access.log`;
  await using web = await WebPage.open({
    events: [{ content: "long", source }, { content: "short", source: "/dev/log" }],
  });
  await web.untilContents(["long", "short"]);
  const cells = web.page.locator(".row:not([hidden]) .row-source");
  await untilAttribute(cells.first(), "title", source);
  const [long, short] = await cells.evaluateAll(readEnds);
  assert(long !== undefined && short !== undefined);
  assert(long.isEndSeen && !long.isBeginningSeen, JSON.stringify(long));
  assert(short.isEndSeen && short.isBeginningSeen, JSON.stringify(short));
  assert.equal(short.gap, 0);
});
