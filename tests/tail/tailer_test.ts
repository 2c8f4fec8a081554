import assert from "node:assert/strict";
import { Tailing, Workbench } from "./workbench.ts";

Deno.test("Tailer begins at the end of a file that is there, or at its beginning", () => {
  using bench = new Workbench();
  bench.write("log", "old\n");
  using end = new Tailing(bench.at("log"));
  using beginning = new Tailing(bench.at("log"), { from: "beginning" });
  bench.append("log", "new\n");
  assert.deepEqual(end.lines(), ["new"]);
  assert.deepEqual(beginning.lines(), ["old", "new"]);
});

Deno.test("Tailer reads a file that appears later from its beginning", () => {
  using bench = new Workbench();
  using tail = new Tailing(bench.at("deep/log"));
  assert.deepEqual(tail.lines(), []);
  assert.deepEqual(tail.kinds(), ["missing"]);
  Deno.mkdirSync(bench.at("deep"));
  bench.write("deep/log", "first\n");
  assert.deepEqual(tail.lines(), ["first"]);
});

Deno.test("Tailer makes events with source, tags, time of reading and offset", () => {
  using bench = new Workbench();
  bench.write("log", "old\n");
  using tail = new Tailing(bench.at("log"), { tags: ["a", "b"] });
  bench.append("log", "one\r\n\ntwo\n");
  const [batch] = tail.batches();
  assert.ok(batch);
  const seen = batch.events.map(({ content, headers }) => [content, ...headers]);
  assert.deepEqual(seen, [["one", "offset: 4"], ["", "offset: 9"], ["two", "offset: 10"]]);
  const [event] = batch.events;
  assert.equal(event?.source, bench.at("log"));
  assert.deepEqual(event?.tags, ["a", "b"]);
  assert.equal(event?.timestamp, tail.scheduler.now() / 1000);
  const [span] = batch.spans;
  assert.equal(span?.from, 4);
  assert.equal(span?.to.offset, 14);
  assert.equal(span?.to.identity.head.length, 14);
  assert.equal(span?.to.tail.length, 14);
  assert.equal(batch.path, bench.at("log"));
});

Deno.test("Tailer delivers an unfinished line once its file is idle; its rest is a line of its own", () => {
  using bench = new Workbench();
  bench.write("log", "");
  using tail = new Tailing(bench.at("log"));
  bench.append("log", "ha");
  assert.deepEqual(tail.lines(), []);
  assert.deepEqual(tail.later(999), []);
  bench.append("log", "lf");
  assert.deepEqual(tail.later(1), []);
  assert.deepEqual(tail.later(1000), ["half"]);
  assert.deepEqual(tail.later(1000), []);
  bench.append("log", "rest\n");
  assert.deepEqual(tail.lines(), ["rest"]);
});

Deno.test("Tailer makes no line of a line end that comes after its line was delivered", () => {
  for (const [first, second] of [["one", "\n"], ["one", "\r\n"], ["one\r", "\n"]] as const) {
    using bench = new Workbench();
    bench.write("log", "");
    using tail = new Tailing(bench.at("log"));
    bench.append("log", first);
    assert.deepEqual([...tail.lines(), ...tail.later(1000)], ["one"]);
    bench.append("log", `${second}\ntwo\n`);
    assert.deepEqual(tail.lines(), ["", "two"]);
  }
});

Deno.test("Tailer that begins at the end within a line reads the rest of it as a line", () => {
  using bench = new Workbench();
  bench.write("a", "begun");
  bench.write("b", "begun");
  using a = new Tailing(bench.at("a"));
  using b = new Tailing(bench.at("b"));
  bench.append("a", " and ended\nnext\n");
  bench.append("b", "\nnext\n");
  assert.deepEqual(a.lines(), [" and ended", "next"]);
  assert.deepEqual(b.lines(), ["next"]);
});

Deno.test("Tailer cuts an over-long line, marks it, reports it and goes on", () => {
  using bench = new Workbench();
  bench.write("log", `a\n${"漢".repeat(200_000)}\nb\n`);
  using tail = new Tailing(bench.at("log"), { from: "beginning" });
  const [a, long, b] = tail.events();
  assert.equal(a?.content, "a");
  assert.equal(long?.content, "漢".repeat(Math.floor(512 * 1024 / 3)));
  assert.deepEqual(long?.headers, ["offset: 2", "cut: 600001"]);
  assert.equal(b?.content, "b");
  assert.deepEqual(tail.notices.at(-1), {
    kind: "line-cut",
    path: bench.at("log"),
    offset: 2,
    lineBytes: 600_001,
    keptBytes: 512 * 1024,
  });
});

Deno.test("Tailer decodes UTF-16 lines and drops their byte order mark", () => {
  using bench = new Workbench();
  const bytes = new Uint8Array(
    new Uint16Array([..."\ufeffüa\r\n\u0a0ab\n"].map((c) => c.charCodeAt(0))).buffer,
  );
  bench.append("log", bytes);
  using tail = new Tailing(bench.at("log"), { from: "beginning", encoding: "utf-16le" });
  assert.deepEqual(tail.lines(), ["üa", "\u0a0ab"]);
});

Deno.test("Tailer in diff mode delivers what was appended, never half a character", () => {
  using bench = new Workbench();
  bench.write("log", "old\n");
  using tail = new Tailing(bench.at("log"), { split: "diff" });
  const [first, ...rest] = new TextEncoder().encode("漢");
  bench.append("log", "one\ntwo");
  assert.deepEqual(tail.lines(), ["one\ntwo"]);
  bench.append("log", Uint8Array.of(0x61, first ?? 0));
  assert.deepEqual(tail.lines(), ["a"]);
  assert.deepEqual(tail.lines(), []);
  bench.append("log", Uint8Array.from(rest));
  assert.deepEqual(tail.lines(), ["漢"]);
  bench.append("log", Uint8Array.of(first ?? 0));
  assert.deepEqual(tail.lines(), []);
  assert.deepEqual(tail.later(1000), ["\ufffd"]);
});

Deno.test("Tailer in diff mode divides what is too much for one event between characters", () => {
  using bench = new Workbench();
  bench.write("log", "漢".repeat(300_000));
  using tail = new Tailing(bench.at("log"), { from: "beginning", split: "diff" });
  const diffs = tail.lines();
  assert.equal(diffs.length, 4);
  assert.equal(diffs.join(""), "漢".repeat(300_000));
});

Deno.test("Tailer reports once that a path cannot be read, and reads it when it can", () => {
  using bench = new Workbench();
  Deno.mkdirSync(bench.at("log"));
  using tail = new Tailing(bench.at("log"));
  for (let i = 0; i < 3; i++) assert.deepEqual(tail.lines(), []);
  assert.deepEqual(tail.kinds(), ["unreadable"]);
  bench.remove("log");
  Deno.symlinkSync("log", bench.at("log"));
  for (let i = 0; i < 3; i++) assert.deepEqual(tail.lines(), []);
  assert.deepEqual(tail.kinds(), ["unreadable", "unreadable"]);
  bench.remove("log");
  assert.deepEqual(tail.lines(), []);
  bench.write("log", "readable\n");
  assert.deepEqual(tail.lines(), ["readable"]);
});

Deno.test({
  name: "Tailer reads a file without permission from where it ended at the start, once it may",
  ignore: Deno.uid() === 0,
  fn() {
    using bench = new Workbench();
    bench.write("log", "old\n");
    Deno.chmodSync(bench.at("log"), 0o200);
    using tail = new Tailing(bench.at("log"));
    bench.append("log", "new\n");
    assert.deepEqual(tail.lines(), []);
    assert.deepEqual(tail.kinds(), ["unreadable"]);
    Deno.chmodSync(bench.at("log"), 0o600);
    assert.deepEqual(tail.lines(), ["new"]);
  },
});

Deno.test("Tailer does not wait for the writer of a named pipe", () => {
  using bench = new Workbench();
  const made = new Deno.Command("mkfifo", { args: [bench.at("log")] }).outputSync();
  assert.equal(made.success, true);
  using tail = new Tailing(bench.at("log"));
  assert.deepEqual(tail.lines(), []);
  assert.match(String(tail.notices[0]?.kind), /unreadable/);
});

Deno.test("Tailer that is frozen reads what is there now, with the unfinished line, and no more", () => {
  using bench = new Workbench();
  bench.write("log", "one\ntwo");
  using tail = new Tailing(bench.at("log"), { from: "beginning" });
  tail.tailer.freeze();
  bench.append("log", " and a half\nthree\n");
  assert.deepEqual(tail.lines(true), ["one", "two"]);
  assert.deepEqual(tail.lines(true), []);
});

Deno.test("Tailer reads no further ahead than one batch, whatever the size of the file", () => {
  using bench = new Workbench();
  bench.append("log", "first\n");
  Deno.truncateSync(bench.at("log"), 200_000_000);
  bench.append("log", "\nlast\n");
  using tail = new Tailing(bench.at("log"), { from: "beginning" });
  const before = Deno.memoryUsage();
  const { batch } = tail.tailer.read();
  assert.equal(batch?.events[0]?.content, "first");
  assert.equal(batch?.spans[0]?.to.offset, 6);
  const [zeros, last] = tail.events();
  assert.equal(zeros?.content.length, 512 * 1024);
  assert.deepEqual(zeros?.headers, ["offset: 6", "cut: 199999995"]);
  assert.equal(last?.content, "last");
  const after = Deno.memoryUsage();
  assert.ok(after.external + after.heapUsed - before.external - before.heapUsed < 30_000_000);
});

Deno.test("Tailer ends a batch by lines and by bytes", () => {
  using bench = new Workbench();
  bench.write("log", "x\n".repeat(2500) + ("y".repeat(1023) + "\n").repeat(600));
  using tail = new Tailing(bench.at("log"), { from: "beginning" });
  const batches = tail.batches();
  assert.deepEqual(batches.map((batch) => batch.events.length), [1000, 1000, 1000, 100]);
  const bytes = batches.map((batch) => batch.spans[0]?.to.offset);
  assert.deepEqual(bytes, [2000, 4000, 5000 + 500 * 1024, 5000 + 600 * 1024]);
});

Deno.test("Tailer reads a file to its end that vanishes while it is read", () => {
  using bench = new Workbench();
  bench.write("log", "x\n".repeat(2500));
  using tail = new Tailing(bench.at("log"), { from: "beginning" });
  assert.equal(tail.tailer.read().batch?.events.length, 1000);
  bench.remove("log");
  bench.write("log", "next\n");
  const lines = tail.lines();
  assert.equal(lines.length, 1501);
  assert.equal(lines.at(-1), "next");
});
