import assert from "node:assert/strict";
import { readSample } from "../../lib/cli/demo/sample.ts";
import { runToEnd } from "./running_command.ts";

Deno.test("demo shows that every line of a file arrives, and leaves nothing behind", async () => {
  const path = await Deno.makeTempFile({ suffix: ".log" });
  const lines = Array.from({ length: 101 }, (_, i) => `entry ${i} of Grüße\r\n`);
  await Deno.writeTextFile(path, lines.join(""));
  const { code, stdout, stderr } = await runToEnd(["demo", path]);
  assert.equal(stderr, "");
  assert.equal(code, 0, stdout);
  for (const name of ["written", "watched", "stored", "found", "seen live"]) {
    assert.match(stdout, new RegExp(`${name} +50\n`));
  }
  assert.match(stdout, /Found:\n +entry 51 of Grüße\n/);
  const watched = /Watched: +(.*)\n/.exec(stdout)?.[1] ?? "";
  await assert.rejects(Deno.stat(watched), Deno.errors.NotFound);
});

Deno.test("readSample takes the second half of a file, whole lines only", async () => {
  const path = await Deno.makeTempFile({ suffix: ".log" });
  await Deno.writeTextFile(path, "one\n\ntwo\nthree\nfour");
  const { head, lines } = await readSample(path);
  assert.equal(head, "one\ntwo\n");
  assert.deepEqual(lines, ["three", "four"]);
  await Deno.writeTextFile(path, "one\n");
  await assert.rejects(readSample(path), /two lines or more/);
});

Deno.test("readSample finds a log of this machine, or has lines of its own", async () => {
  const { lines } = await readSample(undefined);
  assert(lines.length > 0);
});
