import assert from "node:assert/strict";
import type { Event } from "../../lib/event/event.ts";
import { SourcesDaemon } from "../../lib/tail/sources_daemon.ts";
import { FakeScheduler } from "./fake_scheduler.ts";
import { Workbench } from "./workbench.ts";

/** Moves time on until so many events were sent. */
async function until(
  events: readonly Event[],
  count: number,
  scheduler: FakeScheduler,
): Promise<void> {
  while (events.length < count) {
    await scheduler.sleep(0);
    scheduler.advance(250);
  }
}

Deno.test("SourcesDaemon sends an event for each change, with its tags and those of the source", async () => {
  using bench = new Workbench();
  bench.write("log", "old\n");
  const scheduler = new FakeScheduler();
  const events: Event[] = [];
  await using daemon = await SourcesDaemon.open((event) => void events.push(event), {
    tags: ["daemon"],
    watch: false,
    scheduler,
  });
  daemon.addSource(bench.at("log"), { tags: ["source"] });
  bench.append("log", "one\ntwo\n");
  await until(events, 1, scheduler);
  const [event] = events;
  assert.equal(event?.content, "one\ntwo\n");
  assert.equal(event?.source, bench.at("log"));
  assert.deepEqual(event?.tags, ["daemon", "source"]);
  daemon.removeSource(bench.at("log"));
  bench.append("log", "unheard\n");
  daemon.addSource(bench.at("other"));
  bench.write("other", "three");
  await until(events, 2, scheduler);
  assert.equal(events[1]?.content, "three");
});

Deno.test("SourcesDaemon reports an event that could not be sent, goes on, and ends once", async () => {
  using bench = new Workbench();
  bench.write("log", "");
  const scheduler = new FakeScheduler();
  const kinds: string[] = [];
  const events: Event[] = [];
  const daemon = await SourcesDaemon.open((event) => {
    events.push(event);
    if (event.content === "bad") throw new Error("no collector");
  }, { watch: false, scheduler, observer: (notice) => kinds.push(notice.kind) });
  daemon.addSource(bench.at("log"));
  bench.append("log", "bad");
  await until(events, 1, scheduler);
  bench.append("log", "good");
  await until(events, 2, scheduler);
  assert.deepEqual(events.map((event) => event.content), ["bad", "good"]);
  await daemon[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  assert.deepEqual(kinds, ["opened", "send-failed", "closed"]);
});

Deno.test("SourcesDaemon refuses a directory and an unknown encoding", async () => {
  using bench = new Workbench();
  await using daemon = await SourcesDaemon.open(() => {}, {
    watch: false,
    scheduler: new FakeScheduler(),
  });
  assert.throws(() => daemon.addSource(bench.directory), /must be a file/);
  assert.throws(() => daemon.addSource(bench.at("log"), { encoding: "klingon" }), /'klingon'/);
});
