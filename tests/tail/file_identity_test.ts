import assert from "node:assert/strict";
import {
  fileKey,
  fingerprintHead,
  HEAD_BYTES,
  headMatches,
  identify,
  NO_FINGERPRINT,
} from "../../lib/tail/file_identity.ts";
import { EventIdMaker } from "../../lib/tail/event_id_maker.ts";
import { Tailing, Workbench } from "./workbench.ts";

const bytes = new Uint8Array(2 * HEAD_BYTES).map((_, index) => index % 251);

Deno.test("fingerprintHead depends on what lies before the position, not on what follows", () => {
  for (const offset of [1, 10, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 7]) {
    const short = fingerprintHead(bytes.subarray(0, offset), offset);
    assert.deepEqual(fingerprintHead(bytes, offset), short);
    assert.equal(headMatches(bytes, short), true);
  }
  assert.deepEqual(fingerprintHead(bytes, 0), NO_FINGERPRINT);
  assert.equal(fingerprintHead(bytes, 5000).length, HEAD_BYTES);
});

Deno.test("headMatches tells another head, and one that is too short", () => {
  const known = fingerprintHead(bytes, 10);
  assert.equal(headMatches(bytes.subarray(1), known), false);
  assert.equal(headMatches(bytes.subarray(0, 9), known), false);
});

Deno.test("fileKey falls back to the birth time where there are no inodes", () => {
  const birthtime = new Date(5);
  assert.equal(fileKey({ dev: 1, ino: 2, birthtime }), "1:2");
  const key = fileKey({ dev: 1, ino: null, birthtime });
  assert.equal(key, "1:at 5");
  assert.equal(fileKey(identify({ dev: 1, ino: null, birthtime })), key);
});

Deno.test("EventIdMaker gives other ids for other hosts, files, generations, heads and offsets", () => {
  const identity = identify({ dev: 1, ino: 2, birthtime: new Date(3) });
  const other = { ...identity, head: { length: 4, crc32: 9 } };
  const ids = new Set([
    new EventIdMaker("a").make(identity, 0),
    new EventIdMaker("b").make(identity, 0),
    new EventIdMaker("a").make(identity, 1),
    new EventIdMaker("a").make({ ...identity, generation: 1 }, 0),
    new EventIdMaker("a").make({ ...identity, birthtimeMs: 4 }, 0),
    new EventIdMaker("a").make(other, 0),
  ]);
  assert.equal(ids.size, 6);
});

Deno.test("Event ids are the same for who read line by line and for who comes after a restart", () => {
  using bench = new Workbench();
  bench.write("log", "");
  using live = new Tailing(bench.at("log"));
  const ids: string[] = [];
  for (let i = 0; i < 300; i++) {
    bench.append("log", `line ${i}\n`);
    ids.push(...live.events().map((event) => event.id));
  }
  bench.rename("log", "renamed");
  using later = new Tailing(bench.at("renamed"), { from: "beginning" });
  assert.deepEqual(later.events().map((event) => event.id), ids);
  assert.equal(new Set(ids).size, 300);
});

Deno.test("Event ids differ after truncation even where the content is the same", () => {
  using bench = new Workbench();
  bench.write("log", "");
  using tail = new Tailing(bench.at("log"));
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) {
    bench.append("log", "tick\n");
    ids.push(...tail.events().map((event) => event.id));
    bench.rewrite("log", "");
    assert.deepEqual(tail.lines(), []);
  }
  assert.equal(ids.length, 4);
  assert.equal(new Set(ids).size, 4);
});
