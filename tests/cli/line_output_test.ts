import assert from "node:assert/strict";
import { LineOutput } from "../../lib/cli/line_output.ts";
import { ClosedOutputError } from "../../lib/cli/terminal.ts";
import { until } from "../e2e/until.ts";
import { FakeOutput } from "./fake_environment.ts";

Deno.test("LineOutput keeps lines until it is flushed, in order", async () => {
  const stream = new FakeOutput();
  const output = new LineOutput(stream);
  output.add("one");
  output.add("two");
  assert.equal(stream.text, "");
  const flushed = output.flush();
  output.add("three");
  await flushed;
  output.flushSoon();
  await output.flush();
  assert.deepEqual(stream.lines, ["one", "two", "three"]);
  assert.equal(output.isFull, false);
  output.add("x".repeat(1 << 16));
  assert.equal(output.isFull, true);
});

Deno.test("LineOutput writes a line that comes while another is being written", async () => {
  const stream = new FakeOutput();
  const output = new LineOutput(stream);
  output.add("one");
  output.flushSoon();
  for (const line of ["two", "three"]) {
    output.add(line);
    output.flushSoon();
  }
  await until("all lines", () => stream.lines.length === 3);
  assert.deepEqual(stream.lines, ["one", "two", "three"]);
});

Deno.test("LineOutput says that its stream is closed to those who flush and those who wait", async () => {
  const stream = new FakeOutput();
  const output = new LineOutput(stream);
  stream.isClosed = true;
  output.add("lost");
  output.flushSoon();
  await assert.rejects(output.failed, ClosedOutputError);
  await assert.rejects(output.flush(), ClosedOutputError);
  const blocking = new LineOutput(stream);
  blocking.add("lost");
  assert.throws(() => blocking.flushSync(), ClosedOutputError);
});

Deno.test("LineOutput.flushSoon writes what is added during a write, too", async () => {
  const written: string[] = [];
  const all = Promise.withResolvers<void>();
  const output = new LineOutput({
    isTerminal: false,
    async write(bytes) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      written.push(new TextDecoder().decode(bytes));
      if (written.length === 2) all.resolve();
    },
    writeSync() {},
  });
  for (const text of ["a", "b", "c"]) {
    output.add(text);
    output.flushSoon();
    await Promise.resolve();
  }
  await all.promise;
  assert.deepEqual(written, ["a\n", "b\nc\n"]);
});
