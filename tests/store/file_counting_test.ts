import assert from "node:assert/strict";
import type { FilesStoreNotice } from "../../lib/store/files/notice.ts";
import { event, events } from "./fixtures.ts";
import { openFiles } from "./files_fixture.ts";

Deno.test("FilesStore.count reads no file whose events are all in one bucket", async () => {
  const notices: FilesStoreNotice[] = [];
  await using fixture = await openFiles({ observer: (notice) => notices.push(notice) });
  const { store } = fixture;
  await store.save([...events("a", 60, 600), ...events("b", 60, 660)]);
  const whole = await store.count({}, { interval: 60 });
  assert.deepEqual(whole.buckets, [{ start: 600, count: 60 }, { start: 660, count: 60 }]);
  await Deno.writeTextFile(`${fixture.path}/600-660`, "no event");
  assert.deepEqual(await store.count({}, { interval: 60 }), whole);
  assert.deepEqual(notices, []);
  const read = await store.count({}, { interval: 60, by: "source" });
  assert.deepEqual(read.buckets, [{ start: 660, count: 60 }]);
  assert.deepEqual(notices.map(({ kind }) => kind), ["damaged-file"]);
});

Deno.test("FilesStore.count leaves out what comes into a file while it reads others", async () => {
  await using fixture = await openFiles();
  const { store } = fixture;
  // Files of which each is read as its events are in two buckets, and one that need not be.
  for (let i = 0; i < 40; i++) await store.save(events(`${i}-`, 200, i * 200));
  await store.save([event("last", { timestamp: 1e6 })]);
  const { events: before } = await store.stats();
  const counting = store.count({}, { interval: 45 });
  await store.save([event("later", { timestamp: 1e6 + 0.5 })]);
  const counts = await counting;
  assert.equal(counts.matched, before);
  assert.deepEqual(counts.buckets.at(-1), { start: 45 * Math.floor(1e6 / 45), count: 1 });
});
