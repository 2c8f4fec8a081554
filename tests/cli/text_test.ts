import assert from "node:assert/strict";
import { makeInert } from "../../lib/cli/inert_text.ts";
import { LineOutput } from "../../lib/cli/line_output.ts";
import { closest, didYouMean } from "../../lib/cli/suggestion.ts";
import { ClosedOutputError } from "../../lib/cli/terminal.ts";
import { FakeOutput } from "./fake_environment.ts";

Deno.test("makeInert shows control characters and keeps everything else", () => {
  const rows: readonly (readonly [text: string, expected: string])[] = [
    ["plain, tab\tand\nnewline", "plain, tab\tand\nnewline"],
    ["\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"],
    ["over\rwritten\b\x07", "over\\rwritten\\b\\x07"],
    ["\x9b2J \x7f \0", "\\x9b2J \\x7f \\x00"],
    ["Grüße 漢字 😀", "Grüße 漢字 😀"],
  ];
  for (const [text, expected] of rows) assert.equal(makeInert(text), expected);
});

Deno.test("closest finds slips of the pen, the closest first, and nothing far away", () => {
  const names = ["collect", "watch", "query", "simulate", "help"];
  assert.deepEqual(closest("qurey", names), ["query"]);
  assert.deepEqual(closest("wach", names), ["watch"]);
  assert.deepEqual(closest("simluate", names), ["simulate"]);
  assert.deepEqual(closest("zzzzz", names), []);
  assert.deepEqual(closest("bat", ["cut", "bats", "boat"]), ["bats", "boat"]);
  assert.equal(didYouMean([]), "");
  assert.equal(didYouMean(["a", "b"]), "; did you mean 'a' or 'b'?");
});

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
