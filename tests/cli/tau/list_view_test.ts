import assert from "node:assert/strict";
import { EventWindow } from "../../../lib/cli/tau/event_window.ts";
import { ListView } from "../../../lib/cli/tau/list_view.ts";
import type { RawEvent } from "../../../lib/event/raw_event.ts";
import { toRawEvent } from "../../../lib/event/text_format.ts";
import { forSeeds } from "../../random.ts";
import { numbered } from "./numbered_events.ts";

const raw = (count: number, first = 0): RawEvent[] =>
  numbered(count, undefined, first).map((event) => toRawEvent(event));

function listOf(count: number, rows: number): ListView {
  const list = new ListView();
  list.resize(rows, () => 1);
  list.window.hasOlder = list.window.hasNewer = false;
  list.append(raw(count));
  return list;
}

const shownOf = (list: ListView) => [...list.shown()].map(({ index }) => index);

Deno.test("ListView shows the end while it follows, and what is selected while it does not", () => {
  const list = listOf(10, 4);
  assert.deepEqual([shownOf(list), list.selected], [[6, 7, 8, 9], 9]);
  list.move(-1);
  assert.deepEqual([shownOf(list), list.selected, list.mode], [[6, 7, 8, 9], 8, "browsing"]);
  list.move(-4);
  assert.deepEqual([shownOf(list), list.selected], [[4, 5, 6, 7], 4]);
  list.arrive(raw(3, 10));
  assert.deepEqual([shownOf(list), list.selected, list.unseen], [[4, 5, 6, 7], 4, 3]);
  list.page(-1);
  assert.deepEqual([shownOf(list), list.selected], [[1, 2, 3, 4], 1]);
  list.move(100);
  assert.deepEqual([shownOf(list), list.mode], [[9, 10, 11, 12], "browsing"]);
  list.move(1);
  assert.deepEqual([list.mode, list.unseen], ["following", 0]);
});

Deno.test("ListView keeps its place when older or late events come in", () => {
  const list = listOf(0, 3);
  list.window.hasOlder = true;
  list.append(raw(10, 100));
  list.select(5);
  const { selectedEvent } = list;
  list.prepend(raw(4, 96).reverse());
  assert.equal(list.selectedEvent, selectedEvent);
  assert.equal(list.selected, 9);
  const late = toRawEvent({ ...numbered(1, undefined, 100)[0]!, id: "late" });
  list.arrive([late]);
  assert.equal(list.window.at(5), late);
  assert.equal(list.selectedEvent, selectedEvent);
});

Deno.test("ListView moves on to events that are loaded later", () => {
  const list = listOf(0, 3);
  list.window.hasNewer = list.window.hasOlder = true;
  list.append(raw(10, 100));
  list.select(5);
  list.move(8);
  list.move(2);
  assert.equal(list.selected, 9);
  list.append(raw(3, 110));
  assert.equal(list.selected, 12);
  list.append(raw(10, 113));
  assert.equal(list.selectedEvent?.id, raw(1, 115)[0]?.id);
  list.move(-20);
  assert.equal(list.selected, 0);
  list.move(1);
  assert.equal(list.selected, 1, "the other way, nothing is owed any more");
  list.move(-3);
  list.prepend(raw(10, 90).reverse());
  assert.equal(list.selectedEvent?.id, raw(1, 98)[0]?.id);
});

Deno.test("ListView scrolls by the wheel and keeps the selection on the screen", () => {
  const list = listOf(20, 5);
  list.scroll(-3);
  assert.deepEqual([shownOf(list)[0], list.selected], [12, 16]);
  list.scroll(-100);
  assert.deepEqual([shownOf(list)[0], list.selected], [0, 4]);
  list.scroll(3);
  assert.deepEqual([shownOf(list)[0], list.selected], [3, 4]);
  list.scroll(3);
  assert.deepEqual([shownOf(list)[0], list.selected], [6, 6]);
});

Deno.test("ListView shows the selected event whatever its rows", () =>
  forSeeds(100, (random) => {
    const rows = random.int(1, 12);
    const heights = Array.from({ length: 60 }, () => random.int(1, 20));
    const list = listOf(60, rows);
    list.resize(rows, (event) => heights[Number(event.id.slice(1))] ?? 1);
    for (let turn = 0; turn < 60; turn++) {
      const act = random.below(4);
      if (act === 0) list.move(random.int(-10, 10));
      else if (act === 1) list.scroll(random.int(-10, 10));
      else if (act === 2) list.page(random.pick([1, -1]));
      else list.select(random.below(60));
      const shown = [...list.shown()];
      assert.ok(shown.some(({ index }) => index === list.selected));
      assert.ok(shown.every(({ row, rows: taken }) => taken >= 1 && row + taken <= rows));
      for (const { index, row } of shown) assert.equal(list.indexAtRow(row), index);
    }
  }));

Deno.test("EventWindow holds no more than its bounds, by number and by bytes", () => {
  const window = new EventWindow({ maxEvents: 100 });
  window.hasOlder = window.hasNewer = false;
  window.append(raw(105));
  assert.equal(window.trim("first"), 0);
  window.append(raw(10, 105));
  assert.equal(window.trim("first"), 15);
  assert.deepEqual([window.length, window.hasOlder, window.at(0)?.id], [100, true, "e15"]);
  window.prepend(raw(15).reverse());
  assert.equal(window.trim("last"), 15);
  assert.deepEqual([window.hasNewer, window.at(99)?.id], [true, "e99"]);
  const large = new EventWindow({ maxBytes: 1000 });
  large.append(numbered(5, () => ({ content: "x".repeat(600) })).map((event) => toRawEvent(event)));
  assert.equal(large.trim("first"), 4);
  assert.equal(large.length, 1);
});
