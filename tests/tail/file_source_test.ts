import assert from "node:assert/strict";
import { FileSource } from "../../lib/tail/file_source.ts";
import { Workbench } from "./workbench.ts";

Deno.test("FileSource begins at the end of its file and calls back with what was appended", () => {
  using bench = new Workbench();
  bench.write("log", "old\n");
  const calls: unknown[] = [];
  using source = new FileSource(bench.at("log"), (...given) => calls.push(given), { tags: ["a"] });
  source.modified();
  assert.deepEqual(calls, []);
  bench.append("log", "one\ntw");
  source.modified();
  bench.append("log", "o\n");
  source.modified();
  assert.deepEqual(calls, [["one\ntw", bench.at("log"), ["a"]], ["o\n", bench.at("log"), ["a"]]]);
});

Deno.test("FileSource waits for the rest of a character and decodes other encodings", () => {
  using bench = new Workbench();
  bench.write("log", "");
  bench.write("latin", "");
  const diffs: string[] = [];
  using source = new FileSource(bench.at("log"), (diff) => diffs.push(diff));
  using latin = new FileSource(bench.at("latin"), (diff) => diffs.push(diff), {
    encoding: "latin1",
  });
  const bytes = new TextEncoder().encode("a😀");
  for (const byte of bytes) {
    bench.append("log", Uint8Array.of(byte));
    source.modified();
  }
  bench.append("latin", Uint8Array.of(0xfc));
  latin.modified();
  assert.deepEqual(diffs, ["a", "😀", "ü"]);
});

Deno.test("FileSource keeps its position when its file is moved", () => {
  using bench = new Workbench();
  bench.write("log", "old\n");
  const calls: string[][] = [];
  using source = new FileSource(bench.at("log"), (diff, path) => calls.push([diff, path]));
  bench.append("log", "one\n");
  source.modified();
  bench.append("log", "unseen\n");
  bench.rename("log", "moved");
  source.moved(bench.at("moved"));
  source.modified();
  assert.equal(source.path, bench.at("moved"));
  assert.deepEqual(calls, [["one\n", bench.at("log")], ["unseen\n", bench.at("moved")]]);
});

Deno.test("FileSource reads a file that was created from its beginning, one removed to its end", () => {
  using bench = new Workbench();
  const diffs: string[] = [];
  using source = new FileSource(bench.at("log"), (diff) => diffs.push(diff));
  source.modified();
  bench.write("log", "first\n");
  source.created();
  source.modified();
  bench.append("log", "last\n");
  bench.remove("log");
  source.removed();
  bench.write("log", "again\n");
  source.created();
  assert.deepEqual(diffs, ["first\n", "last\n"]);
  source.modified();
  assert.deepEqual(diffs, ["first\n", "last\n", "again\n"]);
  source.created();
  source.modified();
  assert.deepEqual(diffs.at(-1), "again\n");
});

Deno.test("FileSource refuses a directory", () => {
  using bench = new Workbench();
  assert.throws(
    () => new FileSource(bench.directory, () => {}),
    /must be a file: it is a directory/,
  );
});
