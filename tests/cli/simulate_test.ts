import assert from "node:assert/strict";
import { EventDecoder } from "../../lib/event/event_streams.ts";
import { RunningCollector, RunningCommand, runToEnd } from "./running_command.ts";

Deno.test("simulate prints each event serialized, a blank line after it, and stores it", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  const args = ["simulate", "-p", collector.port, "-t", "x", "y", "-s", "/one", "/two"];
  const more = ["--content-size", "80", "--count", "20", "--delay", "0", "--seed", "3"];
  const { code, stdout, stderr } = await runToEnd([...args, ...more]);
  assert.equal(code, 0);
  assert.match(stderr, /^20 events sent in .*: 20 stored, 0 stored before, 0 refused, 0 not ack/);
  const decoder = new EventDecoder();
  const events = [...decoder.push(new TextEncoder().encode(stdout)), ...decoder.finish()];
  assert.equal(stdout.split("\n\n\n").length, 21);
  assert.equal(events.length, 20);
  const found = await runToEnd(["query", "-P", collector.port, "-F", "{id} {content}"]);
  const lines = events.map(({ id, content }) => `${id} ${content}\n`);
  assert.equal(found.stdout, lines.join(""));
  const again = await runToEnd([...args, ...more, "--quiet"]);
  assert.equal(again.stdout, "");
});

Deno.test("simulate sends batches at a rate", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  const args = ["-P", collector.port, "simulate", "--count", "250", "--rate", "1000", "--quiet"];
  const startMs = performance.now();
  const { code, stderr } = await runToEnd([...args, "--batch", "100"]);
  const elapsedMs = performance.now() - startMs;
  assert.equal(code, 0);
  assert.match(stderr, /^250 events sent .* 250 stored/);
  assert(elapsedMs >= 240, `only ${elapsedMs} ms`);
});

Deno.test("simulate makes one event a second unless told otherwise, and stops on request", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  const simulate = new RunningCommand(["simulate", "-p", collector.port, "-c", "tick"]);
  await simulate.stdout.match(/tick\n/);
  assert.equal(await simulate.stop(), 0);
  assert.match(simulate.stderr.text, /^1 events sent/);
});

Deno.test("simulate ends quietly when its output is closed", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  const simulate = new RunningCommand(["simulate", "-p", collector.port, "--delay", "0.01"]);
  await simulate.stdout.match(/id:/);
  simulate.stdout.isClosed = true;
  assert.equal(await simulate.ended, 0);
});

Deno.test("simulate fails when there is no collector", async () => {
  const { code, stderr } = await runToEnd(["simulate", "-p", "1", "--count", "1"]);
  assert.equal(code, 1);
  assert.match(stderr, /^error: Cannot connect [^\n]*\n$/);
});
